"""What a measurement found: as data, as a page, as tables."""
