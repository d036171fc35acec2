"""Pricing's pages: projects by ceiling, the three lines with their workings, price lists, and the forms of the acts."""
