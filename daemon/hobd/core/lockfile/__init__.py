"""The lock: its model, its text to the byte, whether it still fits, and what it exports to."""
