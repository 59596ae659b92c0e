"""Scripts with inline metadata: their Python, lock and environment."""
