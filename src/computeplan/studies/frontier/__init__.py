"""The cost–carbon frontier with its proof."""

from computeplan.studies.frontier.curve import Curve, FrontierPoint, Reading
from computeplan.studies.frontier.frontier import (
    Frontier,
    FrontierStudy,
    baseline_rows,
    check_amounts,
    frontier_summary,
    last_mark,
    open_frontier,
    reading_data,
)
from computeplan.studies.frontier.search import trace

__all__ = [
    "Curve",
    "Frontier",
    "FrontierPoint",
    "FrontierStudy",
    "Reading",
    "baseline_rows",
    "check_amounts",
    "frontier_summary",
    "last_mark",
    "open_frontier",
    "reading_data",
    "trace",
]
