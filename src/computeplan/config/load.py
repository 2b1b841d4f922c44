"""Loads a config: reads the file, lays changes over it, checks it and builds the numeric problem."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from computeplan.config.changes import Change, apply_overrides, apply_scenario
from computeplan.config.findings import check_references, translate_errors
from computeplan.config.resolve import Resolved, to_problem
from computeplan.config.schema import CURRENCY_PATTERN, Config, SolverSection
from computeplan.config.schema.horizon import HorizonSection
from computeplan.config.schema.sweep import SweepSection
from computeplan.config.schema.uncertainty import UncertaintySection
from computeplan.config.setting_paths import SettingPaths
from computeplan.config.tables.input_files import OUTSIDE, InputFile, InputFiles, Memory, allowed_folders
from computeplan.config.units import DEFAULT_CURRENCY, USUAL, Calendar
from computeplan.config.yaml.places import SET, Finding, Places, Replacement, child, split_path
from computeplan.config.yaml.source import Document, parse_document, read_document
from computeplan.config.yaml.text import to_yaml
from computeplan.errors import ConfigError, Fault, Faults
from computeplan.problem import Problem
from computeplan.text import shown_value

IN_MEMORY = "<config>"
"""What a config that is no file is called in messages."""
STUDIED = ("scenarios", "sweep", "uncertainty")
"""Sections that are about several problems: the one that is planned does not have them."""


@dataclass(frozen=True, eq=False)
class LoadedConfig:
    """A checked config and the problem it describes."""

    problem: Problem
    solver: SolverSection
    data: dict[str, Any]
    """The config with its scenario and overrides applied, without the sections of `STUDIED`."""
    inputs: tuple[InputFile, ...]
    """The files it names."""
    warnings: tuple[str, ...]
    """Values that are allowed but look wrong."""
    sweep: SweepSection | None = None
    uncertainty: UncertaintySection | None = None
    places: Places | None = None
    """Where settings are in the file."""

    @cached_property
    def resolved(self) -> str:
        """`data` as YAML text; with the inputs where a plan keeps them it gives the same problem."""
        kept = {file.origin: file.path for file in self.inputs if file.path.startswith(f"{OUTSIDE}/")}
        return to_yaml(_rename_inputs(self.data, kept) if kept else self.data)

    def raise_faults(self, faults: Sequence[Fault]) -> None:
        """Raise faults of settings, each with its place in the file, if there are any."""
        if faults and self.places is not None:
            faults = _sort_faults([_with_place(fault, self.data, self.places) for fault in faults])
        if faults:
            raise ConfigError(faults)


@dataclass(frozen=True, eq=False)
class ConfigReader:
    """A config file and the files it names, read once and loaded many times with other values.

    Later changes on disk have no effect. It can be pickled and loaded on a machine without the files.
    """

    folder: Path
    document: Document
    memory: Memory = field(default_factory=Memory)
    allow_paths: tuple[Path, ...] = ()
    """Folders outside the config's own from which files may be read."""

    @classmethod
    def open(cls, path: Path, allow_paths: Sequence[str | Path] = ()) -> ConfigReader:
        """Read a config file; a `ConfigError` if it cannot be, a `UsageError` if an allowed path is wrong."""
        folders = allowed_folders(allow_paths)
        return cls(path.parent, read_document(path), allow_paths=folders)

    @classmethod
    def of(cls, text: str, folder: Path, allow_paths: Sequence[str | Path] = ()) -> ConfigReader:
        """Read a config from its text; files that it names are relative to a folder."""
        return cls(folder, parse_document(text, IN_MEMORY), allow_paths=allowed_folders(allow_paths))

    def load(self, *, scenario: str | None = None, overrides: Sequence[str | Change] = ()) -> LoadedConfig:
        """Check the config and build its problem; a `ConfigError` with every fault, each with its place.

        `scenario`: name of a scenario of the file, laid over it. `overrides`: such as ``path=value``; applied
        after the scenario.
        """
        data, places = _with_overlays(self.document, scenario, overrides)
        settings = _validate(data, places)
        resolved = self._resolve(settings, data, places)
        applied = {key: value for key, value in data.items() if key not in STUDIED}
        return LoadedConfig(
            resolved.problem,
            settings.solver,
            applied,
            resolved.inputs,
            resolved.warnings,
            settings.sweep,
            settings.uncertainty,
            places,
        )

    def _resolve(self, settings: Config, data: dict[str, Any], places: Places) -> Resolved:
        try:
            return to_problem(settings, self.folder, self.allow_paths, self.memory)
        except ConfigError as error:
            faults = [fault if fault.file else _with_place(fault, data, places) for fault in error.faults]
        raise ConfigError(_sort_faults(faults))

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the file's scenarios."""
        found = child(self.document.data, "scenarios")
        return tuple(found) if isinstance(found, dict) else ()

    def read_text(self, file: str, path: str) -> str:
        """Read a text file, named as from the config's folder; a `ConfigError` if it cannot be read.

        `path`: setting or option that names it, for faults.
        """
        faults = Faults()
        read = InputFiles(self.folder, faults, Memory(), self.allow_paths).read(file, path)
        faults.raise_any()
        try:
            return "" if read is None else read[1].decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ConfigError([Fault(path, "a CSV file in UTF-8", repr(file))]) from None


