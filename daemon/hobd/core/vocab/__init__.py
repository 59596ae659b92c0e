"""The nouns of the field, each with one meaning, open to every room."""
