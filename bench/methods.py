"""Which method solves a reduced program fastest: measures them in turn and writes bench/RESULTS-methods.md.

Each program is what the planner hands to one solver: merged, built, and not falling into parts. The methods
are run one after another in the same process, on one thread each, `--repeats` times round; processor time
is what counts, so that a busy machine disturbs the ratios little.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import instances

import computeplan
from computeplan.grouping import merge
from computeplan.lp import LinearProgram, build
from computeplan.problem import Status
from computeplan.solvers import Method, SolverOptions, available, solve
from computeplan.solvers.choice import shape_of
from computeplan.solvers.decomposition import Reduction, structure_of

ROOT = Path(__file__).resolve().parents[1]
METHODS = {
    "simplex": SolverOptions(method=Method.SIMPLEX),
    "ipm": SolverOptions(method=Method.IPM),
    "clarabel": SolverOptions("clarabel"),
}
DAYS = {
    "waiting": (1, 2, 4, 7, 14, 28),
    "waiting, capped": (1, 2, 4, 7, 14),
    "full": (7, 10, 14, 21),
    "full, capped": (7, 10, 14),
}
"""Sizes of each family, days."""
CAP_T_PER_DAY = 820
FULL_CAP = 0.97
"""Share of the emissions without a cap that the capped full model may have."""


def config_of(family: str, days: int, folder: Path) -> tuple[Path, tuple[str, ...]]:
    """The config of an instance, and what is set in it."""
    if family.startswith("full"):
        duration = f"horizon.duration={days} days"
        capped = (
            (f"objective.carbon_cap={_full_emissions_t(duration) * FULL_CAP} t",) if "," in family else ()
        )
        return ROOT / "configs" / "chongqing.yaml", (duration, *capped)
    config = instances.interactive(1, days, 1.0, CAP_T_PER_DAY * days)
    if "capped" not in family:
        config["objective"] = {"minimize": "cost"}
    for number, kind in enumerate(config["population"]["archetypes"].values()):
        kind["max_delay"] = f"{(4, 8, 12)[number % 3]} h"
    path = folder / "config.yaml"
    instances.write(config, path)
    return path, ()


def _full_emissions_t(duration: str) -> float:
    path = ROOT / "configs" / "chongqing.yaml"
    found = computeplan.solve(path, overrides=(duration,), baseline=False).plan.solution
    return found.accounts.emissions_t.location


def programs(families: list[str], most_days: int) -> Iterator[tuple[str, int, LinearProgram]]:
    for family in families:
        for days in (d for d in DAYS[family] if d <= most_days):
            with tempfile.TemporaryDirectory() as folder:
                path, overrides = config_of(family, days, Path(folder))
                problem = computeplan.load(path, overrides=overrides).problem
            lp = build(merge(problem)).lp
            parts = len(structure_of(lp, Reduction.ALL).parts)
            if parts:
                sys.exit(f"{family}, {days} days falls into {parts} parts: no one method solves it")
            yield family, days, lp


def measured(lp: LinearProgram, repeats: int, limit_s: float, dropped: set[str]) -> dict[str, list[float]]:
    """Processor time of every run; a method that did not end in time is dropped."""
    times: dict[str, list[float]] = {name: [] for name in METHODS if name not in dropped}
    objective = None
    for name in [*times] * repeats:
        if name in dropped:
            continue
        options = METHODS[name]
        start = time.process_time()
        result = solve(lp, SolverOptions(options.name, limit_s, 1, options.method))
        taken = time.process_time() - start
        if result.status is not Status.OPTIMAL:
            dropped.add(name)
            times[name] = []
            continue
        times[name].append(taken)
        objective = result.objective if objective is None else objective
        if abs(result.objective - objective) > 1e-6 * abs(objective):
            sys.exit(f"{name} finds {result.objective}, another {objective}")
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--limit", type=float, default=120.0, help="seconds of a run")
    parser.add_argument("--days", type=int, default=28, help="largest size")
    parser.add_argument("--families", nargs="*", default=list(DAYS), choices=list(DAYS))
    parser.add_argument("--write", action="store_true", help="write bench/RESULTS-methods.md")
    given = parser.parse_args()
    if "clarabel" not in available():
        del METHODS["clarabel"]
    lines, dropped, last = [], set(), ""
    for family, days, lp in programs(given.families, given.days):
        dropped = dropped if family == last else set()
        last = family
        times = measured(lp, given.repeats, given.limit, dropped)
        lines.append(_line(family, days, lp, times))
        print(lines[-1], flush=True)
        if given.write:
            _write(lines, given.repeats, given.limit)


def _line(family: str, days: int, lp: LinearProgram, times: dict[str, list[float]]) -> str:
    cells = []
    for name in METHODS:
        runs = times.get(name) or []
        spread = f" ({min(runs):.2f}–{max(runs):.2f})" if len(runs) > 1 else ""
        cells.append(f"{statistics.median(runs):.2f}{spread}" if runs else "–")
    size = f"{lp.n_columns:,} | {lp.n_rows:,} | {lp.n_nonzeros:,} | {shape_of(lp).coupling_columns}"
    return f"| {family} | {days} | {size} | {' | '.join(cells)} |"


def _write(lines: list[str], repeats: int, limit_s: float) -> None:
    versions = ", ".join(
        f"{name} {version(name)}" for name in ("highspy", *(["clarabel"] * ("clarabel" in METHODS)))
    )
    text = [
        "# Methods on reduced programs",
        "",
        f"Written by `python bench/methods.py --write` on {datetime.now(UTC):%Y-%m-%d}; {versions}.",
        "",
        f"Processor seconds on one thread, the median (least–most) of {repeats} runs, all methods in turn.",
        f"A dash stands for no optimum within {limit_s:.0f} s. A coupling column has entries in many rows.",
        "",
        f"| family | days | columns | rows | nonzeros | coupling columns | {' | '.join(METHODS)} |",
        f"|---|{'---:|' * (5 + len(METHODS))}",
        *lines,
    ]
    (ROOT / "bench" / "RESULTS-methods.md").write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
