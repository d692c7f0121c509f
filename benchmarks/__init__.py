"""How fast and how good is it, beside what? Nothing here is part of the tests."""
