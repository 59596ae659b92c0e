"""Generations of a project's environment: made by each change, gone back to by `hob undo`."""
