"""What a row of the catalog of limits says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from computeplan.problem.problem import Problem

UNIT, SHARE = "unit", "share"
"""Units that are not written behind a number."""


class LimitKind(StrEnum):
    """Kinds of limits."""

    CAPACITY = "capacity"
    BOOKABLE_UNITS = "bookable units"
    MIN_UNITS = "least booked units"
    NEW_UNITS = "new units"
    STEP = "step"
    OPENING = "open site"
    CAP = "cap"
    IMPORT_LIMIT = "import limit"
    CONTRACT = "contract"
    CONTRACTED_POWER = "contracted power"
    CERTIFICATES = "certificates"
    RENEWABLE_SHARE = "renewable share"
    BATTERY_POWER = "battery power"
    BATTERY_ENERGY = "battery energy"
    BATTERY_DIRECTION = "battery direction"
    BANDWIDTH = "bandwidth"
    LEASED_BANDWIDTH = "leased bandwidth"
    CARBON_CAP = "carbon cap"
    BUDGET = "budget"
    RULE = "rule"
    DEMAND = "demand"
    JOB_VOLUME = "job volume"
    SHORTFALL = "shortfall"
    MAX_DELAY = "max delay"
    RELEASE = "release"
    DEADLINE = "deadline"
    MAX_RATE = "max rate"
    UNINTERRUPTED = "uninterrupted"
    HORIZON_END = "horizon end"
    FIXED_SPLIT = "fixed split"
    WHOLE_WORKLOAD = "whole workload"
    LATENCY = "latency"
    LABELS = "labels"
    SECURITY = "security"
    RESIDENCY = "residency"
    ROUTE = "route"
    HARDWARE = "hardware"


class Ranging(StrEnum):
    """Where the number of a limit stands in the linear program, and so how the optimum depends on it.

    ``bound`` of a variable and ``right-hand side`` of a constraint: convex. ``coefficient`` of a matrix
    entry: in any way. ``steps``: constant between the few values at which another choice becomes possible.
    """

    BOUND = "bound"
    RIGHT_HAND_SIDE = "right-hand side"
    COEFFICIENT = "coefficient"
    STEPS = "steps"

    @property
    def is_convex(self) -> bool:
        """Whether the optimum is convex in the number."""
        return self in (Ranging.BOUND, Ranging.RIGHT_HAND_SIDE)


@dataclass(frozen=True)
class Phrase:
    """Words in English and Chinese; ``{}`` stands for the name of what is limited."""

    en: str
    zh: str

    def in_language(self, language: str, name: str = "") -> str:
        """Write the words in ``en`` or ``zh``."""
        return (self.zh if language == "zh" else self.en).format(name)


@dataclass(frozen=True)
class LimitSetting:
    """The number of the config that a limit is, to be relaxed there."""

    path: str
    """Below what it belongs to."""
    unit: str = UNIT
    """As the number is written, `UNIT` or `SHARE`; empty: the currency."""
    per_unit: float = 1.0
    """Units of the problem's number in one of `unit`."""
    change: str = "more"
    """What happens to an amount."""
    lowers: bool = False
    """Whether the number falls."""


@dataclass(frozen=True)
class Limit:
    """One kind of limit."""

    kind: LimitKind
    field: str
    """Where a problem holds the number, such as ``pools.max_units``."""
    golden: str
    """Golden linear program that shows it."""
    audit: str
    """Family of the audit that checks it."""
    phrase: Phrase
    unit: str = ""
    """Natural unit of the number; empty where it is none."""
    rows: tuple[str, ...] = ()
    bounds: tuple[str, ...] = ()
    """Families of constraints that impose it, and families of variables whose bounds or absence do."""
    ranging: Ranging | None = None
    """None: `why_no_ranging` is given."""
    setting: LimitSetting | None = None
    """None: it is no number of the whole plan, or is not relaxed."""
    alone: str = ""
    """Name of the limits that are relaxed together where one sort may suffice; empty: never alone."""
    why_no_price: str = ""
    why_no_relief: str = ""
    why_no_ranging: str = ""
    """Why it has no limit price, is not relaxed in an infeasible problem, or is not ranged; empty where there
    is nothing to explain."""

    @property
    def has_price(self) -> bool:
        """Whether the dual prices of a plan price it."""
        return not self.why_no_price

    @property
    def has_relief(self) -> bool:
        """Whether a change of it is offered where a problem is infeasible."""
        return not self.why_no_relief

    @property
    def section(self) -> str:
        """Part of the problem that holds the number, such as ``pools``."""
        return self.field.partition(".")[0]

    def numbers(self, problem: Problem) -> Any:
        """Read the number of everything that is limited, as the problem holds it."""
        return getattr(getattr(problem, self.section), self.field.partition(".")[2])
