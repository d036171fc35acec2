"""The pages of a negotiation: talks by project with the ceiling's line, decisions, letters, and the forms of their acts."""
