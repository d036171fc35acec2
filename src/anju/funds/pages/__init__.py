"""The pages of the money: lists, things, and the forms of their acts."""
