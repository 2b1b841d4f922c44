"""How to share a cost so that no coalition pays much more than alone: excess, least core, nucleolus.

excess(S) = y(S) − c(S);   least core: min ε  with  Σ y = c(N),  y(S) ≤ c(S) + ε  for every coalition S
nucleolus: then again with the coalitions settled whose excess is ε in every such y, until one y is left

There are 2^n coalitions: a master program holds those solved so far. The one that may be worst at a bill y
is found by a whole-number program over the cuts of the game (see `CostGame`), max Σ y[i] m[i] − f with
f ≥ every cut at m. Its value bounds every excess, so a bill is proved although few coalitions were solved.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from computeplan.errors import SolverError, UsageError
from computeplan.lp import LinearProgram
from computeplan.problem import Floats, Ints
from computeplan.solvers import SolverOptions, SolverResult, solve
from computeplan.studies.shares.game import CostGame, OutOfTimeError

POSITIVE = 1e-7
"""Least dual of a coalition that holds the excess down."""
FAR = 100.0
"""Excess or payment beyond which there is none, as a multiple of the game's size."""
FIRST_WIDTH, WIDER, INSIDE = 0.1, 4.0, 1 - 1e-6
"""Of the box of bills: its first width, as a multiple of the game's size, what it grows by, and the part of
its width in which a bill is inside."""


@dataclass(frozen=True)
class LargestExcess:
    """The coalition that pays most more than alone, of all that are not settled."""

    coalition: int
    """0 where there is none."""
    amount: float
    """What it pays more than alone; negative where it pays less."""
    at_most: float
    """Bound on that of every coalition; inf where there is none."""
    is_proved: bool = True
    """Whether the search ended; else the time was over."""


@dataclass(frozen=True, eq=False)
class CoreBill:
    """A bill of the least core."""

    bill: Floats
    """(n,)"""
    least_excess: float
    """The smallest excess that any bill can have; nan where the time was over before it was known."""


def largest_excess(
    game: CostGame, bill: Floats, tolerance: float, settled: Iterable[int] = (), above: float = -np.inf
) -> LargestExcess:
    """Find the coalition that pays most more than it would alone.

    Parameters
    ----------
    bill : (n,)
    tolerance : float
        Up to which the bound and the excess found may differ, as a share of the game's size.
    settled : iterable of int
        Coalitions that do not count.
    above : float
        The search also ends when every excess is proved to be at most this; or when the time is over.
    """
    apart = {0, game.everybody, *settled}
    worst, amount = 0, -np.inf
    known = [coalition for coalition in game.costs if coalition not in apart]
    for coalition in known:
        worst, amount = _worse(game, bill, coalition, worst, amount)
    at_most, room = np.inf, tolerance * game.scale
    while True:
        try:
            coalition, at_most = _candidate(game, bill, apart | set(game.costs))
            room = tolerance * game.scale
            if not coalition or at_most <= max(amount, above) + room:
                return LargestExcess(worst, amount, max(at_most, _proved(game, bill, apart)))
            game.cost(coalition)
        except OutOfTimeError:
            at_most = max(min(at_most, _beyond_cuts(game, bill)), _proved(game, bill, apart))
            return LargestExcess(worst, amount, at_most, is_proved=False)
        worst, amount = _worse(game, bill, coalition, worst, amount)


def _proved(game: CostGame, bill: Floats, apart: set[int]) -> float:
    """Bound the excess of the coalitions that were solved, by what is proved of their costs."""
    return max(
        (
            float(bill[game.members(coalition)].sum()) - cost + game.unproved[coalition]
            for coalition, cost in game.costs.items()
            if coalition not in apart and np.isfinite(cost)
        ),
        default=-np.inf,
    )


def _beyond_cuts(game: CostGame, bill: Floats) -> float:
    """Bound the excess of every coalition by the best cut: that of all who pay more than it charges them."""
    beyond = [float(np.maximum(bill - cut.charge, 0.0).sum()) - cut.constant for cut in game.cuts]
    return min(beyond, default=np.inf)


def _worse(game: CostGame, bill: Floats, coalition: int, worst: int, amount: float) -> tuple[int, float]:
    excess = float(bill[game.members(coalition)].sum()) - game.costs[coalition]
    return (coalition, excess) if excess > amount else (worst, amount)


