"""The audit: every constraint, the accounts and the gap, recomputed from the problem alone.

Nothing here knows the linear program, the solvers or the grouping.
"""

from computeplan.plan.audit.bound import dual_bound
from computeplan.plan.audit.report import TOLERANCE, AuditReport, audit_plan
from computeplan.plan.audit.violations import Family, Violation

__all__ = ["TOLERANCE", "AuditReport", "Family", "Violation", "audit_plan", "dual_bound"]
