"""Any solver that PuLP finds, such as CBC, GLPK, Gurobi or CPLEX."""

from __future__ import annotations

from typing import Any

import numpy as np

from computeplan.errors import SolverError
from computeplan.lp import LinearProgram
from computeplan.problem import Floats, Status
from computeplan.solvers.options import PROVEN, SolverOptions, SolverResult
from computeplan.solvers.verdict import settle

ALIASES = {"cbc": "COIN_CMD", "glpk": "GLPK_CMD", "gurobi": "GUROBI", "cplex": "CPLEX_PY"}
"""Short names for PuLP's own."""


BUNDLED = "PULP_CBC_CMD"
"""The copy of CBC inside PuLP; used through the class for any CBC, as its own goes in version 4."""


def available_pulp() -> list[str]:
    """Names of the solvers that PuLP finds here, CBC first."""
    import pulp

    short = {full: name for name, full in ALIASES.items()}
    found = (name for name in pulp.listSolvers(onlyAvailable=True) if name != BUNDLED)
    return list(dict.fromkeys(["cbc", *(short.get(name, name) for name in found)]))


def solve_pulp(lp: LinearProgram, options: SolverOptions) -> SolverResult:
    """Solve through PuLP.

    Parameters
    ----------
    lp : LinearProgram
    options : SolverOptions
        `name` is an alias or PuLP's own name of a solver.

    Raises
    ------
    SolverError
        If the solver fails.
    """
    import pulp

    model, variables, constraints = _to_pulp(lp)
    try:
        solver = _solver(options)
        if len(lp.integer):
            # Solvers without such an option pass over it.
            solver.optionsDict["gapRel"] = options.gap
        model.solve(solver)
    except pulp.PulpSolverError as error:
        raise SolverError(f"{options.name} failed: {error}") from error
    claim = _claim(model, impossible=_has_impossible_row(lp))
    values = _values(lp, variables) if claim.has_plan else None
    duals = _duals(constraints) if claim.has_plan and not len(lp.integer) else None
    if len(lp.integer) and options.gap > PROVEN and claim is Status.OPTIMAL:
        claim = Status.FEASIBLE
    status = settle(claim, lp, values, duals)
    return SolverResult(
        status=status,
        values=values if status.has_plan else None,
        row_duals=duals if status.has_plan else None,
        objective=None if values is None or not status.has_plan else lp.offset + float(lp.cost @ values),
        solver=options.name,
        version=f"PuLP {pulp.VERSION}",
        detail=f"{pulp.LpStatus[model.status]}/{pulp.LpSolution[model.sol_status]}",
    )


def _solver(options: SolverOptions) -> Any:
    import pulp

    settings: dict[str, Any] = {"msg": False}
    if options.time_limit_s is not None:
        settings["timeLimit"] = options.time_limit_s
    if options.threads is not None:
        settings["threads"] = options.threads
    if options.name == "cbc":
        settings["path"] = pulp.PULP_CBC_CMD.pulp_cbc_path
    return pulp.getSolver(ALIASES.get(options.name, options.name), **settings)


def _claim(model: Any, *, impossible: bool) -> Status:
    """Read both of PuLP's status codes: either alone has been seen to be wrong."""
    import pulp

    if model.status == pulp.LpStatusInfeasible or impossible:
        return Status.INFEASIBLE
    if model.status == pulp.LpStatusUnbounded:
        return Status.UNBOUNDED
    if model.status == pulp.LpStatusOptimal and model.sol_status == pulp.LpSolutionOptimal:
        return Status.OPTIMAL
    if model.sol_status == pulp.LpSolutionIntegerFeasible:
        return Status.FEASIBLE
    return Status.NO_PLAN


def _to_pulp(lp: LinearProgram) -> tuple[Any, list[Any], list[Any]]:
    """Write the arrays as PuLP objects; zero-padded numbers as names keep the order."""
    import pulp

    model = pulp.LpProblem("computeplan", pulp.LpMinimize)
    whole = np.isin(np.arange(lp.n_columns), lp.integer)
    category = np.where(whole, pulp.LpInteger, pulp.LpContinuous).tolist()
    bounds = zip(lp.column_lower.tolist(), lp.column_upper.tolist(), strict=True)
    variables = [
        model.add_variable(f"x{i:09d}", _finite(low), _finite(high), category[i])
        for i, (low, high) in enumerate(bounds)
    ]
    model += pulp.LpAffineExpression(zip(variables, lp.cost.tolist(), strict=True))
    limits = zip(lp.row_lower.tolist(), lp.row_upper.tolist(), strict=True)
    constraints = []
    for i, ((low, high), terms) in enumerate(zip(limits, _terms(lp, variables), strict=True)):
        sense, right = _sense(low, high)
        row = pulp.LpConstraint(pulp.LpAffineExpression(terms), sense, f"r{i:09d}", right)
        model.addConstraint(row)
        constraints.append(row)
    return model, variables, constraints


def _terms(lp: LinearProgram, variables: list[Any]) -> list[list[tuple[Any, float]]]:
    """Variables and coefficients of each row."""
    terms: list[list[tuple[Any, float]]] = [[] for _ in range(lp.n_rows)]
    column = np.repeat(np.arange(lp.n_columns), np.diff(lp.starts)).tolist()
    for row, j, value in zip(lp.rows.tolist(), column, lp.values.tolist(), strict=True):
        terms[row].append((variables[j], value))
    return terms


def _has_impossible_row(lp: LinearProgram) -> bool:
    """Whether a row without entries excludes zero; PuLP leaves such rows out."""
    empty = np.bincount(lp.rows, minlength=lp.n_rows) == 0
    return bool(np.any(empty & ((lp.row_lower > 0) | (lp.row_upper < 0))))


def _sense(low: float, high: float) -> tuple[int, float]:
    import pulp

    if low == high:
        return pulp.LpConstraintEQ, low
    if np.isinf(low):
        return pulp.LpConstraintLE, high
    if np.isinf(high):
        return pulp.LpConstraintGE, low
    raise SolverError("a row with two different finite limits cannot be handed to PuLP")


def _finite(bound: float) -> float | None:
    return None if np.isinf(bound) else bound


def _values(lp: LinearProgram, variables: list[Any]) -> Floats:
    """Read values; a variable that stands in no row or cost is left out by PuLP and rests at its bound."""
    found = np.array([np.nan if v.varValue is None else v.varValue for v in variables], dtype=float)
    rest = np.where(np.isfinite(lp.column_lower), lp.column_lower, 0.0)
    values: Floats = np.where(np.isnan(found), rest, found)
    return values


def _duals(constraints: list[Any]) -> Floats | None:
    """Read duals; absent where the solver gives none. An empty row has none and is worth nothing."""
    if all(row.pi is None for row in constraints):
        return None
    return np.array([row.pi or 0.0 for row in constraints], dtype=float)
