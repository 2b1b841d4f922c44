"""A limit that may give way, and what softening one needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from computeplan.lp.assembler import Assembler
from computeplan.lp.model import Model
from computeplan.problem import Floats, Ints, Problem
from computeplan.problem.arrays import ReadOnlyArrays

USED = 0.01
"""Size of using a relief all the time, as share of the relief's: it is used only when it is needed."""


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
    uses : (n, m)
        How much of each relief is used in each period, (n, T); (n, 0) where it has no periods.
    """

    things: Ints
    periods: Ints
    columns: Ints
    uses: Ints


@dataclass(frozen=True, eq=False)
class Widening(ReadOnlyArrays):
    """Upper limits of columns that give way together, thing by thing.

    Attributes
    ----------
    things : (n,)
    columns, limit, per_use : (n, T)
        Columns, their limits, and how far one natural unit of relief widens them.
    size : (n,)
        Cost of one natural unit of relief.
    """

    things: Ints
    columns: Ints
    limit: Floats
    per_use: Floats
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

        column[n,t] − per_use[n,t] · use[n,t] ≤ limit[n,t]      use[n,t] ≤ relief[n]
        """
        limit = self.reliefs(kind, wide.things, wide.size)
        keys = (wide.things[:, None], np.arange(wide.columns.shape[1])[None, :])
        rows = self.assembler.add_rows(f"soft_{kind}", keys, -np.inf, wide.limit).reshape(wide.limit.shape)
        self.assembler.add_entries(rows, wide.columns, 1.0)
        self.assembler.add_entries(rows, limit.uses, -wide.per_use)
        self.upper[wide.columns] = np.inf
        return limit

    def reliefs(self, kind: SoftKind, things: Ints, size: Floats) -> SoftLimit:
        """Add a relief for each thing and what is used of it: use[n,t] ≤ relief[n].

        Parameters
        ----------
        kind : SoftKind
        things : (n,)
        size : (n,)
            Cost of one natural unit of relief; of what is used, `USED` of it is spread over the horizon.
        """
        hours = self.problem.horizon.hours
        relief = self.relief(kind, things, size)
        keys = (things[:, None], np.arange(len(hours))[None, :])
        uses = self.assembler.add_columns(f"use_{kind}", keys).reshape(len(things), len(hours))
        self.assembler.add_cost(uses, USED * size[:, None] * hours / hours.sum())
        rows = self.assembler.add_rows(f"level_{kind}", keys, -np.inf, 0.0).reshape(uses.shape)
        self.assembler.add_entries(rows, uses, 1.0)
        self.assembler.add_entries(rows, relief[:, None], -1.0)
        return SoftLimit(things, np.full(len(things), -1), relief, uses)

    def relief(self, kind: SoftKind, things: Ints, size: Floats) -> Ints:
        """Add a relief for each thing."""
        columns = self.assembler.add_columns(f"relief_{kind}", (things,))
        self.assembler.add_cost(columns, size)
        return columns
