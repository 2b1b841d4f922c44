"""The equations of a step, factorized period by period.

    [ A_E Θ A_E'    A_L ] [ y ]   [ r ]
    [ A_L'           −Δ ] [ x ] = [ s ]

E are the columns outside the border with weights Θ, L those in it with Δ = 1/Θ. In each period the local rows
are eliminated: the pivots first, whose block D is diagonal, then the block rows by a dense Cholesky
factorization, all periods in one call:

    S = C − B' D⁻¹ B = L L'        V = (W − E D⁻¹ B) L⁻ᵀ        front += G − E D⁻¹ E' − V V'

Then one sweep over time adds what each period leaves in the front and eliminates the border variables that
leave it. The equations are regularized by `REGULAR` on the diagonal; refinement against the true
equations removes that again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from computeplan.problem import Floats, Ints
from computeplan.solvers.staircase.assembly import Assembly, assemble_products
from computeplan.solvers.staircase.border import BLOCK, PIVOT, Border, Pairs
from computeplan.solvers.staircase.standard import StandardForm
from computeplan.solvers.staircase.structure import Staircase

REGULAR = 1e-10
"""Added to each pivot of a row, and taken from that of a border column."""
LITTLE = 1e-17
"""In place of it for rows that hold border columns alone, whose pivots are small and have no other error."""
CHUNK_BYTES = 40_000_000
"""Of the fronts of those periods that are worked on at a time."""
ATTEMPTS = 8
"""At a Cholesky factorization, each with a hundred times the regularization of the one before."""
REFINED = 1e-10
"""Relative residual that is small enough."""


class BreakdownError(ArithmeticError):
    """The equations cannot be factorized."""


@dataclass(frozen=True, eq=False)
class _Couples:
    """Pairs of entries of E in one pivot row, ordered by the place in the front that they add to."""

    one: Ints
    other: Ints
    starts: Ints
    places: Ints

    @classmethod
    def of(cls, place: Ints, stairs: Staircase) -> _Couples:
        """Pair up the entries at the flat places (t, f, d) of E."""
        width, pivots = stairs.border.width, stairs.pivots
        period, slot, pivot = place // (width * pivots or 1), place // (pivots or 1) % (width or 1), place
        row = period * pivots + pivot % (pivots or 1)
        order = np.argsort(row, kind="stable")
        begin, end = (np.searchsorted(row[order], row[order], side=side) for side in ("left", "right"))
        many = end - begin
        one = np.repeat(order, many)
        turn = np.arange(len(one)) - np.repeat(np.cumsum(many) - many, many)
        other = order[np.repeat(begin, many) + turn]
        flat = (period[one] * width + slot[one]) * width + slot[other]
        order = np.argsort(flat, kind="stable")
        places, starts = np.unique(flat[order], return_index=True)
        return cls(one[order], other[order], starts, places)


Step = tuple[Ints, Floats, Floats]
"""Slots that leave the front, the inverse of their block of it, and that times their rows."""


@dataclass(frozen=True, eq=False)
class _LocalFactors:
    """The local rows of all periods, eliminated."""

    pivots: Floats
    """(T, d)"""
    cross: Floats
    """(T, d, c) B."""
    ratio: Floats
    """(T, d, c) D⁻¹ B."""
    inverse: Floats
    """(T, c, c) L⁻¹."""
    edge: Any
    """(T f, T d) E, sparse."""
    wing: Floats
    """(T, f, c) W, then V."""


@dataclass(frozen=True, eq=False)
class Factors:
    """Factors of the equations at some weights."""

    weights: Floats
    """(n,) Θ."""
    slack: Floats
    """(l,) Δ of the border columns."""
    blocks: _LocalFactors
    steps: list[list[Step]]
    """Of each period."""


class NormalEquations:
    """The equations of a program, factorized at any weights."""

    def __init__(self, form: StandardForm, stairs: Staircase, pairs: Pairs) -> None:
        self.matrix = form.matrix.tocsr()
        self.transpose = form.matrix.T.tocsr()
        self._stairs = stairs
        self._assembly: Assembly = assemble_products(form, stairs, pairs)
        self._couples = _Couples.of(self._assembly.places["E"], stairs)
        border, width = stairs.border, stairs.border.width
        self._is_row = np.arange(len(border.first)) < len(border.rows)
        diagonal = (border.first * width + border.slot) * width + border.slot
        self._by_entry = np.argsort(diagonal, kind="stable")
        self._diagonal = diagonal[self._by_entry]
        self._at = {k: np.flatnonzero(stairs.rows.kind == k) for k in (PIVOT, BLOCK)}
        sizes = {PIVOT: stairs.pivots, BLOCK: stairs.block}
        self._flat = {
            k: stairs.rows.period[at] * sizes[k] + stairs.rows.place[at] for k, at in self._at.items()
        }
        self._empty = np.ones((stairs.rows.periods, width), dtype=bool)
        for b, (first, last) in enumerate(zip(border.first, border.last, strict=True)):
            self._empty[first : last + 1, border.slot[b]] = False
        place, (t, d) = self._assembly.places["E"], (stairs.rows.periods, stairs.pivots)
        self._edge_columns = place // (width * d or 1) * d + place % (d or 1)
        self._edge_starts = np.searchsorted(place // (d or 1), np.arange(t * width + 1))

    def factorize(self, weights: Floats, slack: Floats) -> Factors:
        """Factorize at weights Θ (n,) and Δ (l,)."""
        from scipy import sparse

        stairs, parts, places = self._stairs, self._assembly.parts, self._assembly.places
        t, d, c, f = stairs.rows.periods, stairs.pivots, stairs.block, stairs.border.width
        numbers = self._assembly.products @ weights + self._assembly.constant
        pivots = _filled(t * d, places["D"], numbers[parts["D"]] + REGULAR, otherwise=1.0).reshape(t, d)
        cross = _filled(t * d * c, places["B"], numbers[parts["B"]]).reshape(t, d, c)
        ratio = cross / pivots[:, :, None]
        block = _filled(t * c * c, places["C"], numbers[parts["C"]]).reshape(t, c, c)
        inverse = _inverse_root(block, cross.transpose(0, 2, 1) @ ratio)
        entries = numbers[parts["E"]], self._edge_columns, self._edge_starts
        edge = sparse.csr_array(entries, shape=(t * f, t * d))
        wing = _filled(t * f * c, places["W"], numbers[parts["W"]]).reshape(t, f, c)
        blocks = _LocalFactors(pivots, cross, ratio, inverse, edge, wing)
        steps = _sweep(self._fronts(numbers, slack, blocks), stairs.border)
        return Factors(weights, slack, blocks, steps)

    def _fronts(self, numbers: Floats, slack: Floats, blocks: _LocalFactors) -> Iterator[Floats]:
        """Yield what each period adds to the front, (f, f); turns the wing W into V."""
        stairs, parts, places = self._stairs, self._assembly.parts, self._assembly.places
        t, d, c, f = stairs.rows.periods, stairs.pivots, stairs.block, stairs.border.width
        couples, values = self._couples, numbers[parts["E"]]
        scaled = values / blocks.pivots.ravel()[self._edge_columns]
        products = values[couples.one] * scaled[couples.other]
        sums = np.add.reduceat(products, couples.starts) if len(products) else products
        diagonal = np.where(stairs.border.is_pure, LITTLE, REGULAR)
        diagonal[~self._is_row] = -slack - REGULAR
        added = (
            (couples.places, -sums),
            (places["G"], numbers[parts["G"]]),
            (self._diagonal, diagonal[self._by_entry]),
        )
        chunk = max(1, CHUNK_BYTES // (8 * f * f or 1))
        for a in range(0, t, chunk):
            z = min(t, a + chunk)
            part, edge = blocks.wing[a:z], blocks.edge[a * f : z * f, a * d : z * d]
            part -= (edge @ blocks.ratio[a:z].reshape((z - a) * d, c)).reshape(z - a, f, c)
            part[:] = part @ blocks.inverse[a:z].transpose(0, 2, 1)
            front = part @ part.transpose(0, 2, 1)
            np.negative(front, out=front)
            flat, base = front.reshape(-1), a * f * f
            for place, amount in added:
                i, j = np.searchsorted(place, (base, z * f * f))
                flat[place[i:j] - base] += amount[i:j]
            yield from front

    def solve(self, factors: Factors, right: Floats, link: Floats, *, passes: int) -> tuple[Floats, Floats]:
        """Solve for y (m,) and the border columns' x (l,), with so many passes of refinement at most."""
        y, x = self._solve(factors, right, link)
        size = max(float(np.abs(right).max(initial=0.0)), float(np.abs(link).max(initial=0.0)), 1e-300)
        for _ in range(passes):
            rest, rest_link = self._residual(factors, y, x, right, link)
            worst = max(float(np.abs(rest).max(initial=0.0)), float(np.abs(rest_link).max(initial=0.0)))
            if worst <= REFINED * size:
                break
            dy, dx = self._solve(factors, rest, rest_link)
            y, x = y + dy, x + dx
        return y, x

    def _residual(
        self, factors: Factors, y: Floats, x: Floats, right: Floats, link: Floats
    ) -> tuple[Floats, Floats]:
        columns = self._stairs.border.columns
        paid = self.transpose @ y
        taken = factors.weights * paid
        taken[columns] = x
        return right - self.matrix @ taken, link - paid[columns] + factors.slack * x

    def _solve(self, factors: Factors, right: Floats, link: Floats) -> tuple[Floats, Floats]:
        stairs, border, blocks = self._stairs, self._stairs.border, factors.blocks
        t, d, c, f = stairs.rows.periods, stairs.pivots, stairs.block, border.width
        pivot_right, block_right = np.zeros(t * d), np.zeros(t * c)
        pivot_right[self._flat[PIVOT]] = right[self._at[PIVOT]]
        block_right[self._flat[BLOCK]] = right[self._at[BLOCK]]
        by_pivot = pivot_right.reshape(t, d)
        u = block_right.reshape(t, c) - (by_pivot[:, None, :] @ blocks.ratio)[:, 0]
        u = (blocks.inverse @ u[:, :, None])[:, :, 0]
        g = -(blocks.wing @ u[:, :, None])[:, :, 0]
        g -= (blocks.edge @ (by_pivot / blocks.pivots).ravel()).reshape(t, f)
        g.reshape(-1)[border.first * f + border.slot] += np.concatenate((right[border.rows], link))
        fronts = _sweep_back(factors.steps, g)
        fronts[self._empty] = 0.0
        u -= (fronts[:, None, :] @ blocks.wing)[:, 0]
        block_y = (u[:, None, :] @ blocks.inverse)[:, 0]
        rest = by_pivot - (blocks.cross @ block_y[:, :, None])[:, :, 0]
        rest -= (blocks.edge.T @ fronts.ravel()).reshape(t, d)
        y = np.empty(len(right))
        y[self._at[PIVOT]] = (rest / blocks.pivots).ravel()[self._flat[PIVOT]]
        y[self._at[BLOCK]] = block_y.ravel()[self._flat[BLOCK]]
        variables = fronts[border.last, border.slot]
        y[border.rows] = variables[: len(border.rows)]
        return y, variables[len(border.rows) :]


