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
    # At the margin one's own units cost what the rented ones do where they are full.
    assert found["pools"][0]["parts"]["energy"] == pytest.approx(-found["pools"][1]["parts"]["energy"], abs=5)


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
    assert found["binding"][0]["what"] == "units of home/own"
    assert found["pools"][0]["utilization"] == pytest.approx(1)


def test_a_company_gets_its_statement(plan):
    text = run("explain", plan, "企业").stdout
    assert "company 企业: 1 workload" in text
    found = explained(plan, "企业")
    total = found["statement"]["cost, CNY"]
    assert total == pytest.approx(sum(v for k, v in found["statement"].items() if k.startswith("  ")))
    summary = json.loads((plan / "summary.json").read_text(encoding="utf-8"))
    other = explained(plan, "batch", "--as", "company")["statement"]["cost, CNY"]
    assert total + other == pytest.approx(summary["cost"]["total"])


def test_a_company_is_compared_with_all_local(plan, tmp_path):
    roomy = ["--set", "sites.home.pools.own.units=9", "--out", tmp_path / "p"]
    assert run("solve", plan.parent / "tiny.yaml", *roomy).exit_code == 0
    assert "all-local" in run("explain", tmp_path / "p", "企业").stdout
    found = explained(tmp_path / "p", "企业")
    assert found["all_local"].keys() == found["statement"].keys()


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
        (["chatt"], "expected the name of a workload or company or site, got 'chatt'; did you mean 'chat'?"),
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
    assert "expected a plan folder" in result.stderr


SHORT = ["--set", "workloads.chat.max_latency=20 ms", "--set", "workloads.batch.max_latency=20 ms"]


def test_a_config_without_a_plan_gets_reasons_conflict_and_ways_out(tiny):
    result = run("explain", tiny, *SHORT)
    assert result.exit_code == 3
    assert result.stderr == "error: infeasible: no plan meets all limits\n"
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
    assert result.stderr == f"{tiny} has a plan; nothing stands in its way\n"
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
        ([".", "--scenario", "far"], "--scenario and --set change a config"),
        (["."], "name a workload, company or site of the plan"),
        (["tiny.yaml", "chat"], "tiny.yaml"),
        (["none.yaml"], "none.yaml"),
    ],
)
def test_arguments_that_do_not_fit_are_told(arguments, told):
    result = run("explain", *arguments)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "Traceback" not in result.output
