"""Planning the rest anew: what happened stays, same data change nothing, the rest is the best there is."""

from __future__ import annotations

import json
from copy import deepcopy
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import pulp
import pytest

import computeplan
from command_line import run as run_command
from computeplan.errors import ConfigError, UsageError
from computeplan.problem import Status

SWITCHING = Path(__file__).parents[3] / "shared" / "cases" / "stochastic" / "switching.json"
START = "2026-03-02T00:00"
PRICE = [0.2, 0.9, 0.3, 0.5, 0.8, 0.1, 0.6, 0.4]
TOWN = {
    "name": "Town",
    "horizon": {"start": START, "time_zone": "Asia/Shanghai", "duration": "8 h"},
    "objective": {"minimize": "cost", "carbon_price": "50 CNY/t"},
    "zones": {"town": {}},
    "network": {"latency": "round_trip"},
    "hardware": {"gpu": {"idle_power": "0.5 kW", "busy_power": "2 kW"}},
    "sites": {
        "hall": {
            "zone": "town",
            "grid": {"price": PRICE, "carbon": 0.5, "demand_charge": "90 CNY/kW/month"},
            "contracts": {"sun": {"capacity": "3 kW", "price": 0.1, "settlement": "take_or_pay"}},
            "batteries": {"cell": {"power": "2 kW", "energy": "4 kWh", "efficiency": 0.9}},
            "pools": {
                "own": {"hardware": "gpu", "term": "owned", "units": 5},
                "booked": {"hardware": "gpu", "term": "reserved", "price": 0.4, "max_units": 9},
            },
        },
        "cloud": {"zone": "town", "pools": {"rent": {"hardware": "gpu", "term": "on_demand", "price": 2}}},
    },
    "workloads": {
        "chat": {"zone": "town", "demand": [3, 5, 2, 4, 6, 3, 2, 4], "move": {"price": 0.05}},
        "base": {"zone": "town", "demand": 1.5, "mobility": "fixed"},
        "batch": {"zone": "town", "demand": [4, 1, 0, 2, 5, 1, 0, 2], "max_delay": "3 h"},
        "more": {"zone": "town", "demand": [1, 1, 1, 1, 2, 1, 0, 1], "max_delay": "3 h"},
        "train": {"zone": "town", "job": {"volume": "12 unit*h", "max_rate": 3}},
    },
}


def changed(**settings):
    """The config with other values, by path with ``__``."""
    data = deepcopy(TOWN)
    for path, value in settings.items():
        *parents, last = path.split("__")
        place = data
        for name in parents:
            place = place[name]
        place[last] = value
    return data


def at(hour):
    return f"2026-03-02 {hour:02d}:00"


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town") / "plan"
    made = computeplan.solve(TOWN, baseline=False)
    assert made.status is Status.OPTIMAL
    made.save(folder)
    return computeplan.open_plan(folder, baseline=False)


def schedule(run):
    return run.schedule().sort("workload", "pool", "period")


@pytest.mark.parametrize("hour", [1, 4, 7])
def test_what_went_as_planned_changes_nothing(plan, hour):
    found = computeplan.roll(plan, at(hour))
    assert found.is_kept
    assert found.keeping == found.run.plan.solution.accounts.objective
    assert found.run.cost.total == plan.cost.total
    assert schedule(found.run).equals(schedule(plan))
    assert found.changes.placement.moves == ()
    assert found.changes.decisions == ()


def test_before_anything_happened_it_is_a_plan_like_any_other(plan):
    found = computeplan.roll(plan, at(0))
    assert not found.is_kept
    assert found.run.plan.problem.held is None
    assert found.run.cost.total == pytest.approx(plan.cost.total, rel=1e-9)


