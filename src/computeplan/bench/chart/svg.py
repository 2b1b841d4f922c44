"""SVG elements as text; everything that comes from outside is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

INK, FAINT, GRID = "#222222", "#666666", "#dddddd"
COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")
"""Told apart also by people who do not see all colors (Okabe and Ito)."""

Point = tuple[float, float]


def color(number: int) -> str:
    """Give the color of a series by number.

    Parameters
    ----------
    number : int
    """
    return COLORS[number % len(COLORS)]


def line(start: Point, end: Point, stroke: str, width: float = 1.0, dash: str = "") -> str:
    """Draw a line.

    Parameters
    ----------
    start, end : (float, float)
    stroke : str
        Color.
    width : float
    dash : str, optional
    """
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    (x1, y1), (x2, y2) = start, end
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{stroke}" stroke-width="{width:g}"{dashed}/>'


def polyline(points: Sequence[Point], stroke: str) -> str:
    """Draw a line through points.

    Parameters
    ----------
    points : sequence of (float, float)
    stroke : str
    """
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{stroke}" stroke-width="2"/>'


def dot(center: Point, fill: str, title: str) -> str:
    """Draw a point that tells its title when pointed at.

    Parameters
    ----------
    center : (float, float)
    fill, title : str
    """
    x, y = center
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{fill}"><title>{escape(title)}</title></circle>'


def text(place: Point, words: str, anchor: str = "start", fill: str = INK, *, bold: bool = False) -> str:
    """Write words.

    Parameters
    ----------
    place : (float, float)
        Of the base line.
    words : str
    anchor : str
        ``start``, ``middle`` or ``end`` of the words is at the place.
    fill : str
    bold : bool
    """
    x, y = place
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}"{weight}>{escape(words)}</text>'
    )


def document(width: float, height: float, title: str, elements: Sequence[str]) -> str:
    """Put elements together to a file.

    Parameters
    ----------
    width, height : float
    title : str
    elements : sequence of str
    """
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" font-family="sans-serif" font-size="12">'
    )
    sheet = f'<rect width="{width:g}" height="{height:g}" fill="white"/>'
    return "\n".join([head, f"<title>{escape(title)}</title>", sheet, *elements, "</svg>", ""])
