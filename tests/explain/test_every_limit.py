"""Every limit of the model gives way in a way out, and is named in the conflict that it is part of."""

from __future__ import annotations

import pytest

from computeplan import api
from computeplan.problem import Status

HEAD = """\
name: Tight
currency: EUR
horizon: {start: 2026-03-02T00:00, time_zone: UTC, duration: 4 h}
zones: {a: {}, b: {}}
network: {latency: round_trip, links: {line: %(line)s}}
objective: %(objective)s
hardware: {gpu: {idle_power: 0.2, busy_power: 1 kW}}
sites:
  A: %(A)s
  B: %(B)s
workloads: {w: %(w)s}
rules: %(rules)s
caps: {}
"""
PARTS = {
    "line": "{between: [a, b]}",
    "objective": "{}",
    "A": "{zone: a, grid: {price: 0.1, carbon: 0.5}, pools: {own: {hardware: gpu, term: owned, units: 20}}}",
    "B": "{zone: b, grid: {price: 0.3, carbon: 0.2}, pools: {own: {hardware: gpu, term: owned, units: 6}}}",
    "w": "{company: Acme, zone: a, demand: 10}",
    "rules": "{}",
}


def site(pool, extra="", grid="{price: 0.1, carbon: 0.5}"):
    return f"{{zone: a, grid: {grid}, pools: {{own: {pool}}}{extra}}}"


OWN_20 = "{hardware: gpu, term: owned, units: 20}"
NOTHING = "{zone: b}"
CERTIFIED = ", certificates: {price: 0.01, max_energy: 20}"
MARKET = "{price: 0.1, carbon: {location: 0.5, market: 0.5}}"

