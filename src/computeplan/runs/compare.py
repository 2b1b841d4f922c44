"""What is different between two plans: inputs, cost and carbon, placement, what binds.

Which work runs at another site than before, of which company.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from computeplan.accounts.decisions import NOTHING, DecisionChange, compare_decisions
from computeplan.accounts.moves import MoveStatistics, move_statistics
from computeplan.accounts.statements import company_statements
from computeplan.arguments import checked
from computeplan.folder.tables import WorkloadAccount, expand
from computeplan.prices.limits import list_limit_prices
from computeplan.problem import Floats, Goal, Ints, Problem, sum_by
from computeplan.problem.limits import LIMITS, LimitKind
from computeplan.runs.run import Run, decided
from computeplan.solvers.plan import Solution
from computeplan.text import number

SAME = 1e-9
"""Share of a workload's work that counts as none."""

Side = tuple[Problem, Solution]


@dataclass(frozen=True)
class Move:
    """Work that runs at another site than before."""

    origin: str
    target: str
    """Sites."""
    work_unit_h: float
    workloads: int
    """How many of them have part in it."""


@dataclass(frozen=True)
class CompanyChange:
    """A company whose work moved."""

    company: str
    moved_unit_h: float
    cost_before: float
    cost_after: float


@dataclass(frozen=True)
class PlacementChanges:
    """Work that runs elsewhere, over the time that the horizon stands for."""

    moves: tuple[Move, ...]
    """The largest first."""
    companies: tuple[CompanyChange, ...]
    """Those with moved work or another cost, most moved work first."""
    new_unit_h: float
    gone_unit_h: float
    """Work that only the second or only the first plan does."""


def placement_changes(before: Side, after: Side) -> PlacementChanges:
    """Find the work that runs at another site.

    What a workload does less at some sites is taken to have moved to those where it does more, from each
    to each in proportion; what is left over is gone or new.
    """
    sides = (before, after)
    accounts = [expand(problem, solution) for problem, solution in sides]
    names = _union(*(problem.workloads.names for problem, _ in sides))
    sites = _union(*(problem.sites.names for problem, _ in sides))
    work = [
        _by_name(problem, account, names, sites)
        for (problem, _), account in zip(sides, accounts, strict=True)
    ]
    lost, gained = _beyond_rounding(work[0] - work[1]), _beyond_rounding(work[1] - work[0])
    less, more = lost.sum(axis=1), gained.sum(axis=1)
    larger = np.maximum(less, more)
    share = np.divide(gained, larger[:, None], out=np.zeros_like(gained), where=larger[:, None] > 0)
    moved = np.minimum(less, more)
    new, gone = (np.where(rest > SAME * larger, rest, 0.0) for rest in (more - moved, less - moved))
    return PlacementChanges(
        moves=_moves(list(sites), lost, share),
        companies=_companies(sides, accounts, names, moved),
        new_unit_h=float(new.sum()),
        gone_unit_h=float(gone.sum()),
    )


def _union(one: Sequence[str], two: Sequence[str]) -> dict[str, int]:
    """Give every name a number."""
    return {name: number for number, name in enumerate(dict.fromkeys((*one, *two)))}


def _by_name(
    problem: Problem, account: WorkloadAccount, names: dict[str, int], sites: dict[str, int]
) -> Floats:
    """(workloads, sites) work by the numbers of the names."""
    work = np.zeros((len(names), len(sites)))
    rows = [names[name] for name in problem.workloads.names]
    columns = [sites[name] for name in problem.sites.names]
    work[np.ix_(rows, columns)] = account.statements.work_unit_h
    return work


def _beyond_rounding(difference: Floats) -> Floats:
    """Positive differences that are more than rounding of the workload's own."""
    scale = SAME * np.abs(difference).sum(axis=1, keepdims=True)
    return np.where(difference > np.maximum(scale, SAME), difference, 0.0)


def _moves(sites: list[str], lost: Floats, share: Floats) -> tuple[Move, ...]:
    """From (W, S) work lost and (W, S) share of it that each site gains."""
    flow, count = lost.T @ share, (lost > 0).T.astype(np.float64) @ (share > 0)
    origin, target = np.nonzero(flow)
    order = np.argsort(-flow[origin, target], kind="stable")
    return tuple(
        Move(sites[o], sites[t], float(flow[o, t]), int(count[o, t]))
        for o, t in zip(origin[order].tolist(), target[order].tolist(), strict=True)
    )


