"""Which pool to open to work that none is open to.

Eligibility has no amounts, so it is no part of the elastic program: the nearest miss is opened before,
a longer latency rather than a lower security level, that rather than fewer labels or more zones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from computeplan.config import Setting
from computeplan.explain.answer import Homes
from computeplan.explain.obligation import has_to_be_done
from computeplan.explain.suggestion import Change, Relaxation, yaml_list, yaml_number
from computeplan.explain.wording import number, workloads_named
from computeplan.problem import Bools, Exclusion, Floats, Ints, Needs, Problem

KIND = "access"
OPENABLE = {
    Exclusion.LATENCY: 1.0,
    Exclusion.SECURITY: 1e3,
    Exclusion.LABEL: 1e4,
    Exclusion.RESIDENCY: 1e5,
}
"""What a workload can give up, and how far a miss it is; ms of latency count beside."""


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
        pool = _nearest(problem, need)
        if pool is not None:
            told = _given_up(problem, homes, need, pool, members)
            if told is not None:
                found.append(told)
                problem = replace(problem, needs=_widened(problem, need, pool))
    return Access(problem, tuple(found))


def _nearest(problem: Problem, need: int) -> int | None:
    """Find the pool with the nearest miss; None where each lacks hardware, a route or a known latency."""
    exclusion = problem.eligibility.exclusion[need]
    miss: Floats = np.zeros(problem.pools.size)
    for reason, weight in OPENABLE.items():
        miss += np.where(exclusion & reason, weight, 0.0)
    latency_ms = _latency_ms(problem, need)
    too_far: Bools = (exclusion & Exclusion.LATENCY) > 0
    miss += np.where(too_far, 1e-6 * np.nan_to_num(latency_ms, nan=np.inf), 0.0)
    closed = (exclusion & (Exclusion.HARDWARE | Exclusion.ROUTE)) > 0
    miss[closed | (too_far & np.isnan(latency_ms))] = np.inf
    best = int(miss.argmin()) if len(miss) else 0
    return best if len(miss) and np.isfinite(miss[best]) else None


def _latency_ms(problem: Problem, need: int) -> Floats:
    """(P,) latency from the need's zone to each pool."""
    zones = problem.sites.zone[problem.pools.site]
    latency: Floats = problem.network.latency_ms[problem.needs.zone[need], zones]
    return latency


def _widened(problem: Problem, need: int, pool: int) -> Needs:
    """Let a need accept a pool."""
    needs, site = problem.needs, int(problem.pools.site[pool])
    max_latency_ms, security = needs.max_latency_ms.copy(), needs.security.copy()
    labels, residency = needs.labels.copy(), needs.residency.copy()
    latency_ms = _latency_ms(problem, need)[pool]
    if not np.isnan(latency_ms):
        max_latency_ms[need] = max(max_latency_ms[need], latency_ms)
    security[need] = min(security[need], problem.sites.security[site])
    labels[need] &= problem.sites.labels[site]
    residency[need, problem.sites.zone[site]] = True
    return replace(
        needs, max_latency_ms=max_latency_ms, security=security, labels=labels, residency=residency
    )


def _given_up(problem: Problem, homes: Homes, need: int, pool: int, members: Ints) -> Relaxation | None:
    """Say what workloads give up for a pool; None where the config cannot be told so."""
    exclusion = Exclusion(int(problem.eligibility.exclusion[need, pool]))
    changes: list[Change] = []
    for home in dict.fromkeys(homes.of[w] for w in members.tolist()):
        for reason in exclusion:
            setting, value = _set(problem, homes, home, reason, need, pool)
            if setting is None:
                return None
            changes.append(Change(setting.path, value))
    words = ", ".join(_told(problem, reason, need, pool) for reason in exclusion)
    subject = workloads_named(problem.workloads.names, members)
    statement = f"{problem.pools.names[pool]} is open to it with {words}"
    return Relaxation(KIND, subject, statement, float(len(exclusion)), "rule", "", tuple(changes))


def _set(
    problem: Problem, homes: Homes, home: str, reason: Exclusion, need: int, pool: int
) -> tuple[Setting | None, str]:
    settings, needs, site = homes.settings, problem.needs, int(problem.pools.site[pool])
    match reason:
        case Exclusion.LATENCY:
            old, new = float(needs.max_latency_ms[need]), float(_latency_ms(problem, need)[pool])
            return settings.number(home, "max_latency", old, "ms"), yaml_number(new, "ms")
        case Exclusion.SECURITY:
            old = float(needs.security[need])
            return settings.number(home, "security", old, ""), str(int(problem.sites.security[site]))
        case Exclusion.LABEL:
            kept = needs.labels[need] & problem.sites.labels[site]
            names = [problem.sites.label_names[b] for b in np.flatnonzero(kept).tolist()]
            return settings.words(home, "requires"), yaml_list(names)
        case _:
            zones = needs.residency[need].copy()
            zones[problem.sites.zone[site]] = True
            names = [problem.network.zone_names[z] for z in np.flatnonzero(zones).tolist()]
            return settings.words(home, "residency"), yaml_list(names)


def _told(problem: Problem, reason: Exclusion, need: int, pool: int) -> str:
    needs, site = problem.needs, int(problem.pools.site[pool])
    match reason:
        case Exclusion.LATENCY:
            new, old = float(_latency_ms(problem, need)[pool]), float(needs.max_latency_ms[need])
            return f"max_latency {number(new)} instead of {number(old)} ms"
        case Exclusion.SECURITY:
            return f"security {problem.sites.security[site]} instead of {needs.security[need]}"
        case Exclusion.LABEL:
            missing = np.flatnonzero(needs.labels[need] & ~problem.sites.labels[site])
            names = ", ".join(problem.sites.label_names[b] for b in missing.tolist())
            return f"requires without {names}"
        case _:
            return f"residency also in {problem.network.zone_names[int(problem.sites.zone[site])]}"
