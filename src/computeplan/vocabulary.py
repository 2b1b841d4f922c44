"""Words that a config, an option or a call may choose between.

Each list is written here once. The module needs the standard library alone, so that ``--help`` can show the
choices without importing what acts on them.
"""

from __future__ import annotations

from enum import StrEnum


class CarbonBasis(StrEnum):
    """How emissions of electricity are counted.

    ``location``: the grid's factor on all energy. ``market``: contracts count as bought, over the
    whole horizon. ``hourly``: only contract energy used in the period it is generated counts.
    """

    LOCATION = "location"
    MARKET = "market"
    HOURLY = "hourly"


class Method(StrEnum):
    """Algorithm for a linear program; ``auto`` chooses by its shape."""

    AUTO = "auto"
    SIMPLEX = "simplex"
    IPM = "ipm"


class PlanForm(StrEnum):
    """How a plan for several scenarios is found: one program of all, or one for each and what they share."""

    AUTO = "auto"
    EXTENSIVE = "extensive"
    DECOMPOSITION = "decomposition"


class FirstDecision(StrEnum):
    """Decisions that can be made before it is known which scenario comes."""

    BOOKINGS = "bookings"
    CONTRACTS = "contracts"
    LEASES = "leases"
    NEW_UNITS = "new_units"
    OPENINGS = "openings"
    FIXED_PLACEMENTS = "fixed_placements"


class RiskMeasure(StrEnum):
    """What counts of the costs of several scenarios.

    ``expected``: their mean. ``cvar``: the mean of the worst ones (conditional value at risk). ``worst``: the
    highest. ``regret``: the highest excess over what the scenario would cost if it had been known.
    """

    EXPECTED = "expected"
    CVAR = "cvar"
    WORST = "worst"
    REGRET = "regret"


class Policy(StrEnum):
    """Simple ways to plan.

    ``all_local``: no work leaves its zone. ``cheapest_first``, ``greenest_first``: work is taken as it comes
    and put where a unit·h costs or emits least, as long as there is room, nothing shifted in time.
    ``no_deferral``: the best plan if nothing waits. ``cost_only``: the best plan if carbon has neither price
    nor cap. ``carbon_only``: least carbon, then least cost.
    """

    ALL_LOCAL = "all_local"
    CHEAPEST_FIRST = "cheapest_first"
    GREENEST_FIRST = "greenest_first"
    NO_DEFERRAL = "no_deferral"
    COST_ONLY = "cost_only"
    CARBON_ONLY = "carbon_only"


class DesignKind(StrEnum):
    """How the points of a sweep are chosen; ``list`` is a table of points."""

    GRID = "grid"
    ONE_AT_A_TIME = "one-at-a-time"
    LATIN_HYPERCUBE = "latin-hypercube"
    MONTE_CARLO = "monte-carlo"
    LIST = "list"

    @property
    def is_random(self) -> bool:
        """Whether points are drawn."""
        return self in (DesignKind.LATIN_HYPERCUBE, DesignKind.MONTE_CARLO)


class SubjectKind(StrEnum):
    """What in a plan can be explained."""

    WORKLOAD = "workload"
    COMPANY = "company"
    SITE = "site"
    POOL = "pool"
    CONTRACT = "contract"
    LINK = "link"
    HOUR = "hour"


class Language(StrEnum):
    """Languages of a report."""

    EN = "en"
    ZH = "zh"


class Fill(StrEnum):
    """How values that are missing between others are made up: on a line, or as the last one before."""

    LINEAR = "linear"
    HOLD = "hold"


class ShareMethod(StrEnum):
    """How the cost of a plan is shared among groups of companies.

    ``average``: everybody pays the mean price of what is used. ``marginal``: the duals of the own demand;
    rents go to owners (Owen). ``least-core``: of the bills by which no coalition pays much more than alone,
    the nearest to the average one. ``nucleolus``: the bill with the least complaints of all coalitions.
    ``shapley``: what each group adds to the cost, on average over all orders in which groups may come.
    """

    AVERAGE = "average"
    MARGINAL = "marginal"
    LEAST_CORE = "least-core"
    NUCLEOLUS = "nucleolus"
    SHAPLEY = "shapley"


class System(StrEnum):
    """What a plan can be written for: systems that run work, any other by curves of capacity, a bill."""

    KUEUE = "kueue"
    KARMADA = "karmada"
    KUBERNETES = "kubernetes"
    SLURM = "slurm"
    SKYPILOT = "skypilot"
    CAPACITY = "capacity"
    FOCUS = "focus"
