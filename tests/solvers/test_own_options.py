"""A solver's own options pass through to it, checked against its own list; none takes the proof away."""

from __future__ import annotations

import json
import re

import pytest

import computeplan
from command_line import TINY, run
from computeplan.errors import ConfigError, UsageError
from computeplan.problem import Status
from computeplan.solvers import Method, SolverOptions, available, registry

STAIRCASE = pytest.mark.skipif("staircase" not in available(), reason="scipy is not installed")
CLARABEL = pytest.mark.skipif("clarabel" not in available(), reason="clarabel is not installed")


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return path


WRONG = [
    ("highs", {"random_sed": 7}, "random_sed: expected an option of highs, got", "'random_seed'"),
    ("highs", {"qp_regularization_value": "small"}, "value: expected a number from 0, got 'small'", ""),
    ("highs", {"mip_max_nodes": 1.5}, "solver.options.mip_max_nodes: expected a whole number from 0 to", ""),
    ("highs", {"presolve": "maybe"}, "expected one of off, choose, on, got 'maybe'", ""),
    ("highs", {"mip_detect_symmetry": 1}, "mip_detect_symmetry: expected true or false, got 1", ""),
    ("highs", {"mip_heuristic_effort": True}, "expected a number from 0 to 1, got true", ""),
    ("cbc", {"cutsOnOf": "off"}, "expected an option of cbc, got 'cutsOnOf'", "'cutsOnOff'"),
    ("cbc", {"cuts": "often"}, "expected one of off, on, root, ifmove, forceOn, got 'often'", ""),
    ("cbc", {"strategy": 3}, "strategy: expected a whole number from 0 to 2, got 3", ""),
    pytest.param("clarabel", {"max_itr": 3}, "an option of clarabel, got", "'max_iter'", marks=CLARABEL),
    pytest.param("clarabel", {"max_iter": -1}, "max_iter: expected a whole number", "", marks=CLARABEL),
    pytest.param("clarabel", {"max_iter": 2**32}, "max_iter: expected a whole number", "", marks=CLARABEL),
    pytest.param("staircase", {"steps": 3}, "an option of staircase, got", "", marks=STAIRCASE),
    ("auto", {"presolve": "off"}, "expected a solver by name, whose options they are", "in place of auto"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options", "message", "hint"), WRONG)
def test_an_option_that_the_solver_does_not_take_is_named(config, name, options, message, hint):
    with pytest.raises(UsageError, match=re.escape(message)) as caught:
        computeplan.solve(config, options=SolverOptions(name, options=options))
    assert hint in caught.value.hint


PROOFS = [
    ("highs", "solve_relaxation", True), ("highs", "infinite_bound", 1e15), ("highs", "objective_bound", 3.0),
    ("highs", "small_matrix_value", 1.0), ("highs", "output_flag", True), ("highs", "log_file", "x.log"),
    ("highs", "write_model_to_file", True), ("highs", "threads", 2), ("highs", "time_limit", 3.0),
    ("highs", "mip_rel_gap", 1e-5), ("highs", "mip_abs_gap", 9.0), ("highs", "solver", "pdlp"),
    ("highs", "primal_feasibility_tolerance", 1e-3),
    ("highs", "mip_feasibility_tolerance", 0.1), ("highs", "user_bound_scale", 9),
    ("highs", "user_objective_scale", -30), ("cbc", "printingOptions", "normal"),
    ("cbc", "direction", "max"), ("cbc", "direction", "maximize"), ("cbc", "cutoff", 1.0), ("cbc", "sec", 3),
    ("cbc", "import", "x.mps"), ("cbc", "presolve", "file"), ("cbc", "ratioGap", 0.5),
    ("cbc", "primalTolerance", 1.0), ("cbc", "primalT", 1.0), ("cbc", "dualTolerance", 10.0),
    ("cbc", "integerTolerance", 0.3), ("cbc", "preTolerance", 1.0), ("cbc", "zeroTolerance", 1e-5),
    pytest.param("clarabel", "tol_feas", 0.1, marks=CLARABEL),
    pytest.param("clarabel", "tol_gap_rel", 1e-8, marks=CLARABEL),
    pytest.param("clarabel", "chordal_decomposition_merge_method", "none", marks=CLARABEL),
    pytest.param("clarabel", "direct_kkt_solver", False, marks=CLARABEL),
    pytest.param("clarabel", "time_limit", 9.0, marks=CLARABEL),
]  # fmt: skip


@pytest.mark.parametrize(("name", "option", "value"), PROOFS)
def test_no_option_takes_the_proof_away_or_goes_around_a_setting(config, name, option, value):
    with pytest.raises(UsageError, match=rf"solver\.options\.{option}: expected"):
        computeplan.solve(config, options=SolverOptions(name, options={option: value}))


def test_the_setting_that_does_what_an_option_does_is_named(config):
    with pytest.raises(UsageError, match="mip_rel_gap: expected an option that may be set here") as caught:
        computeplan.solve(config, options={"options": {"mip_rel_gap": 1e-5}})
    assert caught.value.hint == "`solver.gap` sets it"


def test_all_faults_of_options_are_reported_at_once(config):
    options = SolverOptions(time_limit_s=0.0, threads=0, gap=1.0, options={"nonesuch": 1, "presolve": 3})
    with pytest.raises(UsageError, match="nonesuch") as caught:
        computeplan.solve(config, options=options)
    paths = ["solver.options.nonesuch", "solver.options.presolve", "time_limit_s", "threads", "gap"]
    assert [fault.path for fault in caught.value.faults] == paths


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("threads", "two", "threads: expected a whole number from 1 to 1024, got 'two'"),
        ("threads", 1.5, "threads: expected a whole number"),
        ("threads", 10**12, "threads: expected a whole number"),
        ("time_limit_s", "5", "time_limit_s: expected a number above 0, got '5'"),
        ("time_limit_s", True, "time_limit_s: expected a number above 0, got true"),
        ("gap", None, "gap: expected a share from 0 to below 1, got nothing"),
        ("options", None, "options: expected values by name, got nothing"),
        ("options", ["presolve"], "options: expected values by name, got a list of 1"),
        ("options", {1: 2}, "options: expected values by name, got a mapping with 1"),
    ],
)
def test_a_value_of_the_wrong_type_is_told(config, field, value, expected):
    for options in (SolverOptions(**{field: value}), {field: value}):
        with pytest.raises(UsageError, match=re.escape(expected)):
            computeplan.solve(config, options=options)


