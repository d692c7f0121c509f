"""Test questions asked by the curator: runs, their settings, and what they found."""
