"""The pages of a purchase: agreements, gates that wait for one, special decisions, and the forms of their acts."""
