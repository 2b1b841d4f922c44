"""The catalog of limits: everything that can keep a plan from being cheaper, each declared once.

Other layers have what needs their functions, keyed by `LimitKind`, and no list of their own:
`accounts.limits` how much there is of what is limited, `prices.limits` what more of it would save,
`lp.elastic` how its constraints are widened, `studies.ranging` how much of it is used. A limit that has no
entry in one of them gives the reason here.
"""

from computeplan.problem.limits.kinds import SHARE, UNIT, Limit, LimitKind, LimitSetting, Phrase, Ranging
from computeplan.problem.limits.system import CAPACITY, ENERGY, NETWORK, POLICIES
from computeplan.problem.limits.work import ELIGIBILITY, WORK

__all__ = [
    "DEFINITIONS",
    "LIMITS",
    "SHARE",
    "UNIT",
    "Limit",
    "LimitKind",
    "LimitSetting",
    "Phrase",
    "Ranging",
]

LIMITS: dict[LimitKind, Limit] = {
    limit.kind: limit for limit in (*CAPACITY, *ENERGY, *NETWORK, *POLICIES, *WORK, *ELIGIBILITY)
}
"""Every limit of the model, in the order in which people read them."""

DEFINITIONS = frozenset(
    {"load", "energy_balance", "demand_charge", "traffic", "routing", "cover", "surplus", "storage", "move"}
)
"""Families of constraints that define a quantity and limit nothing."""
