"""What a solution is worth: recomputed from the problem alone, audited, and shared out."""
