"""How far a measure can go within a cost: a search over prices of the measure, each a warm re-solve.

Let c be the objective of a plan, m a measure (for its most: the measure negated) and B the largest cost. At
a price λ > 0 a solve minimizes c + λ m, and the audit's bound D of that holds for every plan, so

    m ≥ (D − B) / λ     for every plan with c ≤ B.

The optima at rising prices are the corners of a convex curve of c over m. Two of them with c ≤ B ≤ c' are
mixed so that the mix costs B; the price at which both are equally good either finds a corner between them or
proves the mix. With whole numbers a mix is no plan: the corner that costs at most B is what is achieved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from logging import getLogger
from math import inf, log, sqrt

import numpy as np

from computeplan.accounts.accounts import Accounts
from computeplan.audit import AuditReport, audit_plan
from computeplan.grouping import Allocation, keep_all
from computeplan.lp import Model, measured_form
from computeplan.prices.bound import dual_bound
from computeplan.problem import Decisions, Floats, Problem, Rates, Status
from computeplan.solvers import SolverOptions, SolverResult
from computeplan.solvers.incremental import Basis, Start
from computeplan.solvers.plan import Plan
from computeplan.solvers.planner import IncrementalPlanner

LOG = getLogger(__package__)

ROUNDING = 1e-9
"""Relative difference of costs that is rounding."""
STEP, LEAST_STEP = 2.0, 1.1
"""Largest and least factor between prices while none is found at which the plan costs more than allowed: far
beyond it a solve takes many times as long."""
CHEAP, CHEAP_STEP = 0.01, 4.0
"""Share of the allowed cost up to which a plan has spent next to nothing of it, and the factor then."""
GROWTH = 3.0
"""Power of the price with which the cost above the optimum was seen to grow."""
CLOSE = 0.1
"""Share of the allowed cost between two corners so near that the price between them is not guessed."""
MOST_SOLVES = 40
"""Of one side; more than has been seen to be needed."""
NEAR = 1.02
"""Ratio of a price without a finite optimum to one with, at which the search ends."""
TINY = 1e-6
"""Share of a price that decides between equally good plans only."""


@dataclass(frozen=True, eq=False)
class Corner:
    """An optimum at a price of the measure."""

    price: float
    """Of the measure, negative where more of it is looked for; 0: the optimum of the problem itself."""
    cost: float
    """Objective of the problem itself."""
    amount: float
    """Of the measure."""
    bound: float
    """No plan has cost + price · amount below it, as the solver says."""
    values: Floats
    """Of the columns."""
    duals: Floats | None
    model: Model
    """Whose columns and rows these are."""
    bases: tuple[Basis | None, ...] = ()
    """Where a solve at a price nearby starts."""


class Prober:
    """Solves one problem with prices on measures; the first solve is the problem itself."""

    def __init__(self, problem: Problem, options: SolverOptions) -> None:
        self.problem, self.options = problem, options
        self.solves = 1
        self._planner = IncrementalPlanner(problem, options.within_stage())
        self._result, self._parts = self._planner.solve()
        self.first = self._planner.complete(self._result, self._parts)
        self._bases = self._last = self._planner.bases()

    @property
    def values(self) -> Floats:
        """Values of the columns of the optimum; none where there is no plan."""
        return np.zeros(0) if self._result.values is None else self._result.values

    @property
    def objective(self) -> float:
        """Objective of the optimum; inf where there is none."""
        return self.first.solution.accounts.objective if self.first.solution else inf

    def optimum(self, rates: Rates) -> Corner:
        """Measure the optimum of the problem itself."""
        self._update(rates, 0.0)
        corner = self._corner(rates, 0.0, self._result, self._bases)
        if corner is None:
            raise ValueError("a problem without a plan has nothing to measure")
        return corner

    def solve(self, rates: Rates, price: float, start: Corner) -> Corner | None:
        """Solve with a price on a measure, from the basis of a corner; None without an optimum."""
        if self.options.is_stopped:
            return None
        self._update(rates, price)
        if start.bases is not self._last and not self.problem.has_integers:
            self._planner.warm_start(Start(start.bases, costs_only=True))
        self.solves += 1
        result, _ = self._planner.solve()
        self._last = self._planner.bases()
        return self._corner(rates, price, result, self._last)

    def certify(self, rates: Rates, corner: Corner) -> float:
        """Recompute the bound of a corner by the audit's code; with whole numbers it is the solver's."""
        if self.problem.has_integers or corner.duals is None:
            return corner.bound
        return dual_bound(self._priced(rates, corner.price), corner.model.prices(corner.duals))

    def check(self, model: Model, values: Floats) -> tuple[Decisions, Accounts, AuditReport]:
        """Audit the plan of some values of a model's columns, class by class."""
        work, decisions = model.decode(values)
        merged = replace(model.problem, objective=self.problem.objective)
        blocks = Allocation(merged, keep_all(merged), work).blocks()
        return decisions, *audit_plan(merged, blocks, decisions, None)

    def complete(self, values: Floats) -> Plan:
        """Make an audited plan of the problem itself, with the optimum's prices as its proof."""
        self._planner.update(self.problem)
        found = replace(self._result, status=Status.FEASIBLE, values=values, objective=None)
        return self._planner.complete(found, self._parts)

    def _update(self, rates: Rates, price: float) -> None:
        self._planner.update(self._priced(rates, price))

    def _priced(self, rates: Rates, price: float) -> Problem:
        objective = replace(self.problem.objective, measured=rates, measure_price=price)
        return replace(self.problem, objective=objective)

    def _corner(
        self, rates: Rates, price: float, result: SolverResult, bases: tuple[Basis | None, ...]
    ) -> Corner | None:
        if result.values is None or result.status not in (Status.OPTIMAL, Status.FEASIBLE):
            return None
        model, own = self._planner.model, self.problem.objective
        money, kg = (
            float(form.coefficients @ result.values) + form.constant
            for form in (model.money, model.emissions)
        )
        form = measured_form(rates, model.lp, model.columns, model.arrivals)
        amount = float(form.coefficients @ result.values) + form.constant
        cost = own.cost_weight * money + own.carbon_weight * kg
        amount += rates.money * money + rates.kg * kg
        proved = result.bound if self.problem.has_integers else cost + price * amount
        if proved is None or (result.status is not Status.OPTIMAL and not self.problem.has_integers):
            proved = -inf
        return Corner(price, cost, amount, proved, result.values, result.row_duals, model, bases)


