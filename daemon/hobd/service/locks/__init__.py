"""Locks: whose they are, whether they are up to date, and bringing them so."""
