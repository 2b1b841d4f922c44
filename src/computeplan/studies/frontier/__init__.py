"""The cost–carbon frontier with a certificate."""

from computeplan.studies.frontier.curve import Curve, Reading
from computeplan.studies.frontier.frontier import Frontier, Point
from computeplan.studies.frontier.study import FrontierStudy, read_frontiers
from computeplan.studies.frontier.tracing import trace
from computeplan.studies.frontier.words import reading_data

__all__ = [
    "Curve",
    "Frontier",
    "FrontierStudy",
    "Point",
    "Reading",
    "read_frontiers",
    "reading_data",
    "trace",
]
