"""What things are worth at the margin, from the prices of a solution."""
