"""Why a workload runs where it runs, pool by pool."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from computeplan.explain.choices import Choice, WorkloadCase
from computeplan.explain.wording import number
from computeplan.plan.summary import number as plain_number
from computeplan.problem import Goal, Problem
from computeplan.report.figures import column, percent
from computeplan.report.tables import table

SAME = 1e-6
"""A unit·h that is dearer by less than this share of the largest difference costs the same."""


def workload_view(problem: Problem, case: WorkloadCase) -> RenderableType:
    """Show where a workload runs, and for every other pool why not.

    Parameters
    ----------
    problem : Problem
    case : WorkloadCase
    """
    parts: list[RenderableType] = [_headline(problem, case), Text()]
    possible = [choice for choice in case.choices if choice.is_used or not choice.excluded]
    excluded = [choice for choice in case.choices if choice.excluded]
    if possible:
        parts += [_possible(problem, case, possible), Text()]
    if excluded:
        parts += [_excluded(excluded), Text()]
    return Group(*parts, Text(_meaning(problem, case), style="dim"))


def workload_data(problem: Problem, case: WorkloadCase) -> dict[str, object]:
    """Give the same as data for JSON.

    Parameters
    ----------
    problem : Problem
    case : WorkloadCase
    """
    return {
        "workload": problem.workloads.names[case.index],
        "company": problem.companies.names[problem.workloads.company[case.index]],
        "work_unit_h": case.work_unit_h,
        "short_unit_h": case.short_unit_h,
        "done_at_once": plain_number(case.at_once),
        "unit": _unit(problem),
        "pools": [_choice_data(problem, case, choice) for choice in case.choices],
    }


def _choice_data(problem: Problem, case: WorkloadCase, choice: Choice) -> dict[str, object]:
    return {
        "pool": choice.pool,
        "site": choice.site,
        "work_unit_h": choice.work_unit_h,
        "excluded": list(choice.excluded),
        "dearer": plain_number(choice.dearer),
        "parts": choice.more,
        "dirtier_kg": plain_number(choice.more_kg),
        "would_come": _would_come(problem, choice, _least(case)),
    }


def _headline(problem: Problem, case: WorkloadCase) -> Text:
    register, index = problem.workloads, case.index
    zone = problem.network.zone_names[int(problem.needs.zone[register.need[index]])]
    company = problem.companies.names[register.company[index]]
    text = Text.assemble((f"workload {register.names[index]}", "bold"))
    text.append(f" of {company}, from {zone}: {number(case.work_unit_h)} unit·h")
    if case.short_unit_h > 0:
        text.append(f", {number(case.short_unit_h)} left undone")
    wait_h = float(register.max_delay_h[index])
    if wait_h and not math.isnan(case.at_once):
        text.append(f"; {percent(case.at_once)} at once, the rest within {number(wait_h)} h")
    return text


def _possible(problem: Problem, case: WorkloadCase, choices: Sequence[Choice]) -> RenderableType:
    view = table("pool", ">work", ">dearer", ">dirtier", "of which")
    dearer = column([choice.dearer for choice in choices], 3)
    kg = column([choice.more_kg for choice in choices], 3)
    for row, choice in enumerate(choices):
        share = choice.work_unit_h / case.work_unit_h if case.work_unit_h else math.nan
        work, least = percent(share) if choice.is_used else "", _least(case)
        words = "; ".join(filter(None, (_parts(choice, least), _would_come(problem, choice, least))))
        view.add_row(choice.pool, work, dearer[row], kg[row], words)
    return view


def _parts(choice: Choice, least: float) -> str:
    """List the parts of a difference, the largest first."""
    parts = sorted(choice.more.items(), key=lambda part: -abs(part[1]))
    return ", ".join(f"{part} {_signed(amount)}" for part, amount in parts if abs(amount) > least)


def _signed(amount: float) -> str:
    return f"{'+' if amount > 0 else '−'}{number(abs(amount), 3)}"


def _excluded(choices: Sequence[Choice]) -> RenderableType:
    view = table("excluded pool", ">dearer", "by")
    for choice, dearer in zip(choices, column([choice.dearer for choice in choices]), strict=True):
        view.add_row(choice.pool, dearer, "; ".join(choice.excluded))
    return view


def _least(case: WorkloadCase) -> float:
    """Smallest difference that is one."""
    return SAME * max((abs(amount) for c in case.choices for amount in c.more.values()), default=0.0)


def _would_come(problem: Problem, choice: Choice, least: float) -> str:
    """Say what would bring a first unit·h to a pool that may take it."""
    if choice.is_used or not choice.more:
        return ""
    if choice.excluded:
        return f"without: {'; '.join(choice.excluded)}"
    if choice.dearer <= least:
        return "costs the same"
    unit = _unit(problem).split("/")[0]
    cheaper = f"comes if {number(choice.dearer, 3)} {unit}/unit·h"
    if choice.kwh > 0 and problem.objective.goal is Goal.COST:
        cheaper += f" or {number(choice.dearer / choice.kwh, 3)} {unit}/kWh"
    return f"{cheaper} cheaper"


def _unit(problem: Problem) -> str:
    return f"{problem.currency if problem.objective.goal is Goal.COST else 'kg'}/unit·h"


def _meaning(problem: Problem, case: WorkloadCase) -> str:
    if not any(choice.more for choice in case.choices):
        return "There is nothing to compare: no work is done, or the solver gives no prices."
    basis = problem.objective.basis.value
    return (
        f"Dearer in {_unit(problem)} than where it runs, for a first unit·h at the workload's own hours "
        "and the plan's prices; a full pool asks its rent. "
        f"Dirtier in kg/unit·h at the margin, {basis} basis."
    )
