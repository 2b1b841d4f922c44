"""Jobs of a log become a register that a config reads."""

from __future__ import annotations

import json
import re
from math import inf
from pathlib import Path

import pytest

import computeplan
from command_line import TINY, run
from computeplan.config import load_config

OUTSIDE = Path(__file__).parents[3] / "shared" / "layouts"
HEAD = "JobIDRaw|JobName|Account|Partition|State|Eligible|ElapsedRaw|AllocTRES"
A100 = "billing=8,cpu=8,gres/gpu:a100=4,gres/gpu=4,mem=9G,node=1"
LOG = f"""{HEAD}
1|train|acme|gpu|COMPLETED|2026-03-02T08:20:00|7200|{A100}
1.batch|batch|acme||COMPLETED|2026-03-02T08:20:00|7200|{A100}
2|a|b|acme|gpu|RUNNING|2026-03-02T08:40:00|7000|{A100}
3|etl|beta|cpu|COMPLETED|2026-03-02T09:00:00|1800|billing=2,cpu=2,node=1
4|never|beta|cpu|CANCELLED by 0|2026-03-02T09:00:00|0|
5|odd|beta|cpu|COMPLETED|Unknown|60|cpu=1,node=1
"""


@pytest.fixture
def read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def read_log(text, **options):
        (tmp_path / "log.txt").write_text(text, encoding="utf-8")
        return computeplan.import_work("slurm", ["log.txt"], **{"time_zone": "Asia/Shanghai", **options})

    return read_log


def test_jobs_alike_are_one_workload(read):
    found = read(LOG)
    both, etl = found.register.to_dicts()
    assert (both["name"], both["company"], both["kind"]) == ("acme a100 1", "acme", "a100")
    assert (both["volume"], both["max_rate"], both["jobs"]) == (pytest.approx(4 * 14200 / 3600), 8, 2)
    # Eligible at 08:20 and 08:40 in Shanghai, two hours each, and as long again.
    assert f"{both['release']:%d %H:%M} {both['deadline']:%d %H:%M}" == "02 01:00 02 04:00"
    assert (etl["kind"], etl["volume"], etl["max_rate"]) == ("cpu", 1.0, 2)
    assert f"{etl['release']:%H:%M} {etl['deadline']:%H:%M}" == "01:00 02:00"
    assert repr(found) == "<2 workloads of 3 jobs of slurm>"


@pytest.mark.parametrize(("slack", "deadline"), [(0, "03:00"), (0.5, "03:00"), (1, "04:00"), (3, "08:00")])
def test_the_slack_sets_the_deadline(read, slack, deadline):
    (job,) = read("\n".join(LOG.split("\n")[:2]), slack=slack).register.to_dicts()
    assert f"{job['deadline']:%H:%M}" == deadline


def test_rows_that_are_left_out_are_named(read):
    found = read(LOG)
    assert [(each.expected, each.rows) for each in found.left_out] == [
        ("a job that ran", (6,)),
        ("a time", (7,)),
    ]
    with pytest.raises(
        computeplan.SourceError, match=r"log\.txt:6: expected a job that ran, got '0' in row 6"
    ):
        read(LOG, strict=True)


def test_rows_may_end_with_the_separator(read):
    lines = [f"{line}|" for line in LOG.strip().split("\n")]
    assert read("\n".join(lines)).register.equals(read(LOG).register)


