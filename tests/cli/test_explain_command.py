"""``computeplan explain PLAN NAME``: for a workload, a site, a company."""

from __future__ import annotations

import json

import pytest

from command_line import TINY, run


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan")
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    assert run("solve", folder / "tiny.yaml", "--out", folder / "plan").exit_code == 0
    return folder / "plan"


def explained(plan, *arguments):
    result = run("explain", plan, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_workload_says_where_and_why_not_elsewhere(plan):
    text = run("explain", plan, "chat")
    assert text.exit_code == 0
    assert "workload chat of 企业, from here: 11 unit·h" in text.stdout
    assert "home/own" in text.stdout
    found = explained(plan, "chat")
    assert [pool["pool"] for pool in found["pools"]] == ["home/own", "北站/租用"]
    assert sum(pool["work_unit_h"] for pool in found["pools"]) == pytest.approx(11)
    assert found["unit"] == "CNY/unit·h"
    # Against 9 of 11 at home: rent is 9, a unit·h takes 10 kWh at 0.5 or 0.3, and at noon home is full,
    # 4 units for 6, which makes it as dear as rented ones: 7 more.
    own, rented = found["pools"]
    assert own["extra_cost"] == pytest.approx(0, abs=1e-9)
    nothing = dict.fromkeys(("carbon", "network", "placement", "rules"), 0.0)
    assert own["parts"] == pytest.approx(
        {"use": -18 / 11, "capacity rent": 14 / 11, "energy": 4 / 11, **nothing}, abs=1e-9
    )
    rents = {"use": 81 / 11, "energy": -18 / 11, **nothing}
    assert {name: rented["parts"][name] for name in rents} == pytest.approx(rents, abs=1e-9)
    assert rented["parts"]["capacity rent"] <= -28 / 11 + 1e-9
    assert rented["extra_cost"] == pytest.approx(sum(rented["parts"].values()))


def test_excluded_pools_say_by_what(plan, tmp_path):
    config = plan.parent / "tiny.yaml"
    far = [
        "--set",
        "workloads.chat.max_latency=20 ms",
        "--set",
        "sites.home.pools.own.units=9",
        "--out",
        tmp_path / "p",
    ]
    assert run("solve", config, *far).exit_code == 0
    assert "latency 33 ms > 20 ms" in run("explain", tmp_path / "p", "chat").stdout
    assert explained(tmp_path / "p", "chat")["pools"][1]["excluded"] == ["latency 33 ms > 20 ms"]


def test_work_that_waits_says_how_much_is_done_at_once(plan):
    assert "at once, the rest within 2 h" in run("explain", plan, "batch").stdout


def test_a_site_says_what_fills_it_and_what_binds(plan):
    text = run("explain", plan, "home").stdout
    assert "site home in here: " in text
    assert "units of home/own" in text
    found = explained(plan, "home")
    assert {tenant["company"] for tenant in found["companies"]} == {"企业", "batch"}
    assert found["limits"][0]["what"] == "units of home/own"
    assert found["pools"][0]["utilization"] == pytest.approx(1)


def test_a_company_gets_its_statement(plan):
    text = run("explain", plan, "企业").stdout
    assert "company 企业: 1 workload" in text
    found = explained(plan, "企业")
    cost = found["statement"]["cost"]
    total = cost.pop("total")
    assert total == pytest.approx(sum(cost.values()))
    summary = json.loads((plan / "summary.json").read_text(encoding="utf-8"))
    other = explained(plan, "batch", "--as", "company")["statement"]["cost"]["total"]
    assert total + other == pytest.approx(summary["cost"]["total"])


def test_a_company_is_compared_with_all_local(plan, tmp_path):
    roomy = ["--set", "sites.home.pools.own.units=9", "--out", tmp_path / "p"]
    assert run("solve", plan.parent / "tiny.yaml", *roomy).exit_code == 0
    assert "all-local" in run("explain", tmp_path / "p", "企业").stdout
    found = explained(tmp_path / "p", "企业")
    assert found["all_local"].keys() == found["statement"].keys()


PARTS = """\
name: Parts
horizon: {start: 2026-03-02T00:00, time_zone: Asia/Shanghai, duration: 3 h}
zones: {here: {}, there: {}}
network: {latency: round_trip, links: {line: {between: [here, there], latency: 5 ms, bandwidth: 0.5 Gbps}}}
hardware: {gpu: {busy_power: 10 kW}}
sites:
  far:
    zone: there
    grid: {price: 1}
    contracts: {sun: {profile: [0, 1, 0.5], capacity: 40, price: 0.1}}
    pools: {own: {hardware: gpu, term: owned, units: 3}, rent: {hardware: gpu, term: on_demand, price: 50}}
workloads:
  chat: {company: Acme, zone: here, demand: [1, 4, 2], traffic: 45}
  home: {company: Bolt, zone: there, demand: 1}
"""


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parts")
    (folder / "parts.yaml").write_text(PARTS, encoding="utf-8")
    assert run("solve", folder / "parts.yaml", "--out", folder / "plan").exit_code == 0
    return folder / "plan"


def test_a_pool_says_how_full_it_is_and_whose_work_fills_it(parts):
    """Busy 2, 3 and 3 of 3 units; the fifth and more is rented at 50."""
    found = explained(parts, "far/own")
    assert (found["units"], found["work_unit_h"], found["full_h"]) == (3, 8, 2)
    assert found["utilization_percent"] == pytest.approx(100 * 8 / 9)
    assert found["limits"][0]["one_more_saves"] == "50 CNY/unit·h"
    assert sum(company["work_unit_h"] for company in found["companies"]) == pytest.approx(8)
    assert "pool far/own\n" in run("explain", parts, "far/own").stdout


def test_a_contract_says_what_is_used_of_it(parts):
    """Facility energy 20, 50 and 30 kWh; of 0, 40 and 20 kWh generated all is used."""
    found = explained(parts, "far/sun")
    assert (found["generated_kwh"], found["used_kwh"], found["sold_kwh"]) == (60, 60, 0)
    assert (found["paid_kwh"], found["cost"], found["taken_whole_h"]) == (60, pytest.approx(6), 2)
    assert found["limits"][0]["what"] == "power of contract far/sun"


def test_a_link_says_how_full_it_is(parts):
    """45 GB for each of 7 unit·h; 4 in an hour are 180 of 225 GB."""
    found = explained(parts, "line")
    assert found["traffic_gb"] == pytest.approx(7 * 45)
    assert found["greatest_gbps"] == pytest.approx(0.4)
    assert (found["bandwidth_gbps"], found["full_h"], found["limits"]) == (0.5, 0, [])


@pytest.mark.parametrize("name", ["2026-03-02 01:00", "2026-03-02T01:59", "2026-03-01T17:30+00:00"])
def test_an_hour_says_what_runs_and_what_binds(parts, name):
    found = explained(parts, name)
    assert (found["hour"], found["work_unit_h"], found["grid_kwh"]) == ("2026-03-02 01:00", 5, 10)
    pools = {pool["pool"]: pool["busy_units"] for pool in found["pools"]}
    assert pools == {"far/own": 3, "far/rent": 2}
    assert {limit["what"] for limit in found["limits"]} == {"units of far/own", "power of contract far/sun"}
    assert found["sites"] == [{"site": "far", "grid_kwh": 10, "grid_price": 1}]


def test_a_name_of_two_things_asks_which(plan, tmp_path):
    assert explained(plan, "batch")["workload"] == "batch"
    config = tmp_path / "two.yaml"
    config.write_text(TINY.replace("company: 企业", "company: batch"), encoding="utf-8")
    assert run("solve", config, "--out", tmp_path / "p").exit_code == 0
    result = run("explain", tmp_path / "p", "batch")
    assert result.exit_code == 2
    assert "--as workload or --as company says which" in result.stderr
    assert explained(tmp_path / "p", "batch", "--as", "company")["company"] == "batch"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["chatt"],
            "link, or a time of the horizon, such as 2026-03-02 00:00, got 'chatt'; did you mean 'chat'?",
        ),
        (["2026-03-03 00:00", "--as", "hour"], "expected a time of the horizon, such as 2026-03-02 00:00"),
        (["chat", "--as", "site"], "expected the name of a site, got 'chat'"),
        (["chat", "--as", "planet"], "planet"),
    ],
)
def test_a_wrong_name_is_told(plan, arguments, said):
    result = run("explain", plan, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_what_is_no_plan_is_told(tmp_path):
    result = run("explain", tmp_path, "chat")
    assert result.exit_code == 2
    assert "expected the folder of a plan, got one without provenance.json" in result.stderr


SHORT = ["--set", "workloads.chat.max_latency=20 ms", "--set", "workloads.batch.max_latency=20 ms"]


def test_a_config_without_a_plan_gets_reasons_conflict_and_ways_out(tiny):
    result = run("explain", tiny, *SHORT)
    assert result.exit_code == 3
    assert result.stderr.splitlines()[-1] == "error: infeasible: no plan meets all limits"
    text = result.stdout
    assert "workload chat: at 2026-03-02 01:00, 6 units are needed, but at most 4 are there" in text
    assert "These cannot hold together; without any one of them the others can:" in text
    assert "1. least change" in text
    assert "pool home/own: 2 units more (units 6 instead of 4), needed 2026-03-02 01:00 to 02:00" in text
    assert "--set sites.home.pools.own.units=6" in text


def test_the_json_of_a_config_can_be_applied(tiny):
    found = json.loads(run("explain", tiny, *SHORT, "--json").stdout)
    assert (found["name"], found["status"]) == ("Tiny", "infeasible")
    assert found["conflict"]["irreducible"]
    for suggestion in found["relaxations"]:
        changes = [argument for change in suggestion["set"] for argument in ("--set", change)]
        assert run("check", tiny, *SHORT, *changes).exit_code == 0
        assert run("solve", tiny, *SHORT, *changes, "--no-baseline").exit_code == 0, suggestion
    assert found["relaxations"][0]["relaxations"][0]["amount"] == 2
    assert found["relaxations"][0]["relaxations"][0]["kind"] == "capacity"


def test_solve_says_the_same(tiny):
    explained = json.loads(run("explain", tiny, *SHORT, "--json").stdout)
    result = run("solve", tiny, *SHORT, "--json")
    assert result.exit_code == 3
    solved = json.loads(result.stdout)
    for part in ("reasons", "conflict", "relaxations", "note"):
        assert solved[part] == explained[part]
    assert run("solve", tiny, *SHORT).stdout == run("explain", tiny, *SHORT).stdout


def test_a_config_with_a_plan_needs_no_explanation(tiny):
    result = run("explain", tiny)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines()[-1] == f"{tiny} has a plan; nothing stands in its way"
    assert json.loads(run("explain", tiny, "--json").stdout)["relaxations"] == []
    assert run("explain", tiny, "--scenario", "far").exit_code == 3


def test_an_unbounded_config_says_what_has_no_limit(tiny):
    pool = "{hardware: gpu, term: reserved, price: 0}"
    changes = ["--set", f"sites.home.pools.own={pool}", "--set", "sites.home.grid.price=-1"]
    idle = ["--set", "hardware.gpu.idle_power=1 kW"]
    for command in ("explain", "solve"):
        result = run(command, tiny, *changes, *idle)
        assert result.exit_code == 3
        assert (
            "pool home/own: each booked unit earns 3 CNY over the horizon, and nothing limits"
            in result.stdout
        )
        assert "error: unbounded: the cost can fall without end" in result.stderr
    assert run("explain", tiny, *changes).exit_code == 0


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["tiny.yaml", "--as", "site"], "--as says what NAME means"),
        ([".", "--scenario", "far"], "expected a config for --scenario, got the plan"),
        (["."], "expected the folder of a plan, got one without provenance.json"),
        (["tiny.yaml", "chat"], "tiny.yaml"),
        (["none.yaml"], "none.yaml"),
    ],
)
def test_arguments_that_do_not_fit_are_told(arguments, told):
    result = run("explain", *arguments)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "Traceback" not in result.output
