"""Random problems of everything that the model has, together, against the independent oracle.

``make fuzz`` plans new ones for ten minutes, or for as many as MINUTES says, and prints how many there were
and how many differed from the oracle; ``COMPUTEPLAN_FUZZ_SEED`` repeats a run.
"""

from __future__ import annotations

import os
import secrets
import warnings
from dataclasses import dataclass, replace
from time import monotonic

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from builders import Case, Site
from computeplan.problem import Goal
from computeplan.solvers import SolverOptions
from computeplan.solvers.plan import Plan
from computeplan.solvers.planner import plan
from fuzz.test_fuzz_loader import MINUTES
from reference.model import Answer, solve_reference
from scaling import scaled
from strategies import cases, crowds, quarters, seldom
from test_reference import check_accounts, check_work, reductions
from whole_cases import integer_cases, whole_cases

UNITS = [1e-6, 1e-3, 1.0, 1.0, 1.0, 1e3, 1e6]
LIMIT_S = 10.0
"""A solver that needs longer for so small a problem is stopped; what it found so far is not compared."""
ROUND = settings(
    max_examples=50 if MINUTES else 8,
    phases=[Phase.generate],
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Count:
    """Problems planned, how they ended, and what differed from the oracle."""

    problems: int = 0
    whole: int = 0
    planned: int = 0
    differences: list[str] = ()

    def __str__(self) -> str:
        return (
            f"{self.problems:,} problems ({self.whole:,} in whole numbers, {self.planned:,} with a plan), "
            f"{len(self.differences):,} differences from the oracle"
        )


@st.composite
def everything(draw: st.DrawFn) -> Case:
    """A case of any kind, now and then with negative prices, in which losses pay."""
    case = draw(st.one_of(integer_cases(), whole_cases("battery"), whole_cases(), crowds(), cases()))
    return case.but(sites=[draw(_paid(site)) for site in case.sites])


def _paid(site: Site) -> st.SearchStrategy[Site]:
    changes = st.fixed_dictionaries({"price": quarters(-2, 2)}) | st.fixed_dictionaries(
        {"price": quarters(0, 4)}
    )
    return seldom(site, changes.map(lambda change: replace(site, **change)))


def differences(made: Plan, answer: Answer, money_unit: float) -> list[str]:
    """What is not as the oracle says, of a plan in units where costs are so many times the oracle's."""
    money = money_unit if made.problem.objective.goal is Goal.COST else 1.0
    if made.status is not answer.status:
        return [f"{made.status}, not {answer.status}"]
    if made.solution is None:
        return []
    audit = made.solution.audit
    found = [] if audit.passed else [f"audit: {audit.notes}"]
    if audit.objective / money != pytest.approx(answer.objective, rel=1e-5, abs=1e-5):
        found.append(f"objective {audit.objective / money:.10g}, not {answer.objective:.10g}")
    cost = made.solution.accounts.cost.total / money_unit
    cheapest = made.problem.objective.goal is Goal.COST or cost == pytest.approx(answer.cost, 1e-4, 1e-4)
    return found if cheapest else [*found, f"cost {cost:.10g}, not {answer.cost:.10g}"]


def compare(
    case: Case, units: tuple[float, float, float], solver: str, reduction: object
) -> tuple[Plan, list[str]]:
    """Plan a case in some units and compare it with the oracle's answer in plain ones."""
    money, power, work = units
    odd = scaled(case, money=money, power=power, work=work)
    made = plan(odd.problem(), SolverOptions(name=solver, time_limit_s=LIMIT_S), reduction)
    if "limit" in made.solver.detail.lower():
        return made, []
    found = differences(made, solve_reference(case.problem()), money)
    if not found and made.solution is not None and units == (1.0, 1.0, 1.0):
        try:
            check_accounts(made)
            # Work that is read to eight digits, or whole numbers, may just not fit when it is held.
            if solver == "highs" and not made.problem.has_integers:
                check_work(made)
        except AssertionError as error:
            found.append(f"accounts or work: {error}")
    return made, found


def test_random_problems_are_planned_as_the_oracle_does():
    end, count = monotonic() + 60 * MINUTES, Count(differences=[])
    start = int(os.environ.get("COMPUTEPLAN_FUZZ_SEED", secrets.randbelow(10**6) if MINUTES else 7))

    def one_round(number: int) -> None:
        @seed(number)
        @ROUND
        @given(
            everything(),
            st.just((1.0, 1.0, 1.0)) | st.tuples(*[st.sampled_from(UNITS)] * 3),
            st.sampled_from(["highs", "highs", "cbc"]),
            reductions,
        )
        def one(case, units, solver, reduction):
            made, found = compare(case, units, solver, reduction)
            count.problems += 1
            count.whole += made.problem.has_integers
            count.planned += made.solution is not None
            if found:
                text = f"{found} of seed {number}: {solver}, {reduction!r}, units {units}: {case!r}"
                count.differences.append(text)
                print(text)  # noqa: T201 - a problem to repeat

        one()

    rounds = 0
    with warnings.catch_warnings():
        while not rounds or monotonic() < end:
            one_round(start + rounds)
            rounds += 1
    print(count)  # noqa: T201 - the figure of the run
    assert not count.differences
