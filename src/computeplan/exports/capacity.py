"""Curves of capacity for any other system: what each kind of work keeps busy at each site, hour by hour."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from computeplan.exports.material import Material
from computeplan.folder.tables.frames import csv_bytes, named, starts


def write(material: Material) -> Iterator[tuple[str, bytes]]:
    """Write one table: a row for each pool, kind of work and period; `replicas` are the whole ones."""
    import polars as pl

    problem, busy, horizon = material.problem, material.busy, material.problem.horizon
    row = np.repeat(np.arange(len(busy.pool)), horizon.size)
    period = np.tile(np.arange(horizon.size), len(busy.pool))
    pool = busy.pool[row]
    whole = np.array([quota.whole for quota in material.quotas]).T.reshape(-1)
    usable = np.array([quota.usable for quota in material.quotas]).T
    table = {
        "site": named(material.problem.sites.names, problem.pools.site[pool]),
        "pool": named(problem.pools.names, pool),
        "hardware": named(problem.hardware.names, problem.pools.hardware[pool]),
        "kind": named(problem.hardware.kind_names, busy.group[row]),
        "start": starts(horizon, period),
        "hours": horizon.hours[period],
        "busy_units": busy.units.reshape(-1),
        "replicas": whole,
        "usable_replicas": usable[pool, period],
    }
    frame = pl.DataFrame(table)
    limited = pl.when(pl.col("usable_replicas").is_finite()).then(pl.col("usable_replicas"))
    yield "capacity.csv", csv_bytes(frame.with_columns(limited))