def _companies(
    sides: tuple[Side, Side], accounts: Sequence[WorkloadAccount], names: dict[str, int], moved: Floats
) -> tuple[CompanyChange, ...]:
    companies = _union(*(problem.companies.names for problem, _ in sides))
    owner = _owners(sides, names, companies)
    moved_by = sum_by(owner, moved, len(companies))
    cost = np.zeros((2, len(companies)))
    for row, (problem, _), account in zip(cost, sides, accounts, strict=True):
        rows = [companies[name] for name in problem.companies.names]
        row[rows] = company_statements(problem, account.statements).cost.total
    changed = (moved_by > 0) | ~np.isclose(cost[0], cost[1], rtol=SAME, atol=SAME)
    order = np.lexsort((-np.abs(cost[1] - cost[0]), -moved_by))
    known = list(companies)
    return tuple(
        CompanyChange(known[c], float(moved_by[c]), *cost[:, c].tolist())
        for c in order[changed[order]].tolist()
    )


def _owners(sides: tuple[Side, Side], names: dict[str, int], companies: dict[str, int]) -> Ints:
    """(workloads,) company of each workload; that of the second plan where it changed hands."""
    owner = np.zeros(len(names), dtype=np.int64)
    for problem, _ in sides:
        of_company = np.array([companies[name] for name in problem.companies.names], dtype=np.int64)
        rows = [names[name] for name in problem.workloads.names]
        owner[rows] = of_company[problem.workloads.company]
    return owner


@dataclass(frozen=True)
class Difference:
    """One thing before and after; nothing where it was not there."""

    what: str
    before: Any
    after: Any


@dataclass(frozen=True)
class LimitPriceChange:
    """What one more unit of a limit saved before and saves after; 0 where it does not bind."""

    what: str
    before: float
    after: float
    unit: str
    """Such as ``CNY/kWh``."""


@dataclass(frozen=True)
class PlanDifferences:
    """All differences of two plans."""

    decisions: tuple[DecisionChange, ...]
    """Those of which another amount is decided; costs are those of the second plan."""
    inputs: tuple[Difference, ...]
    """Settings of the config by path, input files by name (their hashes), solver options."""
    figures: tuple[Difference, ...]
    """Status, cost by part, penalty, emissions on the three bases in t; also what is the same."""
    placement: PlacementChanges | None
    """Absent where the plans are over other times."""
    moves: tuple[dict[str, MoveStatistics], ...]
    """How often workloads move before and after, by kind; empty where the plans are over other times."""
    limits: tuple[LimitPriceChange, ...]
    """What one more unit of the limits that bind saves, by name."""
    not_compared: tuple[str, ...] = ()
    """What is in other units, or over other times, and so is left out above."""


@checked
def compare(before: Run, after: Run) -> PlanDifferences:
    """Find what changed from one plan to another; things are the same where they have the same name.

    Raises
    ------
    PlanFolderError
        If one of them has no plan, or fails its audit.
    """
    sides = [(run.plan.problem, run.require_solution("compare")) for run in (before, after)]
    problems = (before.plan.problem, after.plan.problem)
    alike = _Alike.of(*problems)
    placement = placement_changes(*sides) if alike.times else None
    if placement and not alike.currency:
        placement = replace(placement, companies=())
    return PlanDifferences(
        decisions=_decisions(before, after),
        inputs=tuple(_inputs(before, after)),
        figures=tuple(each for each in _figures(before, after) if alike.has_figure(each.what, problems[0])),
        placement=placement,
        moves=tuple(move_statistics(problem, found.moves) for problem, found in sides) if alike.times else (),
        limits=tuple(_limits(before, after)) if alike.values(problems[0]) and not alike.held else (),
        not_compared=tuple(_not_compared(problems, alike)),
    )


def _decisions(before: Run, after: Run) -> tuple[DecisionChange, ...]:
    pairs = compare_decisions(decided(after.plan), decided(before.plan))
    return tuple(pair for pair in pairs if abs(pair.change) > max(NOTHING, SAME * pair.decision.amount))


