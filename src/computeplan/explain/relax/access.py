"""Which pool to open to work that none is open to.

Eligibility has no amounts, so it is no part of the elastic program: the nearest miss is opened before,
a longer latency rather than a lower security level, that rather than fewer labels or more zones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from computeplan.config import SettingPaths
from computeplan.explain.obligation import has_to_be_done
from computeplan.explain.relax.answer import Homes
from computeplan.explain.relax.suggestion import Change, Relaxation, yaml_list, yaml_number
from computeplan.explain.wording import number, workloads_named
from computeplan.problem import Bools, Exclusion, Floats, Ints, Needs, Problem

KIND = "access"
OPENABLE = {
    Exclusion.LATENCY: 1.0,
    Exclusion.SECURITY: 1e3,
    Exclusion.LABEL: 1e4,
    Exclusion.RESIDENCY: 1e5,
}
"""What a workload can give up, and how far a miss it is."""
PER_MS = 1e-6
"""How far a miss a millisecond is, beside."""


@dataclass(frozen=True)
class Access:
    """A problem in which all work has a pool, as far as it can have one.

    Attributes
    ----------
    problem : Problem
    relaxations : tuple of Relaxation
        What the workloads give up for it.
    """

    problem: Problem
    relaxations: tuple[Relaxation, ...]


def opened(problem: Problem, homes: Homes) -> Access:
    """Open the nearest pool to all work that has none.

    Parameters
    ----------
    problem : Problem
    homes : Homes
        Work without a setting of what excludes it keeps its needs.
    """
    homeless = problem.eligibility.efficiency.max(axis=1, initial=0.0) <= 0
    affected = has_to_be_done(problem) & homeless[problem.workloads.need]
    found: list[Relaxation] = []
    for need in np.unique(problem.workloads.need[affected]).tolist():
        members = np.flatnonzero(affected & (problem.workloads.need == need))
        miss = _nearest(problem, need)
        told = miss.given_up(homes, members) if miss else None
        if miss and told:
            found.append(told)
            problem = replace(problem, needs=miss.widened())
    return Access(problem, tuple(found))


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

    def given_up(self, homes: Homes, members: Ints) -> Relaxation | None:
        """Say what workloads give up for the pool; None where the config cannot be told so."""
        problem = self.problem
        reasons = list(Exclusion(int(problem.eligibility.exclusion[self.need, self.pool])))
        paths = dict.fromkeys(homes.of[w] for w in members.tolist())
        found = [self._change(homes.settings, home, reason) for home in paths for reason in reasons]
        changes = tuple(change for change in found if change)
        if len(changes) < len(found):
            return None
        words = ", ".join(map(self._words, reasons))
        statement = f"{problem.pools.names[self.pool]} is open to it with {words}"
        subject = workloads_named(problem.workloads.names, members)
        return Relaxation(KIND, subject, statement, float(len(reasons)), "rule", "", changes)

    def _change(self, settings: SettingPaths, home: str, reason: Exclusion) -> Change | None:
        problem, needs = self.problem, self.problem.needs
        match reason:
            case Exclusion.LATENCY:
                old = float(needs.max_latency_ms[self.need])
                setting = settings.number(home, "max_latency", old, "ms")
                value = yaml_number(self.latency_ms, "ms")
            case Exclusion.SECURITY:
                setting = settings.number(home, "security", float(needs.security[self.need]), "")
                value = str(int(problem.sites.security[self.site]))
            case Exclusion.LABEL:
                kept = needs.labels[self.need] & problem.sites.labels[self.site]
                names = problem.sites.label_names
                setting, value = settings.words(home, "requires"), _names(names, kept)
            case _:
                zones = self.widened().residency[self.need]
                names = problem.network.zone_names
                setting, value = settings.words(home, "residency"), _names(names, zones)
        return Change(setting.path, value) if setting else None

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


def _names(names: tuple[str, ...], chosen: Bools) -> str:
    return yaml_list(names[i] for i in np.flatnonzero(chosen).tolist())
