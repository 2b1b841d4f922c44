"""The elastic program asks for relief exactly where there is no plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from builders import Case, Demand, Job, Pool, reserved
from computeplan.grouping import merge
from computeplan.lp import build
from computeplan.lp.elastic import Relaxable, soften
from computeplan.problem import HorizonEnd, Status
from computeplan.problem.limits import LimitKind
from computeplan.solvers import Method, SolverOptions, find_infeasible_subsystem, has_solution, solve
from computeplan.solvers.planner import plan
from strategies import cases, examples


def elastic_of(case):
    grouping = merge(case.problem())
    return soften(grouping, Relaxable(*np.ones((5, grouping.size), dtype=bool)))


def solved(elastic, kinds):
    return solve(elastic.only(kinds), SolverOptions())


@examples(40)
@given(cases())
def test_relief_is_needed_exactly_where_there_is_no_plan(case):
    elastic, possible = elastic_of(case), plan(case.problem()).status is not Status.INFEASIBLE
    assert solved(elastic, ()).status.has_plan == possible
    result = solved(elastic, elastic.reliefs)
    if possible:
        assert result.objective == pytest.approx(0, abs=1e-6)
    elif result.status.has_plan:
        assert result.objective > 1e-6


@examples(40)
@given(cases())
def test_what_does_not_touch_the_conflict_is_no_way_out(case):
    elastic = elastic_of(case)
    result = solved(elastic, elastic.reliefs)
    if result.values is None or result.objective < 1e-6:
        return
    for kind in elastic.reliefs:
        if not elastic.may_help(kind, result.row_duals):
            assert solved(elastic, {kind}).status is Status.INFEASIBLE, kind


def relief(elastic, kind):
    result = solved(elastic, {kind})
    return result.values[elastic.reliefs[kind].columns]


@pytest.mark.parametrize(
    ("pool", "kind"), [(Pool(5), LimitKind.CAPACITY), (reserved(5), LimitKind.BOOKABLE_UNITS)]
)
def test_a_level_is_widened_by_the_most_that_lacks(pool, kind):
    elastic = elastic_of(Case(pools=[pool], workloads=[Demand([4, 8, 7])]))
    assert relief(elastic, kind) == pytest.approx([3])
    result = solved(elastic, {kind})
    assert result.values[elastic.reliefs[kind].uses] == pytest.approx(np.array([[0, 3, 2]]))


def test_more_owned_units_draw_idle_power():
    pool = Pool(5, idle_kw=2.0, busy_kw=3.0)
    elastic = elastic_of(Case(pools=[pool], workloads=[Demand([8, 1, 1])]))
    result = solved(elastic, {LimitKind.CAPACITY})
    grid = result.values[elastic.model.columns["grid"][0]]
    assert grid == pytest.approx([8 * 3, 8 * 2 + 1, 8 * 2 + 1])


def test_a_job_ends_later_before_it_wraps_into_its_own_release():
    case = Case(periods=4, end=HorizonEnd.CYCLIC, pools=[Pool(9)])
    job = Job(volume=6.0, release=1.5, deadline=2.5, max_rate=2.0)
    elastic = elastic_of(case.but(workloads=[job]))
    late = elastic.reliefs[LimitKind.DEADLINE]
    assert sorted(late.periods.tolist()) == [0, 2, 3]
    assert relief(elastic, LimitKind.DEADLINE).sum() == pytest.approx(4)


def test_a_subset_contradicts_and_less_does_not():
    case = Case(pools=[Pool(5), reserved(2)], workloads=[Demand([4, 8, 7]), Demand(1, max_delay=1.0)])
    lp = build(merge(case.problem())).lp
    subset = find_infeasible_subsystem(lp, 10.0)
    assert subset.irreducible
    free = np.ones(lp.n_rows, dtype=bool)
    free[subset.rows] = False
    assert solve(without_rows(lp, np.flatnonzero(free)), SolverOptions()).status is Status.INFEASIBLE
    for row in subset.rows.tolist():
        less = without_rows(lp, np.append(np.flatnonzero(free), row))
        assert solve(less, SolverOptions()).status.has_plan, row


def without_rows(lp, rows):
    lower, upper = lp.row_lower.copy(), lp.row_upper.copy()
    lower[rows], upper[rows] = -np.inf, np.inf
    return replace(lp, cost=np.zeros(lp.n_columns), row_lower=lower, row_upper=upper)


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("units", [8, 7.9])
def test_any_solution_is_found_whatever_it_costs(method, units):
    lp = build(merge(Case(pools=[Pool(units, price=-5.0)], workloads=[Demand([4, 8, 7])]).problem())).lp
    assert has_solution(lp, SolverOptions(method=method)) == (units >= 8)