@dataclass(frozen=True)
class _Alike:
    """What two plans have in common: amounts over other times, or in other units, are not compared."""

    currency: bool
    times: bool
    goal: bool
    held: bool
    """Whether one of them has no prices, as a part of its horizon is over."""

    @classmethod
    def of(cls, one: Problem, other: Problem) -> _Alike:
        return cls(
            currency=one.currency == other.currency,
            times=_times(one) == _times(other),
            goal=one.objective.goal is other.objective.goal,
            held=one.held is not None or other.held is not None,
        )

    def values(self, problem: Problem) -> bool:
        """Whether amounts in units of the objective compare."""
        return self.times and self.goal and (self.currency or problem.objective.goal is Goal.CARBON)

    def has_figure(self, name: str, problem: Problem) -> bool:
        """Whether a figure compares."""
        group = name.partition(".")[0]
        if group == "objective":
            return self.values(problem)
        return group == "status" or (self.times and (self.currency or group != "cost"))


def _times(problem: Problem) -> tuple[tuple[float, float], ...]:
    """Length and weight of each block, h."""
    horizon = problem.horizon
    return tuple(
        (round(float(horizon.hours[block].sum()), 6), float(horizon.weight[block.start]))
        for block in horizon.blocks
    )


def _not_compared(problems: tuple[Problem, Problem], alike: _Alike) -> Iterator[str]:
    """Say what is left out, and why."""
    one, two = problems
    hours = [number(each.horizon.real_hours) for each in problems]
    if not alike.times:
        weights = " in blocks of other lengths or weights" if hours[0] == hours[1] else ""
        yield f"amounts, which are over {hours[0]} h before and {hours[1]} h after{weights}"
    if not alike.currency:
        yield f"money, which is in {one.currency} before and in {two.currency} after"
    if alike.held:
        yield "what limits are valued at, which has no price once a part of the horizon is over"
    if not alike.goal:
        goals = f"{one.objective.goal} before and {two.objective.goal} after"
        yield f"the objective and what limits are valued at: minimized is {goals}"


def _inputs(before: Run, after: Run) -> Iterator[Difference]:
    yield from find_differences("", before.loaded.config.data, after.loaded.config.data)
    files = [{file.path: file.sha256 for file in run.loaded.config.inputs} for run in (before, after)]
    yield from find_differences("file", *files)
    yield from find_differences("option", before.options.data(), after.options.data())


def find_differences(path: str, before: Any, after: Any) -> Iterator[Difference]:
    """Compare nested mappings and lists value by value."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            yield from find_differences(f"{path}.{key}".strip("."), before.get(key), after.get(key))
    elif _is_list(before) and _is_list(after) and len(before) == len(after):
        for place, pair in enumerate(zip(before, after, strict=True)):
            yield from find_differences(f"{path}.{place}", *pair)
    elif before != after:
        yield Difference(path, before, after)


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _figures(before: Run, after: Run) -> Iterator[Difference]:
    one, two = before.summary(), after.summary()
    for name in ("status", "objective"):
        yield Difference(name, one[name], two[name])
    for group in ("cost", "emissions_t"):
        pair = (one[group], two[group])
        amounts = [amount if isinstance(amount, Mapping) else {} for amount in pair]
        yield from (
            Difference(f"{group}.{name}", amounts[0].get(name), amounts[1].get(name)) for name in amounts[0]
        )
    yield Difference("shortfall_unit_h", one["shortfall_unit_h"], two["shortfall_unit_h"])


def _limits(before: Run, after: Run) -> Iterator[LimitPriceChange]:
    one, two = _limit_prices(before), _limit_prices(after)
    money = after.plan.problem.objective_unit
    for limit, name, unit in dict.fromkeys((*one, *two)):
        pair = (one.get((limit, name, unit), 0.0), two.get((limit, name, unit), 0.0))
        if not np.isclose(*pair, rtol=SAME, atol=SAME):
            phrase = LIMITS[limit].phrase.in_language("en", name)
            yield LimitPriceChange(phrase, *pair, unit=f"{money}/{unit}")


def _limit_prices(run: Run) -> dict[tuple[LimitKind, str, str], float]:
    """Find what one more unit of every limit that binds saves, by kind, name and unit."""
    prices = run.require_solution("compare").prices
    found = list_limit_prices(run.plan.problem, prices) if prices else ()
    return {(each.kind, each.name, each.unit): each.one_more for each in found}
