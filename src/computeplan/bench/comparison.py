"""What changed between two files of results, and what of it is more than noise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from statistics import geometric_mean

from computeplan.bench.results import Results, differences, origin_differences
from computeplan.bench.summary import Spread, Summary, is_same

NOISE, NOISE_OF_ONE = 0.10, 0.30
"""Relative change that means nothing, at least: of repeated runs, and where there is a single one."""
LEAST_S, LEAST_MB = 0.01, 10.0
"""Smaller differences mean nothing."""


@dataclass(frozen=True)
class FigureChange:
    """An old and a new figure, and the relative change that means nothing."""

    old: float
    new: float
    noise: float
    is_beyond: bool

    @property
    def ratio(self) -> float | None:
        """New over old; absent where the old one is zero."""
        return self.new / self.old if self.old else None

    def data(self) -> dict[str, object]:
        """Give it ready for JSON."""
        return {**asdict(self), "ratio": self.ratio}


@dataclass(frozen=True)
class Pair:
    """An instance and a solver, before and after; figures are absent unless both came to their end."""

    instance: str
    solver: str
    old_status: str
    new_status: str
    same_objective: bool
    total_s: FigureChange | None
    total_cpu_s: FigureChange | None
    stages: Mapping[str, FigureChange]
    peak_mb: FigureChange | None

    def data(self) -> dict[str, object]:
        """Give it ready for JSON."""
        changes = {"total_s": self.total_s, "total_cpu_s": self.total_cpu_s, "peak_mb": self.peak_mb}
        found = {name: change and change.data() for name, change in changes.items()}
        return {**asdict(self), **found, "stages": {name: c.data() for name, c in self.stages.items()}}


@dataclass(frozen=True)
class Comparison:
    """Two files of results: what both measured, what one did, and what else differs (`notes`)."""

    pairs: tuple[Pair, ...]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    other_config: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def mean_ratio(self) -> float | None:
        """Geometric mean of new over old total time."""
        ratios = [pair.total_s.ratio for pair in self.pairs if pair.total_s]
        found = [ratio for ratio in ratios if ratio]
        return geometric_mean(found) if found else None

    def data(self) -> dict[str, object]:
        """Give it ready for JSON."""
        pairs = [pair.data() for pair in self.pairs]
        return {"mean_ratio": self.mean_ratio, **vars(self), "pairs": pairs}


def compare(old: Results, new: Results) -> Comparison:
    """Compare two files of results."""
    before, after = ({(s.instance, s.solver): s for s in found.summaries} for found in (old, new))
    both = {name: (before[name], after[name]) for name in before if name in after}
    other = [name for name, (one, two) in both.items() if not _is_same_config(one, two)]
    return Comparison(
        pairs=tuple(_pair(*pair) for name, pair in both.items() if name not in other),
        only_old=tuple(" ".join(name) for name in before if name not in after),
        only_new=tuple(" ".join(name) for name in after if name not in before),
        other_config=tuple(" ".join(name) for name in other),
        notes=(
            *origin_differences(old.origin, new.origin),
            *differences(_solver_versions(before.values()), _solver_versions(after.values())),
        ),
    )


def _is_same_config(one: Summary, other: Summary) -> bool:
    # It is unknown what a run read that did not come to its end.
    return not (one.config_sha256 and other.config_sha256) or one.config_sha256 == other.config_sha256


def _pair(old: Summary, new: Summary) -> Pair:
    runs = min(old.runs, new.runs)
    ended = [one for one in (old, new) if one.peak_mb is not None and one.total_s]
    peaks = [Spread.of([one.peak_mb or 0.0]) for one in ended]
    return Pair(
        instance=old.instance,
        solver=old.solver,
        old_status=old.status,
        new_status=new.status,
        same_objective=is_same(old.objective, new.objective),
        total_s=_time(old.total_s, new.total_s, runs),
        total_cpu_s=_time(old.total_cpu_s, new.total_cpu_s, runs),
        stages={
            stage: _change(spread, new.wall_s[stage], runs, LEAST_S)
            for stage, spread in old.wall_s.items()
            if stage in new.wall_s
        },
        # Memory hardly differs between runs.
        peak_mb=_change(peaks[0], peaks[1], 2, LEAST_MB) if len(peaks) == 2 else None,
    )


def _time(old: Spread | None, new: Spread | None, runs: int) -> FigureChange | None:
    return _change(old, new, runs, LEAST_S) if old and new else None


def _change(old: Spread, new: Spread, runs: int, least: float) -> FigureChange:
    """Compare two figures; `runs` are those of the one measured less often, `least` a difference of none."""
    noise = max(NOISE if runs > 1 else NOISE_OF_ONE, old.relative, new.relative)
    low, high = sorted((old.median, new.median))
    is_beyond = high - low > least and high > (1 + noise) * low
    return FigureChange(old.median, new.median, noise, is_beyond)


def _solver_versions(summaries: Iterable[Summary]) -> dict[str, object]:
    return {f"solver {s.solver}": s.solver_version for s in summaries if s.solver_version}
