"""Puts the values of a series on a regular grid of intervals: order, steps, repeats, overlaps, gaps."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from computeplan.problem import Bools, Floats, Ints
from computeplan.vocabulary import Fill

_USUAL_S = tuple(60 * minutes for minutes in (1, 5, 10, 15, 20, 30, 60, 180, 360, 1440))
_LEAST_RUN, _LEAST_FINER = 4, 2
"""A usual step that occurs so often in a row is a resolution, not a gap; a shorter one is no gap anyway."""


class IrregularError(ValueError):
    """Two rows do not fit together; `rows` are their positions, `expected` and `found` what is wrong."""

    def __init__(self, rows: tuple[int, int], expected: str, found: str, hint: str) -> None:
        self.rows, self.expected, self.found, self.hint = rows, expected, found, hint
        super().__init__(f"expected {expected}, got {found}; {hint}")


@dataclass(frozen=True, eq=False)
class SeriesGrid:
    """Values at equal steps."""

    start_s: int
    step_s: int
    """Start of the first interval, UTC since 1970, and length of all, s."""
    values: Floats
    """(n,) nan where there is none."""
    steps_s: tuple[int, ...]
    """Lengths of the intervals as the files have them; longer ones are repeated at the shortest."""
    repeats: Ints
    """Positions of rows that say what others said."""
    filled: Bools
    """(n,) whether a value was made up."""

    @property
    def starts_s(self) -> Ints:
        """(n,) starts of the intervals."""
        return self.start_s + self.step_s * np.arange(len(self.values))

    @property
    def end_s(self) -> int:
        """End of the last interval."""
        return self.start_s + self.step_s * len(self.values)

    @property
    def missing(self) -> Bools:
        """(n,) intervals without a value."""
        return np.isnan(self.values)

    @property
    def known(self) -> slice:
        """From the first interval with a value to the last; there is one."""
        known = np.flatnonzero(~self.missing)
        return slice(int(known[0]), int(known[-1]) + 1)

    @property
    def has_gaps(self) -> bool:
        """Whether values are missing between others."""
        return bool(self.missing[self.known].any())

    def fill(self, how: Fill) -> SeriesGrid:
        """Fill what is missing between values: with the one before, or on the line between neighbors."""
        known, inside = np.flatnonzero(~self.missing), self.known
        at, values = np.arange(inside.start, inside.stop), self.values.copy()
        if how is Fill.LINEAR:
            values[inside] = np.interp(at, known, self.values[known])
        else:
            values[inside] = self.values[known[np.searchsorted(known, at, side="right") - 1]]
        return replace(self, values=values, filled=self.missing & ~np.isnan(values))


def make_grid(stamps_s: Ints, values: Floats, *, at_end: bool) -> SeriesGrid:
    """Order values by time and put them on a grid; an `IrregularError` where they contradict each other.

    `stamps_s`, `values`: (n,) of rows in any order; nan where a row has none. `at_end`: whether stamps mark
    ends.
    """
    order = np.lexsort((np.isnan(values), stamps_s))  # of rows at the same time those with values come first
    kept = _drop_repeats(order, stamps_s, values)
    repeats = np.setdiff1d(order, kept)
    stamps, values = stamps_s[kept], values[kept]
    if len(kept) < 2:
        hint = "a longer file shows how far apart they are"
        raise IrregularError((int(kept[0]), int(kept[0])), "at least two times", "one", hint)
    steps = find_steps(stamps, at_end=at_end)
    starts = stamps - steps if at_end else stamps
    overlaps = np.flatnonzero(starts[1:] < (starts + steps)[:-1])
    if len(overlaps):
        pair = (int(kept[overlaps[0]]), int(kept[overlaps[0] + 1]))
        minutes = np.diff(stamps)[overlaps[0]] / 60
        expected = f"a time every {steps[overlaps[0]] / 60:g} min"
        hint = "leave one of the rows out; files that overlap are imported apart"
        raise IrregularError(pair, expected, f"one {minutes:g} min after another", hint)
    step = int(steps.min())
    off = np.flatnonzero(((starts - starts[0]) % step != 0) | (steps % step != 0))
    if len(off):
        pair = (int(kept[off[0] - 1]), int(kept[off[0]]))
        expected = f"a time every {step / 60:g} min"
        raise IrregularError(pair, expected, "one in between", "leave out the rows of another resolution")
    return _spread(starts, steps, values, step, repeats)


def _spread(starts: Ints, steps: Ints, values: Floats, step: int, repeats: Ints) -> SeriesGrid:
    copies = steps // step
    first = (starts - starts[0]) // step
    at = np.repeat(first - np.cumsum(copies) + copies, copies) + np.arange(copies.sum())
    grid = np.full(int(at[-1]) + 1, np.nan)
    grid[at] = np.repeat(values, copies)
    steps_s = tuple(np.unique(steps).tolist())
    return SeriesGrid(int(starts[0]), step, grid, steps_s, repeats, np.zeros(len(grid), bool))


def _drop_repeats(order: Ints, stamps_s: Ints, values: Floats) -> Ints:
    """Return the positions of rows in order of time, the first of those with the same time and value."""
    again = np.flatnonzero(np.diff(stamps_s[order]) == 0) + 1
    differs = values[order[again]] != values[order[again - 1]]
    differing = again[differs & ~np.isnan(values[order[again]])]
    if len(differing):
        pair = (int(order[differing[0] - 1]), int(order[differing[0]]))
        found = f"{values[pair[1]]:g} after {values[pair[0]]:g}"
        hint = "leave one of the rows out; files of different zones or forecasts are imported apart"
        raise IrregularError(pair, "one value at a time", found, hint)
    return np.delete(order, again)


def find_steps(stamps_s: Ints, *, at_end: bool) -> Ints:
    """(n,) length of the interval of each row, s, from the distances of at least two stamps.

    The most frequent distance is a step, and so is a usual one that occurs several times in a row; others
    are gaps, whose rows are as long as their neighbors.
    """
    gaps = np.diff(stamps_s)
    sizes, counts = np.unique(gaps, return_counts=True)
    bounds = np.flatnonzero(np.diff(gaps)) + 1
    lengths = np.diff([0, *bounds, len(gaps)])
    step = sizes[counts.argmax()]
    least = np.where(gaps < step, _LEAST_FINER, _LEAST_RUN)
    is_step = (gaps == step) | (np.isin(gaps, _USUAL_S) & (np.repeat(lengths, lengths) >= least))
    known = np.flatnonzero(is_step)
    rows = np.arange(len(stamps_s))
    # Of a row at the end of its interval the distance to the row before, or the next that is a step.
    at = np.searchsorted(known, rows - 1) if at_end else np.searchsorted(known, rows, side="right") - 1
    found: Ints = gaps[known[np.clip(at, 0, len(known) - 1)]]
    return found
