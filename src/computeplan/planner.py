"""From a problem to a plan: reduce, build, solve, expand, audit."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from computeplan import memory
from computeplan.decomposition import ProgramSolver, Reduction
from computeplan.grouping import Allocation, Grouping, keep_all, merge
from computeplan.lp import BYTES_PER_COLUMN, Model, build, least_columns, optimal_face, within
from computeplan.plan.audit import audit_plan
from computeplan.plan.plan import Plan, Size, Solution, SolverRun
from computeplan.problem import Decisions, Goal, Prices, Problem, Work
from computeplan.solvers import SolverOptions, SolverResult
from computeplan.stages import StageClock

CLEANEST = 1e-9
"""Share by which the cheapest of the cleanest plans in whole numbers may emit more."""


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
        with self._clock.stage("solve"):
            self._solver = ProgramSolver(self._model.lp, self._options, reduction)

    def plan(self) -> Plan:
        """Plan for the problem as it stands."""
        with self._clock.stage("solve"):
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

    def change(self, problem: Problem) -> None:
        """Turn to another problem; the more it shares with the last one, the faster its plan.

        Parameters
        ----------
        problem : Problem
        """
        if _differs_in_weights_only(self._problem, problem):
            self._grouping = replace(
                self._grouping, problem=replace(self._grouping.problem, objective=problem.objective)
            )
            self._model = self._model.reweighted(self._grouping.problem)
        else:
            self._grouping = self._reduced(problem)
            self._model = self._built(self._grouping)
        self._problem = problem
        with self._clock.stage("solve"):
            self._solver.update(self._model.lp)

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
    same_goal = replace(one.objective, carbon_price_per_kg=other.objective.carbon_price_per_kg)
    # Without a weight the market basis has no variables for covered energy.
    weighs = bool(one.objective.carbon_weight) == bool(other.objective.carbon_weight)
    return same_goal == other.objective and weighs


def _smaller(problem: Problem) -> str:
    """Say what a program's size comes from."""
    classes, pools, periods = problem.workloads.size, problem.pools.size, problem.horizon.size
    return (
        f"it has {classes:,} classes of workloads, {pools:,} pools and {periods:,} periods: longer periods, "
        "a shorter horizon or typical weeks (horizon.blocks), and workloads that share needs and profiles "
        "make it smaller"
    )