class Side:
    """The search for the least of a measure within a cost, or for its most.

    `sign`: 1 for the least, −1 for the most; amounts in here are of the measure times it.
    """

    def __init__(self, prober: Prober, rates: Rates, sign: float, most_cost: float) -> None:
        self._prober, self._rates, self._sign, self._most = prober, rates, sign, most_cost
        self._optimum = self._left = prober.optimum(rates)
        self._right: Corner | None = None
        self._proof: Corner | None = None
        self._proved = rates.least if sign > 0 else -inf
        self._price, self._endless, self._done, self._guesses = 0.0, inf, False, True

    @property
    def reached(self) -> float:
        """What the best plan within the cost has of it."""
        return self._sign * self._reached

    @property
    def distance(self) -> float:
        """Between what is reached and what is proved."""
        return max(0.0, self._reached - self._proved)

    def narrow(self, width: float, scale: float) -> None:
        """Search until the distance is at most the width, or nothing more is to be found.

        `scale`: amount of the measure of which the first price is taken.
        """
        for _ in range(MOST_SOLVES):
            if self._done or self.distance <= width:
                return
            price = self._next_price(scale)
            corner = self._solve(price) if price > 0 else None
            if corner is not None:
                self._take(corner, price)
            elif self._right is None and not self._prober.options.is_stopped and price > 0:
                self._endless = price
                self._done = price <= NEAR * self._price
            else:
                self._done = True

    def prove(self, reached: float) -> float:
        """Certify what no plan within the cost goes beyond, by the audit's bound."""
        proved = self._rates.least if self._sign > 0 else -inf
        if self._proof is not None:
            bound = self._prober.certify(self._rates, self._proof)
            proved = max(proved, (bound - self._most) / abs(self._proof.price))
        is_rounding = abs(proved - self._sign * reached) <= 1e-6 * abs(reached)
        return reached if is_rounding else self._sign * proved

    @property
    def values(self) -> Floats:
        """Values of the columns of the best plan: of a mix, or of one corner."""
        share = self._share
        if self._right is None or not share:
            return self._left.values
        return (1.0 - share) * self._left.values + share * self._right.values

    @property
    def corner(self) -> Corner:
        """The best corner within the cost."""
        return self._left

    def _solve(self, price: float) -> Corner | None:
        corner = self._prober.solve(self._rates, self._sign * price, self._nearest(price))
        if corner is not None and len(corner.values) != len(self._left.values):
            # On the market basis the program counts cover only where carbon has a weight.
            start = self._prober.solve(self._rates, self._sign * TINY * price, corner)
            self._left = self._left if start is None else start
        return corner

    def _nearest(self, price: float) -> Corner:
        """Give the corner whose price is next to one."""
        right = self._right
        if right is None or price * price < abs(self._left.price * right.price):
            return self._left
        return right

    def _take(self, corner: Corner, price: float) -> None:
        self._price = price
        proved = (corner.bound - self._most) / price
        if proved > self._proved:
            self._proof, self._proved = corner, proved
        if self._right is not None and not self._guesses:
            line = self._value(self._left, price) - ROUNDING * abs(self._left.cost)
            self._done = self._value(corner, price) >= line
        side = self._right if corner.cost > self._most + ROUNDING * abs(self._most) else self._left
        self._guesses = side is None or abs(corner.cost - side.cost) > ROUNDING * abs(side.cost)
        if side is not self._left:
            self._right = self._right if self._done else corner
        elif self._amount(corner) <= self._amount(self._left):
            self._left = corner

    def _next_price(self, scale: float) -> float:
        if self._right is not None:
            return self._price_between(self._left, self._right)
        if self._endless < inf:
            return sqrt(max(self._price, self._endless / STEP**2) * self._endless)
        left = self._left.cost - self._optimum.cost
        room = max(self._most - self._optimum.cost, 1e-3 * abs(self._optimum.cost)) or 1.0
        if not self._price:
            return room / scale
        if left <= CHEAP * room:
            return self._price * CHEAP_STEP
        return self._price * float(np.clip((room / left) ** (1 / GROWTH), LEAST_STEP, STEP))

    def _price_between(self, left: Corner, right: Corner) -> float:
        """Price at which the plan should cost as much as allowed, or at which two corners are equally good.

        The first is a guess: between far corners it saves solves of plans that cost much more.
        """
        gain = self._amount(left) - self._amount(right)
        room, rise = self._most - self._optimum.cost, right.cost - left.cost
        self._guesses = self._guesses and 0 < CLOSE * room < rise
        if not self._guesses:
            return rise / gain if gain > 0 else 0.0
        growth, low = GROWTH, left.cost - self._optimum.cost
        high, top = right.cost - self._optimum.cost, abs(right.price)
        if low > 0 and 0 < abs(left.price) < top:
            growth = max(log(high / low) / log(top / abs(left.price)), 1.0)
        return float(max(abs(left.price), top * (room / high) ** (1 / growth)))

    @property
    def _share(self) -> float:
        if self._right is None or self._prober.problem.has_integers:
            return 0.0
        room, rise = self._most - self._left.cost, self._right.cost - self._left.cost
        return float(np.clip(room / rise, 0.0, 1.0)) if rise > 0 else 0.0

    @property
    def _reached(self) -> float:
        left = self._amount(self._left)
        if self._right is None:
            return left
        return left + self._share * (self._amount(self._right) - left)

    def _amount(self, corner: Corner) -> float:
        return self._sign * corner.amount

    def _value(self, corner: Corner, price: float) -> float:
        return corner.cost + price * self._amount(corner)