def test_other_prices_change_the_rest_only_and_for_the_better(plan):
    price = [*PRICE[:4], 0.1, 2.5, 0.1, 2.5]
    found = computeplan.roll(
        plan, at(4), config=changed(sites__hall__grid={**TOWN["sites"]["hall"]["grid"], "price": price})
    )
    assert not found.is_kept
    assert found.run.plan.solution.audit.passed
    objective = found.run.plan.solution.accounts.objective
    assert objective < found.keeping - 0.01
    past = pl.col("period") < 4
    columns = ["workload", "pool", "period"]
    before, after = (schedule(run).filter(past) for run in (plan, found.run))
    assert after.select(columns).equals(before.select(columns))
    assert after["work_unit_h"].to_numpy() == pytest.approx(before["work_unit_h"].to_numpy())
    assert found.run.plan.solution.decisions.booked_units == pytest.approx(
        plan.plan.solution.decisions.booked_units
    )
    stored = [run.plan.solution.decisions.stored_kwh[:, :4] for run in (plan, found.run)]
    assert stored[1] == pytest.approx(stored[0], abs=1e-7)
    clairvoyant = computeplan.solve(
        changed(sites__hall__grid={**TOWN["sites"]["hall"]["grid"], "price": price}), baseline=False
    )
    assert objective >= clairvoyant.plan.solution.accounts.objective - 1e-9


def test_a_rolled_plan_is_saved_audited_and_rolled_again(plan, tmp_path):
    price = [*PRICE[:4], 0.1, 2.5, 0.1, 2.5]
    new = changed(sites__hall__grid={**TOWN["sites"]["hall"]["grid"], "price": price})
    first = computeplan.roll(plan, at(4), config=new)
    first.run.save(tmp_path / "first")
    audit = computeplan.api.audit_folder(tmp_path / "first")
    assert audit.passed, audit.faults
    opened = computeplan.open_plan(tmp_path / "first")
    assert opened.plan.problem.held.until == 4
    second = computeplan.roll(opened, at(6))
    assert second.is_kept
    assert second.run.cost.total == pytest.approx(first.run.cost.total, rel=1e-12)
    with pytest.raises(UsageError, match="the past of the plan is held, and no price proves how far"):
        computeplan.alternatives(opened, of=["carbon"])


SIMPLE = {
    **{name: TOWN[name] for name in ("name", "horizon", "zones", "network")},
    "hardware": {"gpu": {"busy_power": "1 kW"}},
    "sites": {
        "hall": {
            "zone": "town",
            "grid": {"price": PRICE, "demand_charge": "90 CNY/kW/month"},
            "pools": {"own": {"hardware": "gpu", "term": "owned", "units": 8}},
        },
        "cloud": {"zone": "town", "pools": {"rent": {"hardware": "gpu", "term": "on_demand", "price": 1.1}}},
    },
    "workloads": {
        "batch": {"zone": "town", "demand": [4, 1, 0, 2, 5, 1, 0, 2], "max_delay": "3 h"},
        "train": {"zone": "town", "job": {"volume": "12 unit*h", "max_rate": 3}},
    },
}


def oracle(problem, price, past):
    """Least cost of `SIMPLE` with other prices, where work until some hour is given, in plain PuLP."""
    program = pulp.LpProblem("rest", pulp.LpMinimize)
    demand, hours = [4, 1, 0, 2, 5, 1, 0, 2], range(8)
    work = {
        key: program.add_variable(f"x{number}", 0)
        for number, key in enumerate(product(("batch", "train"), ("hall/own", "cloud/rent"), hours))
    }
    peak = program.add_variable("peak", 0)
    charge = float(problem.grid.demand_charge[0].sum())
    program += (
        pulp.lpSum(price[t] * work[w, "hall/own", t] for w in ("batch", "train") for t in hours)
        + pulp.lpSum(1.1 * work[w, "cloud/rent", t] for w in ("batch", "train") for t in hours)
        + charge * peak
    )
    for t in hours:
        at_hall = pulp.lpSum(work[w, "hall/own", t] for w in ("batch", "train"))
        program += at_hall <= 8
        program += at_hall <= peak
        program += pulp.lpSum(work["train", p, t] for p in ("hall/own", "cloud/rent")) <= 3
        done = pulp.lpSum(work["batch", p, u] for p in ("hall/own", "cloud/rent") for u in range(t + 1))
        program += done <= sum(demand[: t + 1])
        program += done >= (sum(demand) if t == 7 else sum(demand[: max(0, t - 2)]))
    program += pulp.lpSum(work["train", p, t] for p in ("hall/own", "cloud/rent") for t in hours) == 12
    for key, amount in past.items():
        program += work[key] == amount
    program.solve(pulp.HiGHS(msg=False))
    assert pulp.LpStatus[program.status] == "Optimal"
    return pulp.value(program.objective)


