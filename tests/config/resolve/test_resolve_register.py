from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from resolving import resolve

from computeplan.config.resolve import Resolved
from computeplan.config.schema.workloads import WORKLOAD_FIELDS
from computeplan.errors import ConfigError, Fault
from computeplan.problem import Workloads

PARTS = """
series: {ramp: [%s], office: {day: {weekday: [%s]}}}
zones: {here: {within: china}, china: {}, hami: {within: china}}
hardware: {gpu: {efficiency: {inference: 1, training: 1}}}
sites: {site: {provides: [a, b]}}
workloads: null
workload_tables: [{file: register.csv%s}]
"""
RAMP = ", ".join(str(hour) for hour in range(24))
OFFICE = ", ".join(["1"] * 12 + ["3"] * 12)
MINIMAL = ", defaults: {zone: here, kind: inference}"


def config(settings: str = MINIMAL) -> str:
    return PARTS % (RAMP, OFFICE, settings)


@pytest.fixture
def read(tmp_path):
    """Resolve a register given as CSV text or a data frame."""

    def read_register(content, settings=MINIMAL, changes="") -> Resolved:
        text = config(settings)
        if isinstance(content, str):
            (tmp_path / "register.csv").write_text(content, encoding="utf-8")
        else:
            content.write_parquet(tmp_path / "register.parquet")
            text = text.replace("register.csv", "register.parquet")
        return resolve(f"{text}\n{changes}", tmp_path)

    return read_register


@pytest.fixture
def faults(read):
    """Faults of a register."""

    def faults_of(content, settings=MINIMAL, changes="") -> tuple[Fault, ...]:
        with pytest.raises(ConfigError, match="expected") as caught:
            read(content, settings, changes)
        return caught.value.faults

    return faults_of


FULL = """名称,企业,tier,zone,kind,demand,profile,max_delay,mobility,requires,security,residency,max_latency,\
traffic,data,shortfall_price,move_price,volume,release,deadline,max_rate
w1,Acme,top,here,inference,3,office,6,free,a; b,2,china,20,0.4,,500,0.5,,,,
w2,Babel,,hami,inference,2,,,fixed,,,hami；here,,,5000,,,,,,
w3,Acme,,here,training,,,,,b,,,,,10,,,2400,2026-03-02T03:30,5,200
w4,,rest,here,training,,,,,,,,,,,,,7,,2026/3/2 8:00,
"""
NAMED = ", columns: {name: 名称, company: 企业}"


def test_every_field(read):
    problem = read(FULL, NAMED).problem
    workloads, needs = problem.workloads, problem.needs
    assert workloads.names == ("w1", "w2", "w3", "w4")
    assert problem.companies.names == ("Acme", "Babel", "w4")
    assert problem.companies.tiers == ("top", "", "rest")
    assert workloads.company.tolist() == [0, 1, 0, 2]
    assert workloads.is_job.tolist() == [False, False, True, True]
    assert workloads.is_fixed.tolist() == [False, True, False, False]
    assert workloads.scale.tolist() == [3, 2, 0, 0]
    assert workloads.max_delay_h.tolist() == [6, 0, 0, 0]
    assert workloads.volume_unit_h.tolist() == [0, 0, 2400, 7]
    assert workloads.release_h.tolist() == [0, 0, 3.5, 0]
    assert workloads.deadline_h.tolist() == [0, 0, 5, 8]
    assert workloads.max_rate.tolist() == [np.inf, np.inf, 200, np.inf]
    assert workloads.data_gb.tolist() == [0, 5000, 10, 0]
    assert workloads.shortfall_price.tolist() == [500, np.inf, np.inf, np.inf]
    assert workloads.move_price.tolist() == [0.5, 0, 0, 0]
    assert workloads.need.tolist() == [0, 1, 2, 3]
    assert needs.zone.tolist() == [0, 2, 0, 0]
    assert needs.kind.tolist() == [0, 0, 1, 1]
    assert needs.labels.tolist() == [[True, True], [False, False], [False, True], [False, False]]
    assert needs.security.tolist() == [2, 0, 0, 0]
    assert needs.residency.tolist() == [[True] * 3, [True, False, True], [True] * 3, [True] * 3]
    assert needs.max_latency_ms.tolist() == [20, np.inf, np.inf, np.inf]
    assert needs.traffic_gb_per_unit_h.tolist() == [0.4, 0, 0, 0]
    assert needs.moves_data.tolist() == [False, True, True, False]
    assert needs.unit_cost.tolist() == [[0]] * 4


