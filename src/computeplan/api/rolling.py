"""Plan the rest of a horizon anew from what has happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from logging import getLogger
from pathlib import Path
from time import perf_counter

import numpy as np

from computeplan.accounts.moves import MoveCounter
from computeplan.api.calls import read_config
from computeplan.api.plans import plan_loaded
from computeplan.arguments import checked
from computeplan.audit import TOLERANCE, audit_plan
from computeplan.errors import UsageError
from computeplan.explanations.part import find_period
from computeplan.folder.tables.actuals import read_actuals
from computeplan.grouping import Allocation, merge_by_class
from computeplan.problem import Held, Horizon, Problem
from computeplan.progress import Progress
from computeplan.runs.compare import PlanDifferences, compare
from computeplan.runs.happened import take_over
from computeplan.runs.loaded import Loaded
from computeplan.runs.opened import open_plan
from computeplan.runs.run import Run
from computeplan.solvers import SolverOptions
from computeplan.solvers.plan import Plan, Solution
from computeplan.text import number

LOG = getLogger(__package__)
SAME = 1e-8
"""Share of the plan's magnitude that is no reason to change it."""


@dataclass(frozen=True, eq=False)
class Roll:
    """A plan whose rest was planned anew."""

    before: Run
    run: Run
    """The plan over the whole horizon: until now as it happened, then the best rest."""
    now: str
    """Local start of the rest."""
    keeping: float | None
    """Objective if nothing were changed from now on; absent where that is not possible, and with actuals."""
    is_kept: bool
    """Whether nothing is gained by a change, so that the plan stays as it is."""

    def __repr__(self) -> str:
        return f"Roll({self.run.plan.problem.name} from {self.now}: {'kept' if self.is_kept else 'changed'})"

    @cached_property
    def changes(self) -> PlanDifferences:
        """What is other than in the plan before."""
        return compare(self.before, self.run)


@checked
def roll(
    plan: Run | str | Path,
    now: str,
    *,
    config: str | Path | Mapping[str, object] | Loaded | None = None,
    actuals: Sequence[str | Path] = (),
    options: SolverOptions | Mapping[str, object] | None = None,
    progress: Progress | None = None,
) -> Roll:
    """Plan the rest of a horizon anew: what happened until now, and what was decided once, is held.

    Parameters
    ----------
    plan : Run, str or Path
        The plan so far, or its folder; it may be one of `roll` itself.
    now : str
        A local time up to the end of the plan, such as ``2026-03-06 12:00``; its period is planned anew.
    config : str, Path, mapping or Loaded, optional
        What is known now, from the same start on; by default what the plan was made from.
    actuals : sequence of str or Path
        Tables of what workloads did until now, with the columns of `Run.schedule`; those that are in none
        did what was planned.

    Raises
    ------
    ConfigError, UsageError
        If the config does not go on from the plan, or what was done contradicts it.
    PlanFolderError, AuditError, SolverError, KeyboardInterrupt
    """
    start = perf_counter()
    before = plan if isinstance(plan, Run) else open_plan(plan, baseline=False)
    solution = before.require_solution("roll")
    loaded = before.loaded if config is None else read_config(config, None, (), (), progress)
    problem = replace(loaded.problem, held=None)
    until = _find_now(before.plan.problem.horizon, problem.horizon, now)
    held = None
    if until:
        done = read_actuals(problem, [Path(path) for path in actuals], until)
        held = take_over(before.plan.problem, solution, problem, until, done)
    problem = replace(problem, held=held)
    loaded = replace(loaded, config=replace(loaded.config, problem=problem))
    spent_s = perf_counter() - start
    run = plan_loaded(
        loaded,
        options=before.options if options is None else options,
        baseline=False,
        policies=(),
        limits=0,
        progress=progress,
        spent_s=spent_s,
    )
    kept = None if held is None or actuals else _keep(before, run, problem, held)
    is_kept = kept is not None and _is_as_good(kept, run.plan)
    if is_kept:
        run = replace(run, plan=replace(run.plan, solution=kept))
    keeping = kept.accounts.objective if kept else None
    return Roll(before, run, problem.horizon.local_time(until), keeping, is_kept)


def _find_now(before: Horizon, after: Horizon, now: str) -> int:
    """Find the first period of the rest."""
    if len(before.blocks) > 1 or (before.weight != 1).any():
        found = f"{len(before.blocks)} blocks that stand for {number(before.real_hours)} h"
        raise UsageError(path="plan", expected="one stretch of real time", found=found)
    if before.start_utc[0] != after.start_utc[0] or before.period_h != after.period_h:
        starts = [f"{each.local_time(0)} by {number(each.period_h)} h" for each in (before, after)]
        hint = "the past stays in the horizon; its end may be later"
        raise UsageError(path="config", expected=f"a horizon from {starts[0]}", found=starts[1], hint=hint)
    period = find_period(after, now)
    if period is None or period > before.size:
        first, last = after.local_time(0), after.local_time(min(before.size, after.size - 1))
        raise UsageError(path="now", expected=f"a local time from {first} to {last}", found=repr(now))
    return period


def _keep(before: Run, run: Run, problem: Problem, held: Held) -> Solution | None:
    """Judge the plan before by what is known now; None where it cannot go on as it is."""
    was, old, new = before.plan.problem, before.plan.solution, run.plan.solution
    same = was.horizon.size == problem.horizon.size and was.names == problem.names
    if old is None or new is None or not same:
        return None
    if not np.array_equal(old.allocation.grouping.class_of, held.class_of):
        return None
    allocation = Allocation(problem, merge_by_class(problem, held.class_of), old.allocation.work)
    counter = MoveCounter(problem)
    accounts, report = audit_plan(
        problem,
        counter.watch(allocation.blocks()),
        old.decisions,
        None,
        claimed_status=run.plan.status,
        claimed_bound=new.audit.bound,
    )
    if not report.max_violation <= TOLERANCE:
        return None
    return Solution(allocation, old.decisions, None, accounts, counter.moves(), report, new.second)


def _is_as_good(kept: Solution, plan: Plan) -> bool:
    """Whether a plan that stays as it is costs no more than the best one, and is proved as well."""
    if plan.solution is None or not kept.audit.passed:
        return False
    room = SAME * plan.solution.accounts.magnitude
    return kept.accounts.objective <= plan.solution.accounts.objective + room
