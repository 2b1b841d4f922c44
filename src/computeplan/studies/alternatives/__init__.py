"""Alternatives near the optimum: what plans within a cost share, and in what they can differ."""

from computeplan.studies.alternatives.search import Prober
from computeplan.studies.alternatives.span import Alternative, Freedom, Span
from computeplan.studies.alternatives.study import (
    TOLERANCE,
    AlternativesStudy,
    check_request,
    study_alternatives,
)

__all__ = [
    "TOLERANCE",
    "Alternative",
    "AlternativesStudy",
    "Freedom",
    "Prober",
    "Span",
    "check_request",
    "study_alternatives",
]
