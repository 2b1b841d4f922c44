"""Trace a frontier: a weighted-sum search over audited, warm re-solves of one planner problem.

Between two neighbors the price at which both are equally good is solved. If no plan is better there, the
straight line between them is the frontier, exactly; else the new plan lies below it and is a new neighbor of
both. It ends where nothing new comes, or where the tangents are within the tolerance of the line.

With whole numbers this finds the plans that are best at some carbon price. Others, best only under a cap, lie
above the lines between them: these are looked for by solving under caps in the widest steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from logging import getLogger
from math import inf
from time import perf_counter

from computeplan.accounts.accounts import Accounts
from computeplan.problem import KG_PER_T, CarbonBasis, Goal, Problem, Status
from computeplan.solvers import SolverOptions
from computeplan.solvers.plan import Plan
from computeplan.solvers.planner import IncrementalPlanner
from computeplan.studies.frontier.curve import ALIKE, EXACT, FrontierPoint, Optimum, curve_of, neighbors
from computeplan.studies.frontier.frontier import Frontier
from computeplan.text import counted

LOG = getLogger(__package__)

MOST_CAPS = 12
"""Solves under caps, where plans have whole numbers."""
END_ROUNDS = 12
"""Solves for the end of least cost; more than it has been seen to take."""
LEAST_PRICE = 1e-4
"""Of the average cost of a kg: the price that picks the cleanest of the cheapest plans."""
SLIGHT = 0.05
"""Of the average cost of a kg: prices below it are all alike to the solver."""
USUAL = 1e-3
SMALL_COLUMNS = 5_000
"""Columns of a program that is solved so fast that every break point can be found."""
FAR = 3.0
"""Ratio of two prices above which a fresh solve is faster than a warm start."""


def trace(
    problem: Problem,
    options: SolverOptions | None = None,
    *,
    basis: CarbonBasis | None = None,
    tolerance: float | None = None,
    caps_t: Sequence[float] = (),
    prices_per_t: Sequence[float] = (),
) -> Frontier:
    """Find the cost–carbon frontier of a problem.

    The objective's own goal and carbon cap do not count; its price is one of those solved.

    `options`: a time limit holds for each solve. `basis`: of the emissions; default: that of the problem's
    objective. `tolerance`: largest distance in cost between inner and outer, as a share of the cost range;
    with 0 the search goes on until every break point is found. Default `USUAL`, and 0 for a program of up to
    `SMALL_COLUMNS` columns. `caps_t`, `prices_per_t`: carbon caps and prices that are solved too where plans
    have whole numbers, so that what is read off there is the best plan and not only the best of those found.
    Once it is to stop, the frontier is that of the plans found until then.
    """
    solver = _FrontierSolver(problem, options, basis or problem.objective.basis)
    search = Search(solver.solve)
    first = search.solve_at(
        problem.objective.carbon_price_per_kg if problem.objective.goal is Goal.COST else 0.0
    )
    if first is not None:
        mean = abs(first.money) / abs(first.emissions_kg) if first.money and first.emissions_kg else 1.0
        solver.slight_price = SLIGHT * mean
        cheapest, cleanest = search.find_cheapest(LEAST_PRICE * mean), search.solve_at(inf)
        if cheapest and cleanest:
            search.exact = True
            if tolerance is None:
                tolerance = 0.0 if solver.columns <= SMALL_COLUMNS else USUAL
            width = tolerance * max(0.0, cleanest.money - cheapest.money)
            search.refine(neighbors(search.found), width)
            if solver.whole_numbers:
                for price_per_t in prices_per_t:
                    search.solve_at(price_per_t / KG_PER_T)
                search.solve_caps(
                    (*solver.own_cap_kg, *(KG_PER_T * cap for cap in caps_t)), solver.solve_under
                )
                search.fill_steps(solver.solve_under, width)
    return solver.frontier(search, USUAL if tolerance is None else tolerance)


@dataclass
class _FrontierSolver:
    """Solves at carbon prices and keeps cost and emissions of each plan."""

    problem: Problem
    options: SolverOptions | None
    basis: CarbonBasis

    def __post_init__(self) -> None:
        self.slight_price = 0.0
        self.seconds: list[float] = []
        self.first: Plan | None = None
        self.notes: list[str] = []
        self._planner: IncrementalPlanner | None = None
        self._last_price = 0.0

    @property
    def columns(self) -> int:
        """Columns of the program."""
        return self.first.size.columns if self.first else 0

    @property
    def whole_numbers(self) -> bool:
        """Whether plans have whole numbers, which a basis with negative factors can make necessary."""
        return self._problem_at(0.0, inf).has_integers

    @property
    def own_cap_kg(self) -> tuple[float, ...]:
        """The problem's own cap, if it has one on this basis."""
        own = self.problem.objective
        return (own.carbon_cap_kg,) if own.carbon_cap_kg < inf and own.basis is self.basis else ()

    def solve(self, price_per_kg: float) -> Optimum | None:
        """Plan at a price, inf for least carbon; None without an audited plan."""
        return self._solve(price_per_kg, inf)

    def solve_under(self, cap_kg: float) -> Optimum | None:
        """Plan at least cost under a cap on emissions; None without an audited plan."""
        return self._solve(0.0, cap_kg)

    def _solve(self, price_per_kg: float, cap_kg: float) -> Optimum | None:
        options = self.options or SolverOptions()
        if options.is_stopped and self.seconds:
            return None
        asked = _asked(price_per_kg, cap_kg, self.problem.currency)
        stage = f"tracing on basis {self.basis}: {counted(len(self.seconds), 'plan')}, then one {asked}"
        options.enter(stage, LOG, ends_soon=bool(self.seconds))
        start = perf_counter()
        plan = self._plan(price_per_kg, cap_kg)
        self.seconds.append(perf_counter() - start)
        self.first = self.first or plan
        if plan.solution is None or not plan.solution.audit.passed:
            self.notes += _why_not(plan, price_per_kg, cap_kg)
            return None
        accounts, bound = plan.solution.accounts, plan.solution.audit.bound
        return Optimum(
            price_per_kg=price_per_kg,
            money=accounts.cost.total + accounts.shortfall_penalty,
            emissions_kg=accounts.emissions_kg.on(self.basis),
            bound=-inf if bound is None else bound,
            cap_kg=cap_kg,
            point=_point(accounts, self.problem),
        )

    def frontier(self, search: Search, tolerance: float) -> Frontier:
        """Build the frontier of all optima."""
        own, status = self.problem.objective, self.first.status if self.first else Status.NO_PLAN
        whole = self.whole_numbers
        corners = neighbors(search.found, whole_numbers=whole) if search.found else []
        return Frontier(
            name=self.problem.name,
            currency=self.problem.currency,
            basis=self.basis,
            status=status,
            curve=curve_of(search.found, whole_numbers=whole) if search.found else None,
            points=tuple(optimum.point for optimum in corners if optimum.point),
            exact=bool(search.found) and search.exact and not whole,
            tolerance=tolerance,
            market_price_per_t=KG_PER_T * own.carbon_price_per_kg,
            cap_t=own.carbon_cap_kg / KG_PER_T if own.carbon_cap_kg < inf else None,
            seconds=tuple(self.seconds),
            notes=tuple(self.notes),
        )

    def _plan(self, price_per_kg: float, cap_kg: float) -> Plan:
        problem = self._problem_at(price_per_kg, cap_kg)
        if self._planner is None:
            self._planner = IncrementalPlanner(problem, self.options and self.options.within_stage())
        else:
            self._planner.update(problem, afresh=self._is_far(price_per_kg))
        self._last_price = price_per_kg
        return self._planner.plan()

    def _is_far(self, price_per_kg: float) -> bool:
        """Whether a price differs so much from the last one that a warm start would be slower."""
        low, high = sorted((price_per_kg + self.slight_price, self._last_price + self.slight_price))
        return high > FAR * low

    def _problem_at(self, price_per_kg: float, cap_kg: float) -> Problem:
        own = self.problem.objective
        objective = replace(
            own,
            goal=Goal.COST if price_per_kg < inf else Goal.CARBON,
            basis=self.basis,
            carbon_price_per_kg=price_per_kg if price_per_kg < inf else 0.0,
            carbon_cap_kg=cap_kg,
            shortfall=own.allows_shortfall,
        )
        return replace(self.problem, objective=objective)


