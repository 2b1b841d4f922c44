"""A plan folder opened again: as the run it was written by, audited from itself alone, explained."""

from computeplan.archive.audit import FolderAudit, audit_folder
from computeplan.archive.explanation import Explanation, explain
from computeplan.archive.opening import open_plan

__all__ = ["Explanation", "FolderAudit", "audit_folder", "explain", "open_plan"]
