"""Plans written for other systems: whole replicas within the limits, files that say the same as the plan."""

from __future__ import annotations

import io
import re
from itertools import product

import numpy as np
import polars as pl
import pytest
import yaml

import computeplan
from command_line import run
from computeplan.errors import UsageError
from computeplan.vocabulary import System

CONFIG = """\
name: Two sites
horizon: {start: 2026-03-02T00:00, time_zone: Asia/Shanghai, duration: 6 h}
zones: {city: {}, 雪山: {within: city, latency: 5 ms}}
network: {latency: round_trip}
hardware: {H100 甲: {busy_power: 2 kW}}
sites:
  City_Hall: {zone: city, grid: {price: 0.2}, pools: {own: {hardware: H100 甲, term: owned, units: 7}}}
  雪山:
    zone: 雪山
    grid: {price: 0.5, import_limit: 9 kW}
    pools:
      booked: {hardware: H100 甲, term: reserved, price: 1, max_units: 3.4}
      rent: {hardware: H100 甲, term: on_demand, price: 5}
workloads:
  chat: {company: Acme, zone: city, demand: [5, 1, 4, 0.5, 2, 5]}
  render: {company: 阿尔法, zone: 雪山, demand: [3, 3, 3.5, 4, 5, 1]}
  tiny: {company: acme, zone: city, demand: 0.3}
  train: {company: acme, zone: city, kind: training, job: {volume: 9 unit*h, max_rate: 3}}
"""
UNITS = {"City_Hall/own": 7, "雪山/booked": 3}
"""Whole units of the pools with a limit."""


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan")
    (folder / "two.yaml").write_text(CONFIG, encoding="utf-8")
    made = computeplan.solve(folder / "two.yaml", baseline=False)
    made.save(folder / "plan")
    return computeplan.open_plan(folder / "plan", baseline=False)


def table(content: bytes) -> pl.DataFrame:
    return pl.read_csv(io.BytesIO(content), try_parse_dates=False)


def documents(made, ending=".yaml"):
    return [
        (path, document)
        for path, content in made.files.items()
        if path.endswith(ending)
        for document in yaml.safe_load_all(content)
    ]


def planned(plan):
    """Busy units by company, pool and period, from the schedule; a unit·h is one here."""
    rows = plan.schedule().group_by("company", "pool", "period").agg(pl.sum("work_unit_h"))
    series = {}
    for company, pool, period, units in rows.iter_rows():
        series.setdefault((company, pool), np.zeros(6))[period] = units
    return series


def test_rounding_loses_the_least_work_within_whole_units(plan):
    made = computeplan.export_plan(plan, "kueue")
    rounding, busy = made.rounding(), planned(plan)
    rows = rounding.filter(pl.col("pool") == "City_Hall/own")  # the other site has little power
    series = [busy[company, "City_Hall/own"] for company in rows["group"]]
    tried = [
        sum(np.maximum(one - n, 0).sum() for one, n in zip(series, counts, strict=True))
        for counts in product(range(8), repeat=len(series))
        if sum(counts) <= 7
    ]
    assert rows["peak_replicas"].sum() > 7 >= rows["replicas"].sum()
    assert rows["lost_replica_h"].sum() == pytest.approx(min(tried), abs=1e-9)
    of_pools = rounding.group_by("pool").agg(pl.sum("replicas"))
    assert all(count <= UNITS.get(pool, np.inf) for pool, count in of_pools.iter_rows())
    assert made.planned_h == pytest.approx(sum(each.sum() for each in busy.values()))
    assert made.lost_h == pytest.approx(rounding["lost_replica_h"].sum())


def test_quotas_of_single_hours_lose_fractions_only(plan):
    made = computeplan.export_plan(plan, "kubernetes", window_h=1, per_unit=8)
    rounding = made.rounding()
    assert rounding["window"].n_unique() == 6
    assert made.planned_h == pytest.approx(8 * sum(each.sum() for each in planned(plan).values()))
    assert rounding["lost_replica_h"].max() <= 3 * 1 + 1e-9
    for pool, most in {"City_Hall/own": 56, "雪山/booked": 27}.items():
        of_pool = rounding.filter(pl.col("pool") == pool).group_by("window").agg(pl.sum("replicas"))
        assert of_pool["replicas"].max() <= most


def test_what_a_site_draws_with_all_replicas_busy_is_within_its_import_limit(plan):
    used = planned(plan)
    peak_kw = 2 * sum(each for (_, pool), each in used.items() if pool.startswith("雪山")).max()
    rounding = computeplan.export_plan(plan, "kueue", window_h=2).rounding()
    at_site = rounding.filter(pl.col("site") == "雪山").group_by("window").agg(pl.sum("replicas"))
    assert 2 * at_site["replicas"].max() <= max(9, peak_kw) + 1e-9


