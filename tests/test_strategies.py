"""The random cases are worth solving: most can be served, and together they reach every feature."""

from __future__ import annotations

from collections import Counter
from functools import partial

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings

from builders import Case, Demand, Job
from computeplan.grouping import merge
from computeplan.problem import CarbonBasis, Goal, HorizonEnd, Problem, Status, Term
from reference.model import Answer, solve_reference
from strategies import cases

EXAMPLES = 120


@pytest.fixture(scope="module")
def seen() -> Counter[str]:
    """How many cases have each feature, and how many end in each status."""
    counts: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES, database=None)
    @given(cases())
    def look(case: Case) -> None:
        problem = case.problem()
        answer = solve_reference(problem)
        counts.update([answer.status])
        if answer.status is Status.OPTIMAL:
            counts.update(name for name, holds in features(case, problem, answer).items() if holds)

    look()
    return counts


def features(case: Case, problem: Problem, answer: Answer) -> dict[str, bool]:
    grid, used, booked = (
        answer.decisions.grid_kwh,
        answer.decisions.used_kwh,
        answer.decisions.booked_units,
    )
    site_of, works = problem.pools.site, answer.done.sum(axis=(0, 2)) > 1e-6
    at_limit = np.isclose(grid, problem.grid.import_limit_kw[:, None] * case.period_h)
    demands = [w for w in case.workloads if isinstance(w, Demand)]
    moved = problem.network.route[problem.needs.zone[problem.workloads.need]][:, problem.sites.zone]
    hops = moved.sum(axis=2)[:, site_of][answer.done.sum(axis=2) > 1e-6]
    return {
        "goal carbon": case.goal is Goal.CARBON,
        "cyclic": case.end is HorizonEnd.CYCLIC,
        "two blocks": len(case.blocks) > 1,
        "two months": max(case.months) > 0,
        "quarter hours": case.period_h == 0.25,
        "shortfall": bool((answer.short > 1e-6).any()),
        "job": any(isinstance(w, Job) for w in case.workloads),
        "job of limited rate": any(isinstance(w, Job) and np.isfinite(w.max_rate) for w in case.workloads),
        "fixed": any(w.fixed for w in demands),
        "fixed with data": any(w.fixed and w.data > 0 for w in demands),
        "deferral": any(w.max_delay > 0 for w in demands),
        "fractional delay": any(w.max_delay % case.period_h for w in demands),
        "merged": merge(problem).size < len(case.workloads),
        "rented": bool(works[problem.pools.term == Term.ON_DEMAND].any()),
        "booked": bool((booked > 1e-6).any()),
        "several pools at work": works.sum() > 1,
        "split workload": bool(((answer.done > 1e-6).sum(axis=1) > 1).any()),
        "import limit binds": bool(at_limit.any()),
        "contract used": bool((used > 1e-6).any()),
        "contract energy sold": bool((answer.decisions.sold_kwh > 1e-6).any()),
        "take-or-pay on market basis": case.basis is CarbonBasis.MARKET
        and any(c.take_or_pay for c in case.contracts),
        "negative price paid": bool(((problem.grid.price < 0) & (grid > 1e-6)).any()),
        "work over two links": bool((hops >= 2).any()),
        "cap": bool(case.caps),
        "carbon cap": np.isfinite(case.carbon_cap),
        "carbon price": case.carbon_price > 0 and case.goal is Goal.COST,
    }


def test_most_cases_can_be_served_and_some_cannot(seen):
    assert seen[Status.OPTIMAL] > 0.6 * EXAMPLES
    assert seen[Status.INFEASIBLE] > 0.05 * EXAMPLES


def test_every_feature_is_reached(seen):
    """What none of them happens to have is searched for: which are drawn differs between machines."""
    case = Case(months=(0, 0, 0))
    names = features(case, case.problem(), solve_reference(case.problem()))
    for name in names:
        if not seen[name]:
            find(cases(), partial(has, name), settings=SEARCH)


SEARCH = settings(max_examples=20 * EXAMPLES, database=None, phases=[Phase.generate])
"""What is found need not be small."""


def has(name: str, case: Case) -> bool:
    problem = case.problem()
    answer = solve_reference(problem)
    return answer.status is Status.OPTIMAL and features(case, problem, answer)[name]
