"""Universal resolution: one answer for all platforms and Pythons, pure over the `Knowledge` port."""
