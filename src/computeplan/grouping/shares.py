"""How a class's plan falls to its members: how much each does when, and where.

First over time: arrivals leave oldest first, each period's in proportion (demands); every job does the
same part of its volume. Then over pools: members are stacked in a fixed order on pools in a fixed
order, so that at most pools − 1 members of a class are split in a period and most never move; or, on
request, every member does the same part of its work in each pool.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.problem import Floats, Horizon, HorizonEnd, Ints


@dataclass(frozen=True, eq=False)
class Outflow:
    """How a deferrable class's work leaves, oldest first, within one block.

    A member's work done by the end of a period is its own arrivals up to the arrival instant that the
    class has reached: the arrivals before period `index`, and the part `fraction` of that period's.

    Attributes
    ----------
    index : (t + 1,)
        Period of arrival reached at each period's edge; negative in the block before (`cyclic`).
    fraction : (t + 1,)
        Part of that period's arrivals.
    """

    index: Ints
    fraction: Floats

    def of(self, arrivals: Floats) -> Floats:
        """Work leaving in each period.

        Parameters
        ----------
        arrivals : (n, t)
            Of the members.

        Returns
        -------
        (n, t) array
        """
        size = arrivals.shape[1]
        total = np.concatenate((np.zeros((len(arrivals), 1)), np.cumsum(arrivals, axis=1)), axis=1)
        period = self.index % size
        reached = total[:, period] + self.fraction * arrivals[:, period]
        reached += (self.index // size) * total[:, -1:]
        return np.maximum(np.diff(reached, axis=1), 0.0)


def oldest_first(arrivals: Floats, leaving: Floats, horizon: Horizon) -> Outflow:
    """Follow a class's work through one block, oldest first.

    Parameters
    ----------
    arrivals, leaving : (t,)
        Of the class; `leaving` includes shortfall. Both sum to the same.
    horizon : Horizon
    """
    arrived = np.concatenate(([0.0], np.cumsum(arrivals)))
    left = np.concatenate(([0.0], np.cumsum(leaving)))
    # The solver keeps to its tolerance; what leaves is exactly what arrives.
    left *= arrived[-1] / left[-1] if left[-1] > 0 else 0.0
    if horizon.end is HorizonEnd.CYCLIC:
        left -= max(0.0, float(np.max(left - arrived)))
    else:
        left = np.minimum(left, arrived)
    total = arrived[-1] if arrived[-1] > 0 else 1.0
    rounds = np.floor(left / total)
    inside = left - rounds * total
    index = np.clip(np.searchsorted(arrived, inside, side="right") - 1, 0, len(arrivals) - 1)
    width = np.where(arrivals[index] > 0, arrivals[index], 1.0)
    fraction = np.clip((inside - arrived[index]) / width, 0.0, 1.0)
    return Outflow(index + rounds.astype(np.int64) * len(arrivals), fraction)


def stack(amounts: Floats, below: Floats, capacity: Floats) -> Floats:
    """Lay members end to end over the pools' shares, laid end to end in the same length.

    Parameters
    ----------
    amounts : (n, t)
        Work of each member.
    below : (t,)
        Work of the members before these.
    capacity : (p, t)
        Work of each pool; sums to the work of all members.

    Returns
    -------
    (n, p, t) array
        Work of each member in each pool.
    """
    if len(capacity) == 1:
        return amounts[:, None, :]
    upper = below + np.cumsum(amounts, axis=0)
    edges = np.concatenate((np.zeros((1, capacity.shape[1])), np.cumsum(capacity, axis=0)))
    # Rounding must not leave a sliver of the last member outside.
    edges[-1] = np.inf
    low = np.maximum((upper - amounts)[:, None, :], edges[None, :-1, :])
    high = np.minimum(upper[:, None, :], edges[None, 1:, :])
    split: Floats = np.maximum(high - low, 0.0)
    return split


def proportional(amounts: Floats, capacity: Floats) -> Floats:
    """Give every member the same part of its work in each pool.

    Parameters
    ----------
    amounts : (n, t)
        Work of each member.
    capacity : (p, t) or (p, 1)
        Work of each pool, in each period or in all.

    Returns
    -------
    (n, p, t) array
        Work of each member in each pool.
    """
    total = capacity.sum(axis=0)
    part: Floats = capacity / np.where(total > 0, total, 1.0)
    return amounts[:, None, :] * part
