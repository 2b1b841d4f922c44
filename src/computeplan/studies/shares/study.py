"""Bills of a plan by one method, with what the groups would pay alone and how far from the core it is."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from computeplan.accounts.statements import Statements
from computeplan.errors import UsageError
from computeplan.folder.tables import WorkloadAccount, expand
from computeplan.prices.charges import MarginalStatement, OwnerLine
from computeplan.problem import Floats, Goal, Problem, sum_by
from computeplan.problem.arrays import ReadOnlyArrays
from computeplan.solvers import SolverOptions
from computeplan.solvers.plan import Solution
from computeplan.studies.shares.core import largest_excess, least_core, nucleolus
from computeplan.studies.shares.game import CostGame, OutOfTimeError
from computeplan.studies.shares.groups import TIER, Grouping, Groups, make_groups
from computeplan.studies.shares.shapley import shapley
from computeplan.text import expected_one_of
from computeplan.vocabulary import ShareMethod

if TYPE_CHECKING:
    import polars as pl

MOST_WITHOUT_PRICES = 10
"""Groups up to which a game without dual prices is solved: every coalition is."""
ROUNDING = 4
"""Times the tolerance by which a bill of the least core may seem to be off: its level, its search and its
check are each within it."""


@dataclass(frozen=True)
class CoreDistance:
    """How far a bill is from the core, in objective units."""

    excess: float | None
    """What the coalition that is worst off pays more than alone; negative: all pay less; absent where there
    was no time to solve one, or none has a plan alone."""
    at_most: float | None
    """Proved bound of it for every coalition; absent without one."""
    groups: tuple[str, ...]
    """That coalition."""
    least: float | None
    """Least such excess that any bill can have, where the method finds it."""
    rounding: float
    """Up to which an excess is rounding of the search."""


@dataclass(frozen=True, eq=False)
class GroupBills(ReadOnlyArrays):
    """What n groups pay, in objective units."""

    names: tuple[str, ...]
    companies: Floats
    workloads: Floats
    """(n,) how many."""
    work_unit_h: Floats
    pays: Floats
    """(n,) by the method; a company's own lines at the margin included."""
    average: Floats
    """(n,) by average attribution."""
    marginal: Floats | None
    """(n,) at the margin, own lines included; absent without dual prices."""
    alone: Floats | None
    """(n,) what each would pay alone; inf where no plan serves it alone, nan where it was not solved."""
    error: Floats | None
    """(n,) standard error, where the method draws at random."""


@dataclass(frozen=True, eq=False)
class SharesStudy:
    """The objective of a plan, shared out by one method."""

    problem: Problem
    method: ShareMethod
    by: str
    objective: float
    groups: GroupBills
    lines: tuple[OwnerLine, ...]
    """At the margin, of owners that are no company of a group: they, the gap and what groups are charged at
    the margin add up to the objective."""
    gap: float
    """What the prices leave unproved at the margin."""
    core: CoreDistance | None
    """Absent at the margin, where duality proves that no group pays more than alone, with the owners."""
    solves: int
    """Coalitions that were solved."""
    unproved: float = 0.0
    """What is not proved of the costs of coalitions, at most; inf where one has no bound."""
    orders: int = 0
    """Random orders that were drawn for the Shapley value."""

    @property
    def has_large_game(self) -> bool:
        """Whether every one of too many coalitions would have to be solved, as there are no prices."""
        return self.groups.marginal is None and len(self.groups.names) > MOST_WITHOUT_PRICES

    def tables(self) -> dict[str, pl.DataFrame]:
        """Make the tables ``shares`` and ``owners``."""
        import polars as pl

        lines = [_line_data(line) for line in self.lines]
        columns = ("owner", "what", "where", "amount")
        return {
            "shares": pl.DataFrame(self._rows(), infer_schema_length=None),
            "owners": pl.DataFrame({name: [line[name] for line in lines] for name in columns}),
        }

    def summary(self) -> dict[str, object]:
        """Summarize the study in one object, ready for JSON."""
        return {
            "name": self.problem.name,
            "method": self.method.value,
            "by": self.by,
            "unit": self.problem.objective_unit,
            "objective": self.objective,
            "shares": self._rows(),
            "owners": [_line_data(line) for line in self.lines],
            "gap": self.gap,
            "core": asdict(self.core) | {"groups": list(self.core.groups)} if self.core else None,
            "coalitions_solved": self.solves,
            "coalitions_unproved": _finite(self.unproved),
            "random_orders": self.orders,
        }

    def _rows(self) -> list[dict[str, Any]]:
        each, count = self.groups, len(self.groups.names)
        none = [None] * count
        columns = {
            "group": each.names,
            "companies": [int(number) for number in each.companies],
            "workloads": [int(number) for number in each.workloads],
            "work_unit_h": each.work_unit_h.tolist(),
            "pays": each.pays.tolist(),
            "average": each.average.tolist(),
            "marginal": none if each.marginal is None else each.marginal.tolist(),
            "alone": none if each.alone is None else list(map(_finite, each.alone.tolist())),
            "standard_error": none if each.error is None else list(map(_finite, each.error.tolist())),
        }
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _finite(amount: float) -> float | None:
    return amount if np.isfinite(amount) else None


