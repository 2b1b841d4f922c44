"""Every way out of an infeasible config makes it feasible, and says what it changes in the config's words."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from command_line import run
from computeplan import api
from computeplan.errors import ConfigError
from computeplan.explanations import workload_relaxations
from computeplan.problem import Status
from computeplan.solvers import SolverOptions
from computeplan.solvers.planner import plan
from explain.tightening import TIGHTER
from strategies import examples

BASE = """\
name: Base
horizon: {start: 2026-03-02T00:00, time_zone: UTC, duration: 6 h}
zones: {here: {}, there: {}}
network: {latency: round_trip, links: {line: {between: [here, there], latency: 30 ms}}}
hardware: {gpu: {busy_power: 10 kW, efficiency: {infer: 1}}, npu: {efficiency: {train: 1}}}
sites:
  home: {zone: here, security: 2, grid: {carbon: 0.5}, pools: {own: {hardware: gpu, term: owned, units: 5}}}
  away: {zone: there, provides: [eu], pools: {rent: {hardware: gpu, term: on_demand, max_units: 0, price: 1}}}
workloads:
  chat: {company: Acme, zone: here, kind: infer, demand: [1, 5, 5, 1, 1, 1], security: 2}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("configs")
    for name, (text, _) in TIGHTER.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    return folder


def diagnosed(folder, *overrides, config="base"):
    """Diagnose a config and hold every suggestion to its word."""
    path = folder / f"{config}.yaml"
    found = api.diagnose(path, overrides=overrides)
    for suggestion in found.ways_out.suggestions:
        changed = api.solve(path, overrides=[*overrides, *suggestion.overrides], baseline=False)
        assert changed.plan.status is Status.OPTIMAL, suggestion
        assert changed.plan.solution.audit.passed, suggestion
    return found


def ways(found):
    return {each.title: [str(part) for part in each.relaxations] for each in found.ways_out.suggestions}


def sets(found, title="least change"):
    (suggestion,) = [each for each in found.ways_out.suggestions if each.title == title]
    return suggestion.overrides


@pytest.mark.parametrize("config", list(TIGHTER))
def test_a_config_with_a_plan_has_nothing_to_explain(folder, config):
    found = diagnosed(folder, config=config)
    assert found.status is Status.OPTIMAL
    assert found.ways_out.suggestions == ()


@examples(30, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data(), config=st.sampled_from(list(TIGHTER)))
def test_each_suggestion_makes_a_tightened_config_feasible(folder, data, config):
    overrides = data.draw(st.lists(st.sampled_from(TIGHTER[config][1]), min_size=1, max_size=4, unique=True))
    path = folder / f"{config}.yaml"
    try:
        loaded = api.load(path, overrides=overrides)
    except ConfigError:
        assume(False)  # two changes contradict already in the schema
    status = plan(loaded.problem).status
    found = diagnosed(folder, *overrides, config=config)
    assert found.status is status
    if status is Status.INFEASIBLE:
        assert found.ways_out.suggestions[0].title == "least change", overrides


def test_missing_capacity_is_told_with_amount_and_hours(folder):
    found = diagnosed(folder, "workloads.chat.demand=[1, 8, 8, 1, 1, 6]")
    expected = "pool home/own: 3 units more (units 8 instead of 5), needed 2026-03-02 01:00 to 03:00"
    assert ways(found)["least change"] == [f"{expected} and at 1 more time"]
    assert sets(found) == ("sites.home.pools.own.units=8",)


@pytest.mark.parametrize(("demand", "units"), [("7.2", "7.2"), ("18.4053", "18.41")])
def test_parts_of_a_unit_stay_parts_where_nothing_is_whole(folder, demand, units):
    found = diagnosed(folder, f"workloads.chat.demand=[1, 1, {demand}, 1, 1, 1]")
    assert sets(found) == (f"sites.home.pools.own.units={units}",)


