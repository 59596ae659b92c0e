"""Bytes to nouns and back: the file formats of the field. Raw dicts end here."""
