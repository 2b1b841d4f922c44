"""What the terminal view says."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from builders import Case, Pool, Site
from computeplan import api
from computeplan.audit import Check, Violation
from computeplan.errors import AuditError
from computeplan.explanations import (
    Conflict,
    Diagnosis,
    Reason,
    Relaxation,
    SettingChange,
    Suggestion,
    WaysOut,
)
from computeplan.folder.read import open_folder
from computeplan.problem import Status
from computeplan.reports.subjects.contents import describe_contents
from computeplan.reports.subjects.costs import compare_amounts
from computeplan.reports.subjects.diagnosis import describe_diagnosis, describe_reasons
from computeplan.reports.subjects.plan import describe_plan, plan_page
from computeplan.reports.terminal import render_terminal
from computeplan.reports.words import ENGLISH
from computeplan.runs.compare import compare
from computeplan.runs.explanation import explain
from computeplan.solvers.planner import plan

TEXT = """\
name: Two sites
horizon: {start: 2026-03-02T00:00, duration: 3 h, weight: 2}
objective: {carbon_price: 100 CNY/t}
zones: {city: {}, north: {}}
network:
  latency: one_way
  links: {line: {between: [city, north], latency: 9 ms, bandwidth: 0.02 Gbps, price: 0.1}}
hardware: {gpu: {idle_power: 1 kW, busy_power: 10 kW}}
sites:
  city:
    zone: city
    grid: {price: 1.0, carbon: 0.6}
    pools: {rent: {hardware: gpu, term: on_demand, price: 20}}
  north:
    zone: north
    grid: {price: 0.5, carbon: {location: 0.5, market: 0.4}, import_limit: 40}
    contracts: {wind: {profile: 1, capacity: 10 kW, price: 0.2}}
    pools: {own: {hardware: gpu, term: owned, units: 8}}
workloads:
  chat: {zone: city, demand: [3, 4, 2], traffic: 2}
  batch: {zone: north, demand: 2, max_delay: 2 h}
scenarios:
  clean: {objective: {minimize: carbon, carbon_basis: market, carbon_price: null}}
  capped: {objective: {carbon_price: null, carbon_cap: 0.17 t}, sites: {north: {grid: {price: 9}}}}
  near:
    workloads: {chat: {zone: north, traffic: null}}
    sites: {north: {grid: {import_limit: null}, contracts: null}}
  far: {workloads: {batch: {zone: city, residency: [north]}}}
  tight: {sites: {city: {pools: {rent: {max_units: 1}}}}}
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "two.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def run(config):
    return api.solve(config)


def shown(blocks, width=200):
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(render_terminal(blocks))
    return console.file.getvalue()


def view(run, folder=None):
    return shown(describe_plan(run, run.plan.solution, folder))


def cells(text, start):
    """The row that starts with these words, split at wide gaps."""
    (row,) = [line for line in text.splitlines() if line.startswith(start)]
    return [cell.strip() for cell in row[len(start) :].split("  ") if cell.strip()]


def numbers(row):
    return [float(cell.replace(",", "").replace("−", "-").removesuffix(" %")) for cell in row if cell != "–"]


def test_the_headline_comes_first(run):
    assert view(run).splitlines()[0] == "Two sites: optimal, gap 0 (proved), audit passed"


def test_cost_is_compared_with_the_all_local_plan(run):
    plan_cost = run.plan.solution.accounts.cost.total
    local_cost = run.baseline.plan.solution.accounts.cost.total
    mine, local, change, share = numbers(cells(view(run), "cost, CNY"))
    assert (mine, local) == (pytest.approx(plan_cost, abs=0.5), pytest.approx(local_cost, abs=0.5))
    assert change == pytest.approx(plan_cost - local_cost, abs=0.5)
    assert share == pytest.approx(100 * (plan_cost - local_cost) / local_cost, abs=0.05)
    assert cells(view(run), "cost, CNY")[2].startswith("−")


def test_carbon_is_shown_on_three_bases_and_the_priced_one_is_named(run):
    text = view(run)
    tonnes = run.plan.solution.accounts.emissions_t
    for start, amount in {
        "carbon (location), t": tonnes.location,
        "carbon (market), t": tonnes.market,
        "carbon (hourly), t": tonnes.hourly,
    }.items():
        assert numbers(cells(text, start))[0] == pytest.approx(amount, rel=1e-3)
    assert "Carbon on the location basis is priced at 100 CNY/t." in text


def test_parts_of_the_cost_add_up(run):
    text = view(run)
    parts = ["  units in use", "  grid energy", "  energy contracts", "  network"]
    total = sum(numbers(cells(text, part))[0] for part in parts)
    assert total == pytest.approx(run.plan.solution.accounts.cost.total, abs=2.0)
    assert "demand charge" not in text


