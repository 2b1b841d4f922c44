"""Assembles the numeric problem from all parts of the settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from computeplan.config.resolve.caps import build_caps
from computeplan.config.resolve.context import Context
from computeplan.config.resolve.energy import build_batteries, build_contracts, build_grid
from computeplan.config.resolve.faults import Faults
from computeplan.config.resolve.horizon import Span, build_horizon
from computeplan.config.resolve.input_files import InputFile, InputFiles, Memory
from computeplan.config.resolve.names import Names
from computeplan.config.resolve.network import build_network, enclosing_zones
from computeplan.config.resolve.objective import build_objective
from computeplan.config.resolve.rules import build_rules
from computeplan.config.resolve.series import SeriesReader
from computeplan.config.resolve.sites import build_hardware, build_pools, build_sites, site_labels
from computeplan.config.resolve.suspicious import suspicious
from computeplan.config.resolve.workloads import read_workloads
from computeplan.config.resolve.workloads.vocabulary import Vocabulary
from computeplan.config.schema import Config
from computeplan.problem import Horizon, Problem


@dataclass(frozen=True)
class Resolved:
    """The problem that a config describes.

    Attributes
    ----------
    problem : Problem
    inputs : tuple of InputFile
        Files that were read beside the config.
    warnings : tuple of str
        What was read differently than a person may expect.
    """

    problem: Problem
    inputs: tuple[InputFile, ...]
    warnings: tuple[str, ...]


def to_problem(
    settings: Config, folder: Path, also: Sequence[Path] = (), memory: Memory | None = None
) -> Resolved:
    """Turn checked settings into the numeric problem.

    Parameters
    ----------
    settings : Config
    folder : Path
        The config's folder.
    also : sequence of Path
        Other folders that files may be read from.
    memory : Memory, optional
        Files that were read before; receives those that are read now.

    Returns
    -------
    Resolved

    Raises
    ------
    ConfigError
        With every fault found.
    """
    faults = Faults()
    context = Context(
        horizon=_horizon(settings, faults),
        currency=settings.currency,
        files=InputFiles(folder, faults, memory or Memory(), also),
        faults=faults,
    )
    problem = _problem(settings, context)
    faults.raise_any()
    warnings = dict.fromkeys([*context.warnings, *suspicious(problem)])
    return Resolved(problem, context.files.inputs, tuple(warnings))


def _horizon(settings: Config, faults: Faults) -> Horizon:
    section = settings.horizon
    path = "horizon" if section.blocks is None else "horizon.blocks.{}"
    spans = [
        Span(block.start, block.duration, block.weight, path.format(i))
        for i, block in enumerate(section.spans())
    ]
    return build_horizon(spans, section.period, ZoneInfo(section.time_zone), section.end, faults)


def _problem(settings: Config, context: Context) -> Problem:
    series = SeriesReader(settings.series, context)
    vocabulary = _vocabulary(settings, context.faults)
    sites = build_sites(settings.sites, vocabulary.zones, vocabulary.labels, series, context)
    pools = build_pools(settings.sites, Names("hardware", settings.hardware), series, context)
    caps = build_caps(settings.caps, pools, series, context)
    grid = build_grid(settings.sites, series, context)
    contracts = build_contracts(settings.sites, series, context)
    network = build_network(settings.zones, settings.network, vocabulary.zones, context)
    companies, workloads, needs = read_workloads(settings, vocabulary, series, context)
    rules = build_rules(settings.rules, companies, workloads, vocabulary.sites, context)
    context.warnings.extend(f"series.{name}: nothing uses it" for name in series.unused)
    return Problem(
        name=settings.name,
        currency=settings.currency,
        horizon=context.horizon,
        companies=companies,
        workloads=workloads,
        needs=needs,
        sites=sites,
        hardware=build_hardware(settings.hardware, vocabulary.kinds),
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


def _vocabulary(settings: Config, faults: Faults) -> Vocabulary:
    zones = Names("a zone", settings.zones)
    tables = [hardware.efficiency for hardware in settings.hardware.values()]
    kinds = dict.fromkeys(_kinds(tables))
    return Vocabulary(
        zones=zones,
        kinds=Names("a kind of workload", kinds, is_open=None in tables),
        labels=site_labels(settings.sites.values()),
        sites=Names("a site", settings.sites),
        around=enclosing_zones(settings.zones, zones, faults),
        needs_kind=any(table is not None for table in tables),
        faults=faults,
    )


def _kinds(tables: list[dict[str, float] | None]) -> Iterator[str]:
    for table in tables:
        yield from table or ()
