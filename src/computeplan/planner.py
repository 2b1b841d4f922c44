"""From a problem to a plan: reduce, build, solve, expand, audit."""

from __future__ import annotations

from dataclasses import dataclass, replace

from computeplan.decomposition import Reduction, solve_by_structure
from computeplan.grouping import Allocation, Grouping, keep_all, merge
from computeplan.lp import Model, build, optimal_face
from computeplan.plan.audit import audit_plan
from computeplan.plan.plan import Plan, Size, Solution, SolverRun
from computeplan.problem import Decisions, Goal, Prices, Problem, Work
from computeplan.solvers import SolverOptions, SolverResult
from computeplan.stages import StageClock


@dataclass(frozen=True, eq=False)
class _Answer:
    """What one solve of a model gave; `work` and `decisions` only with a plan."""

    model: Model
    result: SolverResult
    parts: int
    work: Work | None
    decisions: Decisions | None
    prices: Prices | None


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
    clock = StageClock()
    with clock.stage("reduce"):
        grouping = merge(problem) if Reduction.MERGE in reduction else keep_all(problem)
    solver = _Solver(options or SolverOptions(), reduction, clock)
    answer = solver.solve(grouping)
    if problem.objective.goal is Goal.CARBON and answer.work is not None:
        answer = solver.cheapest_at_least_carbon(answer)
    solution = _audited(problem, grouping, answer, clock)
    lp = answer.model.lp
    return Plan(
        problem=problem,
        status=answer.result.status,
        solution=solution,
        size=Size(grouping.size, lp.n_columns, lp.n_rows, lp.n_nonzeros, answer.parts),
        solver=_run(answer.result),
        times_s=clock.times_s,
    )


@dataclass(frozen=True, eq=False)
class _Solver:
    """Builds and solves models in one way and on one clock."""

    options: SolverOptions
    reduction: Reduction
    clock: StageClock

    def solve(self, grouping: Grouping) -> _Answer:
        with self.clock.stage("build"):
            model = build(grouping)
        with self.clock.stage("solve"):
            result, parts = solve_by_structure(model.lp, self.options, self.reduction)
        return self._read(model, result, parts)

    def cheapest_at_least_carbon(self, cleanest: _Answer) -> _Answer:
        """Among the cleanest plans take the cheapest; the proof stays that of the least emissions."""
        model, duals = cleanest.model, cleanest.result.row_duals
        if duals is None or not model.money.coefficients.any():
            return cleanest
        with self.clock.stage("solve"):
            face = optimal_face(model.lp, duals, model.money)
            result, parts = solve_by_structure(face, self.options, self.reduction)
        cheapest = self._read(model, result, parts)
        if cheapest.work is None:
            # Numerically the face can be out of reach; the cleanest plan stands.
            return cleanest
        return replace(cleanest, work=cheapest.work, decisions=cheapest.decisions)

    def _read(self, model: Model, result: SolverResult, parts: int) -> _Answer:
        work = decisions = prices = None
        with self.clock.stage("expand"):
            if result.values is not None:
                work, decisions = model.decode(result.values)
            if result.row_duals is not None:
                prices = model.prices(result.row_duals)
        return _Answer(model, result, parts, work, decisions, prices)


def _audited(problem: Problem, grouping: Grouping, answer: _Answer, clock: StageClock) -> Solution | None:
    if answer.work is None or answer.decisions is None:
        return None
    allocation = Allocation(problem, grouping, answer.work)
    with clock.stage("audit"):
        blocks = clock.pulled("expand", allocation.blocks(), out_of="audit")
        accounts, report = audit_plan(
            problem,
            blocks,
            answer.decisions,
            answer.prices,
            claimed_objective=answer.result.objective,
            claimed_status=answer.result.status,
        )
    return Solution(allocation, answer.decisions, answer.prices, accounts, report)


def _run(result: SolverResult) -> SolverRun:
    return SolverRun(result.solver, result.version, result.detail, result.iterations)
