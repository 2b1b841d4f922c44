"""Any solver that PuLP finds, such as CBC, GLPK, Gurobi or CPLEX."""

from __future__ import annotations

import inspect
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from logging import getLogger
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread, get_native_id
from typing import Any

import numpy as np

from computeplan.errors import SolverError
from computeplan.lp import LinearProgram
from computeplan.problem import Floats, Status
from computeplan.solvers.options import PROVEN, Capabilities, SolverOptions, SolverResult
from computeplan.solvers.own_options import OptionList, OwnOption, Reserved, reserve
from computeplan.solvers.stopping import GRACE_S, POLL_S, run_until_stopped
from computeplan.solvers.termination import verify_status

LOG = getLogger(__package__)

CAPABILITIES = Capabilities(integers=True, bound=False, duals=True)
"""Of CBC. Of others PuLP says little: where they give no duals, the plan stays unproved."""

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

    `options`: `name` is an alias or PuLP's own name of a solver. Raises `SolverError` if the solver fails.
    """
    found = run_until_stopped(lambda: _solve(lp, options), options)
    return found or SolverResult.stopped(options.name, _version(options.name), "Interrupt")


def _solve(lp: LinearProgram, options: SolverOptions) -> SolverResult | None:
    """Build and solve a program; None where it was stopped before there was an answer."""
    import pulp

    model, variables, constraints = _to_pulp(lp)
    if options.is_stopped:
        return None
    try:
        solver = _solver(options)
        if len(lp.integer):
            # Solvers without such an option pass over it.
            solver.optionsDict["gapRel"] = options.gap
        with _reading_log(solver, options) as log, _ended_by(options):
            model.solve(solver)
            if options.name == "cbc" and len(lp.integer) and model.status == pulp.LpStatusInfeasible:
                # Its preprocessing has been seen to take feasible programs for infeasible ones.
                solver.options.append("preprocess off")
                model.solve(solver)
    except pulp.PulpSolverError as error:
        if options.is_stopped:
            return None
        raise SolverError(f"{options.name} failed: {error}") from error
    claim = _claim(model, impossible=_has_impossible_row(lp))
    values = _values(lp, variables) if claim.has_plan else None
    duals = _duals(constraints) if claim.has_plan and not len(lp.integer) else None
    if len(lp.integer) and options.gap > PROVEN and claim is Status.OPTIMAL:
        claim = Status.FEASIBLE
    status = verify_status(claim, lp, values, duals)
    return SolverResult(
        status=status,
        values=values if status.has_plan else None,
        row_duals=duals if status.has_plan else None,
        objective=None if values is None or not status.has_plan else lp.offset + float(lp.cost @ values),
        solver=options.name,
        version=_version(options.name),
        detail=f"{pulp.LpStatus[model.status]}/{pulp.LpSolution[model.sol_status]}",
        bound=_bound(lp, log) if values is not None and status is Status.FEASIBLE else None,
    )


@contextmanager
def _reading_log(solver: Any, options: SolverOptions) -> Iterator[list[str]]:
    """Collect the lines that a solver writes, where PuLP's class can keep them, and log them."""
    lines: list[str] = []
    if "logPath" not in inspect.signature(type(solver).__init__).parameters:
        yield lines
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / "solver.log"
        solver.optionsDict["logPath"] = str(path)
        yield lines
        if path.exists():
            lines += path.read_text(encoding="utf-8", errors="replace").splitlines()
    for line in lines if options.is_heard(LOG) else ():
        LOG.debug("%s", line)


def _bound(lp: LinearProgram, log: list[str]) -> float | None:
    """Read the bound that CBC says where it stops early on a program with whole numbers."""
    said = [found[1] for line in log if (found := _LOWER_BOUND.match(line))] if len(lp.integer) else []
    return lp.offset + float(said[-1]) if said else None


_LOWER_BOUND = re.compile(r"Lower bound:\s+(-?[\d.]+(?:e[+-]?\d+)?)\s*$")


@contextmanager
def _ended_by(options: SolverOptions) -> Iterator[None]:
    """End the processes of this thread once the solve is to stop; on Linux, which can list them.

    CBC writes what it has found at an interrupt; what does not end at one is killed.
    """
    children, is_over = Path(f"/proc/self/task/{get_native_id()}/children"), Event()
    if options.stop is None or not children.exists():
        yield
        return

    def watch() -> None:
        looks = 0
        while not is_over.wait(POLL_S):
            if options.is_stopped:
                looks += 1
                number = signal.SIGINT if looks * POLL_S < GRACE_S else signal.SIGKILL
                for child in children.read_text(encoding="ascii").split():
                    with suppress(ProcessLookupError):
                        os.kill(int(child), number)

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        watcher.join()


def _solver(options: SolverOptions) -> Any:
    import pulp

    settings: dict[str, Any] = {"msg": False}
    if options.time_limit_s is not None:
        settings["timeLimit"] = options.time_limit_s
    taken, takes_others = _parameters(options.name)
    if options.threads is not None and ("threads" in taken or takes_others):
        settings["threads"] = options.threads
    if options.name == "cbc":
        settings["path"] = pulp.PULP_CBC_CMD.pulp_cbc_path
        settings["options"] = [f"{name} {_as_cbc_reads(value)}" for name, value in options.options.items()]
    else:
        settings |= options.options
    return pulp.getSolver(ALIASES.get(options.name, options.name), **settings)


