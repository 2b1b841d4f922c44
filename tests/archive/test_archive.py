"""A plan folder is opened and audited from nothing but itself."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import zipfile
from dataclasses import fields
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given

import computeplan
from command_line import TINY, run
from computeplan.errors import PlanFolderError
from computeplan.folder.archive import plan_bytes, read_plan
from computeplan.folder.read import add_seal
from computeplan.problem import Decisions, Prices
from computeplan.runs.opened import audit_folder
from computeplan.solvers import SolverOptions
from computeplan.solvers.planner import plan as planned
from strategies import examples
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
    """Change a file as a liar would: all hashes fit."""
    (plan / name).write_bytes(content)
    amend(plan, lambda record: record["files"].update({name: sha256(content).hexdigest()}))


def amend(plan, change):
    """Change the record as a liar would."""
    record = json.loads((plan / "provenance.json").read_text(encoding="utf-8"))
    change(record)
    (plan / "provenance.json").write_text(json.dumps(add_seal(record)), encoding="utf-8")


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


def test_a_baseline_without_the_limits_that_it_breaks_stays_one(tmp_path):
    config = tmp_path / "far.yaml"
    config.write_text(TINY.replace("units: 4", "units: 3"), encoding="utf-8")
    made = computeplan.solve(config, overrides=["objective={carbon_cap: 75 kg}"])
    made.save(tmp_path / "plan")
    opened = computeplan.open_plan(tmp_path / "plan")
    assert [str(limit.kind) for limit in opened.baseline.lifted] == ["capacity", "carbon cap"]
    assert opened.baseline.lifted == made.baseline.lifted
    assert opened.summary()["baseline"] == made.summary()["baseline"]
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


@pytest.mark.posix
def test_foreign_things_are_named(plan):
    (plan / "tables" / "mine.csv").write_text("a\n", encoding="utf-8")
    (plan / "empty").mkdir()
    (plan / "more" / "inner").mkdir(parents=True)
    os.mkfifo(plan / "pipe")
    (plan / "link").symlink_to("nowhere")
    assert audit_folder(plan).faults == (
        "empty is no folder of the plan",
        "link is no file of the plan",
        "more is no folder of the plan",
        "pipe is no file of the plan",
        "tables/mine.csv is no file of the plan",
    )


@pytest.mark.posix
@pytest.mark.parametrize(
    "name",
    ["provenance.json", "summary.json", "inputs/config.yaml", "inputs/data/prices.csv", "proof/plan.npz"],
)
@pytest.mark.parametrize("make", ["pipe", "link"])
def test_what_would_never_end_is_not_read(plan, name, make):
    (plan / name).unlink()
    if make == "pipe":
        os.mkfifo(plan / name)
    else:
        (plan / name).symlink_to("/dev/zero")
    for command in (("audit", plan), ("explain", plan, "chat"), ("report", plan, "--out", plan / "x.html")):
        result = run(*command)
        if command[0] == "explain" and name == "summary.json":
            continue  # nothing of the summary is asked for
        assert result.exit_code == (5 if command[0] == "audit" and name != "provenance.json" else 2)
        assert "it is no regular file" in result.stderr or command[0] == "report"


DEEP = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize("name", ["provenance.json", "summary.json"])
@pytest.mark.parametrize("content", [DEEP, '{"a": ' + DEEP + "}", "", "NaN", "[1e999]", "\x00", "9" * 5000])
def test_a_record_that_is_none_is_a_fault_of_the_folder(plan, name, content):
    rewrite(plan, "summary.json", content.encode()) if name == "summary.json" else (plan / name).write_text(
        content
    )
    result = run("audit", plan)
    assert result.exit_code == (2 if name == "provenance.json" else 5)
    assert name in result.stderr


def test_a_changed_record_is_named(plan):
    record = json.loads((plan / "provenance.json").read_text(encoding="utf-8"))
    (plan / "provenance.json").write_text(json.dumps(record | {"created": "1999"}), encoding="utf-8")
    result = run("audit", plan)
    assert (result.exit_code, "provenance.json has changed since it was written" in result.stderr) == (
        5,
        True,
    )
    result = run("compare", plan, plan)
    assert (result.exit_code, "provenance.json has changed since it was written" in result.stderr) == (
        2,
        True,
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda record: record.update(times_s={"read": "long"}), "times_s.read: expected another value than"),
        (lambda record: record.update(times_s=7), "times_s: expected another value than 7"),
        (lambda record: record.update(config=None), "config: expected another value than nothing"),
        (lambda record: record["config"].update(set=[1]), "config.set.0: expected another value than 1"),
        (lambda record: record["inputs"].append({}), "inputs.1.path: expected another value than nothing"),
        (lambda record: record["options"].update(threads=True), "options.threads: expected another value"),
        (lambda record: record["options"].update(spin=1), "expected options of this version"),
        (lambda record: record.update(kind=[1]), r"got one with a \[1\]"),
        (lambda record: record["files"].update({"a\0b": "0"}), "embedded null byte"),
    ],
)
def test_a_record_of_another_shape_says_where(plan, change, said):
    amend(plan, change)
    for command in (("audit", plan), ("compare", plan, plan), ("explain", plan, "chat")):
        result = run(*command)
        assert result.exit_code in {2, 5} or "null byte" in said
        assert "internal error" not in result.output
    assert re.search(said, run("audit", plan).stderr)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tables/costs.csv", lambda text: text.replace(b"0", b"7")),
        ("tables/costs.csv", lambda text: text + b"more,,1,CNY\n"),
        ("tables/periods.csv", lambda text: text.splitlines(keepends=True)[0]),
        ("tables/costs.parquet", lambda _: b"PAR1"),
    ],
)
def test_a_table_that_lies_is_found_in_each_of_its_files(plan, name, content):
    rewrite(plan, name, content((plan / name).read_bytes()))
    (fault,) = audit_folder(plan).faults
    assert fault.startswith(name)


def test_a_table_more_or_less_is_found(plan):
    rewrite(plan, "tables/gold.csv", b"a\n1\n")
    amend(plan, lambda record: record["files"].pop("tables/costs.csv"))
    (plan / "tables/costs.csv").unlink()
    assert audit_folder(plan).faults == (
        "tables/costs.csv cannot be read: No such file or directory",
        "tables/gold.csv is no table of the plan",
    )


@pytest.mark.parametrize("key", ["gap", "shortfall_unit_h", "currency", "name", "water_m3", "size", "solver"])
@pytest.mark.parametrize("value", [None, 10**400])
def test_every_figure_of_the_summary_is_compared(plan, key, value):
    summary = json.loads((plan / "summary.json").read_text(encoding="utf-8"))
    rewrite(plan, "summary.json", json.dumps(summary | {key: value}).encode())
    faults = audit_folder(plan).faults
    assert faults
    assert all(fault.startswith(f"summary.json: {key}") for fault in faults)


@pytest.mark.parametrize(
    "command",
    [("explain", "PLAN", "chat"), ("compare", "PLAN", "PLAN"), ("report", "PLAN", "--out", "x.html")],
)
def test_nothing_is_said_of_a_plan_that_fails_its_audit(made, plan, monkeypatch, command):
    monkeypatch.chdir(made)
    alter(plan, perturb("decisions.grid_kwh"))
    result = run(*(plan if word == "PLAN" else word for word in command))
    assert result.exit_code == 5
    assert result.stdout == ""
    said = f"{plan}: the audit failed, so there is nothing to {command[0]}\nenergy_balance: site"
    assert said in result.stderr
    assert not (made / "x.html").exists()
    audited = run("audit", plan)
    assert "audit FAILED" in audited.stdout
    assert "optimal" not in audited.stdout


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
        (None, "expected the folder of a plan, got one without provenance.json"),
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


def test_every_decision_and_price_is_kept(plan):
    kept = {
        f"{part}.{field.name}"
        for part, kind in (("decisions", Decisions), ("prices", Prices))
        for field in fields(kind)
    }
    with np.load(plan / "proof/plan.npz") as archive:
        assert kept == {name for name in archive.files if name.startswith(("decisions.", "prices."))}


@examples(15)
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
