"""Plans made by hand: dense work, and energy that follows from it unless it is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from computeplan.accounts.accounts import Accounts
from computeplan.accounts.statements import Statements, workload_statements
from computeplan.audit import AuditReport, audit_plan
from computeplan.problem import (
    Decisions,
    Floats,
    Prices,
    Problem,
    Status,
    Term,
    WorkBlock,
    decisions_without_choices,
)


@dataclass(frozen=True, eq=False)
class Handmade:
    """A plan: work done (W, P, T) and left undone (W, T), and decisions."""

    problem: Problem
    done: Floats
    short: Floats
    decisions: Decisions

    def blocks(self) -> list[WorkBlock]:
        """Each workload in a block of its own, without the pools and periods it does not use."""
        return [self._block(w) for w in range(self.problem.workloads.size)]

    def _block(self, workload: int) -> WorkBlock:
        done, short = self.done[[workload]], self.short[[workload]]
        pools = np.flatnonzero(done.any(axis=(0, 2)))
        periods = np.flatnonzero(done.any(axis=(0, 1)) | short.any(axis=0))
        dense = done[:, pools][:, :, periods]
        return WorkBlock(np.array([workload]), pools, periods, dense, short[:, periods])

    def audit(
        self,
        prices: Prices | None = None,
        blocks: Sequence[WorkBlock] | None = None,
        **claims: float | Status,
    ) -> tuple[Accounts, AuditReport]:
        given = self.blocks() if blocks is None else blocks
        return audit_plan(self.problem, given, self.decisions, prices, **claims)

    def accounts(self) -> Accounts:
        return self.audit()[0]

    def report(self) -> AuditReport:
        return self.audit()[1]

    def statements(self) -> Statements:
        return workload_statements(self.problem, self.blocks(), self.decisions, self.accounts())

    def but(self, **arrays: Floats) -> Handmade:
        """The same plan with other decisions."""
        return replace(self, decisions=replace(self.decisions, **arrays))


def by_hand(
    problem: Problem,
    done: Sequence,
    *,
    short: Sequence | None = None,
    booked: Sequence[float] | None = None,
    contract: Sequence | None = None,
) -> Handmade:
    """A plan that draws from the grid what contracts do not supply."""
    work = np.array(done, float)
    left = np.zeros((work.shape[0], work.shape[2])) if short is None else np.array(short, float)
    units = np.zeros(problem.pools.size) if booked is None else np.array(booked, float)
    used = np.zeros_like(problem.contracts.available_kw) if contract is None else np.array(contract, float)
    grid = _facility_kwh(problem, work, units)
    for c, site in enumerate(problem.contracts.site):
        grid[site] -= used[c]
    decisions = decisions_without_choices(problem, booked_units=units, grid_kwh=grid, contract_kwh=used)
    return Handmade(problem, work, left, decisions)


def _facility_kwh(problem: Problem, work: Floats, booked: Floats) -> Floats:
    """(S, T), pool by pool."""
    pools, hardware, needs = problem.pools, problem.hardware, problem.workloads.need
    energy = np.zeros((problem.sites.size, problem.horizon.size))
    for p, h in enumerate(pools.hardware):
        efficiency = hardware.efficiency[problem.needs.kind[needs], h]
        load = (work[:, p] / np.where(efficiency > 0, efficiency, np.inf)[:, None]).sum(axis=0)
        units = {Term.OWNED: pools.max_units[p], Term.RESERVED: booked[p]}.get(Term(pools.term[p]), 0.0)
        idle_h = units * pools.availability[p] * problem.horizon.hours - load if units else 0.0
        kwh = hardware.busy_kw[h] * load + hardware.idle_kw[h] * idle_h
        energy[pools.site[p]] += problem.sites.pue[pools.site[p]] * kwh
    return energy


def no_prices(problem: Problem) -> Prices:
    """Prices of 0 for everything."""
    per_pool = np.zeros((problem.pools.size, problem.horizon.size))
    per_site = np.zeros((problem.sites.size, problem.horizon.size))
    return Prices(
        load=per_pool,
        rent=per_pool,
        energy=per_site,
        peak=per_site,
        link=np.zeros((problem.network.links, problem.horizon.size)),
        cap=np.zeros((problem.caps.size, problem.horizon.size)),
        carbon=0.0,
        cover=per_site,
        surplus=np.zeros(problem.sites.size),
        budget=0.0,
        rule=np.zeros(problem.rules.size),
        renewable=np.zeros(problem.sites.size),
        offer=np.zeros_like(problem.contracts.available_kw),
        lease=np.zeros((problem.network.links, problem.horizon.size)),
        storage=np.zeros((problem.batteries.size, problem.horizon.size)),
    )