def _line_data(line: OwnerLine) -> dict[str, Any]:
    return {"owner": line.owner, "what": str(line.kind), "where": line.name, "amount": line.amount}


@dataclass(frozen=True)
class Effort:
    """How exactly shares are found."""

    tolerance: float = 1e-6
    """Share of the cost by which excesses may be off."""
    orders: int = 20
    """Random orders for the Shapley value of many groups."""
    seed: int = 0
    check: bool = True
    """Whether to find how far from the core a bill is that is not made from it."""
    seconds: float | None = None
    """Time for all coalitions together: then what is proved until then is stated."""


def share_out(
    problem: Problem,
    solution: Solution,
    method: ShareMethod | str,
    options: SolverOptions,
    *,
    by: Grouping = TIER,
    largest: int | None = None,
    effort: Effort | None = None,
) -> SharesStudy:
    """Share out the objective of a plan; the parameters are those of `computeplan.shares`."""
    if method not in set(ShareMethod):
        raise UsageError(path="method", **expected_one_of(ShareMethod, method))
    account, method = expand(problem, solution), ShareMethod(method)
    work = account.statements.work_unit_h.sum(axis=1)
    of_company = sum_by(problem.workloads.company, work, problem.companies.size)
    groups = make_groups(problem, by, largest, of_company)
    _check_method(problem, solution, groups, method)
    study = _bills(problem, solution, groups, account, method)
    effort, at_margin = effort or Effort(), study.groups.marginal
    if method is ShareMethod.MARGINAL and at_margin is not None:
        return replace(study, groups=replace(study.groups, pays=at_margin))
    has_past = problem.held is not None  # what groups would pay alone has no past of its own
    if method is ShareMethod.AVERAGE and (not effort.check or study.has_large_game or has_past):
        return study
    return _play(CostGame(problem, solution, groups, options, effort.seconds), study, effort)


def _bills(
    problem: Problem, solution: Solution, groups: Groups, account: WorkloadAccount, method: ShareMethod
) -> SharesStudy:
    """Sum by group what workloads pay by average attribution, and at the margin."""
    statements, marginal = account.statements, account.marginal
    average = sum_by(groups.of_workload, average_bill(problem, statements), groups.size)
    own, lines = _own_lines(problem, groups, marginal)
    charged = None if marginal is None else sum_by(groups.of_workload, marginal.charge, groups.size) + own
    bills = GroupBills(
        names=groups.names,
        companies=np.bincount(groups.of_company[groups.of_company >= 0], minlength=groups.size).astype(float),
        workloads=np.bincount(groups.of_workload, minlength=groups.size).astype(float),
        work_unit_h=sum_by(groups.of_workload, statements.work_unit_h.sum(axis=1), groups.size),
        pays=average,
        average=average,
        marginal=charged,
        alone=None,
        error=None,
    )
    return SharesStudy(
        problem=problem,
        method=method,
        by=groups.by,
        objective=solution.accounts.objective,
        groups=bills,
        lines=lines,
        gap=marginal.gap if marginal else 0.0,
        core=None,
        solves=0,
    )


