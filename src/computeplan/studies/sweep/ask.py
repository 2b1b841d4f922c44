"""From what is asked, on the command line or in the config, to the points of a sweep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from computeplan.config import ConfigReader, LoadedConfig, Operator, SweepSettings, Variation, read_variation
from computeplan.config.paths import matches
from computeplan.config.places import value_at
from computeplan.config.words import did_you_mean
from computeplan.errors import ConfigError, Fault, UsageError
from computeplan.studies.sweep.design import Axes, Design, DesignKind, Ground, make_design
from computeplan.studies.sweep.point_list import BASE, read_points

ALL = "all"
"""Stands for the config itself and every scenario."""


@dataclass(frozen=True)
class Question:
    """What is to vary, and how.

    Attributes
    ----------
    vary : tuple of str
        ``PATH=SPEC``, ``PATH*=SPEC`` or ``PATH+=SPEC`` each.
    scenarios : tuple of str
        Names; ``base`` is the config itself, ``all`` it and every scenario.
    points : Path, optional
        CSV file with one row a point.
    design : str, optional
        Default: the config's, or ``grid``.
    samples, seed : int, optional
        Of a random design.
    """

    vary: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    points: Path | None = None
    design: str | None = None
    samples: int | None = None
    seed: int | None = None


def designed(question: Question, reader: ConfigReader, base: LoadedConfig, ground: Ground) -> Design:
    """Choose the points.

    Parameters
    ----------
    question : Question
        Where it names nothing that varies, the config's own sweep is taken.
    reader : ConfigReader
    base : LoadedConfig
        The config as it stands.
    ground : Ground

    Raises
    ------
    ConfigError, UsageError
    """
    asks = bool(question.vary or question.scenarios or question.points)
    settings = _asked(question) if asks else base.sweep or _asked(question)
    kind = _kind(question.design or settings.design)
    samples = question.samples if question.samples is not None else settings.samples
    seed = question.seed if question.seed is not None else settings.seed
    table = _point_list(question, settings, reader)
    if table is not None:
        if question.design or question.samples:
            raise UsageError("a list of points is its own design; leave --design and --samples out")
        design = read_points(*table, reader.scenarios, ground)
    else:
        axes = replace(_axes(settings, reader.scenarios, base), ground=ground)
        design = make_design(kind, axes, samples=samples, seed=seed)
    if ground.scenario is not None and design.axes.scenarios:
        raise UsageError("either one --scenario for all points, or --scenarios that vary")
    return design


def _asked(question: Question) -> SweepSettings:
    return SweepSettings(
        design=DesignKind.GRID,
        variations=tuple(_each(read_variation, question.vary)),
        scenarios=question.scenarios,
        points=None,
        samples=None,
        seed=0,
    )


def _each(read: Callable[[str], Variation], texts: Sequence[str]) -> list[Variation]:
    """Read all texts and report the faults of all."""
    found, faults = [], list[Fault]()
    for text in texts:
        try:
            found.append(read(text))
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(faults)
    return found


def _kind(name: str) -> DesignKind:
    known = [kind.value for kind in DesignKind if kind is not DesignKind.LIST]
    if name not in known:
        raise UsageError(f"design: expected one of {', '.join(known)}, got {name!r}")
    return DesignKind(name)


def _point_list(question: Question, settings: SweepSettings, reader: ConfigReader) -> tuple[str, str] | None:
    """Read the table of points, if there is one: its text and its name."""
    if question.points is not None:
        if question.vary or question.scenarios:
            raise UsageError("either --points, or --vary and --scenarios")
        here = ConfigReader(question.points.parent, reader.document)
        return here.read_text(question.points.name, "--points"), str(question.points)
    if settings.points is not None:
        return reader.read_text(settings.points, "sweep.points"), settings.points
    return None


def _axes(settings: SweepSettings, known: tuple[str, ...], base: LoadedConfig) -> Axes:
    labels = [variation.label for variation in settings.variations]
    twice = next((label for i, label in enumerate(labels) if label in labels[:i]), None)
    if twice is not None:
        raise UsageError(f"{twice} varies twice")
    names = [name for asked in settings.scenarios for name in ((BASE, *known) if asked == ALL else (asked,))]
    for name in names:
        if name not in (*known, BASE):
            hint = did_you_mean(name, known) if known else "the config has no scenarios"
            raise ConfigError([Fault("scenarios", "the name of a scenario", repr(name), hint)])
    chosen = tuple((name, name if name in known else None) for name in dict.fromkeys(names))
    own = {each.label: value for each in settings.variations if (value := _own(each, base.data)) is not None}
    return Axes(settings.variations, chosen, own)


def _own(variation: Variation, data: dict[str, Any]) -> Any:
    """Find what the config says where a path leads, if that is one plain value."""
    if variation.operator is not Operator.SET:
        return None
    found = [value_at(data, keys) for keys in matches(variation.path, data)]
    is_one = found and all(value == found[0] for value in found)
    return found[0] if is_one and isinstance(found[0], str | int | float) else None
