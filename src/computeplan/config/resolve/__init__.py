"""Builds the numeric problem from a checked config."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from computeplan.config.context import Context
from computeplan.config.names import NameIndex, Names
from computeplan.config.resolve.energy import build_batteries, build_contracts, build_grid
from computeplan.config.resolve.horizon import build_horizon
from computeplan.config.resolve.network import build_network, enclosing_zones
from computeplan.config.resolve.plausibility import find_implausible_values, find_missing_values
from computeplan.config.resolve.rules import build_rules
from computeplan.config.resolve.sites import build_caps, build_hardware, build_pools, build_sites, site_labels
from computeplan.config.resolve.workloads import read_workloads
from computeplan.config.schema import Config
from computeplan.config.schema.horizon import ObjectiveSection
from computeplan.config.series.reader import SeriesReader
from computeplan.config.tables.input_files import InputFile, InputFiles, Memory
from computeplan.errors import Faults
from computeplan.problem import KG_PER_T, Objective, Problem
from computeplan.text import first_lines


@dataclass(frozen=True)
class Resolved:
    """The problem that a config describes, the files read, and warnings of what may not be meant."""

    problem: Problem
    inputs: tuple[InputFile, ...]
    warnings: tuple[str, ...]


def to_problem(
    settings: Config, folder: Path, also: Sequence[Path] = (), memory: Memory | None = None
) -> Resolved:
    """Build the numeric problem of a checked config; a `ConfigError` with every fault found.

    `folder`: the config's folder. `also`: other folders from which files may be read. `memory`: files read
    earlier; receives those read now.
    """
    faults = Faults()
    context = Context(
        horizon=build_horizon(settings.horizon, faults),
        currency=settings.currency,
        calendar=settings.horizon.calendar,
        files=InputFiles(folder, faults, memory or Memory(), also),
        faults=faults,
    )
    problem = _problem(settings, context)
    faults.raise_any()
    slips = [*find_missing_values(settings), *find_implausible_values(settings, problem)]
    warnings = tuple(dict.fromkeys([*context.warnings, *slips]))
    return Resolved(problem, context.files.inputs, first_lines(warnings))


def _problem(settings: Config, context: Context) -> Problem:
    series = SeriesReader(settings.series, context)
    name_index = _name_index(settings, context.faults)
    sites = build_sites(settings.sites, name_index.zones, name_index.labels, series, context)
    pools = build_pools(settings.sites, Names("hardware", settings.hardware), series, context)
    caps = build_caps(settings.caps, pools, series, context)
    grid = build_grid(settings.sites, series, context)
    contracts = build_contracts(settings.sites, series, context)
    companies, workloads, needs = read_workloads(settings, name_index, series, context)
    network = build_network(settings.zones, settings.network, name_index, (needs, sites), context)
    rules = build_rules(settings.rules, companies, workloads, name_index.sites, context)
    context.warnings.extend([f"series.{name}: nothing uses it" for name in series.unused[:_MOST_NAMED]])
    if len(series.unused) > _MOST_NAMED:
        context.warnings.append(f"series: nothing uses {len(series.unused) - _MOST_NAMED:,} more of them")
    context.warnings.extend(name_index.warnings())
    return Problem(
        name=settings.name,
        currency=settings.currency,
        horizon=context.horizon,
        companies=companies,
        workloads=workloads,
        needs=needs,
        sites=sites,
        hardware=build_hardware(settings.hardware, name_index.kinds),
        pools=pools,
        caps=caps,
        grid=grid,
        contracts=contracts,
        batteries=build_batteries(settings.sites),
        network=network,
        rules=rules,
        objective=build_objective(settings.objective),
        split=settings.split,
    )


def _name_index(settings: Config, faults: Faults) -> NameIndex:
    zones = Names("a zone", settings.zones)
    tables = [hardware.efficiency for hardware in settings.hardware.values()]
    kinds = dict.fromkeys(kind for table in tables for kind in table or ())
    return NameIndex(
        zones=zones,
        kinds=Names("a kind of workload", kinds, is_open=None in tables),
        labels=site_labels(settings.sites.values()),
        sites=Names("a site", settings.sites),
        around=enclosing_zones(settings.zones, zones, faults),
        needs_kind=any(table is not None for table in tables),
        faults=faults,
    )


_MOST_NAMED = 3


def build_objective(section: ObjectiveSection) -> Objective:
    """Convert the objective, with prices and caps from tonnes to kg."""
    cap = section.carbon_cap
    return Objective(
        goal=section.minimize,
        basis=section.carbon_basis,
        carbon_price_per_kg=section.carbon_price / KG_PER_T,
        carbon_cap_kg=math.inf if cap is None else cap * KG_PER_T,
        budget=math.inf if section.budget is None else section.budget,
    )


__all__ = ["Resolved", "to_problem"]