def test_work_that_can_wait_longer_names_its_company(folder):
    chat = "{company: Acme, zone: here, kind: infer, demand: [15, 0, 0, 0, 0, 0], max_delay: 1 h}"
    found = diagnosed(folder, f"workloads.chat={chat}")
    # Half of the first hour's arrivals may still wait 1.5 h later: 5 of 15 have to.
    told = "company Acme, workload chat: accepts 0.5 h more delay (max_delay 1.5 instead of 1 h)"
    assert ways(found)["least change"] == [told]
    assert sets(found) == ("workloads.chat.max_delay=1.5 h",)
    assert "only capacity" in ways(found)


def test_work_that_interacts_is_never_asked_to_wait(folder):
    found = diagnosed(folder, "workloads.chat.demand=[15, 0, 0, 0, 0, 0]")
    assert list(ways(found)) == ["least change", "only shortfall"]
    assert sets(found) == ("sites.home.pools.own.units=15",)


JOB = "{company: Acme, zone: here, kind: infer, job: {volume: 9, release: 1 h, deadline: 3 h, max_rate: %s}}"


def test_a_job_ends_later_or_goes_faster(folder):
    found = diagnosed(folder, f"workloads.chat={JOB % 3}")
    told = ways(found)
    later = "ends 1 h later (deadline 2026-03-02 04:00 instead of 2026-03-02 03:00)"
    assert told["least change"] == [f"company Acme, workload chat: {later}"]
    assert told["only job rates"] == [
        "company Acme, workload chat: goes 1.5 units faster (max_rate 4.5 instead of 3)"
    ]
    assert sets(found) == ("workloads.chat.job.deadline=4 h",)


def test_a_job_that_cannot_end_later_goes_faster(folder):
    found = diagnosed(folder, f"workloads.chat={JOB % 1}")
    assert sets(found, "only job rates") == ("workloads.chat.job.max_rate=4.5 unit",)
    least = " ".join(ways(found)["least change"])
    assert "max_rate" in least
    assert "deadline 2026-03-02 06:00" in least


def test_an_import_limit_is_widened_by_what_lacks(folder):
    found = diagnosed(folder, "sites.home.grid.import_limit=30 kW")
    told = "site home: 20 kW more import (import_limit 50 instead of 30 kW), needed 2026-03-02 01:00 to 03:00"
    assert ways(found)["least change"] == [told]
    assert sets(found) == ("sites.home.grid.import_limit=50 kW",)


def test_a_cap_is_widened_by_what_lacks(folder):
    cap = "{home: {pools: [home/*], measure: power, limit: %s}}"
    found = diagnosed(folder, f"caps={cap % '30 kW'}")
    told = "cap home: 20 kW more (limit 50 instead of 30 kW), needed 2026-03-02 01:00 to 03:00"
    assert ways(found)["least change"] == [told]
    found = diagnosed(folder, f"caps={cap % [90, 30, 90, 90, 90, 90]}")
    assert ways(found)["least change"] == [
        "cap home: 20 kW more in every period, needed 2026-03-02 01:00 to 02:00"
    ]
    assert sets(found) == ("caps.home.limit=[110.0, 50.0, 110.0, 110.0, 110.0, 110.0]",)


def test_a_carbon_cap_is_widened_to_the_cleanest_plan(folder):
    found = diagnosed(folder, "objective.carbon_cap=40 kg")
    told = "carbon cap, location basis: 0.03 t more (carbon_cap 0.07 instead of 0.04 t)"
    assert ways(found)["least change"] == [told]
    assert "it takes 0.07 t" in str(found.reasons[0])


def test_bandwidth_is_widened_in_gbps(folder):
    remote = ["workloads.chat.traffic=450", "workloads.chat.security=0", "sites.home.pools.own.units=0"]
    found = diagnosed(
        folder, *remote, "sites.away.pools.rent.max_units=9", "network.links.line.bandwidth=3 Gbps"
    )
    told = "link line: 2 Gbps more (bandwidth 5 instead of 3 Gbps), needed 2026-03-02 01:00 to 03:00"
    assert [told] in ways(found).values()
    assert found.reasons[0].subject == "link line"


