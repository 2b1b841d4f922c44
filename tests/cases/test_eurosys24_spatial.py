from __future__ import annotations

import csv
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from computeplan.studies.baselines import all_local

CASE = "eurosys24_spatial"
YEAR_H = 8760


@pytest.mark.parametrize(
    ("group", "scenario", "saving"),
    [
        ("Europe", None, 281.242661),
        pytest.param("Europe", "hourly", 282.271424, marks=pytest.mark.slow),
        ("Oceania", None, 334.388046),
        ("Oceania", "hourly", 334.652253),
    ],
)
def test_published_saving_of_migration(case, solve, group, scenario, saving):
    """Mean g/kWh of a job in each zone of the group, against the same job at home."""
    case.take("ci_2022_a.csv", "ci_2022_b.csv", "ci_2022_c.csv", of="eurosys24_temporal")
    groups = pl.read_csv(case.outside("zone_groups.csv", of="eurosys24_temporal"))
    zones = groups.filter(pl.col(group) == 1).select(zone="zone_code")
    case.write("jobs.csv", zones)
    made = solve(case.load(f"migration_{group.lower()}.yaml", scenario))
    home = all_local(made.problem).plan
    home_kg, moved_kg = (each.solution.accounts.emissions_kg.location for each in (home, made))
    assert 1000 * (home_kg - moved_kg) / (len(zones) * YEAR_H) == pytest.approx(saving, rel=1e-8)


@pytest.fixture
def means(case) -> dict[str, float]:
    """Mean g/kWh of every zone; beside the config as one row, a column a zone."""
    case.take("zone_mean_2022.csv")
    table = pl.read_csv(case.folder / "zone_mean_2022.csv")
    case.write("means.csv", table.transpose(column_names="zone"))
    return dict(table.iter_rows())


@pytest.mark.usefixtures("means")
@pytest.mark.parametrize(("scenario", "grams"), [(None, 178.657074), ("idle-99", 15.899620)])
def test_published_mean_within_idle_capacity(case, solve, scenario, grams):
    assert _mean_grams(solve(case.load("idle_capacity.yaml", scenario))) == pytest.approx(grams, rel=1e-7)


LIMITS_MS = (5, 50, 100, 150, 200, 250, 300, 350)


@pytest.fixture
def latency(case, means) -> pl.DataFrame:
    """Latencies by origin, ms; of a zone with two data centers the nearer one counts.

    The outside matrix has the origins as columns, and zones without a carbon intensity.
    """
    with case.outside("gcp_latency_matrix.csv").open() as file:
        (_, *columns), *lines = csv.reader(file)
    origin_of, zone_of = np.array(columns), np.array([zone for zone, *_ in lines])
    ms = np.array([cells for _, *cells in lines], float)
    zones = sorted(set(columns) & set(means))
    to_zone = {zone: [ms[np.ix_(zone_of == zone, origin_of == o)].min() for o in zones] for zone in zones}
    table = pl.DataFrame({"origin": zones} | to_zone)
    case.write("latency.csv", table)
    return table


def test_optimum_within_a_latency_limit(case, solve, means, latency):
    """Known at both ends, monotone between, and never behind a greedy filling as the paper does it."""
    optima = [_mean_grams(solve(_within(case, limit))) for limit in LIMITS_MS]
    of_zones = np.array([means[zone] for zone in latency["origin"]])
    assert len(of_zones) == 30
    nearest = of_zones.mean() - (means["IT-NO"] - means["CH"]) / 30  # all at home, but Milan's work in Zurich
    assert optima[0] == pytest.approx(nearest)
    assert optima[-1] == pytest.approx(np.sort(of_zones)[:15].mean())  # the cleaner half of the sites is full
    assert all(wider <= tighter + 1e-6 for tighter, wider in pairwise(optima))
    greedy = [_greedy_grams(of_zones, latency.drop("origin").to_numpy() <= limit) for limit in LIMITS_MS]
    lead = np.subtract(greedy, optima)
    assert lead.min() > -1e-6
    assert lead.max() > 0.1


def _within(case, limit_ms: float):
    return case.load("latency_limit.yaml", overrides=[f"workload_tables.0.defaults.max_latency={limit_ms}"])


def _mean_grams(made) -> float:
    problem, accounts = made.problem, made.solution.accounts
    return 1000 * accounts.emissions_kg.location / problem.workloads.scale.sum()


def _greedy_grams(of_zones, allowed) -> float:
    """Every zone in turn, the cleanest first, moves its 50 units to the cleanest sites with room for some."""
    load = np.full(len(of_zones), 50.0)
    for origin in np.argsort(of_zones):
        left = 50.0
        cleaner = np.flatnonzero(allowed[origin] & (of_zones < of_zones[origin]))
        for site in cleaner[np.argsort(of_zones[cleaner])]:
            moved = min(left, 100 - load[site])
            load[site] += moved
            load[origin] -= moved
            left -= moved
    return float(load @ of_zones / load.sum())
