"""Studies: many plans of one config, and simple policies to compare with."""