def test_a_cost_of_0_is_shown():
    free = Case(sites=[Site(carbon=0.5)], pools=[Pool(busy_kw=2.0)]).problem()
    solution = plan(free).solution
    table = compare_amounts(ENGLISH, "CNY", solution.accounts, solution.accounts)
    _, plan_cost, local_cost, *_ = (column.values[0] for column in table.columns)
    labels = list(table.columns[0].values)
    assert labels[:2] == ["cost, CNY", "carbon (location), t"]
    assert plan_cost == local_cost == 0.0
    assert table.strong == {0}


def test_without_a_baseline_the_plan_stands_alone(run):
    text = view(replace(run, baseline=None))
    assert "all-local" not in text.lower()
    assert len(cells(text, "cost, CNY")) == 1


def test_an_impossible_all_local_plan_is_said(config):
    text = view(api.solve(config, scenario="tight"))
    assert "all-local is compared without them: " in text
    assert len(cells(text, "cost, CNY")) == 4


def test_workloads_without_a_local_pool_are_told(config):
    text = view(api.solve(config, scenario="far"))
    assert "1 workload that no pool of its own zone can serve is exempt" in text


def test_sites_add_up(run):
    text, accounts = view(run), run.plan.solution.accounts
    city = numbers(cells(text, "city "))
    assert city[1] == pytest.approx(accounts.sites.cost.total[0], abs=0.05)
    energy, cost, carbon = numbers(cells(text, "total"))
    assert energy == pytest.approx(accounts.sites.facility_kwh.sum() / 1000, rel=1e-3)
    assert cost == pytest.approx(accounts.cost.total, abs=0.5)
    assert carbon == pytest.approx(accounts.emissions_t.location, rel=1e-3)


def test_use_is_of_pools_with_a_limit(run):
    text = view(run)
    accounts = run.plan.solution.accounts.pools
    assert f"{100 * accounts.utilization[1]:.1f} %" in cells(text, run.plan.problem.pools.names[1])
    assert "–" in cells(text, run.plan.problem.pools.names[0])


def test_the_network_has_a_row_where_there_is_traffic(run, config):
    assert cells(view(run), "network")
    assert "\nnetwork" not in view(api.solve(config, scenario="near"))


def test_what_binds_is_in_words_with_value_and_units(config):
    text = view(api.solve(config, overrides=["workloads.batch.max_delay=0 h"]))
    table = text[text.index("limit that binds") :].splitlines()[2:]
    rows = [row.rsplit("  ") for row in table[: table.index("")] if "  " in row]
    bound = {row[0].strip(): [cell.strip() for cell in row[1:] if cell.strip()] for row in rows}
    assert set(bound) == {"grid import of north", "power of contract north/wind"}
    limit, wind = bound["grid import of north"], bound["power of contract north/wind"]
    assert limit[0].endswith("CNY/kWh")
    assert (limit[2], wind[2]) == ("66.7 %", "100.0 %")


def test_nothing_binds(config):
    assert "No limit binds" in view(api.solve(config, scenario="near"))


def test_prices_may_be_missing(run):
    blind = replace(run.plan.solution, prices=None)
    text = view(replace(run, plan=replace(run.plan, solution=blind)))
    assert "What binds is not known: the solver gives no prices." in text


def test_least_carbon_is_told_in_tonnes(config):
    text = view(api.solve(config, scenario="clean"))
    assert "The plan minimizes carbon on the market basis, then cost." in text
    assert "10 % more saves, t" in text
    assert "kg/kWh" in text


def test_a_carbon_cap_is_told(config):
    text = view(api.solve(config, scenario="capped"))
    assert "Carbon on the location basis is capped at 0.17 t." in text
    assert cells(text, "carbon cap")[0].endswith("CNY/t")
    assert cells(text, "carbon cap")[2] == "100.0 %"


def test_the_footer_has_solver_size_times_and_folder(run, tmp_path):
    lines = view(replace(run, times_s={"read": 0.25, "solve": 2.0, "total": 2.5}), tmp_path).splitlines()
    size, folder = lines[-6:-4]
    assert "2 workloads in 2 classes, " in size
    assert f"highs {run.plan.solver.version}; 2.5 s (read 0.25 s, solve 2 s)" in size
    assert folder == f"plan: {tmp_path}"


