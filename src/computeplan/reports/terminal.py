"""Blocks as a terminal shows them: plain tables as wide as it is, numbers and their units never cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from computeplan.reports.blocks import Block, Column, Facts, Line, Medium, Prose, Table, Tone
from computeplan.reports.wrapping import longest_piece, wrap, wrapped

STYLES = {
    Tone.PLAIN: "",
    Tone.STRONG: "bold",
    Tone.FAINT: "dim",
    Tone.GOOD: "bold green",
    Tone.WARNING: "bold yellow",
    Tone.BAD: "bold red",
}

GAP, CLOSE = 3, 2
"""Blanks between columns, and where room is short."""
LEAST_WORDS, LEAST_TEXT = 16, 24
"""A column of text is at least so wide if it has several words, and if it has one that is so long."""


def render_terminal(blocks: Sequence[Block]) -> RenderableType:
    """Show blocks one under another, an empty line between two of them; charts are left out."""
    shown: list[RenderableType] = []
    for block in blocks:
        if lines := list(_render(block)):
            shown += [*([Text()] if shown else []), *lines]
    return Group(*shown)


def _render(block: Block) -> Iterator[RenderableType]:
    match block:
        case Prose():
            yield from map(_line, block.paragraphs)
        case Facts():
            yield from [_line(block.lead)] if block.lead else []
            yield _FittedFacts(block.rows)
        case Table():
            yield from [_line(block.lead)] if block.lead else []
            yield _FittedTable(block)
            left = block.size - (block.most or block.size)
            if left > 0:
                yield _Wrapped(Text(block.rest.format(count=f"{left:,}"), style=STYLES[Tone.FAINT]))
            yield from (_Wrapped(Text(note, style=STYLES[Tone.FAINT])) for note in block.notes)


def _line(text: str | Line) -> RenderableType:
    if isinstance(text, str):
        return _Wrapped(Text(text))
    parts = (part if isinstance(part, str) else (part[0], STYLES[part[1]]) for part in text.parts)
    shown = _Wrapped(Text.assemble(*parts))
    return Padding(shown, (0, 0, 0, text.indent)) if text.indent else shown


@dataclass(frozen=True)
class _Wrapped:
    """Text in lines of the terminal's width."""

    text: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        yield from wrapped(self.text, options.max_width)


@dataclass(frozen=True)
class _FittedFacts:
    """Names and what they are, next to each other where there is room, else one under the other."""

    rows: Sequence[tuple[str, str]]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        names = max(cell_len(name) for name, _ in self.rows)
        beside = options.max_width - names - CLOSE
        for name, text in self.rows:
            label = (name, STYLES[Tone.FAINT])
            if beside < LEAST_TEXT:
                yield from wrapped(Text(*label), options.max_width)
                yield from (Text(f"  {line}") for line in wrap(text, options.max_width - 2))
                continue
            first, *more = wrap(text, beside)
            yield Text.assemble(label, " " * (names + CLOSE - cell_len(name)), first)
            yield from (Text(" " * (names + CLOSE) + line) for line in more)