def _point(accounts: Accounts, problem: Problem) -> FrontierPoint:
    return FrontierPoint(
        cost=accounts.cost.total,
        cost_parts=accounts.cost.parts(),
        shortfall_penalty=accounts.shortfall_penalty,
        shortfall_unit_h=accounts.shortfall_unit_h,
        emissions_t=accounts.emissions_t.bases(),
        site_work_unit_h=dict(zip(problem.sites.names, accounts.sites.work_unit_h.tolist(), strict=True)),
    )


def _why_not(plan: Plan, price_per_kg: float, cap_kg: float) -> list[str]:
    if cap_kg < inf and plan.status is Status.INFEASIBLE:
        return []
    asked = _asked(price_per_kg, cap_kg, plan.problem.currency)
    if plan.solution is None:
        return [f"{asked}: {plan.status} ({plan.solver.detail})"]
    return [f"{asked}: the audit failed: {note}" for note in plan.solution.audit.notes]


def _asked(price_per_kg: float, cap_kg: float, currency: str) -> str:
    """Say which plan is asked for."""
    if cap_kg < inf:
        return f"under {cap_kg / KG_PER_T:,.6g} t"
    return "of least carbon" if price_per_kg == inf else f"at {KG_PER_T * price_per_kg:,.6g} {currency}/t"