@pytest.mark.parametrize(
    ("status", "gap", "passed", "words"),
    [
        (Status.FEASIBLE, 0.0123, True, "feasible, at most 1.23 % above the optimum, audit passed"),
        (Status.OPTIMAL, None, True, "optimal, optimality not proved, audit passed"),
        (
            Status.OPTIMAL,
            0.0,
            False,
            "audit FAILED. This is not a valid plan: do not act on what follows.",
        ),
    ],
)
def test_the_headline_tells_limits_and_failures(run, status, gap, passed, words):
    violation = 0.0 if passed else 0.03
    ended = with_audit(run, gap=gap, excess=gap, passed=passed, max_violation=violation)
    ended = replace(ended, plan=replace(ended.plan, status=status))
    assert view(ended).splitlines()[0] == f"Two sites: {words}"


def with_audit(run, **found):
    solution = run.plan.solution
    audit = replace(solution.audit, **found)
    return replace(run, plan=replace(run.plan, solution=replace(solution, audit=audit)))


@pytest.fixture
def failed(run):
    """A plan that serves a tenth of a unit·h too little, and says that it is optimal."""
    worst = Violation(Check.DEMAND, 0.1, 0.03, "workload chat")
    found = (worst, *(each for each in run.plan.solution.audit.violations if each.family != worst.family))
    return with_audit(run, passed=False, max_violation=0.03, violations=found, notes=("demand is broken",))


WARNING = [
    "Two sites: audit FAILED. This is not a valid plan: do not act on what follows.",
    "demand: 0.1 unit·h (workload chat)",
    "demand is broken",
]


def test_a_plan_whose_audit_failed_says_so_first_and_never_optimal(failed):
    text = view(failed)
    assert text.splitlines()[:3] == WARNING
    assert "optimal" not in text
    assert "proved" not in text


def test_nothing_is_explained_compared_or_reported_of_a_failed_plan(run, failed, tmp_path):
    for use in (
        lambda: explain(failed, "chat"),
        lambda: compare(run, failed),
        lambda: compare(failed, run),
        lambda: plan_page(failed, open_folder(tmp_path / "plan"), ENGLISH),
    ):
        run.save(tmp_path / "plan")
        with pytest.raises(
            AuditError, match=r"the audit failed, so there is nothing to \w+\ndemand is broken"
        ):
            use()


def test_contents_tell_blocks_and_what_they_stand_for(config):
    weeks = "{start: 2026-01-12T00:00, duration: 3 h, weight: 5}, {start: 2026-07-13T00:00, duration: 3 h}"
    horizon = f"horizon={{end: cyclic, blocks: [{weeks}]}}"
    loaded = api.load(config, overrides=[horizon, "workloads.chat.demand=3"])
    text = shown(describe_contents(loaded.problem))
    assert "in 2 blocks, standing for 18 h; 6 periods of 60 min; work may wrap around its end" in text
    assert "5 busy units on average" in text


def test_contents_tell_the_goal(config):
    def goal(scenario):
        return cells(shown(describe_contents(api.load(config, scenario=scenario).problem)), "goal")

    assert goal(None) == ["least cost, carbon at 100 CNY/t (location basis)"]
    assert goal("clean") == ["least carbon, then least cost (market basis)"]
    assert goal("capped") == ["least cost, at most 0.17 t (location basis)"]


def test_reasons_are_listed_with_their_details():
    reasons = [Reason("workload chat", "no pool is eligible", ("a/b: security 0 < 4",))]
    lines = [line.rstrip() for line in shown(describe_reasons(reasons)).splitlines()]
    assert lines == ["workload chat: no pool is eligible", "  a/b: security 0 < 4"]


def test_no_reason_says_so():
    assert "their combination does" in shown(describe_reasons(()))


def test_a_diagnosis_lists_what_contradicts_and_changes_that_are_few():
    conflict = Conflict(("demand of workload chat", "capacity of pool a/b"), irreducible=True)
    change = SettingChange("sites.a.pools.b.units", "8")
    part = Relaxation("capacity", "pool a/b", "3 units more", 3.0, "unit", "needed at noon", (change,))
    many = tuple(SettingChange(f"workloads.w{i}.max_delay", "2 h") for i in range(9))
    later = Relaxation("max_delay", "9 workloads", "accept 1 h more delay", 1.0, "h", "", many)
    ways = WaysOut(
        Status.INFEASIBLE, (Suggestion("least change", (part,)), Suggestion("only delay", (later,))), conflict
    )
    lines = [
        line.rstrip()
        for line in shown(describe_diagnosis(Diagnosis(Status.INFEASIBLE, (), ways))).splitlines()
    ]
    assert lines[-3:] == [
        "These cannot hold together; without any one of them the others can:",
        "  demand of workload chat",
        "  capacity of pool a/b",
    ]
    assert "  pool a/b: 3 units more, needed at noon" in lines
    assert "      --set sites.a.pools.b.units=8" in lines
    assert "      (9 changes to set: see --json)" in lines
