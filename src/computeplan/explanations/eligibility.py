"""Work that no pool can take, what excludes each pool, and which pool to open to it.

Eligibility has no amounts, so it is no part of the elastic program: the nearest miss is opened before,
a longer latency rather than a lower security level, that rather than fewer labels or more zones.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from computeplan.config import SettingPaths
from computeplan.explanations.diagnosis import Reason
from computeplan.explanations.mandatory_work import has_to_be_done
from computeplan.explanations.relaxation import (
    Relaxation,
    SettingChange,
    WorkloadPaths,
    change_setting,
    yaml_list,
    yaml_number,
)
from computeplan.explanations.wording import workloads_named
from computeplan.problem import Bools, Exclusion, Floats, Ints, Needs, Problem
from computeplan.problem.limits import LimitKind
from computeplan.text import first_lines, number

KIND = "access"
OPENABLE = {
    Exclusion.LATENCY: 1.0,
    Exclusion.SECURITY: 1e3,
    Exclusion.LABEL: 1e4,
    Exclusion.RESIDENCY: 1e5,
}
"""What a workload can give up, and how far a miss it is."""
RELAXED = frozenset(
    {LimitKind.LATENCY, LimitKind.SECURITY, LimitKind.LABELS, LimitKind.RESIDENCY, LimitKind.FIXED_SPLIT}
)
"""Limits without amounts, which give way outside the elastic program: these, and the split of fixed work."""
PER_MS = 1e-6
"""How far a miss a millisecond is, in addition."""


def work_without_pool(problem: Problem) -> tuple[Reason, ...]:
    """Find the workloads that no pool can take; one reason for all that the same things exclude."""
    homeless = problem.eligibility.efficiency.max(axis=1, initial=0.0) <= 0
    affected = np.flatnonzero(has_to_be_done(problem) & homeless[problem.workloads.need])
    needs = problem.workloads.need[affected]
    alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for need in np.unique(needs).tolist():
        alike[_exclusions(problem, need)].append(need)
    return tuple(
        Reason(
            workloads_named(problem.workloads.names, affected[np.isin(needs, members)]),
            "no pool is eligible",
            first_lines(lines),
        )
        for lines, members in alike.items()
    )


def _exclusions(problem: Problem, need: int) -> tuple[str, ...]:
    """Say what excludes each pool, nearest miss first; pools of a site with the same text share a line."""
    lines: list[tuple[int, str]] = []
    texts = [why_not(problem, need, pool) for pool in range(problem.pools.size)]
    for (_, reasons), run in groupby(
        range(problem.pools.size), key=lambda p: (problem.pools.site[p], texts[p])
    ):
        pools = ", ".join(problem.pools.names[p] for p in run)
        lines.append((len(reasons), f"{pools}: {', '.join(reasons)}"))
    if not lines:
        return ("there are no pools",)
    return tuple(text for _, text in sorted(lines, key=lambda line: line[0]))


def why_not(problem: Problem, need: int, pool: int) -> tuple[str, ...]:
    """Say everything that keeps a need out of a pool; nothing where the pool may serve it."""
    exclusion = Exclusion(int(problem.eligibility.exclusion[need, pool]))
    return tuple(_WORDS[reason](problem, need, pool) for reason in exclusion)


def _label(problem: Problem, need: int, pool: int) -> str:
    provided = problem.sites.labels[problem.pools.site[pool]]
    missing = np.flatnonzero(problem.needs.labels[need] & ~provided)
    names = [problem.sites.label_names[b] for b in missing.tolist()]
    return f"label{'s' if len(names) > 1 else ''} {', '.join(names)} not provided"


def _security(problem: Problem, need: int, pool: int) -> str:
    level = problem.sites.security[problem.pools.site[pool]]
    return f"security {level} < {problem.needs.security[need]}"


def _residency(problem: Problem, need: int, pool: int) -> str:  # noqa: ARG001 - one signature for all reasons
    return f"residency excludes zone {_site_zone(problem, pool)}"


def _latency(problem: Problem, need: int, pool: int) -> str:
    zones = problem.needs.zone[need], problem.sites.zone[problem.pools.site[pool]]
    latency_ms = problem.network.latency_ms[zones]
    limit_ms = number(problem.needs.max_latency_ms[need])
    if np.isnan(latency_ms):
        return f"latency unknown from {_need_zone(problem, need)} (limit {limit_ms} ms)"
    return f"latency {number(latency_ms)} ms > {limit_ms} ms"


def _hardware(problem: Problem, need: int, pool: int) -> str:
    hardware = problem.hardware.names[problem.pools.hardware[pool]]
    return f"{hardware} cannot run {problem.hardware.kind_names[problem.needs.kind[need]]}"


def _route(problem: Problem, need: int, pool: int) -> str:
    return f"no route from {_need_zone(problem, need)} to {_site_zone(problem, pool)}"


def _need_zone(problem: Problem, need: int) -> str:
    return problem.network.zone_names[int(problem.needs.zone[need])]


def _site_zone(problem: Problem, pool: int) -> str:
    return problem.network.zone_names[int(problem.sites.zone[problem.pools.site[pool]])]


_WORDS = {
    Exclusion.LABEL: _label,
    Exclusion.SECURITY: _security,
    Exclusion.RESIDENCY: _residency,
    Exclusion.LATENCY: _latency,
    Exclusion.HARDWARE: _hardware,
    Exclusion.ROUTE: _route,
}


@dataclass(frozen=True)
class OpenedPools:
    """A problem in which all work has a pool, as far as it can have one."""

    problem: Problem
    relaxations: tuple[Relaxation, ...]
    """What the workloads give up for it."""


def open_nearest_pools(problem: Problem, paths: WorkloadPaths) -> OpenedPools:
    """Open the nearest pool to all work that has none, where settings hold what excludes it."""
    homeless = problem.eligibility.efficiency.max(axis=1, initial=0.0) <= 0
    affected = has_to_be_done(problem) & homeless[problem.workloads.need]
    found: list[Relaxation] = []
    for need in np.unique(problem.workloads.need[affected]).tolist():
        members = np.flatnonzero(affected & (problem.workloads.need == need))
        miss = _nearest(problem, need)
        relaxation = miss.give_up(paths, members) if miss else None
        if miss and relaxation:
            found.append(relaxation)
            problem = replace(problem, needs=miss.widened())
    return OpenedPools(problem, tuple(found))


def _nearest(problem: Problem, need: int) -> _Miss | None:
    """Find the pool with the nearest miss; None where each lacks hardware, a route or a known latency."""
    exclusion = problem.eligibility.exclusion[need]
    size: Floats = np.zeros(problem.pools.size)
    for reason, weight in OPENABLE.items():
        size += np.where(exclusion & reason, weight, 0.0)
    latency_ms = problem.network.latency_ms[problem.needs.zone[need], problem.sites.zone[problem.pools.site]]
    too_far = (exclusion & Exclusion.LATENCY) > 0
    size += np.where(too_far, PER_MS * np.nan_to_num(latency_ms, nan=np.inf), 0.0)
    size[(exclusion & (Exclusion.HARDWARE | Exclusion.ROUTE)) > 0] = np.inf
    return _Miss(problem, need, int(size.argmin())) if np.isfinite(size.min(initial=np.inf)) else None


@dataclass(frozen=True, eq=False)
class _Miss:
    """A need and the pool that misses it least."""

    problem: Problem
    need: int
    pool: int

    @property
    def site(self) -> int:
        return int(self.problem.pools.site[self.pool])

    @property
    def latency_ms(self) -> float:
        zones = self.problem.needs.zone[self.need], self.problem.sites.zone[self.site]
        return float(self.problem.network.latency_ms[zones])

    def widened(self) -> Needs:
        """Let the need accept the pool."""
        needs, sites, need, site = self.problem.needs, self.problem.sites, self.need, self.site
        max_latency_ms, security = needs.max_latency_ms.copy(), needs.security.copy()
        labels, residency = needs.labels.copy(), needs.residency.copy()
        if not np.isnan(self.latency_ms):
            max_latency_ms[need] = max(max_latency_ms[need], self.latency_ms)
        security[need] = min(security[need], sites.security[site])
        labels[need] &= sites.labels[site]
        residency[need, sites.zone[site]] = True
        return replace(
            needs, max_latency_ms=max_latency_ms, security=security, labels=labels, residency=residency
        )

    def give_up(self, paths: WorkloadPaths, members: Ints) -> Relaxation | None:
        """Say what workloads give up for the pool; None where the config has no setting for it."""
        problem = self.problem
        reasons = list(Exclusion(int(problem.eligibility.exclusion[self.need, self.pool])))
        described = dict.fromkeys(paths.of[w] for w in members.tolist())
        found = [self._change(paths.settings, home, reason) for home in described for reason in reasons]
        changes = tuple(change for change in found if change)
        if len(changes) < len(found):
            return None
        words = ", ".join(map(self._words, reasons))
        statement = f"{problem.pools.names[self.pool]} is open to it with {words}"
        subject = workloads_named(problem.workloads.names, members)
        return Relaxation(KIND, subject, statement, float(len(reasons)), "rule", "", changes)

    def _change(self, settings: SettingPaths, home: str, reason: Exclusion) -> SettingChange | None:
        problem, needs = self.problem, self.problem.needs
        match reason:
            case Exclusion.LATENCY:
                was = float(needs.max_latency_ms[self.need])
                setting, old = settings.number(home, "max_latency", was, "ms"), yaml_number(was, "ms")
                value = yaml_number(self.latency_ms, "ms")
            case Exclusion.SECURITY:
                old, value = str(needs.security[self.need]), str(problem.sites.security[self.site])
                setting = settings.number(home, "security", float(old), "")
            case Exclusion.LABEL:
                kept = needs.labels[self.need] & problem.sites.labels[self.site]
                names = problem.sites.label_names
                setting, value = settings.words(home, "requires"), _chosen_names(names, kept)
                old = _chosen_names(names, needs.labels[self.need])
            case _:
                zones = self.widened().residency[self.need]
                names = problem.network.zone_names
                setting, value = settings.words(home, "residency"), _chosen_names(names, zones)
                old = _chosen_names(names, needs.residency[self.need])
        return change_setting(setting, value, old, self.widen) if setting else None

    def widen(self, problem: Problem) -> Problem:
        """Let a problem's need accept the pool."""
        return replace(problem, needs=replace(self, problem=problem).widened())

    def _words(self, reason: Exclusion) -> str:
        problem, needs, sites = self.problem, self.problem.needs, self.problem.sites
        match reason:
            case Exclusion.LATENCY:
                old = float(needs.max_latency_ms[self.need])
                return f"max_latency {number(self.latency_ms)} instead of {number(old)} ms"
            case Exclusion.SECURITY:
                return f"security {sites.security[self.site]} instead of {needs.security[self.need]}"
            case Exclusion.LABEL:
                missing = np.flatnonzero(needs.labels[self.need] & ~sites.labels[self.site])
                return f"requires without {', '.join(sites.label_names[b] for b in missing.tolist())}"
            case _:
                return f"residency also in {problem.network.zone_names[int(sites.zone[self.site])]}"


def _chosen_names(names: tuple[str, ...], chosen: Bools) -> str:
    return yaml_list(names[i] for i in np.flatnonzero(chosen).tolist())