def test_kueue_quotas_and_cohorts_add_up_to_what_can_be_used(plan):
    made = computeplan.export_plan(plan, "kueue")
    named = dict(table(made.files["names.csv"]).select("in_plan", "in_system").iter_rows())
    quotas, borrowed = {}, {}
    for path, document in documents(made):
        if document["kind"] in ("ClusterQueue", "Cohort") and "manager" not in path:
            for group in document["spec"].get("resourceGroups", []):
                assert group["coveredResources"] == ["nvidia.com/gpu"]
                for flavor in group["flavors"]:
                    (covered,) = flavor["resources"]
                    quotas[flavor["name"]] = quotas.get(flavor["name"], 0) + covered["nominalQuota"]
                    if "borrowingLimit" in covered:
                        assert document["spec"]["cohortName"] in named.values()
                        key = (document["metadata"]["name"], flavor["name"])
                        borrowed[key] = covered["nominalQuota"] + covered["borrowingLimit"]
    assert quotas[named["City_Hall/own"]] == 7
    assert quotas[named["雪山/booked"]] <= 3  # its site has power for no more
    for (company, pool), units in planned(plan).items():
        if units.max() > 1e-6:
            assert borrowed[named[company], named[pool]] == np.ceil(units.max() - 1e-6)


def test_multikueue_tries_the_site_with_most_planned_work_first(plan):
    exported = computeplan.export_plan(plan, "kueue")
    manager = [each for path, each in documents(exported) if "manager" in path]
    found = {(each["kind"], each["metadata"]["name"]): each["spec"] for each in manager}
    work = {}
    for (company, pool), units in planned(plan).items():
        work.setdefault(company, {}).setdefault(pool.split("/")[0], []).append(units.sum())
    order = {c: sorted(s, key=lambda site, s=s: -sum(s[site])) for c, s in work.items()}
    named = dict(table(exported.files["names.csv"]).select("in_plan", "in_system").iter_rows())
    for company, sites in order.items():
        queue = found["ClusterQueue", named[company]]
        check = queue["admissionChecksStrategy"]["admissionChecks"][0]["name"]
        assert found["AdmissionCheck", check]["parameters"]["name"] == check
        assert found["MultiKueueConfig", check]["clusters"] == [named[site] for site in sites]


def test_kubernetes_karmada_and_slurm_give_the_same_replicas(plan):
    total = computeplan.export_plan(plan, "kubernetes").rounding()["replicas"].sum()
    quotas = documents(computeplan.export_plan(plan, "kubernetes"))
    assert sum(int(each["spec"]["hard"]["requests.nvidia.com/gpu"]) for _, each in quotas) == total
    federated = documents(computeplan.export_plan(plan, "karmada"), "quotas.yaml")
    for _, each in federated:
        parts = [int(*part["hard"].values()) for part in each["spec"]["staticAssignments"]]
        assert sum(parts) == int(*each["spec"]["overall"].values())
    assert sum(int(*each["spec"]["overall"].values()) for _, each in federated) == total
    slurm = computeplan.export_plan(plan, "slurm").files
    reserved = slurm["2026-03-02/reservations.sh"].decode()
    assert sum(map(int, re.findall(r"NodeCnt=(\d+)", reserved))) == total
    assert "StartTime=2026-03-02T00:00:00 EndTime=2026-03-02T06:00:00" in reserved
    assert "# Local times of Asia/Shanghai" in reserved


def test_slurm_budgets_are_the_planned_minutes_that_fit(plan):
    made = computeplan.export_plan(plan, "slurm", resource="gres/gpu", per_unit=8)
    assert "2026-03-02/reservations.sh" not in made.files  # of nodes only
    limits = made.files["2026-03-02/limits.sh"].decode()
    found = re.findall(r"GrpTRES=gres/gpu=(\d+) GrpTRESMins=gres/gpu=(\d+)", limits)
    assert sum(int(count) for count, _ in found) == made.rounding()["replicas"].sum()
    minutes = 60 * (made.planned_h - made.lost_h)
    assert minutes - len(found) <= sum(int(each) for _, each in found) <= minutes + 1e-6


def test_karmada_divides_as_the_table_says(plan):
    made = computeplan.export_plan(plan, "karmada", per_unit=8)
    rows = table(made.files["2026-03-02/replicas.csv"])
    policies = {d["metadata"]["name"]: d["spec"] for _, d in documents(made, "policies.yaml")}
    done = plan.schedule().group_by("workload", "period").agg(pl.sum("work_unit_h"))
    for (name, workload), of_workload in rows.group_by("name", "workload"):
        sites, weights = of_workload["site"].to_list(), of_workload["weight"].to_list()
        count = [0] * len(sites)
        peak = done.filter(pl.col("workload") == workload)["work_unit_h"].max()
        for _ in range(int(np.ceil(8 * peak - 1e-6))):
            best = max(range(len(sites)), key=lambda s: (weights[s] / (2 * count[s] + 1), -s))
            count[best] += 1
        assert of_workload["replicas"].to_list() == count
        listed = policies[name]["placement"]["replicaScheduling"]["weightPreference"]["staticWeightList"]
        assert [each["weight"] for each in listed] == [weight for weight in weights if weight]
        assert np.array(weights) / sum(weights) == pytest.approx(of_workload["share"].to_numpy(), abs=1e-3)
    kinds = {name: spec["resourceSelectors"][0]["kind"] for name, spec in policies.items()}
    assert kinds == {"chat": "Deployment", "render": "Deployment", "tiny": "Deployment", "train": "Job"}


