"""Where a line of a terminal may end: between words and Chinese characters.

Never inside a number, nor between a number and its unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, pairwise

from rich.cells import cell_len, chop_cells
from rich.text import Text

_WIDE = "[\u2e80-\u2fff\u3040-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_GAP = re.compile(
    rf"(?<![\d\s])\s+(?=\S)|(?<=\d)\s+(?=[\d(\[])|(?<={_WIDE})(?={_WIDE})|(?<=[，。；：、！？）])(?=\S)"
)
"""Where a line may end: at blanks, but not between a number and its unit; between Chinese characters."""
_JOINT = re.compile(r"(?<=[/_.:|=-])(?=[^\d\s/])|(?<=[^\d/])(?<=[/_|=-])(?=\d)")
"""Where a word may be broken that is longer than a line."""


def pieces(text: str) -> list[str]:
    """Cut text where a line may end; joined they are the text again."""
    return _cut(text, _GAP)


def longest_piece(text: str) -> int:
    """Width of the longest part of a text that cannot be broken."""
    return max((cell_len(piece.rstrip()) for piece in pieces(text)), default=0)


def wrapped(text: Text, width: int) -> list[Text]:
    """Break styled text into lines; only a word that is longer than a line is broken inside."""
    lines = []
    for paragraph in text.split(allow_blank=True):
        ends = list(_line_ends(paragraph.plain, max(width, 1)))
        for piece in paragraph.divide(ends):
            piece.rstrip()
            lines.append(piece)
    return lines


def wrap(text: str, width: int) -> list[str]:
    """Break text into lines."""
    return [line.plain for line in wrapped(Text(text), width)]


def _line_ends(text: str, width: int) -> Iterator[int]:
    """Give the places at which lines end, but for the last one."""
    place = used = 0
    for piece in chain.from_iterable(_shortened(whole, width) for whole in pieces(text)):
        if used and used + cell_len(piece.rstrip()) > width:
            yield place
            used = 0
        used += cell_len(piece)
        place += len(piece)


def _shortened(piece: str, width: int) -> Iterator[str]:
    """Break a word that is longer than a line, at a sign between its parts if that helps."""
    if cell_len(piece.rstrip()) <= width:
        yield piece
        return
    for part in _cut(piece, _JOINT):
        if cell_len(part.rstrip()) <= width:
            yield part
        else:
            yield from chop_cells(part, width)


def _cut(text: str, place: re.Pattern[str]) -> list[str]:
    ends = [match.end() for match in place.finditer(text)]
    return [text[begin:end] for begin, end in pairwise([0, *ends, len(text)]) if end > begin]
