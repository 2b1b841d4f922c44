"""Relief of capacity, caps, import limits, bandwidth and the carbon cap in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from computeplan.explain.relax.answer import Answer
from computeplan.explain.relax.suggestion import Change, Relaxation, yaml_list, yaml_number
from computeplan.explain.wording import number, stretches
from computeplan.lp.elastic import SoftKind
from computeplan.problem import GB_PER_H_PER_GBPS, CapMeasure, Term

KG_PER_T = 1000.0
DIGITS = 6
"""Significant digits of limits, so that a small change shows."""


def level_relaxations(answer: Answer) -> Iterator[Relaxation]:
    """Say which levels give way.

    Parameters
    ----------
    answer : Answer
    """
    for kind, told in _WORDS.items():
        for index, amount in zip(*(each.tolist() for each in answer.relief(kind)), strict=True):
            thing = int(answer.elastic.limits[kind].things[index])
            yield told(answer, thing, amount, _needed(answer, kind, index))


def _needed(answer: Answer, kind: SoftKind, index: int) -> str:
    when = stretches(answer.problem.horizon, answer.used(kind, index))
    return f"needed {when}" if when else ""


def _instead(field: str, new: float, old: float, unit: str = "") -> str:
    return f"({field} {number(new, DIGITS)} instead of {number(old, DIGITS)}{f' {unit}' if unit else ''})"


def _units(amount: float) -> str:
    return f"{number(amount)} {'unit' if amount == 1 else 'units'}"


def _pool_path(answer: Answer, pool: int) -> str:
    site = answer.problem.sites.names[int(answer.problem.pools.site[pool])]
    return f"sites.{site}.pools.{answer.problem.pools.names[pool].removeprefix(f'{site}/')}"


def _capacity(answer: Answer, pool: int, amount: float, when: str) -> Relaxation:
    pools = answer.problem.pools
    more, old = answer.rounding.units(amount), float(pools.max_units[pool])
    field = "units" if pools.term[pool] == Term.OWNED else "max_units"
    change = Change(f"{_pool_path(answer, pool)}.{field}", yaml_number(old + more))
    statement = f"{_units(more)} more {_instead(field, old + more, old)}"
    subject = f"pool {pools.names[pool]}"
    return Relaxation(SoftKind.CAPACITY, subject, statement, more, "unit", when, (change,))


def _booking(answer: Answer, pool: int, amount: float, when: str) -> Relaxation:
    pools = answer.problem.pools
    old = float(pools.min_units[pool])
    less = min(old, answer.rounding.units(amount))
    change = Change(f"{_pool_path(answer, pool)}.min_units", yaml_number(old - less))
    statement = f"{_units(less)} less to book {_instead('min_units', old - less, old)}"
    subject = f"pool {pools.names[pool]}"
    return Relaxation(SoftKind.BOOKING, subject, statement, less, "unit", when, (change,))


def _cap(answer: Answer, cap: int, amount: float, when: str) -> Relaxation:
    caps = answer.problem.caps
    is_power = caps.measure[cap] is CapMeasure.POWER
    unit, more = ("kW", answer.rounding.up(amount)) if is_power else ("unit", answer.rounding.units(amount))
    limit, old = caps.limit[cap], float(caps.limit[cap, 0])
    if np.ptp(limit) == 0:
        value = yaml_number(old + more, unit)
        instead = _instead("limit", old + more, old, "kW" if is_power else "")
    else:
        value = yaml_list(float(f"{each:.12g}") for each in limit + more)
        instead = "in every period"
    statement = f"{f'{number(more)} kW' if is_power else _units(more)} more {instead}"
    change = Change(f"caps.{caps.names[cap]}.limit", value)
    return Relaxation(SoftKind.CAP, f"cap {caps.names[cap]}", statement, more, unit, when, (change,))


def _import_limit(answer: Answer, site: int, amount: float, when: str) -> Relaxation:
    name, old = answer.problem.sites.names[site], float(answer.problem.grid.import_limit_kw[site])
    more = answer.rounding.up(amount)
    statement = f"{number(more)} kW more import {_instead('import_limit', old + more, old, 'kW')}"
    change = Change(f"sites.{name}.grid.import_limit", yaml_number(old + more, "kW"))
    return Relaxation(SoftKind.IMPORT, f"site {name}", statement, more, "kW", when, (change,))


def _bandwidth(answer: Answer, link: int, amount: float, when: str) -> Relaxation:
    network = answer.problem.network
    name, old = network.link_names[link], float(network.bandwidth_gb_per_h[link]) / GB_PER_H_PER_GBPS
    more = answer.rounding.up(amount / GB_PER_H_PER_GBPS)
    statement = f"{number(more)} Gbps more {_instead('bandwidth', old + more, old, 'Gbps')}"
    change = Change(f"network.links.{name}.bandwidth", yaml_number(old + more, "Gbps"))
    return Relaxation(SoftKind.BANDWIDTH, f"link {name}", statement, more, "Gbps", when, (change,))


def _carbon(answer: Answer, _: int, amount: float, when: str) -> Relaxation:
    objective = answer.problem.objective
    old, more = objective.carbon_cap_kg / KG_PER_T, answer.rounding.up(amount / KG_PER_T)
    statement = f"{number(more)} t more {_instead('carbon_cap', old + more, old, 't')}"
    change = Change("objective.carbon_cap", yaml_number(old + more, "t"))
    subject = f"carbon cap, {objective.basis} basis"
    return Relaxation(SoftKind.CARBON, subject, statement, more, "t", when, (change,))


_WORDS: dict[SoftKind, Callable[[Answer, int, float, str], Relaxation]] = {
    SoftKind.CAPACITY: _capacity,
    SoftKind.BOOKING: _booking,
    SoftKind.CAP: _cap,
    SoftKind.IMPORT: _import_limit,
    SoftKind.BANDWIDTH: _bandwidth,
    SoftKind.CARBON: _carbon,
}
