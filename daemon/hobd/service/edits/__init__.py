"""Changing what a project or a script requires."""
