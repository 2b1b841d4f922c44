"""What happened already: variables of the past, and of what is decided once, are held where they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from computeplan.lp.context import ABSENT
from computeplan.lp.families import VARIABLES
from computeplan.lp.model import Model
from computeplan.problem import Floats, Held, Ints, Work, sum_by
from computeplan.problem.arrays import ratio

BATTERIES = ("charge", "discharge")
SUPPLY = (*BATTERIES, "contract", "sold", "routed", "rented_steps")
LEVELS = ("booked", "new", "contracted", "leased", "open")
"""Families of the past, and of what is decided once; certificates can still be bought."""


def hold_past(model: Model) -> Model:
    """Hold what the problem says has happened; the same model where nothing has.

    Variables are held exactly: of a range as small as rounding, solvers take the lower end.
    """
    held = model.problem.held
    if held is None:
        return model
    lower, upper = model.lp.column_lower.copy(), model.lp.column_upper.copy()
    for columns, values in (*_work(model, held), *_shares(model, held), *_decisions(model, held)):
        there = columns != ABSENT
        held_columns, value = columns[there], np.maximum(values[there], 0.0)
        value = np.where(np.isin(held_columns, model.lp.integer), np.round(value), value)
        lower[held_columns] = upper[held_columns] = value
    return replace(model, lp=replace(model.lp, column_lower=lower, column_upper=upper))


def put_past(work: Work, held: Held) -> Work:
    """Put the work that was done in the place of a plan's for the same periods."""
    later, short = work.period >= held.until, work.short_period >= held.until
    past = held.work
    workload, pool, period, unit_h = (
        np.concatenate((getattr(work, name)[later], getattr(past, name)))
        for name in ("workload", "pool", "period", "unit_h")
    )
    short_workload, short_period, short_unit_h = (
        np.concatenate((getattr(work, name)[short], getattr(past, name)))
        for name in ("short_workload", "short_period", "short_unit_h")
    )
    order, late = np.lexsort((period, pool, workload)), np.lexsort((short_period, short_workload))
    return Work(
        workload=workload[order],
        pool=pool[order],
        period=period[order],
        unit_h=unit_h[order],
        short_workload=short_workload[late],
        short_period=short_period[late],
        short_unit_h=short_unit_h[late],
    )


def _work(model: Model, held: Held) -> Iterator[tuple[Ints, Floats]]:
    """Hold work of placements, and served work and shortfall of classes, in the past."""
    problem, work, slots = model.problem, held.work, model.slots
    classes, until = problem.workloads.size, held.until
    shape = model.placements.size, problem.pools.size, problem.horizon.size
    keys = model.lp.column_keys("work")
    past = np.flatnonzero(keys[2] < until)
    free = np.flatnonzero(~problem.workloads.is_fixed[work.workload])
    place = model.placements.of[work.workload[free]], work.pool[free], work.period[free]
    cell = np.ravel_multi_index(tuple(key[past] for key in keys), shape)
    known, of = np.unique(np.ravel_multi_index(place, shape), return_inverse=True)
    amount = np.append(sum_by(of.reshape(-1), work.unit_h[free], len(known)), 0.0)
    at = np.searchsorted(known, cell)
    yield model.columns["work"][past], np.where(np.append(known, -1)[at] == cell, amount[at], 0.0)
    served, short = np.zeros((2, classes, until))
    np.add.at(served, (work.workload, work.period), work.unit_h)
    np.add.at(short, (work.short_workload, work.short_period), work.short_unit_h)
    at = np.flatnonzero(slots.period < until)
    slot = slots.workload[at], slots.period[at]
    yield model.columns["served"][at], served[slot]
    yield model.columns["short"][at], short[slot]


def _shares(model: Model, held: Held) -> Iterator[tuple[Ints, Floats]]:
    """Hold splits of fixed classes that had demand."""
    classes, pools = model.problem.workloads.size, model.problem.pools.size
    demand = model.arrivals.by_period(np.arange(classes))[:, : held.until].sum(axis=1)
    done, short = np.zeros((classes, pools)), np.zeros(classes)
    np.add.at(done, (held.work.workload, held.work.pool), held.work.unit_h)
    np.add.at(short, held.work.short_workload, held.work.short_unit_h)
    workload, pool = model.lp.column_keys("share")
    began = demand[workload] > 0
    share = ratio(done[workload, pool], demand[workload])
    yield model.columns["share"][began], share[began]
    yield np.where(demand > 0, model.columns["short_share"], ABSENT), ratio(short, demand)


def _decisions(model: Model, held: Held) -> Iterator[tuple[Ints, Floats]]:
    for name in LEVELS:
        yield model.columns[name], getattr(held.decisions, VARIABLES[name].decision)
    past, last = slice(held.until), slice(held.until - 1, held.until)
    for name in SUPPLY if held.holds_supply else BATTERIES:
        amount = getattr(held.decisions, VARIABLES[name].decision)[:, past]
        if name == "rented_steps":
            amount = ratio(amount, model.problem.pools.step_units[:, None])
        yield model.columns[name][:, past], amount
    # What was stored before follows from this, and from what was charged and discharged.
    yield model.columns["stored"][:, last], held.decisions.stored_kwh[:, last]
