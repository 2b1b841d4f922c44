"""What people read: renderables for the terminal; nothing here prints."""

from computeplan.report.audit import audit_data, audit_view
from computeplan.report.changes import changes_data, changes_view
from computeplan.report.console import plan_view
from computeplan.report.contents import contents, contents_data
from computeplan.report.diagnosis import diagnosis_view
from computeplan.report.explanation import explanation_data, explanation_view
from computeplan.report.frontier import frontier_view, policies_view, readings_view
from computeplan.report.ranging import ranging_view
from computeplan.report.reasons import reasons_view
from computeplan.report.sweep import sweep_view

__all__ = [
    "audit_data",
    "audit_view",
    "changes_data",
    "changes_view",
    "contents",
    "contents_data",
    "diagnosis_view",
    "explanation_data",
    "explanation_view",
    "frontier_view",
    "plan_view",
    "policies_view",
    "ranging_view",
    "readings_view",
    "reasons_view",
    "sweep_view",
]
