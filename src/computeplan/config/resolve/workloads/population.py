"""Workloads of a population: drawn, and given their share of the total demand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from computeplan import memory
from computeplan.config.resolve.context import Context
from computeplan.config.resolve.series import SeriesReader
from computeplan.config.resolve.workloads.columns import Coded, Columns
from computeplan.config.resolve.workloads.companies import DrawnCompanies, draw_companies
from computeplan.config.resolve.workloads.drawn_jobs import draw_jobs
from computeplan.config.resolve.workloads.options import Rows, options_of
from computeplan.config.resolve.workloads.profiles import mean_one
from computeplan.config.resolve.workloads.vocabulary import Vocabulary
from computeplan.config.resolve.workloads.windows import longest_block_h
from computeplan.config.schema.population import Archetype, Population
from computeplan.problem import Floats, Ints

BYTES_PER_COMPANY = 600
"""What a company and its workloads take at least: names, arrays and references to both."""

_PATH = "population"
_Items = Sequence[tuple[str, Archetype]]
"""Where in the config each archetype stands, and the archetype."""


def draw_population(
    population: Population, vocabulary: Vocabulary, series: SeriesReader, context: Context
) -> Columns | None:
    """Draw companies, give each its workloads, and share the demand among them by size.

    Parameters
    ----------
    population : Population
    vocabulary : Vocabulary
    series : SeriesReader
    context : Context

    Returns
    -------
    Columns or None
        Workloads company by company; None after a fault.
    """
    amount = sum(tier.companies for tier in population.tiers.values())
    memory.require(amount * BYTES_PER_COMPANY, f"a population of {amount:,} companies", "draw fewer")
    companies = draw_companies(population, context.faults)
    if companies is None:
        return None
    rows, mean_units = _share_work(population, companies)
    items = [(f"{_PATH}.archetypes.{name}", settings) for name, settings in population.archetypes.items()]
    archetypes = [settings for _, settings in items]
    archetype = rows.archetype
    jobs = draw_jobs(items, rows, mean_units, context)
    return Columns(
        path=_PATH,
        names=_names(rows, context),
        company_names=companies.names(),
        tiers=companies.tiers(),
        company=rows.company,
        zone=_zones(items, rows, vocabulary),
        kind=np.array([vocabulary.kind(a.kind, f"{path}.kind") for path, a in items], np.int64)[archetype],
        labels=_labels(items, rows, vocabulary),
        security=np.array([a.security for a in archetypes], np.int64)[archetype],
        residency=Coded.of(
            (vocabulary.allowed_zones(a.residency, f"{path}.residency") for path, a in items), archetype
        ),
        max_latency_ms=_drawn(rows, "max_latency", items),
        traffic_gb_per_unit_h=rows.each(a.traffic for a in archetypes),
        unit_cost=Coded.of(
            (vocabulary.site_costs(a.unit_cost, f"{path}.unit_cost") for path, a in items), archetype
        ),
        is_job=jobs.is_job,
        is_fixed=rows.each(a.mobility != "free" for a in archetypes) > 0,
        is_whole=rows.each(a.mobility == "whole" for a in archetypes) > 0,
        profile=Coded.of((_profile(a, path, series, context) for path, a in items), archetype),
        scale=np.where(jobs.is_job, 0.0, mean_units),
        max_delay_h=np.minimum(_drawn(rows, "max_delay", items), longest_block_h(context.horizon)),
        volume_unit_h=jobs.volume_unit_h,
        release_h=jobs.release_h,
        deadline_h=jobs.deadline_h,
        max_rate=jobs.max_rate,
        data_gb=rows.each(a.data_per_unit for a in archetypes) * mean_units,
        shortfall_price=rows.each(
            np.inf if a.shortfall_price is None else a.shortfall_price for a in archetypes
        ),
    )


def _names(rows: Rows, context: Context) -> tuple[str, ...]:
    """Name each workload after its company and archetype."""
    companies = rows.companies.names()
    pairs = zip(rows.company.tolist(), rows.archetype.tolist(), strict=True)
    names = tuple(f"{companies[company]}/{rows.names[archetype]}" for company, archetype in pairs)
    if len(set(companies)) < len(companies) or len(set(names)) < len(names):
        pattern = repr(rows.companies.population.name)
        hint = "numbers begin at 1 in each tier; use `{tier}` and separate it from the number"
        context.faults.add(f"{_PATH}.name", "a pattern that names no two alike", pattern, hint)
    return names


def _share_work(population: Population, companies: DrawnCompanies) -> tuple[Rows, Floats]:
    """Workloads company by company, and the mean units of each."""
    archetypes = population.archetypes
    share = companies.have() * np.array([archetype.share for archetype in archetypes.values()])
    work = companies.size * (population.total_demand / companies.size.sum())
    mean_units = (work / share.sum(axis=1))[:, None] * share
    company, archetype = np.nonzero(share)
    return Rows(companies, tuple(archetypes), company, archetype), mean_units[company, archetype]


def _zones(items: _Items, rows: Rows, vocabulary: Vocabulary) -> Ints:
    options, index = rows.drawn("zone", [options_of(a.zone, f"{path}.zone") for path, a in items])
    codes = np.array([vocabulary.zone(option.value, option.path) for option in options], np.int64)
    return codes[index]


def _labels(items: _Items, rows: Rows, vocabulary: Vocabulary) -> Coded[np.bool_]:
    settings = [options_of(a.requires, f"{path}.requires") for path, a in items]
    options, index = rows.drawn("requires", settings)
    return Coded.of((vocabulary.required_labels(option.value, option.path) for option in options), index)


def _drawn(rows: Rows, field: str, items: _Items) -> Floats:
    return rows.drawn_numbers(field, [options_of(getattr(a, field), f"{path}.{field}") for path, a in items])


def _profile(archetype: Archetype, path: str, series: SeriesReader, context: Context) -> Floats:
    """Shape of mean 1."""
    if archetype.profile is None:
        return np.ones(context.horizon.size)
    values = series.values(archetype.profile, f"{path}.profile")
    return mean_one(values, f"{path}.profile", context)
