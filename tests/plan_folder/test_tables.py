"""The tables say what the plan does, and the same plan gives the same bytes."""

from __future__ import annotations

import io

import numpy as np
import polars as pl
import pytest

import computeplan
from builders import Case, Contract, Demand, Job, Link, Pool, Site, on_demand, reserved
from command_line import TINY
from computeplan.folder.tables import csv_bytes, parquet_bytes
from computeplan.problem import Goal
from computeplan.solvers.planner import plan
from solving import tables_of

CASE = Case(
    periods=4,
    blocks=(2, 2),
    weights=(1.0, 3.0),
    sites=[
        Site("here", price=[1.0, 0.2, 1.0, 1.0], carbon=0.5, demand_charge=2.0),
        Site("重庆", zone="far", pue=1.2, price=0.3, carbon=0.6),
    ],
    pools=[
        Pool(5, busy_kw=10, idle_kw=2, name="own"),
        reserved(4, site="重庆", name="book", price=1.0, busy_kw=8),
        on_demand(price=20.0, busy_kw=10, name="rent"),
    ],
    workloads=[
        Demand([3, 6, 9, 2], name="chat", company="Acme"),
        Demand([3, 6, 9, 2], name="search", company="=Acme"),
        Demand(2, name="batch", max_delay=1.0, traffic=0.5),
        Demand(1, name="extra", shortfall_price=0.01),
        Job(name="train", volume=4, release=2, deadline=4),
        Demand(1, name="db", fixed=True, data=8.0),
    ],
    links=[Link(("here", "far"), price=0.1, bandwidth=3.0, energy=0.01, carbon=0.5)],
    contracts=[Contract(site="重庆", available=20, price=0.2, take_or_pay=True)],
    carbon_price=0.1,
)


@pytest.fixture(scope="module")
def made():
    return plan(CASE.problem())


@pytest.fixture(scope="module")
def frames(made):
    return tables_of(made.problem, made.solution)


def real(frame, frames, column):
    """Σ ω amount of a table by period."""
    weighted = frame.join(frames["periods"].select("period", "weight"), on="period")
    return (weighted[column] * weighted["weight"]).sum()


def test_every_table_is_there(frames):
    assert set(frames) >= {
        "allocation",
        "workloads",
        "capacity",
        "energy",
        "traffic",
        "emissions",
        "costs",
        "duals",
        "certificate",
    }


def test_allocation_and_shortfall_add_up_to_all_work(frames):
    done = real(frames["allocation"], frames, "work_unit_h")
    short = real(frames["shortfall"], frames, "shortfall_unit_h")
    assert short == pytest.approx(8.0)
    assert done + short == pytest.approx(2 * (3 + 6 + 3 * 9 + 3 * 2) + 16 + 8 + 12 + 8)


def test_workloads_and_placements_follow_every_workload(frames, made):
    workloads, placements = frames["workloads"], frames["placements"]
    assert workloads["workload"].to_list() == list(made.problem.workloads.names)
    total = placements.group_by("workload").agg(pl.col("work_unit_h").sum(), pl.col("share").sum())
    both = workloads.join(total, on="workload", how="left", suffix="_placed")
    assert both["work_unit_h"].to_list() == pytest.approx(both["work_unit_h_placed"].fill_null(0).to_list())
    assert total["share"].to_list() == pytest.approx([1.0] * len(total))
    extra = workloads.row(by_predicate=pl.col("workload") == "extra", named=True)
    assert (extra["work_unit_h"], extra["main_site"], extra["shortfall_unit_h"]) == (0.0, None, 8.0)
    chat, search = workloads.filter(pl.col("workload").is_in(["chat", "search"])).rows(named=True)
    assert chat["class"] == search["class"]


def test_workloads_tell_how_often_they_are_split_and_move():
    """3 units here, the rest there; the cheap site changes after the second period."""
    sites = [Site("a", price=[1, 1, 9, 9]), Site("b", price=[2, 2, 2, 2])]
    pools = [Pool(3, site="a", busy_kw=1.0), Pool(9, site="b", busy_kw=1.0)]
    workloads = [
        Demand(2, name="small"),
        Demand([2, 2, 2, 2], name="other"),
        Demand([0, 0, 0, 1], name="late"),
    ]
    made = plan(Case(periods=4, sites=sites, pools=pools, workloads=workloads).problem())
    found = tables_of(made.problem, made.solution)["workloads"]
    assert found["split_periods"].to_list() == [0, 2, 0]
    assert found["pools"].to_list() == [2, 2, 1]
    assert found["moves"].to_list()[0] == 1
    assert found["moves"].to_list()[2] == 0


def test_costs_add_up_to_the_objective(frames, made):
    costs, accounts = frames["costs"], made.solution.accounts
    assert costs["amount"].sum() == pytest.approx(accounts.objective)
    energy = real(frames["energy"], frames, "cost")
    in_costs = costs.filter(pl.col("part").is_in(["grid_energy", "energy_contracts"]))["amount"].sum()
    assert energy == pytest.approx(in_costs)


