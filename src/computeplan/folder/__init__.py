"""The plan folder: written whole, read back, and its tables."""
