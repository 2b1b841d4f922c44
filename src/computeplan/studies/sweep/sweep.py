"""A sweep from its spec to its folder: the same config with many values."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from computeplan.config import ConfigReader, Law, LoadedConfig
from computeplan.errors import PlanFolderError, UsageError
from computeplan.folder.contents import (
    CONFIG,
    EXECUTORS,
    INPUTS,
    PROVENANCE,
    SUMMARY,
    SWEEP,
    TABLES,
    created,
    versions,
)
from computeplan.folder.read import open_folder
from computeplan.folder.summary import number
from computeplan.folder.tables import table_files
from computeplan.folder.write import check_target, json_bytes, write_folder
from computeplan.lp import ProgramDiff
from computeplan.problem import Problem
from computeplan.progress import Monitor
from computeplan.solvers.planner import plan, stated_options
from computeplan.solvers.registry import check_options, check_solver
from computeplan.studies.baselines import baseline_data, baselines
from computeplan.studies.sweep.design import SCENARIO, Design
from computeplan.studies.sweep.effects import Driver, drivers, effects_table
from computeplan.studies.sweep.results import MEASURES, axis_unit, points_table, splits, switches_table
from computeplan.studies.sweep.run import SweepRunner, make_chains
from computeplan.studies.sweep.spec import SweepSpec, build_design, validate_axes
from computeplan.studies.sweep.store import RESTART, PointStore, changed_keys
from computeplan.studies.sweep.task import Study
from computeplan.studies.sweep.workers import (
    WorkerPool,
    check_address,
    cluster_pool,
    count_cores,
    executor_pool,
    local_pool,
)

if TYPE_CHECKING:
    import polars as pl

SECTION = "sweep"
"""Of a config: it says what varies, and is no part of what is solved."""
NEEDED = ("computeplan", "highspy", "numpy", "pulp", "clarabel", "scipy")
NAMES = ("points", "effects", "switches")
"""Of the tables."""
MOST_SWITCHES = 50
"""Kinds of switches that the summary lists."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """A finished sweep."""

    tables: dict[str, pl.DataFrame]
    """``points``: one row a point. ``effects``: the mean of each measure at each value of each axis, over
    points that can be compared. ``switches``: neighbors whose plans differ in kind."""
    summary: dict[str, Any]
    """What moves the answer most and where plans switch, ready for JSON."""

    @property
    def points(self) -> pl.DataFrame:
        """One row a point."""
        return self.tables["points"]


def run_sweep(spec: SweepSpec) -> Sweep:
    """Solve every point, or those that an interrupted run of the same sweep left, and write the folder.

    Raises `ConfigError`, `UsageError` if the config, what varies, or a value of it is wrong. Raises
    `PlanFolderError` if the folder holds something else, or cannot be written. Raises `SolverError` if worker
    processes die again and again.
    """
    if spec.target is not None:
        return _run(spec, spec.target)
    with TemporaryDirectory(prefix="computeplan-") as folder:
        return _run(spec, Path(folder) / SWEEP, keep=False)


def _run(spec: SweepSpec, target: Path, *, keep: bool = True) -> Sweep:
    check_target(target, SWEEP)
    least = {"workers": (spec.workers, 1), "samples": (spec.samples, 1), "seed": (spec.seed, 0)}
    for name, (asked, lowest) in least.items():
        if asked is not None and asked < lowest:
            raise UsageError(path=name, expected=f"at least {lowest}", found=asked)
    if spec.cluster is not None:
        check_address(spec.cluster)
    reader = ConfigReader.open(spec.path, spec.allow_paths)
    base = reader.load(scenario=spec.scenario, overrides=spec.overrides)
    if spec.cluster is None:  # else its workers have solvers of their own
        options = stated_options(base).changed(spec.options)
        check_options(options)
        check_solver(options.name, has_integers=base.problem.has_integers)
    design = build_design(spec, reader, base)
    touches = validate_axes(reader, design, base.problem)
    identity = {**_identity(reader, design, spec.options), "policies": list(spec.policies)}
    store = PointStore.for_target(target)
    finished = None if spec.restart else _read_finished(target, identity)
    if finished is not None:
        store.remove_left_behind()
        return finished
    with store.locked():
        store.open(identity, restart=spec.restart)
        key = sha256(_text(identity)).hexdigest()
        study = Study(key, reader, spec.options, _threads(spec), _worker_versions())
        chains = make_chains(design, touches)
        SweepRunner(study, design, chains, store, monitor=Monitor(spec.progress), stop=spec.stop).run(
            partial(_worker_pool, spec)
        )
        rows = [store.row(index) for index in range(len(design.points))]
        points = points_table(design, rows)
        tables = {
            "points": points,
            "effects": effects_table(design, points),
            "switches": switches_table(design, points),
        }
        found = drivers(design, points, tables["effects"])
        summary = summarize(design, base.problem, touches, tables, found)
        sweep = Sweep(tables, summary | {"policies": _compare_policies(spec, base)})
        if keep:
            write_folder(target, _files(sweep, base, reader), _provenance(spec, identity), SWEEP)
        store.remove()
    return sweep


def _compare_policies(spec: SweepSpec, base: LoadedConfig) -> dict[str, object]:
    """Say what the plan of the unchanged config gains over simple policies."""
    if not spec.policies:
        return {}
    options = stated_options(base).changed(spec.options)
    own = plan(base.problem, options)
    others = baselines(base.problem, spec.policies, options)
    return {str(other.policy): baseline_data(own, other) for other in others}


def _threads(spec: SweepSpec) -> int:
    """Solver threads of each worker: its part of the cores."""
    elsewhere = spec.cluster is not None or spec.executor is not None
    return 1 if elsewhere else max(1, count_cores() // (spec.workers or count_cores()))


def _worker_pool(spec: SweepSpec) -> AbstractContextManager[WorkerPool]:
    if spec.executor is not None:
        return executor_pool(spec.executor)
    if spec.cluster is not None:
        return cluster_pool(spec.cluster)
    return local_pool(spec.workers or count_cores())


def _identity(reader: ConfigReader, design: Design, options: Mapping[str, Any]) -> dict[str, Any]:
    """List what the results depend on, each under the name that a message gives it."""
    points = [[point.scenario, [str(change) for change in point.changes]] for point in design.points]
    inputs = {about.path: about.sha256 for about, _ in reader.memory.contents.values()}
    return {
        "versions": {name: each for name, each in versions().items() if name not in EXECUTORS},
        "config": identify_config(reader.document.data),
        "inputs": dict(sorted(inputs.items())),
        "design": design.kind.value,
        "points": sha256(_text(points)).hexdigest(),
        "solver options": {name: str(value) for name, value in options.items() if name != "threads"},
    }


def identify_config(data: Mapping[str, Any]) -> str:
    """Name the content of a config, whatever it says of sweeps: sweeps of one config have the same."""
    return sha256(_text({key: value for key, value in data.items() if key != SECTION})).hexdigest()


def _worker_versions() -> dict[str, str]:
    """Versions that every worker must have."""
    return {name: version for name, version in versions().items() if name in NEEDED}


def _text(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, default=str).encode()


def _read_finished(target: Path, identity: dict[str, Any]) -> Sweep | None:
    """Read the sweep that is in the target already; None where there is none."""
    if not (target / PROVENANCE).exists():
        return None
    folder = open_folder(target, SWEEP)
    changed = changed_keys(folder.provenance.get("identity", {}), identity)
    if changed:
        raise PlanFolderError(
            f"{target} holds a sweep that differs in {changed}",
            path=target,
            hint=f"--out DIR names another place, {RESTART}",
        )
    import polars as pl

    tables = {name: pl.read_parquet(BytesIO(folder.read(f"{TABLES}/{name}.parquet"))) for name in NAMES}
    return Sweep(tables, folder.read_json(SUMMARY))


def _files(sweep: Sweep, base: LoadedConfig, reader: ConfigReader) -> Iterator[tuple[str, bytes]]:
    yield CONFIG, base.resolved.encode()
    inputs = {about.path: content for about, content in reader.memory.contents.values()}
    yield from ((f"{INPUTS}/{path}", content) for path, content in sorted(inputs.items()))
    yield SUMMARY, json_bytes(sweep.summary)
    yield from table_files(sweep.tables)


def _provenance(spec: SweepSpec, identity: dict[str, Any]) -> dict[str, object]:
    return {
        "created": created(),
        "config": {
            "path": str(spec.path),
            "scenario": spec.scenario,
            "set": list(spec.overrides),
        },
        "identity": identity,
    }


def summarize(
    design: Design,
    problem: Problem,
    touches: Mapping[str, ProgramDiff],
    tables: Mapping[str, pl.DataFrame],
    found: Sequence[Driver],
) -> dict[str, Any]:
    """Summarize a sweep: money in the currency of the unchanged config's problem, emissions in t."""
    points, switches = tables["points"], tables["switches"]
    return {
        "name": problem.name,
        "currency": problem.currency,
        "objective_unit": problem.objective_unit,
        "basis": problem.objective.basis.value,
        "design": design.kind.value,
        "samples": design.samples,
        "seed": design.seed,
        "axes": [_axis(design, label, touches[label]) for label in design.axes.labels],
        "points": points.height,
        "status": _counts(points["status"].to_list()),
        "audit_failed": int((points["audit_passed"] == False).sum()),  # noqa: E712 - of a column
        "range": {measure: _range(points, measure) for measure in MEASURES},
        "drivers": [asdict(driver) for driver in found],
        "main_sites": _counts(points["main_site"].drop_nulls().to_list()),
        "switches": _count_switches(switches),
        "splits": [asdict(split) for split in splits(design, points)],
    }