@dataclass(frozen=True)
class _FittedTable:
    """A table as wide as the terminal allows.

    Where it is too wide, heads of numbers and texts take several lines; then columns that can be spared are
    left out; then the cells of a row are listed one under another.
    """

    table: Table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        table, room = self.table, options.max_width
        cells = table.cells(Medium.TERMINAL, table.most)
        columns = [
            _FittedColumn(column, [row[place] for row in cells])
            for place, column in enumerate(table.shown(Medium.TERMINAL))
        ]
        kept = list(columns)
        spaced = sum(each.widest for each in kept) + GAP * (len(kept) - 1) <= room
        gap = CLOSE if table.dense or not spaced else GAP
        while (widths := _fitted_widths(kept, room - gap * (len(kept) - 1))) is None:
            spare = [each for each in kept if each.column.spare]
            if not spare:
                yield from self._stacked(columns, room)
                return
            kept.remove(spare[-1])
        yield self._view(kept, widths, gap)
        if len(kept) < len(columns):
            labels = ", ".join(each.column.label for each in columns if each not in kept)
            yield from wrapped(Text(f"in a wider terminal also: {labels}", style=STYLES[Tone.FAINT]), room)

    def _style(self, row: int) -> str:
        table = self.table
        return STYLES[
            Tone.STRONG if row in table.strong else Tone.FAINT if row in table.faint else Tone.PLAIN
        ]

    def _view(self, columns: Sequence[_FittedColumn], widths: Sequence[int], gap: int) -> RichTable:
        view = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
        view.padding = (0, 1, 0, 1 if gap == GAP else 0)
        heads = [wrap(each.column.label, width) for each, width in zip(columns, widths, strict=True)]
        tall = max(map(len, heads))
        for each, head, width in zip(columns, heads, widths, strict=True):
            label = Text("\n".join([*[""] * (tall - len(head)), *head]))
            justify = "right" if each.column.is_right else "left"
            view.add_column(label, justify=justify, no_wrap=True, width=width)  # type: ignore[arg-type]  # rich names its literals only for itself
        for row in range(len(columns[0].texts)):
            cells = (
                Text("\n").join(wrapped(Text(each.texts[row], style=each.style(row)), width))
                for each, width in zip(columns, widths, strict=True)
            )
            view.add_row(*cells, style=self._style(row))
        return view

    def _stacked(self, columns: Sequence[_FittedColumn], room: int) -> Iterator[RenderableType]:
        """List the cells of each row one under another."""
        first, *rest = columns
        labels = max((cell_len(each.column.label) for each in rest), default=0)
        if first.column.label:
            yield from wrapped(Text(first.column.label, style="bold"), room)
        for row, name in enumerate(first.texts):
            yield from wrapped(Text(name, style=self._style(row) or STYLES[Tone.STRONG]), room)
            inset = " " * (len(name) - len(name.lstrip()) + 2)
            for each in rest:
                label = f"{inset}{each.column.label}"
                fits = labels + len(inset) + CLOSE + longest_piece(each.texts[row]) <= room
                padded = label + " " * (labels + len(inset) + CLOSE - cell_len(label)) if fits else label
                lines = wrap(each.texts[row], room - cell_len(padded) if fits else room - 4)
                yield from _stacked_cell(padded, lines, each.style(row), beside=fits, room=room)


def _stacked_cell(label: str, lines: Sequence[str], style: str, *, beside: bool, room: int) -> Iterator[Text]:
    if not beside:
        yield from wrapped(Text(label), room)
        yield from (Text(f"    {line}", style=style) for line in lines)
        return
    for number, line in enumerate(lines):
        yield Text.assemble((label if number == 0 else " " * cell_len(label)), (line, style))


class _FittedColumn:
    """A column with the texts of its cells, and how wide it is and can be."""

    def __init__(self, column: Column, texts: Sequence[str]) -> None:
        self.column, self.texts = column, texts
        cells = max(map(cell_len, texts), default=0)
        head = longest_piece(column.label)
        self.widest = max(cells, cell_len(column.label))
        words = min(max(map(longest_piece, texts), default=0), LEAST_TEXT)
        self.least = max(head, cells if column.is_right else max(words, min(cells, LEAST_WORDS)))
        """A number is never broken; a text may be, between words."""
        self.cells = max(head, cells)

    def style(self, row: int) -> str:
        return STYLES[self.column.tones[row]] if self.column.tones else ""


def _fitted_widths(columns: Sequence[_FittedColumn], room: int) -> list[int] | None:
    """Choose widths that fit, heads shortened first, then texts; None where there is not enough room."""
    widths = [each.widest for each in columns]
    for least in ([each.cells for each in columns], [each.least for each in columns]):
        while sum(widths) > room:
            excess = [
                (width - low, place) for place, (width, low) in enumerate(zip(widths, least, strict=True))
            ]
            most, place = max(
                (each for each in excess if each[0] > 0), default=(0, 0), key=lambda each: widths[each[1]]
            )
            if not most:
                break
            widths[place] -= 1
    return widths if sum(widths) <= room else None