def test_a_config_reads_the_register(read, tmp_path):
    read(LOG, zone="here").save("jobs")
    config = TINY + (tmp_path / "jobs.yaml").read_text(encoding="utf-8")
    config = (
        config.replace("duration: 3 h", "duration: 24 h").replace("[3, 6, 2]", "1").replace("[3, 2, 2]", "2")
    )
    (tmp_path / "all.yaml").write_text(config, encoding="utf-8")
    problem = load_config(tmp_path / "all.yaml").problem
    assert problem.workloads.names[-2:] == ("acme a100 1", "beta cpu 2")
    assert problem.workloads.volume_unit_h[-2:] == pytest.approx([4 * 14200 / 3600, 1])
    # The horizon begins at midnight in Shanghai.
    assert problem.workloads.release_h[-2:].tolist() == [9, 9]
    assert problem.workloads.deadline_h[-2:].tolist() == [12, 10]
    origin = json.loads((tmp_path / "jobs.provenance.json").read_text(encoding="utf-8"))
    assert (origin["inputs"][0]["steps"], origin["inputs"][0]["jobs"], origin["slack"]) == (1, 3, 1.0)
    assert origin["usage"][1] == {"company": "beta", "kind": "cpu", "workloads": 1, "jobs": 1, "volume": 1.0}


def test_without_a_zone_the_config_asks_for_it(read, tmp_path):
    read(LOG).save("jobs")
    text = (tmp_path / "jobs.yaml").read_text(encoding="utf-8")
    assert "\n# workload_tables:\n" in text
    assert "\n# ? Where are the users and data of this work? `--zone NAME` says it\n" in text
    (tmp_path / "all.yaml").write_text(TINY + text, encoding="utf-8")
    assert load_config(tmp_path / "all.yaml").problem.workloads.names == ("chat", "batch")


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (
            "JobID|State\n1|x\n",
            {},
            "log.txt:1: expected a file of slurm (sacct -P), got no column 'JobIDRaw' and none",
        ),
        (HEAD + "\n1|a|b|c|PENDING|Unknown|0|\n", {}, "expected jobs that ran, got none"),
        (
            LOG,
            {"time_zone": "CST"},
            "time_zone: expected an IANA time zone such as `Asia/Shanghai`, got 'CST'; did you mean",
        ),
        (LOG, {"slack": inf}, "slack: expected a number of at least 0, got inf"),
        (LOG, {"slack": -1}, "slack: expected a number of at least 0, got -1"),
    ],
)
def test_faults(read, text, options, message):
    with pytest.raises(computeplan.ComputeplanError, match=re.escape(message)):
        read(text, **options)


def test_no_file_is_a_fault():
    with pytest.raises(computeplan.UsageError, match="files: expected at least one file, got none"):
        computeplan.import_work("slurm", [], time_zone="Asia/Shanghai")


def test_the_command_takes_options_of_its_sort_only(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log.txt").write_text(LOG, encoding="utf-8")
    for words, message in (
        ([], "--time-zone: expected an IANA zone such as Asia/Shanghai"),
        (["--fill", "hold"], "--fill: expected nothing with slurm, got 'hold'"),
    ):
        done = run("import", "slurm", "log.txt", "--to", "jobs", *words)
        assert (done.exit_code, message in done.stderr) == (2, True), done.stderr
    done = run("import", "slurm", "log.txt", "--to", "jobs", "--time-zone", "Asia/Shanghai", "--json")
    (acme, _) = json.loads(done.stdout)["work"]
    assert acme.pop("volume") == pytest.approx(4 * 14200 / 3600)
    assert acme == {"company": "acme", "kind": "a100", "jobs": 2, "workloads": 1}


def test_outside_logs_hold_what_is_known_of_them():
    if not OUTSIDE.is_dir():
        pytest.skip("the outside layouts are not here: no ../shared/layouts beside the project")
    known = json.loads((OUTSIDE / "expected_jobs.json").read_text(encoding="utf-8"))
    file = "slurm/sacct_three_weeks.txt"
    found = computeplan.import_work("slurm", [OUTSIDE / file], time_zone="Europe/Berlin")
    assert found.register["jobs"].sum() == known[file]["jobs_with_an_allocation"]
    gpus = {row["company"]: row["volume"] for row in found.usage.to_dicts() if row["kind"] != "cpu"}
    wanted = {name: hours for name, hours in known[file]["gpu_hours_by_account"].items() if hours}
    assert gpus == pytest.approx(wanted)
