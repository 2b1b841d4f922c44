"""Marks of series that are told apart without color: a color role, a pattern and a dash each."""

from __future__ import annotations

from typing import Any

COLORS = tuple(f"--series-{number}" for number in range(1, 9))
PATTERNS = ("", "/", "x", ".", "\\", "+", "|", "-")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")

FOCUS, OTHER = 0, 1
"""Places of the plan and of what it is compared with in the lists above."""


def bar(place: int) -> dict[str, Any]:
    """Give the marker of the bars of a series.

    Parameters
    ----------
    place : int
    """
    color = COLORS[place % len(COLORS)]
    return {"color": color, "pattern": _pattern(place), "line": {"color": "--card", "width": 0.5}}


def area(place: int) -> dict[str, Any]:
    """Give line and filling of a stacked area.

    Parameters
    ----------
    place : int
    """
    color = COLORS[place % len(COLORS)]
    return {
        "mode": "lines",
        "line": {"color": color, "width": 0.5, "shape": "hv"},
        "fillcolor": color,
        "fillpattern": _pattern(place),
    }


def line(place: int, width: float = 2) -> dict[str, Any]:
    """Give the line of a series.

    Parameters
    ----------
    place : int
    width : float
    """
    return {
        "color": COLORS[place % len(COLORS)],
        "dash": DASHES[place % len(DASHES)],
        "width": width,
        "shape": "hv",
    }


def _pattern(place: int) -> dict[str, Any]:
    """Give light marks over the color."""
    return {
        "shape": PATTERNS[place % len(PATTERNS)],
        "fgcolor": "--hatch",
        "bgcolor": COLORS[place % len(COLORS)],
        "size": 8,
        "solidity": 0.22,
        "fillmode": "replace",
    }
