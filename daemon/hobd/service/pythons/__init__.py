"""Stories about interpreters themselves: which there are, which is meant, and how they come and go."""
