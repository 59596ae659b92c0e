"""The stories: what hob does when it is asked to lock, to sync, to run. Each is a page; the rooms do the work."""
