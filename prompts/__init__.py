"""What is said to a language model, and how much of it fits."""
