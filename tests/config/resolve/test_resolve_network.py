from __future__ import annotations

import heapq
from itertools import combinations

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from resolving import resolve

from computeplan.config.resolve import routes
from computeplan.config.resolve.routes import Edge
from computeplan.errors import ConfigError
from computeplan.problem import Exclusion, Network

ZONES = "zones: {here: {latency: 2}, hami: {}, far: {}, alone: {}}"
CQ_HAMI = """
zones: {here: {latency: 2}, hami: {}}
network: {latency: %s, latency_limit: %s, links: {fibre: {between: [here, hami], latency: 33}}}
sites: {hami: {zone: hami, pools: {gpu: {hardware: gpu, term: on_demand, price: 1}}}}
workloads: {work: {max_latency: 20}}
"""


def network_of(network: str) -> Network:
    both = yaml.safe_load(ZONES) | {"network": yaml.safe_load(network)}
    return resolve(yaml.safe_dump(both, sort_keys=False)).problem.network


def linked(**links: tuple[str, str, float]) -> Network:
    entries = {name: {"between": [a, b], "latency": latency} for name, (a, b, latency) in links.items()}
    return network_of(yaml.safe_dump({"latency": "one_way", "links": entries}, sort_keys=False))


@pytest.mark.parametrize(
    ("measured", "limit", "latency", "admitted"),
    [
        ("round_trip", "one_way", 16.5, True),
        ("round_trip", "round_trip", 33, False),
        ("one_way", "one_way", 33, False),
        ("one_way", "round_trip", 66, False),
        ("round_trip", "null", 33, False),
    ],
)
def test_the_convention_decides_hami(measured, limit, latency, admitted):
    problem = resolve(CQ_HAMI % (measured, limit)).problem
    assert problem.network.latency_ms[0, 1] == latency
    excluded = problem.eligibility.exclusion[0, problem.pools.names.index("hami/gpu")]
    assert excluded == (Exclusion.NONE if admitted else Exclusion.LATENCY)


def test_routes_take_the_path_of_least_latency():
    network = linked(direct=("here", "far", 9), a=("here", "hami", 3), b=("far", "hami", 4))
    assert network.link_names == ("direct", "a", "b")
    assert network.route[0, 2].tolist() == [False, True, True]
    assert network.route[2, 0].tolist() == [False, True, True]
    assert network.latency_ms[0].tolist() == pytest.approx([2, 3, 7, np.nan], nan_ok=True)
    assert network.connected[0].tolist() == [True, True, True, False]
    assert not network.route[0, 0].any()
    assert network.latency_ms[3, 3] == 0


def test_of_equal_latency_the_route_with_fewer_links():
    network = linked(a=("here", "hami", 0.1), b=("hami", "far", 0.2), direct=("here", "far", 0.3))
    assert network.route[0, 2].tolist() == [False, False, True]


def test_of_equal_routes_the_link_first_by_name():
    network = linked(old=("here", "hami", 5), new=("hami", "here", 5))
    assert network.route[0, 1].tolist() == [False, True]


def test_links_in_base_units():
    network = network_of(
        """
        latency: one_way
        links:
          a: {between: [here, hami], bandwidth: 10 Gbps, price: 2 CNY/GB, energy: 1 Wh/GB, carbon: 560 g/kWh}
          b: {between: [hami, far]}
        """
    )
    assert network.bandwidth_gb_per_h.tolist() == [4500, np.inf]
    assert network.price_per_gb.tolist() == [2, 0]
    assert network.energy_kwh_per_gb.tolist() == [0.001, 0]
    assert network.kg_per_kwh.tolist() == [0.56, 0]


def test_a_table_overrides_the_route_one_way():
    network = network_of(
        "{latency: round_trip, latency_limit: one_way, links: {a: {between: [here, hami], latency: 40}}, "
        "latencies: {here: {hami: 33, alone: 50}}}"
    )
    assert network.latency_ms[0] == pytest.approx([1, 16.5, np.nan, 25], nan_ok=True)
    assert network.latency_ms[1, 0] == 20
    assert not network.connected[0, 3]


def test_a_matrix_from_a_file(tmp_path):
    (tmp_path / "ms.csv").write_text("from,here,hami,mars,far\nhami,31,5,1,\nhere,,33,1,\nvenus,1,1,1,1\n")
    resolved = resolve(
        f"{ZONES}\nnetwork: {{latency: one_way, latencies: {{file: ms.csv, origin: from}}}}", tmp_path
    )
    latency = resolved.problem.network.latency_ms
    assert latency[:2, :3] == pytest.approx(np.array([[2, 33, np.nan], [31, 5, np.nan]]), nan_ok=True)
    assert resolved.warnings == (
        "network.latencies: ms.csv names zones that the config does not have: mars, venus",
    )
    assert resolved.inputs[0].path == "ms.csv"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "from,here,hami\nhere,1,x\n",
            r"^ms\.csv:2:3 network\.latencies: expected a latency in ms.*'x' in row 2",
        ),
        ("from,here\nhere,-1\n", r"^ms\.csv:2:2 .*expected a latency in ms, at least 0, got '-1'"),
        (
            "from,here\nhere,1\nhere,2\n",
            r"^ms\.csv:2:1 .*expected one row for each zone, got 'here' in row 2",
        ),
        ("from,here\n,1\n", r"expected one row for each zone, got an empty cell in row 2"),
        ("origin,here\nhere,1\n", r"expected one column 'from', got none"),
        ("from,here,here\nhere,1,2\n", r"expected one column 'here', got several"),
    ],
)
def test_faults_of_a_matrix(tmp_path, content, message):
    (tmp_path / "ms.csv").write_text(content)
    with pytest.raises(ConfigError, match=message):
        resolve(
            f"{ZONES}\nnetwork: {{latency: one_way, latencies: {{file: ms.csv, origin: from}}}}", tmp_path
        )