def test_jobs_that_run_through(read):
    rows = "name,volume,max_rate,interruptible,mobility\na,4,2,false,whole\nb,4,2,,\nc,4,2,true,\n"
    workloads = read(rows).problem.workloads
    assert workloads.runs_through.tolist() == workloads.is_whole.tolist() == [True, False, False]
    assert not workloads.is_fixed.any()
    by_default = read(
        rows, ", defaults: {zone: here, kind: training, interruptible: false}"
    ).problem.workloads
    assert by_default.runs_through.tolist() == [True, True, False]


def test_demand_is_the_mean_of_its_profile(read):
    workloads = read("name,demand,profile\nw,5,office\nv,4,\nu,0,office\n").problem.workloads
    demand = workloads.scale[:, None] * workloads.profiles[workloads.profile]
    assert demand.mean(axis=1) == pytest.approx([5, 4, 0])
    assert demand[0, [0, 23]] == pytest.approx([2.5, 7.5])
    assert len(workloads.profiles) == 2


def test_columns_of_other_names_and_none(read):
    content = "kind,workload,Bedarf\nx,w,5\n"
    settings = ", columns: {name: workload, demand: Bedarf, kind: Bedarf}, defaults: {zone: here}"
    with pytest.raises(
        ConfigError, match=r"^register\.csv:2:3 .*expected the name of a kind of workload, got '5'"
    ):
        read(content, settings)


def test_defaults_fill_empty_cells(read):
    content = (
        "name,zone,demand,max_delay,mobility,volume,security,requires\n"
        "w,,,,,,,\nv,hami,2,1,,,1,a\nu,,,,,9,,\nt,,1,,fixed,,,\n"
    )
    defaults = (
        "{company: Acme, tier: top, zone: here, kind: training, demand: 7, profile: office, max_delay: 3 h, "
        "data: 2 TB, "
        "requires: [b], security: 2, residency: [hami], max_latency: 30 ms, traffic: 1, shortfall_price: 8, "
        "release: 2026-03-02T01:00, deadline: 9, max_rate: 4}"
    )
    problem = read(content, f", defaults: {defaults}").problem
    workloads, needs = problem.workloads, problem.needs
    assert problem.companies.names == ("Acme",)
    assert problem.companies.tiers == ("top",)
    assert workloads.is_job.tolist() == [False, False, True, False]
    assert workloads.scale.tolist() == [7, 2, 0, 1]
    assert workloads.max_delay_h.tolist() == [3, 1, 0, 0]
    assert workloads.data_gb.tolist() == [0, 0, 2000, 2000]
    assert workloads.volume_unit_h.tolist() == [0, 0, 9, 0]
    assert workloads.release_h.tolist() == [0, 0, 1, 0]
    assert workloads.deadline_h.tolist() == [0, 0, 9, 0]
    assert workloads.max_rate.tolist() == [np.inf, np.inf, 4, np.inf]
    assert needs.zone[workloads.need].tolist() == [0, 2, 0, 0]
    assert needs.security[workloads.need].tolist() == [2, 1, 2, 2]
    assert needs.labels[workloads.need].tolist() == [
        [False, True],
        [True, False],
        [False, True],
        [False, True],
    ]
    assert needs.residency[workloads.need].tolist() == [[False, False, True]] * 4
    assert needs.max_latency_ms[workloads.need].tolist() == [30] * 4


