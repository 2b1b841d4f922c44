"""Reads the workloads of every source, and factors out their distinct needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from computeplan.config.context import Context
from computeplan.config.names import NameIndex
from computeplan.config.resolve.workloads.arrays import Coded, Jobs, WorkloadArrays, stack
from computeplan.config.resolve.workloads.population import draw_population
from computeplan.config.resolve.workloads.windows import (
    Moments,
    Windows,
    lay_windows,
    longest_block_h,
    looks_like_date,
    warn_of_cuts,
)
from computeplan.config.schema import Config
from computeplan.config.schema.workloads import NUMBER_FIELDS, Job, Workload
from computeplan.config.series.clock import LocalClock
from computeplan.config.series.reader import SeriesReader
from computeplan.errors import Faults
from computeplan.problem import Companies, Floats, Ints, Needs, Workloads
from computeplan.text import some_names


def read_workloads(
    settings: Config, name_index: NameIndex, series: SeriesReader, context: Context
) -> tuple[Companies, Workloads, Needs]:
    """Read the workloads of every source.

    Raises `ConfigError` if no source can be read.
    """
    sources: list[WorkloadArrays | None] = []
    if settings.workloads:
        sources.append(read_listed(settings.workloads, name_index, series, context))
    for i, register in enumerate(settings.workload_tables):
        from computeplan.config.resolve.workloads.register import read_register  # imports polars

        sources.append(read_register(register, f"workload_tables.{i}", name_index, series, context))
    if settings.population is not None:
        sources.append(draw_population(settings.population, name_index, series, context))
    readable = [source for source in sources if source is not None]
    if not readable:
        context.faults.raise_any()
    companies, workloads, needs = build_workloads(readable, context)
    workloads = _price_moves(workloads, settings.move.price or 0.0, context)
    return companies, _scale_work(workloads, settings.demand_scale), needs


def _price_moves(workloads: Workloads, default: float, context: Context) -> Workloads:
    """Fill in the default where a workload states no price, and warn of prices that nothing can pay."""
    own = workloads.move_price
    stated = np.isfinite(own)
    priced = replace(workloads, move_price=np.where(stated, own, default))
    idle = np.flatnonzero(stated & (own > 0) & ~priced.pays_moves)
    if idle.size:
        named = some_names([workloads.names[i] for i in idle.tolist()])
        context.warnings.append(
            f"move: only interactive work with mobility `free` pays a price of moving, not {named}"
        )
    return priced


def _scale_work(workloads: Workloads, factor: float) -> Workloads:
    """Multiply all work; a job's rate too, so that its window stays as tight as it is."""
    if factor == 1.0:
        return workloads
    return replace(
        workloads,
        scale=workloads.scale * factor,
        volume_unit_h=workloads.volume_unit_h * factor,
        max_rate=workloads.max_rate * factor,
    )


_MOST_SHOWN = 5


def build_workloads(
    sources: Sequence[WorkloadArrays], context: Context
) -> tuple[Companies, Workloads, Needs]:
    """Join the workloads of all sources, at least one, and factor out their needs."""
    _check_names(sources, context.faults)
    table = stack(sources)
    needs, need = _factor_needs(table)
    workloads = Workloads(
        names=table.names,
        company=table.company,
        need=need,
        is_job=table.is_job,
        is_fixed=table.is_fixed,
        is_whole=table.is_whole,
        runs_through=table.runs_through,
        profile=np.where(table.is_job, 0, table.profile.index),
        scale=table.scale,
        profiles=table.profile.rows,
        max_delay_h=np.minimum(table.max_delay_h, longest_block_h(context.horizon)),
        volume_unit_h=table.volume_unit_h,
        release_h=table.release_h,
        deadline_h=table.deadline_h,
        max_rate=table.max_rate,
        data_gb=table.data_gb,
        shortfall_price=table.shortfall_price,
        move_price=table.move_price,
    )
    return Companies(table.company_names, table.tiers), workloads, needs


def _factor_needs(table: WorkloadArrays) -> tuple[Needs, Ints]:
    """Return the distinct needs in order of first appearance, and the need of each workload."""
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
        security=table.security[first].astype(np.int64),
        residency=table.residency.rows[table.residency.index[first]],
        max_latency_ms=table.max_latency_ms[first],
        traffic_gb_per_unit_h=table.traffic_gb_per_unit_h[first],
        moves_data=moves_data[first],
        unit_cost=table.unit_cost.rows[table.unit_cost.index[first]],
    )
    return needs, need


def _group(columns: Sequence[npt.NDArray[np.generic]]) -> tuple[Ints, Ints]:
    """Return the first row of each distinct combination, in order, and the combination of each row."""
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


def _check_names(sources: Sequence[WorkloadArrays], faults: Faults) -> None:
    """Add a fault for each name that two sources use; each source has checked its own names."""
    seen: dict[str, frozenset[str]] = {}
    for source in sources:
        names = frozenset(source.names)
        for path, others in seen.items():
            for name in sorted(names & others)[:_MOST_SHOWN]:
                faults.add(source.path, "workload names that differ", f"{name!r} also in {path}")
        seen[source.path] = names


