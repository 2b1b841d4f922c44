"""The elastic program: limits that may give way, at the size of what gives.

Every limit that a config can change has a *relief*, a column that widens it; the costs of the reliefs
are their sizes, in unit·h of work that they make room for:

* one more unit of capacity, a unit less to be booked, a unit more under a cap: the hours of the horizon;
* one kW: as many units as it drives at mean PUE; one GB/h: as many as it serves at the mean traffic of work
  that uses the link;
  one kg: the unit·h that emit it at mean factors;
  using a relief all the time costs `USED` of it beside, so that it is used only when it is needed;
* a unit·h that waits longer or ends later than it may: the hours over 24;
* a unit more of a job's rate: the hours of its window;
* a unit·h left undone: `UNDONE` times the hours of the horizon, so that it is the last resort.

Nothing else costs anything, so the optimum is the smallest set of changes with which there is a plan.
"""

from computeplan.lp.elastic.program import Elastic, soften
from computeplan.lp.elastic.soft import SoftKind, SoftLimit
from computeplan.lp.elastic.work import Yielding

__all__ = ["Elastic", "SoftKind", "SoftLimit", "Yielding", "soften"]
