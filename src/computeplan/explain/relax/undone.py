"""Work that is left undone, in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from computeplan.explain.relax.answer import Answer
from computeplan.explain.relax.suggestion import Change, Relaxation, yaml_number
from computeplan.explain.wording import number, stretches, workloads_named
from computeplan.lp.elastic import SoftKind
from computeplan.problem import Ints, Problem

PRICED_OUT = 1000.0
"""Shortfall price, in the dearest unit·h: no plan leaves work undone that it can do."""


def undone_work(answer: Answer) -> Iterator[Relaxation]:
    """Say which work is left undone, class by class.

    Parameters
    ----------
    answer : Answer
    """
    limit, problem = answer.elastic.limits.get(SoftKind.UNDONE), answer.problem
    index, amount = answer.relief(SoftKind.UNDONE)
    if limit is None or not len(index):
        return
    price, per_unit_h = _prohibitive_price(problem), f"{problem.currency}/unit/h"
    classes = limit.things[index]
    for c in np.unique(classes).tolist():
        members, mine = answer.grouping.members_of(c), classes == c
        unit_h = float(amount[mine].sum())
        if problem.workloads.is_fixed[members[0]]:
            unit_h *= float(answer.elastic.model.demand.of(np.array([c])).sum())
        paths = dict.fromkeys(f"{answer.homes.of[w]}.shortfall_price" for w in members.tolist())
        statement = f"{number(unit_h)} unit·h left undone (shortfall_price {number(price)} {per_unit_h})"
        yield Relaxation(
            SoftKind.UNDONE,
            owned(problem, members),
            statement,
            unit_h,
            "unit·h",
            _when(problem, limit.periods[index[mine]]),
            tuple(Change(path, yaml_number(price, per_unit_h)) for path in paths),
        )


def _when(problem: Problem, periods: Ints) -> str:
    """Write some periods; -1 stands for the whole horizon."""
    chosen = np.zeros(problem.horizon.size, dtype=bool)
    chosen[periods[periods >= 0]] = True
    return stretches(problem.horizon, chosen)


def _prohibitive_price(problem: Problem) -> float:
    """Price above what any unit·h can cost, as a round number."""
    kw = float((problem.pue * problem.busy_kw[:, None]).max(initial=0.0))
    energy = kw * float(problem.grid.price.max(initial=0.0))
    dearest = problem.pools.price.max(initial=0.0) + energy + problem.needs.unit_cost.max(initial=0.0)
    return float(10.0 ** np.ceil(np.log10(PRICED_OUT * max(1.0, float(dearest)))))


def owned(problem: Problem, workloads: Ints) -> str:
    """Name workloads, and the company if it is one and bears another name.

    Parameters
    ----------
    problem : Problem
    workloads : (n,)
    """
    named = workloads_named(problem.workloads.names, workloads)
    owners = np.unique(problem.workloads.company[workloads])
    owner = problem.companies.names[int(owners[0])]
    alone = len(owners) == 1 and owner != problem.workloads.names[int(workloads[0])]
    return f"company {owner}, {named}" if alone else named
