"""Shares of a plan's cost: the airport game, whole numbers, and every coalition of small random problems."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from math import inf

import numpy as np
import pulp
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rich.console import Console

from builders import Demand, Pool, Rule, Site, make_problem, on_demand, reserved
from computeplan.errors import UsageError
from computeplan.problem import RuleMeasure
from computeplan.reports.subjects.shares import describe_shares
from computeplan.reports.terminal import render_terminal
from computeplan.solvers import SolverOptions, StopSignal
from computeplan.solvers.planner import plan
from computeplan.studies.shares import Effort, make_groups, share_out
from computeplan.studies.shares.core import largest_excess, least_core, nucleolus
from computeplan.studies.shares.game import CostGame, OutOfTimeError
from computeplan.studies.shares.shapley import shapley
from strategies import cases, examples

TOLERANCE = 1e-7


def game_of(problem, **given):
    solution = plan(problem).solution
    groups = make_groups(problem, "company")
    return CostGame(problem, solution, groups, SolverOptions(), **given)


def runway(needs, price=2.0):
    """Companies that work in an hour of their own share one booking: a group costs its largest need."""
    count = len(needs)
    hours = [
        Demand([units * (t == i) for t in range(count)], company=f"c{i}") for i, units in enumerate(needs)
    ]
    return make_problem(periods=count, pools=[reserved(inf, price=price / count)], workloads=hours)


def shapley_of_runway(costs):
    """Each piece of the runway is shared by those who need it (Littlechild and Owen 1973)."""
    shares, count = np.zeros(len(costs)), len(costs)
    for k, piece in enumerate(np.diff(costs, prepend=0.0)):
        shares[k:] += piece / (count - k)
    return shares


def nucleolus_of_runway(costs):
    """Littlechild 1974; costs ascend."""
    count, done, left, shares = len(costs), 0, 0.0, []
    while done < count:
        base = costs[done - 1] if done else 0.0
        options = [((costs[i] - base + left) / (i - done + 2), i + 1) for i in range(done, count - 1)] + [
            ((costs[-1] - base + left) / (count - done), count)
        ]
        share, reached = min(options, key=lambda option: (option[0], -option[1]))
        shares += [share] * (reached - done)
        if reached == count and len(shares) == count:
            shares[-1] = costs[-1] - sum(shares[:-1])
        done, left = reached, share
    return np.array(shares)


@pytest.mark.parametrize("needs", [(7, 7, 7), (1, 30, 33, 80)])
def test_the_airport_game(needs):
    game, costs = game_of(runway(needs)), 2.0 * np.array(needs)
    even = np.full(len(needs), costs[-1] / len(needs))
    assert nucleolus(game, even, TOLERANCE).bill == pytest.approx(nucleolus_of_runway(costs), rel=1e-5)
    assert shapley(game, 2, 0).bill == pytest.approx(shapley_of_runway(costs))
    nearest = least_core(game, even, TOLERANCE)
    assert nearest.bill.sum() == pytest.approx(costs[-1])
    assert nearest.least_excess == pytest.approx(nucleolus(game, even, TOLERANCE).least_excess, abs=1e-5)


def test_the_figures_of_the_literature_for_three_runways():
    """Needs of 100, 200 and 300: Shapley 33⅓, 83⅓, 183⅓; nucleolus 50, 75, 175."""
    game = game_of(runway((100, 200, 300), price=1.0))
    assert shapley(game, 2, 0).bill == pytest.approx([100 / 3, 250 / 3, 550 / 3])
    assert nucleolus(game, np.full(3, 100.0), TOLERANCE).bill == pytest.approx([50, 75, 175], rel=1e-5)


def test_whole_numbers_can_leave_the_core_empty():
    """Units come in pairs for 10, and each of three companies needs one: two cost 10, three 20."""
    work = [Demand(1, company=name) for name in ("a", "b", "c")]
    problem = make_problem(periods=1, pools=[reserved(price=5, step=2)], workloads=work)
    game = game_of(problem)
    found = nucleolus(game, np.full(3, 20 / 3), TOLERANCE)
    assert not game.cuts
    assert found.least_excess == pytest.approx(10 / 3)
    assert found.bill == pytest.approx([20 / 3] * 3)
    worst = largest_excess(game, np.array([10.0, 10.0, 0.0]), TOLERANCE)
    assert (worst.coalition, worst.amount, worst.at_most) == (0b011, pytest.approx(10), pytest.approx(10))
    game.unproved[0b101] = 13.0  # a plan of 20 that may be one of 7
    worst = largest_excess(game, np.array([10.0, 10.0, 0.0]), TOLERANCE)
    assert (worst.coalition, worst.amount, worst.at_most) == (0b011, pytest.approx(10), pytest.approx(13))
    assert least_core(game, np.array([10.0, 10.0, 0.0]), TOLERANCE).bill == pytest.approx(
        [20 / 3] * 3, rel=1e-4
    )


def test_a_coalition_that_no_plan_serves_alone_makes_no_objection():
    """At least half of all work must be in the north, where only one of the two may run."""
    problem = make_problem(
        sites=[Site("north", "n"), Site("south", "s")],
        pools=[Pool(9, site="north", price=3), Pool(9, site="south", price=1)],
        workloads=[Demand(1, company="free"), Demand(1, company="tied", residency=["s"])],
        rules=[Rule(0.5, RuleMeasure.LEAST_SHARE, sites=["north"])],
    )
    game = game_of(problem)
    assert game.cost(0b10) == inf
    assert largest_excess(game, np.array([0.0, 12.0]), TOLERANCE).coalition == 0b01
    with pytest.raises(UsageError, match="1 coalitions have no plan alone, so nothing limits"):
        nucleolus(game, np.array([6.0, 6.0]), TOLERANCE)
    with pytest.raises(UsageError, match="a coalition has no plan alone, so that what the others add"):
        shapley(game, 2, 0)


def test_few_coalitions_prove_a_bill_for_many_groups():
    work = [Demand([1, i % 3, 1], company=f"c{i}") for i in range(14)]
    problem = make_problem(pools=[reserved(inf, price=2), on_demand(price=5)], workloads=work)
    game = game_of(problem)
    found = least_core(game, np.full(14, game.total / 14), 1e-6)
    assert game.solves < 150
    assert largest_excess(game, found.bill, 1e-6).at_most <= found.least_excess + 1e-4 * game.scale


def test_what_is_proved_when_the_time_is_over_is_a_bound():
    work = [Demand(i + 1, company=f"c{i}") for i in range(4)]
    problem = make_problem(pools=[Pool(6, price=1), on_demand(price=4)], workloads=work)
    game = game_of(problem, seconds=0.0)
    bill = np.full(4, game.total / 4)
    found = largest_excess(game, bill, TOLERANCE)
    assert not found.is_proved
    assert largest_excess(game_of(problem), bill, TOLERANCE).amount <= found.at_most + 1e-6
    assert np.isnan(least_core(game, bill, TOLERANCE).least_excess)
    with pytest.raises(OutOfTimeError, match="time for coalitions is over; allow more, or take fewer"):
        nucleolus(game, bill, TOLERANCE)


def test_a_search_that_is_stopped_says_what_is_proved():
    stop = StopSignal()
    problem = runway((1, 2, 3))
    options = SolverOptions(stop=stop)
    game = CostGame(problem, plan(problem).solution, make_groups(problem, "company"), options)
    bill = np.full(3, 2.0)
    free = largest_excess(game, bill, TOLERANCE)
    stop.set()
    stopped = largest_excess(game, bill, TOLERANCE)
    assert (free.is_proved, stopped.is_proved) == (True, False)
    assert free.at_most - 1e-6 <= stopped.at_most < inf


def test_too_many_coalitions_for_a_plan_without_prices_are_not_sought():
    work = [Demand(1, company=f"c{i}") for i in range(11)]
    problem = make_problem(periods=1, pools=[reserved(20, price=5, step=2)], workloads=work)
    study = share_out(problem, plan(problem).solution, "average", SolverOptions(), by="company")
    assert (study.solves, study.core) == (0, None)
    assert study.groups.pays == pytest.approx(np.full(11, 60 / 11))
    assert "without prices, every coalition of so many groups" in shown(study)


@pytest.mark.parametrize("method", ["average", "least-core"])
def test_without_time_nothing_is_said_of_what_was_not_solved(method):
    work = [Demand(1, company=name) for name in ("a", "b", "c")]
    problem = make_problem(periods=1, pools=[reserved(price=5, step=2)], workloads=work)
    study = share_out(
        problem, plan(problem).solution, method, SolverOptions(), by="company", effort=Effort(seconds=0.0)
    )
    core = json.loads(json.dumps(study.summary(), allow_nan=False))["core"]
    assert (core["excess"], core["at_most"], core["least"]) == (None, None, None)
    assert "No groups were found that pay more than alone; with no bound." in shown(study)


def test_a_bill_of_the_core_is_in_it_up_to_rounding_of_the_search():
    problem = runway((7, 7, 7))
    effort = Effort(tolerance=1e-3)
    study = share_out(
        problem, plan(problem).solution, "least-core", SolverOptions(), by="company", effort=effort
    )
    assert study.core.rounding == pytest.approx(4 * effort.tolerance * 14)
    for times, words in ((0.9, "In the core:"), (1.1, "Not in the core: c0, c1 together pay")):
        excess = times * study.core.rounding
        core = replace(study.core, excess=excess, at_most=excess, groups=("c0", "c1"))
        assert words in shown(replace(study, core=core))


def test_the_error_of_a_single_pair_of_orders_is_not_known():
    problem = runway(tuple(range(1, 10)))
    study = share_out(
        problem, plan(problem).solution, "shapley", SolverOptions(), by="company", effort=Effort(orders=2)
    )
    rows = json.loads(json.dumps(study.summary(), allow_nan=False))["shares"]
    assert {row["standard_error"] for row in rows} == {None}


def shown(study):
    console = Console(file=StringIO(), width=200)
    console.print(render_terminal(describe_shares(study)))
    return " ".join(console.file.getvalue().split())


def test_the_shapley_value_of_many_groups_is_near_that_of_all_orders():
    needs = tuple(range(1, 10))
    found = shapley(game_of(runway(needs)), 4, seed=1)
    exact = shapley_of_runway(2.0 * np.array(needs))
    assert found.bill.sum() == pytest.approx(18)
    assert np.abs(found.bill - exact).max() < 0.2
    assert found.orders == 4
    assert (np.abs(found.bill - exact) < 4 * found.error).all()


def least_excess_of(costs, count):
    """The least core by PuLP, over all coalitions."""
    program = pulp.LpProblem("core", pulp.LpMinimize)
    bill = [program.add_variable(f"y{i}") for i in range(count)]
    excess = program.add_variable("e")
    program += excess
    program += pulp.lpSum(bill) == costs[-1]
    for coalition in range(1, (1 << count) - 1):
        if np.isfinite(costs[coalition - 1]):
            paid = pulp.lpSum(bill[i] for i in range(count) if coalition >> i & 1)
            program += paid <= costs[coalition - 1] + excess
    program.solve(pulp.HiGHS(msg=False))
    return pulp.value(excess)


@examples(20)
@given(cases(), st.data())
def test_all_coalitions_of_random_problems(case, data):
    """The bound by few coalitions is that of all, and the least core that of the program over all."""
    count = data.draw(st.integers(2, 3))
    work = ([*case.workloads] * 4)[:count]
    case = case.but(workloads=[_owned(each, i) for i, each in enumerate(work)])
    problem = case.problem()
    solution = plan(problem).solution
    assume(solution is not None)
    groups = make_groups(problem, "company")
    game, every = (CostGame(problem, solution, groups, SolverOptions()) for _ in range(2))
    costs = [every.cost(coalition) for coalition in range(1, 1 << groups.size)]
    assume(groups.size > 1 and np.isfinite([costs[(1 << i) - 1] for i in range(groups.size)]).all())
    room = 1e-5 * max(1.0, solution.accounts.magnitude, every.scale)
    bill = np.full(groups.size, game.total / groups.size)
    excess = [
        bill[every.members(c)].sum() - costs[c - 1]
        for c in range(1, every.everybody)
        if np.isfinite(costs[c - 1])
    ]
    assert largest_excess(game, bill, TOLERANCE).amount == pytest.approx(max(excess), abs=room)
    for found in (least_core(game, bill, TOLERANCE), nucleolus(game, bill, TOLERANCE)):
        assert found.least_excess == pytest.approx(least_excess_of(costs, groups.size), abs=room)
        assert found.bill.sum() == pytest.approx(game.total, abs=room)
        assert largest_excess(every, found.bill, TOLERANCE).amount <= found.least_excess + room


def _owned(work, number):
    return replace(work, company=f"c{number}", name="")


def test_groups_are_of_companies_that_have_work(tmp_path):
    work = [Demand(i + 1, company=name) for i, name in enumerate(("acme", "bolt", "cable"))]
    problem = make_problem(workloads=work)
    file = tmp_path / "groups.csv"
    file.write_text("company,group\nacme,north\nbolt,south\ncable,north\n", encoding="utf-8")
    assert make_groups(problem, file).names == ("north", "south")
    assert make_groups(problem, {"acme": "x", "bolt": "x", "cable": "y"}).of_workload.tolist() == [0, 0, 1]
    largest = make_groups(problem, "company", 1, np.array([1.0, 2.0, 3.0]))
    assert (largest.names, largest.of_workload.tolist()) == (("others", "cable"), [0, 0, 1])
    file.write_bytes(b"company,group\racme,north\rbolt,south\rcable,north\r")
    assert make_groups(problem, file).names == ("north", "south")


def test_a_company_named_others_is_not_among_the_others():
    work = [Demand(i + 1, company=name) for i, name in enumerate(("acme", "bolt", "others"))]
    groups = make_groups(make_problem(workloads=work), "company", 1, np.array([1.0, 2.0, 3.0]))
    assert (groups.names, groups.of_workload.tolist()) == (("all others", "others"), [0, 0, 1])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("company,group\nacme,north\n", "expected a group of every company, got none of bolt"),
        (
            "company,group\nacme,north\nbolt,n\ndolt,n\n",
            "expected companies of the plan, got dolt",
        ),
        (
            "company,group\nacme,north\nacme,south\n",
            ":3: expected one group of 'acme', got 'north' and 'south'",
        ),
        ("company,group\nacme,\n", ":2: expected a company and its group, got an empty cell"),
        (
            f"company,group\nacme,{'n' * 140_000}\n",
            ":2: expected a row of CSV, got field larger than field limit",
        ),
        ("company,team\nacme,x\n", "expected the columns company and group, got company, team"),
    ],
)
def test_faults_of_a_grouping_name_their_place(tmp_path, text, message):
    problem = make_problem(workloads=[Demand(1, company="acme"), Demand(1, company="bolt")])
    file = tmp_path / "groups.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        make_groups(problem, file)