Solve = Callable[[float], Optimum | None]
"""Returns the optimum at a price, or under a cap in kg; None if there is none within the time limit."""


@dataclass
class Search:
    """Search for the optima of a frontier; `found` holds all that were solved."""

    solve: Solve
    found: list[Optimum] = field(default_factory=list)
    exact: bool = True

    def solve_at(self, price_per_kg: float) -> Optimum | None:
        """Solve at a price and keep the optimum."""
        optimum = self.solve(price_per_kg)
        if optimum is None:
            self.exact = False
        else:
            self.found.append(optimum)
        return optimum

    def find_cheapest(self, least_price_per_kg: float) -> Optimum | None:
        """Find the least cost, and the cleanest plan of that cost by a price that is next to nothing."""
        free, near = self.solve_at(0.0), self.solve_at(least_price_per_kg)
        for _ in range(END_ROUNDS):
            if free is None or near is None or near.money <= free.money + ALIKE * abs(free.money):
                return near or free
            saved_kg = free.emissions_kg - near.emissions_kg
            if saved_kg <= ALIKE * abs(free.emissions_kg):
                return free
            here = self.solve_at((near.money - free.money) / saved_kg)
            if here is None or not _is_below(here, free, near):
                return free
            near = here
        return free

    def refine(self, known: Sequence[Optimum], tolerance: float) -> None:
        """Search between neighbors, beginning at least carbon, so that prices change little between solves.

        A pair is close enough where line and tangents are within a tolerance, in money.
        """
        pairs = list(pairwise(known))
        while pairs:
            left, right = pairs.pop()
            new = self._inside(left, right, tolerance)
            if new is not None:
                pairs += [(left, new), (new, right)]

    def solve_caps(self, caps_kg: Sequence[float], solve_under: Solve) -> None:
        """Solve under given caps, which weighted sums need not meet."""
        self.found += [optimum for cap in caps_kg if (optimum := solve_under(cap))]

    def fill_steps(self, solve_under: Solve, tolerance: float) -> None:
        """Solve under caps in the widest steps, until staircase and bounds are that close, in money."""
        for _ in range(MOST_CAPS):
            distance, cap_kg = curve_of(self.found, whole_numbers=True).widest_step
            optimum = solve_under(cap_kg) if distance > max(tolerance, _rounding(self.found[0])) else None
            if optimum is None:
                return
            self.found.append(optimum)

    def _inside(self, left: Optimum, right: Optimum, tolerance: float) -> Optimum | None:
        """Find a plan below the line between two; None where there is none, or none that matters."""
        saved_kg, dearer = left.emissions_kg - right.emissions_kg, right.money - left.money
        distance = _distance(left, right)
        if saved_kg <= ALIKE * abs(left.emissions_kg) or dearer <= 0 or distance <= _rounding(left):
            return None
        if distance <= tolerance:
            self.exact = False
            return None
        here = self.solve_at(dearer / saved_kg)
        if here is None or _is_below(here, left, right):
            return here
        self.exact &= here.bound >= left.at(here.price_per_kg) - 2 * _rounding(left)
        return None


def _rounding(optimum: Optimum) -> float:
    return EXACT * abs(optimum.money)


def _is_below(here: Optimum, left: Optimum, right: Optimum) -> bool:
    """Whether a plan lies below the line between two, at whose price it was solved."""
    price, rounding = here.price_per_kg, _rounding(left)
    return here.at(price) < min(left.at(price), right.at(price)) - rounding


def _distance(left: Optimum, right: Optimum) -> float:
    """Largest cost between the line through two optima and what their tangents leave possible."""
    saved_kg = left.emissions_kg - right.emissions_kg
    if right.price_per_kg == inf:
        bend_kg = right.bound
    elif right.price_per_kg > left.price_per_kg:
        bend_kg = (right.bound - left.bound) / (right.price_per_kg - left.price_per_kg)
    else:
        return 0.0
    bend_kg = min(max(bend_kg, right.emissions_kg), left.emissions_kg)
    share = (left.emissions_kg - bend_kg) / saved_kg if saved_kg > 0 else 0.0
    return left.money + share * (right.money - left.money) - left.line(bend_kg)
