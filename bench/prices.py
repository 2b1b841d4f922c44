"""A hundred carbon prices on one planner problem, each planned and audited; prints one JSON object."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace

import numpy as np

import computeplan
from computeplan.solvers.planner import IncrementalPlanner

PRICES_PER_T = np.linspace(40.0, 150.0, 100)


def main(config: str) -> None:
    """Plan once cold, then at every price, and say how long each took."""
    problem = computeplan.load(config).problem
    start = time.perf_counter()
    planner = IncrementalPlanner(problem)
    planner.plan()
    cold_s = time.perf_counter() - start
    gap = 0.0
    for price in PRICES_PER_T / 1000:
        planner.update(
            replace(problem, objective=replace(problem.objective, carbon_price_per_kg=float(price)))
        )
        made = planner.plan()
        if made.solution is None or not made.solution.audit.passed:
            sys.exit(f"no audited plan at {price * 1000} per t: {made.status}")
        gap = max(gap, abs(made.solution.audit.gap or 0.0))
    warm_s = time.perf_counter() - start - cold_s
    times = {"cold": cold_s, "hundred": warm_s, "ratio": warm_s / cold_s}
    print(json.dumps({"status": "optimal", "gap": gap, "times_s": times}))


if __name__ == "__main__":
    main(sys.argv[1])