def past_of(rows, hour):
    done = dict.fromkeys(product(("batch", "train"), ("hall/own", "cloud/rent"), range(hour)), 0.0)
    return done | {
        (w, p, t): x for w, p, t, x in rows.select("workload", "pool", "period", "work_unit_h").iter_rows()
    }


@pytest.fixture(scope="module")
def simple():
    return computeplan.solve(SIMPLE, baseline=False)


def test_the_rest_is_the_best_by_an_independent_program(simple):
    """Backlog, job volume and the peak reached so far go on from where they are."""
    price = [*PRICE[:5], 0.9, 0.1, 1.0]
    new = deepcopy(SIMPLE)
    new["sites"]["hall"]["grid"]["price"] = price
    found = computeplan.roll(simple, at(5), config=new)
    past = past_of(simple.schedule().filter(pl.col("period") < 5), 5)
    assert found.run.cost.total == pytest.approx(oracle(found.run.plan.problem, price, past), rel=1e-7)


def test_what_was_done_otherwise_is_taken_from_a_table(simple, tmp_path):
    """Work of one workload stopped for two hours: it is done later, in time."""
    rows = simple.schedule().filter((pl.col("workload") == "train") & (pl.col("period") < 5))
    less = rows.with_columns(work_unit_h=pl.col("work_unit_h") * (pl.col("period") < 3))
    less.write_csv(tmp_path / "train.csv", datetime_format="%Y-%m-%dT%H:%M%:z")
    found = computeplan.roll(simple, at(5), actuals=[tmp_path / "train.csv"])
    others = simple.schedule().filter((pl.col("workload") == "batch") & (pl.col("period") < 5))
    past = past_of(pl.concat([others, less]), 5)
    assert found.run.cost.total == pytest.approx(oracle(found.run.plan.problem, PRICE, past), rel=1e-7)
    done = found.run.schedule("train")
    assert done["work_unit_h"].sum() == pytest.approx(12)
    assert not found.is_kept


def switching(price, move, hours, work=10.0):
    """Work at two sites, all of it at the first in the hour before."""
    both = ([0.0, *price[0]][:hours], [1000.0, *price[1]][:hours])
    sites = {
        f"s{number}": {
            "zone": "town",
            "pools": {"p": {"hardware": "gpu", "term": "on_demand", "price": each}},
        }
        for number, each in enumerate(both)
    }
    return {
        "name": "switching",
        "horizon": {"start": START, "time_zone": "UTC", "duration": f"{hours} h"},
        **{name: TOWN[name] for name in ("zones", "network")},
        "hardware": {"gpu": {}},
        "sites": sites,
        "workloads": {"w": {"zone": "town", "demand": work, "move": {"price": move}}},
    }


def roll_on(price, move, ahead, work=10.0):
    """Cost of planning each hour with a look-ahead, and doing that hour."""
    length = len(price[0])
    run = computeplan.solve(switching(price, move, 1 + min(ahead, length), work), baseline=False)
    for hour in range(1, length):
        day, clock = divmod(hour + 1, 24)
        config = switching(price, move, 1 + min(hour + ahead, length), work)
        run = computeplan.roll(run, f"2026-03-{2 + day:02d} {clock:02d}:00", config=config).run
    return run.cost.total


