"""What a plan costs, emits and uses, recomputed from the problem."""
