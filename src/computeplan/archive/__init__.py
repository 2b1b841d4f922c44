"""A plan folder opened again: as the run it was written by, and audited from nothing but itself."""

from computeplan.archive.audit import FolderAudit, audit_folder
from computeplan.archive.opening import open_plan

__all__ = ["FolderAudit", "audit_folder", "open_plan"]
