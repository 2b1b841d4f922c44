"""``auto``: the solver and method for a program, by its shape.

Measured in bench/RESULTS-methods.md, processor time:

* up to `SMALL` columns all methods take a blink; the simplex method leaves a basis that neighbors start from;
* above, the interior point of HiGHS is as fast as its simplex method or up to ten times faster;
* from `LARGE` columns on, where single columns (a booking, a month's peak) bind many rows together as in the
  full model, Clarabel takes half to nine tenths of the time of that interior point; without such columns it
  takes three to four times as long.

Parts of a program are programs of their own: independent parts are small, so that simplex solves them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from computeplan.lp import LinearProgram
from computeplan.solvers.options import SolverOptions
from computeplan.vocabulary import Method

AUTO = "auto"
SMALL = 10_000
LARGE = 50_000
COUPLING = 0.01
"""Share of all rows that a column has entries in from which on it couples them."""
LEAST = 20
"""Entries that such a column has at least."""


@dataclass(frozen=True)
class Shape:
    """Features of a program that the choice depends on."""

    columns: int
    coupling_columns: int
    """Columns that bind many rows together."""


def shape_of(lp: LinearProgram) -> Shape:
    """Describe a program."""
    entries = np.diff(lp.starts)
    coupling = entries >= max(LEAST, COUPLING * lp.n_rows)
    return Shape(lp.n_columns, int(coupling.sum()))


def fill_options(options: SolverOptions, shape: Shape, *, with_clarabel: bool) -> SolverOptions:
    """Choose by the shape of a program what the options leave to ``auto``: solver, method of HiGHS, or both.

    `with_clarabel`: whether Clarabel can be used.

    In what it returns, neither name nor method is ``auto``.
    """
    if options.name == AUTO:
        couples = with_clarabel and options.method is Method.AUTO and shape.coupling_columns > 0
        name = "clarabel" if couples and shape.columns > LARGE else "highs"
        options = replace(options, name=name)
    if options.method is Method.AUTO:
        options = replace(options, method=Method.SIMPLEX if shape.columns <= SMALL else Method.IPM)
    return options
