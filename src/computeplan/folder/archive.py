"""A plan as one archive of arrays with every digit, and back.

The archive is a NumPy ``.npz`` file: ``plan.json`` says what the solver said, ``class_of`` which class a
workload is in, and ``work.*``, ``decisions.*``, ``prices.*`` are the fields of these classes. Reading one
trusts nothing in it: what does not fit the problem is an error, and the plan is audited anew.

What the arrays of a saved plan must look like to fit a problem.
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

from computeplan.accounts.moves import MoveCounter
from computeplan.audit import audit_plan
from computeplan.errors import PlanFolderError
from computeplan.folder.contents import HELD
from computeplan.grouping import Allocation, merge_by_class
from computeplan.problem import Decisions, Floats, Held, Ints, Prices, Problem, Status, Work
from computeplan.problem.fields import meanings
from computeplan.solvers.plan import Plan, Size, Solution, SolverRun


def amounts(name: str, array: npt.NDArray[np.generic], shape: tuple[int, ...]) -> Floats:
    """Take an array for numbers of a shape; `name` is for the message.

    Raises `PlanFolderError` if it is something else.
    """
    if array.dtype != np.float64 or array.shape != shape:
        raise PlanFolderError(
            path=name, expected=f"numbers of shape {shape}", found=f"{array.dtype} of {array.shape}"
        )
    return array.astype(np.float64)


def indices(name: str, array: npt.NDArray[np.generic], length: int, most: int) -> Ints:
    """Take an array for indices in 0 … most − 1; `name` is for the message.

    Raises `PlanFolderError` if it is something else.
    """
    if array.dtype.kind != "i" or array.shape != (length,):
        raise PlanFolderError(
            path=name, expected=f"{length} indices", found=f"{array.dtype} of {array.shape}"
        )
    if length and not (int(array.min()) >= 0 and int(array.max()) < most):
        raise PlanFolderError(
            path=name, expected=f"indices below {most}", found=f"{array.min()} to {array.max()}"
        )
    return array.astype(np.int64)


RECORD = "plan.json"
"""Member of the archive with what is no array."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time stamp of every member: the same plan gives the same bytes."""

Arrays = Mapping[str, npt.NDArray[np.generic]]


def plan_bytes(plan: Plan) -> bytes:
    """Write a plan as an archive, the same bytes for the same plan; no solution, no arrays."""
    record = {
        "status": plan.status.value,
        "objective": plan.solution.audit.objective if plan.solution else None,
        "bound": plan.solution.audit.bound if plan.solution and plan.problem.is_bounded_by_solver else None,
        "cost_bound": _cost_bound(plan.solution),
        "size": asdict(plan.size),
        "solver": asdict(plan.solver),
    }
    return _pack(record, _arrays(plan.solution) if plan.solution else {})


def held_bytes(held: Held) -> bytes:
    """Write what is held of a plan as an archive."""
    parts = {"work": held.work, "decisions": held.decisions}
    record = {"until": held.until, "holds_supply": held.holds_supply}
    return _pack(record, {"class_of": held.class_of, **_members_of(parts)})


def read_held(problem: Problem, content: bytes) -> Held:
    """Read an archive of `held_bytes`.

    Raises `PlanFolderError` if it is no such archive or its arrays do not fit the problem.
    """
    record, arrays = _members(content)
    try:
        until, holds_supply = int(record["until"]), bool(record["holds_supply"])
    except (KeyError, TypeError, ValueError) as error:
        raise PlanFolderError(path=HELD, expected="the record of a past", found=repr(error)) from error
    if not 0 < until < problem.horizon.size:
        raise PlanFolderError(path=HELD, expected="a time inside the horizon", found=f"period {until}")
    class_of = _class_of(problem, arrays)
    work = _work(problem, int(class_of.max(initial=-1)) + 1, arrays)
    decisions = Decisions(**_fields_of(Decisions, "decisions", problem, arrays))
    return Held(until, class_of, work, decisions, holds_supply)


