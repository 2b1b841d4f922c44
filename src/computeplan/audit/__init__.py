"""The audit: every constraint, the accounts and the gap, recomputed from the problem alone.

Nothing here knows the linear program, the solvers or the grouping.
"""

from computeplan.audit.context import Check, Violation
from computeplan.audit.report import TOLERANCE, AuditReport, audit_plan

__all__ = ["TOLERANCE", "AuditReport", "Check", "Violation", "audit_plan"]
