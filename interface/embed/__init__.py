"""The chat in a frame of another page."""