def test_companies_and_workloads_add_up_to_the_accounts(frames, made):
    accounts = made.solution.accounts
    for name in ("companies", "workloads"):
        frame = frames[name]
        assert frame["cost"].sum() == pytest.approx(accounts.cost.total), name
        assert frame["market_kg"].sum() == pytest.approx(accounts.emissions_kg.market), name
        assert frame["shortfall_unit_h"].sum() == pytest.approx(8.0), name
    companies = frames["companies"]
    assert companies["company"].to_list() == list(made.problem.companies.names)
    sites = companies.select(pl.sum_horizontal(pl.selectors.starts_with("unit_h at "))).to_series()
    assert sites.to_list() == pytest.approx(companies["work_unit_h"].to_list())
    assert companies["workloads"].sum() == 6


def test_emissions_add_up_to_the_accounts(frames, made):
    accounts = made.solution.accounts
    for basis, kg in accounts.emissions_kg.bases().items():
        network = accounts.network.emissions_kg.sum()
        assert real(frames["emissions"], frames, f"{basis}_kg") + network == pytest.approx(kg)


def test_capacity_shows_booking_and_use_and_no_limit_as_empty(frames, made):
    capacity = frames["capacity"]
    booked = capacity.filter(pl.col("pool") == "重庆/book")
    assert booked["booked_units"].unique().to_list() == [made.solution.decisions.booked_units[1]]
    assert booked["utilization"].max() <= 1 + 1e-9
    rented = capacity.filter(pl.col("pool") == "here/rent")
    assert rented["usable_units"].null_count() == 4
    assert rented["utilization"].null_count() == 4


def test_traffic_is_held_against_the_bandwidth(frames):
    traffic = frames["traffic"]
    assert (traffic["traffic_gb"] <= traffic["bandwidth_gb"] + 1e-9).all()
    assert traffic["utilization"].to_list() == pytest.approx((traffic["traffic_gb"] / 3.0).to_list())


def test_the_certificate_holds_the_prices_exactly(frames, made):
    prices, certificate = made.solution.prices, frames["certificate"]
    load = np.zeros_like(prices.load)
    for row in certificate.filter(pl.col("what") == "load").rows(named=True):
        load[made.problem.pools.names.index(row["where"]), row["period"]] = row["price"]
    assert (load == prices.load).all()


def test_duals_are_per_real_hour(frames, made):
    work = frames["duals"].filter((pl.col("what") == "work") & (pl.col("where") == "here/own"))
    expected = made.solution.prices.load[0] / made.problem.horizon.weight
    assert work["price"].to_list() == pytest.approx(expected[expected != 0].tolist())
    assert set(work["unit"]) == {"CNY/unit·h"}


def test_duals_of_the_goal_carbon_are_in_kg():
    cleanest = plan(CASE.but(goal=Goal.CARBON, workloads=[Demand(4)]).problem())
    units = set(tables_of(cleanest.problem, cleanest.solution)["duals"]["unit"])
    assert units
    assert all(unit.startswith("kg/") for unit in units)


def test_starts_are_local_times():
    case = Case(periods=2)
    problem = case.problem()
    made = plan(problem)
    start = tables_of(problem, made.solution)["periods"]["start"]
    assert start.dtype == pl.Datetime("ms", "UTC")
    assert start[1].isoformat() == "2026-03-02T01:00:00+00:00"


def test_two_plans_of_one_problem_give_the_same_bytes(frames):
    again = plan(CASE.problem())
    for name, frame in tables_of(again.problem, again.solution).items():
        assert parquet_bytes(frame) == parquet_bytes(frames[name]), name
        assert csv_bytes(frame) == csv_bytes(frames[name]), name


def test_parquet_reads_back_as_it_was(frames):
    for name, frame in frames.items():
        assert pl.read_parquet(io.BytesIO(parquet_bytes(frame))).equals(frame), name


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=x"])
def test_no_name_becomes_a_formula_in_a_spreadsheet(name):
    frame = pl.DataFrame({"company": [name, "重庆 - Acme"], "amount": [-1.0, 2.0]})
    text = csv_bytes(frame).decode("utf-8-sig")
    assert text.startswith("company,amount\n")
    assert f"'{name}" in text
    assert "\n重庆 - Acme,2.0" in text
    assert ",-1.0\n" in text
    assert pl.read_parquet(io.BytesIO(parquet_bytes(frame)))["company"][0] == name


def test_csv_opens_as_utf8_in_a_spreadsheet():
    assert csv_bytes(pl.DataFrame({"站": ["重庆"]})).startswith(b"\xef\xbb\xbf")


def test_units_do_not_depend_on_the_length_of_periods(tmp_path):
    """3 and 1 units are busy in every half hour; of the pool's 4 units none is doubled or halved."""
    config = tmp_path / "half.yaml"
    config.write_text(TINY.replace("duration: 3 h", "duration: 3 h, period: 30 min"), encoding="utf-8")
    frames = computeplan.solve(config, overrides=["workloads.chat.demand=3"], baseline=False).tables()
    capacity = frames["capacity"]
    assert capacity.group_by("period").agg(pl.col("busy_units").sum())[
        "busy_units"
    ].to_list() == pytest.approx([4] * 6)
    own = capacity.filter(pl.col("pool") == "home/own")
    assert own["usable_units"].to_list() == [4] * 6
    assert (own["utilization"] * own["usable_units"]).to_list() == pytest.approx(own["busy_units"].to_list())
    assert frames["periods"]["hours"].to_list() == [0.5] * 6
    assert frames["traffic"]["bandwidth_gb"].null_count() == 6
