"""Families of generated configs, the same for the same scale and seed."""

from computeplan.bench.families.catalog import FAMILIES, Generated

__all__ = ["FAMILIES", "Generated"]
