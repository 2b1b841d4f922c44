"""What one more and one less of every limit is worth: at the margin, and by solving again.

The dual price of a limit is the change of the objective with it. Where the optimum has a kink at the present
limit, any price between those of its two sides is dual, and the one that a solver gives says little: so each
limit is moved a little up and down, and solved. A step of the asked size shows how soon the worth fades.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from computeplan.plan.audit.bound import dual_bound
from computeplan.plan.plan import Solution
from computeplan.plan.scarcity import Limit, scarcities
from computeplan.planner import Compiled
from computeplan.problem import Bools, Floats, Prices, Problem, Term
from computeplan.solvers import SolverOptions
from computeplan.studies.ranging.tight import uses

SLIGHT = 1e-4
"""Share of a limit that is moved to see the worth of its two sides."""
PLACES = {
    Limit.CAPACITY: ("pools", "availability"),
    Limit.BOOKABLE: ("pools", "max_units"),
    Limit.IMPORT: ("grid", "import_limit_kw"),
    Limit.CONTRACT: ("contracts", "available_kw"),
    Limit.LINK: ("network", "bandwidth_gb_per_h"),
    Limit.CAP: ("caps", "limit"),
}
"""Where in the problem each limit stands, but for the carbon cap."""
NOTHING = 1e-10
"""Change of the objective, relative to it, that is rounding."""
ALIKE = 0.01
"""Relative difference of two worths below which they are one."""


@dataclass(frozen=True)
class ShadowPrice:
    """The worth of a limit, in objective units (currency, or kg for the goal ``carbon``).

    Attributes
    ----------
    limit : Limit
    name : str
        What is limited.
    unit : str
        Such as ``unit·h``, ``kWh`` or ``GB``.
    amount : float
        The limit over the horizon, in that unit, where it binds.
    marginal : float
        What one unit more saves, by the dual prices, in the mean over all of it and with its idle power.
    more, less : float, optional
        What one unit more saves and one less costs, found by a slight change.
    step : float
        Share of the limit by which it is raised and lowered.
    step_saves, step_costs : float, optional
        What the whole step up saves and the step down costs, solved.
    solved : bool
        Whether the limit was moved; if so, what is absent above has no plan.
    """

    limit: Limit
    name: str
    unit: str
    amount: float
    marginal: float
    more: float | None
    less: float | None
    step: float
    step_saves: float | None
    step_costs: float | None
    solved: bool

    @property
    def is_unique(self) -> bool | None:
        """Whether the dual price holds on both sides; None where that is not known."""
        if not self.solved:
            return None
        sides = [side for side in (self.more, self.less) if side is not None]
        largest = max(abs(self.marginal), *map(abs, sides)) if sides else 0.0
        return len(sides) == 2 and all(abs(side - self.marginal) <= ALIKE * largest for side in sides)

    @property
    def step_marginal(self) -> float:
        """What the step would save if the marginal worth held."""
        return self.marginal * self.amount * self.step


def shadow_prices(
    problem: Problem,
    options: SolverOptions | None = None,
    *,
    solved: int = 8,
    step: float = 0.1,
    tell: Callable[[str], object] | None = None,
) -> tuple[ShadowPrice, ...]:
    """Price the limits that are worth most.

    Parameters
    ----------
    problem : Problem
    options : SolverOptions, optional
    solved : int
        Limits, those of largest worth, that are moved and solved; each takes four solves.
    step : float
        Share of a limit by which it is raised and lowered.
    tell : callable, optional
        Called with what is being done.

    Returns
    -------
    tuple of ShadowPrice
        Every limit that binds, the largest worth first; empty without a plan or dual prices. One that is used
        in full without a dual price is among them if a solve finds it worth something.
    """
    compiled = Compiled(problem, options)
    solution = compiled.plan().solution
    if solution is None or solution.prices is None:
        return ()
    duals, base = solution.prices, solution.audit.objective
    prices = []
    for place, bound in enumerate(_binding(problem, solution, duals)):
        changes: list[float | None] = []
        if place < solved:
            if tell:
                tell(f"{bound.limit} {bound.name}")
            factors = (1 + SLIGHT, 1 - SLIGHT, 1 + step, 1 - step)
            changes = [_change(compiled, bound.relaxed(problem, factor), base) for factor in factors]
        elif not bound.worth:
            continue
        raised = bound.relaxed(problem, 2.0)
        marginal = dual_bound(problem, duals) - dual_bound(raised, duals)
        prices.append(_price(bound, marginal, changes, step))
    return tuple(price for price in prices if _counts(price, base))


@dataclass(frozen=True, eq=False)
class _Bound:
    """A limit that binds, or is used in full.

    Attributes
    ----------
    limit : Limit
    name, unit : str
    thing : int
        Index among the limits of this kind.
    when : (T,) or (1,)
        Periods in which it binds.
    amount : float
        The limit over the real time in which it binds.
    worth : float
        Dual price × limit; 0 where it is only used in full.
    """

    limit: Limit
    name: str
    unit: str
    thing: int
    when: Bools
    amount: float
    worth: float

    def relaxed(self, problem: Problem, factor: float) -> Problem:
        """Multiply the limit where it binds."""
        if self.limit is Limit.CARBON:
            cap_kg = problem.objective.carbon_cap_kg * factor
            return replace(problem, objective=replace(problem.objective, carbon_cap_kg=cap_kg))
        (section, field), thing = PLACES[self.limit], self.thing
        if self.limit is Limit.BOOKABLE:
            thing = int(np.flatnonzero(problem.pools.term == Term.RESERVED)[thing])
        part = getattr(problem, section)
        scaled = _scaled(getattr(part, field), thing, self.when, factor)
        return replace(problem, **{section: replace(part, **{field: scaled})})


def _binding(problem: Problem, solution: Solution, prices: Prices) -> list[_Bound]:
    """Find what binds, the largest worth first, then what is used in full without a price."""
    bounds = []
    found = uses(problem, solution)
    # Policies, and the most of what the plan chooses, are priced but not ranged.
    for scarcity in (each for each in scarcities(problem, prices) if each.limit in found):
        full, most = found[scarcity.limit].is_full, found[scarcity.limit].most
        for thing in np.flatnonzero((scarcity.worth > 0) | full.any(axis=1)).tolist():
            priced = scarcity.price[thing] > 0
            when = priced if priced.any() else full[thing]
            weight = problem.horizon.weight if len(when) > 1 else np.ones(1)
            amount = float((weight * most[thing])[when].sum())
            names = scarcity.names[thing], scarcity.units[thing]
            bounds.append(_Bound(scarcity.limit, *names, thing, when, amount, float(scarcity.worth[thing])))
    return sorted(bounds, key=lambda bound: (-bound.worth, -bound.amount))


def _counts(price: ShadowPrice, base: float) -> bool:
    """Whether a limit is worth anything, up or down."""
    if not price.solved or price.less is None or price.more is None:
        return True
    least = NOTHING * max(1e-9, abs(base)) / (SLIGHT * price.amount)
    return max(abs(price.marginal), abs(price.more), abs(price.less)) > least


def _price(bound: _Bound, marginal: float, changes: Sequence[float | None], step: float) -> ShadowPrice:
    """Put together what all of a limit is worth at the margin and what four changes of it came to."""
    more, less, up, down = changes or (None,) * 4
    slight = SLIGHT * bound.amount
    return ShadowPrice(
        limit=bound.limit,
        name=bound.name,
        unit=bound.unit,
        amount=bound.amount,
        marginal=marginal / bound.amount,
        more=None if more is None else -more / slight,
        less=None if less is None else less / slight,
        step=step,
        step_saves=None if up is None else -up,
        step_costs=down,
        solved=bool(changes),
    )


def _change(compiled: Compiled, problem: Problem, base: float) -> float | None:
    """Change of the objective in another problem."""
    compiled.change(problem)
    solution = compiled.plan().solution
    return None if solution is None or not solution.audit.passed else solution.audit.objective - base


def _scaled(values: Floats, thing: int, when: Bools, factor: float) -> Floats:
    """Multiply the values of one thing, only in some periods if it has them."""
    scaled = values.copy()
    if values.ndim == 1:
        scaled[thing] *= factor
    else:
        scaled[thing, np.broadcast_to(when, values.shape[1:])] *= factor
    return scaled
