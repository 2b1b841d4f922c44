"""The schedule: every workload, pool and period with work, expanded piece by piece."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

import computeplan
from builders import Case, Demand, Job, Pool, Site
from command_line import TINY
from computeplan.errors import UsageError
from computeplan.folder.tables.schedule import ScheduleFilter, merge_periods, scan_schedule, write_schedule
from computeplan.grouping import Allocation
from computeplan.solvers.planner import plan
from solving import all_work

SITES = [Site("a", price=[1, 9, 1, 1]), Site("b", price=[2, 2, 2, 2])]
POOLS = [Pool(9, site="a", busy_kw=1.0), Pool(9, site="b", busy_kw=1.0)]
WORKLOADS = [
    Demand(2, name="one"),
    Demand([0, 1, 1, 1], name="two", company="=sum"),
    Job(3.0, name="job", company="=sum", max_rate=1.0),
    Demand(0, name="idle"),
]


@pytest.fixture(scope="module")
def made():
    return plan(Case(periods=4, sites=SITES, pools=POOLS, workloads=WORKLOADS).problem())


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    config = tmp_path_factory.mktemp("run") / "tiny.yaml"
    config.write_text(TINY, encoding="utf-8")
    return computeplan.solve(config)


def rows(made, **selection) -> pl.DataFrame:
    return scan_schedule(made.solution.allocation, ScheduleFilter(**selection)).collect()


def test_a_row_for_each_workload_pool_and_period_with_work(made):
    found, problem, (done, _) = rows(made), made.problem, all_work(made)
    dense = np.zeros_like(done)
    for row in found.rows(named=True):
        workload = problem.workloads.names.index(row["workload"])
        assert row["company"] == problem.companies.names[problem.workloads.company[workload]]
        assert row["pool"].startswith(f"{row['site']}/")
        dense[workload, problem.pools.names.index(row["pool"]), row["period"]] = row["work_unit_h"]
    np.testing.assert_array_equal(dense, done)
    assert len(found) == np.count_nonzero(done)
    assert "idle" not in found["workload"]
    assert found["start"][0].isoformat() == "2026-03-02T00:00:00+00:00"
    one = found.filter(pl.col("workload") == "one")
    assert one["period"].to_list() == [0, 1, 2, 3]
    assert one["site"].to_list() == ["a", "b", "a", "a"]


def test_a_part_is_that_part_of_the_whole(made):
    whole = rows(made)
    for chosen, kept in (
        ({"workloads": [0]}, pl.col("workload") == "one"),
        ({"workloads": [1, 2], "site": 1}, (pl.col("company") == "=sum") & (pl.col("site") == "b")),
        ({"workloads": []}, pl.lit(value=False)),
    ):
        assert rows(made, **chosen).sort(pl.all()).equals(whole.filter(kept).sort(pl.all()))


def test_it_is_expanded_only_as_far_as_it_is_read(made, monkeypatch):
    expanded = []
    blocks = Allocation.blocks

    def watched(self, *arguments):
        for block in blocks(self, *arguments):
            expanded.append(len(block.workloads))
            yield block

    monkeypatch.setattr(Allocation, "blocks", watched)
    lazy = scan_schedule(made.solution.allocation, ScheduleFilter())
    assert expanded == []
    assert lazy.select("pool").head(1).collect().shape == (1, 1)
    assert len(expanded) == 1
    assert lazy.filter(pl.col("workload") == "job").select(pl.sum("work_unit_h")).collect().item() == 3.0


def test_consecutive_periods_in_a_pool_are_one_row(made):
    merged = merge_periods(made.problem, rows(made, workloads=[0]))
    assert merged["pool"].to_list() == ["a/p0", "b/p1", "a/p0"]
    assert merged["work_unit_h"].to_list() == [2, 2, 4]
    assert merged["units"].to_list() == [2, 2, 2]
    hours = [until - start for start, until in zip(merged["start"], merged["until"], strict=True)]
    assert hours == [timedelta(hours=1), timedelta(hours=1), timedelta(hours=2)]


def test_rows_of_two_blocks_are_not_merged():
    made = plan(Case(periods=4, blocks=[2, 2], workloads=[Demand(1)]).problem())
    assert len(merge_periods(made.problem, rows(made))) == 2


def test_files_hold_what_the_frame_holds(made, tmp_path):
    lazy, whole = scan_schedule(made.solution.allocation, ScheduleFilter()), rows(made)
    write_schedule(lazy, tmp_path / "new" / "表.parquet")
    assert pl.read_parquet(tmp_path / "new" / "表.parquet").equals(whole)
    write_schedule(lazy, tmp_path / "s.CSV")
    text = (tmp_path / "s.CSV").read_bytes()
    assert text.startswith(b"\xef\xbb\xbfworkload,company,site,pool,period,start,work_unit_h\n")
    assert b"\ntwo,'=sum,b," in text, "no name is a formula"
    assert text.count(b"\n") == len(whole) + 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "s.CSV"]


def test_other_endings_are_refused(made, tmp_path):
    with pytest.raises(UsageError, match=r"s\.xlsx: expected a file ending in \.parquet or \.csv"):
        write_schedule(scan_schedule(made.solution.allocation, ScheduleFilter()), tmp_path / "s.xlsx")


def test_a_place_that_cannot_be_written_to_is_named(made, tmp_path):
    (tmp_path / "s.csv").mkdir()
    (tmp_path / "s.csv" / "mine").touch()
    with pytest.raises(OSError, match="directory") as caught:
        write_schedule(scan_schedule(made.solution.allocation, ScheduleFilter()), tmp_path / "s.csv")
    assert caught.value.filename == str(tmp_path / "s.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["s.csv"], "no part is left behind"


def test_a_run_gives_the_schedule_by_name(run):
    chat = run.schedule("chat")
    assert chat["work_unit_h"].sum() == pytest.approx(11)
    assert set(chat["company"]) == {"企业"}
    assert run.schedule(company="企业").equals(chat)
    assert set(run.schedule("chat", site="北站")["pool"]) == {"北站/租用"}
    assert run.schedule("batch", company="企业").is_empty()
    assert set(run.scan_schedule().collect()["workload"]) == {"chat", "batch"}
    with pytest.raises(UsageError, match="'chatt'; did you mean 'chat'"):
        run.schedule("chatt")
    with pytest.raises(UsageError, match="expected the name of a site, got 'chat'"):
        run.schedule(site="chat")
