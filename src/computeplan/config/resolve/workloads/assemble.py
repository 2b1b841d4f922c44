"""From columns to companies, workloads and their distinct needs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from computeplan.config.resolve.faults import Faults
from computeplan.config.resolve.workloads.columns import Columns, stack
from computeplan.problem import Companies, Ints, Needs, Workloads

_MOST_SHOWN = 5


def build_workloads(sources: Sequence[Columns], faults: Faults) -> tuple[Companies, Workloads, Needs]:
    """Join all sources and factor the needs out.

    Parameters
    ----------
    sources : sequence of Columns
        At least one.
    faults : Faults
        Receives names that are used twice.

    Returns
    -------
    Companies, Workloads, Needs
    """
    _check_names(sources, faults)
    table = stack(sources)
    needs, need = _needs(table)
    workloads = Workloads(
        names=table.names,
        company=table.company,
        need=need,
        is_job=table.is_job,
        is_fixed=table.is_fixed,
        is_whole=table.is_whole,
        profile=np.where(table.is_job, 0, table.profile.index),
        scale=table.scale,
        profiles=table.profile.rows,
        max_delay_h=table.max_delay_h,
        volume_unit_h=table.volume_unit_h,
        release_h=table.release_h,
        deadline_h=table.deadline_h,
        max_rate=table.max_rate,
        data_gb=table.data_gb,
        shortfall_price=table.shortfall_price,
    )
    return Companies(table.company_names, table.tiers), workloads, needs


def _needs(table: Columns) -> tuple[Needs, Ints]:
    """Distinct needs in order of first appearance, and the need of each workload."""
    moves_data = table.data_gb > 0
    first, need = _group(
        [
            table.zone,
            table.kind,
            table.labels.index,
            table.security,
            table.residency.index,
            table.max_latency_ms,
            table.traffic_gb_per_unit_h,
            moves_data,
            table.unit_cost.index,
        ]
    )
    needs = Needs(
        zone=table.zone[first],
        kind=table.kind[first],
        labels=table.labels.rows[table.labels.index[first]],
        security=table.security[first],
        residency=table.residency.rows[table.residency.index[first]],
        max_latency_ms=table.max_latency_ms[first],
        traffic_gb_per_unit_h=table.traffic_gb_per_unit_h[first],
        moves_data=moves_data[first],
        unit_cost=table.unit_cost.rows[table.unit_cost.index[first]],
    )
    return needs, need


def _group(columns: Sequence[npt.NDArray[np.generic]]) -> tuple[Ints, Ints]:
    """First row of every distinct combination, in order of appearance, and the combination of each row."""
    code = np.zeros(len(columns[0]), np.int64)
    first = np.zeros(1, np.int64)
    for column in columns:
        values, index = np.unique(column, return_inverse=True)
        if len(values) > 1:
            _, first, code = np.unique(code * len(values) + index, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return first[order], rank[code]


def _check_names(sources: Sequence[Columns], faults: Faults) -> None:
    """Note names that two sources use; each source has seen to its own."""
    seen: dict[str, frozenset[str]] = {}
    for source in sources:
        names = frozenset(source.names)
        for path, others in seen.items():
            for name in sorted(names & others)[:_MOST_SHOWN]:
                faults.add(source.path, "workload names that differ", f"{name!r} also in {path}")
        seen[source.path] = names
