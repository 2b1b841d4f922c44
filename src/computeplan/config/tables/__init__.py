"""The files that a config names: which it may read, their tables, and their cells."""
