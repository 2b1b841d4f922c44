"""What each group of companies pays for a plan: bills, the cost game, how far from the core a bill is."""

from computeplan.studies.shares.groups import Grouping, Groups, make_groups
from computeplan.studies.shares.study import CoreDistance, Effort, GroupBills, SharesStudy, share_out

__all__ = [
    "CoreDistance",
    "Effort",
    "GroupBills",
    "Grouping",
    "Groups",
    "SharesStudy",
    "make_groups",
    "share_out",
]
