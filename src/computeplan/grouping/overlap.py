"""Overlaps of two divisions of the same whole."""

from __future__ import annotations

import numpy as np

from computeplan.problem import Bools, Floats, Ints

SLIVER = 1e-12
"""Pieces below this part of their whole are rounding."""


def find_overlaps(
    group: Ints, amount: Floats, other_group: Ints, other_amount: Floats
) -> tuple[Ints, Ints, Floats]:
    """Lay two divisions of each group end to end in their order and find what falls together.

    A group with n parts and m others has at most n + m − 1 pieces, so that few parts are divided.

    Parameters
    ----------
    group : (n,)
        Group of each part, ascending.
    amount : (n,)
        Size of each part, ≥ 0.
    other_group, other_amount : (m,)
        The other division; scaled to the same size in each group. A group missing from either is
        left out.

    Returns
    -------
    part, other : (k,)
        Indices of the parts that fall together.
    size : (k,)
        How much of them does.
    """
    mine, others = _in_common(group, amount, other_group, other_amount)
    groups = np.concatenate((group[mine], other_group[others]))
    _, where = np.unique(groups, return_inverse=True)
    end, total = _ends(group[mine], amount[mine])
    other_end, other_total = _ends(other_group[others], other_amount[others])
    other_end = other_end * (total / other_total)[where[len(mine) :]]
    # Both divisions end at the same point, whatever the rounding.
    other_end[_is_last(other_group[others])] = total
    is_mine = np.arange(len(groups)) < len(mine)
    ends = np.concatenate((end, other_end))
    order = np.lexsort((ends, groups))
    part: Ints = np.cumsum(is_mine[order]) - is_mine[order]
    other: Ints = np.cumsum(~is_mine[order]) - ~is_mine[order]
    size = _steps(groups[order], ends[order])
    kept = size > SLIVER * total[where[order]]
    return mine[part[kept]], others[other[kept]], size[kept]


def _is_last(group: Ints) -> Bools:
    """Whether each part is the last of its group."""
    last: Bools = np.append(np.diff(group) != 0, np.ones(min(1, len(group)), dtype=bool))
    return last


def _steps(group: Ints, end: Floats) -> Floats:
    """Distance of each end from the one before it in its group."""
    start = np.append(np.zeros(min(1, len(end))), end[:-1])
    start[1:][np.diff(group) != 0] = 0.0
    return end - start


def _in_common(group: Ints, amount: Floats, other_group: Ints, other_amount: Floats) -> tuple[Ints, Ints]:
    """Find the parts above rounding whose group has such parts on both sides."""
    mine, others = _more_than_rounding(amount), _more_than_rounding(other_amount)
    mine = mine[np.isin(group[mine], other_group[others])]
    return mine, others[np.isin(other_group[others], group[mine])]


def _more_than_rounding(amount: Floats) -> Ints:
    return np.flatnonzero(amount > SLIVER * amount.max(initial=0.0))


def _ends(group: Ints, amount: Floats) -> tuple[Floats, Floats]:
    """End of each part within its group, and each group's end."""
    if not len(group):
        return np.zeros(0), np.zeros(0)
    start = np.flatnonzero(np.append(True, np.diff(group) != 0))
    stop = np.append(start[1:], len(group))
    # The running sum goes over all groups: more digits keep the small ones exact.
    running = np.cumsum(amount, dtype=np.longdouble)
    before = np.append(np.longdouble(0), running)[start]
    end = (running - np.repeat(before, stop - start)).astype(np.float64)
    return end, end[stop - 1]
