"""What visitors asked, and how their questions become test questions."""