LIMITS = {
    "budget": ({"objective": "{budget: 4}"}, "budget", "the budget", "objective.budget="),
    "least share": (
        {"rules": "{r: {rule: share, sites: [B], least: 0.9}}"},
        "rule r",
        "rules",
        "rules.r.least=0.6",
    ),
    "most share": (
        {
            "rules": "{r: {rule: share, sites: [A], most: 0.3}}",
            "B": "{zone: b, pools: {own: {hardware: gpu, term: owned, units: 6}}}",
        },
        "rule r",
        "rules",
        "rules.r.most=0.4",
    ),
    "both shares": (
        {"rules": "{r: {rule: share, sites: [B], least: 0.9, most: 1}}"},
        "rule r (least)",
        "rules",
        "rules.r.least=0.6",
    ),
    "company cost": (
        {"rules": "{r: {rule: company, companies: ['*'], cost: 2}}"},
        "rule r: cost of Acme",
        "rules",
        "rules.r.cost=4 EUR",
    ),
    "company cost, and a rule named as it is titled": (
        {
            "rules": "{'r: cost of Acme': {rule: company, companies: ['*'], cost: 1000},"
            " r: {rule: company, companies: ['*'], cost: 2}}"
        },
        "rule r: cost of Acme",
        "rules",
        "rules.r.cost=4 EUR",
    ),
    "company carbon": (
        {"rules": "{r: {rule: company, companies: [Acme], carbon: 10 kg}}"},
        "rule r: carbon of Acme",
        "rules",
        "rules.r.carbon=",
    ),
    "renewable share": (
        {
            "A": site(OWN_20, ", renewable_share: 0.5, contracts: {c: {capacity: 1, price: 0.1}}"),
            "B": NOTHING,
        },
        "renewable share of A",
        "renewable shares",
        "sites.A.renewable_share=",
    ),
    "contract": (
        {
            "A": site(
                OWN_20,
                ", contracts: {c: {capacity: 2, price: 0.1, settlement: take_or_pay}}",
                "{price: 0.1, import_limit: 5}",
            ),
            "B": NOTHING,
        },
        "power of contract A/c",
        "contracts",
        "sites.A.contracts.c.capacity=7 kW",
    ),
    "contracted power": (
        {
            "A": site(OWN_20, ", contracts: {c: {max_capacity: 2, price: 0.1}}", "{import_limit: 5}"),
            "B": NOTHING,
        },
        "contracted power of A/c",
        "contracts",
        "sites.A.contracts.c.max_capacity=7 kW",
    ),
    "new units": (
        {
            "A": site("{hardware: gpu, term: owned, units: 2, new: {max_units: 3, price: 1, life: 3 years}}"),
            "B": NOTHING,
        },
        "new units of A/own",
        "new units",
        "sites.A.pools.own.new.max_units=8",
    ),
    "no pause": (
        {
            "A": site("{hardware: gpu, term: owned, units: 20, availability: [1, 0, 1, 1]}"),
            "B": NOTHING,
            "w": "{zone: a, job: {volume: 8, max_rate: 4, deadline: 3 h, interruptible: false}}",
        },
        "w without a pause",
        "delay",
        "workloads.w.job.deadline=4 h",
    ),
    "new units in steps": (
        {
            "A": site(
                "{hardware: gpu, term: owned, units: 2,"
                " new: {max_units: 7, step: 4, price: 1, life: 3 years}}"
            ),
            "B": NOTHING,
        },
        "new units of A/own",
        "new units",
        "sites.A.pools.own.new.max_units=8",
    ),
    "booked steps": (
        {
            "A": site("{hardware: gpu, term: reserved, max_units: 11, step: 4, price: 1}"),
            "B": NOTHING,
        },
        "units of A/own",
        "capacity",
        "sites.A.pools.own.max_units=12",
    ),
    "rented steps": (
        {
            "A": site("{hardware: gpu, term: on_demand, max_units: 11, step: 4, price: 1}"),
            "B": NOTHING,
        },
        "units of A/own",
        "capacity",
        "sites.A.pools.own.max_units=12",
    ),
    "optional site": (
        {"A": site("{hardware: gpu, term: owned, units: 8}", ", opening: {cost: 100}"), "B": NOTHING},
        "units of A/own",
        "capacity",
        "sites.A.pools.own.units=10",
    ),
    "least booking at an optional site": (
        {
            "A": site(
                "{hardware: gpu, term: reserved, min_units: 30, max_units: 40, price: 1}",
                ", opening: {cost: 100}",
                "{import_limit: 11.6}",
            ),
            "B": NOTHING,
        },
        "least booked units of A/own",
        "bookings",
        "sites.A.pools.own.min_units=",
    ),
    "bandwidth": (
        {
            "A": NOTHING.replace("b}", "b, pools: {own: {hardware: gpu, term: owned, units: 9}}}"),
            "w": "{zone: a, demand: 10, traffic: 450}",
            "line": "{between: [a, b], bandwidth: 4}",
        },
        "bandwidth of line",
        "bandwidth",
        "network.links.line.bandwidth=10 Gbps",
    ),
    "lease": (
        {
            "A": NOTHING.replace("b}", "b, pools: {own: {hardware: gpu, term: owned, units: 9}}}"),
            "w": "{zone: a, demand: 10, traffic: 450}",
            "line": "{between: [a, b], bandwidth: 4, lease: {max_bandwidth: 2, price: 1}}",
        },
        "leased bandwidth of line",
        "leased bandwidth",
        "network.links.line.lease.max_bandwidth=6 Gbps",
    ),
    "lease of the first direction": (
        {
            "A": NOTHING.replace("b}", "b, pools: {own: {hardware: gpu, term: owned, units: 20}}}"),
            "B": "{zone: a}",
            "w": "{zone: a, demand: 10, traffic: 450}, v: {zone: b, demand: 0.1, traffic: 450}",
            "line": "{between: [a, b], bandwidth: 4, lease: {max_bandwidth: 2, price: 1}}",
        },
        "leased bandwidth of line",
        "leased bandwidth",
        "network.links.line.lease.max_bandwidth=6 Gbps",
    ),
    "lease of the second direction": (
        {
            "A": NOTHING.replace("b}", "b, pools: {own: {hardware: gpu, term: owned, units: 20}}}"),
            "B": "{zone: a}",
            "w": "{zone: a, demand: 10, traffic: 450}, v: {zone: b, demand: 0.1, traffic: 450}",
            "line": "{between: [b, a], bandwidth: 4, lease: {max_bandwidth: 2, price: 1}}",
        },
        "leased bandwidth of line",
        "leased bandwidth",
        "network.links.line.lease.max_bandwidth=6 Gbps",
    ),
    "certificates": (
        {
            "objective": "{carbon_cap: 5 kg, carbon_basis: market}",
            "A": site(OWN_20, CERTIFIED, MARKET),
            "B": NOTHING,
        },
        "certificates of A",
        "certificates",
        "sites.A.certificates.max_energy=",
    ),
    "battery energy": (
        {
            "A": site(OWN_20, ", batteries: {b: {power: 9, energy: 2}}", "{import_limit: 12}"),
            "B": NOTHING,
            "w": "{zone: a, demand: [1, 1, 14, 14]}",
        },
        "energy of battery A/b",
        "batteries",
        "sites.A.batteries.b.energy=",
    ),
    "battery power": (
        {
            "A": site(OWN_20, ", batteries: {b: {power: 1, energy: 20}}", "{import_limit: 12}"),
            "B": NOTHING,
            "w": "{zone: a, demand: [1, 1, 12, 12]}",
        },
        "power of battery A/b",
        "batteries",
        "sites.A.batteries.b.power=",
    ),
    "battery energy where losses may pay": (
        {
            "A": site(
                OWN_20,
                ", batteries: {b: {power: 9, energy: 2, efficiency: 0.9}}",
                "{price: [-1, 0, 0, 0], import_limit: 12}",
            ),
            "B": NOTHING,
            "w": "{zone: a, demand: [1, 1, 14, 14]}",
        },
        "energy of battery A/b",
        "batteries",
        "sites.A.batteries.b.energy=",
    ),
    "battery power where losses may pay": (
        {
            "A": site(
                OWN_20,
                ", batteries: {b: {power: 1, energy: 20, efficiency: 0.9}}",
                "{price: [-1, 0, 0, 0], import_limit: 12}",
            ),
            "B": NOTHING,
            "w": "{zone: a, demand: [1, 1, 12, 12]}",
        },
        "power of battery A/b",
        "batteries",
        "sites.A.batteries.b.power=",
    ),
    "battery power for one sunny hour": (
        {
            "A": site(
                OWN_20,
                ", renewable_share: 1, batteries: {b: {power: 1, energy: 90, efficiency: 0.9}},"
                " contracts: {sun: {profile: [1, 0, 0, 0], capacity: 90 kW, price: 0.1}}",
            ),
            "B": NOTHING,
            "w": "{zone: a, demand: 10}",
        },
        "power of battery A/b",
        "batteries",
        "sites.A.batteries.b.power=",
    ),
    "battery power at an optional site": (
        {
            "A": site(
                OWN_20,
                ", opening: {cost: 100}, batteries: {b: {power: 1, energy: 20}}",
                "{import_limit: 12}",
            ),
            "B": NOTHING,
            "w": "{zone: a, demand: [1, 1, 12, 12]}",
        },
        "power of battery A/b",
        "batteries",
        "sites.A.batteries.b.power=",
    ),
    "whole work": (
        {
            "A": site("{hardware: gpu, term: owned, units: 10}"),
            "w": "{zone: a, demand: 15, mobility: whole}",
        },
        "workload w in one piece",
        "mobility",
        "workloads.w.mobility=fixed",
    ),
}


