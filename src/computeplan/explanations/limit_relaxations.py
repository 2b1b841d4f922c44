"""Relief of capacity, energy, network and policy limits in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from computeplan.explanations.relaxation import Answer, Relaxation, SettingChange, yaml_list, yaml_number
from computeplan.explanations.wording import stretches
from computeplan.problem import KG_PER_T, CapMeasure, Problem, RuleMeasure, Term
from computeplan.problem.limits import LIMITS, SHARE, UNIT, LimitKind, LimitSetting
from computeplan.text import number

DIGITS = 6
"""Significant digits of limits, so that a small change shows."""
_PARTS = {"pools": "pool", "contracts": "contract", "batteries": "battery"}
"""Sections of a site, and what stands in them."""

_RULES = {
    RuleMeasure.LEAST_SHARE: LimitSetting(
        "least", SHARE, change="less of the work at its sites", lowers=True
    ),
    RuleMeasure.MOST_SHARE: LimitSetting("most", SHARE, change="more of the work at its sites"),
    RuleMeasure.COST: LimitSetting("cost", unit=""),
    RuleMeasure.CARBON: LimitSetting("carbon", "t", KG_PER_T),
}


def limit_relaxations(answer: Answer) -> Iterator[Relaxation]:
    """Say which limits give way, but for those of workloads."""
    for kind, limit in LIMITS.items():
        if limit.setting is None:
            continue
        pairs = zip(*(each.tolist() for each in answer.relief(kind)), strict=True)
        # A rule on several companies has one setting, which takes the largest change: the last.
        for index, amount in sorted(pairs, key=lambda pair: pair[1]) if kind is LimitKind.RULE else pairs:
            yield _relaxation(answer, kind, index, amount, limit.setting)


def _relaxation(
    answer: Answer, kind: LimitKind, index: int, amount: float, found: LimitSetting
) -> Relaxation:
    """Round a relief and write it as a change of its setting."""
    thing = int(answer.elastic.reliefs[kind].things[index])
    setting, (subject, path) = _setting(answer.problem, kind, thing, found), _place(answer, kind, thing)
    times = stretches(answer.problem.horizon, answer.used(kind, index))
    unit, series = setting.unit, _series(answer, kind, thing)
    old = series[0] / setting.per_unit
    by = answer.rounding.up(amount / _size(answer, kind, thing, setting))
    if setting.lowers:
        by = min(by, old)
    elif unit == SHARE:
        by = min(by, 1.0 - old)
    new, shown = old - by if setting.lowers else old + by, "" if unit in (UNIT, SHARE) else unit
    if len(set(series)) > 1:
        value = yaml_list(float(f"{each + by:.12g}") for each in series)
        instead = "in every period"
    else:
        value = yaml_number(new, shown)
        numbers = f"{number(new, DIGITS)} instead of {number(old, DIGITS)} {shown}".strip()
        instead = f"({setting.path.rpartition('.')[2]} {numbers})"
    statement = f"{_amount(by, unit)} {setting.change} {instead}"
    change = SettingChange(f"{path}.{setting.path}", value)
    when = f"needed {times}" if times else ""
    return Relaxation(key_of(kind), subject, statement, by, unit, when, (change,))


def key_of(kind: LimitKind) -> str:
    """Name a kind of limit for JSON, such as ``import_limit``."""
    return kind.name.lower()


def _amount(value: float, unit: str) -> str:
    if unit == UNIT:
        return f"{number(value)} {'unit' if value == 1 else 'units'}"
    return number(value) if unit == SHARE else f"{number(value)} {unit}"


def _setting(problem: Problem, kind: LimitKind, thing: int, found: LimitSetting) -> LimitSetting:
    """Find the setting, whose name or unit may depend on what is limited."""
    if kind is LimitKind.CAPACITY and problem.pools.term[thing] == Term.OWNED:
        return replace(found, path="units")
    if kind is LimitKind.CAP and problem.caps.measure[thing] is CapMeasure.POWER:
        return replace(found, unit="kW")
    if kind is LimitKind.RULE:
        found = _RULES[problem.rules.measure[thing]]
    return found if found.unit else replace(found, unit=problem.currency)


def _place(answer: Answer, kind: LimitKind, thing: int) -> tuple[str, str]:
    """Name what a number belongs to, and its path."""
    problem, room = answer.problem, LIMITS[kind].section
    match room:
        case "objective":
            basis = f", {problem.objective.basis} basis" if kind is LimitKind.CARBON_CAP else ""
            return f"{LIMITS[kind].phrase.en}{basis}", "objective"
        case "rules":
            return f"rule {problem.rules.names[thing]}", f"rules.{problem.rules.config_names[thing]}"
        case "grid":
            return f"site {problem.sites.names[thing]}", f"sites.{problem.sites.names[thing]}"
        case "network":
            line = problem.network.line_names[thing]
            return f"link {problem.network.link_names[thing]}", f"network.links.{line}"
        case "caps":
            return f"cap {problem.caps.names[thing]}", f"caps.{problem.caps.names[thing]}"
    part = getattr(problem, room)
    name, site = part.names[thing], problem.sites.names[part.site[thing]]
    return f"{_PARTS[room]} {name}", f"sites.{site}.{room}.{name.removeprefix(f'{site}/')}"


def _series(answer: Answer, kind: LimitKind, thing: int) -> list[float]:
    """Read the number from the problem; its values in all periods where a series may be given."""
    problem = answer.problem
    if kind is LimitKind.CONTRACT:
        contracts = problem.contracts
        peak = int(contracts.profile[thing].argmax())
        return [float(contracts.available_kw[thing, peak] / contracts.profile[thing, peak])]
    held = np.atleast_1d(LIMITS[kind].numbers(problem))[thing]
    values: list[float] = np.atleast_1d(held).tolist()
    return values


def _size(answer: Answer, kind: LimitKind, thing: int, setting: LimitSetting) -> float:
    """Units of the relief in one of the setting: a share is relieved by the energy or work it is of."""
    if kind is LimitKind.RENEWABLE_SHARE:
        return answer.energy_kwh(thing)
    if kind is LimitKind.RULE and setting.unit == SHARE:
        return answer.work_unit_h(thing)
    return setting.per_unit
