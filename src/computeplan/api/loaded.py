"""A config that was read and checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from computeplan.config import InputFile, LoadedConfig, allowed_folders, load_config
from computeplan.errors import PlanFolderError
from computeplan.plan.contents import CONFIG, INPUTS, WRITTEN
from computeplan.plan.provenance import created, versions
from computeplan.planner import stated_options
from computeplan.problem import Problem
from computeplan.solvers import SolverOptions


@dataclass(frozen=True, eq=False)
class Loaded:
    """A config that was read and checked.

    Attributes
    ----------
    path : Path
    sha256 : str
        Of the file.
    config : LoadedConfig
        The numeric problem, the solver's settings, the config's text and its inputs.
    scenario : str, optional
    overrides : tuple of str
    read_s : float
        Seconds that reading took.
    written : str
        The config as a person wrote it: its comments say what the figures rest on.
    allow_paths : tuple of Path
        Folders outside the config's own that it may read files from.
    """

    path: Path
    sha256: str
    config: LoadedConfig
    scenario: str | None
    overrides: tuple[str, ...]
    read_s: float
    written: str
    allow_paths: tuple[Path, ...] = ()

    @property
    def problem(self) -> Problem:
        """The numeric problem."""
        return self.config.problem

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is allowed but looks wrong."""
        return self.config.warnings

    def kept(self) -> Iterator[tuple[str, bytes]]:
        """Give what a folder keeps so that the problem can be made from it alone: the config and its inputs.

        Yields
        ------
        (str, bytes)
            Path inside the folder, and content.

        Raises
        ------
        PlanFolderError
            If an input has changed since it was read.
        """
        yield CONFIG, self.config.resolved.encode()
        yield WRITTEN, self.written.encode()
        for file in self.config.inputs:
            yield f"{INPUTS}/{file.path}", _unchanged(self.path.parent, file)

    def changed(self, overrides: Sequence[str]) -> LoadedConfig:
        """Read the config once more, with other values.

        Parameters
        ----------
        overrides : sequence of str
            Applied after those that it has.

        Raises
        ------
        ConfigError
        """
        return load_config(
            self.path,
            scenario=self.scenario,
            overrides=(*self.overrides, *overrides),
            allow_paths=self.allow_paths,
        )


def load(
    path: str | Path,
    *,
    scenario: str | None = None,
    overrides: Sequence[str] = (),
    allow_paths: Sequence[str | Path] = (),
) -> Loaded:
    """Read and check a config.

    Parameters
    ----------
    path : str or Path
    scenario : str, optional
        Overlay of the config's ``scenarios`` to apply.
    overrides : sequence of str
        ``path=value`` each, such as ``sites.hami.pue=1.2``; applied after the scenario.
    allow_paths : sequence of str or Path
        Folders that the config may read files from, beside its own.

    Returns
    -------
    Loaded

    Raises
    ------
    ConfigError
        With every fault of the config and its inputs.
    UsageError
        If an allowed path is no folder.
    """
    start, file, also = perf_counter(), Path(path), allowed_folders(allow_paths)
    config = load_config(file, scenario=scenario, overrides=overrides, allow_paths=also)
    content = file.read_bytes()
    return Loaded(
        path=file,
        sha256=sha256(content).hexdigest(),
        config=config,
        scenario=scenario,
        overrides=tuple(overrides),
        read_s=perf_counter() - start,
        written=content.decode("utf-8-sig"),
        allow_paths=also,
    )


def taken(
    config: str | Path | Loaded,
    scenario: str | None,
    overrides: Sequence[str],
    allow_paths: Sequence[str | Path],
) -> Loaded:
    """Take a config that was read already, or read it.

    Parameters
    ----------
    config : str, Path or Loaded
    scenario, overrides, allow_paths
        As for `load`; only where `config` is a path.
    """
    if isinstance(config, Loaded):
        return config
    return load(config, scenario=scenario, overrides=overrides, allow_paths=allow_paths)


def configured_options(loaded: Loaded) -> SolverOptions:
    """Give the solver options that a config states.

    Parameters
    ----------
    loaded : Loaded
    """
    return stated_options(loaded.config.solver)


def origin(loaded: Loaded, options: SolverOptions) -> dict[str, object]:
    """Say where a result comes from: config, inputs, versions and options.

    Parameters
    ----------
    loaded : Loaded
    options : SolverOptions
    """
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
        "options": asdict(options),
    }


def _unchanged(folder: Path, file: InputFile) -> bytes:
    """Read an input again, to keep it with the plan."""
    content = (folder / file.origin).read_bytes()
    if sha256(content).hexdigest() != file.sha256:
        raise PlanFolderError(f"{folder / file.origin} changed while the plan was made; solve again")
    return content
