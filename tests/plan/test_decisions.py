"""What to decide, of a plan known by hand: every kind of decision, against the all-local plan.

A year in two periods of 4,380 h. Every unit draws 1 kW.

* `train` needs 4, then 6 gpu of the city, which has 4: 2 are added, at 8,760 CNY each.
* `serve` needs 1, then 3 npu, rented at 5 CNY: 5 × 4 × 4,380 = 87,600 CNY.
* `render` needs 2 gpu. In the city they would have to be added, so it goes north: 2 booked at 0.5 CNY/h,
  8,760 CNY; 2 × 450 GB/h, which is 2 Gbps, leased at 100 CNY; the site opened at 1,000 CNY; 2 kW of wind,
  2 × 8,760 × 0.1 = 1,752 CNY.
* A tonne costs 100 CNY and a MWh of certificates 50: all 61.32 MWh of the city are covered, for 3,066 CNY.
* All-local: 4 gpu are added, nothing is done in the north, and 17.52 MWh more are covered.
"""

from __future__ import annotations

import json

import pytest

import computeplan
from command_line import run
from computeplan.accounts.decisions import DecisionKind

CONFIG = """\
name: Known decisions
horizon: {start: 2026-01-01T00:00, duration: 2 h, weight: 4380}
objective: {carbon_price: 100 CNY/t, carbon_basis: market}
zones: {city: {}, north: {}}
network:
  latency: one_way
  links:
    line: {between: [city, north], latency: 20 ms, lease: {max_bandwidth: 9 Gbps, price: 100 CNY/Gbps/year}}
hardware:
  gpu: {busy_power: 1, efficiency: {training: 1}}
  npu: {busy_power: 1, efficiency: {inference: 1}}
sites:
  city:
    zone: city
    grid: {price: 1, carbon: 1 t/MWh}
    certificates: {price: 50 CNY/MWh}
    pools:
      own: {hardware: gpu, term: owned, units: 4, new: {max_units: 9, price: 8760 CNY/unit, life: 1 year}}
      cloud: {hardware: npu, term: on_demand, price: 5}
  north:
    zone: north
    opening: {cost: 1000 CNY/year}
    grid: {price: 1, carbon: 0}
    contracts:
      wind: {profile: 1, max_capacity: 9 kW, price: 0.1}
      sun: {profile: [0, 1], capacity: 5 kW, price: 2, settlement: pay_as_used}
    pools: {booked: {hardware: gpu, term: reserved, max_units: 9, price: 0.5}}
workloads:
  train: {company: Acme, zone: city, kind: training, demand: [4, 6], max_latency: 5 ms}
  serve: {company: Bolt, zone: city, kind: inference, demand: [1, 3]}
  render: {company: Cora, zone: city, kind: training, demand: 2, traffic: 450 GB/unit/h}
"""

EXPECTED = {
    ("open", "north"): (1, "site", 1000, 1000, None, None, 0),
    ("add", "city/own"): (2, "unit", 8760, 17_520, 2, 1, 4),
    ("book", "north/booked"): (2, "unit", 0.5, 8760, 2, 2, 0),
    ("contract", "north/wind"): (2, "kW", 0.1, 1752, 2, 2, 0),
    ("lease", "line"): (2, "Gbps", 100, 200, 2, 2, 0),
    ("rent", "city/cloud"): (3, "unit", 5, 87_600, 3, 2, 3),
    ("certify", "city"): (61.32, "MWh", 50, 3066, None, None, 78.84),
}
"""Amount, unit, price, cost, peak and mean use, and the amount of the all-local plan."""

COLUMNS = ("amount", "unit", "price", "cost", "peak_use", "mean_use", "all_local")


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    path = tmp_path_factory.mktemp("decisions") / "known.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def solved(config):
    return computeplan.solve(config)


def test_each_decision_has_amount_price_use_cost_and_reference(solved):
    rows = solved.tables()["decisions"].to_dicts()
    assert [(row["decision"], row["where"]) for row in rows] == list(EXPECTED)
    for row in rows:
        expected = EXPECTED[row["decision"], row["where"]]
        for name, value in zip(COLUMNS, expected, strict=True):
            found = row[name]
            assert found == (value if isinstance(value, str | None) else pytest.approx(value)), (row, name)
        assert row["change"] == pytest.approx(row["amount"] - row["all_local"])
        assert row["currency"] == "CNY"
    assert [row["item"] for row in rows] == ["", "gpu", "gpu", "wind", "line", "npu", ""]
    assert rows[1]["there"] == 4


