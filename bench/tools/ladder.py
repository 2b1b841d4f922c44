"""What is measured: sizes, tools, forms and the method of HiGHS."""

from __future__ import annotations

from dataclasses import dataclass

import instance

TOOLS = ("pulp", "linopy", "pyomo", "cvxpy")
METHOD = {"N": "simplex", "A": "ipm"}
"""The faster of HiGHS's methods from 1e5 variables on; the page has bare arrays by the other one too."""
OTHER = {"N": "ipm", "A": "simplex"}
BUILD_ONLY = "build"


@dataclass(frozen=True)
class Variant:
    """One way of writing the problem in one tool."""

    tool: str
    form: str
    by_other_method: bool = False


BARE, OTHER_BARE = Variant("arrays", "bare"), Variant("arrays", "bare", by_other_method=True)
UNMERGED, PLANNED = Variant("computeplan", "unmerged"), Variant("computeplan", "planned")
FAST = tuple(Variant(tool, "fast") for tool in TOOLS)
IDIOMATIC = tuple(Variant(tool, "idiomatic") for tool in TOOLS)
EVERY = (BARE, UNMERGED, PLANNED, *(v for pair in zip(FAST, IDIOMATIC, strict=True) for v in pair))
LEAN = (BARE, PLANNED, Variant("linopy", "fast"), Variant("cvxpy", "fast"), Variant("cvxpy", "idiomatic"))
"""Who builds a few million variables within the limits."""


@dataclass(frozen=True)
class Rung:
    """A size and family, who runs it and how often; `solves` is false where nothing but building is timed."""

    companies: int
    hours: int
    family: str
    variants: tuple[Variant, ...]
    runs: int
    solves: bool = True

    @property
    def title(self) -> str:
        n = self.companies * instance.SITES * self.hours
        size = f"{self.companies:,} companies × {instance.SITES} sites × {self.hours} h"
        doing = "solved" if self.solves else "built and handed over"
        return f"{n:,} allocation variables ({size}), family {self.family}, {doing}"

    def method(self, variant: Variant) -> str:
        """Return what the variant's script is told to do."""
        if not self.solves:
            return BUILD_ONLY
        return (OTHER if variant.by_other_method else METHOD)[self.family]


def name(variant: Variant, rung: Rung) -> str:
    """Return how a row is called."""
    end = f", by {rung.method(variant)}" if variant.by_other_method else ""
    return f"{variant.tool}, {variant.form}{end}"


TINY = tuple(Rung(42, 24, family, (*EVERY, OTHER_BARE), 3) for family in "NA")
LADDER = (
    *TINY,
    *(Rung(60, 168, family, (*EVERY, OTHER_BARE), 3) for family in "NA"),
    Rung(595, 168, "A", tuple(v for v in EVERY if v != PLANNED), 5, solves=False),
    *(Rung(595, 168, family, (*EVERY, OTHER_BARE), 1) for family in "NA"),
    *(Rung(1_500, 168, family, LEAN, 1) for family in "NA"),
    *(Rung(17_200, 168, family, (PLANNED,), 3) for family in "NA"),
)