def _filled(size: int, places: Ints, numbers: Floats, *, otherwise: float = 0.0) -> Floats:
    """(size,) numbers at their places."""
    found = np.full(size, otherwise) if otherwise else np.zeros(size)
    found[places] = numbers
    return found


def _inverse_root(block: Floats, less: Floats) -> Floats:
    """L⁻¹ of C − less = L L', where only the upper triangle of C is given; (T, c, c)."""
    c = np.arange(block.shape[1])
    diagonal = block[:, c, c].copy()
    block += block.transpose(0, 2, 1)
    block[:, c, c] = np.where(diagonal > 0, diagonal * (1 + 1e-13) + REGULAR, 1.0)
    block -= less
    more = 1e-14
    for _ in range(ATTEMPTS):
        try:
            root = np.linalg.cholesky(block)
        except np.linalg.LinAlgError:
            block[:, c, c] += more * np.maximum(diagonal, 1.0)
            more *= 100.0
        else:
            inverse: Floats = np.linalg.inv(root)
            return inverse
    raise BreakdownError("a block is not positive definite")


def _sweep(fronts: Iterable[Floats], border: Border) -> list[list[Step]]:
    """Eliminate the border variables of each period once it has added to the front."""
    front, steps = np.zeros((border.width, border.width)), []
    for added, groups in zip(fronts, border.leaving, strict=True):
        front += added
        done = []
        for group in groups:
            slots = border.slot[group]
            rows = front[slots]
            try:
                inverse = np.linalg.inv(rows[:, slots]).astype(float, copy=False)
            except np.linalg.LinAlgError as error:
                raise BreakdownError("a border variable has no pivot") from error
            rows[:, slots] = 0.0
            times = inverse @ rows
            front -= rows.T @ times
            front[slots] = 0.0
            front[:, slots] = 0.0
            done.append((slots, inverse, times))
        steps.append(done)
    return steps


def _sweep_back(steps: list[list[Step]], right: Floats) -> Floats:
    """Solve for the front of each period, (T, f): right sides forwards, values backwards."""
    periods, width = right.shape
    g, kept = np.zeros(width), []
    for t in range(periods):
        g += right[t]
        for slots, inverse, times in steps[t]:
            own = g[slots]
            g -= own @ times
            g[slots] = 0.0
            kept.append(inverse @ own)
    values, x = np.zeros((periods, width)), np.zeros(width)
    for t in range(periods - 1, -1, -1):
        for slots, _, times in reversed(steps[t]):
            x[slots] = 0.0
            x[slots] = kept.pop() - times @ x
        values[t] = x
    return values
