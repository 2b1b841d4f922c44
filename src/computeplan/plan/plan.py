"""A plan: the decisions, what they are worth, and the proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from computeplan.grouping import Allocation
from computeplan.plan.accounting import Accounts
from computeplan.plan.audit import AuditReport
from computeplan.problem import Decisions, Prices, Problem, Status


@dataclass(frozen=True)
class Size:
    """Size of the linear program that was solved.

    Attributes
    ----------
    classes : int
        Workloads after merging.
    columns, rows, nonzeros : int
    parts : int
        Independent parts it was solved in.
    """

    classes: int
    columns: int
    rows: int
    nonzeros: int
    parts: int


@dataclass(frozen=True)
class SolverRun:
    """What the solver said.

    Attributes
    ----------
    name, version, detail : str
        `detail` is the solver's own word for how it ended.
    iterations : int
    """

    name: str
    version: str
    detail: str
    iterations: int


@dataclass(frozen=True, eq=False)
class Solution:
    """Decisions with what they are worth; exists only where the status has a plan.

    Attributes
    ----------
    allocation : Allocation
        Where and when every workload runs.
    decisions : Decisions
    prices : Prices, optional
        Absent where the solver gives no duals.
    accounts : Accounts
        Cost and emissions, recomputed from the problem.
    audit : AuditReport
        Every constraint and the gap, recomputed from the problem.
    """

    allocation: Allocation
    decisions: Decisions
    prices: Prices | None
    accounts: Accounts
    audit: AuditReport


@dataclass(frozen=True, eq=False)
class Plan:
    """The answer to a problem.

    Attributes
    ----------
    problem : Problem
    status : Status
    solution : Solution, optional
        Present exactly where `status.has_plan`.
    size : Size
    solver : SolverRun
    times_s : mapping of str to float
        Seconds of each stage: reduce, build, solve, expand, audit.
    cpu_s : mapping of str to float
        Processor seconds of the process in each stage, on all cores.
    """

    problem: Problem
    status: Status
    solution: Solution | None
    size: Size
    solver: SolverRun
    times_s: Mapping[str, float]
    cpu_s: Mapping[str, float]
