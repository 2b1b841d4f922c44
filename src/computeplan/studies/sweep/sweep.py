"""A sweep from the question to the folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from computeplan.config import ConfigReader, LoadedConfig
from computeplan.errors import PlanFolderError
from computeplan.plan.contents import CONFIG, INPUTS, PROVENANCE, SUMMARY, SWEEP, TABLES
from computeplan.plan.folder import check_target, json_bytes, write_folder
from computeplan.plan.provenance import created, versions
from computeplan.plan.reading import open_folder
from computeplan.plan.tables import table_files
from computeplan.planner import plan, stated_options
from computeplan.studies.baselines import Policy, baseline_data, baselines
from computeplan.studies.sweep.ask import Question, designed
from computeplan.studies.sweep.crew import Crew, cluster_crew, cores, given_crew, local_crew
from computeplan.studies.sweep.design import Design, Ground
from computeplan.studies.sweep.effects import drivers, effects_table
from computeplan.studies.sweep.order import make_route
from computeplan.studies.sweep.probe import probe
from computeplan.studies.sweep.run import Progress, Runner
from computeplan.studies.sweep.store import RESTART, Store, differences
from computeplan.studies.sweep.summary import summarize
from computeplan.studies.sweep.switches import switches_table
from computeplan.studies.sweep.table import points_table
from computeplan.studies.sweep.task import Study

if TYPE_CHECKING:
    import polars as pl

SECTION = "sweep"
"""Of a config: it says what varies, and is no part of what is solved."""
NEEDED = ("computeplan", "highspy", "numpy")
NAMES = ("points", "effects", "switches")
"""Of the tables."""


@dataclass(frozen=True)
class Request:
    """A sweep to be made.

    Attributes
    ----------
    path : Path
        The config.
    question : Question
    scenario : str, optional
        Laid over all points.
    overrides : tuple of str
        Laid over all points, before what varies.
    allow_paths : tuple of Path
        Folders that the config may read files from, beside its own.
    options : mapping of str to object
        Fields of `SolverOptions` that replace the config's.
    policies : tuple of Policy
        Simple policies to hold against the plan of the config as it stands.
    target : Path, optional
        Folder to write; without one nothing is kept.
    restart : bool
        Solve again what is there already.
    workers : int, optional
        Worker processes; default one for each core.
    cluster : str, optional
        Address of a Dask scheduler to work there instead.
    executor : Executor, optional
        To work there instead.
    tell : callable
        Called with the progress.
    """

    path: Path
    question: Question
    scenario: str | None = None
    overrides: tuple[str, ...] = ()
    allow_paths: tuple[Path, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    policies: tuple[Policy, ...] = ()
    target: Path | None = None
    restart: bool = False
    workers: int | None = None
    cluster: str | None = None
    executor: Executor | None = None
    tell: Callable[[Progress], object] = field(default=lambda _: None)


@dataclass(frozen=True, eq=False)
class Sweep:
    """A finished sweep.

    Attributes
    ----------
    tables : dict of str to polars.DataFrame
        ``points``: one row a point. ``effects``: the mean of each measure at each value of each axis.
        ``switches``: neighbors whose plans differ in kind.
    summary : dict
        What moves the answer most and where plans switch, ready for JSON.
    """

    tables: dict[str, pl.DataFrame]
    summary: dict[str, Any]

    @property
    def points(self) -> pl.DataFrame:
        """One row a point."""
        return self.tables["points"]


def run_sweep(request: Request) -> Sweep:
    """Solve every point, or those that an interrupted run of the same sweep left, and write the folder.

    Parameters
    ----------
    request : Request

    Returns
    -------
    Sweep

    Raises
    ------
    ConfigError, UsageError
        If the config, what varies, or a value of it is wrong.
    PlanFolderError
        If the folder holds something else, or cannot be written.
    SolverError
        If worker processes die again and again.
    """
    if request.target is not None:
        return _run(request, request.target)
    with TemporaryDirectory(prefix="computeplan-") as folder:
        return _run(request, Path(folder) / SWEEP, keep=False)


def _run(request: Request, target: Path, *, keep: bool = True) -> Sweep:
    check_target(target, SWEEP)
    reader = ConfigReader.open(request.path, request.allow_paths)
    base = reader.load(scenario=request.scenario, overrides=request.overrides)
    ground = Ground(request.overrides, request.scenario)
    design = designed(request.question, reader, base, ground)
    touches = probe(reader, design, base.problem)
    identity = {**_identity(reader, design, request.options), "policies": list(request.policies)}
    store = Store.beside(target)
    there = None if request.restart else _finished(target, identity)
    if there is not None:
        store.remove_left_behind()
        return there
    with store.alone():
        store.open(identity, restart=request.restart)
        key = sha256(_text(identity)).hexdigest()
        study = Study(key, reader, request.options, _threads(request), _needed())
        Runner(study, design, make_route(design, touches), store, request.tell).run(partial(_crew, request))
        rows = [store.row(index) for index in range(len(design.points))]
        tables = _tables(design, rows)
        found = drivers(design, tables["points"], tables["effects"])
        summary = summarize(design, base.problem, touches, tables, found)
        sweep = Sweep(tables, summary | {"policies": _policies(request, base)})
        if keep:
            write_folder(target, _files(sweep, base, reader), _provenance(request, identity), SWEEP)
        store.remove()
    return sweep


def _policies(request: Request, base: LoadedConfig) -> dict[str, object]:
    """Say what planning gains over simple policies, for the config as it stands."""
    if not request.policies:
        return {}
    options = replace(stated_options(base.solver), **request.options)
    own = plan(base.problem, options)
    others = baselines(base.problem, request.policies, options)
    return {str(other.policy): baseline_data(own, other) for other in others}


def _threads(request: Request) -> int:
    """Give each worker its part of the cores."""
    elsewhere = request.cluster is not None or request.executor is not None
    return 1 if elsewhere else max(1, cores() // (request.workers or cores()))


def _crew(request: Request) -> AbstractContextManager[Crew]:
    if request.executor is not None:
        return given_crew(request.executor)
    if request.cluster is not None:
        return cluster_crew(request.cluster)
    return local_crew(request.workers or cores())


def _identity(reader: ConfigReader, design: Design, options: Mapping[str, Any]) -> dict[str, Any]:
    """List what the answers depend on, by the name that a message gives it."""
    data = reader.document.data
    config = {key: value for key, value in data.items() if key != SECTION}
    points = [[point.scenario, list(point.overrides)] for point in design.points]
    inputs = {about.path: about.sha256 for about, _ in reader.memory.contents.values()}
    return {
        "versions": versions(),
        "config": sha256(_text(config)).hexdigest(),
        "inputs": dict(sorted(inputs.items())),
        "design": design.kind.value,
        "points": sha256(_text(points)).hexdigest(),
        "solver options": {name: str(value) for name, value in options.items() if name != "threads"},
    }


def _needed() -> dict[str, str]:
    """Give the versions that every worker must have."""
    return {name: version for name, version in versions().items() if name in NEEDED}


def _text(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, default=str).encode()


def _finished(target: Path, identity: dict[str, Any]) -> Sweep | None:
    """Read the sweep that is in the target already; None where there is none."""
    if not (target / PROVENANCE).exists():
        return None
    folder = open_folder(target, SWEEP)
    changed = differences(folder.provenance.get("identity", {}), identity)
    if changed:
        raise PlanFolderError(
            f"{target} holds a sweep that differs in {changed}; --out DIR names another place, {RESTART}"
        )
    import polars as pl

    tables = {name: pl.read_parquet(BytesIO(folder.read(f"{TABLES}/{name}.parquet"))) for name in NAMES}
    return Sweep(tables, json.loads(folder.read(SUMMARY)))


def _tables(design: Design, rows: Sequence[dict[str, Any]]) -> dict[str, pl.DataFrame]:
    points = points_table(design, rows)
    return {
        "points": points,
        "effects": effects_table(design, points),
        "switches": switches_table(design, points),
    }


def _files(sweep: Sweep, base: LoadedConfig, reader: ConfigReader) -> Iterator[tuple[str, bytes]]:
    yield CONFIG, base.resolved.encode()
    inputs = {about.path: content for about, content in reader.memory.contents.values()}
    yield from ((f"{INPUTS}/{path}", content) for path, content in sorted(inputs.items()))
    yield SUMMARY, json_bytes(sweep.summary)
    yield from table_files(sweep.tables)


def _provenance(request: Request, identity: dict[str, Any]) -> dict[str, object]:
    return {
        "created": created(),
        "config": {
            "path": str(request.path),
            "scenario": request.scenario,
            "set": list(request.overrides),
        },
        "identity": identity,
    }