def test_bookings_above_a_cap_are_lowered(folder):
    pool = "{hardware: gpu, term: reserved, min_units: 6, price: 1}"
    cap = "{away: {pools: [away/*], measure: units, limit: 4}}"
    found = diagnosed(folder, f"sites.away.pools.rent={pool}", f"caps={cap}")
    told = ways(found)
    lower = "pool away/rent: 2 units less to book (min_units 4 instead of 6)"
    higher = "cap away: 2 units more (limit 6 instead of 4)"
    assert {told["least change"][0], (told.get("only bookings") or told["only caps"])[0]} == {lower, higher}
    assert "cap away: at 2026-03-02 00:00 (and in 5 more periods), the limit is 4, below the 6 units" in str(
        found.reasons[0]
    )


@pytest.mark.parametrize(
    ("change", "told", "value"),
    [
        ("security=5", "security 2 instead of 5", "security=2"),
        ("requires=[eu]", "requires without eu", "requires=[]"),
        ("residency=[there]", "residency also in here", 'residency=["here", "there"]'),
        ("zone=there", "max_latency 30 instead of 9 ms", "max_latency=30 ms"),
    ],
)
def test_work_without_a_pool_gives_up_what_excludes_the_nearest(folder, change, told, value):
    near = ["workloads.chat.max_latency=9 ms", "sites.away.pools.rent.hardware=npu"]
    found = diagnosed(folder, *near, f"workloads.chat.{change}")
    (line,) = ways(found)["least change"]
    assert line == f"workload chat: home/own is open to it with {told}"
    assert sets(found) == (f"workloads.chat.{value}",)


def test_work_that_no_hardware_runs_is_left_undone(folder):
    found = diagnosed(folder, "workloads.chat.kind=train")
    assert ways(found) == {
        "least change": [
            "company Acme, workload chat: 14 unit·h of shortfall (shortfall_price 1,000 CNY/unit/h)"
        ]
    }
    hopeless = diagnosed(folder, "workloads.chat.kind=train", "objective.minimize=carbon")
    assert hopeless.ways_out.suggestions == ()
    assert hopeless.ways_out.note == (
        "No way out: no change of limits, windows or rules makes it feasible "
        "(not considered: opening more pools to work; shortfall, which minimize: carbon rules out)"
    )


def test_the_least_change_is_no_larger_than_one_kind_alone(folder):
    tight = ["sites.home.pools.own.units=3", "sites.home.pools.rent.max_units=0"]
    found = diagnosed(folder, *tight, config="listed")
    assert found.ways_out.suggestions[0].title == "least change"
    kinds = {part.kind for part in found.ways_out.suggestions[0].relaxations}
    for suggestion in found.ways_out.suggestions[1:]:
        assert {part.kind for part in suggestion.relaxations} != kinds


def test_settings_of_a_population_are_changed_where_they_stand(folder):
    tight = [
        "sites.town.pools.own.units=40",
        "sites.far.pools.rent.max_units=40",
        "population.archetypes.batch.max_delay.choose.0.value=0.5 h",
        "population.archetypes.nightly.job.window=[3 h, 3.5 h]",
    ]
    found = diagnosed(folder, *tight, config="drawn")
    least = found.ways_out.suggestions[0]
    assert [change.path for change in least.changes] == [
        "population.archetypes.nightly.job.window.1",
        "population.archetypes.nightly.job.window.0",
    ]
    assert str(least.relaxations[0]).endswith("nightly, …): may end 1.5 h later (window 5 instead of 3.5 h)")
    faster = diagnosed(folder, *tight, "population.archetypes.nightly.job.run_time=[3 h]", config="drawn")
    assert faster.ways_out.suggestions


def test_rows_of_a_table_have_no_setting_to_change(folder):
    (folder / "rows.csv").write_text("name,zone,kind,demand,max_delay\nbatch,here,infer,7,2\n")
    tables = "workload_tables=[{file: rows.csv}]"
    found = diagnosed(folder, tables, "sites.home.pools.own.units=7")
    assert all(path.startswith("sites.") for path in sets(found))
    assert sets(found, "only shortfall")[0].startswith("workloads.chat.shortfall_price=")


def test_names_with_dots_and_characters_stay_whole(folder):
    found = diagnosed(folder, "sites.北站.pools.gpu.v1.min_units=8", "caps.quota.limit=4", config="listed")
    assert any("pool 北站/gpu.v1" in line for lines in ways(found).values() for line in lines)


