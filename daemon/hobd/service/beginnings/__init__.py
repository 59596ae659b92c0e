"""New projects and scripts."""
