"""What all pages share: allow-list, limits, escaping, files, turns."""