def test_a_scenario_and_overrides_stay_in_force(tmp_path):
    path = tmp_path / "base.yaml"
    path.write_text(f"{BASE}scenarios: {{more: {{workloads: {{chat: {{demand: 8}}}}}}}}\n", encoding="utf-8")
    found = api.diagnose(path, scenario="more", overrides=["sites.home.pools.own.units=4"])
    (least,) = found.ways_out.suggestions[:1]
    assert least.overrides == ("sites.home.pools.own.units=8",)
    assert api.diagnose(path).status is Status.OPTIMAL


def test_the_conflict_names_requirements_and_limits(folder):
    found = diagnosed(folder, "workloads.chat.demand=[1, 8, 8, 1, 1, 6]", "sites.away.pools={}")
    conflict = found.ways_out.conflict
    assert conflict.irreducible
    assert len(conflict.parts) == 2
    assert conflict.parts[0].startswith("demand of workload chat, 2026-03-02 0")
    assert conflict.parts[1].startswith("units of home/own, 2026-03-02 0")


def test_a_reached_time_limit_is_told(folder):
    loaded = api.load(folder / "listed.yaml", overrides=["sites.home.pools.own.units=3"])
    found = api.diagnose(loaded, options=SolverOptions(time_limit_s=1e-9))
    assert found.status in {Status.NO_PLAN, Status.INFEASIBLE}
    assert bool(found.ways_out.suggestions) or "stopped" in found.ways_out.note


def test_one_kind_that_is_hardly_larger_is_preferred_to_a_mixture(folder):
    """A later job would save a little of the cap, but the cap alone is simpler."""
    job = "{zone: here, kind: infer, job: {volume: 2, deadline: 2 h, max_rate: 1}}"
    cleaner = "sites.home.grid.carbon=[0.5, 0.5, 0.3, 0.3, 0.3, 0.3]"
    roomy = ["sites.home.pools.own.units=9", "sites.away.pools={}"]
    found = diagnosed(folder, f"workloads.sim={job}", cleaner, *roomy, "objective.carbon_cap=20 kg")
    assert len(found.ways_out.suggestions[0].relaxations) == 1
    assert found.ways_out.suggestions[0].relaxations[0].kind == "carbon_cap"
    assert "only the carbon cap" not in ways(found)


REGISTER = """\
name: Register
currency: EUR
horizon: {start: 2026-03-02T00:00, time_zone: UTC, duration: 4 h}
zones: {a: {}, b: {}}
network: {latency: round_trip, links: {line: {between: [a, b], latency: 50 ms}}}
hardware: {gpu: {busy_power: 1 kW}}
sites:
  B: {zone: b, grid: {price: 0.3}, pools: {own: {hardware: gpu, term: owned, units: 6}}}
workload_tables:
  - {file: tenants.csv, columns: {max_latency: at_most}}
"""
COLUMNS = "name,zone,demand,volume,deadline,max_rate,max_delay,at_most,mobility\n"
ROWS = {
    "latency": ("w,b,1,,,,,,\nv,a,1,,,,,16,\n", "tenants.csv:3 at_most 50 ms instead of 16 ms"),
    "rate": ("j,b,,14,4,3,,,\n", "tenants.csv:2 max_rate 3.5 unit instead of 3 unit"),
    "deadline": ("j,b,,9,1,,,,\n", "tenants.csv:2 deadline 2 h instead of 1 h"),
    "whole": ("w,b,4,,,,,,whole\nv,b,3,,,,,,\n", ""),
}


@pytest.fixture
def register(tmp_path):
    def write(rows):
        (tmp_path / "tenants.csv").write_text(COLUMNS + rows, encoding="utf-8")
        (tmp_path / "c.yaml").write_text(REGISTER, encoding="utf-8")
        return tmp_path / "c.yaml"

    return write


@pytest.mark.parametrize("case", ["latency", "rate", "deadline"])
def test_a_row_of_a_register_gives_way_and_is_named(register, case):
    rows, edit = ROWS[case]
    found = api.diagnose(register(rows))
    assert edit in [text for each in found.ways_out.suggestions for text in each.edits]
    assert not any("rows of workload tables" in each.title for each in found.ways_out.suggestions)