def average_bill(problem: Problem, statements: Statements) -> Floats:
    """(W,) part of the objective of each workload: cost, penalty and carbon charge, or kg."""
    goal = problem.objective
    if goal.goal is Goal.CARBON:
        return statements.emissions_kg.on(goal.basis)
    return statements.cost.total + statements.shortfall_penalty + statements.carbon_charge


def _own_lines(
    problem: Problem, groups: Groups, marginal: MarginalStatement | None
) -> tuple[Floats, tuple[OwnerLine, ...]]:
    """(n,) lines at the margin of owners that are companies of a group, and all others."""
    group = dict(zip(problem.companies.names, groups.of_company.tolist(), strict=True))
    own, rest = np.zeros(groups.size), []
    for line in marginal.lines if marginal else ():
        place = group.get(line.owner, -1)
        if place >= 0:
            own[place] += line.amount
        else:
            rest.append(line)
    return own, tuple(rest)


def _check_method(problem: Problem, solution: Solution, groups: Groups, method: ShareMethod) -> None:
    if solution.prices is not None:
        return
    if problem.held is not None and method is not ShareMethod.AVERAGE:
        raise UsageError(
            "shares: the past of the plan is held, so that no group has a cost alone or at the margin",
            path="--method",
            hint="take average, or the plan before",
        )
    why = "the plan has whole numbers" if problem.has_integers else "the solver gave no dual prices"
    if method is ShareMethod.MARGINAL:
        others = ", ".join(other for other in ShareMethod if other is not ShareMethod.MARGINAL)
        raise UsageError(
            f"shares: {why}, so that nothing has a price at the margin",
            path="--method",
            hint=f"take {others}",
        )
    if method is not ShareMethod.AVERAGE and groups.size > MOST_WITHOUT_PRICES:
        raise UsageError(
            f"shares: {why}, so that every coalition must be solved: at most {MOST_WITHOUT_PRICES} groups, "
            f"got {groups.size}",
            path="--by",
            hint="--by tier, a file of groups, or --largest makes fewer",
        )


def _play(game: CostGame, study: SharesStudy, effort: Effort) -> SharesStudy:
    """Find the bill of a method that needs the cost game, and how far from the core it is."""
    bills, least, orders = study.groups, None, 0
    match study.method:
        case ShareMethod.LEAST_CORE:
            found = least_core(game, bills.average, effort.tolerance)
            bills, least = replace(bills, pays=found.bill), found.least_excess
        case ShareMethod.NUCLEOLUS:
            found = nucleolus(game, bills.average, effort.tolerance)
            bills, least = replace(bills, pays=found.bill), found.least_excess
        case ShareMethod.SHAPLEY:
            drawn = shapley(game, effort.orders, effort.seed)
            bills, orders = (
                replace(bills, pays=drawn.bill, error=drawn.error if drawn.orders else None),
                drawn.orders,
            )
    core = _distance(game, study.groups.names, bills.pays, effort.tolerance, least) if effort.check else None
    bills = replace(bills, alone=_alone(game))
    unproved = max(game.unproved.values())
    return replace(study, groups=bills, core=core, solves=game.solves, unproved=unproved, orders=orders)


def _alone(game: CostGame) -> Floats:
    """(n,) what each group would pay alone; nan where there is no time left to find it."""
    with suppress(OutOfTimeError):
        game.alone()
    return np.array([game.costs.get(1 << group, np.nan) for group in range(game.size)])


def _distance(
    game: CostGame, names: tuple[str, ...], bill: Floats, tolerance: float, least: float | None
) -> CoreDistance | None:
    if game.size < 2:
        return None
    worst = largest_excess(game, bill, tolerance)
    together = tuple(
        name for name, inside in zip(names, game.members(worst.coalition), strict=True) if inside
    )
    known = None if least is None or np.isnan(least) else least
    rounding = ROUNDING * tolerance * game.scale
    return CoreDistance(_finite(worst.amount), _finite(worst.at_most), together, known, rounding)
