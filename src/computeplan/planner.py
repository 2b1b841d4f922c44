"""From a problem to a plan: reduce, build, solve, expand, audit."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from computeplan import memory
from computeplan.config import SolverSettings
from computeplan.decomposition import ProgramSolver, Reduction
from computeplan.grouping import Allocation, Grouping, keep_all, merge
from computeplan.lp import BYTES_PER_COLUMN, LinearProgram, Model, build, least_columns, optimal_face, within
from computeplan.plan.audit import audit_plan
from computeplan.plan.plan import Plan, Size, Solution, SolverRun
from computeplan.problem import Decisions, Goal, Prices, Problem, Work, sharing_with
from computeplan.solvers import Basis, Method, SolverOptions, SolverResult, Start
from computeplan.stages import StageClock

CLEANEST = 1e-9
"""Share by which the cheapest of the cleanest plans in whole numbers may emit more."""


def stated_options(settings: SolverSettings) -> SolverOptions:
    """Give the solver options that a config states.

    Parameters
    ----------
    settings : SolverSettings
    """
    method = Method(settings.method)
    return SolverOptions(settings.name, settings.time_limit_s, settings.threads, method, settings.gap)


def plan(
    problem: Problem, options: SolverOptions | None = None, reduction: Reduction = Reduction.ALL
) -> Plan:
    """Find the optimal plan of a problem and audit it.

    Parameters
    ----------
    problem : Problem
    options : SolverOptions, optional
    reduction : Reduction
        Which exact reductions are made. The optimum is the same without any.

    Returns
    -------
    Plan
        With a solution where the status has one.

    Raises
    ------
    SolverError, UsageError
        If the solver is missing or fails.
    """
    return Compiled(problem, options, reduction).plan()


@dataclass(frozen=True, eq=False)
class _Answer:
    """What one solve of a model gave; `work` and `decisions` only with a plan."""

    result: SolverResult
    parts: int
    work: Work | None
    decisions: Decisions | None
    prices: Prices | None


_GROUPED_BY = ("workloads", "companies", "needs", "sites", "hardware", "pools", "network", "horizon")
"""Parts of a problem that decide which workloads are interchangeable."""


class Compiled:
    """A problem reduced and built once, to be planned again and again with other numbers.

    Every plan is audited on the whole problem. Another carbon price is a change of costs: nothing is
    rebuilt, and the solver goes on from its last basis. Any other change of prices, limits or capacities
    is found by comparison; what has the same matrix is re-solved warm, the rest anew.

    Parameters
    ----------
    problem : Problem
    options : SolverOptions, optional
    reduction : Reduction
    """

    def __init__(
        self,
        problem: Problem,
        options: SolverOptions | None = None,
        reduction: Reduction = Reduction.ALL,
    ) -> None:
        self._options, self._reduction = options or SolverOptions(), reduction
        self._clock = StageClock()
        self._problem = problem
        self._grouping = self._reduced(problem)
        self._model = self._built(self._grouping)
        self._solver: ProgramSolver | None = None
        self._start: Start | None = None

    @property
    def lp(self) -> LinearProgram:
        """The linear program as it stands."""
        return self._model.lp

    def bases(self) -> tuple[Basis | None, ...]:
        """Give where the last solve ended, for another one to start there."""
        return self._solver.bases() if self._solver is not None else ()

    def plan(self) -> Plan:
        """Plan for the problem as it stands."""
        with self._clock.stage("solve"):
            if self._solver is None:
                self._solver = ProgramSolver(self._model.lp, self._options, self._reduction, self._start)
            result, parts = self._solver.solve()
        answer = self._read(result, parts)
        if self._problem.objective.goal is Goal.CARBON and answer.work is not None:
            answer = self._cheapest_at_least_carbon(answer)
        solution = self._audited(answer)
        lp, clock = self._model.lp, self._clock
        self._clock = StageClock()
        return Plan(
            problem=self._problem,
            status=answer.result.status,
            solution=solution,
            size=Size(self._grouping.size, lp.n_columns, lp.n_rows, lp.n_nonzeros, answer.parts),
            solver=SolverRun(result.solver, result.version, answer.result.detail, result.iterations),
            times_s=clock.times_s,
            cpu_s=clock.cpu_s,
        )

    def change(self, problem: Problem, *, afresh: bool = False) -> None:
        """Turn to another problem; the more it shares with the last one, the faster its plan.

        Parameters
        ----------
        problem : Problem
        afresh : bool
            Solve without the last basis, which is a hindrance after a large change.
        """
        self._take(problem)
        if self._solver is not None:
            with self._clock.stage("solve"):
                self._solver.update(self._model.lp)
                if afresh:
                    self._solver.restart()

    def turn(self, problem: Problem) -> None:
        """Turn to another problem and forget how the last one was solved: its plan is that of a fresh solver.

        Parameters
        ----------
        problem : Problem
        """
        self._take(problem)
        self.start_from(None)

    def start_from(self, start: Start | None) -> None:
        """Solve next from a given start, whatever was solved before.

        Parameters
        ----------
        start : Start or None
            None: the solver starts anew.
        """
        self._solver, self._start = None, start

    def _take(self, problem: Problem) -> None:
        """Reduce and build another problem, as far as it differs from the last one."""
        problem = sharing_with(problem, self._problem)
        if _differs_in_weights_only(self._problem, problem):
            self._grouping = replace(
                self._grouping, problem=replace(self._grouping.problem, objective=problem.objective)
            )
            self._model = self._model.reweighted(self._grouping.problem)
        else:
            self._grouping = self._regrouped(problem)
            self._model = self._built(self._grouping)
        self._problem = problem

    def _regrouped(self, problem: Problem) -> Grouping:
        """Keep the classes where nothing that they depend on is another."""
        if any(getattr(self._problem, name) is not getattr(problem, name) for name in _GROUPED_BY):
            return self._reduced(problem)
        merged = self._grouping.problem
        kept = replace(problem, workloads=merged.workloads, companies=merged.companies)
        return replace(self._grouping, problem=kept)

    def _reduced(self, problem: Problem) -> Grouping:
        with self._clock.stage("reduce"):
            return merge(problem) if Reduction.MERGE in self._reduction else keep_all(problem)

    def _built(self, grouping: Grouping) -> Model:
        columns, problem = least_columns(grouping), grouping.problem
        memory.require(columns * BYTES_PER_COLUMN, f"a program of {columns:,} variables", _smaller(problem))
        with self._clock.stage("build"):
            return build(grouping)

    def _read(self, result: SolverResult, parts: int) -> _Answer:
        work = decisions = prices = None
        with self._clock.stage("expand"):
            if result.values is not None:
                work, decisions = self._model.decode(result.values)
            if result.row_duals is not None:
                prices = self._model.prices(result.row_duals)
        return _Answer(result, parts, work, decisions, prices)

    def _cheapest_at_least_carbon(self, cleanest: _Answer) -> _Answer:
        """Among the cleanest plans take the cheapest; the proof stays that of the least emissions."""
        model, duals = self._model, cleanest.result.row_duals
        objective = cleanest.result.objective
        if not model.money.coefficients.any():
            return cleanest
        if duals is not None:
            face = optimal_face(model.lp, duals, model.money)
        elif objective is not None and len(model.lp.integer):
            face = within(model.lp, objective + CLEANEST * abs(objective), model.money)
        else:
            return cleanest
        with self._clock.stage("solve"):
            cheapest = self._read(*ProgramSolver(face, self._options, self._reduction).solve())
        if cheapest.work is None:
            # Numerically the face can be out of reach; the cleanest plan stands.
            return cleanest
        return replace(cleanest, work=cheapest.work, decisions=cheapest.decisions)

    def _audited(self, answer: _Answer) -> Solution | None:
        if answer.work is None or answer.decisions is None:
            return None
        allocation = Allocation(self._problem, self._grouping, answer.work)
        with self._clock.stage("audit"):
            blocks = self._clock.pulled("expand", allocation.blocks(), out_of="audit")
            accounts, report = audit_plan(
                self._problem,
                blocks,
                answer.decisions,
                answer.prices,
                claimed_objective=answer.result.objective,
                claimed_status=answer.result.status,
                claimed_bound=answer.result.bound,
            )
        return Solution(allocation, answer.decisions, answer.prices, accounts, report)


def _differs_in_weights_only(one: Problem, other: Problem) -> bool:
    """Whether only the weight of money or carbon in the objective is another."""
    names = [field.name for field in fields(Problem) if field.name != "objective"]
    if any(getattr(one, name) is not getattr(other, name) for name in names):
        return False
    price, goal = other.objective.carbon_price_per_kg, other.objective.goal
    same_weights = replace(one.objective, carbon_price_per_kg=price, goal=goal)
    # Without a weight the market basis has no variables for covered energy.
    weighs = bool(one.objective.carbon_weight) == bool(other.objective.carbon_weight)
    leaves = one.objective.allows_shortfall == other.objective.allows_shortfall
    return same_weights == replace(other.objective, shortfall=one.objective.shortfall) and weighs and leaves


def _smaller(problem: Problem) -> str:
    """Say what a program's size comes from."""
    classes, pools, periods = problem.workloads.size, problem.pools.size, problem.horizon.size
    return (
        f"it has {classes:,} classes of workloads, {pools:,} pools and {periods:,} periods: longer periods, "
        "a shorter horizon or typical weeks (horizon.blocks), and workloads that share needs and profiles "
        "make it smaller"
    )
