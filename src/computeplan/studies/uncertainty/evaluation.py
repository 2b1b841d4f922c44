"""What shared decisions lead to in every node: its best plan with them held, audited on the whole problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from computeplan.accounts.moves import MoveCounter
from computeplan.audit import audit_plan
from computeplan.grouping import Allocation
from computeplan.lp import LinearProgram
from computeplan.lp.builder import Entries, lay_out_by_column
from computeplan.problem import Floats, Status, sum_by
from computeplan.solvers import Basis, SolverOptions, SolverResult, Start
from computeplan.solvers.decomposition import ProgramSolver, Reduction
from computeplan.solvers.plan import Plan, Size, Solution, SolverRun
from computeplan.studies.uncertainty.nodes import Node, SharedDecisions


def evaluate(
    nodes: Sequence[Node],
    values: Floats,
    options: SolverOptions,
    bases: Sequence[Basis | None] = (),
) -> tuple[Plan, ...]:
    """Plan every node with the shared decisions (n,) held at some values, from its basis if there is one."""
    muted, starts = options.muted(), bases or [None] * len(nodes)
    return tuple(
        audited(node, solve_held(node, values, muted, basis)[0])
        for node, basis in zip(nodes, starts, strict=True)
    )


def costs_of(plans: Sequence[Plan]) -> Floats:
    """(S,) objective of each plan; inf where there is none."""
    return np.array([np.inf if plan.solution is None else plan.solution.accounts.objective for plan in plans])


def solve_held(
    node: Node, values: Floats, options: SolverOptions, basis: Basis | None
) -> tuple[SolverResult, Basis | None]:
    """Solve a node with the shared decisions held, from a basis if there is one; also give its last basis."""
    start = None if basis is None else Start((basis,))
    solver = ProgramSolver(node.held(values), options, Reduction.NONE, start)
    result, _ = solver.solve()
    return result, next(iter(solver.bases()), None)


def solve_alone(node: Node, options: SolverOptions) -> tuple[Plan, Floats | None]:
    """Plan a node as if it were known that it comes; also give its own values (n,) of what is shared."""
    result, _ = ProgramSolver(node.lp, options, Reduction.ALL).solve()
    if result.values is None:
        return audited(node, result), None
    values = np.zeros(len(node.columns))
    values[node.there] = result.values[node.columns[node.there]]
    return audited(node, result, with_proof=True), values


def audited(node: Node, result: SolverResult, *, with_proof: bool = False) -> Plan:
    """Make what was found for a node a plan, audited on its whole problem.

    `with_proof`: with the bound of the node alone; where shared decisions are held there is none, and the
    plan is feasible.
    """
    lp = node.lp
    plan = Plan(
        problem=node.problem,
        status=result.status,
        solution=None,
        size=Size(node.grouping.size, lp.n_columns, lp.n_rows, lp.n_nonzeros, 1),
        solver=SolverRun(result.solver, result.version, result.detail, result.iterations),
        times_s={},
        cpu_s={},
    )
    if result.values is None:
        return plan
    work, decisions = node.model.decode(result.values)
    allocation = Allocation(node.problem, node.grouping, work)
    counter = MoveCounter(node.problem)
    has_prices = with_proof and result.row_duals is not None and not node.problem.has_integers
    prices = node.model.prices(result.row_duals) if has_prices and result.row_duals is not None else None
    status = result.status if with_proof else Status.FEASIBLE
    accounts, report = audit_plan(
        node.problem,
        counter.watch(allocation.blocks()),
        decisions,
        prices,
        claimed_objective=result.objective,
        claimed_status=status,
        claimed_bound=result.bound if with_proof else None,
    )
    solution = Solution(allocation, decisions, prices, accounts, counter.moves(), report)
    return replace(plan, status=status, solution=solution)


def best_for_mean(
    nodes: Sequence[Node], shared: SharedDecisions, probability: Floats, options: SolverOptions
) -> Floats | None:
    """(n,) shared decisions that are best for the mean of all numbers; None without meaning or plan."""
    lp = mean_program(nodes, probability)
    if lp is None:
        return None
    result, _ = ProgramSolver(lp, options.muted(), Reduction.NONE).solve()
    if result.values is None:
        return None
    values = np.zeros(shared.size)
    first = nodes[0]
    values[first.there] = result.values[first.columns[first.there]]
    return shared.tidied(values)


def mean_program(nodes: Sequence[Node], probability: Floats) -> LinearProgram | None:
    """Average the numbers of the nodes' programs; None where their variables or rows are not the same."""
    first = nodes[0].lp
    if any(not _are_alike(first, node.lp) for node in nodes):
        return None
    weighted = list(zip(probability.tolist(), (node.lp for node in nodes), strict=True))
    columns = np.concatenate([lp.entry_columns for _, lp in weighted])
    rows = np.concatenate([lp.rows for _, lp in weighted]).astype(np.int64)
    values = np.concatenate([weight * lp.values for weight, lp in weighted])
    place, entry = np.unique(columns * first.n_rows + rows, return_inverse=True)
    merged = Entries(place % first.n_rows, place // first.n_rows, sum_by(entry, values, len(place)))
    starts, row, value = lay_out_by_column([merged], first.n_columns)
    sides = ("cost", "column_lower", "column_upper", "row_lower", "row_upper")
    means = {side: sum(weight * getattr(lp, side) for weight, lp in weighted) for side in sides}
    offset = sum(weight * lp.offset for weight, lp in weighted)
    return replace(first, starts=starts, rows=row, values=value, offset=offset, **means)


def _are_alike(one: LinearProgram, other: LinearProgram) -> bool:
    """Whether the variables and rows of two programs mean the same."""
    pairs = (
        (mine, its)
        for kind in ("column_families", "row_families")
        for mine, its in zip(getattr(one, kind), getattr(other, kind), strict=True)
    )
    return all(
        len(mine.keys) == len(its.keys) and all(map(np.array_equal, mine.keys, its.keys))
        for mine, its in pairs
    )
