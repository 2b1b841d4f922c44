"""Work that no pool can take, and what excludes each pool."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby

import numpy as np

from computeplan.explain.obligation import has_to_be_done
from computeplan.explain.reason import Reason
from computeplan.explain.wording import listed, number, workloads_named
from computeplan.problem import Exclusion, Problem


def work_without_pool(problem: Problem) -> tuple[Reason, ...]:
    """Find the workloads that no pool can take.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    tuple of Reason
        One for all workloads that the same things exclude.
    """
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
            listed(lines),
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
