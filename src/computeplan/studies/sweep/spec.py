"""What a sweep is to vary, and the points that come of it.

Everything is checked before anything is solved: every axis's values, and what they change in the program.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from computeplan.config import (
    ConfigReader,
    LoadedConfig,
    Operator,
    SweepSection,
    Values,
    Variation,
    read_changes,
    read_variation,
    variation_of,
)
from computeplan.config.changes import read_all
from computeplan.config.variation import in_vary, number_and_unit
from computeplan.config.yaml.places import match_paths, value_at
from computeplan.config.yaml.text import read_scalar
from computeplan.errors import ConfigError, Fault, UsageError
from computeplan.lp import Digest, ProgramDiff, digest
from computeplan.problem import Problem
from computeplan.progress import Progress
from computeplan.solvers import StopSignal
from computeplan.solvers.planner import IncrementalPlanner
from computeplan.studies.sweep.design import (
    BASE,
    MOST_POINTS,
    SCENARIO,
    Axes,
    CommonChanges,
    Design,
    Point,
    make_design,
)
from computeplan.text import did_you_mean, expected_one_of
from computeplan.vocabulary import DesignKind, Policy

ALL = "all"
"""Name that stands for the config itself and every scenario."""
MOST_TRIED = 25
"""Values of an axis that are tried before the sweep begins; the others show when their point comes."""


@dataclass(frozen=True)
class SweepSpec:
    """A sweep that is asked for, in the words of `computeplan.sweep`."""

    path: Path
    vary: tuple[str | Variation, ...] = ()
    scenarios: tuple[str, ...] = ()
    points: Path | None = None
    """What varies; if nothing is given, the config's own sweep is taken."""
    design: str | None = None
    samples: int | None = None
    seed: int | None = None
    """None: as the config's sweep says, else a grid, 100 samples and 0."""
    scenario: str | None = None
    overrides: tuple[str, ...] = ()
    allow_paths: tuple[Path, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    """Fields of `SolverOptions` that replace the config's."""
    policies: tuple[Policy, ...] = ()
    target: Path | None = None
    """Folder to write; without one nothing is kept."""
    restart: bool = False
    workers: int | None = None
    cluster: str | None = None
    executor: Executor | None = None
    progress: Progress | None = None
    stop: StopSignal | None = None


def build_design(spec: SweepSpec, reader: ConfigReader, base: LoadedConfig) -> Design:
    """Choose the points; `base` is the config with the spec's scenario and overrides."""
    common = CommonChanges(tuple(read_changes(spec.overrides)), spec.scenario)
    section = None if spec.vary or spec.scenarios or spec.points else base.sweep
    table = _point_list(spec, section, reader)
    if table is not None:
        if spec.design or spec.samples:
            raise UsageError("a list of points is its own design", hint="leave --design and --samples out")
        design = read_points(*table, reader.scenarios, common)
    else:
        axes = replace(_axes(spec, section, reader.scenarios, base.data), common=common)
        kind = _design_kind(spec.design or (section.design if section else DesignKind.GRID))
        samples = spec.samples if spec.samples is not None or section is None else section.samples
        seed = spec.seed if spec.seed is not None or section is None else section.seed
        design = make_design(kind, axes, samples=samples, seed=seed or 0)
    if common.scenario is not None and design.axes.scenarios:
        raise UsageError(
            path="--scenario", expected="either one for all points, or --scenarios that vary", found="both"
        )
    return design


def _design_kind(name: str) -> DesignKind:
    known = [kind.value for kind in DesignKind if kind is not DesignKind.LIST]
    if name not in known:
        raise UsageError(path="design", **expected_one_of(known, name))
    return DesignKind(name)


def _point_list(
    spec: SweepSpec, section: SweepSection | None, reader: ConfigReader
) -> tuple[str, str] | None:
    """Read the table of points, if there is one: its text and its name."""
    if spec.points is not None:
        if spec.vary or spec.scenarios:
            raise UsageError(path="--points", expected="either it, or --vary and --scenarios", found="both")
        here = ConfigReader(spec.points.parent, reader.document)
        return here.read_text(spec.points.name, "--points"), str(spec.points)
    if section is not None and section.points is not None:
        return reader.read_text(section.points, "sweep.points"), section.points
    return None


def _axes(
    spec: SweepSpec, section: SweepSection | None, known: tuple[str, ...], data: dict[str, Any]
) -> Axes:
    varied = (
        [each.variation for each in section.vary]
        if section
        else read_all(spec.vary, Variation, read_variation)
    )
    labels = [variation.label for variation in varied]
    twice = next((label for i, label in enumerate(labels) if label in labels[:i]), None)
    if twice is not None:
        raise UsageError(f"{twice} varies twice", path=twice)
    asked = section.scenarios if section else spec.scenarios
    names = [name for each in asked for name in ((BASE, *known) if each == ALL else (each,))]
    for name in names:
        if name not in (*known, BASE):
            hint = did_you_mean(name, known) if known else "the config has no scenarios"
            raise ConfigError([Fault("scenarios", "the name of a scenario", repr(name), hint)])
    chosen = tuple((name, name if name in known else None) for name in dict.fromkeys(names))
    own = {each.label: value for each in varied if (value := _own(each, data)) is not None}
    return Axes(tuple(varied), chosen, own)


def _own(variation: Variation, data: dict[str, Any]) -> Any:
    """Find what the config says where a path leads, if that is one plain value."""
    if variation.operator is not Operator.SET:
        return None
    found = [value_at(data, keys) for keys in match_paths(variation.path, data)]
    is_one = found and all(value == found[0] for value in found)
    return found[0] if is_one and isinstance(found[0], str | int | float) else None


def read_points(text: str, file: str, scenarios: tuple[str, ...], common: CommonChanges) -> Design:
    """Read points from CSV text; raise ConfigError with every fault of the table.

    The header has paths, ``PATH*`` for factors, ``PATH+`` for amounts and ``scenario``; an empty cell leaves
    the value as the config says.
    """
    rows = [row for row in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise ConfigError([Fault("", "a header and at least one row", f"{len(rows)} rows", file=file)])
    header, faults = [cell.strip() for cell in rows[0]], []
    if len(rows) - 1 > MOST_POINTS:
        faults.append(Fault("", f"at most {MOST_POINTS:,} rows", f"{len(rows) - 1:,}", file=file))
    for i, label in enumerate(header):
        if not label or label in header[:i]:
            hint = "each column has one path"
            faults.append(Fault("", "a path", repr(label), hint, file, 1, i + 1))
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            found = f"{len(row)} cells"
            faults.append(Fault("", f"{len(header)} cells, one a column", found, "", file, number))
    if faults:
        raise ConfigError(faults)
    return _design(header, rows[1:], file, scenarios, common)


def _design(
    header: list[str], rows: list[list[str]], file: str, scenarios: tuple[str, ...], common: CommonChanges
) -> Design:
    cells = [[read_scalar(cell.strip()) for cell in row] for row in rows]
    columns = {label: [row[i] for row in cells if row[i] is not None] for i, label in enumerate(header)}
    names = dict.fromkeys(str(name) for name in columns.get(SCENARIO, ()))
    unknown = [name for name in names if name not in (*scenarios, BASE)]
    if unknown:
        known = ", ".join((*scenarios, BASE))
        raise ConfigError([Fault(SCENARIO, f"one of {known}", repr(unknown[0]), file=file)])
    chosen = tuple((name, name if name in scenarios else None) for name in names)
    variations = tuple(
        variation_of(label, Values(tuple(dict.fromkeys(values))))
        for label, values in columns.items()
        if label != SCENARIO
    )
    axes = Axes(variations, chosen, common=common)
    points = [
        axes.point({label: value for label, value in zip(header, row, strict=True) if value is not None})
        for row in cells
    ]
    return Design(DesignKind.LIST, axes, tuple(points))


def validate_axes(reader: ConfigReader, design: Design, base: Problem) -> dict[str, ProgramDiff]:
    """Try the values of each axis alone; of a list, its first rows, whose values may need each other.

    Return what each axis changes in the program, compared with `base`: the problem with what all points have
    in common. Raise ConfigError with the faults of all values; of a list, where no row is right.
    """
    own, faults = _digest(base), list[Fault]()
    touches = dict.fromkeys(design.axes.labels, ProgramDiff.NOTHING)
    if design.kind is DesignKind.LIST:
        rows, faults = _try_points(reader, design.points[:MOST_TRIED])
        heaviest = max((_digest(problem).diff(own) for problem in rows[:2]), key=_rank, default=None)
        if heaviest is not None:
            return dict.fromkeys(design.axes.labels, heaviest)
    else:
        for label in design.axes.labels:
            problems, wrong = _try_points(reader, list(_points_along(design, label)))
            faults += wrong
            # Two values suffice; the first may be that of the config.
            differences = [_digest(problem).diff(own) for problem in problems[:2]]
            touches[label] = max(differences, key=_rank, default=ProgramDiff.NOTHING)
    if faults:
        raise ConfigError(list(dict.fromkeys(faults)))
    return touches


def _try_points(reader: ConfigReader, points: Sequence[Point]) -> tuple[list[Problem], list[Fault]]:
    """Load the configs of some points; return the problems of those that are right, and all faults."""
    problems, faults = [], list[Fault]()
    for point in points:
        try:
            problem = reader.load(scenario=point.scenario, overrides=point.changes).problem
        except ConfigError as error:
            faults += [in_vary(fault) for fault in error.faults]
        else:
            problems.append(problem)
    return problems, faults


def _points_along(design: Design, label: str) -> Iterator[Point]:
    """Make points in which one axis has a value and the others are as the config says."""
    found = {
        repr(value): value for point in design.points for key, value in point.values.items() if key == label
    }
    values = list(found.values())
    if all(number_and_unit(value) is not None for value in values):
        # The least and the greatest come first: most faults are at the ends.
        values.sort(key=lambda value: (number_and_unit(value) or (0.0, ""))[0])
        values = [*values[:1], *values[:0:-1]]
    for value in values[:MOST_TRIED]:
        yield design.axes.point({label: value})


def _digest(problem: Problem) -> Digest:
    return digest(IncrementalPlanner(problem).lp)


def _rank(difference: ProgramDiff) -> int:
    return list(ProgramDiff).index(difference)
