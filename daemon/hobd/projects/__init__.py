"""Projects on disk: find a workspace, read it and its settings, edit `pyproject.toml`, write the lockfile."""
