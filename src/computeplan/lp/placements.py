"""What is placed alike: workloads whose unit·h costs and uses the same in every pool.

*When* a workload is served and *where* the work is done are separate decisions: the linear program
has the served amount of every workload and period, and the work of every placement, pool and period.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.grouping import Grouping
from computeplan.problem import Bools, Floats, Ints
from computeplan.problem.arrays import ReadOnlyArrays


@dataclass(frozen=True, eq=False)
class Placements(ReadOnlyArrays):
    """Placements *q*.

    Attributes
    ----------
    of : (W,)
        Placement of each workload.
    need : (Q,)
        A need with the placement's coefficients.
    gb_per_unit_h : (Q,)
        GB that travel with a unit·h, data sets of jobs included.
    member : (U, Q)
        Whether its workloads are in the set of each rule: all of them are, or none.
    """

    of: Ints
    need: Ints
    gb_per_unit_h: Floats
    member: Bools

    @property
    def size(self) -> int:
        """Number of placements Q."""
        return len(self.need)


def placements_of(grouping: Grouping) -> Placements:
    """Describe the placements of a grouping's workloads."""
    workloads = grouping.problem.workloads
    _, first = np.unique(grouping.placement_of, return_index=True)
    return Placements(
        of=grouping.placement_of,
        need=workloads.need[first],
        gb_per_unit_h=grouping.problem.traffic_gb_per_unit_h[first],
        member=grouping.problem.rules.member[:, first],
    )
