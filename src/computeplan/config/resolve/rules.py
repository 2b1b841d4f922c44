"""Rules on the work of sets of workloads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from computeplan.config.resolve.context import Context
from computeplan.config.resolve.names import Names
from computeplan.config.resolve.patterns import matched
from computeplan.config.schema.rules import CompanyRule, Rule, Selection, ShareRule
from computeplan.problem import Bools, Companies, Ints, RuleMeasure, Rules, Workloads

_KG_PER_T = 1000.0
MOST_COMPANIES = 1000
"""Companies under one rule: each has a constraint over all its work."""


@dataclass(frozen=True)
class _Set:
    """One constraint: its name and measure, the set, the sites and the limit."""

    name: str
    measure: RuleMeasure
    member: Bools
    sites: Ints
    limit: float


@dataclass(frozen=True)
class _Register:
    """Whom rules can be on."""

    companies: Companies
    workloads: Workloads


def build_rules(
    rules: Mapping[str, Rule], companies: Companies, workloads: Workloads, sites: Names, context: Context
) -> Rules:
    """Find the set of every rule.

    Parameters
    ----------
    rules : mapping
        The config's `rules`.
    companies : Companies
    workloads : Workloads
    sites : Names
    context : Context

    Returns
    -------
    Rules
        One for each limit; of a rule on companies, one for each of them.
    """
    register = _Register(companies, workloads)
    found = [one for name, rule in rules.items() for one in _sets(name, rule, register, sites, context)]
    inside = np.zeros((len(found), len(sites)), bool)
    for row, one in zip(inside, found, strict=True):
        row[one.sites] = True
    return Rules(
        names=tuple(one.name for one in found),
        measure=tuple(one.measure for one in found),
        member=np.array([one.member for one in found], bool).reshape(len(found), workloads.size),
        site=inside,
        limit=np.array([one.limit for one in found], float),
    )


def _sets(name: str, rule: Rule, register: _Register, sites: Names, context: Context) -> Iterator[_Set]:
    path = f"rules.{name}"
    if isinstance(rule, ShareRule):
        member = _selected(rule.of, f"{path}.of", register, context)
        places = [sites.find(site, f"{path}.sites.{i}", context.faults) for i, site in enumerate(rule.sites)]
        at = np.array(places, np.int64)
        both = rule.least is not None and rule.most is not None
        if rule.least is not None:
            title = f"{name} (least)" if both else name
            yield _Set(title, RuleMeasure.LEAST_SHARE, member, at, rule.least)
        if rule.most is not None:
            title = f"{name} (most)" if both else name
            yield _Set(title, RuleMeasure.MOST_SHARE, member, at, rule.most)
    else:
        yield from _company_sets(name, rule, register, context)


def _company_sets(name: str, rule: CompanyRule, register: _Register, context: Context) -> Iterator[_Set]:
    chosen = np.flatnonzero(
        _any(rule.companies, f"rules.{name}.companies", register.companies.names, context)
    )
    if len(chosen) > MOST_COMPANIES:
        found = f"{len(chosen):,} that match"
        context.faults.add(f"rules.{name}.companies", f"at most {MOST_COMPANIES:,} companies", found)
        return
    nowhere = np.zeros(0, np.int64)
    limits = ((RuleMeasure.COST, rule.cost, 1.0), (RuleMeasure.CARBON, rule.carbon, _KG_PER_T))
    for company in chosen.tolist():
        member = register.workloads.company == company
        for measure, limit, factor in limits:
            if limit is not None:
                title = f"{name}: {measure} of {register.companies.names[company]}"
                yield _Set(title, measure, member, nowhere, factor * limit)


def _selected(selection: Selection, path: str, register: _Register, context: Context) -> Bools:
    """(W,) the workloads that match everything given."""
    member = np.ones(register.workloads.size, bool)
    if selection.workloads is not None:
        member &= _any(selection.workloads, f"{path}.workloads", register.workloads.names, context)
    if selection.companies is not None:
        chosen = _any(selection.companies, f"{path}.companies", register.companies.names, context)
        member &= chosen[register.workloads.company]
    if selection.tiers is not None:
        chosen = _any(selection.tiers, f"{path}.tiers", register.companies.tiers, context)
        member &= chosen[register.workloads.company]
    if not member.any():
        context.faults.add(path, "a set with at least one workload", "none that matches all of it")
    return member


def _any(patterns: Sequence[str], path: str, names: tuple[str, ...], context: Context) -> Bools:
    """(n,) which names match one of the patterns."""
    chosen = np.zeros(len(names), bool)
    for i, pattern in enumerate(patterns):
        expected = f"one of the {path.rpartition('.')[2]}"
        chosen |= matched(pattern, f"{path}.{i}", names, expected, context)
    return chosen
