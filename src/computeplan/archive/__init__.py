"""A plan folder opened again: as the run it was written by, audited, explained, compared."""

from computeplan.archive.audit import FolderAudit, audit_folder
from computeplan.archive.changes import Changes, compare
from computeplan.archive.explanation import Explanation, explain
from computeplan.archive.opening import open_plan

__all__ = ["Changes", "Explanation", "FolderAudit", "audit_folder", "compare", "explain", "open_plan"]
