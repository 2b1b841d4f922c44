"""The reports of studies: a sweep, and a cost–carbon frontier."""

from computeplan.report.html.study.curve import FRONTIER
from computeplan.report.html.study.frontier import frontier_page
from computeplan.report.html.study.sweep import EFFECTS, sweep_page

__all__ = ["EFFECTS", "FRONTIER", "frontier_page", "sweep_page"]
