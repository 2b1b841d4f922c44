"""Which work runs at another site than before, of which company."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from computeplan.plan.plan import Solution
from computeplan.plan.statements import company_statements
from computeplan.plan.tables import WorkloadAccount, expand
from computeplan.problem import Floats, Ints, Problem, sum_by

SAME = 1e-9
"""Share of a workload's work that counts as none."""

Side = tuple[Problem, Solution]


@dataclass(frozen=True)
class Move:
    """Work that runs at another site than before.

    Attributes
    ----------
    origin, target : str
        Sites.
    work_unit_h : float
    workloads : int
        How many of them have part in it.
    """

    origin: str
    target: str
    work_unit_h: float
    workloads: int


@dataclass(frozen=True)
class CompanyChange:
    """A company whose work moved.

    Attributes
    ----------
    company : str
    moved_unit_h : float
    cost_before, cost_after : float
    """

    company: str
    moved_unit_h: float
    cost_before: float
    cost_after: float


@dataclass(frozen=True)
class PlacementChanges:
    """Work that runs elsewhere, over the time that the horizon stands for.

    Attributes
    ----------
    moves : tuple of Move
        The largest first.
    companies : tuple of CompanyChange
        Those with moved work or another cost, most moved work first.
    new_unit_h, gone_unit_h : float
        Work that only the second or only the first plan does.
    """

    moves: tuple[Move, ...]
    companies: tuple[CompanyChange, ...]
    new_unit_h: float
    gone_unit_h: float


def placement_changes(before: Side, after: Side) -> PlacementChanges:
    """Find the work that runs at another site.

    What a workload does less at some sites is taken to have moved to those where it does more, from each
    to each in proportion; what is left over is gone or new.

    Parameters
    ----------
    before, after : (Problem, Solution)

    Returns
    -------
    PlacementChanges
    """
    sides = (before, after)
    accounts = [expand(problem, solution) for problem, solution in sides]
    names = _union(*(problem.workloads.names for problem, _ in sides))
    sites = _union(*(problem.sites.names for problem, _ in sides))
    work = [
        _by_name(problem, account, names, sites)
        for (problem, _), account in zip(sides, accounts, strict=True)
    ]
    lost, gained = _beyond_rounding(work[0] - work[1]), _beyond_rounding(work[1] - work[0])
    less, more = lost.sum(axis=1), gained.sum(axis=1)
    larger = np.maximum(less, more)
    share = np.divide(gained, larger[:, None], out=np.zeros_like(gained), where=larger[:, None] > 0)
    moved = np.minimum(less, more)
    new, gone = (np.where(rest > SAME * larger, rest, 0.0) for rest in (more - moved, less - moved))
    return PlacementChanges(
        moves=_moves(list(sites), lost, share),
        companies=_companies(sides, accounts, names, moved),
        new_unit_h=float(new.sum()),
        gone_unit_h=float(gone.sum()),
    )


def _union(one: Sequence[str], two: Sequence[str]) -> dict[str, int]:
    """Give every name a number."""
    return {name: number for number, name in enumerate(dict.fromkeys((*one, *two)))}


def _by_name(
    problem: Problem, account: WorkloadAccount, names: dict[str, int], sites: dict[str, int]
) -> Floats:
    """(workloads, sites) work by the numbers of the names."""
    work = np.zeros((len(names), len(sites)))
    rows = [names[name] for name in problem.workloads.names]
    columns = [sites[name] for name in problem.sites.names]
    work[np.ix_(rows, columns)] = account.statements.work_unit_h
    return work


def _beyond_rounding(difference: Floats) -> Floats:
    """Positive differences that are more than rounding of the workload's own."""
    scale = SAME * np.abs(difference).sum(axis=1, keepdims=True)
    return np.where(difference > np.maximum(scale, SAME), difference, 0.0)


def _moves(sites: list[str], lost: Floats, share: Floats) -> tuple[Move, ...]:
    """From (W, S) work lost and (W, S) share of it that each site gains."""
    flow, count = lost.T @ share, (lost > 0).T.astype(np.float64) @ (share > 0)
    origin, target = np.nonzero(flow)
    order = np.argsort(-flow[origin, target], kind="stable")
    return tuple(
        Move(sites[o], sites[t], float(flow[o, t]), int(count[o, t]))
        for o, t in zip(origin[order].tolist(), target[order].tolist(), strict=True)
    )


def _companies(
    sides: tuple[Side, Side], accounts: Sequence[WorkloadAccount], names: dict[str, int], moved: Floats
) -> tuple[CompanyChange, ...]:
    companies = _union(*(problem.companies.names for problem, _ in sides))
    owner = _owners(sides, names, companies)
    moved_by = sum_by(owner, moved, len(companies))
    cost = np.zeros((2, len(companies)))
    for row, (problem, _), account in zip(cost, sides, accounts, strict=True):
        rows = [companies[name] for name in problem.companies.names]
        row[rows] = company_statements(problem, account.statements).cost.total
    changed = (moved_by > 0) | ~np.isclose(cost[0], cost[1], rtol=SAME, atol=SAME)
    order = np.lexsort((-np.abs(cost[1] - cost[0]), -moved_by))
    known = list(companies)
    return tuple(
        CompanyChange(known[c], float(moved_by[c]), *cost[:, c].tolist())
        for c in order[changed[order]].tolist()
    )


def _owners(sides: tuple[Side, Side], names: dict[str, int], companies: dict[str, int]) -> Ints:
    """(workloads,) company of each workload; that of the second plan where it changed hands."""
    owner = np.zeros(len(names), dtype=np.int64)
    for problem, _ in sides:
        of_company = np.array([companies[name] for name in problem.companies.names], dtype=np.int64)
        rows = [names[name] for name in problem.workloads.names]
        owner[rows] = of_company[problem.workloads.company]
    return owner
