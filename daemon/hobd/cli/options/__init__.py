"""Options that several commands share: their declaration, their value, and how one becomes the other."""