def find_settings(config: LoadedConfig, folder: Path, allow_paths: Sequence[Path] = ()) -> SettingPaths:
    """Find where a config, whose files are relative to a folder, describes its workloads."""
    data, rows = config.data, {}
    if data.get("workload_tables"):
        from computeplan.config.resolve.workloads.register import find_rows  # imports polars

        rows = find_rows(data, InputFiles(folder, Faults(), Memory(), allow_paths))
    return SettingPaths(data, config.problem.currency, _calendar(data), rows)


def load_config(
    path: Path,
    *,
    scenario: str | None = None,
    overrides: Sequence[str | Change] = (),
    allow_paths: Sequence[str | Path] = (),
) -> LoadedConfig:
    """Read and check a config and the files it names, as `ConfigReader.open` and its `load` do."""
    return ConfigReader.open(path, allow_paths).load(scenario=scenario, overrides=overrides)


def _with_overlays(
    document: Document, scenario: str | None, overrides: Sequence[str | Change]
) -> tuple[dict[str, Any], Places]:
    data = document.data
    if not isinstance(data, dict):
        found = "an empty file" if data is None else shown_value(data)
        expected = "a mapping with name, horizon, zones, hardware, sites and workloads"
        raise ConfigError([Places(document).fault(Finding((), expected, found))])
    overlays: list[Replacement] = []
    if scenario is not None:
        data, overlays = apply_scenario(document, scenario)
    calendar = _calendar(apply_overrides(data, overrides)[0])  # overrides may change the horizon too
    data, set_overlays = apply_overrides(data, overrides, calendar)
    return data, Places(document, (*overlays, *set_overlays))


def _validate(data: dict[str, Any], places: Places) -> Config:
    try:
        return Config.model_validate(data, context={"currency": _currency(data), "calendar": _calendar(data)})
    except ValidationError as error:
        findings = translate_errors(error, data)
        known = {finding.keys for finding in findings}
        findings += [finding for finding in check_references(data) if finding.keys not in known]
    raise ConfigError(_sort_faults([places.fault(finding) for finding in findings]))


def _calendar(data: dict[str, Any]) -> Calendar:
    """Return the hours of a year and a month; the usual ones where the horizon is wrong, which is a fault."""
    try:
        return HorizonSection.model_validate(data.get("horizon")).calendar
    except (ValueError, OverflowError):  # a ValidationError is a ValueError
        return USUAL


def _currency(data: dict[str, Any]) -> str:
    """Return the currency in which values are read; an invalid one is reported on its own."""
    currency = data.get("currency", DEFAULT_CURRENCY)
    is_code = isinstance(currency, str) and re.fullmatch(CURRENCY_PATTERN, currency)
    return str(currency) if is_code else DEFAULT_CURRENCY


def _with_place(fault: Fault, data: dict[str, Any], places: Places) -> Fault:
    keys = split_path(fault.path, data) if fault.path else ()
    names_key = bool(keys) and fault.found == repr(keys[-1])
    return places.fault(Finding(keys, fault.expected, fault.found, fault.hint, at_key=names_key))


def _sort_faults(faults: list[Fault]) -> list[Fault]:
    """Return each fault once, in the order of the file, those of ``--set`` last."""
    once = dict.fromkeys(faults)
    return sorted(once, key=lambda fault: (fault.file == SET, fault.file, fault.line, fault.column))


def _rename_inputs(data: Any, kept: dict[str, str]) -> Any:
    """Replace names of files from other folders by the names under which a plan keeps them."""
    if isinstance(data, dict):
        return {key: _rename_inputs(value, kept) for key, value in data.items()}
    if isinstance(data, list):
        return [_rename_inputs(value, kept) for value in data]
    return kept.get(data, data) if isinstance(data, str) else data
