"""Reads a config: file, overlays, schema, numeric problem."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from computeplan.config.faults import findings_of
from computeplan.config.overlay import apply_overrides, apply_scenario
from computeplan.config.places import SET, Finding, Overlay, Places, split_path
from computeplan.config.references import check_references
from computeplan.config.resolve.input_files import OUTSIDE, InputFile, Memory
from computeplan.config.resolve.problem import Resolved, to_problem
from computeplan.config.schema import Config, SolverSection, SweepSection
from computeplan.config.schema.root import CURRENCY_PATTERN
from computeplan.config.units import DEFAULT_CURRENCY
from computeplan.config.variation import Variation
from computeplan.config.words import shown_value
from computeplan.config.yaml_source import Document, read_document
from computeplan.config.yaml_text import to_yaml
from computeplan.errors import ConfigError, Fault
from computeplan.problem import Problem


@dataclass(frozen=True)
class SolverSettings:
    """Which solver a config asks for.

    Attributes
    ----------
    name : str
    time_limit_s : float or None
        None: no limit.
    threads : int or None
        None: the solver's choice.
    method : str
        ``auto``, ``simplex`` or ``ipm``.
    gap : float
        Relative gap at which a program with whole numbers is solved well enough.
    """

    name: str
    time_limit_s: float | None
    threads: int | None
    method: str
    gap: float


@dataclass(frozen=True)
class SweepSettings:
    """What a config's sweep varies.

    Attributes
    ----------
    design : str
        ``grid``, ``one-at-a-time``, ``latin-hypercube`` or ``monte-carlo``.
    variations : tuple of Variation
    scenarios : tuple of str
    points : str or None
        CSV file with the points.
    samples : int or None
        Points of a random design.
    seed : int
    """

    design: str
    variations: tuple[Variation, ...]
    scenarios: tuple[str, ...]
    points: str | None
    samples: int | None
    seed: int


@dataclass(frozen=True, eq=False)
class LoadedConfig:
    """A config, checked and turned into numbers.

    Attributes
    ----------
    problem : Problem
    solver : SolverSettings
    data : dict
        The config after scenario and overrides, without its scenarios and its sweep.
    inputs : tuple of InputFile
        The files that the config names.
    warnings : tuple of str
        What is allowed but looks wrong.
    sweep : SweepSettings, optional
        What the config's sweep varies.
    """

    problem: Problem
    solver: SolverSettings
    data: dict[str, Any]
    inputs: tuple[InputFile, ...]
    warnings: tuple[str, ...]
    sweep: SweepSettings | None = None

    @cached_property
    def resolved(self) -> str:
        """YAML text of `data`; beside its inputs, as a plan keeps them, it gives the same problem."""
        kept = {file.origin: file.path for file in self.inputs if file.path.startswith(f"{OUTSIDE}/")}
        return to_yaml(_renamed(self.data, kept) if kept else self.data)


def load_config(
    path: Path,
    *,
    scenario: str | None = None,
    overrides: Sequence[str] = (),
    allow_paths: Sequence[Path] = (),
) -> LoadedConfig:
    """Read and check a config and all inputs that it names.

    Parameters
    ----------
    path : Path
        YAML file.
    scenario : str or None
        Name of one of the file's scenarios, laid over it.
    overrides : sequence of str
        ``path=value``, laid over both.
    allow_paths : sequence of Path
        Folders outside the config's own that it may read files from.

    Returns
    -------
    LoadedConfig

    Raises
    ------
    ConfigError
        With every fault found, each with its place.
    """
    return load_document(
        read_document(path), path.parent, scenario=scenario, overrides=overrides, allow_paths=allow_paths
    )


def load_document(
    document: Document,
    folder: Path,
    *,
    scenario: str | None = None,
    overrides: Sequence[str] = (),
    allow_paths: Sequence[Path] = (),
    memory: Memory | None = None,
) -> LoadedConfig:
    """Check a parsed config and make its problem.

    Parameters
    ----------
    document : Document
    folder : Path
        The config's folder.
    scenario, overrides, allow_paths
        As in `load_config`.
    memory : Memory, optional
        Files that were read before.

    Raises
    ------
    ConfigError
        With every fault found, each with its place.
    """
    data, places = _laid_over(document, scenario, overrides)
    settings = _checked(data, places)
    resolved = _resolved(settings, (folder, *allow_paths), data, places, memory)
    applied = {key: value for key, value in data.items() if key not in ("scenarios", "sweep")}
    solver = _solver_settings(settings.solver)
    sweep = _sweep_settings(settings.sweep) if settings.sweep else None
    return LoadedConfig(resolved.problem, solver, applied, resolved.inputs, resolved.warnings, sweep)


def _laid_over(
    document: Document, scenario: str | None, overrides: Sequence[str]
) -> tuple[dict[str, Any], Places]:
    data = document.data
    if not isinstance(data, dict):
        found = "an empty file" if data is None else shown_value(data)
        expected = "a mapping with name, horizon, zones, hardware, sites and workloads"
        raise ConfigError([Places(document).fault(Finding((), expected, found))])
    overlays: list[Overlay] = []
    if scenario is not None:
        data, overlays = apply_scenario(document, scenario)
    data, set_overlays = apply_overrides(data, overrides)
    return data, Places(document, (*overlays, *set_overlays))


def _checked(data: dict[str, Any], places: Places) -> Config:
    try:
        return Config.model_validate(data, context={"currency": _currency(data)})
    except ValidationError as error:
        findings = findings_of(error, data)
        told = {finding.keys for finding in findings}
        findings += [finding for finding in check_references(data) if finding.keys not in told]
    raise ConfigError(_in_order([places.fault(finding) for finding in findings]))


def _currency(data: dict[str, Any]) -> str:
    """Return the currency that other values are to be read in; a wrong one is a fault of its own."""
    currency = data.get("currency", DEFAULT_CURRENCY)
    is_code = isinstance(currency, str) and re.fullmatch(CURRENCY_PATTERN, currency)
    return str(currency) if is_code else DEFAULT_CURRENCY


def _resolved(
    settings: Config,
    folders: tuple[Path, ...],
    data: dict[str, Any],
    places: Places,
    memory: Memory | None,
) -> Resolved:
    try:
        return to_problem(settings, folders[0], folders[1:], memory)
    except ConfigError as error:
        faults = [fault if fault.file else _placed(fault, data, places) for fault in error.faults]
    raise ConfigError(_in_order(faults))


def _placed(fault: Fault, data: dict[str, Any], places: Places) -> Fault:
    keys = split_path(fault.path, data) if fault.path else ()
    names_key = bool(keys) and fault.found == repr(keys[-1])
    return places.fault(Finding(keys, fault.expected, fault.found, fault.hint, at_key=names_key))


def _in_order(faults: list[Fault]) -> list[Fault]:
    """Return faults in the order of the file, those of ``--set`` last, each once."""
    once = dict.fromkeys(faults)
    return sorted(once, key=lambda fault: (fault.file == SET, fault.file, fault.line, fault.column))


def _solver_settings(section: SolverSection) -> SolverSettings:
    return SolverSettings(section.name, section.time_limit, section.threads, section.method, section.gap)


def _renamed(data: Any, kept: dict[str, str]) -> Any:
    """Name files from outside as a plan keeps them."""
    if isinstance(data, dict):
        return {key: _renamed(value, kept) for key, value in data.items()}
    if isinstance(data, list):
        return [_renamed(value, kept) for value in data]
    return kept.get(data, data) if isinstance(data, str) else data


def _sweep_settings(section: SweepSection) -> SweepSettings:
    return SweepSettings(
        design=section.design,
        variations=tuple(varied.variation for varied in section.vary),
        scenarios=section.scenarios,
        points=section.points,
        samples=section.samples,
        seed=section.seed,
    )
