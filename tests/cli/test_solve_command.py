"""``computeplan solve`` from end to end."""

from __future__ import annotations

import json
import os
import signal
import threading
from dataclasses import replace
from importlib import import_module

import pytest

from command_line import TINY, run
from computeplan import api
from computeplan.cli import terminal
from computeplan.problem import Status


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def solved_json(*arguments):
    result = run("solve", *arguments, "--json")
    return result, json.loads(result.stdout)


def test_prints_the_plan_and_writes_the_folder(tiny):
    result = run("solve", tiny)
    assert result.exit_code == 0
    assert "Tiny: optimal, gap 0 (proved), audit passed" in result.stdout
    for word in ("cost, CNY", "all-local", "carbon (market), t", "北站", "limit that binds", "plans/tiny"):
        assert word in result.stdout
    assert result.stderr == ""
    folder = tiny.parent / "plans" / "tiny"
    assert {"inputs/config.yaml", "provenance.json", "summary.json", "tables/allocation.parquet"} <= set(
        files(folder)
    )


def test_a_long_command_says_its_stages_where_there_is_no_terminal(tiny, monkeypatch):
    monkeypatch.setattr(terminal, "SHORT_S", 0.0)
    result = run("solve", tiny)
    stages = [line.split("s  ")[1] for line in result.stderr.splitlines()]
    assert (stages[:2], stages[-1]) == (["reading the config", "planning"], "writing the plan")


def test_json_is_one_object_with_everything(tiny):
    result, found = solved_json(tiny)
    assert result.exit_code == 0
    assert found["status"] == "optimal"
    assert found["objective"] == pytest.approx(found["cost"]["total"])
    assert found["bound"] == pytest.approx(found["objective"])
    assert abs(found["gap"]) < 1e-9
    assert found["cost"]["total"] == pytest.approx(sum(found["cost"].values()) / 2)
    assert set(found["emissions_t"]) == {"location", "market", "hourly"}
    assert (found["basis"], found["currency"]) == ("location", "CNY")
    assert found["audit"]["passed"] is True
    assert found["audit"]["max_violation"] < 1e-9
    assert found["audit"]["families"]["capacity"] == 0
    assert found["size"]["workloads"] == 2
    sizes = {"companies", "workloads", "classes", "sites", "pools", "periods"}
    sizes |= {"columns", "rows", "nonzeros", "parts"}
    assert set(found["size"]) == sizes
    stages = {"read", "reduce", "build", "solve", "divide", "expand", "audit", "write", "total"}
    assert stages <= set(found["times_s"])
    assert found["times_s"]["total"] > 0
    assert found["solver"]["name"] == "highs"
    assert [each["name"] for each in found["baseline"]["all_local"]["lifted"]] == ["home/own"]
    assert found["plan"] == "plans/tiny"
    assert (found["reasons"], found["warnings"]) == ([], [])


def test_the_summary_in_the_folder_is_the_same_object(tiny):
    _, found = solved_json(tiny)
    saved = json.loads((tiny.parent / "plans/tiny/summary.json").read_text("utf-8"))
    shown = {name: found[name] for name in ("times_s", "plan", "answer", "next")}
    assert {"format": 1, **saved, **shown} == found


def test_the_folder_says_where_it_comes_from(tiny):
    run("solve", tiny, "--scenario", "quiet", "--set", "sites.home.pools.own.units=9")
    folder = tiny.parent / "plans" / "tiny-quiet"
    record = json.loads((folder / "provenance.json").read_text("utf-8"))
    assert record["config"]["scenario"] == "quiet"
    assert record["config"]["set"] == ["sites.home.pools.own.units=9"]
    assert record["versions"].keys() >= {"computeplan", "python", "numpy", "highspy"}
    assert record["options"]["name"] == "highs"
    assert record["created"].endswith("Z")
    assert set(record["files"]) | {"provenance.json"} == set(files(folder))
    again = api.load(folder / "inputs/config.yaml")
    assert again.problem.pools.max_units[0] == 9


def test_tables_are_the_same_bytes_in_every_run(tiny):
    run("solve", tiny, "--out", "first")
    run("solve", tiny, "--out", "second")
    first, second = files(tiny.parent / "first"), files(tiny.parent / "second")
    changing = {"provenance.json"}
    assert {n: b for n, b in first.items() if n not in changing} == {
        n: b for n, b in second.items() if n not in changing
    }


def test_without_baseline_there_is_nothing_beside_the_plan(tiny):
    result = run("solve", tiny, "--no-baseline")
    assert result.exit_code == 0
    assert "all-local" not in result.stdout
    assert solved_json(tiny, "--no-baseline")[1]["baseline"] is None


def test_a_solver_through_pulp_finds_the_same(tiny):
    highs, cbc = solved_json(tiny)[1], solved_json(tiny, "--solver", "cbc")[1]
    assert cbc["solver"]["name"] == "cbc"
    assert cbc["objective"] == pytest.approx(highs["objective"])