def test_a_method_as_a_word_is_told(config):
    with pytest.raises(UsageError, match=r"method: expected a `Method`, such as .*, got 'ipm'"):
        computeplan.solve(config, options=SolverOptions(method="ipm"))


@pytest.mark.parametrize("option", ["cutsOnOff", "presolve", "preprocess", "randomSeed", "strong"])
def test_cbc_lists_its_options(option):
    assert option in registry.own_options("cbc").options


@pytest.mark.parametrize("name", ["gurobi", "HiGHS"])
def test_what_the_class_of_a_solver_calls_its_other_words_is_no_option(name):
    options = registry.own_options(name)
    assert options.is_open
    assert not {"self", "args", "kwargs", "solverParams"} & set(options.options)


def test_an_option_reaches_the_solver(config):
    """Without iterations there is no plan; so each solver has heard of it."""
    stopped = {"highs": {"simplex_iteration_limit": 0, "presolve": "off"}}
    if "clarabel" in available():
        stopped["clarabel"] = {"max_iter": 0}
    for name, options in stopped.items():
        chosen = SolverOptions(name, method=Method.SIMPLEX, options=options)
        made = computeplan.solve(config, options=chosen, baseline=False)
        assert made.plan.status in (Status.NO_PLAN, Status.FEASIBLE), name
    made = computeplan.solve(config, options=SolverOptions("cbc", options={"maxIt": 0, "presolve": "off"}))
    assert made.plan.status in (Status.NO_PLAN, Status.FEASIBLE)


