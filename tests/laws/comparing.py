"""Optima are compared to six digits; inf stands for infeasible."""

from __future__ import annotations

from math import isfinite

RELATIVE, ABSOLUTE = 1e-6, 1e-6


def room(value: float) -> float:
    return max(ABSOLUTE, RELATIVE * abs(value)) if isfinite(value) else 0.0


def at_most(value: float, limit: float) -> None:
    assert value <= limit + room(limit)


def same(value: float, other: float) -> None:
    assert value == other or abs(value - other) <= room(other)
