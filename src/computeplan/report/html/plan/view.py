"""What all sections of a plan's report look at, computed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from computeplan.api import Run
from computeplan.plan.accounting import Accounts
from computeplan.plan.plan import Solution
from computeplan.plan.tables.expanded import WorkloadAccount, expand
from computeplan.problem import Ints, Problem
from computeplan.report.html.clock import TimeAxis
from computeplan.report.html.words import Words


@dataclass(frozen=True, eq=False)
class PlanView:
    """A plan with what it is compared with.

    Attributes
    ----------
    run : Run
    solution : Solution
        Of the run's plan.
    provenance : mapping
        What the plan folder says of its origin.
    policies : mapping
        Simple policies that the plan was compared with, as its summary has them.
    words : Words
    """

    run: Run
    solution: Solution
    provenance: Mapping[str, Any]
    policies: Mapping[str, Any]
    words: Words

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
    def account(self) -> WorkloadAccount:
        """What every workload does and is charged."""
        return expand(self.problem, self.solution)

    @cached_property
    def local_account(self) -> WorkloadAccount | None:
        """The same of the all-local plan."""
        if self.run.baseline is None or self.local is None:
            return None
        return expand(self.run.baseline.plan.problem, self.local)

    @cached_property
    def tiers(self) -> tuple[tuple[str, ...], Ints]:
        """Names of the tiers in the config's order, none last, and the tier of each company."""
        tiers = self.problem.companies.tiers
        order = sorted(dict.fromkeys(tiers), key=lambda tier: tier == "")
        place = {tier: number for number, tier in enumerate(order)}
        names = tuple(tier or self.words("no_tier") for tier in order)
        return names, np.array([place[tier] for tier in tiers], dtype=np.int64)

    def timed(self, note: str) -> str:
        """Add to a chart's note over how much time it shows means, where that is more than a period.

        Parameters
        ----------
        note : str
        """
        if self.axis.step_h <= self.problem.horizon.period_h:
            return note
        return f"{note} {self.words('clock.means', hours=f'{self.axis.step_h:g}')}"

    @cached_property
    def axis(self) -> TimeAxis:
        """The time axis of all charts."""
        return TimeAxis.of(self.problem.horizon)