@pytest.fixture
def config(tmp_path):
    def write(**parts):
        path = tmp_path / "c.yaml"
        path.write_text(HEAD % (PARTS | parts), encoding="utf-8")
        return path

    return write


def test_the_config_has_a_plan_as_it_is(config):
    assert api.diagnose(config()).status is Status.OPTIMAL


@pytest.mark.parametrize("limit", LIMITS)
def test_each_limit_gives_way_and_is_named(config, limit):
    parts, named, alone, change = LIMITS[limit]
    path = config(**parts)
    found = api.diagnose(path)
    assert found.status is Status.INFEASIBLE
    assert api.solve(path, baseline=False).plan.status is Status.INFEASIBLE
    for suggestion in found.ways_out.suggestions:
        changed = api.solve(path, overrides=suggestion.overrides, baseline=False)
        assert changed.plan.status is Status.OPTIMAL, suggestion
        assert changed.plan.solution.audit.passed, suggestion
    sets = [text for each in found.ways_out.suggestions for text in each.overrides]
    assert any(text.startswith(change) for text in sets), sets
    titles = [each.title for each in found.ways_out.suggestions]
    first = [text.startswith(change) for text in found.ways_out.suggestions[0].overrides]
    assert f"only {alone}" in titles or all(first), titles
    conflict = found.ways_out.conflict
    assert conflict is not None
    assert any(part.startswith(named) or named in part for part in conflict.parts), conflict.parts


def test_whole_work_larger_than_any_pool_is_a_reason(config):
    parts, *_ = LIMITS["whole work"]
    (reason,) = api.diagnose(config(**parts)).reasons
    assert str(reason) == (
        "workload w: all of it has to be in one pool (mobility whole), and none open to it has room"
    )
    assert reason.details[0] == ("A/own: 15 units are needed, but at most 10 are there, at 2026-03-02 00:00")


def test_several_limits_at_once_give_way_together(config):
    """Two companies under one rule: their setting takes the larger of the two changes."""
    path = config(
        w="{company: Acme, zone: a, demand: 10}, v: {company: Bolt, zone: a, demand: 5}",
        rules="{r: {rule: company, companies: ['*'], cost: 1}}",
    )
    found = api.diagnose(path)
    least = found.ways_out.suggestions[0]
    assert [part.subject for part in least.relaxations] == ["rule r: cost of Bolt", "rule r: cost of Acme"]
    assert len(least.overrides) == 1
    assert api.solve(path, overrides=least.overrides, baseline=False).plan.status is Status.OPTIMAL


@pytest.mark.parametrize("parts", [{}, LIMITS["whole work"][0], LIMITS["booked steps"][0]])
def test_explain_and_solve_agree(config, parts):
    path = config(**parts)
    assert api.diagnose(path).status is api.solve(path, baseline=False).plan.status
