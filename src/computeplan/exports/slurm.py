"""Slurm: reservations, and limits of accounts and partitions. A pool is a partition, a group an account.

Reservations are of whole nodes, so they are written where nodes are counted; of GPUs there are limits only.
A QOS has no dates: the file of a window is run when the window begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from computeplan.exports.material import Material
from computeplan.exports.quotas import Quota

NODE = "node"
"""What is counted where nothing else is asked for; Slurm counts nodes under this name."""


def write(material: Material) -> Iterator[tuple[str, bytes]]:
    """Write scripts of reservations and limits, and lines of slurm.conf, in each window."""
    for quota in material.quotas:
        label = material.label(quota.window)
        if material.resource == NODE:
            yield f"{label}/reservations.sh", _script(_reservations(material, quota))
        yield f"{label}/limits.sh", _script(_limits(material, quota))
        lines = [f"PartitionName={material.pools[p]} QOS={material.pools[p]}" for p in _limited(quota)]
        yield f"{label}/partitions.conf", "".join(f"{line}\n" for line in lines).encode()


def _script(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in ("#!/bin/sh", "set -eu", *lines)).encode()


def _reservations(material: Material, quota: Quota) -> Iterator[str]:
    horizon, window = material.problem.horizon, quota.window
    length_h = (window.stop - window.start) * horizon.period_h
    start, end = (horizon.local_time(window.start, later).replace(" ", "T") for later in (0.0, length_h))
    yield f"# Local times of {horizon.time_zone}, which must be that of the controller. Slurm gives fewer"
    yield "# nodes than asked for without a word: compare NodeCnt with `scontrol -o show reservation`."
    for row in np.flatnonzero(quota.whole).tolist():
        partition, account = _names(material, row)
        yield (
            f"scontrol create reservation ReservationName={_short(material, quota)}-{partition}-{account} "
            f"StartTime={start}:00 EndTime={end}:00 PartitionName={partition} "
            f"NodeCnt={quota.whole[row]} Accounts={account}"
        )


def _limits(material: Material, quota: Quota) -> Iterator[str]:
    pools = len(quota.spare)
    given = np.bincount(material.busy.pool, weights=quota.whole, minlength=pools) + quota.spare
    for pool in _limited(quota):
        yield from _qos(material.pools[pool], f"GrpTRES={material.resource}={int(given[pool])}")
    for row in np.flatnonzero(quota.peak).tolist():
        partition, account = _names(material, row)
        minutes = int((quota.planned_h[row] - quota.lost_h[row]) * 60)
        limits = f"GrpTRES={material.resource}={quota.whole[row]} GrpTRESMins={material.resource}={minutes}"
        yield from _qos(f"{partition}-{account}", f"{limits} Flags=DenyOnLimit,NoDecay")


def _qos(name: str, limits: str) -> tuple[str, str]:
    """Make a QOS, which may be there from the window before, and set its limits."""
    return f"sacctmgr -i add qos {name} || true", f"sacctmgr -i modify qos {name} set {limits}"


def _limited(quota: Quota) -> list[int]:
    """Pools with a limit."""
    return np.flatnonzero(np.isfinite(quota.usable)).tolist()


def _names(material: Material, row: int) -> tuple[str, str]:
    busy = material.busy
    return material.pools[busy.pool[row]], material.group_names[busy.group[row]]


def _short(material: Material, quota: Quota) -> str:
    return material.label(quota.window).replace("-", "")
