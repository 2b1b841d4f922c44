"""From a problem to a plan: reduce, build, solve, divide, expand, audit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from logging import getLogger

from computeplan import memory
from computeplan.accounts.moves import MoveCounter
from computeplan.audit import audit_plan
from computeplan.config import LoadedConfig
from computeplan.errors import SolverError
from computeplan.grouping import Allocation, Grouping, keep_all, merge, merge_by_class
from computeplan.lp import (
    BYTES_PER_COLUMN,
    LinearProgram,
    Model,
    build,
    hold_past,
    least_columns,
    price_of_first_objective,
    put_past,
    restrict_to_optimal_face,
    with_objective_limit,
)
from computeplan.problem import Decisions, Floats, Goal, Prices, Problem, Status, Work, share_equal_parts
from computeplan.solvers.decomposition import ProgramSolver, Reduction
from computeplan.solvers.division import divide_work
from computeplan.solvers.incremental import Basis, Start
from computeplan.solvers.options import SolverOptions, SolverResult
from computeplan.solvers.plan import Plan, Size, Solution, SolverRun
from computeplan.solvers.registry import option_faults
from computeplan.timing import StageClock
from computeplan.vocabulary import Method

LOG = getLogger(__package__)

CLEANEST = (1e-9, 1e-7)
"""Shares by which the cheapest of the cleanest plans in whole numbers may emit more: the next one where a
solver that reads few digits finds no plan."""


def stated_options(config: LoadedConfig) -> SolverOptions:
    """Return the solver options that a config states; ConfigError if it has others than its solver."""
    section = config.solver
    options = SolverOptions(
        section.name,
        section.time_limit,
        section.threads,
        Method(section.method),
        section.gap,
        section.options,
    )
    config.raise_faults(option_faults(options))
    return options


def plan(
    problem: Problem,
    options: SolverOptions | None = None,
    reduction: Reduction = Reduction.ALL,
    *,
    fewest_moves: bool = False,
) -> Plan:
    """Find the optimal plan of a problem and audit it.

    `reduction`: which exact reductions are made. The optimum is the same without any. `fewest_moves`: of the
    plans with the same loads, look for one in which little work moves. Raises `SolverError`,
    `UsageError` if the solver is missing or fails.
    """
    return IncrementalPlanner(problem, options, reduction, fewest_moves=fewest_moves).plan()


@dataclass(frozen=True, eq=False)
class _Answer:
    """Result of one solve of a model; `work` and `decisions` only with a plan."""

    result: SolverResult
    parts: int
    work: Work | None
    decisions: Decisions | None
    prices: Prices | None
    second: Prices | float | None = None


_GROUPED_BY = ("workloads", "companies", "needs", "sites", "hardware", "pools", "network", "horizon", "held")
"""Fields of a problem that decide which workloads are interchangeable."""


class IncrementalPlanner:
    """Plans a problem again and again with other numbers; it is reduced and built once.

    Every plan is audited on the whole problem. Another carbon price is a change of costs: nothing is
    rebuilt, and the solver goes on from its last basis. Any other change of prices, limits or capacities
    is found by comparison; what has the same matrix is re-solved warm, the rest anew.
    """

    def __init__(
        self,
        problem: Problem,
        options: SolverOptions | None = None,
        reduction: Reduction = Reduction.ALL,
        *,
        fewest_moves: bool = False,
    ) -> None:
        self._options, self._reduction = options or SolverOptions(), reduction
        self._fewest_moves = fewest_moves
        self._clock = StageClock()
        self._problem = problem
        self._grouping = self._reduce(problem)
        self._model = self._build(self._grouping)
        self._solver: ProgramSolver | None = None
        self._start: Start | None = None

    @property
    def lp(self) -> LinearProgram:
        """The current linear program."""
        return self._model.lp

    def bases(self) -> tuple[Basis | None, ...]:
        """Give the bases of the last solve, for the warm start of another."""
        return self._solver.bases() if self._solver is not None else ()

    @property
    def model(self) -> Model:
        """The current program with the meaning of its columns."""
        return self._model

    def plan(self) -> Plan:
        """Plan the current problem."""
        return self.complete(*self.solve())

    def solve(self) -> tuple[SolverResult, int]:
        """Solve the current program; give the solver's answer and the number of parts it was solved in."""
        self._options.enter("solving", LOG, ends_soon=True)
        with self._clock.stage("solve"):
            if self._solver is None:
                self._solver = ProgramSolver(self._model.lp, self._options, self._reduction, self._start)
            result, parts = self._solver.solve(self._left_s())
        solver = f"{result.solver} {result.version}", result.detail, result.iterations, parts
        self._options.note(LOG, "%s: %s, %s iterations, %s parts", *solver)
        return result, parts

    def complete(self, result: SolverResult, parts: int) -> Plan:
        """Make an audited plan of an answer to the current program."""
        answer = self._read(result, parts)
        if self._problem.objective.goal is Goal.CARBON and answer.work is not None:
            answer = self._cheapest_at_least_carbon(answer)
        solution = self._audit(answer)
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

    def _left_s(self) -> float | None:
        """Seconds that the time limit leaves for this plan; None without one."""
        limit_s = self._options.time_limit_s
        return None if limit_s is None else max(0.0, limit_s - sum(self._clock.times_s.values()))

    def update(self, problem: Problem, *, afresh: bool = False) -> None:
        """Replace the problem; the more it shares with the last one, the faster its plan.

        `afresh`: solve without the last basis, which is a hindrance after a large change.
        """
        self._rebuild(problem)
        if self._solver is not None:
            with self._clock.stage("solve"):
                self._solver.update(self._model.lp)
                if afresh:
                    self._solver.reset()

    def reset(self, problem: Problem) -> None:
        """Replace the problem and discard everything of the last solve."""
        self._rebuild(problem)
        self.warm_start(None)

    def warm_start(self, start: Start | None) -> None:
        """Set where the next solve starts, whatever was solved before.

        `start`: None starts cold.
        """
        self._solver, self._start = None, start

    def _rebuild(self, problem: Problem) -> None:
        """Reduce and build another problem where it differs from the last one."""
        problem = share_equal_parts(problem, self._problem)
        if _differs_in_weights_only(self._problem, problem):
            self._grouping = replace(
                self._grouping, problem=replace(self._grouping.problem, objective=problem.objective)
            )
            self._model = self._model.reweight(self._grouping.problem)
        else:
            self._grouping = self._regroup(problem)
            self._model = self._build(self._grouping)
        self._problem = problem

    def _regroup(self, problem: Problem) -> Grouping:
        """Keep the classes where nothing that they depend on is another."""
        if any(getattr(self._problem, name) is not getattr(problem, name) for name in _GROUPED_BY):
            return self._reduce(problem)
        merged = self._grouping.problem
        kept = replace(problem, workloads=merged.workloads, companies=merged.companies)
        return replace(self._grouping, problem=kept)

    def _reduce(self, problem: Problem) -> Grouping:
        self._options.enter("merging workloads", LOG)
        with self._clock.stage("reduce"):
            grouping = _group(problem, self._reduction)
        classes, workloads = grouping.size, problem.workloads.size
        self._options.note(LOG, "%s classes of %s workloads", f"{classes:,}", f"{workloads:,}")
        return grouping

    def _build(self, grouping: Grouping) -> Model:
        columns, problem = least_columns(grouping), grouping.problem
        self._memory = memory.require(
            columns * BYTES_PER_COLUMN, f"a program of {columns:,} variables", _smaller(problem)
        )
        self._options.enter("building the program", LOG)
        with self._clock.stage("build"):
            model = hold_past(build(grouping))
        size = f"{model.lp.n_columns:,}", f"{model.lp.n_rows:,}", f"{model.lp.n_nonzeros:,}"
        self._options.note(LOG, "%s columns, %s rows, %s nonzeros", *size)
        return model

    def _read(self, result: SolverResult, parts: int) -> _Answer:
        work = decisions = prices = None
        with self._clock.stage("expand"):
            if result.values is not None:
                work, decisions = self._model.decode(result.values)
            if result.row_duals is not None and not self._problem.is_bounded_by_solver:
                prices = self._model.prices(result.row_duals)
        return _Answer(result, parts, work, decisions, prices)

    def _cheapest_at_least_carbon(self, cleanest: _Answer) -> _Answer:
        """Among the cleanest plans take the cheapest, with a proof of its own."""
        model, duals = self._model, cleanest.result.row_duals
        faces: Iterator[LinearProgram] = iter(())
        if duals is not None:
            faces = iter([restrict_to_optimal_face(model.lp, duals, model.money)])
        elif (objective := cleanest.result.objective) is not None and len(model.lp.integer):
            limits = (objective + share * abs(objective) for share in CLEANEST)
            faces = (with_objective_limit(model.lp, limit, model.money) for limit in limits)
        for face in faces:
            cheapest = self._solve_face(face)
            if cheapest is not None and cheapest.work is not None:
                second = self._second_proof(face, duals, cheapest.result)
                return replace(cleanest, work=cheapest.work, decisions=cheapest.decisions, second=second)
        # Numerically the face can be empty; the cleanest plan is kept, and its cost is not proved.
        return cleanest

    def _solve_face(self, face: LinearProgram) -> _Answer | None:
        """Solve for the second goal; None where the solver fails, as the first one is reached."""
        with self._clock.stage("solve"):
            try:
                return self._read(*ProgramSolver(face, self._options, self._reduction).solve(self._left_s()))
            except SolverError:
                return None

    def _second_proof(
        self, face: LinearProgram, duals: Floats | None, cheapest: SolverResult
    ) -> Prices | float | None:
        """Prove the least cost by prices of the program with a cap on emissions, or by the solver's bound."""
        if self._problem.held is not None:
            return self._bound(cheapest)
        if duals is None or cheapest.row_duals is None:
            return cheapest.bound
        price = price_of_first_objective(self._model.lp, duals, face, cheapest.row_duals)
        prices = self._model.prices(cheapest.row_duals + price * duals)
        return replace(prices, carbon=prices.carbon + price)

    def _audit(self, answer: _Answer) -> Solution | None:
        if answer.work is None or answer.decisions is None:
            return None
        held, work = self._problem.held, answer.work
        if held is not None:
            work = put_past(work, held)
        if self._fewest_moves:
            work = self._divide(work, answer.result.status)
            work = work if held is None else put_past(work, held)
        self._options.enter("auditing", LOG, ends_soon=True)
        allocation = Allocation(self._problem, self._grouping, work)
        counter = MoveCounter(self._problem)
        with self._clock.stage("audit"):
            blocks = self._clock.pulled("expand", counter.watch(allocation.blocks()), out_of="audit")
            accounts, report = audit_plan(
                self._problem,
                blocks,
                answer.decisions,
                answer.prices,
                claimed_objective=answer.result.objective,
                claimed_status=answer.result.status,
                claimed_bound=self._bound(answer.result),
                second=answer.second,
            )
        self._options.note(LOG, "audit %s, gap %s", "passed" if report.passed else "failed", report.gap)
        return Solution(
            allocation,
            answer.decisions,
            answer.prices,
            accounts,
            counter.moves(),
            report,
            answer.second,
        )

    def _divide(self, work: Work, status: Status) -> Work:
        """Divide the work so that little of it moves.

        A plan that was stopped halfway stays as it is: divided it could cost less than its solver says. In
        whole numbers the rest is an optimum of its own.
        """
        if status is not Status.OPTIMAL and not len(self._model.lp.integer):
            return work
        self._options.enter("dividing work with few moves", LOG, ends_soon=True)
        with self._clock.stage("divide"):
            options = replace(self._options, time_limit_s=self._left_s())
            return divide_work(self._model, self._grouping, work, options)

    def _bound(self, result: SolverResult) -> float | None:
        """Bound that the solver proves: without columns in whole numbers, the optimum itself."""
        proved = result.status is Status.OPTIMAL and result.row_duals is not None
        return result.objective if proved and not len(self._model.lp.integer) else result.bound


