"""What new projects and scripts begin with."""
