"""A plan as one archive of arrays with every digit, and back.

The archive is a NumPy ``.npz`` file: ``plan.json`` says what the solver said, ``class_of`` which class a
workload is in, and ``work.*``, ``decisions.*``, ``prices.*`` are the fields of these classes. Reading one
trusts nothing in it: what does not fit the problem is an error, and the plan is audited anew.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from computeplan.errors import PlanFolderError
from computeplan.grouping import Allocation, merge_as
from computeplan.plan.audit import audit_plan
from computeplan.plan.plan import Plan, Size, Solution, SolverRun
from computeplan.plan.shapes import AXES, amounts, indices, sizes
from computeplan.problem import Decisions, Ints, Prices, Problem, Status, Work

RECORD = "plan.json"
"""Member of the archive with what is no array."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time stamp of every member: the same plan gives the same bytes."""

Arrays = Mapping[str, npt.NDArray[np.generic]]


def plan_bytes(plan: Plan) -> bytes:
    """Write a plan as an archive.

    Parameters
    ----------
    plan : Plan
        Without a solution there are no arrays.

    Returns
    -------
    bytes
        The same for the same plan.
    """
    record = {
        "status": plan.status.value,
        "objective": plan.solution.audit.objective if plan.solution else None,
        "bound": plan.solution.audit.bound if plan.solution and plan.problem.has_integers else None,
        "size": asdict(plan.size),
        "solver": asdict(plan.solver),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(RECORD, EPOCH), json.dumps(record))
        for name, array in (_arrays(plan.solution) if plan.solution else {}).items():
            content = io.BytesIO()
            np.lib.format.write_array(content, np.asarray(array), allow_pickle=False)
            member = zipfile.ZipInfo(f"{name}.npy", EPOCH)
            archive.writestr(member, content.getvalue(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _arrays(solution: Solution) -> dict[str, npt.ArrayLike]:
    allocation = solution.allocation
    parts = {"work": allocation.work, "decisions": solution.decisions, "prices": solution.prices}
    members = {
        f"{part}.{field.name}": getattr(values, field.name)
        for part, values in parts.items()
        if values is not None
        for field in fields(values)
    }
    return {"class_of": allocation.grouping.class_of, **members}


def read_plan(problem: Problem, content: bytes) -> Plan:
    """Read an archive of `plan_bytes` and audit the plan on its problem.

    Parameters
    ----------
    problem : Problem
        The one that was planned.
    content : bytes

    Returns
    -------
    Plan
        With a solution whose accounts and audit are computed anew; without times.

    Raises
    ------
    PlanFolderError
        If it is no such archive or its arrays do not fit the problem.
    """
    record, arrays = _members(content)
    try:
        status, size, solver = Status(record["status"]), Size(**record["size"]), SolverRun(**record["solver"])
        claimed = float(record["objective"]) if status.has_plan else None
        bound = None if record["bound"] is None else float(record["bound"])
    except (KeyError, TypeError, ValueError) as error:
        raise PlanFolderError(f"{RECORD}: expected the record of a plan, got {error!r}") from error
    solution = _audited(problem, arrays, status, (claimed, bound)) if status.has_plan else None
    return Plan(problem, status, solution, size, solver, times_s={}, cpu_s={})


def _audited(
    problem: Problem, arrays: Arrays, status: Status, claims: tuple[float | None, float | None]
) -> Solution:
    grouping = merge_as(problem, _class_of(problem, arrays))
    allocation = Allocation(problem, grouping, _work(problem, grouping.size, arrays))
    decisions = Decisions(**_fields_of("decisions", problem, arrays))
    has_prices = any(name.startswith("prices.") for name in arrays)
    prices = _prices(problem, arrays) if has_prices else None
    accounts, report = audit_plan(
        problem,
        allocation.blocks(),
        decisions,
        prices,
        claimed_objective=claims[0],
        claimed_bound=claims[1],
        claimed_status=status,
    )
    return Solution(allocation, decisions, prices, accounts, report)


def _members(content: bytes) -> tuple[Any, Arrays]:
    """Unpack an archive; nothing in it is executed."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            record = json.loads(archive[RECORD])
            arrays = {name: archive[name] for name in archive.files if name != RECORD}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise PlanFolderError(f"expected an archive of a plan's arrays, got {error}") from error
    return record, arrays


def _array(name: str, arrays: Arrays) -> npt.NDArray[np.generic]:
    if name not in arrays:
        raise PlanFolderError(f"expected the array {name}, got none; solve again with this version")
    return arrays[name]


def _class_of(problem: Problem, arrays: Arrays) -> Ints:
    size = problem.workloads.size
    class_of = indices("class_of", _array("class_of", arrays), size, size)
    if len(class_of) and not np.bincount(class_of).all():
        raise PlanFolderError("class_of: expected a member in every class, got empty ones")
    return class_of


def _work(problem: Problem, classes: int, arrays: Arrays) -> Work:
    ends = {"workload": classes, "pool": problem.pools.size, "period": problem.horizon.size}
    values: dict[str, Any] = {}
    for prefix, axes in (("", ("workload", "pool", "period")), ("short_", ("workload", "period"))):
        entries = _array(f"work.{prefix}unit_h", arrays)
        values[f"{prefix}unit_h"] = amounts(f"work.{prefix}unit_h", entries, (entries.size,))
        if not np.isfinite(values[f"{prefix}unit_h"]).all():
            raise PlanFolderError(f"work.{prefix}unit_h: expected finite numbers, got others")
        for axis in axes:
            name = f"work.{prefix}{axis}"
            values[f"{prefix}{axis}"] = indices(name, _array(name, arrays), entries.size, ends[axis])
    for name in ("workload", "short_workload"):
        if (np.diff(values[name]) < 0).any():
            raise PlanFolderError(f"work.{name}: expected ascending indices")
    return Work(**values)


def _fields_of(part: str, problem: Problem, arrays: Arrays) -> dict[str, Any]:
    length = sizes(problem)
    named = {name: axes for name, axes in AXES.items() if name.startswith(f"{part}.")}
    return {
        name.removeprefix(f"{part}."): amounts(
            name, _array(name, arrays), tuple(length[axis] for axis in axes)
        )
        for name, axes in named.items()
    }


def _prices(problem: Problem, arrays: Arrays) -> Prices:
    values = _fields_of("prices", problem, arrays)
    numbers = {name: float(value) for name, value in values.items() if value.ndim == 0}
    return Prices(**{**values, **numbers})