def realised(price, move, ahead, work=10.0):
    """The same by enumeration: of the best paths of the look-ahead the first step is made; ties stay."""
    place, cost, length = 0, 0.0, len(price[0])
    for hour in range(length):
        window = range(hour, min(hour + ahead, length))
        paths = product((0, 1), repeat=len(window))

        def cost_of(path, window=window, place=place):
            steps = zip((place, *path), path, strict=False)
            return sum(price[s][t] for s, t in zip(path, window, strict=True)) + move * sum(
                a != b for a, b in steps
            )

        best = min(paths, key=lambda path: (round(cost_of(path), 9), path[0] != place))
        cost += work * (price[best[0]][hour] + move * (best[0] != place))
        place = best[0]
    return cost


DAY = ([0.3, 0.31, 0.6, 0.62, 0.2, 0.7], [0.4, 0.35, 0.33, 0.3, 0.5, 0.29])


@pytest.mark.parametrize("ahead", [1, 3])
def test_rolling_with_a_look_ahead_costs_what_enumeration_says(ahead):
    assert roll_on(DAY, 0.15, ahead) == pytest.approx(realised(DAY, 0.15, ahead))


def test_looking_ahead_over_everything_is_planning_once():
    whole = computeplan.solve(switching(DAY, 0.15, 7), baseline=False).cost.total
    assert whole == pytest.approx(realised(DAY, 0.15, 6))
    found = computeplan.roll(computeplan.solve(switching(DAY, 0.15, 7), baseline=False), at(3))
    assert found.is_kept
    assert found.run.cost.total == pytest.approx(whole)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "ahead", "cost"),
    [("day", 1, 853), ("day", 2, 844), ("day", 3, 843), ("two_days", 3, 729.68), ("two_days", 6, 749.6)],
)
def test_published_costs_of_rolling(name, ahead, cost):
    if not SWITCHING.is_file():
        pytest.skip("the outside cases are not here: no ../shared/cases beside the project")
    case = json.loads(SWITCHING.read_text("utf-8"))["instances"][name]
    assert roll_on(case["price"], case["move"], ahead, case["work"]) == pytest.approx(cost)


@pytest.mark.parametrize(
    ("now", "arguments", "message"),
    [
        ("2026-03-03 00:00", {}, "now: expected a local time from 2026-03-02 00:00 to 2026-03-02 07:00"),
        ("soon", {}, "now: expected a local time"),
        (
            at(3),
            {"config": changed(horizon={**TOWN["horizon"], "start": "2026-03-02T01:00"})},
            "a horizon from 2026-03-02 00:00 by 1 h, got 2026-03-02 01:00 by 1 h; the past stays",
        ),
    ],
)
def test_times_that_do_not_fit_are_named(plan, now, arguments, message):
    with pytest.raises(UsageError, match=message):
        computeplan.roll(plan, now, **arguments)


def test_a_past_that_the_new_config_denies_is_named(plan):
    new = changed(workloads__chat__demand=[3, 4, 2, 4, 6, 3, 2, 4])
    message = "workload chat, 2026-03-02 01:00: expected its demand of 4 unit·h, got 5 unit·h done"
    with pytest.raises(ConfigError, match=message):
        computeplan.roll(plan, at(4), config=new)
    less = changed(workloads__train={"zone": "town", "job": {"volume": "0.5 unit*h", "max_rate": 3}})
    with pytest.raises(ConfigError, match=r"workload train: expected at most its volume of 0\.5 unit·h"):
        computeplan.roll(plan, at(7), config=less)
    dark = changed(sites__hall__contracts__sun__capacity="1 kW")
    with pytest.raises(
        ConfigError, match=r"contract hall/sun, .*: expected at least the 3 kWh .*, got 1 kWh; what"
    ):
        computeplan.roll(plan, at(4), config=dark)
    gone = changed()
    del gone["workloads"]["chat"]
    with pytest.raises(
        ConfigError, match="workloads: expected 'chat', which has done work, got none; keep it"
    ):
        computeplan.roll(plan, at(4), config=gone)


