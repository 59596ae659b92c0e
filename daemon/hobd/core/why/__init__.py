"""Why something is in a lock, and at that version: who asks for it, what decided, and both as text, data and picture."""
