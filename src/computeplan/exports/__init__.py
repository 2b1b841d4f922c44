"""A plan as files of the systems that run it: quotas, weights, reservations, curves, a forecast of cost.

`catalog` lists the targets, one module each; `quotas` rounds what they state to whole replicas, once.
"""

from computeplan.exports.catalog import TARGETS
from computeplan.exports.export import PlanExport, export_plan

__all__ = ["TARGETS", "PlanExport", "export_plan"]
