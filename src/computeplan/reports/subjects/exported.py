"""A plan written for another system: whole replicas of each pool, and what they lose."""

from __future__ import annotations

import numpy as np

from computeplan.exports import PlanExport
from computeplan.problem import Floats, sum_by
from computeplan.reports.blocks import Block, Column, Data, Prose, Table
from computeplan.text import number, percent


def describe_export(made: PlanExport) -> list[Block]:
    """Add up the quotas of each pool over the windows, and say what rounding loses."""
    material, quotas = made.material, made.material.quotas
    if not quotas:
        return []
    problem, pools = material.problem, material.busy.pool

    def by_pool(of_row: str) -> Floats:
        total = np.sum([getattr(quota, of_row) for quota in quotas], axis=0)
        return sum_by(pools, total, problem.pools.size)

    some = np.flatnonzero(by_pool("peak")).tolist()
    columns = [
        Column("pool", "pool", [problem.pools.names[p] for p in some]),
        Column("replicas", "replicas, mean", (by_pool("whole")[some] / len(quotas)).tolist()),
        Column("planned_replica_h", "planned, replica·h", by_pool("planned_h")[some].tolist()),
        Column("lost_replica_h", "lost, replica·h", by_pool("lost_h")[some].tolist()),
    ]
    lost = {"planned_replica_h": made.planned_h, "lost_replica_h": made.lost_h}
    return [Table("quotas", columns), Prose([_loss(made)]), Data(lost)]


def _loss(made: PlanExport) -> str:
    share = made.lost_h / made.planned_h if made.planned_h else 0.0
    of = f"{number(made.planned_h)} planned replica·h"
    if share < 1e-9:
        return f"whole replicas have room for all of {of}"
    return f"{percent(share)} of {of} is above the whole replicas: it waits, borrows, or runs elsewhere"
