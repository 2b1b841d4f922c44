"""What all blocks of a plan are made from, computed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from computeplan.accounts.accounts import Accounts
from computeplan.folder.tables.work import WorkloadAccount, expand
from computeplan.problem import KG_PER_T, Floats, Goal, Ints, Problem
from computeplan.reports.charts import TimeAxis, Trace, scatter
from computeplan.reports.words import Words
from computeplan.runs.run import Run
from computeplan.solvers.plan import Solution
from computeplan.text import number


def objective_scale(problem: Problem) -> tuple[float, str]:
    """Give what an objective is divided by to be read, and its unit: a report has one unit of mass, t."""
    return (KG_PER_T, "t") if problem.objective.goal is Goal.CARBON else (1.0, problem.currency)


@dataclass(frozen=True, eq=False)
class PlanView:
    """A plan and what it is compared with."""

    run: Run
    solution: Solution
    """Of the run's plan."""
    words: Words
    policies: Mapping[str, Any] = field(default_factory=dict)
    """Simple policies that the plan was compared with, as its summary has them."""

    @property
    def problem(self) -> Problem:
        """The problem that was planned."""
        return self.run.plan.problem

    @property
    def accounts(self) -> Accounts:
        """Cost and emissions of the plan."""
        return self.solution.accounts

    @property
    def local(self) -> Solution | None:
        """The all-local plan, where there is one."""
        return self.run.baseline.plan.solution if self.run.baseline else None

    @cached_property
    def plans(self) -> dict[str, Accounts]:
        """The plan and the all-local plan, where there is one, by name."""
        local = {self.words("all_local"): self.local.accounts} if self.local else {}
        return {self.words("plan"): self.accounts, **local}

    @cached_property
    def account(self) -> WorkloadAccount:
        """What every workload does and is charged."""
        return self.run.account

    @cached_property
    def local_account(self) -> WorkloadAccount | None:
        """The same of the all-local plan."""
        if self.run.baseline is None or self.local is None:
            return None
        return expand(self.run.baseline.plan.problem, self.local)

    @cached_property
    def tiers(self) -> tuple[tuple[str, ...], Ints]:
        """Names of the tiers in the config's order, companies without one last, and each company's tier."""
        tiers = self.problem.companies.tiers
        order = sorted(dict.fromkeys(tiers), key=lambda tier: tier == "")
        place = {tier: number for number, tier in enumerate(order)}
        names = tuple(tier or self.words("no_tier") for tier in order)
        return names, np.array([place[tier] for tier in tiers], dtype=np.int64)

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Names of the places that the pools are numbered by: sites, with their hardware where it differs."""
        problem, pools = self.problem, self.problem.pools
        _, pool = np.unique(pools.place, return_index=True)
        sites, kinds = pools.site[pool].tolist(), pools.hardware[pool].tolist()
        return tuple(
            f"{problem.sites.names[site]} · {problem.hardware.names[kind]}"
            if sites.count(site) > 1
            else problem.sites.names[site]
            for site, kind in zip(sites, kinds, strict=True)
        )

    @cached_property
    def by_place_unit_h(self) -> Floats:
        """(W, places) work of every workload at each place; different hardware is not added up."""
        by_place: Floats = self.account.by_pool_unit_h @ np.eye(len(self.places))[self.problem.pools.place]
        return by_place

    def basis(self, basis: str | None = None) -> str:
        """Name a carbon basis; default: that of the objective."""
        return self.words(f"basis.{basis or self.problem.objective.basis}")

    @cached_property
    def axis(self) -> TimeAxis:
        """The time axis of all charts."""
        return TimeAxis.of(self.problem.horizon)

    def trace(self, name: str, values: Floats, **style: Any) -> Trace:
        """Make a series over time of a value a period."""
        return scatter(name, self.axis.places, self.axis.steps(values), **style)

    def note_of_times(self, key: str, axis: TimeAxis | None = None) -> str:
        """Give the note of a chart over time; steps longer than a period are said to be averages."""
        note, step_h = self.words(key), (axis or self.axis).step_h
        if step_h <= self.problem.horizon.period_h:
            return note
        return self.words.sentences(note, self.words("time_axis.means", hours=number(step_h)))
