"""Pictures of what takes how much room: rectangles as large as what they stand for."""