def test_typical_weeks_cannot_go_on():
    weeks = {"time_zone": "UTC", "blocks": [{"start": START, "duration": "1 day", "weight": 30}]}
    other = computeplan.solve({**SIMPLE, "horizon": weeks | {"period": "3 h"}}, baseline=False)
    with pytest.raises(UsageError, match="plan: expected one stretch of real time"):
        computeplan.roll(other, at(3))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("chat,hall/own,2026-03-02T00:00,-1", "a.csv:2: expected work of at least 0 unit·h, got -1"),
        (
            "chatt,hall/own,2026-03-02T00:00,1",
            "a.csv:2: expected a workload of the plan, got 'chatt'; did you mean 'chat'",
        ),
        ("chat,hall,2026-03-02T00:00,1", "a.csv:2: expected a pool of the plan, got 'hall'"),
        ("chat,hall/own,2026-03-02T05:00,1", "expected the start of a period before 2026-03-02 04:00"),
        (
            "chat,hall/own,2026-03-02T00:00,1",
            "workload chat, 2026-03-02 00:00: expected its demand of 3 unit·h, got 1",
        ),
        ("batch,hall/own,2026-03-02T00:00,9", "between what had to be done and the 4 unit·h that came in"),
    ],
)
def test_actuals_that_contradict_the_plan_name_the_row(plan, tmp_path, row, message):
    (tmp_path / "a.csv").write_text(f"workload,pool,start,work_unit_h\n{row}\n", encoding="utf-8")
    with pytest.raises((UsageError, ConfigError), match=message):
        computeplan.roll(plan, at(4), actuals=[tmp_path / "a.csv"])


def test_a_table_of_something_else_is_refused(plan, tmp_path):
    (tmp_path / "a.csv").write_text("time,price\n1,2\n", encoding="utf-8")
    with pytest.raises(UsageError, match="expected the columns workload, pool, start, work_unit_h"):
        computeplan.roll(plan, at(4), actuals=[tmp_path / "a.csv"])


def test_the_command_writes_the_new_plan_and_says_what_changes(plan, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shown = run_command("roll", plan.folder, "--now", "2026-03-02T04:30", "--out", "rest")
    assert shown.exit_code == 0, shown.output
    assert "From 2026-03-02 04:00 on the plan stays as it is" in shown.stdout
    answer = json.loads(run_command("roll", plan.folder, "--now", at(4), "--out", "rest", "--json").stdout)
    assert answer["roll"]["is_kept"]
    assert run_command("audit", "rest").exit_code == 0
    assert "what happened already is held" in run_command("explain", "rest", "hall/own").stdout
    assert run_command("shares", "rest", "--by", "company").exit_code == 0
    refused = run_command("shares", "rest", "--method", "marginal")
    assert "the past of the plan is held" in refused.stderr
    assert run_command("report", "rest").exit_code == 0
    refused = run_command("roll", plan.folder, "--now", at(4), "--set", "a=1")
    assert refused.exit_code == 2
    assert "--set: expected with --config only" in refused.stderr


def test_what_cannot_go_on_is_no_plan(plan):
    """Nobody can make up for the work that was left undone."""
    stopped = changed(workloads__chat__demand=[3, 5, 2, 4, 6, 3, 2, 90])
    stopped["sites"]["cloud"]["pools"]["rent"]["max_units"] = 1
    found = computeplan.roll(plan, at(4), config=stopped)
    assert found.run.status is Status.INFEASIBLE
    assert found.keeping is None
    assert np.isfinite(plan.cost.total)