@pytest.mark.parametrize("method", ["auto", "simplex", "ipm"])
def test_options_reach_the_solver(tiny, method):
    arguments = ("--method", method, "--threads", "1", "--time-limit", "50")
    assert run("solve", tiny, *arguments).exit_code == 0
    record = json.loads((tiny.parent / "plans/tiny/provenance.json").read_text("utf-8"))
    expected = {"name": "highs", "time_limit_s": 50.0, "threads": 1, "method": method, "gap": 1e-6}
    expected |= {"options": {}}
    assert record["options"] == expected


def test_infeasible_has_reasons_and_leaves_the_earlier_plan(tiny):
    run("solve", tiny)
    before = files(tiny.parent / "plans/tiny")
    result = run("solve", tiny, "--set", "sites.北站=null", "--set", "zones.北=null", "--set", "network=null")
    assert result.exit_code == 3, result.output
    assert "workload chat: at 2026-03-02 01:00, 6 units are needed, but at most 4 are there" in result.stdout
    assert "error: infeasible: no plan meets all limits" in result.stderr
    assert files(tiny.parent / "plans/tiny") == before


def test_infeasible_as_json_has_no_objective(tiny):
    result, found = solved_json(tiny, "--scenario", "far")
    assert result.exit_code == 3
    assert found["status"] == "infeasible"
    for key in ("objective", "bound", "gap", "cost", "emissions_t", "audit", "baseline", "plan"):
        assert found[key] is None, key
    (reason,) = found["reasons"]
    assert reason["subject"] == "workload chat"
    assert "infeasible" in result.stderr
    assert not (tiny.parent / "plans").exists()


def test_a_workload_without_a_pool_is_infeasible_with_what_excludes_each(tiny):
    result = run("solve", tiny, "--set", "workloads.chat.security=4")
    assert result.exit_code == 3
    assert "workload chat: no pool is eligible" in result.stdout
    assert "home/own: security 0 < 4" in result.stdout
    assert "北站/租用: security 0 < 4" in result.stdout


def test_a_contradiction_of_several_limits_says_what_to_try(tiny):
    # The rented units alone would be clean enough, but the line to them is too thin.
    thin = ["--set", "workloads.chat.traffic=90", "--set", "network.links.line.bandwidth=0.1 Gbps"]
    result = run("solve", tiny, *thin, "--set", "objective.carbon_cap=79 kg")
    assert result.exit_code == 3
    assert result.stdout.index("Ways out") < result.stdout.index("These cannot hold together")
    assert "link line: " in result.stdout


def run_with_plan(config, plan):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("computeplan.api.plans.plan", lambda *_, **__: plan)
        return run("solve", config)


@pytest.fixture
def made(tiny):
    return api.solve(tiny, baseline=False).plan


def test_unbounded_is_said(tiny, made):
    result = run_with_plan(tiny, replace(made, status=Status.UNBOUNDED, solution=None))
    assert result.exit_code == 3
    assert "unbounded: the cost can fall without end" in result.stderr
    assert result.stdout == "Look for a negative price of something that has no limit.\n"


def test_a_limit_without_a_plan_exits_with_4(tiny, made):
    result = run_with_plan(tiny, replace(made, status=Status.NO_PLAN, solution=None))
    assert result.exit_code == 4
    assert "before it had a plan" in result.stderr
    assert "--time-limit" in result.stderr
    assert result.stdout == ""
    assert not (tiny.parent / "plans").exists()


def test_a_tiny_time_limit_never_gives_a_false_optimum(tiny):
    result, found = solved_json(tiny, "--time-limit", "1e-9")
    assert found["status"] in {"optimal", "feasible", "no_plan"}
    assert result.exit_code == (4 if found["status"] == "no_plan" else 0)
    best = solved_json(tiny)[1]["objective"]
    match found["status"]:
        case "optimal":
            assert found["objective"] == pytest.approx(best)
        case "feasible":
            assert found["objective"] >= best - 1e-6
        case _:
            assert found["objective"] is None


def test_a_plan_stopped_by_the_limit_says_how_far_it_may_be(tiny, made):
    audit = replace(made.solution.audit, gap=0.023)
    feasible = replace(made, status=Status.FEASIBLE, solution=replace(made.solution, audit=audit))
    result = run_with_plan(tiny, feasible)
    assert result.exit_code == 0
    assert "feasible, at most 2.3 % above the optimum" in result.stdout


def test_a_failed_audit_exits_with_5_and_writes_nothing(tiny, made):
    run("solve", tiny)
    before = files(tiny.parent / "plans/tiny")
    audit = replace(made.solution.audit, passed=False, notes=("capacity: pool home/own: 3 unit·h",))
    result = run_with_plan(tiny, replace(made, solution=replace(made.solution, audit=audit)))
    assert result.exit_code == 5
    assert "audit FAILED" in result.stdout
    assert "capacity: pool home/own: 3 unit·h" in result.stderr
    assert files(tiny.parent / "plans/tiny") == before


