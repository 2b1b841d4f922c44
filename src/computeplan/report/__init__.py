"""What people read: renderables for the terminal; nothing here prints."""

from computeplan.report.audit import audit_data, audit_view
from computeplan.report.console import plan_view
from computeplan.report.contents import contents, contents_data
from computeplan.report.reasons import reasons_view

__all__ = ["audit_data", "audit_view", "contents", "contents_data", "plan_view", "reasons_view"]
