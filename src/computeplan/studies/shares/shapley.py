"""The Shapley value: what each group adds to the cost, on average over all orders in which groups may come.

Exact for few groups, whose coalitions are all solved. For more, a mean over random orders, each with its
reverse. What the cuts of the game say is exact and cheap, so it is averaged over many orders, and
only the rest over the few orders whose coalitions are solved:

φ[i] = E[f(P ∪ i) − f(P)] + E[(c − f)(P ∪ i) − (c − f)(P)],   f = greatest cut, as known before these orders
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import factorial

import numpy as np

from computeplan.errors import UsageError
from computeplan.problem import Floats, Ints
from computeplan.problem.arrays import ReadOnlyArrays
from computeplan.studies.shares.game import CostGame, OutOfTimeError

MOST_EXACT = 8
"""Groups up to which every coalition is solved."""
CHEAP_ORDERS = 2_000
"""Orders over which the cuts are averaged."""


@dataclass(frozen=True, eq=False)
class ShapleyBill(ReadOnlyArrays):
    """The Shapley value, and how sure it is."""

    bill: Floats
    """(n,) adds up to the cost of all."""
    error: Floats
    """(n,) standard error; 0 where it is exact, nan of a single pair of orders."""
    orders: int
    """Random orders whose coalitions were solved; 0 where it is exact."""


def shapley(game: CostGame, orders: int, seed: int) -> ShapleyBill:
    """Find the Shapley value; `orders` random ones where there are too many groups to take all."""
    if game.size <= MOST_EXACT:
        return _exact(game)
    return _sampled(game, max(2, orders), np.random.default_rng(seed))


def _exact(game: CostGame) -> ShapleyBill:
    n, bill = game.size, np.zeros(game.size)
    cost = np.array([0.0, *(_cost(game, coalition) for coalition in range(1, 1 << n))])
    coalitions = np.arange(1 << n)
    sizes = np.array([coalition.bit_count() for coalition in range(1 << n)])
    weight = np.array([factorial(k) * factorial(n - k - 1) / factorial(n) for k in range(n)])
    for group in range(n):
        without = coalitions[coalitions >> group & 1 == 0]
        bill[group] = weight[sizes[without]] @ (cost[without | 1 << group] - cost[without])
    return ShapleyBill(bill, np.zeros(n), 0)


def _sampled(game: CostGame, orders: int, random: np.random.Generator) -> ShapleyBill:
    for group in range(game.size):
        _cost(game, 1 << group)
        _cost(game, game.everybody & ~(1 << group))
    cuts = len(game.cuts)
    drawn = [random.permutation(game.size) for _ in range(-(-orders // 2))]
    rest = np.array(list(_rests(game, drawn, cuts)))
    mean = rest.mean(axis=0)
    of_mean = rest.std(axis=0, ddof=1) / np.sqrt(len(rest)) if len(rest) > 1 else np.full(game.size, np.nan)
    floor, of_floor = _mean_of_cuts(game, cuts, random)
    bill = floor + mean
    # Each order adds up to the cost of all; the mean of the cuts does up to rounding.
    bill += (game.total - bill.sum()) / game.size
    return ShapleyBill(bill, np.hypot(of_mean, of_floor), 2 * len(rest))


def _cost(game: CostGame, coalition: int) -> float:
    """Give what a coalition would pay alone, without which there is no Shapley value."""
    cost = game.cost(coalition)
    if np.isinf(cost):
        raise UsageError(
            "shares: a coalition has no plan alone, so that what the others add to its cost is not a number",
            path="--method",
            hint="put companies that depend on each other into one group, or take average or marginal",
        )
    return cost


def _rests(game: CostGame, orders: list[Ints], cuts: int) -> Iterator[Floats]:
    """Give what is beyond the cuts in each order, at least one, while there is time."""
    for number, order in enumerate(orders):
        try:
            yield _rest(game, order, cuts)
        except OutOfTimeError:
            if not number:
                raise
            return


def _rest(game: CostGame, order: Ints, cuts: int) -> Floats:
    """(n,) what each group adds beyond the cuts, in an order and its reverse."""
    return (_added(game, order, cuts) + _added(game, order[::-1], cuts)) / 2


def _added(game: CostGame, order: Ints, cuts: int) -> Floats:
    members = np.tril(np.ones((game.size, game.size)))[:, np.argsort(order)]
    solved = np.array([_cost(game, sum(1 << int(g) for g in order[: k + 1])) for k in range(game.size)])
    beyond = solved - game.floor(members, cuts)
    added = np.empty(game.size)
    added[order] = np.diff(beyond, prepend=0.0)
    return added


def _mean_of_cuts(game: CostGame, cuts: int, random: np.random.Generator) -> tuple[Floats, Floats]:
    """(n,) mean of what each group adds to the greatest cut, and (n,) its standard error."""
    n, pairs = game.size, CHEAP_ORDERS // 2
    added = np.zeros((pairs, n))
    first = np.tril(np.ones((n, n)))
    for number in range(pairs):
        order = random.permutation(n)
        for each in (order, order[::-1]):
            added[number, each] += np.diff(game.floor(first[:, np.argsort(each)], cuts), prepend=0.0) / 2
    return added.mean(axis=0), added.std(axis=0, ddof=1) / np.sqrt(pairs)
