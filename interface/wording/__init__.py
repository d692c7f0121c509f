"""What the pages say, in every language."""
