"""The cost–carbon frontier with a certificate."""

from computeplan.studies.frontier.curve import Curve, Reading
from computeplan.studies.frontier.frontier import Frontier, Point
from computeplan.studies.frontier.study import FrontierStudy, open_frontier
from computeplan.studies.frontier.tracing import trace
from computeplan.studies.frontier.words import reading_data

__all__ = [
    "Curve",
    "Frontier",
    "FrontierStudy",
    "Point",
    "Reading",
    "open_frontier",
    "reading_data",
    "trace",
]
