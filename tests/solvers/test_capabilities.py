"""A solver is asked only for what it can do, and whole numbers are found in any units."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from builders import Battery, Case, Demand, Pool, Site, on_demand, reserved
from command_line import run
from computeplan.errors import UsageError
from computeplan.grouping import merge
from computeplan.lp import LinearProgram, build
from computeplan.problem import HorizonEnd, Status
from computeplan.solvers import SolverOptions, available, choice, choose_options, decomposition, solve
from computeplan.solvers.planner import plan
from computeplan.solvers.registry import capabilities, run_solver
from scaling import scaled

CLOSABLE = """
name: closable
horizon: {start: 2026-07-06T00:00, duration: 12 h}
zones: {city: {}}
hardware: {node: {busy_power: 500 W}}
sites:
  cellar:
    zone: city
    opening: {cost: 43800 CNY/year}
    pools: {owned: {hardware: node, term: owned, units: 6}}
  cloud: {zone: city, pools: {hourly: {hardware: node, term: on_demand, price: 3}}}
workloads: {web: {zone: city, demand: 2}}
"""
"""To open the cellar costs 5 · 12 = 60 for half a day; to rent for the same work, 2 · 3 · 12 = 72."""

WHOLE = Case(
    periods=6,
    sites=[
        Site("s", pue=1.3, price=[0.6, 0.5, 0.7, 0.9, 0.4, 0.3], demand_charge=0.25),
        Site("t", pue=1.1, price=0.35, optional=True, opening_price=20.0),
    ],
    pools=[
        Pool(4.0, site="s", idle_kw=0.3, busy_kw=1.1),
        on_demand(30.0, site="s", price=3.1, step=1.5, busy_kw=1.1),
        reserved(20.0, site="t", price=0.9, step=2.5, busy_kw=1.1),
        on_demand(9.0, site="t", price=2.2, busy_kw=1.1),
    ],
    workloads=[
        Demand([3.0, 5.0, 7.0, 6.0, 4.0, 3.0], shortfall_price=40.0),
        Demand(2.0, max_delay=2.0, shortfall_price=40.0),
        Demand(1.5, whole=True),
        Demand(2.5, whole=True, shortfall_price=50.0),
    ],
)


def program(case: Case) -> LinearProgram:
    return build(merge(case.problem())).lp


@pytest.mark.parametrize("name", [name for name in available() if name != "auto"])
def test_solvers_give_what_they_declare(name):
    can, options = capabilities(name), SolverOptions(name)
    plain = solve(program(Case(pools=[Pool(4.0, price=1.0)])), options)
    assert (plain.status, plain.row_duals is not None) == (Status.OPTIMAL, can.duals)
    if can.integers:
        whole = solve(program(WHOLE), options)
        assert (whole.status, whole.row_duals, whole.bound is not None) == (Status.OPTIMAL, None, can.bound)


@pytest.mark.parametrize("solver", ["clarabel", "staircase"])
def test_whole_numbers_are_refused_by_a_solver_that_cannot_keep_them(tmp_path, solver):
    (tmp_path / "c.yaml").write_text(CLOSABLE, encoding="utf-8")
    result = run("solve", tmp_path / "c.yaml", "--solver", solver, "--out", tmp_path / "plan")
    assert result.exit_code == 2
    assert (
        f"{solver} cannot solve for whole numbers, which this plan has (`opening` of a site)" in result.stderr
    )
    assert not (tmp_path / "plan").exists()
    with pytest.raises(
        UsageError, match=r"\(`step` of a pool, `opening` of a site\); take highs, cbc or auto"
    ):
        plan(WHOLE.but(workloads=[Demand(2.0)]).problem(), SolverOptions(solver))


def test_batteries_with_losses_are_named_as_whole_numbers():
    case = Case(sites=[Site(price=-1.0)], batteries=[Battery(efficiency=0.9)])
    with pytest.raises(
        UsageError, match=r"\(batteries with losses under negative prices or `renewable_share`\)"
    ):
        plan(case.problem(), SolverOptions("clarabel"))


@pytest.mark.parametrize(
    "command",
    [("sweep", "--vary", "demand*=1,2"), ("frontier",), ("ranging",), ("solve", "--baselines", "all")],
)
def test_no_command_plans_whole_numbers_with_it(tmp_path, command):
    (tmp_path / "c.yaml").write_text(CLOSABLE, encoding="utf-8")
    first, *more = command
    result = run(first, tmp_path / "c.yaml", *more, "--solver", "clarabel")
    assert result.exit_code == 2
    assert "clarabel cannot solve for whole numbers, which this plan has" in result.stderr


def test_auto_finds_that_opening_is_cheaper_than_renting(tmp_path):
    """Half a site for a third of its units would be cheaper still."""
    (tmp_path / "c.yaml").write_text(CLOSABLE, encoding="utf-8")
    result = run("solve", tmp_path / "c.yaml", "--solver", "auto", "--out", tmp_path / "plan", "--json")
    assert json.loads(result.stdout)["objective"] == pytest.approx(60)


def test_auto_keeps_whole_numbers_where_clarabel_would_be_faster(monkeypatch):
    monkeypatch.setattr(choice, "LARGE", 10)
    monkeypatch.setattr(choice, "LEAST", 1)
    assert choose_options(program(WHOLE), SolverOptions("auto")).name == "highs"


@pytest.mark.parametrize("solver", ["highs", "cbc"])
@pytest.mark.parametrize(
    ("money", "power", "work"),
    [(1e-4, 1.0, 1e-4), (4e-5, 1.5e3, 1.5e4), (5e-6, 7.0, 3e4), (8e5, 3e-5, 2e4), (1e9, 1e6, 1e-6)],
)
def test_whole_numbers_in_any_units(solver, money, power, work):
    usual = plan(WHOLE.problem()).solution.audit.objective
    made = plan(scaled(WHOLE, money=money, power=power, work=work).problem(), SolverOptions(solver))
    assert made.status is Status.OPTIMAL
    assert made.solution.audit.passed, made.solution.audit.notes
    assert made.solution.audit.objective / money == pytest.approx(usual, rel=1e-6)


@pytest.mark.parametrize("solver", ["highs", "cbc"])
@pytest.mark.parametrize("units", [1e4, 1e8, 1e12])
def test_a_limit_as_good_as_infinite_opens_no_closed_site(solver, units):
    sites = [Site("hall", optional=True, opening_price=10.0), Site("rent")]
    for rent, expected in ((3.0, 10.0), (2.0, 8.0)):
        pools = [Pool(units, site="hall"), on_demand(site="rent", price=rent)]
        case = Case(periods=1, sites=sites, pools=pools, workloads=[Demand(4.0)])
        audit = plan(case.problem(), SolverOptions(solver)).solution.audit
        assert audit.passed, audit.notes
        assert audit.objective == pytest.approx(expected)


@pytest.mark.parametrize("step", [1.5, 1e9])
def test_a_step_far_larger_than_the_work_is_rented_whole(step):
    pools = [on_demand(1e12, price=1.0, step=step), on_demand(price=1e9)]
    audit = plan(Case(periods=1, pools=pools, workloads=[Demand(1.0)]).problem()).solution.audit
    assert audit.passed, audit.notes
    assert audit.objective == pytest.approx(min(step, 1e9))


def test_whole_numbers_are_rounded_to_the_nearest(monkeypatch):
    """Solvers keep them to a tolerance, above or below."""
    usual = plan(WHOLE.problem()).solution
    for error in (-1e-7, 1e-7):
        monkeypatch.setattr(decomposition, "run_solver", with_error(error))
        made = plan(WHOLE.problem()).solution
        assert made.audit.objective == pytest.approx(usual.audit.objective, rel=1e-9)
        assert made.decisions.open_sites.tolist() == usual.decisions.open_sites.tolist()


def with_error(error):
    def run_with_error(lp, options):
        result = run_solver(lp, options)
        if not len(lp.integer):
            return result
        values = result.values.copy()
        values[lp.integer] += error
        return replace(result, values=values)

    return run_with_error


def test_the_bound_of_whole_numbers_is_no_more_than_the_optimum():
    """Four large steps cost 28, the optimum is less; a solver that is content with any plan knows less."""
    pools = [reserved(70.0, price=1.0, step=7.0), reserved(70.0, price=1.1, step=5.0)]
    case = Case(periods=1, pools=pools, workloads=[Demand(23.0)])
    best = plan(case.problem()).solution.audit.objective
    rough = plan(case.problem(), SolverOptions(gap=0.9))
    audit = rough.solution.audit
    assert audit.passed
    assert audit.bound <= best <= audit.objective
    assert rough.status is (Status.FEASIBLE if audit.gap > 1e-6 else Status.OPTIMAL)
    assert audit.gap == pytest.approx((audit.objective - audit.bound) / audit.bound)
    assert audit.gap > 0.1


def test_whole_numbers_under_a_carbon_cap_are_no_mix_of_two_plans():
    """Priced, the cap would be met by parts of each workload at either site; whole, one of them moves."""
    sites = [Site("dirty", carbon=1.0), Site("clean", carbon=0.0)]
    pools = [on_demand(site="dirty", price=1.0, busy_kw=1.0), on_demand(site="clean", price=3.0, busy_kw=1.0)]
    work = [Demand(2.0, whole=True), Demand(3.0, whole=True)]
    for cap, expected in ((5.0, 5.0), (4.0, 9.0), (2.5, 11.0), (1.0, 15.0)):
        made = plan(Case(periods=1, sites=sites, pools=pools, workloads=work, carbon_cap=cap).problem())
        assert made.solution.audit.passed
        assert made.solution.prices is None
        assert made.solution.audit.objective == pytest.approx(expected)


def test_cbc_calls_no_program_infeasible_that_has_a_plan():
    """Its preprocessing alone says of this program that it is infeasible."""
    prices = [4.0, -1.0, 2.25, -0.25, 3.0]
    sites = [Site("s", pue=[1.0, 2.0, 1.25, 1.75, 1.0], price=prices, demand_charge=2.75)]
    pools = [
        Pool(3.25, availability=0.5, idle_kw=0.25, busy_kw=1.0),
        on_demand(price=5.0, busy_kw=0.5),
    ]
    work = [Demand(0.25), Demand(0.25, whole=True, shortfall_price=20.0, unit_cost={"s": 1.0})]
    problem = Case(
        periods=5, months=[0, 1, 1, 1, 1], sites=sites, pools=pools, workloads=work, end=HorizonEnd.CYCLIC
    ).problem()
    assert plan(problem, SolverOptions("cbc")).status is Status.OPTIMAL
