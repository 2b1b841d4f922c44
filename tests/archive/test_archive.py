"""A plan folder is opened and audited from nothing but itself."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from dataclasses import fields
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given, settings

import computeplan
from command_line import TINY, run
from computeplan.archive import audit_folder
from computeplan.errors import PlanFolderError
from computeplan.plan.saved import plan_bytes, read_plan
from computeplan.plan.shapes import AXES
from computeplan.planner import plan as planned
from computeplan.problem import Decisions, Prices
from computeplan.solvers import SolverOptions
from whole_cases import integer_cases, whole_cases

PRICES = "hour,price\n2026-03-02T00:00+08:00,0.5\n2026-03-02T01:00+08:00,0.7\n2026-03-02T02:00+08:00,0.6\n"


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    config = folder / "tiny.yaml"
    text = TINY.replace("price: 0.5, carbon", "price: {file: data/prices.csv, column: price}, carbon")
    config.write_text(text, encoding="utf-8")
    (folder / "data").mkdir()
    (folder / "data" / "prices.csv").write_text(PRICES, encoding="utf-8")
    computeplan.solve(config).save(folder / "plan")
    return folder


@pytest.fixture
def made(original, tmp_path):
    return shutil.copytree(original, tmp_path / "made")


@pytest.fixture
def plan(made):
    return made / "plan"


def rewrite(plan, name, content):
    """Change a file as a liar would: its hash fits."""
    (plan / name).write_bytes(content)
    record = json.loads((plan / "provenance.json").read_text(encoding="utf-8"))
    record["files"][name] = sha256(content).hexdigest()
    (plan / "provenance.json").write_text(json.dumps(record), encoding="utf-8")


def alter(plan, change):
    """Rewrite the proof with some members changed."""
    with np.load(plan / "proof/plan.npz") as archive:
        members = {name: archive[name] for name in archive.files}
    record = json.loads(members.pop("plan.json"))
    change(record, members)
    buffer = io.BytesIO()
    np.savez(buffer, **members)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("plan.json", json.dumps(record))
    rewrite(plan, "proof/plan.npz", buffer.getvalue())


def perturb(name, factor=1.01):
    def change(_, members):
        members[name] = members[name] * factor

    return change


def test_an_opened_plan_is_the_run_that_was_saved(made, tmp_path):
    run_of_config = computeplan.solve(made / "tiny.yaml")
    opened = computeplan.open_plan(made / "plan")
    assert opened.summary() == run_of_config.summary()
    assert opened.options == run_of_config.options
    tables = run_of_config.tables()
    assert all(frame.equals(tables[name]) for name, frame in opened.tables().items())
    opened.save(tmp_path / "again")
    assert audit_folder(tmp_path / "again").passed


@pytest.mark.parametrize("options", [SolverOptions("cbc"), SolverOptions(time_limit_s=100.0)])
def test_every_solver_s_plan_can_be_opened(made, tmp_path, options):
    computeplan.solve(made / "tiny.yaml", options=options, baseline=False).save(tmp_path / "plan")
    opened = computeplan.open_plan(tmp_path / "plan")
    assert opened.baseline is None
    assert opened.options == options
    assert audit_folder(tmp_path / "plan").passed


def test_the_folder_alone_is_enough(original, tmp_path):
    moved = shutil.copytree(original / "plan", tmp_path / "elsewhere")
    assert audit_folder(moved).passed
    assert run("check", moved / "inputs" / "config.yaml").exit_code == 0


def test_a_baseline_without_a_plan_stays_one(tmp_path):
    config = tmp_path / "far.yaml"
    config.write_text(TINY.replace("units: 4", "units: 3"), encoding="utf-8")
    computeplan.solve(config, overrides=["objective={carbon_cap: 75 kg}"]).save(tmp_path / "plan")
    opened = computeplan.open_plan(tmp_path / "plan")
    assert opened.baseline.plan.solution is None
    assert opened.summary()["baseline"]["all_local"]["status"] == "infeasible"
    assert audit_folder(tmp_path / "plan").passed


def test_the_command_tells_the_certificate(plan):
    result = run("audit", plan)
    assert result.exit_code == 0
    assert "Tiny: optimal, audit passed" in result.stdout
    assert "computed from the dual prices" in result.stdout
    data = json.loads(run("audit", plan, "--json").stdout)
    assert data["passed"]
    assert data["gap"] == pytest.approx(0, abs=1e-9)
    assert {line["family"] for line in data["violations"]} >= {"capacity", "demand", "energy_balance"}


@pytest.mark.parametrize(
    "name",
    [
        "inputs/config.yaml",
        "inputs/data/prices.csv",
        "proof/plan.npz",
        "proof/all_local.npz",
        "summary.json",
        "tables/costs.parquet",
        "tables/costs.csv",
    ],
)
@pytest.mark.parametrize("fault", ["longer", "truncated", "missing"])
def test_a_file_that_is_not_what_was_written_is_named(plan, name, fault):
    content = (plan / name).read_bytes()
    if fault == "missing":
        (plan / name).unlink()
    else:
        (plan / name).write_bytes(content + b"\n" if fault == "longer" else content[: len(content) // 2])
    result = run("audit", plan)
    assert result.exit_code == 5
    said = "cannot be read: No such file" if fault == "missing" else "has changed since the plan was written"
    assert f"{name} {said}" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_foreign_file_is_named(plan):
    (plan / "tables" / "mine.csv").write_text("a\n", encoding="utf-8")
    assert audit_folder(plan).faults == ("tables/mine.csv is no file of the plan",)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (perturb("work.unit_h"), "tables/allocation.parquet is not what the plan gives"),
        (
            lambda _, members: members.update({"work.pool": 1 - members["work.pool"]}),
            "objective: the solver says 96",
        ),
        (perturb("work.unit_h", np.nan), "work.unit_h: expected finite numbers"),
        (perturb("decisions.grid_kwh", np.nan), "no finite number"),
        (perturb("prices.load", np.nan), "is not what the plan gives"),
        (perturb("decisions.grid_kwh"), "energy_balance: site"),
        (perturb("prices.load", 0.5), "is not proved"),
        (perturb("prices.energy", -1.0), "tables/certificate.parquet is not what the plan gives"),
        (lambda record, _: record.update(objective=1.0), "objective: the solver says 1, recomputed"),
        (lambda record, _: record.update(status="feasible"), "summary.json: status is 'optimal', computed"),
        (lambda record, _: record.update(status="great"), "expected the record of a plan"),
        (lambda _, members: members.pop("prices.rent"), "expected the array prices.rent, got none"),
        (lambda _, members: members.update(class_of=np.array([1, 1])), "expected a member in every class"),
        (perturb("work.pool", 99), "expected indices below"),
        (perturb("work.workload", -1), "expected indices below"),
        (lambda _, members: members.update({"work.pool": np.zeros(3, int)}), "indices, got int64 of"),
        (lambda _, members: members.update({"prices.load": np.zeros((1, 1))}), "expected numbers of shape"),
    ],
)
def test_a_lie_with_fitting_hashes_is_found(plan, change, said):
    alter(plan, change)
    result = run("audit", plan)
    assert result.exit_code == 5, result.output
    assert said in result.stderr
    assert "has changed since" not in result.stderr


def test_figures_and_tables_that_lie_are_found(plan):
    summary = json.loads((plan / "summary.json").read_text(encoding="utf-8"))
    summary["cost"]["total"] *= 0.9
    rewrite(plan, "summary.json", json.dumps(summary).encode())
    rewrite(plan, "tables/costs.parquet", (plan / "tables/companies.parquet").read_bytes())
    faults = audit_folder(plan).faults
    assert [fault.split(" is ")[0] for fault in faults] == [
        "summary.json: cost.total",
        "tables/costs.parquet",
    ]


def test_an_input_with_fitting_hash_changes_what_is_computed(plan):
    rewrite(plan, "inputs/data/prices.csv", PRICES.replace("0.7", "0.9").encode())
    audit = audit_folder(plan)
    assert not audit.passed
    assert any("objective is" in fault for fault in audit.faults)


def test_a_changed_original_is_a_note(made, plan):
    config = made / "tiny.yaml"
    config.write_text(config.read_text(encoding="utf-8") + "# later\n", encoding="utf-8")
    result = run("audit", plan)
    assert result.exit_code == 5 or "tiny.yaml has changed since the plan was made" not in result.stdout
    (made / "data" / "prices.csv").write_text(PRICES.replace("0.7", "0.9"), encoding="utf-8")
    computeplan.solve(config).save(plan)
    config.write_text(TINY, encoding="utf-8")
    result = run("audit", plan)
    assert result.exit_code == 0
    assert f"note: {config} has changed since the plan was made" in result.stderr


def test_an_opened_plan_must_be_what_was_written(plan):
    (plan / "inputs/data/prices.csv").write_text(PRICES.replace("0.7", "0.9"), encoding="utf-8")
    with pytest.raises(
        PlanFolderError, match=r"inputs/data/prices\.csv has changed since the plan was written"
    ):
        computeplan.open_plan(plan)


@pytest.mark.parametrize(
    ("provenance", "said"),
    [
        (None, "expected a plan folder, got none"),
        ("{", "expected JSON"),
        ("[]", "expected the hashes of a plan's files"),
        ('{"files": {"../x": "0"}}', "leads out of the folder"),
    ],
)
def test_what_is_no_plan_folder_is_told(tmp_path, provenance, said):
    if provenance is not None:
        (tmp_path / "provenance.json").write_text(provenance, encoding="utf-8")
    result = run("audit", tmp_path)
    assert result.exit_code == 2
    assert said in result.stderr


def test_an_input_that_changes_while_the_plan_is_made_is_told(made):
    solved = computeplan.solve(made / "tiny.yaml")
    (made / "data" / "prices.csv").write_text(PRICES.replace("0.7", "0.9"), encoding="utf-8")
    with pytest.raises(PlanFolderError, match=r"prices\.csv changed while the plan was made; solve again"):
        solved.save(made / "new")
    assert not (made / "new").exists()


def test_every_decision_and_price_is_kept():
    kept = {
        f"{part}.{field.name}"
        for part, kind in (("decisions", Decisions), ("prices", Prices))
        for field in fields(kind)
    }
    assert kept == set(AXES)


@settings(max_examples=15)
@given(whole_cases() | integer_cases())
def test_a_plan_of_any_part_of_the_model_comes_back(case):
    problem = case.problem()
    made = planned(problem)
    back = read_plan(problem, plan_bytes(made))
    assert back.status is made.status
    if made.solution is not None:
        assert back.solution.audit.passed, back.solution.audit.notes
        assert back.solution.audit.bound == made.solution.audit.bound
        assert back.solution.accounts.cost.parts() == pytest.approx(made.solution.accounts.cost.parts())


def test_inputs_from_an_allowed_folder_are_kept_too(tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "own").mkdir()
    (tmp_path / "shared" / "prices.csv").write_text(PRICES, encoding="utf-8")
    config = tmp_path / "own" / "tiny.yaml"
    reading = "price: {file: ../shared/prices.csv, column: price}, carbon"
    config.write_text(TINY.replace("price: 0.5, carbon", reading), encoding="utf-8")
    plan = tmp_path / "plan"
    assert run("solve", config, "--allow-path", tmp_path / "shared", "--out", plan).exit_code == 0
    (tmp_path / "shared" / "prices.csv").unlink()
    assert audit_folder(plan).passed
    assert [path.name[8:] for path in (plan / "inputs" / "outside").iterdir()] == ["-prices.csv"]
