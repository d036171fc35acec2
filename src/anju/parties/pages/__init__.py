"""The pages of this room, a module per thing."""
