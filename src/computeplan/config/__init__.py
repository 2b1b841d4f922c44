"""What a person writes, checked and turned into the numeric problem."""
