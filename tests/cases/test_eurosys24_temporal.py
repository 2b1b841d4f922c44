from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from computeplan.solvers.plan import Plan

CASE = "eurosys24_temporal"
CONFIG = "eurosys24_temporal.yaml"


@pytest.fixture
def expected(request, case) -> pl.DataFrame:
    """Published answers, one row a job, of the jobs with at most so much slack."""
    case.take("ci_2022_a.csv", "ci_2022_c.csv")
    table = pl.read_csv(case.outside("expected_sample.csv")).with_row_index("job")
    table = table.filter(pl.col("slack_h") <= request.param)
    end = pl.col("start_hour") + pl.col("job_h")
    jobs = table.select(
        "job", "zone", "job_h", "start_hour", end_hour=end, latest_hour=end + pl.col("slack_h")
    )
    case.write("jobs.csv", jobs)
    return table


WEEK_H = 168
YEAR_H = 8760


@pytest.mark.parametrize(
    ("expected", "scenario", "column"),
    [
        (WEEK_H, None, "best_interruptible"),
        pytest.param(YEAR_H, None, "best_interruptible", marks=pytest.mark.slow),
        (YEAR_H, "run-now", "run_now"),
    ],
    indirect=["expected"],
)
def test_published_carbon_of_every_job(case, solve, expected, scenario, column):
    made = solve(case.load(CONFIG, scenario))
    total_kg = expected[column].sum() / 1000
    assert made.solution.accounts.emissions_kg.location == pytest.approx(total_kg, rel=1e-8)
    np.testing.assert_allclose(_grams_of_each(made), expected[column], rtol=1e-6)


def _grams_of_each(made: Plan):
    problem = made.problem
    factor = 1000 * problem.grid.location_kg_per_kwh[problem.pools.site]
    grams = np.zeros(problem.workloads.size)
    for block in made.solution.allocation.blocks():
        grams[block.workloads] = np.einsum(
            "npt,pt->n", block.unit_h, factor[np.ix_(block.pools, block.periods)]
        )
    return grams