def _axis(design: Design, label: str, touches: ProgramDiff) -> dict[str, Any]:
    """Describe an axis."""
    about = {"label": label, "unit": "", "touches": str(touches)}
    if label == SCENARIO and design.axes.scenarios:
        return about | {"values": [name for name, _ in design.axes.scenarios]}
    spec = next(each.spec for each in design.axes.variations if each.label == label)
    values = str(spec) if isinstance(spec, Law) else list(spec.values)
    return about | {"values": values, "unit": axis_unit(design, label), "config": design.axes.own.get(label)}


def _counts(texts: list[str]) -> dict[str, int]:
    """Count each text, the most frequent first."""
    return dict(sorted(Counter(texts).items(), key=lambda item: (-item[1], item[0])))


def _range(points: pl.DataFrame, measure: str) -> dict[str, float | None] | None:
    """Compute mean, spread and quantiles of a measure over the points that have a plan."""
    amounts = points[measure].drop_nulls().to_numpy()
    if not len(amounts):
        return None
    least, low, median, high, greatest = np.quantile(amounts, [0.0, 0.05, 0.5, 0.95, 1.0]).tolist()
    figures = {"mean": amounts.mean(), "sd": amounts.std(), "least": least, "p5": low, "median": median}
    return {name: number(figure) for name, figure in {**figures, "p95": high, "greatest": greatest}.items()}


def _count_switches(switches: pl.DataFrame) -> list[dict[str, Any]]:
    """Count equal switches, the most frequent first."""
    kinds = switches.select("axis", "what", "before", "after", "from_value", "to_value")
    ranked = Counter(kinds.iter_rows()).most_common(MOST_SWITCHES)
    return [{**dict(zip(kinds.columns, kind, strict=True)), "times": times} for kind, times in ranked]
