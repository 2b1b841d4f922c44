"""Ranges of measures among plans within a cost, each end reached by an audited plan and proved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from logging import getLogger
from math import isfinite

import numpy as np

from computeplan.accounts.accounts import measured_total
from computeplan.problem import Floats, PlanMeasure, Problem, Rates
from computeplan.problem.measures import asked_unit_h
from computeplan.solvers.plan import Solution
from computeplan.studies.alternatives.search import Prober, Side
from computeplan.studies.alternatives.span import NOTHING, SETTLED, Freedom, Span

LOG = getLogger(__package__)


@dataclass(frozen=True, eq=False)
class End:
    """The plan that reaches an end of a range."""

    reached: float
    proved: float | None
    values: Floats
    """Of the columns."""
    site_work_unit_h: Floats
    """(S,)"""
    note: str


def find_spans(
    prober: Prober,
    measures: Sequence[PlanMeasure],
    here: Solution,
    within: float,
    tolerance: float,
) -> Iterator[tuple[Span, list[End]]]:
    """Find the range of each measure among plans within a share of the optimum; fewer once it is to stop."""
    most_cost = allowed_cost(prober, within)
    for index, measure in enumerate(measures):
        stage = f"ranging {measure.name}, {index + 1} of {len(measures)}"
        prober.options.enter(stage, LOG, ends_soon=index > 0)
        now = measured_total(prober.problem, here.accounts, here.decisions, measure.rates)
        size = _size(prober.problem, measure.rates, now)
        sides = _narrowed(prober, measure, (now, size), most_cost, tolerance)
        if prober.options.is_stopped:
            return
        ends = [_end(prober, measure, side, most_cost) for side in sides]
        yield _span(measure, now, size, ends), ends


def allowed_cost(prober: Prober, within: float) -> float:
    """Largest objective of a plan within a share of the optimum."""
    return prober.objective + within * abs(prober.objective)


def _narrowed(
    prober: Prober, measure: PlanMeasure, amounts: tuple[float, float], most_cost: float, tolerance: float
) -> list[Side]:
    """Search both ends, or the one that there is; `amounts`: of the plan in hand, and the measure's size."""
    here, size = amounts
    known, nothing = {here}, NOTHING * size
    sides = [
        Side(prober, measure.rates, sign, most_cost)
        for sign in ((1.0,) if measure.one_sided else (1.0, -1.0))
    ]
    for side in sides:
        side.narrow(tolerance * max(max(known) - min(known), SETTLED * abs(here), nothing), size)
        known.add(side.reached)
    for side in sides:
        side.narrow(tolerance * max(max(known) - min(known), nothing), size)
    return sides


def _end(prober: Prober, measure: PlanMeasure, side: Side, most_cost: float) -> End:
    """Audit the plan at an end, and certify that none goes beyond."""
    values, model = side.values, side.corner.model
    decisions, accounts, report = prober.check(model, values)
    if not report.passed or accounts.objective > most_cost + NOTHING * abs(most_cost):
        values = side.corner.values
        decisions, accounts, report = prober.check(model, values)
    reached = measured_total(prober.problem, accounts, decisions, measure.rates)
    proved = side.prove(reached)
    note = "" if report.passed else "; ".join(report.notes)
    return End(reached, proved if isfinite(proved) else None, values, accounts.sites.work_unit_h, note)


def _span(measure: PlanMeasure, here: float, size: float, ends: Sequence[End]) -> Span:
    low, high = ends[0], ends[1] if len(ends) > 1 else None
    return Span(
        measure=measure.name,
        kind=measure.kind.name,
        thing=measure.thing,
        unit=measure.unit,
        here=here,
        least=low.reached,
        most=None if high is None else high.reached,
        least_proved=low.proved,
        most_proved=None if high is None else high.proved,
        freedom=None if high is None else _freedom(low.reached, high.reached, NOTHING * size),
        notes=tuple(end.note for end in ends if end.note),
    )


def _freedom(least: float, most: float, nothing: float) -> Freedom:
    if most <= nothing:
        return Freedom.NEVER
    if most - least <= SETTLED * most:
        return Freedom.MUST
    return Freedom.MAY if least > nothing else Freedom.FREE


def _size(problem: Problem, rates: Rates, here: float) -> float:
    """Give the order of magnitude of a measure: what the plan has of it, or could have."""
    asked = asked_unit_h(problem)
    units = asked / problem.horizon.real_hours
    per = [
        (rates.work / problem.horizon.weight, asked),
        (rates.load / problem.horizon.weight, asked),
        (
            rates.traffic / problem.horizon.weight,
            asked * float(problem.traffic_gb_per_unit_h.max(initial=0.0)),
        ),
        (rates.booked, units),
        (rates.new, units),
        (rates.contracted, float(problem.contracts.max_chosen_kw.max(initial=0.0))),
        (rates.leased, float(problem.network.max_leased_gb_per_h.max(initial=0.0))),
    ]
    found = max(float(np.abs(rate).max(initial=0.0)) * amount for rate, amount in per)
    return max(abs(here), found, 1e-12)
