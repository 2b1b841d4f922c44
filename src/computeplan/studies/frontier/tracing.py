"""Traces the frontier of a problem with audited, warm re-solves of one compiled problem."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf
from time import perf_counter

from computeplan.plan.accounting import Accounts
from computeplan.plan.plan import Plan, Solution
from computeplan.planner import Compiled
from computeplan.problem import CarbonBasis, Goal, Problem, Status
from computeplan.solvers import SolverOptions
from computeplan.studies.frontier.frontier import Frontier, Point
from computeplan.studies.frontier.hull import curve_of, neighbors
from computeplan.studies.frontier.search import Optimum, Search

LEAST_PRICE = 1e-4
"""Of the mean cost of a kg: the price that picks the cleanest of the cheapest plans."""
SLIGHT = 0.05
"""Of the mean cost of a kg: prices below it are all alike to the solver."""
USUAL = 1e-3
SMALL_COLUMNS = 5_000
"""Columns of a program that is solved in no time, so that every break point can be found."""
FAR = 3.0
"""Ratio of two prices above which a fresh solve is faster than one from the other's basis."""


def trace(
    problem: Problem,
    options: SolverOptions | None = None,
    *,
    basis: CarbonBasis | None = None,
    tolerance: float | None = None,
    tell: Callable[[str], object] | None = None,
) -> Frontier:
    """Find the cost–carbon frontier of a problem.

    The objective's own goal and carbon cap are left aside; its price is one of those solved.

    Parameters
    ----------
    problem : Problem
    options : SolverOptions, optional
        A time limit holds for all solves together.
    basis : CarbonBasis, optional
        Of the emissions; default: that of the problem's objective.
    tolerance : float
        Largest distance in cost between inner and outer, as a share of the cost range; with 0 the search
        goes on until every break point is found. Default `USUAL`, and 0 for a program of up to
        `SMALL_COLUMNS` columns.
    tell : callable, optional
        Called with what is being done.
    """
    solver = _Solver(problem, options, basis or problem.objective.basis, tell)
    search = Search(solver.solve)
    first = search.at(problem.objective.carbon_price_per_kg if problem.objective.goal is Goal.COST else 0.0)
    if first is not None:
        mean = abs(first.money) / abs(first.emissions_kg) if first.money and first.emissions_kg else 1.0
        solver.slight_price = SLIGHT * mean
        cheapest, cleanest = search.cheapest(LEAST_PRICE * mean), search.at(inf)
        if cheapest and cleanest:
            search.exact = True
            if tolerance is None:
                tolerance = 0.0 if solver.columns <= SMALL_COLUMNS else USUAL
            width = tolerance * max(0.0, cleanest.money - cheapest.money)
            search.between(neighbors(search.found), width)
    return solver.frontier(search, USUAL if tolerance is None else tolerance)


@dataclass
class _Solver:
    """Solves at carbon prices and remembers what each plan is worth."""

    problem: Problem
    options: SolverOptions | None
    basis: CarbonBasis
    tell: Callable[[str], object] | None

    def __post_init__(self) -> None:
        self.slight_price = 0.0
        self.seconds: list[float] = []
        self.first: Plan | None = None
        self.notes: list[str] = []
        self._points: dict[Optimum, Point] = {}
        self._compiled: Compiled | None = None
        self._last_price = 0.0

    @property
    def columns(self) -> int:
        """Columns of the program."""
        return self.first.size.columns if self.first else 0

    def solve(self, price_per_kg: float) -> Optimum | None:
        """Plan at a price, inf for least carbon; None without an audited plan."""
        start = perf_counter()
        plan = self._plan(price_per_kg)
        self.seconds.append(perf_counter() - start)
        self.first = self.first or plan
        solution = plan.solution
        if solution is None or not solution.audit.passed:
            self.notes += _why_not(plan, price_per_kg)
            return None
        optimum = _optimum(solution, price_per_kg, self.basis)
        self._points[optimum] = _point(solution.accounts, self.problem)
        if self.tell:
            self.tell(f"{len(self.seconds)} plans; at {1000 * price_per_kg:,.6g} {self.problem.currency}/t")
        return optimum

    def frontier(self, search: Search, tolerance: float) -> Frontier:
        """Put together what was found."""
        own, status = self.problem.objective, self.first.status if self.first else Status.NO_PLAN
        corners = neighbors(search.found) if search.found else []
        return Frontier(
            name=self.problem.name,
            currency=self.problem.currency,
            basis=self.basis,
            status=status,
            curve=curve_of(search.found) if search.found else None,
            points=tuple(self._points[optimum] for optimum in corners),
            exact=bool(search.found) and search.exact,
            tolerance=tolerance,
            market_price_per_kg=own.carbon_price_per_kg,
            cap_kg=own.carbon_cap_kg,
            seconds=tuple(self.seconds),
            notes=tuple(self.notes),
        )

    def _plan(self, price_per_kg: float) -> Plan:
        problem = self._weighted(price_per_kg)
        if self._compiled is None:
            self._compiled = Compiled(problem, self.options)
        else:
            self._compiled.change(problem, afresh=self._is_far(price_per_kg))
        self._last_price = price_per_kg
        return self._compiled.plan()

    def _is_far(self, price_per_kg: float) -> bool:
        """Whether another price differs so much from the last one that its basis is a hindrance."""
        low, high = sorted((price_per_kg + self.slight_price, self._last_price + self.slight_price))
        return high > FAR * low

    def _weighted(self, price_per_kg: float) -> Problem:
        own = self.problem.objective
        objective = replace(
            own,
            goal=Goal.COST if price_per_kg < inf else Goal.CARBON,
            basis=self.basis,
            carbon_price_per_kg=price_per_kg if price_per_kg < inf else 0.0,
            carbon_cap_kg=inf,
            shortfall=own.allows_shortfall,
        )
        return replace(self.problem, objective=objective)


def _optimum(solution: Solution, price_per_kg: float, basis: CarbonBasis) -> Optimum:
    accounts, bound = solution.accounts, solution.audit.bound
    return Optimum(
        price_per_kg=price_per_kg,
        money=accounts.cost.total + accounts.shortfall_penalty,
        emissions_kg=accounts.emissions_kg.on(basis),
        bound=-inf if bound is None else bound,
    )


def _point(accounts: Accounts, problem: Problem) -> Point:
    return Point(
        cost=accounts.cost.total,
        cost_parts=accounts.cost.parts(),
        shortfall_penalty=accounts.shortfall_penalty,
        shortfall_unit_h=accounts.shortfall_unit_h,
        emissions_t=accounts.emissions_t.bases(),
        site_work_unit_h=dict(zip(problem.sites.names, accounts.sites.work_unit_h.tolist(), strict=True)),
    )


def _why_not(plan: Plan, price_per_kg: float) -> list[str]:
    at = "of least carbon" if price_per_kg == inf else f"at {1000 * price_per_kg:g} {plan.problem.currency}/t"
    if plan.solution is None:
        return [f"{at}: {plan.status} ({plan.solver.detail})"]
    return [f"{at}: the audit failed: {note}" for note in plan.solution.audit.notes]