def test_a_matrix_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match=r"network\.latencies: expected a file that exists, got 'ms\.csv'"):
        resolve(
            f"{ZONES}\nnetwork: {{latency: one_way, latencies: {{file: ms.csv, origin: from}}}}", tmp_path
        )


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (
            "{links: {a: {between: [here, hamy]}}}",
            r"network\.links\.a\.between\.1: expected the name of a zone, got 'hamy'; did you mean 'hami'",
        ),
        (
            "{latency: one_way, latencies: {her: {hami: 1}}}",
            r"network\.latencies\.her: .* did you mean 'here'",
        ),
        ("{latency: one_way, latencies: {here: {hamy: 1}}}", r"network\.latencies\.here\.hamy: expected"),
        ("{}", r"network\.latency: expected `one_way` or `round_trip`, got nothing, with latencies given"),
    ],
)
def test_faults_of_links(network, message):
    with pytest.raises(ConfigError, match=message):
        network_of(network)


@pytest.mark.parametrize(
    ("zones", "message"),
    [
        ("{hami: {within: chna}, china: {}}", r"zones\.hami\.within: .* got 'chna'; did you mean 'china'"),
        (
            "{hami: {within: hami}}",
            r"zones\.hami\.within: expected a zone that is not within this one, got 'hami'",
        ),
        (
            "{hami: {within: far}, far: {within: hami}}",
            r"zones\.hami\.within: .* not within this one, got 'far'",
        ),
        (
            "{a: {within: b}, b: {within: c}, c: {within: b}}",
            r"zones\.b\.within: .* not within this one, got 'c'",
        ),
    ],
)
def test_faults_of_zones(zones, message):
    with pytest.raises(ConfigError, match=message):
        resolve(f"zones: {zones}")


def test_latencies_of_zero_need_no_convention():
    problem = resolve("zones: {hami: {}}\nnetwork: {links: {a: {between: [here, hami]}}}").problem
    assert problem.network.latency_ms.tolist() == [[0, 0], [0, 0]]


def test_zones_within_zones():
    problem = resolve(
        """
        zones: {china: {}, west: {within: china}, here: {within: west}, hami: {within: west}, sea: {}}
        workloads:
          work: {residency: [west]}
          more: {zone: here, demand: 1, residency: [china, sea]}
          any: {zone: here, demand: 1}
        """
    ).problem
    names = problem.network.zone_names
    allowed = [{names[z] for z in np.flatnonzero(row)} for row in problem.needs.residency]
    assert allowed == [{"west", "here", "hami"}, set(names)]
    assert problem.workloads.need.tolist() == [0, 1, 1]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 5)), max_size=9))
def test_routes_are_paths_of_least_latency(triples):
    """Compare with Floyd and Warshall's recursion, and walk every route."""
    links = [(a, b, c) for a, b, c in triples if a != b]
    entries = {f"l{i}": {"between": [f"z{a}", f"z{b}"], "latency": c} for i, (a, b, c) in enumerate(links)}
    zones = "zones: {here: null, z0: {}, z1: {}, z2: {}, z3: {}, z4: {}}\nworkloads: {work: {zone: z0}}"
    changes = f"{zones}\nsites: {{site: {{zone: z0}}}}\nnetwork: {{latency: one_way, links: {entries}}}"
    network = resolve(changes).problem.network
    best = np.full((5, 5), np.inf)
    np.fill_diagonal(best, 0)
    for a, b, c in links:
        best[a, b] = best[b, a] = min(best[a, b], c)
    for middle in range(5):
        best = np.minimum(best, best[:, [middle]] + best[[middle], :])
    assert np.array_equal(network.connected, np.isfinite(best))
    assert np.array_equal(np.nan_to_num(network.latency_ms, nan=np.inf), best)
    for origin, goal in np.argwhere(network.connected):
        used = [links[i] for i in np.flatnonzero(network.route[origin, goal])]
        assert sum(c for *_, c in used) == best[origin, goal]
        ends = [zone for a, b, _ in used for zone in (a, b)]
        odd = {zone for zone in ends if ends.count(zone) % 2}
        assert odd == ({origin, goal} if origin != goal else set())


def test_the_search_for_paths_ends_once_all_zones_have_enough(monkeypatch):
    """Four parallel links between each two of four zones: without an end, it takes 503 steps."""
    ends = [(a, b) for a, b in combinations(range(4), 2) for _ in range(4)]
    edges = [Edge(f"l{i}", pair, 1, i, 0, limited=True) for i, pair in enumerate(ends)]
    route, *_ = routes.find_routes(4, edges)
    steps = []
    pop = heapq.heappop
    monkeypatch.setattr(routes.heapq, "heappop", lambda queue: steps.append(1) or pop(queue))
    pairs = np.zeros((4, 4), bool)
    pairs[0, 1] = True
    paths = routes.find_paths(edges, route, pairs)
    assert len(paths) == routes.MOST_PATHS
    assert [path.links for path in paths[:4]] == [(0,), (1,), (2,), (3,)]
    assert len(steps) < 150
