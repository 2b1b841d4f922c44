from __future__ import annotations

import numpy as np
import polars as pl
import pytest

CASE = "gaia_waitawhile"
CONFIG = "gaia_waitawhile.yaml"

TICK_S = 5
"""GAIA's clock: arrivals and lengths are cut to whole ticks."""

HOUR_S = 3600


@pytest.fixture
def jobs(case) -> pl.DataFrame:
    """The jobs on GAIA's clock, with their windows, in hours."""
    case.take("ci_au_sa_2022_h7000.csv", "jobs_hourly_inner.csv")
    trace = pl.read_csv(case.outside("pai_1k.csv"))
    arrival, length = ((pl.col(name) // TICK_S * TICK_S / HOUR_S) for name in ("arrival_time", "length"))
    wait = pl.when(length < 2).then(6).otherwise(24)
    table = trace.select(
        "cpus",
        arrival_h=arrival,
        end_h=arrival + length,
        latest_h=arrival + length + wait,
        core_h=length * pl.col("cpus"),
    ).with_row_index("job")
    case.write("jobs.csv", table)
    return table


@pytest.mark.usefixtures("jobs")
@pytest.mark.parametrize("solver", ["highs", "cbc"])
@pytest.mark.parametrize(
    ("scenario", "kg"),
    [
        pytest.param(None, 315.057197, id="hour-aligned windows"),
        ("forty-cores", 335.442341),
        ("at-once", 562.171256),
    ],
)
def test_published_carbon(case, solve, scenario, kg, solver):
    made = solve(case.load(CONFIG, scenario), solver)
    assert made.solution.accounts.emissions_kg.location == pytest.approx(kg, abs=2e-6)


def test_exact_windows_are_filled_from_the_cleanest_part(case, solve, jobs):
    """Without a capacity every job fills its own window from the cleanest hour on: no solver is needed."""
    made = solve(case.load(CONFIG, "exact"))
    factor = pl.read_csv(case.folder / "ci_au_sa_2022_h7000.csv")["ci_g_per_kwh"].to_numpy()
    assert made.solution.accounts.emissions_kg.location == pytest.approx(_cleanest_kg(jobs, factor), rel=1e-7)


def _cleanest_kg(jobs: pl.DataFrame, factor) -> float:
    start, end, rate, work = (
        jobs[name].to_numpy()[:, None] for name in ("arrival_h", "latest_h", "cpus", "core_h")
    )
    by_cleanness = np.argsort(factor)
    overlap_h = np.clip(np.minimum(end, by_cleanness + 1) - np.maximum(start, by_cleanness), 0, None)
    done = np.minimum(np.cumsum(rate * overlap_h, axis=1), work)
    return float((np.diff(done, axis=1, prepend=0) @ factor[by_cleanness]).sum()) / 1000
