"""One diagram: frame, axes, title."""

from __future__ import annotations

from dataclasses import dataclass

from computeplan.bench.chart import svg
from computeplan.bench.chart.axis import LogAxis, short

WIDTH, HEIGHT = 340, 260
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 28, 44
"""Room around the frame."""


@dataclass(frozen=True)
class Panel:
    """A place for a diagram.

    Attributes
    ----------
    x, y : float
        Its upper left corner.
    """

    x: float
    y: float

    @property
    def horizontal(self) -> tuple[float, float]:
        """Where the frame begins and ends."""
        return self.x + LEFT, self.x + WIDTH - RIGHT

    @property
    def vertical(self) -> tuple[float, float]:
        """Where the frame begins, below, and ends, above."""
        return self.y + HEIGHT - BOTTOM, self.y + TOP

    def frame(self, title: str, across: str, x_axis: LogAxis) -> list[str]:
        """Draw title, base line, and the ticks and words below."""
        (left, right), (bottom, top) = self.horizontal, self.vertical
        elements = [
            svg.text((left, self.y + 16), title, bold=True),
            svg.line((left, bottom), (right, bottom), svg.FAINT),
            svg.text(((left + right) / 2, bottom + 34), across, "middle", svg.FAINT),
        ]
        for tick in x_axis.ticks():
            x = x_axis.at(tick)
            elements.append(svg.line((x, bottom), (x, top), svg.GRID))
            elements.append(svg.text((x, bottom + 16), short(tick), "middle", svg.FAINT))
        return elements

    def level(self, y: float, words: str) -> list[str]:
        """Draw a horizontal line of the grid with its figure."""
        left, right = self.horizontal
        return [
            svg.line((left, y), (right, y), svg.GRID),
            svg.text((left - 6, y + 4), words, "end", svg.FAINT),
        ]

    def legend(self, number: int, words: str, color: str) -> str:
        """Write a line of the legend, in the frame's upper left corner."""
        return svg.text((self.horizontal[0] + 8, self.vertical[1] + 14 + 15 * number), words, fill=color)
