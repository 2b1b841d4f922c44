"""The Python API: load, solve, tables, save."""

from __future__ import annotations

import json
import subprocess
import sys
from hashlib import sha256

import pytest

import computeplan
from computeplan import api, errors
from computeplan.errors import ConfigError, PlanFolderError
from computeplan.problem import Status
from computeplan.solvers import SolverOptions

TEXT = """\
name: Tiny
horizon: {start: 2026-03-02T00:00, duration: 3 h}
solver: {name: highs, time_limit: 1 min, threads: 1, method: simplex}
zones: {here: {}}
hardware: {gpu: {busy_power: 10 kW}}
sites: {home: {zone: here, grid: {price: 0.5}, pools: {own: {hardware: gpu, term: owned, units: 4}}}}
workloads: {chat: {zone: here, demand: [3, 4, 2]}}
scenarios: {busy: {workloads: {chat: {demand: 9}}}}
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_solve_takes_a_path_or_a_loaded_config(config):
    by_path = computeplan.solve(config)
    by_text = computeplan.solve(str(config))
    loaded = computeplan.solve(computeplan.load(config))
    costs = [run.plan.solution.accounts.cost.total for run in (by_path, by_text, loaded)]
    assert costs == pytest.approx([0.5 * 10 * 9] * 3)
    assert by_path.plan.status is Status.OPTIMAL


def test_scenario_and_overrides_apply(config):
    run = computeplan.solve(config, scenario="busy", overrides=["sites.home.pools.own.units=10"])
    assert run.plan.solution.accounts.cost.total == pytest.approx(0.5 * 10 * 27)


def test_an_opened_plan_has_its_changes_once(config, tmp_path):
    """The config in its folder has the scenario and the factor in it already."""
    overrides = ["demand*=0.5", "sites.home.grid.price=0.4"]
    made = computeplan.solve(config, scenario="busy", overrides=["sites.home.pools.own.units=10", *overrides])
    made.save(tmp_path / "plan")
    opened = computeplan.open_plan(tmp_path / "plan").loaded
    assert opened.changed(()).data == opened.config.data
    price = computeplan.ranging(opened, of=["sites.home.grid.price"], limits=0).ranges[0]
    assert (price.parameter.value, price.slope) == (0.4, pytest.approx(10 * 9 * 3 * 0.5))


def test_the_solver_is_the_config_s_unless_another_is_given(config):
    expected = SolverOptions("highs", 60.0, 1, "simplex")
    assert api.configured_options(computeplan.load(config)) == expected
    assert computeplan.solve(config).options == expected
    assert computeplan.solve(config, options=SolverOptions("cbc")).plan.solver.name == "cbc"


def test_without_a_baseline_only_the_plan_is_made(config):
    assert computeplan.solve(config, baseline=False).baseline is None
    assert computeplan.solve(config).baseline.plan.status is Status.OPTIMAL


def test_it_says_what_it_does(config):
    heard = []
    computeplan.solve(config, progress=lambda *said: heard.append(said))
    stages = ["reading the config", "merging workloads", "building the program", "solving"]
    assert list(dict.fromkeys(stage for stage, *_ in heard)) == [
        *stages,
        "dividing work with few moves",
        "auditing",
        "planning with all work local, to compare",
    ]
    assert [seconds for _, seconds, *_ in heard[1:]] == sorted(seconds for _, seconds, *_ in heard[1:])
    assert all(gap is None and bound is None for *_, gap, bound in heard)


def test_tables_and_folder_belong_to_a_plan(config, tmp_path):
    run = computeplan.solve(config)
    assert run.tables()["workloads"]["work_unit_h"].to_list() == pytest.approx([9.0])
    run.save(tmp_path / "plan")
    saved = json.loads((tmp_path / "plan" / "summary.json").read_text("utf-8"))
    assert saved == run.summary()


def test_the_config_s_hash_is_of_what_was_read(config, tmp_path):
    run = computeplan.solve(config)
    config.write_text("changed since", encoding="utf-8")
    run.save(tmp_path / "plan")
    record = json.loads((tmp_path / "plan" / "provenance.json").read_text("utf-8"))
    assert record["config"]["sha256"] == sha256(TEXT.encode()).hexdigest()


def test_an_infeasible_config_has_reasons_and_nothing_to_save(config, tmp_path):
    run = computeplan.solve(config, scenario="busy")
    assert run.plan.status is Status.INFEASIBLE
    assert [reason.subject for reason in run.reasons] == ["workload chat"]
    with pytest.raises(PlanFolderError, match="there is no plan to tabulate: the status is infeasible"):
        run.save(tmp_path / "plan")
    assert not (tmp_path / "plan").exists()


def test_faults_are_raised_with_all_of_them(config):
    with pytest.raises(ConfigError, match="units") as caught:
        computeplan.load(config, overrides=["sites.home.pools.own.units=-1", "zones.here.latency=no"])
    assert len(caught.value.faults) == 2


def test_the_package_names_what_it_offers():
    names = {
        "alternatives",
        "decide",
        "diagnose",
        "frontier",
        "load",
        "open_frontier",
        "open_plan",
        "ranging",
        "solve",
        "sweep",
    }
    names |= {
        "compare",
        "explain",
        "export",
        "export_plan",
        "import_series",
        "import_work",
        "open",
        "report",
        "roll",
        "shares",
        "CarbonBasis",
        "Language",
        "Policy",
        "SubjectKind",
        "System",
    }
    names |= {
        "Loaded",
        "PlanExport",
        "Roll",
        "Run",
        "SeriesImport",
        "SolverOptions",
        "StopSignal",
        "WorkImport",
    } | {each for each in vars(errors) if each.endswith("Error")}
    assert set(dir(computeplan)) == {"__version__", *names}
    assert computeplan.__version__.count(".") == 2
    with pytest.raises(AttributeError, match="no attribute 'nonesuch'"):
        _ = computeplan.nonesuch


def test_importing_the_package_imports_nothing_heavy():
    code = "import sys, computeplan; print('numpy' in sys.modules or 'computeplan.api' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    assert done.stdout == "False\n"