def _candidate(game: CostGame, bill: Floats, apart: set[int]) -> tuple[int, float]:
    """Find the coalition outside `apart` with the largest excess by the cuts, and this; 0 without one."""
    n = game.size
    if len(apart) >= 1 << n:
        return 0, -np.inf
    if game.is_over:
        raise OutOfTimeError
    if not game.cuts:
        return next(coalition for coalition in range(1, 1 << n) if coalition not in apart), np.inf
    scale = game.scale
    cuts = [np.append(cut.charge / scale, -1.0) for cut in game.cuts]
    members = np.array([game.members(coalition) for coalition in apart]).reshape(-1, n)
    others = np.column_stack((np.where(members, -1.0, 1.0), np.zeros(len(members))))
    result = _optimize(
        cost=np.append(-bill / scale, 1.0),
        bounds=(np.append(np.zeros(n), -np.inf), np.append(np.ones(n), np.inf)),
        matrix=np.vstack((*cuts, others)),
        limits=(
            np.append(np.full(len(cuts), -np.inf), 1.0 - members.sum(axis=1)),
            np.append([-cut.constant / scale for cut in game.cuts], np.full(len(members), np.inf)),
        ),
        integer=np.arange(n),
        options=game.search_options,
    )
    if result.values is None and game.is_over:
        raise OutOfTimeError
    found = np.flatnonzero(result.values[:n] > 0.5) if result.values is not None else ()
    bound = result.bound if result.bound is not None else result.objective
    if bound is None:
        raise SolverError("the search for a coalition that pays too much found no answer")
    return sum(1 << int(group) for group in found), -bound * scale


def least_core(game: CostGame, near: Floats, tolerance: float) -> CoreBill:
    """Find, among the bills whose largest excess is least, the nearest to a given one.

    Where the time is over before, the bill is the best for the coalitions solved until then.

    Parameters
    ----------
    near : (n,)
        Distance is the sum of the differences to it.
    """
    if game.size == 1:
        return CoreBill(np.array([game.total]), 0.0)
    level = _level(game, _Settled(game), near, tolerance)
    room = tolerance * game.scale
    while True:
        solved = len(game.costs)
        bill = _nearest(game, near, level.excess + room)
        found = largest_excess(game, bill, tolerance, above=level.excess + room)
        if found.amount <= level.excess + 2 * room or len(game.costs) == solved:
            is_proved = level.is_proved and found.is_proved
            return CoreBill(bill, level.excess if is_proved else np.nan)


def nucleolus(game: CostGame, near: Floats, tolerance: float) -> CoreBill:
    """Find the bill whose excesses, sorted from the largest, are least: of all coalitions, level by level.

    Parameters
    ----------
    near : (n,)
        Bill where the search begins.

    Raises
    ------
    OutOfTimeError
        If it is not reached in the game's time.
    """
    if game.size == 1:
        return CoreBill(np.array([game.total]), 0.0)
    settled, least = _Settled(game), np.nan
    while settled.rank < game.size:
        level = _level(game, settled, near, tolerance)
        if not level.is_proved:
            raise OutOfTimeError
        least = level.excess if np.isnan(least) else least
        for coalition in level.tight:
            settled.add(coalition, game.costs[coalition] + level.excess)
    return CoreBill(settled.bill(), float(least))


class _Settled:
    """Coalitions whose payment is settled, and which others it settles."""

    def __init__(self, game: CostGame) -> None:
        self._game = game
        self.members = np.ones((1, game.size))
        self.paid = np.array([game.total])
        self.rank = 1

    def add(self, coalition: int, paid: float) -> None:
        """Settle what a coalition pays, unless the others settle it."""
        if not self.has(coalition):
            self.members = np.vstack((self.members, self._game.members(coalition)))
            self.paid = np.append(self.paid, paid)
            self.rank += 1

    def has(self, coalition: int) -> bool:
        """Whether it is settled what a coalition pays."""
        more: Floats = np.vstack((self.members, self._game.members(coalition))).astype(np.float64)
        return int(np.linalg.matrix_rank(more)) == self.rank

    def bill(self) -> Floats:
        """(n,) what each group pays, once all is settled."""
        return np.linalg.solve(self.members, self.paid)


@dataclass(frozen=True)
class _Level:
    """The least excess of all coalitions that are not settled."""

    excess: float
    tight: list[int]
    """Coalitions that have it whatever the bill."""
    is_proved: bool


def _level(game: CostGame, settled: _Settled, near: Floats, tolerance: float) -> _Level:
    """Add the coalitions that pay too much until none does.

    Bills are sought in a box around `near`, which grows until the best one is inside: before there are
    many coalitions they would lie far out, where those found say little about the others.
    """
    apart: set[int] = set()
    width = FIRST_WIDTH * game.scale
    while True:
        apart |= {coalition for coalition in game.costs if coalition not in apart and settled.has(coalition)}
        known = [c for c, cost in game.costs.items() if c not in apart and np.isfinite(cost)]
        best = _master(game, settled, known, (near - width, near + width))
        if best is None:
            width *= WIDER
            if width > FAR * game.scale:
                raise SolverError("the least core was not found")
            continue
        solved = len(game.costs)
        found = largest_excess(game, best.bill, tolerance, apart, above=best.excess)
        if any(settled.has(coalition) for coalition in game.costs if coalition not in {*apart, *known}):
            continue
        if not found.is_proved:
            return _Level(best.excess, best.tight, is_proved=False)
        # The master program is solved to a solver's tolerance: what it knows may seem to pay more.
        is_done = found.amount <= best.excess + tolerance * game.scale or len(game.costs) == solved
        if is_done and np.abs(best.bill - near).max() >= INSIDE * width:
            width *= WIDER
            if width > FAR * game.scale:
                raise _unlimited(game)
        elif is_done:
            return _Level(best.excess, best.tight, is_proved=True)