def _as_cbc_reads(value: Any) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else f"{value}"


PULP_RESERVED = reserve(
    {
        Reserved.TIME_LIMIT: ("timeLimit",),
        Reserved.THREADS: ("threads",),
        Reserved.GAP: ("gapRel", "gapAbs"),
        Reserved.VERBOSE: ("msg", "logPath"),
        Reserved.FILES: ("path", "keepFiles"),
        Reserved.MODEL: ("mip",),
        Reserved.PROOF: ("warmStart",),
        Reserved.BY_NAME: ("options",),
    }
)
CBC_RESERVED = reserve(
    {
        Reserved.TIME_LIMIT: ("seconds", "timeMode"),
        Reserved.GAP: ("ratioGap", "allowableGap"),
        Reserved.VERBOSE: ("logLevel", "slogLevel", "outputFormat", "messages", "allCommands"),
        Reserved.MODEL: ("direction", "cutoff", "increment", "constraintfromCutoff"),
        Reserved.PROOF: ("printingOptions", "keepNames", "PrepNames", "errorsAllowed"),
    }
)
"""Options that are not for users, and why: of all solvers through PuLP, and of CBC."""

CBC_WRITES = ("file", "save", "stopaftersaving")
"""Words by which CBC writes files, or ends before it has solved."""

_CBC_OPTION = re.compile(
    r"(?P<name>[A-Za-z]\w*)(?:\((?P<rest>\w+)\))? : (?:(?! : ).)*?"
    r"<(?:Possible options for \w+ are: (?P<words>[^;]*);"
    r"|Range of values is (?P<least>\S+) to (?P<most>\S+);\s*current (?P<default>[^\s>]+)>)",
    re.DOTALL,
)


def own_options(solver: str) -> OptionList:
    """List the options of a solver: those of CBC as it says them, of others what PuLP's class takes.

    What CBC is accurate to can only be tightened.
    """
    if solver == "cbc":
        return _cbc_options()
    taken, takes_others = _parameters(solver)
    return OptionList(dict.fromkeys(taken, OwnOption(object)), PULP_RESERVED, is_open=takes_others)


def _parameters(solver: str) -> tuple[list[str], bool]:
    """Name what PuLP's class of a solver takes, and whether it takes other words too."""
    import pulp

    taken = inspect.signature(getattr(pulp, ALIASES.get(solver, solver))).parameters.values()
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    others = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in taken)
    return [each.name for each in taken if each.kind in named], others


@cache
def _cbc_options() -> OptionList:
    listed = _ask_cbc("?")
    sections = re.findall(r"([\w ]+):\n((?: .*\n)+)", listed)
    kinds = {"double": float, "integer": int, "keyword": str}
    kind_of = {
        name.replace("(", "").replace(")", ""): kind
        for title, names in sections
        for word, kind in kinds.items()
        if f"{word} parameters" in title.lower()
        for name in names.split()
    }
    found, reserved = dict[str, OwnOption](), dict[str, Reserved]()
    for each in _CBC_OPTION.finditer(_ask_cbc(*(f"{name}??" for name in kind_of))):
        name = f"{each['name']}{each['rest'] or ''}"
        if name in kind_of:
            words = tuple(re.sub("[()?]", "", word) for word in (each["words"] or "").split())
            words = tuple(word for word in words if word not in CBC_WRITES)
            top = each["default"] if name.endswith("Tolerance") else each["most"]
            least, most = float(each["least"] or "-inf"), float(top or "inf")
            option = OwnOption(kind_of[name], least, most, words)
            found |= {name: option, each["name"]: option}
            if name in CBC_RESERVED:
                reserved |= dict.fromkeys((name, each["name"]), CBC_RESERVED[name])
    return OptionList(found, reserved)


def _ask_cbc(*questions: str) -> str:
    """Ask CBC about itself."""
    import pulp

    asked = "\n".join((*questions, "quit\n"))
    command = [pulp.PULP_CBC_CMD.pulp_cbc_path]
    return subprocess.run(command, input=asked, capture_output=True, text=True, check=False).stdout  # noqa: S603 - PuLP's own copy


@cache
def _version(solver: str) -> str:
    """Give the version of PuLP, and of CBC as it names itself; of others PuLP says none."""
    import pulp

    if solver != "cbc":
        return f"PuLP {pulp.VERSION}"
    found = re.search(r"Version: (\S+)", _ask_cbc())
    return f"CBC {found[1] if found else 'unknown'}, PuLP {pulp.VERSION}"


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
    column = lp.entry_columns.tolist()
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
    """Read values; PuLP leaves out a variable without row and cost, which is at its bound."""
    found = np.array([np.nan if v.varValue is None else v.varValue for v in variables], dtype=float)
    rest = np.where(np.isfinite(lp.column_lower), lp.column_lower, 0.0)
    values: Floats = np.where(np.isnan(found), rest, found)
    return values


def _duals(constraints: list[Any]) -> Floats | None:
    """Read duals; None where the solver gives no duals. That of an empty row is 0."""
    if all(row.pi is None for row in constraints):
        return None
    return np.array([row.pi or 0.0 for row in constraints], dtype=float)
