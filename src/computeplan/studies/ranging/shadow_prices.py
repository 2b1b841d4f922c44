"""What easing and tightening every limit saves and costs: at the margin, and by solving again.

The dual price of a limit is the change of the objective with it. Where the optimum has a kink at the present
limit, any price between those of its two sides is dual, and the one that a solver gives says little: so each
limit is moved a little both ways, and solved. A step of the size asked for shows how soon the saving fades.

A limit that is used in full may have no dual price: where it is met exactly, nothing or anything up to a
point may be one, and a solver that says 0 hides that one less would cost. So such limits are moved too.

With whole numbers the optimum jumps and nothing holds at the margin: there are no dual prices, and a slight
change says nothing of the next unit. Then only the steps are solved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from logging import getLogger
from typing import Any

import numpy as np

from computeplan.accounts.capacity import it_energy_kwh, paid_unit_h, use_of_caps
from computeplan.accounts.limits import LimitedThings, limited_things
from computeplan.prices.bound import dual_bound
from computeplan.prices.limits import limit_prices
from computeplan.problem import Bools, Floats, Prices, Problem
from computeplan.problem.limits import LIMITS, LimitKind
from computeplan.solvers import SolverOptions
from computeplan.solvers.options import PROVEN
from computeplan.solvers.plan import Solution
from computeplan.solvers.planner import IncrementalPlanner

LOG = getLogger(__package__)

SLIGHT = 1e-4
"""Share of a limit by which it is moved to see its two sides."""
NOTHING = 1e-10
"""Change of the objective, relative to it, that is rounding."""
ALIKE = 0.01
"""Relative difference of two prices below which they are one."""
FULL = 1e-9
"""Share of a limit that may be left where it counts as used in full."""


@dataclass(frozen=True)
class ShadowPrice:
    """What a limit costs, in objective units (currency, or kg for the goal ``carbon``).

    A limit is eased by raising it, and one that is a least amount by lowering it.
    """

    limit: LimitKind
    name: str
    """What is limited."""
    unit: str
    """Such as ``unit·h``, ``kWh`` or ``GB``."""
    amount: float
    """The limit over the horizon, in that unit, where it binds."""
    is_floor: bool
    """Whether it is a least amount."""
    marginal: float | None
    """What easing by one unit saves, by the dual prices, on average over all of it and with its idle power;
    None with whole numbers."""
    more: float | None
    less: float | None
    """What easing by one unit saves and tightening by one costs, found by a slight change."""
    step: float
    """Share of the limit by which it is eased and tightened."""
    step_saves: float | None
    step_costs: float | None
    """What the whole step of easing saves and of tightening costs, solved."""
    solved: bool
    """Whether the limit was moved; if so, what is absent above has no plan, `more`, `less` and `marginal`
    with whole numbers aside."""
    whole_numbers: bool
    """Whether the program has whole numbers, so that only the steps are solved."""

    @property
    def is_unique(self) -> bool | None:
        """Whether the dual price holds on both sides; None where that is not known."""
        if not self.solved or self.marginal is None:
            return None
        sides = [side for side in (self.more, self.less) if side is not None]
        largest = max(abs(self.marginal), *map(abs, sides)) if sides else 0.0
        return len(sides) == 2 and all(abs(side - self.marginal) <= ALIKE * largest for side in sides)

    @property
    def step_marginal(self) -> float | None:
        """What the step would save if the marginal price held."""
        return None if self.marginal is None else self.marginal * self.amount * self.step


def shadow_prices(
    problem: Problem,
    options: SolverOptions | None = None,
    *,
    solved: int = 8,
    step: float = 0.1,
) -> tuple[ShadowPrice, ...]:
    """Price every limit that binds, the highest value first.

    One that is used in full without a dual price is among them if a solve finds a change of the objective.
    There are none without a plan, and without dual prices where the solver could give some.

    `solved`: limits, those of the highest value, that are moved and solved; each takes four solves, two with
    whole numbers. `step`: share of a limit by which it is eased and tightened.
    """
    options = options or SolverOptions()
    planner, whole = IncrementalPlanner(problem, options.within_stage()), problem.has_integers
    solution = planner.plan().solution
    if solution is None or (solution.prices is None and not whole):
        return ()
    base, prices = solution.audit.objective, list[ShadowPrice]()
    for place, bound in enumerate(binding_limits(problem, solution)):
        changes: tuple[float | None, ...] = ()
        if place < solved and bound.amount:
            options.enter(f"moving limits: {bound.kind} {bound.name}", LOG, ends_soon=True)
            shares = (step, -step) if whole else (SLIGHT, -SLIGHT, step, -step)
            changes = tuple(_change(planner, bound.ease(problem, share), base) for share in shares)
        elif not bound.value and (not whole or place < solved):
            continue
        if options.is_stopped:
            break
        marginal = None if solution.prices is None else _marginal(problem, bound, solution.prices)
        prices.append(_price(bound, marginal, changes, step, whole_numbers=whole))
    return tuple(price for price in prices if _matters(price, base))


STEP = 0.1
"""Share by which a limit is eased to show what that saves."""


@dataclass(frozen=True)
class EasedLimit:
    """What easing a limit by `STEP` saves."""

    kind: LimitKind
    name: str
    """What is limited."""
    unit: str
    saved: float
    """In objective units, solved."""


def ease_limits(
    problem: Problem, solution: Solution, options: SolverOptions | None, most: int
) -> tuple[EasedLimit, ...]:
    """Ease each of the limits of highest value by `STEP`, as far as it binds, and solve."""
    chosen = [each for each in binding_limits(problem, solution) if each.amount]
    chosen = [each for each in chosen if each.value or problem.has_integers][:most]
    found = list[EasedLimit]()
    planner: IncrementalPlanner | None = None
    for limit in chosen:
        eased = limit.ease(problem, STEP)
        if planner:
            planner.update(eased)
        planner = planner or IncrementalPlanner(eased, options)
        made = planner.plan().solution
        if made is not None and made.audit.passed:
            saved = max(solution.audit.objective - made.audit.objective, 0.0)
            found.append(EasedLimit(limit.kind, limit.name, limit.unit, saved))
    return tuple(found)


def _marginal(problem: Problem, bound: BindingLimit, prices: Prices) -> float:
    """Find what easing by one unit saves, by the dual prices."""
    ranging = LIMITS[bound.kind].ranging
    if ranging is None or not ranging.is_convex or not bound.amount:
        return bound.price
    # Easing all of a limit by itself moves the bound in a straight line, idle power included.
    return (dual_bound(problem, prices) - dual_bound(bound.ease(problem, 1.0), prices)) / bound.amount


def _matters(price: ShadowPrice, base: float) -> bool:
    """Whether moving a limit either way changes anything."""
    size = max(1e-9, abs(base))
    if price.whole_numbers:
        steps = (price.step_saves, price.step_costs)
        return not price.solved or any(side is None or abs(side) > 2 * PROVEN * size for side in steps)
    if not price.solved or price.less is None or price.more is None:
        return True
    least = NOTHING * size / (SLIGHT * price.amount)
    return max(abs(price.marginal or 0.0), abs(price.more), abs(price.less)) > least


def _price(
    bound: BindingLimit,
    marginal: float | None,
    changes: Sequence[float | None],
    step: float,
    *,
    whole_numbers: bool,
) -> ShadowPrice:
    """Put together the dual price of a limit and the solved changes."""
    more = less = None
    up, down = changes[-2:] or (None, None)
    if len(changes) == 4 and bound.amount:
        slight = SLIGHT * bound.amount
        more, less = (None if each is None else each / slight for each in changes[:2])
    return ShadowPrice(
        limit=bound.kind,
        name=bound.name,
        unit=bound.unit,
        amount=bound.amount,
        is_floor=bound.is_floor,
        marginal=marginal,
        more=None if more is None else -more,
        less=less,
        step=step,
        step_saves=None if up is None else -up,
        step_costs=down,
        solved=bool(changes),
        whole_numbers=whole_numbers,
    )


def _change(planner: IncrementalPlanner, problem: Problem, base: float) -> float | None:
    """Change of the objective in another problem; None without a plan."""
    planner.update(problem)
    solution = planner.plan().solution
    return None if solution is None or not solution.audit.passed else solution.audit.objective - base


def amounts_used(problem: Problem, solution: Solution) -> dict[LimitKind, Floats]:
    """Find what a plan uses of everything that is limited: (n, T), or (n,) over the horizon, of whole fields.

    Of a share, what it comes to; see `_amounts_of_shares`.
    """
    decisions, accounts, load = solution.decisions, solution.accounts, solution.accounts.pools.load_unit_h
    kwh = it_energy_kwh(problem, load, decisions) * problem.pue
    emitted_kg = accounts.emissions_kg.on(problem.objective.basis)
    return {
        LimitKind.CAPACITY: load,
        LimitKind.BOOKABLE_UNITS: decisions.booked_units,
        LimitKind.MIN_UNITS: decisions.booked_units,
        LimitKind.NEW_UNITS: decisions.new_units,
        LimitKind.CAP: use_of_caps(problem, paid_unit_h(problem, load, decisions), kwh),
        LimitKind.IMPORT_LIMIT: decisions.grid_kwh,
        LimitKind.CONTRACT: decisions.contract_kwh,
        LimitKind.CONTRACTED_POWER: decisions.contracted_kw,
        LimitKind.CERTIFICATES: decisions.certificate_kwh,
        LimitKind.RENEWABLE_SHARE: _bought_kwh(problem, solution),
        LimitKind.BATTERY_POWER: np.maximum(decisions.charge_kwh, decisions.discharge_kwh),
        LimitKind.BATTERY_ENERGY: decisions.stored_kwh,
        LimitKind.BANDWIDTH: accounts.network.traffic_gb,
        LimitKind.LEASED_BANDWIDTH: decisions.leased_gb_per_h,
        LimitKind.CARBON_CAP: np.array([emitted_kg]),
        LimitKind.BUDGET: np.array([accounts.cost.total]),
        LimitKind.RULE: accounts.usage.rule_amount,
    }


def _bought_kwh(problem: Problem, solution: Solution) -> Floats:
    """(S,) energy of contracts that is used."""
    bought = np.zeros(problem.sites.size)
    np.add.at(bought, problem.contracts.site, solution.decisions.used_kwh @ problem.horizon.weight)
    return bought


def _amounts_of_shares(
    problem: Problem, solution: Solution, kind: LimitKind, things: LimitedThings, used: Floats
) -> tuple[Floats, Floats]:
    """Turn limits that are shares, and their use, into amounts: kWh of contracts, unit·h of work."""
    if kind is LimitKind.RENEWABLE_SHARE:
        grid_kwh = (solution.decisions.grid_kwh @ problem.horizon.weight)[things.index, None]
        return used, things.most * (grid_kwh + used)
    if kind is not LimitKind.RULE or not problem.rules.size:
        return used, things.most
    usage, rules = solution.accounts.usage, problem.rules
    is_share = np.array([measure.is_share for measure in rules.measure], dtype=bool)[:, None]
    most = np.where(is_share, things.most * usage.rule_work_unit_h[:, None], things.most)
    # A share's amount is its excess over the limit, with the sign of what is too much.
    excess = np.where(things.is_floor[:, None], -used, used)
    return np.where(is_share, most + excess, used), most


def _is_full(used: Floats, most: Floats, is_floor: Bools) -> Bools:
    """Where there is nothing left of a limit, or nothing above a floor."""
    low = np.where(is_floor[:, None], most, used)
    high = np.where(is_floor[:, None], used, most)
    full: Bools = np.isfinite(most) & (most > 0) & (low >= high * (1.0 - FULL))
    return full


@dataclass(frozen=True, eq=False)
class BindingLimit:
    """A limit that binds: it has a dual price, or is used in full."""

    kind: LimitKind
    name: str
    unit: str
    thing: int
    """Index in its field of the problem."""
    when: Bools
    """(T,) or (1,) periods in which it binds."""
    amount: float
    """The limit over the real time in which it binds."""
    value: float
    """Dual price × amount; 0 where it is only used in full."""
    is_floor: bool

    @property
    def price(self) -> float:
        """Dual price of one unit of it, on average."""
        return self.value / self.amount if self.amount else 0.0

    def ease(self, problem: Problem, share: float) -> Problem:
        """Ease the limit by a share of itself where it binds; tighten it with a negative share."""
        factor = 1.0 - share if self.is_floor else 1.0 + share
        section, name = _moved_field(self.kind).split(".")
        part = getattr(problem, section)
        values: Any = getattr(part, name)
        scaled = (
            values * factor
            if isinstance(values, int | float)
            else _scale_thing(values, self.thing, self.when, factor)
        )
        return replace(problem, **{section: replace(part, **{name: scaled})})


def _moved_field(kind: LimitKind) -> str:
    """Field of a problem that is scaled to move a limit; capacity only in the periods in which it binds."""
    return "pools.availability" if kind is LimitKind.CAPACITY else LIMITS[kind].field


def binding_limits(problem: Problem, solution: Solution) -> list[BindingLimit]:
    """Find what binds, the highest value first, then what is used in full without a price."""
    prices = () if solution.prices is None else limit_prices(problem, solution.prices)
    price_of = {each.kind: each.price for each in prices}
    every_use, found = amounts_used(problem, solution), list[BindingLimit]()
    weight = problem.horizon.weight
    for kind, things in limited_things(problem).items():
        amounts = every_use[kind]
        used = (amounts if amounts.ndim == 2 else amounts[:, None])[things.index]
        used, most = _amounts_of_shares(problem, solution, kind, things, used)
        price = price_of.get(kind, np.zeros_like(most))
        priced = (price > 0) & (most > 0)
        when = np.where(priced.any(axis=1, keepdims=True), priced, _is_full(used, most, things.is_floor))
        limit = np.where(when, most, 0.0)
        value, amount = (price * limit).sum(axis=1), limit @ (weight if things.by_period else np.ones(1))
        found += [
            BindingLimit(
                kind=kind,
                name=things.names[i],
                unit=things.units[i],
                thing=int(things.index[i]),
                when=when[i],
                amount=float(amount[i]),
                value=float(value[i]),
                is_floor=bool(things.is_floor[i]),
            )
            for i in np.flatnonzero(when.any(axis=1)).tolist()
        ]
    return sorted(found, key=lambda limit: (-limit.value, -limit.amount))


def _scale_thing(values: Floats, thing: int, when: Bools, factor: float) -> Floats:
    """Multiply the values of one thing, only in some periods if it has them."""
    scaled = values.copy()
    if values.ndim == 1:
        scaled[thing] *= factor
    else:
        scaled[thing, np.broadcast_to(when, values.shape[1:])] *= factor
    return scaled