def test_options_of_a_config_pass_through_and_are_kept(config, tmp_path):
    config.write_text(
        TINY + "solver: {options: {mip_heuristic_effort: 1e-1, presolve: off}}\n", encoding="utf-8"
    )
    made = computeplan.solve(config)
    assert made.options.options == {"mip_heuristic_effort": 0.1, "presolve": "off"}
    made.save(tmp_path / "plan")
    record = json.loads((tmp_path / "plan" / "provenance.json").read_text("utf-8"))
    assert record["options"]["options"] == {"mip_heuristic_effort": 0.1, "presolve": "off"}
    assert computeplan.open_plan(tmp_path / "plan").options == made.options
    assert run("audit", tmp_path / "plan").exit_code == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{options: {presolv: off}}", "solver.options.presolv: expected an option of highs, got 'presolv'"),
        ("{options: {presolve: [1]}}", "solver.options.presolve: expected true, false, a number or text"),
        ("{name: cbc, options: {mip_max_nodes: 1}}", "expected an option of cbc, got 'mip_max_nodes'"),
        ("{options: 3}", "solver.options: expected a mapping"),
        ("{time_limit: 0}", "solver.time_limit: expected a number above 0"),
    ],
)
def test_a_wrong_option_of_a_config_has_its_place(config, text, message):
    config.write_text(TINY + f"solver: {text}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=re.escape(message)) as caught:
        computeplan.load(config)
    assert caught.value.line == len(TINY.splitlines()) + 1
    result = run("check", config)
    assert (result.exit_code, message in result.stderr) == (2, True)


def test_the_command_line_takes_options(config, tmp_path):
    options = ["--solver-option", "presolve=off", "--solver-option", "mip_heuristic_effort=1e-1"]
    result = run("solve", config, *options, "--out", tmp_path / "plan")
    assert result.exit_code == 0
    assert computeplan.open_plan(tmp_path / "plan").options.options == {
        "presolve": "off",
        "mip_heuristic_effort": 0.1,
    }
    wrong = run("solve", config, "--solver-option", "presolv=off", "--out", tmp_path / "other")
    said = "solver.options.presolv: expected an option of highs, got 'presolv'; did you mean 'presolve'?"
    assert (wrong.exit_code, wrong.stderr.splitlines()[-1]) == (2, f"error: {said}")
    for limit in (["--time-limit", "0"], ["--solver-option", "presolve"]):
        assert run("solve", config, *limit, "--out", tmp_path / "other").exit_code == 2
    assert not (tmp_path / "other").exists()


def test_options_of_a_config_belong_to_its_solver(config):
    """Another solver, named for one run, gets none of them."""
    config.write_text(TINY + "solver: {options: {presolve: off}, time_limit: 60}\n", encoding="utf-8")
    made = computeplan.solve(config, options={"name": "cbc"})
    assert (made.options.name, made.options.options, made.options.time_limit_s) == ("cbc", {}, 60.0)
    made = computeplan.solve(config, options={"options": {"random_seed": 7}})
    assert made.options.options == {"presolve": "off", "random_seed": 7}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tme_limit_s": 3}, "did you mean 'time_limit_s'"),
        ({"method": "simplx"}, "did you mean 'simplex'"),
        ({"name": "hihgs"}, "expected one of highs, auto"),
    ],
)
def test_options_as_a_mapping_are_checked(config, options, message):
    with pytest.raises(UsageError, match=message):
        computeplan.solve(config, options=options)


def test_a_diagnosis_by_highs_passes_on_no_option_of_another_solver(config):
    config.write_text(TINY.replace("units: 4", "units: 0"), encoding="utf-8")
    options = SolverOptions("cbc", options={"cuts": "off"})
    assert computeplan.diagnose(config, scenario="far", options=options).status is Status.INFEASIBLE


def test_sweeps_take_options(config):
    found = computeplan.sweep(
        config, vary={"sites.home.pue": [1.0, 1.2]}, workers=1, options={"options": {"presolve": "off"}}
    )
    assert found.points["status"].to_list() == ["optimal", "optimal"]
    with pytest.raises(UsageError, match="did you mean 'presolve'"):
        computeplan.sweep(
            config, vary={"sites.home.pue": [1.0, 1.2]}, workers=1, options={"options": {"presolv": 1}}
        )
