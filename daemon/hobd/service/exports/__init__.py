"""Locks for others: in other formats, and with all their files."""
