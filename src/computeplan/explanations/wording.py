"""Workloads and moments as people read them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from computeplan.problem import Bools, Horizon, Ints
from computeplan.text import counted

SHOWN_NAMES = 3


def workloads_named(names: Sequence[str], chosen: Ints) -> str:
    """Name some workloads, such as ``workload chat`` or ``412 workloads (chat, render, bank, …)``."""
    if len(chosen) == 1:
        return f"workload {names[chosen[0]]}"
    first = [names[w] for w in chosen[:SHOWN_NAMES].tolist()]
    return (
        f"{counted(len(chosen), 'workload')} ({', '.join(first)}{', …' if len(chosen) > SHOWN_NAMES else ''})"
    )


def moment(horizon: Horizon, edge: int) -> str:
    """Write the local time at the start of a period, or at the end of the last, as ``2026-03-02 11:00``."""
    last = min(edge, horizon.size - 1)
    return horizon.local_time(last, (edge - last) * horizon.period_h)


def stretches(horizon: Horizon, chosen: Bools) -> str:
    """Write some periods as stretches of time: ``2026-03-02 11:00 to 14:00 and at 3 more times``.

    Empty for none or all.
    """
    if chosen.all() or not chosen.any():
        return ""
    inside = np.flatnonzero(chosen)
    breaks = np.flatnonzero((np.diff(inside) > 1) | (np.diff(horizon.block[inside]) != 0))
    first, last = inside[np.concatenate(([0], breaks + 1))], inside[np.concatenate((breaks, [-1]))]
    longest = int((last - first).argmax())
    rest = len(first) - 1
    more = f" and at {counted(rest, 'more time')}" if rest else ""
    begin = horizon.local_time(int(first[longest]))
    end = horizon.local_time(int(last[longest]), horizon.period_h)
    return f"{begin} to {end[11:] if begin[:10] == end[:10] else end}{more}"