def test_a_folder_that_is_no_plan_is_refused_before_solving(tiny, monkeypatch):
    (tiny.parent / "out").mkdir()
    (tiny.parent / "out" / "thesis.tex").write_text("mine")
    monkeypatch.setattr(api, "plan_loaded", lambda *_, **__: pytest.fail("solved although it is refused"))
    result = run("solve", tiny, "--out", "out")
    assert result.exit_code == 2
    assert "no part of a plan (thesis.tex)" in result.stderr
    assert files(tiny.parent / "out") == {"thesis.tex": b"mine"}


def test_warnings_go_to_stderr(tiny, monkeypatch):
    load = api.load

    def with_warning(*arguments, **options):
        loaded = load(*arguments, **options)
        return replace(loaded, config=replace(loaded.config, warnings=("site home has no demand",)))

    monkeypatch.setattr(api, "load", with_warning)
    result, found = solved_json(tiny)
    assert result.stderr == "warning: site home has no demand\n"
    assert found["warnings"] == ["site home has no demand"]


@pytest.mark.parametrize(
    ("scenario", "folder"),
    [(None, "tiny"), ("quiet", "tiny-quiet"), ("../up", "tiny-..-up"), ("东/西", "tiny-东-西")],
)
def test_the_default_folder_stays_below_plans(tiny, scenario, folder):
    tiny.write_text(TINY + "  ../up: {}\n  东/西: {}\n", encoding="utf-8")
    arguments = [] if scenario is None else ["--scenario", scenario]
    assert run("solve", tiny, *arguments).exit_code == 0
    assert (tiny.parent / "plans" / folder / "summary.json").is_file()


@pytest.mark.parametrize("limit", ["0", "-1", "nan"])
def test_a_time_limit_is_above_0(tiny, limit):
    result = run("solve", tiny, "--time-limit", limit)
    assert result.exit_code == 2
    assert "time_limit_s: expected a number above 0, got " in result.stderr


@pytest.mark.posix
def test_ctrl_c_is_heard_while_the_solver_does_not_return(tiny, monkeypatch):
    over, returned = threading.Event(), threading.Event()

    def endless(*_, **__):
        os.kill(os.getpid(), signal.SIGINT)
        over.wait()
        returned.set()

    monkeypatch.setattr("computeplan.api.plans.plan", endless)
    # In a job of the background a shell lets processes ignore Ctrl-C.
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    # Once it is imported, its signal handler lets a wait go on: it is here, whatever ran before.
    import_module("polars")
    result = run("solve", tiny, "--no-baseline")
    signal.signal(signal.SIGINT, usual)
    assert not returned.is_set()
    over.set()
    assert result.exit_code == 130
    assert result.stderr.splitlines()[-1] == "error: interrupted; no plan was written"


@pytest.mark.posix
@pytest.mark.parametrize(
    ("command", "call", "shown"),
    [
        (("ranging", "tiny.yaml"), "ranging", "one more saves"),
        (("explain", "tiny.yaml", "--scenario", "far"), "diagnose", "Ways out"),
        (("shares", "plan"), "shares", "average shares"),
    ],
    ids=["ranging", "explain", "shares"],
)
def test_what_was_found_until_ctrl_c_is_shown_and_the_command_says_so(
    tiny, monkeypatch, command, call, shown
):
    if call == "shares":
        api.solve(tiny, baseline=False).save("plan")
    work = getattr(api, call)

    def pressed(*arguments, **named):
        found = work(*arguments, **named)
        signal.raise_signal(signal.SIGINT)
        return found

    monkeypatch.setattr(api, call, pressed)
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    result = run(*command)
    signal.signal(signal.SIGINT, usual)
    assert shown in result.stdout
    assert result.stderr.splitlines()[-1] == "error: interrupted; what was found until then is above"
    assert result.exit_code == 130


def test_simple_policies_stand_beside_and_the_folder_still_audits(tiny):
    _, found = solved_json(tiny, "--baselines", "all")
    names = {"cheapest_first", "greenest_first", "no_deferral", "cost_only", "carbon_only"}
    assert set(found["policies"]) == names
    assert all(found["policies"][name]["gain"] >= -1e-9 for name in names if found["policies"][name]["holds"])
    assert found["policies"]["no_deferral"]["gain"] is not None
    assert run("audit", "plans/tiny").exit_code == 0
    shown = run("solve", tiny, "--baselines", "greenest_first").stdout
    assert "greenest first" in shown
    assert "cheapest first" not in shown
    assert solved_json(tiny)[1]["policies"] == {}