def test_jobs_by_default(read):
    workloads = read(
        "name\nw\nv\n", ", defaults: {zone: here, kind: training, volume: 5, mobility: fixed}"
    ).problem.workloads
    assert workloads.is_job.tolist() == [True, True]
    assert workloads.is_fixed.tolist() == [False, False]
    assert workloads.volume_unit_h.tolist() == [5, 5]


def test_parquet_has_types(read):
    frame = pl.DataFrame(
        {
            "name": ["w", "v"],
            "demand": [1.5, None],
            "volume": [None, 3],
            "release": [None, datetime.fromisoformat("2026-03-02T01:00")],
            "deadline": [None, 6.0],
            "requires": pl.Series(["a", None], dtype=pl.Categorical),
        }
    )
    problem = read(frame).problem
    assert problem.workloads.scale.tolist() == [1.5, 0]
    assert problem.workloads.release_h.tolist() == [0, 1]
    assert problem.workloads.deadline_h.tolist() == [0, 6]
    assert problem.needs.labels[problem.workloads.need].tolist() == [[True, False], [False, False]]


def test_times_with_an_offset(read):
    content = "name,volume,release,deadline\nw,1,2026-03-01T17:00Z,2026-03-02 06:00+08:00\n"
    workloads = read(content).problem.workloads
    assert (workloads.release_h[0], workloads.deadline_h[0]) == (1, 6)


