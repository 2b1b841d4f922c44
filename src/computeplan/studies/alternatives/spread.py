"""Plans within a cost that differ as much as they can in where the work runs.

Of the plans at the ends of ranges the one is taken that is farthest from those taken before, the optimum
first: the distance of two plans is the share of the work that runs at different sites.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from logging import getLogger

import numpy as np

from computeplan.problem import Floats
from computeplan.problem.measures import asked_unit_h
from computeplan.studies.alternatives.ranges import End
from computeplan.studies.alternatives.search import Prober
from computeplan.studies.alternatives.span import Alternative

LOG = getLogger(__package__)

ALIKE = 1e-6
"""Distance below which two plans are the same."""


def spread_plans(prober: Prober, ends: Sequence[End], count: int) -> Iterator[Alternative]:
    """Take so many plans, the optimum first; fewer where no more differ, or once it is to stop."""
    problem, first = prober.problem, prober.first
    columns = len(prober.values)
    left = [end for end in ends if not end.note and len(end.values) == columns]
    taken: list[Floats] = []
    while len(taken) < count and not prober.options.is_stopped:
        plan, distance = first, None
        if taken:
            distances = [min(_distance(prober, end, other) for other in taken) for end in left]
            if max(distances, default=0.0) <= ALIKE:
                return
            distance = max(distances)
            plan = prober.complete(left.pop(distances.index(distance)).values)
        solution = plan.solution
        if solution is None or not solution.audit.passed:
            continue
        work = solution.accounts.sites.work_unit_h
        taken.append(work)
        yield Alternative(
            plan=plan,
            excess=solution.accounts.objective / prober.objective - 1.0 if prober.objective else 0.0,
            elsewhere=distance,
            site_work_unit_h=dict(zip(problem.sites.names, work.tolist(), strict=True)),
        )


def _distance(prober: Prober, end: End, work_unit_h: Floats) -> float:
    """Share of all work that runs at other sites; work that is undone runs at none."""
    asked = asked_unit_h(prober.problem) or 1.0
    change = end.site_work_unit_h - work_unit_h
    return float(max(np.maximum(change, 0.0).sum(), np.maximum(-change, 0.0).sum())) / asked
