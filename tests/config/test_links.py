"""Directions of links and the choice of routes in the config."""

from __future__ import annotations

import pytest

from computeplan.errors import UsageError
from computeplan.explanations.part import explain_link
from computeplan.problem.limits import LimitKind
from computeplan.runs.subject import Subject, find_subject
from computeplan.solvers.planner import plan
from computeplan.vocabulary import SubjectKind

CONFIG = """
name: links
currency: EUR
horizon: {start: 2026-05-04T08:00, duration: 2 h}
zones: {a: {}, b: {}}
network: {links: {LINKS}}
hardware: {node: {busy_power: 2 kW}}
sites:
  east: {zone: a, provides: [gpu], pools: {owned: {hardware: node, term: owned, units: 8}}}
  west: {zone: b, provides: [vault], pools: {owned: {hardware: node, term: owned, units: 8}}}
workloads:
  notes: {zone: a, demand: 2, requires: [vault], traffic: 500 GB/unit/h}
  render: {zone: b, demand: 2, requires: [gpu], traffic: 500 GB/unit/h}
"""


@pytest.mark.parametrize(
    ("duplex", "fits"), [("", True), (", duplex: full", True), (", duplex: half", False)]
)
def test_a_link_carries_its_bandwidth_in_each_direction(load, duplex, fits):
    """4 Gbps are 1,800 GB an hour; 1,000 go each way."""
    line = "l: {between: [a, b], bandwidth: 4 Gbps" + duplex + "}"
    problem = load(CONFIG.replace("LINKS", line)).problem
    assert plan(problem).status.has_plan is fits
    assert problem.network.link_names == (("l, a → b", "l, b → a") if fits else ("l",))
    assert set(problem.network.line_names) == {"l"}


def test_a_direction_is_limited_by_the_lease_of_its_line(load):
    """2.1 Gbps are 945 GB an hour of the 1,000 that go each way."""
    line = "l: {between: [a, b], bandwidth: 2 Gbps, lease: {max_bandwidth: 0.1 Gbps, price: 1}}"
    may_fall_short = CONFIG.replace("unit/h}", "unit/h, shortfall_price: 5}")
    problem = load(may_fall_short.replace("LINKS", line)).problem
    subject = find_subject(problem, "l, a → b")
    assert subject == Subject(SubjectKind.LINK, 0)
    binding = explain_link(problem, plan(problem).solution, subject.index).binding
    assert [(limits.kind, limits.names[thing]) for limits, thing in binding if limits.value[thing] > 0] == [
        (LimitKind.LEASED_BANDWIDTH, "l")
    ]
    with pytest.raises(UsageError, match="one direction, 'l, a → b' or 'l, b → a'"):
        find_subject(problem, "l")


def test_a_link_that_is_used_one_way_stays_one(load):
    one_way = CONFIG.replace("LINKS", "l: {between: [b, a], bandwidth: 4 Gbps}").split("  render:")[0]
    assert load(one_way).problem.network.link_names == ("l",)


@pytest.mark.parametrize("order", [1, -1])
def test_of_parallel_links_the_cheaper_one_is_taken_in_any_order(load, order):
    lines = ["dear: {between: [a, b], price: 5}", "cheap: {between: [a, b], price: 0.1}"]
    loaded = load(CONFIG.replace("LINKS", ", ".join(lines[::order])))
    assert plan(loaded.problem).solution.accounts.cost.total == pytest.approx(0.1 * 4 * 1000)
    (warning,) = (w for w in loaded.warnings if "links" in w)
    assert warning == (
        "network.links: no traffic uses dear; another route is as near, as cheap and as clean, "
        "or none of the 8 cheapest, which are considered, takes it"
    )


def test_the_ninth_of_equal_links_is_not_called_replaced(load):
    """Each of many limited links could be needed, but only eight are considered."""
    lines = [f"l{i:02}: {{between: [a, b], bandwidth: 1 Gbps}}" for i in range(15)]
    loaded = load(CONFIG.replace("LINKS", ", ".join(lines)))
    network = loaded.problem.network
    assert set(network.line[network.path.any(axis=0)]) == set(range(8))
    (warning,) = (warning for warning in loaded.warnings if "links" in warning)
    assert "no traffic uses l08, l09, l10, l11, l12 and 2 more; " in warning
    assert warning.endswith(", or none of the 8 cheapest, which are considered, takes it")


RING = """
name: ring
currency: EUR
horizon: {start: 2026-02-01T00:00, duration: 1 h}
zones: {a: {}, b: {}, c: {}, d: {}}
network:
  latency: one_way
  links:
LINKS
hardware: {s: {busy_power: 1 kW}}
sites: {S: {zone: d, pools: {o: {hardware: s, term: owned, units: 10}}}}
workloads: {w: {zone: a, demand: 2, traffic: 450}}
"""
LINES = [
    "    ab: {between: [a, b], latency: 1, bandwidth: 1 Gbps}",
    "    bd: {between: [b, d], latency: 1, bandwidth: 1 Gbps}",
    "    ac: {between: [a, c], latency: 2, bandwidth: 1 Gbps, price: 0.01}",
    "    cd: {between: [c, d], latency: 2, bandwidth: 1 Gbps}",
]


@pytest.mark.parametrize("order", [LINES, LINES[::-1], [LINES[2], LINES[0], LINES[3], LINES[1]]])
@pytest.mark.parametrize(
    ("limit", "fits"), [("", True), (", max_latency: 4", True), (", max_latency: 3", False)]
)
def test_a_second_route_carries_what_the_first_cannot(load, order, limit, fits):
    problem = load(
        RING.replace("LINKS", "\n".join(order)).replace("traffic: 450", "traffic: 450" + limit)
    ).problem
    made = plan(problem)
    assert made.status.has_plan is fits
    if fits:
        assert made.solution.accounts.cost.total == pytest.approx(450 * 0.01)
        assert made.solution.accounts.network.traffic_gb == pytest.approx(450)


def test_a_latency_from_a_table_is_that_of_the_nearest_route(load):
    """The other one is 2 ms longer, as the links say."""
    table = "\n".join(LINES) + "\n  latencies: {a: {d: 30}}"
    network = load(RING.replace("LINKS", table)).problem.network
    assert network.path_latency_ms == pytest.approx([30, 32])
