"""How long planning takes: instance families, measured child processes, statistics."""