def _unlimited(game: CostGame) -> UsageError:
    lost = sum(np.isinf(cost) for cost in game.costs.values())
    return UsageError(
        f"shares: {lost} coalitions have no plan alone, so nothing limits what their members pay",
        path="--by",
        hint="put companies that depend on each other into one group, or take average or marginal",
    )


@dataclass(frozen=True, eq=False)
class _Best:
    """The best bill for the known coalitions."""

    bill: Floats
    excess: float
    tight: list[int]
    """Coalitions that have this excess whatever the bill."""


def _master(game: CostGame, settled: _Settled, known: list[int], box: tuple[Floats, Floats]) -> _Best | None:
    """Min ε with y(S) − ε ≤ c(S) for the known coalitions, the settled payments, and y in a box."""
    n, scale = game.size, game.scale
    members = np.array([game.members(coalition) for coalition in known], dtype=float).reshape(-1, n)
    costs = np.array([game.costs[coalition] for coalition in known]) / scale
    equal = np.column_stack((settled.members, np.zeros(len(settled.members))))
    result = _optimize(
        cost=np.append(np.zeros(n), 1.0),
        bounds=(np.append(box[0] / scale, -FAR), np.append(box[1] / scale, FAR)),
        matrix=np.vstack((equal, np.column_stack((members, -np.ones(len(members)))))),
        limits=(
            np.append(settled.paid / scale, np.full(len(members), -np.inf)),
            np.append(settled.paid / scale, costs),
        ),
    )
    if result.values is None or result.row_duals is None:
        return None
    duals = -result.row_duals[len(equal) :]
    tight = [coalition for coalition, dual in zip(known, duals, strict=True) if dual > POSITIVE]
    return _Best(result.values[:n] * scale, float(result.values[n]) * scale, tight)


def _nearest(game: CostGame, near: Floats, excess: float) -> Floats:
    """Min Σ |y − near| with Σ y = c(N) and y(S) ≤ c(S) + excess for the known coalitions."""
    n, scale = game.size, game.scale
    known = [c for c, cost in game.costs.items() if np.isfinite(cost) and c != game.everybody]
    members = np.array([game.members(coalition) for coalition in known], dtype=float).reshape(-1, n)
    costs = np.array([game.costs[coalition] for coalition in known])
    # Bill = near + more − less.
    signed = np.hstack((members, -members))
    everybody = np.append(np.ones(n), -np.ones(n))
    total = (game.total - near.sum()) / scale
    result = _optimize(
        cost=np.ones(2 * n),
        bounds=(np.zeros(2 * n), np.full(2 * n, np.inf)),
        matrix=np.vstack((everybody, signed)),
        limits=(
            np.append(total, np.full(len(known), -np.inf)),
            np.append(total, (costs + excess - members @ near) / scale),
        ),
    )
    if result.values is None:
        raise SolverError(f"no bill of the least core was found: {result.detail}")
    more, less = result.values[:n], result.values[n:]
    return near + (more - less) * scale


_NO_INTEGERS = np.zeros(0, dtype=np.int64)
_EXACTLY = SolverOptions(threads=1, gap=0.0)


def _optimize(
    cost: Floats,
    bounds: tuple[Floats, Floats],
    matrix: Floats,
    limits: tuple[Floats, Floats],
    integer: Ints = _NO_INTEGERS,
    *,
    options: SolverOptions = _EXACTLY,
) -> SolverResult:
    """Minimize a small dense program; `bounds` are those of the columns, `limits` those of the rows."""
    column, row = np.nonzero(matrix.T)
    program = LinearProgram(
        cost=cost,
        column_lower=bounds[0],
        column_upper=bounds[1],
        row_lower=limits[0],
        row_upper=limits[1],
        starts=np.searchsorted(column, np.arange(len(cost) + 1)).astype(np.int32),
        rows=row.astype(np.int32),
        values=matrix.T[column, row],
        offset=0.0,
        column_families=(),
        row_families=(),
        integer=integer,
    )
    return solve(program, options)
