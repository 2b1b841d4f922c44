"""How solving grows in time: weeks of the flagship, by each solver in turn; writes bench/RESULTS-weeks.md.

The jobs of the flagship's week come again every week, as in a real year: a longer horizon alone would leave
the later weeks without any. Each program is what the planner hands to one solver. Processor time on one
thread is what counts; numpy's own threads are switched off. A solver that once takes longer than the limit is
left out of the larger sizes.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from math import log
from pathlib import Path

os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import computeplan
from computeplan.grouping import merge
from computeplan.lp import LinearProgram, build
from computeplan.problem import Status
from computeplan.solvers import Method, SolverOptions, available, solve

ROOT = Path(__file__).resolve().parents[1]
SOLVERS = {
    "HiGHS ipm": SolverOptions(method=Method.IPM),
    "clarabel": SolverOptions("clarabel"),
    "staircase": SolverOptions("staircase"),
}
WEEK_H = 168
USED = 1e-6
"""Work above which a pool is in use, unit·h."""


def program(weeks: int) -> LinearProgram:
    """Build the flagship over so many weeks, its jobs repeated."""

    def repeat(release: re.Match[str]) -> str:
        hours = [int(hour.split()[0]) for hour in release[1].split(",")]
        return f"release: [{', '.join(f'{hour + WEEK_H * w} h' for w in range(weeks) for hour in hours)}]"

    config = ROOT / "configs" / "chongqing.yaml"
    repeated = config.with_name(f"chongqing-{weeks}-weeks.yaml")
    repeated.write_text(
        re.sub(r"release: \[([^\]]*)\]", repeat, config.read_text(encoding="utf-8")), encoding="utf-8"
    )
    try:
        loaded = computeplan.load(repeated, overrides=(f"horizon.duration={7 * weeks} days",))
    finally:
        repeated.unlink()
    return build(merge(loaded.problem)).lp


def pools_in_use(lp: LinearProgram, values: object) -> int:
    """How many (class, pool, period) take work."""
    work = next(family for family in lp.column_families if family.name == "work")
    return int((values[work.first : work.first + work.size] > USED).sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, nargs="*", default=[1, 4])
    parser.add_argument("--limit", type=float, default=600.0, help="processor seconds of a solve")
    parser.add_argument("--solvers", nargs="*", default=list(SOLVERS), choices=list(SOLVERS))
    parser.add_argument("--write", action="store_true", help="write bench/RESULTS-weeks.md")
    given = parser.parse_args()
    names = [name for name in given.solvers if SOLVERS[name].name in available()]
    lines, taken = [], {name: {} for name in names}
    for weeks in given.weeks:
        lp, objective = program(weeks), None
        for name in names:
            if any(seconds > given.limit for seconds in taken[name].values()):
                continue
            start = time.process_time()
            found = solve(lp, SolverOptions(SOLVERS[name].name, threads=1, method=SOLVERS[name].method))
            taken[name][weeks] = time.process_time() - start
            if found.status is not Status.OPTIMAL or found.solver != SOLVERS[name].name:
                sys.exit(f"{name}: {found.status}, {found.detail}")
            objective = found.objective if objective is None else objective
            off = abs(found.objective - objective) / abs(objective)
            size = f"{weeks} | {lp.n_columns:,} | {lp.n_rows:,}"
            ending = f"{found.iterations} | {pools_in_use(lp, found.values):,} | {off:.0e}"
            lines.append(f"| {size} | {name} | {taken[name][weeks]:.1f} | {ending} |")
            print(lines[-1], flush=True)
    growth = [f"* {name}: {_exponent(seconds)}" for name, seconds in taken.items() if len(seconds) > 1]
    print("\n".join(growth))
    if given.write:
        _write(lines, growth)


def _exponent(seconds: dict[int, float]) -> str:
    """Growth from the smallest to the largest number of weeks, as a power of it."""
    least, most = min(seconds), max(seconds)
    return f"{log(seconds[most] / seconds[least]) / log(most / least):.2f}"


def _write(lines: list[str], growth: list[str]) -> None:
    packages = ("highspy", "clarabel", "numpy", "scipy")
    text = [
        "# Weeks of the flagship",
        "",
        f"Written by `python bench/weeks.py --write` on {datetime.now(UTC):%Y-%m-%d}; "
        + ", ".join(f"{name} {version(name)}" for name in packages)
        + ".",
        "",
        "Jobs come again every week. Processor seconds of one solve on one thread, one after another on a",
        "machine that others used too: ratios count. In use: classes, pools and periods with work. Off:",
        "distance of the objective from that of the first solver, relative.",
        "",
        "| weeks | columns | rows | solver | seconds | iterations | in use | off |",
        "|---:|---:|---:|---|---:|---:|---:|---:|",
        *lines,
        "",
        "Seconds grow with weeks to the power of:",
        "",
        *growth,
    ]
    (ROOT / "bench" / "RESULTS-weeks.md").write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