def _pack(record: Mapping[str, Any], arrays: Mapping[str, npt.ArrayLike]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(RECORD, EPOCH), json.dumps(record))
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, np.asarray(array), allow_pickle=False)
            member = zipfile.ZipInfo(f"{name}.npy", EPOCH)
            archive.writestr(member, content.getvalue(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _cost_bound(solution: Solution | None) -> float | None:
    """Bound of the second goal that the solver proved in whole numbers."""
    second = solution.second if solution else None
    return None if second is None or isinstance(second, Prices) else second


def _arrays(solution: Solution) -> dict[str, npt.ArrayLike]:
    allocation = solution.allocation
    parts = {"work": allocation.work, "decisions": solution.decisions, "prices": solution.prices}
    parts["second"] = solution.second if isinstance(solution.second, Prices) else None
    return {"class_of": allocation.grouping.class_of, **_members_of(parts)}


def _members_of(parts: Mapping[str, Any]) -> dict[str, npt.ArrayLike]:
    return {
        f"{part}.{field.name}": getattr(values, field.name)
        for part, values in parts.items()
        if values is not None
        for field in fields(values)
    }


def read_plan(problem: Problem, content: bytes) -> Plan:
    """Read an archive of `plan_bytes` and audit the plan on its problem; accounts are computed anew.

    Raises `PlanFolderError` if it is no such archive or its arrays do not fit the problem.
    """
    record, arrays = _members(content)
    try:
        status, size, solver = Status(record["status"]), Size(**record["size"]), SolverRun(**record["solver"])
        claimed = float(record["objective"]) if status.has_plan else None
        bound, cost_bound = (
            None if record.get(name) is None else float(record[name]) for name in ("bound", "cost_bound")
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PlanFolderError(path=RECORD, expected="the record of a plan", found=repr(error)) from error
    solution = _audited(problem, arrays, status, (claimed, bound, cost_bound)) if status.has_plan else None
    return Plan(problem, status, solution, size, solver, times_s={}, cpu_s={})


def _audited(problem: Problem, arrays: Arrays, status: Status, claims: tuple[float | None, ...]) -> Solution:
    grouping = merge_by_class(problem, _class_of(problem, arrays))
    allocation = Allocation(problem, grouping, _work(problem, grouping.size, arrays))
    decisions = Decisions(**_fields_of(Decisions, "decisions", problem, arrays))
    prices = _prices("prices", problem, arrays)
    second = _prices("second", problem, arrays) or claims[2]
    counter = MoveCounter(problem)
    accounts, report = audit_plan(
        problem,
        counter.watch(allocation.blocks()),
        decisions,
        prices,
        claimed_objective=claims[0],
        claimed_bound=claims[1],
        claimed_status=status,
        second=second,
    )
    return Solution(allocation, decisions, prices, accounts, counter.moves(), report, second)


def _members(content: bytes) -> tuple[Any, Arrays]:
    """Unpack an archive; nothing in it is executed."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            record = json.loads(archive[RECORD])
            arrays = {name: archive[name] for name in archive.files if name != RECORD}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise PlanFolderError(expected="an archive of a plan's arrays", found=error) from error
    return record, arrays


def _array(name: str, arrays: Arrays) -> npt.NDArray[np.generic]:
    if name not in arrays:
        raise PlanFolderError(
            expected=f"the array {name}", found="none", hint="solve again with this version"
        )
    return arrays[name]


def _class_of(problem: Problem, arrays: Arrays) -> Ints:
    size = problem.workloads.size
    class_of = indices("class_of", _array("class_of", arrays), size, size)
    if len(class_of) and not np.bincount(class_of).all():
        raise PlanFolderError(path="class_of", expected="a member in every class", found="empty ones")
    return class_of


def _work(problem: Problem, classes: int, arrays: Arrays) -> Work:
    ends = {"workload": classes, "pool": problem.pools.size, "period": problem.horizon.size}
    values: dict[str, Any] = {}
    for prefix, axes in (("", ("workload", "pool", "period")), ("short_", ("workload", "period"))):
        entries = _array(f"work.{prefix}unit_h", arrays)
        values[f"{prefix}unit_h"] = amounts(f"work.{prefix}unit_h", entries, (entries.size,))
        if not np.isfinite(values[f"{prefix}unit_h"]).all():
            raise PlanFolderError(path=f"work.{prefix}unit_h", expected="finite numbers", found="others")
        for axis in axes:
            name = f"work.{prefix}{axis}"
            values[f"{prefix}{axis}"] = indices(name, _array(name, arrays), entries.size, ends[axis])
    for name in ("workload", "short_workload"):
        if (np.diff(values[name]) < 0).any():
            raise PlanFolderError(path=f"work.{name}", expected="ascending indices")
    return Work(**values)


def _fields_of(of: type, part: str, problem: Problem, arrays: Arrays) -> dict[str, Any]:
    names = {field: f"{part}.{field}" for field in meanings(of)}
    return {
        field: amounts(names[field], _array(names[field], arrays), problem.shape(meaning))
        for field, meaning in meanings(of).items()
    }


def _prices(part: str, problem: Problem, arrays: Arrays) -> Prices | None:
    """Prices of a part of the archive, if it has any."""
    if not any(name.startswith(f"{part}.") for name in arrays):
        return None
    values = _fields_of(Prices, part, problem, arrays)
    numbers = {name: float(value) for name, value in values.items() if value.ndim == 0}
    return Prices(**{**values, **numbers})