def _group(problem: Problem, reduction: Reduction) -> Grouping:
    """Merge workloads; with a past that is held, those that it was counted for together."""
    if problem.held is not None:
        return merge_by_class(problem, problem.held.class_of)
    return merge(problem) if Reduction.MERGE in reduction else keep_all(problem)


def _differs_in_weights_only(one: Problem, other: Problem) -> bool:
    """Whether only the weight of money, carbon or a measure in the objective is another."""
    names = [field.name for field in fields(Problem) if field.name != "objective"]
    if any(getattr(one, name) is not getattr(other, name) for name in names):
        return False
    price, goal = other.objective.carbon_price_per_kg, other.objective.goal
    measured, per_unit = other.objective.measured, other.objective.measure_price
    same_weights = replace(
        one.objective, carbon_price_per_kg=price, goal=goal, measured=measured, measure_price=per_unit
    )
    # Without a weight the market basis has no variables for covered energy.
    weighs = bool(one.objective.carbon_weight) == bool(other.objective.carbon_weight)
    leaves = one.objective.allows_shortfall == other.objective.allows_shortfall
    return same_weights == replace(other.objective, shortfall=one.objective.shortfall) and weighs and leaves


def _smaller(problem: Problem) -> str:
    """Explain a program's size."""
    classes, pools, periods = problem.workloads.size, problem.pools.size, problem.horizon.size
    return (
        f"it has {classes:,} classes of workloads, {pools:,} pools and {periods:,} periods: longer periods, "
        "a shorter horizon or typical weeks (horizon.blocks), and workloads that share needs and profiles "
        "make it smaller"
    )
