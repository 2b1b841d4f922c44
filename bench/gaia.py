"""A year of 100,000 real jobs with deadlines against an hourly carbon series, planned and checked.

The trace is that of GAIA (ASPLOS'24), published at https://github.com/umassos/GAIA (MIT): jobs of Alibaba's
cluster PAI, a CSV with the columns ``arrival_time`` (h), ``length`` (h) and ``cpus``; it is not part of this
project. A core takes 1 kW; a job may wait 6 h if it is shorter than 2 h, else 24 h, and may be interrupted.

    python bench/gaia.py TRACE.csv [--carbon CSV --column NAME] [--cores N] [--jobs N]

Without ``--carbon`` (g/kWh, one row an hour) the series is drawn, the same every time. Without ``--cores`` no
job is in another's way: then the least emissions are also worked out job by job, cleanest hours first, and
the plan must meet them to 1e-6.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

import computeplan

SHORT_H, SHORT_WAIT_H, LONG_WAIT_H = 2.0, 6.0, 24.0


def jobs_of(path: Path, most: int | None) -> pl.DataFrame:
    """Jobs with their windows."""
    trace = pl.read_csv(path).head(most) if most else pl.read_csv(path)
    length, arrival = pl.col("length"), pl.col("arrival_time")
    wait = pl.when(length < SHORT_H).then(SHORT_WAIT_H).otherwise(LONG_WAIT_H)
    return trace.filter(length > 0).select(
        pl.format("job-{}", pl.int_range(pl.len())).alias("name"),
        arrival.alias("release"),
        (arrival + length + wait).alias("deadline"),
        (length * pl.col("cpus")).alias("volume"),
        pl.col("cpus").cast(pl.Float64).alias("max_rate"),
    )


def carbon_of(path: Path | None, column: str | None, hours: int) -> np.ndarray:
    """(hours,) g/kWh; a shorter series starts again."""
    if path is None:
        rng, hour = np.random.default_rng(11), np.arange(hours)
        daily = 120 * np.cos(2 * np.pi * (hour - 20) / 24)
        return (400 + daily + 60 * np.cos(2 * np.pi * hour / 8760) + rng.normal(0, 40, hours)).clip(20)
    frame = pl.read_csv(path)
    return np.resize(frame[column or frame.columns[-1]].to_numpy(), hours)


def write_config(jobs: pl.DataFrame, carbon: np.ndarray, cores: float | None, folder: Path) -> Path:
    jobs.write_csv(folder / "jobs.csv")
    pl.DataFrame({"carbon": carbon}).write_csv(folder / "carbon.csv")
    pool = {"hardware": "core", "term": "on_demand", "price": 0} | ({"max_units": cores} if cores else {})
    site = {
        "zone": "here",
        "grid": {"carbon": {"file": "carbon.csv", "column": "carbon", "unit": "g/kWh"}},
        "pools": {"cores": pool},
    }
    config = {
        "name": "GAIA",
        "horizon": {"start": "2022-01-01T00:00", "duration": f"{len(carbon)} h"},
        "objective": {"minimize": "carbon"},
        "zones": {"here": {}},
        "hardware": {"core": {"busy_power": "1 kW"}},
        "sites": {"cluster": site},
        "workload_tables": [{"file": "jobs.csv", "defaults": {"zone": "here"}}],
    }
    path = folder / "gaia.yaml"
    path.write_text(json.dumps(config), encoding="utf-8")
    return path


def least_kg(jobs: pl.DataFrame, carbon: np.ndarray) -> float:
    """Emissions if every job takes the cleanest hours of its window; no other job is in its way."""
    total = 0.0
    for release, deadline, volume, rate in jobs.select(
        "release", "deadline", "volume", "max_rate"
    ).iter_rows():
        hour = np.arange(int(release), int(np.ceil(deadline)))
        room = rate * (np.minimum(hour + 1, deadline) - np.maximum(hour, release))
        order = np.argsort(carbon[hour], kind="stable")
        filled = np.minimum(np.cumsum(room[order]), volume)
        total += float(np.diff(filled, prepend=0.0) @ carbon[hour][order])
    return total / 1000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("trace", type=Path)
    parser.add_argument("--carbon", type=Path)
    parser.add_argument("--column")
    parser.add_argument("--cores", type=float)
    parser.add_argument("--jobs", type=int, help="only the first so many")
    given = parser.parse_args()
    jobs = jobs_of(given.trace, given.jobs)
    carbon = carbon_of(given.carbon, given.column, int(np.ceil(jobs["deadline"].max())))
    start, cpu_start = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        path = write_config(jobs, carbon, given.cores, Path(folder))
        run = computeplan.solve(path, baseline=False)
    wall_s, cpu_s = time.perf_counter() - start, time.process_time() - cpu_start
    solution, size = run.plan.solution, run.plan.size
    if solution is None or not solution.audit.passed:
        sys.exit(
            f"no audited plan: {run.plan.status}, {solution.audit.notes if solution else run.reasons[:3]}"
        )
    expected = None if given.cores else least_kg(jobs, carbon)
    if expected is not None and abs(solution.audit.objective - expected) > 1e-6 * expected:
        sys.exit(f"the plan emits {solution.audit.objective} kg, the cleanest hours {expected} kg")
    result = {
        "jobs": len(jobs),
        "hours": len(carbon),
        "kg": solution.audit.objective,
        "least_kg": expected,
        "gap": solution.audit.gap,
        "wall_s": wall_s,
        "cpu_s": cpu_s,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
        "times_s": run.times_s,
        "classes": size.classes,
        "columns": size.columns,
        "rows": size.rows,
        "parts": size.parts,
        "solver": run.plan.solver.detail,
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