def test_costs_of_decisions_are_those_of_the_accounts(solved):
    cost = solved.plan.solution.accounts.cost
    by_kind = dict.fromkeys(DecisionKind, 0.0)
    for each in solved.decisions:
        by_kind[each.decision.kind] += each.decision.cost
    assert list(by_kind.values()) == pytest.approx(
        [
            cost["open_sites"],
            cost["new_units"],
            cost["booked_units"],
            cost["energy_contracts"],
            cost["network"],
            cost["units_in_use"],
            cost["certificates"],
        ]
    )


def test_what_only_the_all_local_plan_decides_is_there_too(config):
    stay = computeplan.solve(config, overrides=["sites.north.pools.booked.max_units=0"])
    assert {each.decision.name: each.change for each in stay.decisions} == {
        "city/own": 0,
        "city/cloud": 0,
        "city": pytest.approx(0),
    }
    free = computeplan.solve(
        config, overrides=["sites.north.pools.booked.price=0.01", "workloads.train.max_latency=1 s"]
    )
    (rents,) = [each for each in free.decisions if each.decision.kind is DecisionKind.ADD]
    assert (rents.decision.amount, rents.reference.amount, rents.change) == (0, 4, -4)


def test_without_a_reference_there_is_no_change(config):
    alone = computeplan.solve(config, baseline=False)
    frame = alone.tables()["decisions"]
    assert frame["all_local"].null_count() == frame["change"].null_count() == len(EXPECTED)


def test_take_or_pay_and_what_is_there_is_no_decision(config):
    given = computeplan.solve(
        config,
        overrides=[
            "sites.north.contracts.sun={profile: 1, capacity: 9 kW, price: 0, settlement: take_or_pay}",
            "sites.city.pools.own={hardware: gpu, term: owned, units: 9}",
        ],
    )
    kinds = {(each.decision.kind.value, each.decision.name) for each in given.decisions}
    assert not kinds & {("contract", "north/sun"), ("add", "city/own")}


def test_the_terminal_opens_with_the_decisions_and_ends_with_the_next_commands(config):
    folder = config.with_name("my plan")
    lines = run("solve", config, "--out", folder).stdout.splitlines()
    assert lines[2].split()[:3] == ["decision", "where", "amount"]
    shown = "\n".join(lines)
    closing = next(line for line in lines if line.startswith("Rent up to"))
    assert closing == (
        "Rent up to 3 npu in city, add 2 gpu in city, book 2 gpu in north, 4 more decisions, "
        "move 1 workload; 24,204 CNY less (11.8 %) than all-local."
    )
    assert lines.index(closing) > next(n for n, line in enumerate(lines) if line.startswith("cost, CNY"))
    assert lines[-2:] == [f"computeplan explain '{folder}' city", f"computeplan report '{folder}'"]
    assert "5 gpu" not in shown
    assert "7 gpu" not in shown


@pytest.fixture(scope="module")
def folders(config):
    """The plan, and one with less to do in the north."""
    whole, half = config.with_name("whole"), config.with_name("half")
    assert run("solve", config, "--out", whole).exit_code == 0
    assert run("solve", config, "--set", "workloads.render.demand=1", "--out", half).exit_code == 0
    return whole, half


def test_explain_of_a_site_opens_with_what_to_decide_there(folders):
    lines = run("explain", folders[0], "city").stdout.splitlines()
    assert lines[0] == "site city in city: 43,800 gpu·h, 17,520 npu·h of 2 companies"
    assert lines[2].split()[:3] == ["decision", "where", "amount"]
    assert [line.split()[:2] for line in lines[4:7]] == [
        ["add", "city/own"],
        ["rent", "city/cloud"],
        ["certificates", "city"],
    ]
    found = json.loads(run("explain", folders[0], "north", "--json").stdout)
    assert [(each["decision"], each["amount"]) for each in found["decisions"]] == [
        ("open", 1),
        ("book", pytest.approx(2)),
        ("contract", pytest.approx(2)),
    ]
    assert [pool["hardware"] for pool in found["pools"]] == ["gpu"]


def test_compare_opens_with_the_decisions_that_differ(folders):
    lines = run("compare", *folders).stdout.splitlines()
    assert lines[0].split()[-2:] == ["before", "change"]
    found = json.loads(run("compare", *folders, "--json").stdout)["decisions"]
    changes = {each["where"]: (each["reference"], each["amount"], each["change"]) for each in found}
    assert changes == {name: pytest.approx((2, 1, -1)) for name in ("north/booked", "north/wind", "line")}
    assert found[0]["unit"] == "unit"
    assert "The decisions are the same." in run("compare", folders[0], folders[0]).stdout
