"""The demonstration city (合成): one file per room, each running its stage through the users' own imports and acts."""
