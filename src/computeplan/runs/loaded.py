"""A config that was read and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, time
from enum import StrEnum
from hashlib import sha256
from logging import getLogger
from pathlib import Path, PurePath
from time import perf_counter
from typing import Any

import numpy as np

from computeplan.arguments import checked
from computeplan.config import (
    BASE,
    IN_MEMORY,
    Change,
    ConfigReader,
    InputFile,
    LoadedConfig,
    Operator,
    to_yaml,
)
from computeplan.errors import PlanFolderError, UsageError
from computeplan.folder.contents import CONFIG, INPUTS, WRITTEN, created, versions
from computeplan.problem import Problem
from computeplan.solvers import SolverOptions
from computeplan.solvers.planner import stated_options
from computeplan.solvers.registry import check_options
from computeplan.text import counted, shown_value

LOG = getLogger(__package__)


@dataclass(frozen=True, eq=False)
class Loaded:
    """A config that was read and checked."""

    path: Path
    sha256: str
    """Of the file."""
    config: LoadedConfig
    """The numeric problem, the solver's settings, the config's text and its inputs."""
    scenario: str | None
    overrides: tuple[str, ...]
    read_s: float
    """Seconds that reading took."""
    written: str
    """The config as a person wrote it: its comments say what the figures rest on."""
    allow_paths: tuple[Path, ...] = ()
    """Folders outside the config's own that it may read files from."""
    is_file: bool = True
    """Whether the config is a file, not data of a program."""
    is_resolved: bool = False
    """Whether the file has the scenario and the overrides in it, as the one in a plan folder has."""

    def __repr__(self) -> str:
        problem = self.problem
        size = f"{counted(problem.workloads.size, 'workload')}, {counted(problem.sites.size, 'site')}"
        return f"Loaded({problem.name}: {size}, {counted(problem.horizon.size, 'period')})"

    @property
    def problem(self) -> Problem:
        """The numeric problem."""
        return self.config.problem

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is allowed but looks wrong."""
        return self.config.warnings

    def kept(self) -> Iterator[tuple[str, bytes]]:
        """Give what a folder keeps, by path, to make the problem from it alone: config and inputs.

        Raises
        ------
        PlanFolderError
            If an input has changed since it was read.
        """
        yield CONFIG, self.config.resolved.encode()
        yield WRITTEN, self.written.encode()
        for file in self.config.inputs:
            yield f"{INPUTS}/{file.path}", _unchanged(self.path.parent, file)

    def in_scenarios(self, names: Sequence[str]) -> dict[str, LoadedConfig]:
        """Read the config once more in each of some scenarios; `base` is the file without one.

        Raises
        ------
        ConfigError
        """
        reader = _reader(self.path if self.is_file else None, self.written, self.allow_paths)
        return {
            name: reader.load(scenario=None if name == BASE else name, overrides=self.overrides)
            for name in names
        }

    @checked
    def changed(self, overrides: Sequence[str | Change]) -> LoadedConfig:
        """Read the config once more, with other values, applied after those that it has."""
        scenario, own = (None, ()) if self.is_resolved else (self.scenario, self.overrides)
        reader = _reader(self.path if self.is_file else None, self.written, self.allow_paths)
        return reader.load(scenario=scenario, overrides=(*own, *overrides))


Overrides = Sequence[str] | Mapping[str, object]
"""Values to replace: ``path=value`` each, or values by path."""


@checked
def load(
    config: str | Path | Mapping[str, object],
    *,
    scenario: str | None = None,
    overrides: Overrides = (),
    allow_paths: Sequence[str | Path] = (),
) -> Loaded:
    """Read and check a config.

    Parameters
    ----------
    config : str, Path or mapping
        The YAML file, or what would be in it as a dictionary; its files are then relative to the
        working folder.
    scenario : str, optional
        Overlay of the config's ``scenarios`` to apply.
    overrides : sequence of str or mapping
        ``path=value`` each, such as ``sites.hami.pue=1.2``, or values by path; applied after the scenario.
    allow_paths : sequence of str or Path
        Folders that the config may read files from, in addition to its own.

    Raises
    ------
    ConfigError
        With every fault of the config and its inputs.
    UsageError
        If an allowed path is no folder.
    """
    start = perf_counter()
    file = None if isinstance(config, Mapping) else Path(config)
    LOG.info("reading %s", file or IN_MEMORY)
    text = _write_yaml(config) if isinstance(config, Mapping) else ""
    changes = tuple(changes_of(overrides))
    read = _reader(file, text, allow_paths).load(scenario=scenario, overrides=changes)
    if read.solver.options:
        stated_options(read)  # the solver says whether it has them
    content = text.encode() if file is None else file.read_bytes()
    return Loaded(
        path=file or Path(IN_MEMORY),
        sha256=sha256(content).hexdigest(),
        config=read,
        scenario=scenario,
        overrides=changes,
        read_s=perf_counter() - start,
        written=content.decode("utf-8-sig"),
        allow_paths=tuple(map(Path, allow_paths)),
        is_file=file is not None,
    )


def _reader(file: Path | None, text: str, allow_paths: Sequence[str | Path]) -> ConfigReader:
    if file is None:
        return ConfigReader.of(text, Path(), allow_paths)
    return ConfigReader.open(file, allow_paths)


def changes_of(overrides: Overrides) -> Iterator[str]:
    """Write values to replace as ``--set`` takes them."""
    if isinstance(overrides, Mapping):
        yield from (str(Change(path, Operator.SET, plain(value, path))) for path, value in overrides.items())
    else:
        yield from overrides


def _write_yaml(config: Mapping[str, object]) -> str:
    try:
        return to_yaml(plain(config))
    except RecursionError:
        raise UsageError(path="config", expected="data that holds no part of itself") from None


def plain(value: object, path: str = "") -> Any:
    """Give data of a program as a config has it: numpy's numbers and arrays, times and paths written out.

    Raises
    ------
    UsageError
        If a config cannot hold something; `path` says where it stands.
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item, f"{path}.{key}".strip(".")) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item, path) for item in value]
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist(), path)
    if isinstance(value, StrEnum | PurePath):
        return str(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float):
        return value
    expected = "text, a number, a truth value, a time, None, or lists and mappings of them"
    raise UsageError(path=path, expected=expected, found=shown_value(value))


