"""The report of one plan."""

from computeplan.report.html.plan.report import plan_page

__all__ = ["plan_page"]
