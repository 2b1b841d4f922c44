"""Workloads written in the config itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from computeplan.config.resolve.context import Context
from computeplan.config.resolve.series import SeriesReader
from computeplan.config.resolve.workloads.columns import Coded, Columns
from computeplan.config.resolve.workloads.listed_jobs import read_windows
from computeplan.config.resolve.workloads.vocabulary import Vocabulary
from computeplan.config.resolve.workloads.windows import longest_block_h
from computeplan.config.schema.workloads import Workload
from computeplan.problem import Floats


def read_listed(
    workloads: Mapping[str, Workload], vocabulary: Vocabulary, series: SeriesReader, context: Context
) -> Columns:
    """Turn listed workloads into columns.

    Parameters
    ----------
    workloads : mapping
        The config's `workloads`, at least one.
    vocabulary : Vocabulary
    series : SeriesReader
    context : Context

    Returns
    -------
    Columns
    """
    items = [(f"workloads.{name}", workload) for name, workload in workloads.items()]
    listed = list(workloads.values())
    owners = [workload.company or name for name, workload in workloads.items()]
    companies = {name: i for i, name in enumerate(dict.fromkeys(owners))}
    shapes = [_demand(workload, path, series, context) for path, workload in items]
    release_h, deadline_h = read_windows(items, context)
    return Columns(
        path="workloads",
        names=tuple(workloads),
        company_names=tuple(companies),
        tiers=("",) * len(companies),
        company=np.array([companies[name] for name in owners], np.int64),
        zone=np.array([vocabulary.zone(w.zone, f"{path}.zone") for path, w in items], np.int64),
        kind=np.array([vocabulary.kind(w.kind, f"{path}.kind") for path, w in items], np.int64),
        labels=Coded.of(vocabulary.required_labels(w.requires, f"{path}.requires") for path, w in items),
        security=np.array([w.security for w in listed], np.int64),
        residency=Coded.of(vocabulary.allowed_zones(w.residency, f"{path}.residency") for path, w in items),
        max_latency_ms=_or_inf([w.max_latency for w in listed]),
        traffic_gb_per_unit_h=np.array([w.traffic for w in listed]),
        unit_cost=Coded.of(vocabulary.site_costs(w.unit_cost, f"{path}.unit_cost") for path, w in items),
        is_job=np.array([w.job is not None for w in listed]),
        is_fixed=np.array([w.mobility != "free" for w in listed]),
        is_whole=np.array([w.mobility == "whole" for w in listed]),
        profile=Coded.of(shape for shape, _ in shapes),
        scale=np.array([scale for _, scale in shapes]),
        max_delay_h=np.minimum([w.max_delay for w in listed], longest_block_h(context.horizon)),
        volume_unit_h=np.array([w.job.volume if w.job else 0.0 for w in listed]),
        release_h=release_h,
        deadline_h=deadline_h,
        max_rate=_or_inf([w.job.max_rate if w.job else None for w in listed]),
        data_gb=np.array([w.data for w in listed]),
        shortfall_price=_or_inf([w.shortfall_price for w in listed]),
    )


def _or_inf(values: Sequence[float | None]) -> Floats:
    return np.array([np.inf if value is None else value for value in values], float)


def _demand(workload: Workload, path: str, series: SeriesReader, context: Context) -> tuple[Floats, float]:
    """Shape and factor of a demand; those of a job are 1 and 0."""
    if workload.demand is None:
        return np.ones(context.horizon.size), 0.0
    return series.shape(workload.demand, f"{path}.demand")
