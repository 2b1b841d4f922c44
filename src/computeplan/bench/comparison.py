"""What changed between two files of results, and what of it is more than noise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from math import exp, log

from computeplan.bench.differences import differences, solver_differences
from computeplan.bench.record import STAGES
from computeplan.bench.results import Results
from computeplan.bench.summary import Spread, Summary, is_same

NOISE, NOISE_OF_ONE = 0.10, 0.30
"""Relative change that means nothing, at least: of repeated runs, and where there is a single one."""
LEAST_S, LEAST_MB = 0.01, 10.0
"""Smaller differences mean nothing."""


@dataclass(frozen=True)
class Change:
    """An old and a new figure.

    Attributes
    ----------
    old, new : float
    noise : float
        Relative change that means nothing.
    is_beyond : bool
        Whether the change is more than noise.
    """

    old: float
    new: float
    noise: float
    is_beyond: bool

    @property
    def ratio(self) -> float | None:
        """New over old; absent where the old one is zero."""
        return self.new / self.old if self.old else None


@dataclass(frozen=True)
class Pair:
    """An instance and a solver, before and after.

    Attributes
    ----------
    instance, solver : str
    old_status, new_status : str
    same_objective : bool
    total_s, total_cpu_s : Change, optional
        Absent unless both came to their end.
    stages : mapping of str to Change
    peak_mb : Change, optional
    """

    instance: str
    solver: str
    old_status: str
    new_status: str
    same_objective: bool
    total_s: Change | None
    total_cpu_s: Change | None
    stages: Mapping[str, Change]
    peak_mb: Change | None

    def data(self) -> dict[str, object]:
        """Give it ready for JSON."""
        changes = {"total_s": self.total_s, "total_cpu_s": self.total_cpu_s, "peak_mb": self.peak_mb}
        found = {name: change and _data(change) for name, change in changes.items()}
        return {**asdict(self), **found, "stages": {name: _data(c) for name, c in self.stages.items()}}


@dataclass(frozen=True)
class Comparison:
    """Two files of results.

    Attributes
    ----------
    pairs : tuple of Pair
        What both measured of the same configs.
    only_old, only_new : tuple of str
        What one of them measured.
    other_config : tuple of str
        Same name, but another config.
    notes : tuple of str
        What else differs: code, machine, versions, settings.
    """

    pairs: tuple[Pair, ...]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    other_config: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def mean_ratio(self) -> float | None:
        """Geometric mean of new over old total time."""
        ratios = [pair.total_s.ratio for pair in self.pairs if pair.total_s]
        logs = [log(ratio) for ratio in ratios if ratio]
        return exp(sum(logs) / len(logs)) if logs else None

    def data(self) -> dict[str, object]:
        """Give it ready for JSON."""
        names = ("only_old", "only_new", "other_config", "notes")
        lists = {name: list(getattr(self, name)) for name in names}
        return {"mean_ratio": self.mean_ratio, "pairs": [pair.data() for pair in self.pairs], **lists}


def compare(old: Results, new: Results) -> Comparison:
    """Compare two files of results.

    Parameters
    ----------
    old, new : Results
    """
    before, after = _by_name(old.summaries), _by_name(new.summaries)
    both = [name for name in before if name in after]
    notes = (*differences(old.origin, new.origin), *solver_differences(old.summaries, new.summaries))
    other = [name for name in both if not _is_same_config(before[name], after[name])]
    return Comparison(
        pairs=tuple(_pair(before[name], after[name]) for name in both if name not in other),
        only_old=tuple(" ".join(name) for name in before if name not in after),
        only_new=tuple(" ".join(name) for name in after if name not in before),
        other_config=tuple(" ".join(name) for name in other),
        notes=notes,
    )


def change(old: Spread, new: Spread, runs: int, least: float) -> Change:
    """Compare two figures.

    Parameters
    ----------
    old, new : Spread
    runs : int
        Of the one that was measured less often.
    least : float
        Difference up to which nothing changed.
    """
    usual = NOISE if runs > 1 else NOISE_OF_ONE
    noise = max(usual, old.relative, new.relative)
    low, high = sorted((old.median, new.median))
    is_beyond = high - low > least and high > (1 + noise) * low
    return Change(old.median, new.median, noise, is_beyond)


def _by_name(summaries: Iterable[Summary]) -> dict[tuple[str, str], Summary]:
    return {(summary.instance, summary.solver): summary for summary in summaries}


def _is_same_config(one: Summary, other: Summary) -> bool:
    # A run that did not come to its end does not tell what it read.
    return not (one.config_sha256 and other.config_sha256) or one.config_sha256 == other.config_sha256


def _pair(old: Summary, new: Summary) -> Pair:
    runs = min(old.runs, new.runs)
    stages = {
        stage: change(old.wall_s[stage], new.wall_s[stage], runs, LEAST_S)
        for stage in STAGES
        if stage in old.wall_s and stage in new.wall_s
    }
    ended = old.total_s and new.total_s
    return Pair(
        instance=old.instance,
        solver=old.solver,
        old_status=old.status,
        new_status=new.status,
        same_objective=is_same(old.objective, new.objective),
        total_s=_time(old.total_s, new.total_s, runs),
        total_cpu_s=_time(old.total_cpu_s, new.total_cpu_s, runs),
        stages=stages,
        peak_mb=_memory(old.peak_mb, new.peak_mb) if ended else None,
    )


def _time(old: Spread | None, new: Spread | None, runs: int) -> Change | None:
    return change(old, new, runs, LEAST_S) if old and new else None


def _memory(old: float | None, new: float | None) -> Change | None:
    if old is None or new is None:
        return None
    # Memory hardly differs between runs.
    return change(Spread(old, old, old), Spread(new, new, new), 2, LEAST_MB)


def _data(found: Change) -> dict[str, object]:
    return {**asdict(found), "ratio": found.ratio}