@pytest.mark.parametrize(
    ("content", "place", "found"),
    [
        ("name,demand\nw,1\n,2\n", (3, 1), "expected a name, got an empty cell in row 3, column 'name'"),
        ("name,demand\nw,1\nv,1\nw,2\n", (4, 1), "expected a name that no other row has, got 'w' in row 4"),
        ("demand\n1\n", (1, 0), "expected a column 'name', got columns demand; give every workload a name"),
        (
            "name,zone,demand\nw,her,1\nv,her,1\n",
            (2, 2),
            "got 'her' (2 rows) in row 2, column 'zone'; did you mean 'here'?",
        ),
        (
            "name,kind,demand\nw,trainin,1\n",
            (2, 2),
            "expected the name of a kind of workload, got 'trainin' in row 2",
        ),
        (
            "name,requires,demand\nw,a;c,1\n",
            (2, 2),
            "expected the name of a label that a site provides, got 'a;c' in row 2",
        ),
        ("name,residency,demand\nw,chna,1\n", (2, 2), "expected the name of a zone, got 'chna' in row 2"),
        ("name,profile,demand\nw,ofice,1\n", (2, 2), "expected the name of a series, got 'ofice' in row 2"),
        (
            "name,mobility,demand\nw,fix,1\n",
            (2, 2),
            "expected the name of a mobility, free, fixed or whole, got 'fix' in row 2",
        ),
        (
            "name,demand\nw,-1\n",
            (2, 2),
            "expected a number of at least 0, in units, such as `120`, got '-1' in row 2",
        ),
        ("name,demand\nw,nan\n", (2, 2), "got 'nan' in row 2, column 'demand'"),
        ("name,demand\nw,much\n", (2, 2), "got 'much' in row 2, column 'demand'"),
        ("name,demand\nw,\n", (2, 2), "expected either a demand or a volume, got an empty cell in row 2"),
        (
            "name\nw\n",
            (2, 0),
            "expected either a demand or a volume, got no column 'volume', first needed in row 2; add the",
        ),
        (
            "name,demand,volume\nw,1,1\n",
            (2, 3),
            "expected either a demand or a volume, not both, got '1' in row 2",
        ),
        ("name,demand,security\nw,1,1.5\n", (2, 3), "expected a whole number, got '1.5' in row 2"),
        (
            "name,demand,release\nw,1,5\n",
            (2, 3),
            "expected an empty cell in a row with a demand, got '5' in row 2",
        ),
        (
            "name,volume,profile\nw,1,office\n",
            (2, 3),
            "expected an empty cell in a row with a volume, got 'office' in row 2",
        ),
        (
            "name,volume,max_delay\nw,1,5\n",
            (2, 3),
            "expected 0 for a job, and for mobility `fixed`, got '5' in row 2",
        ),
        (
            "name,demand,max_delay,mobility\nw,1,5,fixed\n",
            (2, 3),
            "expected 0 for a job, and for mobility `fixed`",
        ),
        ("name,volume,mobility\nw,1,fixed\n", (2, 3), "expected `free` for a job, got 'fixed' in row 2"),
        ("name,volume,mobility\nw,1,whole\n", (2, 3), "expected `free` for a job, got 'whole' in row 2"),
        (
            "name,volume,max_rate,interruptible\nw,1,,false\n",
            (2, 3),
            "expected a rate, for a job that is not interruptible",
        ),
        (
            "name,volume,max_rate,interruptible,deadline\nw,5,1,false,4\n",
            (2, 2),
            "expected a run that fits its window, got '5' in row 2",
        ),
        (
            "name,volume,max_rate,interruptible\nw,5,1,no\n",
            (2, 4),
            "expected the name of a yes or no, true or false, got 'no' in row 2",
        ),
        (
            "name,demand,interruptible\nw,5,false\n",
            (2, 3),
            "expected an empty cell in a row with a demand, got 'false' in row 2",
        ),
        (
            "name,demand,data\nw,1,5\n",
            (2, 3),
            "expected no data set, a job, or mobility `fixed`, got '5' in row 2",
        ),
        ("name,volume\nw,0\n", (2, 2), "got '0' in row 2, column 'volume'"),
        ("name,volume,release\nw,1,24\n", (2, 3), "expected a time within the horizon, got '24' in row 2"),
        ("name,volume,release\nw,1,-1\n", (2, 3), "expected hours, or a time such as 2026-03-02T00:00"),
        ("name,volume,release\nw,1,soon\n", (2, 3), "that clocks in Asia/Shanghai show, got 'soon' in row 2"),
        (
            "name,volume,release,deadline\nw,1,5,5\n",
            (2, 4),
            "expected a time after the release, got '5' in row 2",
        ),
        (
            "name,volume,release\nw,1,0.5\n",
            (2, 0),
            "expected a rate, for a window that begins or ends inside a period, got no column 'max_rate'",
        ),
        (
            "name,volume,release,max_rate\nw,1,0.5,\n",
            (2, 4),
            "expected a rate, for a window that begins or ends inside a period, got an empty cell in row 2",
        ),
        (
            "name,company,tier,demand\nw,A,x,1\nv,A,,1\nu,A,y,1\n",
            (4, 3),
            "expected one tier for all workloads of a company, got 'y'",
        ),
    ],
)
def test_faults_name_row_and_column(faults, content, place, found):
    (fault,) = faults(content)
    assert (fault.file, fault.line, fault.column) == ("register.csv", *place)
    assert fault.path == "workload_tables.0"
    assert found in str(fault)


def test_zone_and_kind_are_needed(faults):
    found = [str(fault) for fault in faults("name,demand,kind\nw,1,\n", "")]
    zone, kind = found
    assert zone.startswith(
        "register.csv:2 workload_tables.0: expected the name of a zone, got no column 'zone', first"
    )
    assert zone.endswith("first needed in row 2; add the column, name it in `columns`, or give a default")
    assert kind.endswith("expected the name of a kind of workload, got an empty cell in row 2, column 'kind'")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            ", defaults: {zone: her, kind: inference}",
            r"workload_tables\.0\.defaults\.zone: .* did you mean 'here'",
        ),
        (
            ", defaults: {zone: here, kind: a}",
            r"workload_tables\.0\.defaults\.kind: expected the name of a kind",
        ),
        (
            f"{MINIMAL[:-1]}, requires: [c]}}",
            r"workload_tables\.0\.defaults\.requires\.0: expected the name of a label",
        ),
        (
            f"{MINIMAL[:-1]}, residency: [c]}}",
            r"workload_tables\.0\.defaults\.residency\.0: expected the name of a zone",
        ),
        (
            f"{MINIMAL[:-1]}, profile: c}}",
            r"workload_tables\.0\.defaults\.profile: expected the name of a series",
        ),
        (
            f"{MINIMAL}, columns: {{tier: Stufe}}",
            r"register\.csv:1 workload_tables\.0: expected one column 'Stufe', got none",
        ),
    ],
)
def test_faults_of_settings(read, settings, message):
    with pytest.raises(ConfigError, match=message):
        read("name,demand\nw,1\n", settings)


