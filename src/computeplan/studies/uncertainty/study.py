"""A plan for several scenarios: what to decide before one comes, what follows from it, and its proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from computeplan.accounts.decisions import Decision, DecisionKind, list_decisions
from computeplan.config import UncertaintySection
from computeplan.folder.summary import number
from computeplan.problem import KG_PER_T, Floats, Problem, Status, sum_by
from computeplan.solvers.plan import Plan
from computeplan.studies.uncertainty.evaluation import costs_of
from computeplan.studies.uncertainty.risk import Risk
from computeplan.vocabulary import FirstDecision, PlanForm

NOTHING = 1e-6
"""Share of an amount that is rounding."""

KINDS: Mapping[FirstDecision, DecisionKind] = {
    FirstDecision.OPENINGS: DecisionKind.OPEN,
    FirstDecision.NEW_UNITS: DecisionKind.ADD,
    FirstDecision.BOOKINGS: DecisionKind.BOOK,
    FirstDecision.CONTRACTS: DecisionKind.CONTRACT,
    FirstDecision.LEASES: DecisionKind.LEASE,
}
"""What each kind of shared decision is called among all decisions of a plan."""


@dataclass(frozen=True, eq=False)
class ReferencePlans:
    """What the plan is compared with; arrays are (S,), by scenario."""

    alone: Floats
    """Cost of each scenario if it is known beforehand."""
    mean: Floats | None
    """Cost with the shared decisions that are best for the mean of all numbers, inf where they do not do;
    absent where the mean has no meaning or plan."""
    own: Floats | None
    """(S, S) cost of each scenario (column) with the decisions that are best for another (row); inf where
    they do not do. Absent where there are too many to try."""
    least: Mapping[tuple[DecisionKind, str], float]
    most: Mapping[tuple[DecisionKind, str], float]
    """Least and most of each decision over the plans of scenarios that are known beforehand."""


@dataclass(frozen=True, eq=False)
class SharedDecision:
    """A decision that is the same in all scenarios."""

    decision: Decision
    """In the first scenario."""
    expected_cost: float
    least: float | None
    most: float | None
    """What would be decided if each scenario were known; absent where that was not sought."""

    @property
    def is_same(self) -> bool:
        """Whether it would be the same if each scenario were known."""
        amount = self.decision.amount
        known = (self.least, self.most)
        return all(each is not None and abs(each - amount) <= NOTHING * max(1.0, amount) for each in known)


@dataclass(frozen=True, eq=False)
class UncertaintyStudy:
    """A plan whose shared decisions are the same in all scenarios."""

    section: UncertaintySection
    names: tuple[str, ...]
    """Scenarios that may come."""
    problems: tuple[Problem, ...]
    """Of each scenario."""
    risk: Risk
    status: Status
    method: PlanForm
    """How it was found."""
    outcomes: tuple[Plan, ...]
    """Best plan of each scenario with the shared decisions; empty without a plan."""
    bound: float | None
    """No shared decisions are better, recomputed from prices; of whole numbers the solver's."""
    comparison: ReferencePlans | None
    impossible: tuple[str, ...]
    """Scenarios that have no plan even alone."""
    rounds: int
    times_s: Mapping[str, float]

    def __repr__(self) -> str:
        count = len(self.names)
        return f"UncertaintyStudy({self.problems[0].name}: {self.status}, {count} scenarios)"

    @property
    def passed(self) -> bool:
        """Whether there is a plan and every scenario's plan passed its audit."""
        return bool(self.outcomes) and all(
            outcome.solution is not None and outcome.solution.audit.passed for outcome in self.outcomes
        )

    @property
    def costs(self) -> Floats:
        """(S,) cost of each scenario, carbon at its price and shortfall penalty included."""
        return costs_of(self.outcomes)

    @property
    def value(self) -> float:
        """What is minimized: the risk measure of the costs; inf without a plan."""
        return self.risk.value(self.costs) if self.outcomes else np.inf

    @property
    def expected(self) -> float:
        """Mean cost over the scenarios; inf without a plan."""
        return float(self.risk.probability @ self.costs) if self.outcomes else np.inf

    @property
    def gap(self) -> float | None:
        """(value − bound) / |bound|; absent without a bound, or where it is 0."""
        return None if not self.bound else (self.value - self.bound) / abs(self.bound)

    @property
    def value_of_knowing(self) -> float | None:
        """What it would save to know the scenario beforehand (EVPI); absent where that was not sought."""
        return None if self.comparison is None else self.value - self.risk.value(self.comparison.alone)

    @property
    def value_of_scenarios(self) -> float | None:
        """What it saves to plan for all scenarios instead of their mean (VSS); inf where that plan fails."""
        if self.comparison is None or self.comparison.mean is None:
            return None
        return self.risk.value(self.comparison.mean) - self.value

    @property
    def regret(self) -> Floats | None:
        """(S,) what each scenario costs more than if it had been known."""
        return None if self.comparison is None else self.costs - self.comparison.alone

    def decisions(self) -> tuple[SharedDecision, ...]:
        """List what is decided now, the same in all scenarios."""
        if not self.outcomes:
            return ()
        kinds = {KINDS[kind] for kind in self.section.decide_first if kind in KINDS}
        listed = [
            [each for each in _list(problem, outcome) if each.kind in kinds and not _is_given(problem, each)]
            for problem, outcome in zip(self.problems, self.outcomes, strict=True)
        ]
        compared = self.comparison
        return tuple(
            SharedDecision(
                same[0],
                float(self.risk.probability @ [each.cost for each in same]),
                compared.least.get(same[0].key) if compared else None,
                compared.most.get(same[0].key) if compared else None,
            )
            for same in zip(*listed, strict=True)
        )

    def placements(self) -> dict[str, float]:
        """Give the mean share of the fixed work that each pool does, where placements are shared."""
        if FirstDecision.FIXED_PLACEMENTS not in self.section.decide_first or not self.outcomes:
            return {}
        done = sum(
            weight * _fixed_work(problem, outcome)
            for weight, problem, outcome in zip(
                self.risk.probability, self.problems, self.outcomes, strict=True
            )
        )
        total = float(np.sum(done))
        shares = np.asarray(done) / total if total else np.zeros(self.problems[0].pools.size)
        pools = zip(self.problems[0].pools.names, shares.tolist(), strict=True)
        return {name: share for name, share in pools if share > 0}

    def scenarios(self) -> list[dict[str, Any]]:
        """List what comes in each scenario, in plain data."""
        if not self.outcomes:
            return []
        regret, compared = self.regret, self.comparison
        return [
            {
                "scenario": name,
                "probability": float(self.risk.probability[at]),
                **_amounts(problem, outcome),
                "known_beforehand": number(compared.alone[at]) if compared else None,
                "regret": None if regret is None else number(regret[at]),
                "plan_for_the_mean": number(compared.mean[at])
                if compared is not None and compared.mean is not None
                else None,
            }
            for at, (name, problem, outcome) in enumerate(
                zip(self.names, self.problems, self.outcomes, strict=True)
            )
        ]

    def summary(self) -> dict[str, Any]:
        """Summarize the plan; numbers that are not there are null."""
        problem, found = self.problems[0], bool(self.outcomes)
        own = self.comparison.own if self.comparison is not None else None
        saved = self.value_of_scenarios if found else None
        return {
            "name": problem.name,
            "status": self.status.value,
            "currency": problem.currency,
            "method": self.method.value,
            "rounds": self.rounds,
            "risk": {key: getattr(value, "value", value) for key, value in self.section.risk},
            "objective": number(self.value) if found else None,
            "expected_cost": number(self.expected) if found else None,
            "bound": number(self.bound),
            "gap": number(self.gap) if found else None,
            "audit_passed": self.passed,
            "impossible": list(self.impossible),
            "value_of_knowing": number(self.value_of_knowing) if found else None,
            "value_of_scenarios": None if saved is None else number(saved),
            "mean_plan_fails": saved == np.inf,
            "decisions": [_decision_row(each) for each in self.decisions()],
            "placements": self.placements(),
            "scenarios": self.scenarios(),
            "regret_matrix": self._regret_matrix(own),
        }

    def _regret_matrix(self, own: Floats | None) -> list[dict[str, Any]]:
        """List the regret of the decisions that are best for each scenario, in every scenario."""
        if own is None or self.comparison is None:
            return []
        regrets = own - self.comparison.alone
        return [
            {
                "decided_for": name,
                "regret": dict(zip(self.names, map(number, regrets[row].tolist()), strict=True)),
            }
            for row, name in enumerate(self.names)
        ]


