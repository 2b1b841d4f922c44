"""Series out of the files of other systems: one catalog of their layouts, one way to read them all."""