def test_the_row_of_a_register_is_shown_as_it_is_to_be_written(register):
    result = run("explain", register(ROWS["latency"][0]))
    assert "      tenants.csv:3 at_most 50 ms instead of 16 ms\n" in result.stdout
    data = json.loads(run("explain", register(ROWS["latency"][0]), "--json").stdout)
    assert data["relaxations"][0]["edit"] == ["tenants.csv:3 at_most 50 ms instead of 16 ms"]
    assert data["relaxations"][0]["set"] == []


def test_a_row_that_is_written_as_it_is_said_has_a_plan(register):
    assert api.diagnose(register("w,b,1,,,,,,\nv,a,1,,,,,50,\n")).status is Status.OPTIMAL
    assert api.diagnose(register("j,b,,14,4,3.5,,,\n")).status is Status.OPTIMAL
    assert api.diagnose(register("j,b,,9,2,,,,\n")).status is Status.OPTIMAL


FIXED = """\
name: Fixed
currency: EUR
horizon: {start: 2026-03-02T00:00, time_zone: UTC, duration: 2 h}
zones: {a: {}}
hardware: {gpu: {busy_power: 1 kW}}
sites:
  A: {zone: a, pools: {own: {hardware: gpu, term: owned, units: 6, availability: [1, 0.5]}}}
  B: {zone: a, pools: {own: {hardware: gpu, term: owned, units: 6, availability: [0.5, 1]}}}
workloads: {w: {zone: a, demand: 8, mobility: fixed}, calm: {zone: a, demand: 0.5, mobility: fixed}}
"""


def test_a_fixed_split_is_freed(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(FIXED, encoding="utf-8")
    found = api.diagnose(path)
    assert found.status is Status.INFEASIBLE
    (freed,) = (each for each in found.ways_out.suggestions if each.title == "only mobility")
    assert freed.overrides == ("workloads.w.mobility=free",)
    assert str(freed.relaxations[0]) == (
        "workload w: may be split otherwise in each period (mobility free instead of fixed)"
    )
    assert api.solve(path, overrides=freed.overrides, baseline=False).plan.status is Status.OPTIMAL


def test_many_workloads_of_one_conflict_share_a_line(tmp_path):
    path = tmp_path / "c.yaml"
    listed = "".join(f"  w{i}: {{zone: a, demand: {i + 1}, mobility: fixed}}\n" for i in range(20))
    path.write_text(FIXED.split("workloads:", maxsplit=1)[0] + f"workloads:\n{listed}", encoding="utf-8")
    conflict = api.diagnose(path).ways_out.conflict
    assert len(conflict.parts) <= 4
    assert any("20 workloads (w0, w1, w2, …)" in part for part in conflict.parts), conflict.parts


def test_a_rate_is_written_as_the_config_holds_it_whatever_the_scale_of_demand(tmp_path):
    path = tmp_path / "c.yaml"
    job = "workloads: {j: {zone: b, job: {volume: 7, deadline: 2, max_rate: 3}}}"
    path.write_text(
        REGISTER.split("workload_tables", maxsplit=1)[0] + job + "\ndemand_scale: 0.5\n", encoding="utf-8"
    )
    found = api.diagnose(path)
    rate = next(each for each in found.ways_out.suggestions if each.title == "only job rates")
    assert rate.overrides == ("workloads.j.job.max_rate=3.5 unit",)
    assert "(max_rate 3.5 instead of 3)" in str(rate.relaxations[0])


def test_the_windows_of_very_many_rows_stay_as_they_are(register, monkeypatch):
    monkeypatch.setattr(workload_relaxations, "MOST_WIDENED", 1)
    found = api.diagnose(register(ROWS["deadline"][0]))
    kinds = {part.kind for each in found.ways_out.suggestions for part in each.relaxations}
    assert kinds == {"capacity", "shortfall"}


def test_of_very_many_relaxations_the_first_are_shown(register):
    rows = "".join(f"w{i},a,{i + 1},,,,,16,\n" for i in range(40))
    text = run("explain", register(rows)).stdout
    assert max(len(block.splitlines()) for block in text.split("\n\n")) < 40