def test_skypilot_may_use_the_planned_places_and_no_others(plan):
    made = computeplan.export_plan(plan, "skypilot", names={"雪山": "aws/eu-north-1", "H100 甲": "H100"})
    rows = table(made.files["2026-03-02/workloads.csv"])
    infra = {"雪山": "aws/eu-north-1", "City_Hall": "kubernetes/city-hall"}
    for (file,), part in rows.group_by("file"):
        listed = yaml.safe_load(made.files[f"2026-03-02/{file}"])["resources"]["any_of"]
        assert all(each["accelerators"] == "H100:1" for each in listed)
        sites = {pool.split("/")[0] for pool in part["pool"]}
        assert {each["infra"] for each in listed} == {infra[site] for site in sites}
    shares = rows.group_by("workload").agg(pl.sum("share"))
    assert shares["share"].to_numpy() == pytest.approx(1)


def test_capacity_curves_are_the_hours_of_the_plan(plan):
    rows = table(computeplan.export_plan(plan, "capacity").files["capacity.csv"])
    training = rows.filter(pl.col("kind") == "training")
    assert (training["busy_units"] * training["hours"]).sum() == pytest.approx(9)
    assert (rows["replicas"] <= rows["usable_replicas"].fill_null(99)).all()
    assert rows["start"][0] == "2026-03-02T00:00+08:00"
    whole = rows.filter(pl.col("usable_replicas").is_not_null()).group_by("pool", "start")
    assert (whole.agg(pl.sum("replicas") - pl.max("usable_replicas"))["replicas"] <= 0).all()


def test_the_forecast_adds_up_to_the_cost_of_each_company(plan):
    rows = table(computeplan.export_plan(plan, "focus").files["focus.csv"])
    costs = dict(plan.tables()["companies"].select("company", "cost").iter_rows())
    billed = dict(rows.group_by("SubAccountId").agg(pl.sum("BilledCost")).iter_rows())
    assert billed == pytest.approx(costs)
    product_of = rows["ContractedUnitPrice"] * rows["PricingQuantity"]
    assert product_of.to_numpy() == pytest.approx(rows["ContractedCost"].to_numpy())
    assert set(rows["ChargePeriodEnd"]) == {"2026-03-01T22:00:00Z"}


def test_names_are_labels_and_differ(plan):
    made = computeplan.export_plan(plan, "kueue")
    names = table(made.files["names.csv"])
    assert names["in_system"].str.contains(r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$").all()
    assert not names.select("what", "in_system").is_duplicated().any()
    chosen = computeplan.export_plan(plan, "kueue", names={"雪山": "Snow", "acme": "acme-2"})
    assert "2026-03-02/snow.yaml" in chosen.files
    assert "acme-2" in table(chosen.files["names.csv"])["in_system"].to_list()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"to": "borg"}, "to: expected .*one of kueue, karmada"),
        ({"to": "slurm", "per_unit": 0}, "per_unit: expected a number above 0, got 0"),
        ({"to": "slurm", "window_h": np.inf}, "window_h: expected a number above 0"),
        ({"to": "slurm", "names": {"雪地": "snow"}}, "names: expected names of the plan, got '雪地'"),
        (
            {"to": "kueue", "names": {"雪山": "one", "City_Hall": "one"}},
            "names: expected a name for one thing only, got 'one'",
        ),
        ({"to": "kueue", "by": "owner"}, "expected company, tier or a .csv file"),
    ],
)
def test_what_cannot_be_exported_is_named(plan, arguments, message):
    with pytest.raises(UsageError, match=message):
        computeplan.export_plan(plan, **arguments)


def test_the_command_writes_a_folder_and_replaces_its_own_only(plan, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shown = run("export", plan.folder, "--to", "slurm", "--name", "雪山/rent=cloud")
    assert shown.exit_code == 0
    assert "planned replica·h" in shown.stdout
    folder = tmp_path / "exports" / "plan-slurm"
    assert "PartitionName=cloud" in (folder / "2026-03-02" / "reservations.sh").read_text("utf-8")
    again = run("export", plan.folder, "--to", "focus", "--out", folder, "--json")
    assert again.exit_code == 0
    assert not (folder / "2026-03-02").exists()
    assert "holds a plan" in run("export", plan.folder, "--to", "focus", "--out", plan.folder).stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--to", "kueu"], "did you mean 'kueue'"),
        (["--to", "kueue", "--set", "a=1"], "--set: expected with a config only"),
        (["--to", "kueue", "--name", "雪山"], "--name: expected PLAN=SYSTEM"),
        (["--per-unit", "8"], "--per-unit: expected with --to only"),
        ([], "expected --to SYSTEM, or --out FILE.mps"),
    ],
)
def test_wrong_options_are_named(plan, words, message):
    found = run("export", plan.folder, *words)
    assert found.exit_code == 2
    assert message in found.stderr


def test_every_system_has_a_target():
    from computeplan.exports import TARGETS

    assert set(TARGETS) == set(System)
