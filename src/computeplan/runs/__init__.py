"""A plan folder opened again: as the run it was written by, audited, explained, compared."""
