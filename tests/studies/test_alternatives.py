"""Ranges of measures within a cost: by hand, by a cost row in the oracle, and against their own claims."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import computeplan
from builders import Case, Demand, Pool, Site, on_demand, reserved
from computeplan.accounts.accounts import measured_total
from computeplan.errors import PlanFolderError, UsageError
from computeplan.problem import Goal, Status, find_measures
from computeplan.solvers import SolverOptions
from computeplan.solvers.planner import plan
from computeplan.studies.alternatives import Freedom, Prober, check_request, study_alternatives
from reference.model import range_reference
from reference.terms import total
from strategies import cases, examples

SITES = [Site("dirty", carbon=1.0), Site("middle", carbon=0.5), Site("clean", carbon=0.0)]


def priced(**prices: float) -> list[Pool]:
    return [on_demand(site=site, price=price, busy_kw=1.0) for site, price in prices.items()]


def three_sites(**fields) -> Case:
    """A unit·h costs 1, 2 or 4 and emits 1, 0.5 or 0 kg."""
    given = {
        "periods": 1,
        "sites": SITES,
        "pools": priced(dirty=1, middle=2, clean=4),
        "workloads": [Demand(4)],
    }
    return Case(**{**given, **fields})


def study(problem, *of: str, within: float = 0.5, count: int = 0, tolerance: float = 1e-3):
    measures = find_measures(problem, of)
    return study_alternatives(
        Prober(problem, SolverOptions()), measures, None, within=within, tolerance=tolerance, count=count
    )


def ends(span) -> tuple[float, float]:
    return pytest.approx(span.least, rel=1e-3, abs=1e-6), pytest.approx(span.most, rel=1e-3, abs=1e-6)


def test_ranges_are_those_found_by_hand():
    """Two CNY may be spent on moving work up: 1 a unit·h to the middle, 3 to the clean site."""
    found = study(three_sites().problem(), "work:*", "share:*", "carbon", "energy")
    assert found.certified
    assert ends(found.of("work:dirty")) == (2.0, 4.0)
    assert ends(found.of("work:middle")) == (0.0, 2.0)
    assert ends(found.of("work:clean")) == (0.0, 2 / 3)
    assert ends(found.of("share:dirty")) == (0.5, 1.0)
    assert ends(found.of("carbon")) == (0.003, 0.004)
    assert ends(found.of("energy")) == (0.004, 0.004)
    assert [found.of(f"work:{site.name}").freedom for site in SITES] == [
        Freedom.MAY,
        Freedom.FREE,
        Freedom.FREE,
    ]
    assert found.of("energy").freedom is Freedom.MUST


def test_without_a_margin_the_range_is_the_optimal_face():
    case = three_sites(pools=priced(dirty=1, middle=1, clean=4))
    found = study(case.problem(), "work:*", within=0.0)
    assert [ends(span) for span in found.spans] == [(0.0, 4.0), (0.0, 4.0), (0.0, 0.0)]
    assert found.of("work:clean").freedom is Freedom.NEVER


def test_bookings_range_up_to_what_the_margin_pays():
    """Six units are needed; 20 % more cost pays 1.2 more that nobody uses."""
    problem = Case(periods=1, pools=[reserved(10, price=1.0)], workloads=[Demand(6)]).problem()
    (span,) = study(problem, "booked:*", within=0.2).spans
    assert ends(span) == (6.0, 7.2)


def test_a_price_without_a_finite_optimum_ends_the_search():
    """Nobody limits the bookings: at the price of one more, all bookings are equally good."""
    problem = Case(periods=1, pools=[reserved(float("inf"), price=1.0)], workloads=[Demand(6)]).problem()
    (span,) = study(problem, "booked:*", within=0.2).spans
    assert span.least == pytest.approx(6.0)
    assert 7.2 <= span.most_proved <= 7.3


AMOUNTS = {
    "work": lambda t, s: total(
        x * t.weight[period] for (_, p, period), x in t.x.items() if t.problem.pools.site[p] == s
    ),
    "energy": lambda t, s: total(
        t.facility_kwh(p, period) * (t.weight[period] / 1000)
        for p in t.P
        for period in t.T
        if t.problem.pools.site[p] == s
    ),
}


@examples(40)
@given(
    case=cases(goal=st.just(Goal.COST)),
    kind=st.sampled_from(sorted(AMOUNTS)),
    within=st.sampled_from([0.0, 0.02, 0.5]),
)
def test_ranges_are_those_of_a_cost_row(case, kind, within):
    problem = case.problem()
    assume(not problem.has_integers)
    oracle = range_reference(problem, lambda terms: AMOUNTS[kind](terms, 0), within)
    found = study(problem, f"{kind}:{problem.sites.names[0]}", within=within)
    if oracle is None:
        assert found.objective is None
        return
    (span,) = found.spans
    size = max(map(abs, (*oracle, 1e-3)))
    slack = 2e-3 * (oracle[1] - oracle[0]) + 2e-5 * size
    assert span.least == pytest.approx(oracle[0], abs=slack)
    assert span.most == pytest.approx(oracle[1], abs=slack)
    assert span.least_proved <= oracle[0] + 2e-5 * size
    assert span.most_proved >= oracle[1] - 2e-5 * size


@examples(10)
@given(case=cases(goal=st.just(Goal.COST)))
def test_ranges_grow_with_the_margin(case):
    problem = case.problem()
    assume(not problem.has_integers and plan(problem).status is Status.OPTIMAL)
    asked = ("work:s0", "traffic") if problem.network.links else ("work:s0",)
    narrow, wide = (study(problem, *asked, within=share).spans for share in (0.01, 0.1))
    for inner, outer in zip(narrow, wide, strict=True):
        slack = 1e-6 * max(1.0, abs(inner.most))
        assert outer.least_proved <= inner.least + slack
        assert outer.most_proved >= inner.most - slack


def test_with_whole_numbers_ends_are_solved_plans_between_proved_bounds():
    """Booked in steps of 4 at 1 each, or rented at 1.1: within 25 % of 8 one may book 8, 4, or none."""
    pools = [reserved(12, price=1.0, step=4.0), on_demand(price=1.1)]
    problem = Case(periods=1, pools=pools, workloads=[Demand(8)]).problem()
    found = study(problem, "booked:*", within=0.25)
    (span,) = found.spans
    assert found.whole_numbers
    assert (span.least, span.most) == (pytest.approx(0.0), pytest.approx(8.0))
    assert span.least_proved <= 0.0
    assert span.most_proved >= 8.0


def test_the_plan_in_hand_is_placed_in_the_ranges():
    problem = three_sites().problem()
    in_hand = plan(
        replace(problem, pools=replace(problem.pools, price=problem.pools.price[::-1].copy()))
    ).solution
    measures = find_measures(problem, ["work:clean"])
    found = study_alternatives(
        Prober(problem, SolverOptions()), measures, in_hand, within=0.5, tolerance=0.01, count=0
    )
    assert found.of("work:clean").here == pytest.approx(4.0)


def test_plans_differ_and_are_audited():
    found = study(three_sites().problem(), "carbon", count=4)
    works = [np.array(list(each.site_work_unit_h.values())) for each in found.plans]
    assert works[0] == pytest.approx([4.0, 0.0, 0.0], abs=1e-6)
    assert works[1] == pytest.approx([2.0, 2.0, 0.0], abs=1e-2)
    assert found.plans[1].elsewhere == pytest.approx(0.5, abs=1e-2)
    for each in found.plans:
        assert each.plan.solution.audit.passed
        assert each.excess <= 0.5 + 1e-6
    assert found.plans[1].plan.solution.audit.gap == pytest.approx(0.5, abs=1e-2)


def test_rates_say_what_the_accounts_say():
    pools = [reserved(9, site="middle", idle_kw=0.2, busy_kw=0.5), *priced(dirty=6)]
    problem = three_sites(pools=pools).problem()
    solution = plan(problem).solution
    accounts, decisions = solution.accounts, solution.decisions
    said = {
        "work:middle": accounts.sites.work_unit_h[1],
        "energy": accounts.sites.facility_kwh.sum() / 1000,
        "energy:middle": accounts.sites.facility_kwh[1] / 1000,
        "booked:middle/p0": accounts.pools.booked_units[0],
        "carbon": accounts.emissions_t.on(problem.objective.basis),
        "cost": accounts.cost.total,
    }
    for name, amount in said.items():
        (measure,) = find_measures(problem, [name])
        assert measured_total(problem, accounts, decisions, measure.rates) == pytest.approx(amount), name


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"within": -0.01}, "within: expected a share of at least 0"),
        ({"within": float("nan")}, "within: expected a share of at least 0"),
        ({"tolerance": 0.0}, "tolerance: expected a share between 0 and 1"),
        ({"count": -1}, "count: expected a number of plans"),
    ],
)
def test_what_makes_no_sense_is_refused(given, said):
    with pytest.raises(UsageError, match=said):
        check_request(three_sites().problem(), **{"within": 0.02, "tolerance": 0.01, "count": 0, **given})


def test_least_carbon_has_no_margin_of_cost():
    problem = three_sites(goal=Goal.CARBON).problem()
    with pytest.raises(UsageError, match="plans of nearly the least cost"):
        check_request(problem, 0.02, 0.01, 0)


def test_a_measure_that_is_none_has_a_hint():
    with pytest.raises(UsageError, match="work:clean") as caught:
        find_measures(three_sites().problem(), ["work:claen"])
    assert "did you mean" in str(caught.value)


def test_a_plan_without_its_config_is_refused(tmp_path):
    with pytest.raises(PlanFolderError, match="provenance"):
        computeplan.alternatives(tmp_path)
