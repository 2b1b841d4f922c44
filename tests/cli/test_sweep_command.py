"""``computeplan sweep``: what it prints, writes and says."""

from __future__ import annotations

import json

import pytest

from command_line import run

FULL = ["--set", "sites.北站.pools.租用.max_units=0", "--workers", "1"]
VARY = ["--vary", "demand*=0.5:4:3", *FULL]


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """One sweep for all tests that only look at it."""
    from command_line import TINY

    folder = tmp_path_factory.mktemp("sweep")
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    return folder, run("sweep", folder / "tiny.yaml", *VARY, "--out", folder / "out")


def test_it_says_what_moves_the_answer_and_where_plans_switch(done):
    _, result = done
    assert result.exit_code == 0
    assert "Tiny: 3 points, grid" in result.stdout
    assert "2 infeasible, 1 optimal" in result.stdout
    assert "main site (points): home (1)" in result.stdout
    switch = next(line for line in result.stdout.splitlines() if line.startswith("demand*   "))
    assert switch.split() == ["demand*", "0.5", "2.25", "status", "optimal", "infeasible", "1"]
    assert "0 of 3 points" in result.stderr
    assert "3 of 3 points" in result.stderr


def test_it_writes_a_folder(done):
    folder, _ = done
    files = {path.relative_to(folder / "out").as_posix() for path in (folder / "out").rglob("*.*")}
    tables = {
        f"tables/{name}.{kind}" for name in ("points", "effects", "switches") for kind in ("csv", "parquet")
    }
    assert files == {"inputs/config.yaml", "summary.json", "provenance.json", *tables}
    header = (folder / "out/tables/points.csv").read_text("utf-8-sig").splitlines()[0]
    assert header.startswith(
        "point,demand*,status,message,objective,bound,gap,audit_passed,cost,cost_units_in_use"
    )
    assert "unit_h at 北站" in header


def test_json_is_the_summary_and_a_finished_sweep_answers_at_once(done):
    folder, _ = done
    result = run("sweep", folder / "tiny.yaml", *VARY, "--out", folder / "out", "--json")
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    summary = json.loads((folder / "out/summary.json").read_text("utf-8"))
    assert data == {"format": 1, **summary, "sweep": str(folder / "out")}
    assert not result.stderr


def test_another_question_is_refused(done):
    folder, _ = done
    result = run("sweep", folder / "tiny.yaml", "--vary", "demand*=1", *FULL, "--out", folder / "out")
    assert result.exit_code == 2
    assert "differs in points; --out DIR names another place, --restart begins anew" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "nothing varies; give --vary PATH=SPEC"),
        (["--vary", "demand"], "--vary: expected PATH=SPEC, got 'demand'"),
        (["--vary", "sites.home.pue=0.5,1.2"], "--vary sites.home.pue: expected a number of at least 1"),
        (["--scenarios", "quiet,fat"], "did you mean 'far'?"),
        (["--points", "none.csv"], "--points: expected a file that exists, got 'none.csv'"),
        (["--vary", "demand*=1", "--points", "none.csv"], "--points: expected either it, or --vary"),
        (["--vary", "demand*=1,2", "--out", "tiny.yaml"], "is a file"),
        (["--vary", "demand*=1,2", "--design", "grit"], "got 'grit'; did you mean 'grid'"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_solved(tiny, arguments, told):
    result = run("sweep", tiny, *arguments)
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.replace("│", " ").split())
    assert not (tiny.parent / "sweeps").exists()


def test_a_sweep_without_any_plan_says_so(tiny):
    result = run("sweep", tiny, "--vary", "demand*=50", *FULL)
    assert result.exit_code == 0
    assert "No point has a plan" in result.stdout
    assert (tiny.parent / "sweeps/tiny/tables/points.csv").exists()


def test_set_takes_factors_too(tiny):
    result = run("solve", tiny, "--set", "demand*=0.5", "--no-baseline", "--json")
    # Half of 14 unit·h, all at home: 10 kWh each at 0.5.
    assert json.loads(result.stdout)["cost"]["total"] == pytest.approx(35)


def test_simple_policies_are_held_against_the_config_as_it_stands(tiny):
    varied = ["--vary", "sites.home.pools.own.units=9,10", "--set", "sites.home.pools.own.units=9"]
    shown = run("sweep", tiny, *varied, "--baselines", "all", "--workers", "1")
    assert shown.exit_code == 0, shown.output
    assert "cheapest first" in shown.stdout
    again = run("sweep", tiny, *varied, "--baselines", "all", "--workers", "1", "--json")
    solved = run("solve", tiny, *varied[2:], "--baselines", "all", "--json")
    expected = json.loads(solved.stdout)
    found = json.loads(again.stdout)["policies"]
    assert found.pop("all_local")["cost"] == pytest.approx(expected["baseline"]["all_local"]["cost"])
    assert {name: policy["cost"] for name, policy in found.items()} == {
        name: pytest.approx(policy["cost"]) for name, policy in expected["policies"].items()
    }
    other = run("sweep", tiny, *varied, "--workers", "1")
    assert other.exit_code == 2
    assert "differs in policies" in other.stderr


def test_the_objective_of_the_goal_carbon_is_in_kg(tiny):
    goal = ["--set", "objective.minimize=carbon", "--baselines", "all", "--workers", "1"]
    result = run("sweep", tiny, "--vary", "sites.home.grid.carbon=0.4,0.6", *goal)
    assert result.exit_code == 0, result.output
    for said in ("objective, kg ", "what moves the objective, kg", "plan saves, kg", "cost, CNY"):
        assert said in result.stdout
    assert "objective, CNY" not in result.stdout
    assert run("report", "sweeps/tiny").exit_code == 0
    page = (tiny.parent / "sweeps/tiny.html").read_text("utf-8")
    assert "Objective, kg" in page
    assert "bjective, CNY" not in page