def read_listed(
    workloads: Mapping[str, Workload], name_index: NameIndex, series: SeriesReader, context: Context
) -> WorkloadArrays:
    """Turn listed workloads into columns."""
    items = [(f"workloads.{name}", workload) for name, workload in workloads.items()]
    listed = list(workloads.values())
    owners = [workload.company or name for name, workload in workloads.items()]
    companies = {name: i for i, name in enumerate(dict.fromkeys(owners))}
    shapes = [_demand(workload, path, series, context) for path, workload in items]

    def numbers(field: str) -> Floats:
        return NUMBER_FIELDS[field].numbers(getattr(workload, field) for workload in listed)

    return WorkloadArrays(
        path="workloads",
        names=tuple(workloads),
        company_names=tuple(companies),
        tiers=("",) * len(companies),
        company=np.array([companies[name] for name in owners], np.int64),
        zone=np.array([name_index.zone(w.zone, f"{path}.zone") for path, w in items], np.int64),
        kind=np.array([name_index.kind(w.kind, f"{path}.kind") for path, w in items], np.int64),
        labels=Coded.of(name_index.required_labels(w.requires, f"{path}.requires") for path, w in items),
        security=numbers("security"),
        residency=Coded.of(name_index.allowed_zones(w.residency, f"{path}.residency") for path, w in items),
        max_latency_ms=numbers("max_latency"),
        traffic_gb_per_unit_h=numbers("traffic"),
        unit_cost=Coded.of(name_index.site_costs(w.unit_cost, f"{path}.unit_cost") for path, w in items),
        is_fixed=np.array([w.mobility != "free" and w.job is None for w in listed]),
        is_whole=np.array([w.mobility == "whole" for w in listed]),
        profile=Coded.of(shape for shape, _ in shapes),
        scale=np.array([scale for _, scale in shapes]),
        max_delay_h=numbers("max_delay"),
        data_gb=numbers("data"),
        shortfall_price=numbers("shortfall_price"),
        move_price=NUMBER_FIELDS["move_price"].numbers(workload.move.price for workload in listed),
        **vars(_read_jobs(items, context)),
    )


def _demand(workload: Workload, path: str, series: SeriesReader, context: Context) -> tuple[Floats, float]:
    """Return shape and factor of a demand; 1 and 0 for a job."""
    if workload.demand is None:
        return np.ones(context.horizon.size), 0.0
    return series.shape(workload.demand, f"{path}.demand")


def _read_jobs(items: Sequence[tuple[str, Workload]], context: Context) -> Jobs:
    """Read the jobs among workloads, given with their paths in the config."""
    jobs = [workload.job for _, workload in items]
    is_job = np.array([job is not None for job in jobs])
    release, deadline = (
        _moments([(f"{path}.job.{end}", getattr(w.job, end, None)) for path, w in items], context)
        for end in ("release", "deadline")
    )
    windows = lay_windows(release, deadline, is_job, context.horizon)
    warn_of_cuts([path.removeprefix("workloads.") for path, _ in items], windows, "workloads", context)
    for row, (path, workload) in enumerate(items):
        if workload.job is not None:
            _note(f"{path}.job", workload.job, windows, row, context)
    volume, max_rate = (
        NUMBER_FIELDS[field].numbers(getattr(job, field, None) for job in jobs)
        for field in ("volume", "max_rate")
    )
    through = np.array([job is not None and not job.interruptible for job in jobs])
    return Jobs(is_job, volume, windows.release_h, windows.deadline_h, max_rate, through)


def _moments(values: Sequence[tuple[str, datetime | float | None]], context: Context) -> Moments:
    hours = [value if isinstance(value, float) else np.nan for _, value in values]
    given = [value if isinstance(value, datetime) else None for _, value in values]
    zone, local = ZoneInfo(context.horizon.time_zone), np.array(given, "datetime64[s]")
    utc = LocalClock.of(zone, local).to_utc(local)
    for row in np.flatnonzero(np.isnat(utc) & ~np.isnat(local)).tolist():
        path, value = values[row]
        context.faults.add(
            path, f"a time that clocks in {zone.key} show", _shown(value), "they are set forward here"
        )
    for row in np.flatnonzero(looks_like_date(np.array(hours), context.horizon)).tolist():
        path, value = values[row]
        context.faults.add(
            path, "a local time, or hours within the horizon", _shown(value), _time_hint(value)
        )
    return Moments(np.array(hours), utc)


def _time_hint(value: object) -> str:
    from computeplan.config.tables.cells import time_hint  # imports polars

    return time_hint(value)


def _note(path: str, job: Job, windows: Windows, row: int, context: Context) -> None:
    faults, horizon = context.faults, context.horizon
    if windows.is_outside[row]:
        faults.add(f"{path}.release", "a time within the horizon", _shown(job.release))
    if windows.is_empty[row]:
        faults.add(f"{path}.deadline", "a time after the release", _shown(job.deadline))
    if windows.needs_rate[row] and job.max_rate is None:
        found = f"a window from {windows.release_h[row]:g} h to {windows.deadline_h[row]:g} h after the start"
        hint = f"it begins or ends inside a period of {horizon.period_h:g} h, which limits the rate"
        faults.add(path, "`max_rate`, or a window on the edges of periods", found, hint)
    if not job.interruptible and job.max_rate and job.volume / job.max_rate > windows.longest_run_h[row]:
        expected = f"a run of at most {windows.longest_run_h[row]:g} h, which fits the window"
        found = f"{job.volume / job.max_rate:g} h: volume / max_rate"
        faults.add(path, expected, found, "a later deadline, a higher `max_rate`, or `interruptible: true`")


def _shown(moment: datetime | float | None) -> str:
    if isinstance(moment, datetime):
        return moment.isoformat(timespec="minutes")
    return "nothing" if moment is None else f"{moment:g} h"