def test_many_unknown_names_are_counted(faults):
    content = "name,zone,demand\n" + "".join(f"w{i},z{i},1\n" for i in range(8))
    found = faults(content)
    assert len(found) == 6
    assert found[-1].found == "3 more unknown names in column 'zone'"


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        (
            "low",
            r"series\.low: expected a number of at least 0, got -1 in period 1",
        ),
        ("none", r"expected a profile with a mean above 0, got 0 in every period"),
    ],
)
def test_faults_of_profiles(read, profile, message):
    with pytest.raises(ConfigError, match=message):
        read(f"name,demand,profile\nw,1,{profile}\n", changes="series: {low: -1, none: 0}")


def test_names_differ_between_sources(faults):
    (fault,) = faults(
        "name,demand\nchat,1\nw,1\n",
        changes="workloads: {work: null, chat: {zone: here, kind: inference, demand: 1}}",
    )
    assert (
        str(fault) == "workload_tables.0: expected workload names that differ, got 'chat' also in workloads"
    )


def test_a_company_of_several_sources_is_one(read):
    changes = "workloads: {work: null, chat: {company: Acme, zone: here, kind: inference, demand: 1}}"
    companies = read("name,company,tier,demand\nw,Acme,top,1\n", changes=changes).problem.companies
    assert (companies.names, companies.tiers) == (("Acme",), ("top",))


def test_no_sources_left_after_faults(faults):
    (fault,) = faults("")
    assert str(fault) == "register.csv workload_tables.0: expected a header and rows, got an empty file"


CELLS = (
    "", "1", "0", "-1", "1e308", "nan", "inf", "x", "here", "china", "a;b", ";", "office", "free", "fixed",
    "inference", "2026-03-02T03:00", "2026-03-02T03:30", "9999-12-31", "0001-01-01", "2026-03-02T03:00-23:59",
    "23.99", "24", "名", "  ", "*", "^.*$",
)  # fmt: skip
FIELDS = st.lists(
    st.sampled_from([field for field in WORKLOAD_FIELDS if field != "name"]), unique=True, max_size=6
)


def attempt(folder) -> Workloads | tuple[Fault, ...]:
    try:
        return resolve(config(f"{MINIMAL[:-1]}, demand: 1}}"), folder).problem.workloads
    except ConfigError as error:
        return error.faults


@given(FIELDS, st.lists(st.lists(st.sampled_from(CELLS), min_size=6, max_size=6), min_size=1, max_size=3))
def test_any_register_is_a_problem_or_faults(tmp_path_factory, fields, rows):
    folder = tmp_path_factory.mktemp("register")
    lines = [["name", *fields], *([f"w{i}", *row[: len(fields)]] for i, row in enumerate(rows))]
    (folder / "register.csv").write_text("\n".join(",".join(line) for line in lines), encoding="utf-8")
    workloads = attempt(folder)
    if isinstance(workloads, tuple):
        assert {fault.file for fault in workloads} == {"register.csv"}
        return
    jobs = workloads.is_job
    assert (workloads.deadline_h[jobs] > workloads.release_h[jobs]).all()
    assert (workloads.scale >= 0).all()
    assert (workloads.volume_unit_h[jobs] > 0).all()
    assert not (workloads.is_fixed & (jobs | (workloads.max_delay_h > 0))).any()
