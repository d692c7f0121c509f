"""What is counted of visits."""
