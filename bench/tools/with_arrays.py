"""Bare numpy arrays into HiGHS: what no modelling tool can undercut."""

from __future__ import annotations

from typing import Any

import measured
import numpy as np
from instance import Instance


def build(data: Instance) -> tuple[Any, ...]:
    """Columns: work (c, s, t), load (s, t). Rows: demand (c, t), load (s, t), carbon."""
    companies, sites, hours = data.shape
    load = np.arange(sites * hours, dtype=np.int32)
    demand_row = np.arange(companies * hours, dtype=np.int32).reshape(companies, 1, hours)
    load_row = companies * hours + load
    work = np.empty((companies, sites, hours, 2), np.int32)
    work[..., 0] = demand_row
    work[..., 1] = load_row.reshape(sites, hours)
    in_load = [load_row, np.full(load.size, load_row[-1] + 1, np.int32)][: 1 + data.is_capped]
    values_in_load = [np.full(load.size, -1.0), data.load_kg.ravel()][: 1 + data.is_capped]
    n_work, n_load = companies * sites * hours, load.size
    index = np.concatenate((work.ravel(), np.stack(in_load, axis=1).ravel()))
    values = np.concatenate((np.ones(2 * n_work), np.stack(values_in_load, axis=1).ravel()))
    counts = np.full(n_work + n_load, 2, np.int32)
    counts[n_work:] = len(in_load)
    starts = np.concatenate((np.zeros(1, np.int32), np.cumsum(counts, dtype=np.int32)))[:-1]
    cost = np.concatenate((np.repeat(data.work_cost.ravel(), hours), data.load_cost.ravel()))
    upper = np.concatenate((np.full(n_work, np.inf), data.capacity.ravel()))
    equal = np.concatenate((data.demand.ravel(), np.zeros(n_load)))
    cap = [data.carbon_cap] * data.is_capped
    rows = (np.append(equal, [-np.inf] * len(cap)), np.append(equal, cap))
    return cost, (np.zeros(cost.size), upper), rows, (starts, index, values)


if __name__ == "__main__":
    measured.main({"bare": (build, lambda model: measured.pass_arrays(*model))})