def _list(problem: Problem, outcome: Plan) -> tuple[Decision, ...]:
    """List all decisions of a plan."""
    solution = outcome.solution
    return list_decisions(problem, solution.decisions, solution.accounts) if solution else ()


def _is_given(problem: Problem, decision: Decision) -> bool:
    """Whether nothing is chosen: the power of a contract that is there."""
    if decision.kind is not DecisionKind.CONTRACT:
        return False
    contract = problem.contracts.names.index(decision.name)
    return not problem.contracts.max_chosen_kw[contract] > 0


def ranges_of(
    problems: tuple[Problem, ...], outcomes: tuple[Plan, ...]
) -> tuple[dict[tuple[DecisionKind, str], float], dict[tuple[DecisionKind, str], float]]:
    """Find the least and the most of each decision over some plans."""
    least: dict[tuple[DecisionKind, str], float] = {}
    most: dict[tuple[DecisionKind, str], float] = {}
    for problem, outcome in zip(problems, outcomes, strict=True):
        for each in _list(problem, outcome):
            least[each.key] = min(least.get(each.key, each.amount), each.amount)
            most[each.key] = max(most.get(each.key, each.amount), each.amount)
    return least, most


def _fixed_work(problem: Problem, outcome: Plan) -> Floats:
    """(P,) work of fixed workloads that each pool does, over real time."""
    if outcome.solution is None:
        return np.zeros(problem.pools.size)
    allocation = outcome.solution.allocation
    work, register = allocation.work, allocation.grouping.problem.workloads
    fixed = register.is_fixed[work.workload]
    unit_h = (work.unit_h * problem.horizon.weight[work.period])[fixed]
    return sum_by(work.pool[fixed], unit_h, problem.pools.size)


def _amounts(problem: Problem, outcome: Plan) -> dict[str, float | None]:
    """Give what a scenario's plan costs, emits and leaves undone."""
    names = ("cost", "objective", "emissions_t", "shortfall_unit_h", "shortfall_penalty")
    if outcome.solution is None:
        return dict.fromkeys(names)
    accounts = outcome.solution.accounts
    values = (
        accounts.cost.total,
        accounts.objective,
        accounts.emissions_kg.on(problem.objective.basis) / KG_PER_T,
        accounts.shortfall_unit_h,
        accounts.shortfall_penalty,
    )
    return dict(zip(names, map(number, values), strict=True))


def _decision_row(shared: SharedDecision) -> dict[str, Any]:
    decision = asdict(shared.decision)
    kept = ("kind", "name", "site", "item", "amount", "unit")
    return {
        **{key: decision[key] for key in kept},
        "expected_cost": number(shared.expected_cost),
        "least_if_known": shared.least,
        "most_if_known": shared.most,
    }
