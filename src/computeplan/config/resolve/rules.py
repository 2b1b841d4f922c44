"""Builds rules on the work of sets of workloads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from computeplan.config.context import Context
from computeplan.config.names import Names, matching_names
from computeplan.config.schema import CompanyRule, Rule, Selection, ShareRule
from computeplan.problem import KG_PER_T, Bools, Companies, Ints, RuleMeasure, Rules, Workloads

MOST_COMPANIES = 1000
"""Most companies under one rule: each has a constraint over all its work."""


@dataclass(frozen=True)
class _Constraint:
    """One constraint: title, name of its rule, measure, set of workloads, sites and limit."""

    title: str
    name: str
    measure: RuleMeasure
    member: Bools
    sites: Ints
    limit: float


@dataclass(frozen=True)
class _Candidates:
    """The companies and workloads that rules may select."""

    companies: Companies
    workloads: Workloads


def build_rules(
    rules: Mapping[str, Rule], companies: Companies, workloads: Workloads, sites: Names, context: Context
) -> Rules:
    """Build one rule for each limit; a rule on companies gives one for each of them."""
    candidates = _Candidates(companies, workloads)
    found = [
        one for name, rule in rules.items() for one in _constraints(name, rule, candidates, sites, context)
    ]
    inside = np.zeros((len(found), len(sites)), bool)
    for row, one in zip(inside, found, strict=True):
        row[one.sites] = True
    return Rules(
        names=tuple(one.title for one in found),
        config_names=tuple(one.name for one in found),
        measure=tuple(one.measure for one in found),
        member=np.array([one.member for one in found], bool).reshape(len(found), workloads.size),
        site=inside,
        limit=np.array([one.limit for one in found], float),
    )


def _constraints(
    name: str, rule: Rule, candidates: _Candidates, sites: Names, context: Context
) -> Iterator[_Constraint]:
    path = f"rules.{name}"
    if isinstance(rule, ShareRule):
        member = _select(rule.of, f"{path}.of", candidates, context)
        places = [sites.find(site, f"{path}.sites.{i}", context.faults) for i, site in enumerate(rule.sites)]
        at = np.array(places, np.int64)
        both = rule.least is not None and rule.most is not None
        if rule.least is not None:
            title = f"{name} (least)" if both else name
            yield _Constraint(title, name, RuleMeasure.LEAST_SHARE, member, at, rule.least)
        if rule.most is not None:
            title = f"{name} (most)" if both else name
            yield _Constraint(title, name, RuleMeasure.MOST_SHARE, member, at, rule.most)
    else:
        yield from _company_constraints(name, rule, candidates, context)


def _company_constraints(
    name: str, rule: CompanyRule, candidates: _Candidates, context: Context
) -> Iterator[_Constraint]:
    chosen = np.flatnonzero(
        _match_any(rule.companies, f"rules.{name}.companies", candidates.companies.names, context)
    )
    if len(chosen) > MOST_COMPANIES:
        found = f"{len(chosen):,} that match"
        context.faults.add(f"rules.{name}.companies", f"at most {MOST_COMPANIES:,} companies", found)
        return
    nowhere = np.zeros(0, np.int64)
    limits = ((RuleMeasure.COST, rule.cost, 1.0), (RuleMeasure.CARBON, rule.carbon, KG_PER_T))
    for company in chosen.tolist():
        member = candidates.workloads.company == company
        for measure, limit, factor in limits:
            if limit is not None:
                title = f"{name}: {measure} of {candidates.companies.names[company]}"
                yield _Constraint(title, name, measure, member, nowhere, factor * limit)


def _select(selection: Selection, path: str, candidates: _Candidates, context: Context) -> Bools:
    """(W,) workloads that match everything given."""
    member = np.ones(candidates.workloads.size, bool)
    if selection.workloads is not None:
        member &= _match_any(selection.workloads, f"{path}.workloads", candidates.workloads.names, context)
    if selection.companies is not None:
        chosen = _match_any(selection.companies, f"{path}.companies", candidates.companies.names, context)
        member &= chosen[candidates.workloads.company]
    if selection.tiers is not None:
        chosen = _match_any(selection.tiers, f"{path}.tiers", candidates.companies.tiers, context)
        member &= chosen[candidates.workloads.company]
    if not member.any():
        context.faults.add(path, "a set with at least one workload", "none that matches all of it")
    return member


def _match_any(patterns: Sequence[str], path: str, names: tuple[str, ...], context: Context) -> Bools:
    """(n,) whether each name matches one of the patterns."""
    chosen = np.zeros(len(names), bool)
    for i, pattern in enumerate(patterns):
        expected = f"one of the {path.rpartition('.')[2]}"
        chosen |= matching_names(pattern, f"{path}.{i}", names, expected, context.faults)
    return chosen
