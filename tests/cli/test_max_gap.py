"""A plan that is too far from its bound ends with an exit code of its own."""

from __future__ import annotations

import pytest

import computeplan
from command_line import TINY, run

STEPS = """\
name: steps
horizon: {start: 2026-03-02T00:00, duration: 1 h}
solver: {gap: 0.9}
zones: {z: {}}
hardware: {gpu: {busy_power: 1}}
sites:
  s:
    zone: z
    pools:
      large: {hardware: gpu, term: reserved, price: 1, max_units: 70, step: 7}
      small: {hardware: gpu, term: reserved, price: 1.1, max_units: 70, step: 5}
workloads: {w: {zone: z, demand: 23}}
"""
"""Three small steps and one large cost 16.5 + 7; four large ones 28."""


@pytest.fixture
def steps(tmp_path):
    path = tmp_path / "steps.yaml"
    path.write_text(STEPS, encoding="utf-8")
    return path


def test_an_optimal_plan_is_within_any_gap(tmp_path):
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")
    for gap in ("0", "0.1%", "2", "150 %"):
        result = run("solve", tmp_path / "tiny.yaml", "--out", tmp_path / "plan", "--max-gap", gap)
        assert result.exit_code == 0, result.stderr
    assert run("audit", tmp_path / "plan", "--max-gap", "0").exit_code == 0


def test_an_unproved_plan_is_written_and_ends_with_code_6(steps, tmp_path):
    folder = tmp_path / "plan"
    result = run(
        "solve", steps, "--solver", "cbc", "--set", "solver.gap=1e-6", "--out", folder, "--max-gap", "5%"
    )
    assert result.exit_code == 6
    assert "--max-gap 5%: how far it is above the optimum is not proved" in result.stderr
    assert (folder / "summary.json").exists()
    assert run("solve", steps, "--solver", "cbc", "--out", folder).exit_code == 0
    assert run("audit", folder, "--max-gap", "5%").exit_code == 6


def test_a_plan_with_a_gap_ends_with_code_6_where_it_is_larger_than_asked(steps, tmp_path):
    made = computeplan.solve(steps)
    gap = made.plan.solution.audit.gap
    assert gap > 0.1
    assert (made.is_within(gap), made.is_within(gap - 0.01)) == (True, False)
    result = run("solve", steps, "--out", tmp_path / "plan", "--max-gap", "10%")
    assert result.exit_code == 6
    assert f"it is only proved to be at most {100 * gap:.1f} % above the optimum" in result.stderr
    assert run("solve", steps, "--out", tmp_path / "plan", "--max-gap", "20%").exit_code == 0
    assert run("solve", steps, "--out", tmp_path / "plan").exit_code == 0


def test_no_plan_is_within_no_gap(steps, tmp_path):
    result = run(
        "solve", steps, "--set", "workloads.w.demand=1000", "--out", tmp_path / "p", "--max-gap", "5%"
    )
    assert result.exit_code == 3
    assert not computeplan.solve(steps, overrides=["workloads.w.demand=1000"]).is_within(9.0)


@pytest.mark.parametrize("text", ["-1", "x", "nan", "", "%", "1e"])
def test_what_is_no_share_is_refused(steps, text):
    for command in ("solve", "audit"):
        result = run(command, steps, "--max-gap", text)
        assert result.exit_code == 2
        assert "--max-gap: expected a share such as 0.1% or 0.001" in result.stderr
