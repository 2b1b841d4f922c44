"""Numbers, names and moments as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np

from computeplan.problem import Bools, Horizon, Ints

SHOWN_NAMES = 3
SHOWN_LINES = 20


def number(value: float, digits: int = 4) -> str:
    """Write a number with thousands separators and sensible digits.

    Parameters
    ----------
    value : float
    digits : int
        Significant digits; digits before the decimal point are never rounded away.

    Returns
    -------
    str
        Such as ``1,234,567``, ``12.35`` or ``0.004``.
    """
    if not np.isfinite(value):
        return "no limit" if value > 0 else str(value)
    if value == 0:
        return "0"
    magnitude = int(np.floor(np.log10(abs(value)))) + 1
    decimals = max(digits - magnitude, 0)
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def counted(amount: int, noun: str, plural: str = "") -> str:
    """Write an amount and its noun.

    Parameters
    ----------
    amount : int
    noun : str
        In the singular.
    plural : str
        Default: the noun with an s.

    Returns
    -------
    str
        Such as ``1 period`` or ``1,024 periods``.
    """
    return f"{amount:,} {noun if amount == 1 else plural or f'{noun}s'}"


def workloads_named(names: Sequence[str], chosen: Ints) -> str:
    """Name some workloads in a few words.

    Parameters
    ----------
    names : sequence of str
        Names of all workloads.
    chosen : (n,)
        Indices of at least one.

    Returns
    -------
    str
        Such as ``workload chat`` or ``412 workloads (chat, render, bank, …)``.
    """
    shown = ", ".join(names[w] for w in chosen[:SHOWN_NAMES].tolist())
    if len(chosen) == 1:
        return f"workload {shown}"
    return f"{counted(len(chosen), 'workload')} ({shown}{', …' if len(chosen) > SHOWN_NAMES else ''})"


def listed(lines: Sequence[str]) -> tuple[str, ...]:
    """Keep the first lines and say how many more there are.

    Parameters
    ----------
    lines : sequence of str

    Returns
    -------
    tuple of str
        At most `SHOWN_LINES` lines and one that counts the rest.
    """
    rest = len(lines) - SHOWN_LINES
    return tuple(lines) if rest <= 0 else (*lines[:SHOWN_LINES], f"… and {rest:,} more")


def moment(horizon: Horizon, edge: int) -> str:
    """Write the local time at the start of a period.

    Parameters
    ----------
    horizon : Horizon
    edge : int
        Period; the number of periods means the end of the last one.

    Returns
    -------
    str
        Such as ``2026-03-02 11:00``.
    """
    last = min(edge, horizon.size - 1)
    seconds = int(horizon.start_utc[last].astype(np.int64)) + round((edge - last) * horizon.period_h * 3600)
    utc = np.datetime64(seconds, "s").item().replace(tzinfo=ZoneInfo("UTC"))
    return f"{utc.astimezone(ZoneInfo(horizon.time_zone)):%Y-%m-%d %H:%M}"


def stretches(horizon: Horizon, chosen: Bools) -> str:
    """Write when some periods are, as stretches of time.

    Parameters
    ----------
    horizon : Horizon
    chosen : (T,)

    Returns
    -------
    str
        Such as ``2026-03-02 11:00 to 14:00 and at 3 more times``; empty for none or all.
    """
    if chosen.all() or not chosen.any():
        return ""
    inside = np.flatnonzero(chosen)
    breaks = np.flatnonzero((np.diff(inside) > 1) | (np.diff(horizon.block[inside]) != 0))
    first, last = inside[np.concatenate(([0], breaks + 1))], inside[np.concatenate((breaks, [-1]))]
    longest = int((last - first).argmax())
    rest = len(first) - 1
    more = f" and at {counted(rest, 'more time')}" if rest else ""
    return f"{_stretch(horizon, int(first[longest]), int(last[longest]))}{more}"


def _stretch(horizon: Horizon, first: int, last: int) -> str:
    begin, end = moment(horizon, first), _end(horizon, last)
    return f"{begin} to {end[11:] if begin[:10] == end[:10] else end}"


def _end(horizon: Horizon, period: int) -> str:
    """Write the end of a period, which need not be the start of the next."""
    utc = horizon.start_utc[period].astype("datetime64[s]").item().replace(tzinfo=ZoneInfo("UTC"))
    end = utc + timedelta(hours=horizon.period_h)
    return f"{end.astimezone(ZoneInfo(horizon.time_zone)):%Y-%m-%d %H:%M}"
