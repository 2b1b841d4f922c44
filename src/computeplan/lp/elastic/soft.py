"""A limit that may give way, and what softening one needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from computeplan.lp.assembler import Assembler
from computeplan.lp.model import Model
from computeplan.problem import Floats, Ints, Problem
from computeplan.problem.arrays import ReadOnlyArrays


class SoftKind(StrEnum):
    """What gives way; the unit of its relief in brackets."""

    CAPACITY = "capacity"
    """Units of a pool [unit]."""
    BOOKING = "booking"
    """Least units to book [unit]."""
    CAP = "cap"
    """A cap over pools [unit or kW]."""
    IMPORT = "import_limit"
    """A site's import limit [kW]."""
    BANDWIDTH = "bandwidth"
    """A link's bandwidth [GB/h]."""
    CARBON = "carbon_cap"
    """The carbon cap [kg]."""
    DELAY = "max_delay"
    """Work that waits at the end of a period beyond what may [unit·h]."""
    DEADLINE = "deadline"
    """Work of a job done after its deadline [unit·h]."""
    RATE = "max_rate"
    """A job's largest rate [unit]."""
    UNDONE = "undone"
    """Work left undone [unit·h; of fixed work its share]."""


@dataclass(frozen=True, eq=False)
class SoftLimit(ReadOnlyArrays):
    """The limits of one kind.

    Attributes
    ----------
    things : (n,)
        What each relief belongs to: a pool, cap, site, link or workload; 0 for the carbon cap.
    periods : (n,)
        Period of each relief; -1 where one relief holds for the whole horizon.
    columns : (n,)
        The reliefs.
    rows : (n, m)
        Rows that hold each limit, one a period or one for all; `ABSENT` where there is none.
    """

    things: Ints
    periods: Ints
    columns: Ints
    rows: Ints


@dataclass(frozen=True, eq=False)
class Widening(ReadOnlyArrays):
    """Upper limits of columns that give way together, thing by thing.

    Attributes
    ----------
    things : (n,)
    columns, limit, per_relief : (n, m)
        Columns, their limits, and how far one natural unit of relief widens them; m is the number of
        periods, or 1.
    size : (n,)
        Cost of one natural unit of relief.
    """

    things: Ints
    columns: Ints
    limit: Floats
    per_relief: Floats
    size: Floats


@dataclass(frozen=True, eq=False)
class Softening:
    """A program being made elastic.

    Attributes
    ----------
    model : Model
        Of the problem whose windows are as wide as they can be.
    problem : Problem
        With the limits as they are.
    assembler : Assembler
        Holds the model's program; takes reliefs and rows.
    lower, upper : (n_columns,)
        Bounds of the model's columns, to be released where a row takes their place.
    """

    model: Model
    problem: Problem
    assembler: Assembler
    lower: Floats
    upper: Floats

    def level(self, kind: SoftKind, wide: Widening) -> SoftLimit:
        """Let one relief for each thing widen the upper limits of its columns.

        column[n,t] − per_relief[n,t] · relief[n] ≤ limit[n,t]
        """
        n, m = wide.columns.shape
        relief = self.relief(kind, wide.things, wide.size)
        by_period = m == self.problem.horizon.size
        keys = (wide.things[:, None], np.arange(m)[None, :]) if by_period else (wide.things,)
        rows = self.assembler.add_rows(f"soft_{kind}", keys, -np.inf, wide.limit).reshape(n, m)
        self.assembler.add_entries(rows, wide.columns, 1.0)
        self.assembler.add_entries(rows, relief[:, None], -wide.per_relief)
        self.upper[wide.columns] = np.inf
        return SoftLimit(wide.things, np.full(n, -1), relief, rows)

    def relief(self, kind: SoftKind, things: Ints, size: Floats) -> Ints:
        """Add one relief for each thing."""
        columns = self.assembler.add_columns(f"relief_{kind}", (things,))
        self.assembler.add_cost(columns, size)
        return columns