def configured_options(loaded: Loaded) -> SolverOptions:
    """Give the solver options that a config states."""
    return stated_options(loaded.config)


def chosen_options(loaded: Loaded, options: SolverOptions | Mapping[str, object] | None) -> SolverOptions:
    """Take the config's solver options, replaced by those that are given, all of them or some by name.

    Raises
    ------
    ConfigError, UsageError
        If a solver cannot work with them.
    """
    return replaced_options(configured_options(loaded), options)


def replaced_options(
    own: SolverOptions, options: SolverOptions | Mapping[str, object] | None
) -> SolverOptions:
    """Replace solver options by those that are given, all of them or some by name.

    Raises
    ------
    UsageError
        If a solver cannot work with them.
    """
    if not isinstance(options, SolverOptions):
        options = own.changed(options or {})
    check_options(options)
    return options


def origin(loaded: Loaded, options: SolverOptions) -> dict[str, object]:
    """Say where a result comes from: config, inputs, versions and options."""
    return {
        "created": created(),
        "versions": versions(),
        "config": {
            "path": str(loaded.path),
            "sha256": loaded.sha256,
            "scenario": loaded.scenario,
            "set": list(loaded.overrides),
        },
        "inputs": [asdict(file) for file in loaded.config.inputs],
        "options": options.data(),
    }


def _unchanged(folder: Path, file: InputFile) -> bytes:
    """Read an input again, to keep it with the plan."""
    content = (folder / file.origin).read_bytes()
    if sha256(content).hexdigest() != file.sha256:
        raise PlanFolderError(
            f"{folder / file.origin} changed while the plan was made",
            path=folder / file.origin,
            hint="solve again",
        )
    return content
