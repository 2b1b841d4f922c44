"""A plan: decisions, accounts and proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from computeplan.accounts.accounts import Accounts
from computeplan.accounts.moves import Moves
from computeplan.audit import AuditReport
from computeplan.grouping import Allocation
from computeplan.problem import Decisions, Prices, Problem, Status


@dataclass(frozen=True)
class Size:
    """Size of the linear program that was solved."""

    classes: int
    """Workloads after merging."""
    columns: int
    rows: int
    nonzeros: int
    parts: int
    """Independent parts it was solved in."""


@dataclass(frozen=True)
class SolverRun:
    """How the solver ended."""

    name: str
    version: str
    detail: str
    """`detail` is the solver's own word for how it ended."""
    iterations: int


@dataclass(frozen=True, eq=False)
class Solution:
    """Decisions with accounts and audit; exists only where the status has a plan."""

    allocation: Allocation
    """Where and when every workload runs."""
    decisions: Decisions
    prices: Prices | None
    """Absent where the solver gives no duals."""
    accounts: Accounts
    """Cost and emissions, recomputed from the problem."""
    moves: Moves
    """How often every workload moves."""
    audit: AuditReport
    """Every constraint and the gap, recomputed from the problem."""
    second: Prices | float | None = None
    """Proof of the least cost among the cleanest plans: prices or, with whole numbers, the solver's bound."""

    def __repr__(self) -> str:
        return f"Solution(objective {self.accounts.objective:,.6g})"


@dataclass(frozen=True, eq=False)
class Plan:
    """The answer to a problem."""

    problem: Problem
    status: Status
    solution: Solution | None
    """Present exactly where `status.has_plan`."""
    size: Size
    solver: SolverRun
    times_s: Mapping[str, float]
    """Seconds of each stage: reduce, build, solve, expand, audit; divide, where little is to move."""
    cpu_s: Mapping[str, float]
    """Processor seconds of the process in each stage, on all cores."""

    def __repr__(self) -> str:
        return f"Plan({self.problem.name}: {self.status})"
