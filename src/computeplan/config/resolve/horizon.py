"""Builds the periods of the plan from local starts and durations."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from computeplan.config.schema.horizon import Block, HorizonSection
from computeplan.config.series.clock import LocalClock, Times
from computeplan.errors import Faults
from computeplan.problem import Floats, Horizon
from computeplan.text import number

_MOST_PERIODS = 1_000_000


def build_horizon(section: HorizonSection, faults: Faults) -> Horizon:
    """Lay out the periods of all blocks, equal in real time also where clocks change.

    Raises `ConfigError` if the periods cannot be laid out, since nothing else has a length then.
    """
    zone, period_s = ZoneInfo(section.time_zone), round(section.period * 60)
    path = "horizon" if section.blocks is None else "horizon.blocks.{}"
    spans = {path.format(i): block for i, block in enumerate(section.spans())}
    counts = [_count(block, period_s, f"{path}.duration", faults) for path, block in spans.items()]
    starts = _starts(spans, zone, faults)
    _check_order(spans, starts, faults)
    faults.raise_any()
    utc = np.concatenate(
        [
            start + np.arange(n) * np.timedelta64(period_s, "s")
            for start, n in zip(starts, counts, strict=True)
        ]
    )
    months, month = np.unique(
        LocalClock.of(zone, utc).to_local(utc).astype("datetime64[M]"), return_inverse=True
    )
    return Horizon(
        start_utc=utc,
        hours=np.full(len(utc), period_s / 3600),
        weight=np.repeat([block.weight for block in spans.values()], counts),
        block=np.repeat(np.arange(len(spans)), counts),
        month=month,
        months=tuple(str(name) for name in months),
        end=section.end,
        time_zone=zone.key,
    )


def month_fractions(horizon: Horizon) -> Floats:
    """(M,) how many times each calendar month occurs: Σ ω Δ in it over its hours in the horizon's zone."""
    first = np.array(horizon.months, "datetime64[M]")
    ends = np.stack([first, first + np.timedelta64(1, "M")]).astype("datetime64[s]")
    # A month begins an hour later where clocks skip its midnight.
    begin, stop = LocalClock.of(ZoneInfo(horizon.time_zone), ends).to_utc_past_gaps(ends)
    real = np.bincount(horizon.month, horizon.weight * horizon.hours, len(first))
    fractions: Floats = real / ((stop - begin).astype(np.int64) / 3600)
    return fractions


def _count(block: Block, period_s: int, path: str, faults: Faults) -> int:
    exact = float(block.duration) * 3600 / period_s
    count = round(exact)
    if count < 1 or abs(exact - count) > 1e-6:
        expected = f"a whole number of periods of {period_s / 60:g} min"
        faults.add(path, expected, f"{number(block.duration, 6)} h ({number(exact, 6)} periods)")
    elif count > _MOST_PERIODS:
        found, hint = f"{count:,}", "use longer periods or typical blocks"
        faults.add(path, f"at most {_MOST_PERIODS:,} periods", found, hint)
    return count


def _starts(spans: Mapping[str, Block], zone: ZoneInfo, faults: Faults) -> Times:
    local = np.array([block.start for block in spans.values()], "datetime64[s]")
    clock = LocalClock.of(zone, local)
    utc = clock.to_utc(local)
    wrong = np.isnat(utc) | clock.shows_twice(local)
    for path, time, start, is_wrong in zip(spans, local, utc, wrong, strict=True):
        if is_wrong:
            found = f"{time}, {'never shown' if np.isnat(start) else 'shown twice'}"
            hint = f"clocks in {zone.key} change here; start an hour earlier or later"
            faults.add(f"{path}.start", "a time the local clock shows once", found, hint)
    return utc


def _check_order(spans: Mapping[str, Block], starts: Times, faults: Faults) -> None:
    for (before, begin), (after, start) in pairwise(zip(spans, starts, strict=True)):
        if start < begin + np.timedelta64(round(spans[before].duration * 3600), "s"):
            found = f"{spans[after].start.isoformat()}, before {before} ends"
            faults.add(f"{after}.start", "blocks in time order that do not overlap", found)
