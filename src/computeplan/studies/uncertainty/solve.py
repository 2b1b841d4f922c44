"""From problems that share decisions to a plan, its proof, and what it is compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from logging import getLogger

import numpy as np

from computeplan.config import UncertaintySection
from computeplan.prices.shared import shared_bound
from computeplan.problem import Floats, Problem, Status
from computeplan.solvers import SolverOptions
from computeplan.studies.uncertainty.evaluation import (
    NodePlan,
    best_for_mean,
    costs_of,
    evaluate,
    solve_alone,
)
from computeplan.studies.uncertainty.extensive import Found, solve_extensive
from computeplan.studies.uncertainty.nodes import Node, SharedDecisions, make_nodes
from computeplan.studies.uncertainty.risk import Risk
from computeplan.studies.uncertainty.study import ReferencePlans, UncertaintyStudy, ranges_of
from computeplan.timing import StageClock
from computeplan.vocabulary import PlanForm, RiskMeasure

LOG = getLogger(__package__)

PROVED = 1e-6
"""Gap up to which a plan is optimal."""
SMALL = 500_000
"""Columns of all programs times scenarios up to which each scenario's own plan is tried in all others."""

Alone = tuple[tuple[NodePlan, ...], tuple[Floats | None, ...]]
"""Plan of each scenario that is known beforehand, and its values (n,) of the shared decisions."""


def plan_scenarios(
    problems: Mapping[str, Problem],
    section: UncertaintySection,
    options: SolverOptions,
    *,
    compare: bool = True,
) -> UncertaintyStudy:
    """Find the shared decisions that are best for all scenarios together, and prove how good they are.

    `problems`: of each scenario that may come. `compare`: also plan each scenario as if it were known, and
    for the mean of all.
    """
    clock, names = StageClock(), tuple(problems)
    options.enter("building the scenarios", LOG)
    with clock.stage("build"):
        nodes, shared = make_nodes(names, tuple(problems.values()), section.decide_first)
    weights = np.array([section.scenarios[name] for name in names])
    with clock.stage("compare"):
        alone = _plan_alone(nodes, options) if compare or _needs_alone(section) else None
    risk = Risk.of(section.risk, weights, costs_of(alone[0]) if alone else None)
    impossible = _impossible(nodes, alone)
    found = Found(Status.INFEASIBLE, None)
    with clock.stage("solve"):
        if not impossible:
            found = solve_extensive(nodes, shared, risk, options)
    outcomes: tuple[NodePlan, ...] = ()
    with clock.stage("audit"):
        if found.values is not None:
            options.enter("planning every scenario", LOG, ends_soon=True)
            outcomes = evaluate(nodes, shared.tidied(found.values), options)
        bound = prove(nodes, section, risk, found)
    if found.status is Status.INFEASIBLE and not impossible and alone is None:
        impossible = _impossible(nodes, _plan_alone(nodes, options))
    with clock.stage("compare"):
        comparison = None
        if alone is not None and outcomes and not options.is_stopped:
            comparison = _compare(nodes, shared, risk, alone, options)
    return UncertaintyStudy(
        section=section,
        names=names,
        problems=tuple(problems.values()),
        risk=risk,
        status=found.status,
        method=PlanForm.EXTENSIVE,
        outcomes=outcomes,
        bound=bound,
        comparison=comparison,
        impossible=impossible,
        rounds=found.rounds,
        times_s=clock.times_s,
    )


def prove(nodes: Sequence[Node], section: UncertaintySection, risk: Risk, found: Found) -> float | None:
    """Bound what is minimized from below, recomputed from the problems at the prices that were found."""
    if found.weights is None:
        return found.bound
    weights, taken_off = risk.nearest(found.weights)
    prices = [node.model.prices(duals) for node, duals in zip(nodes, found.row_duals, strict=True)]
    problems = [node.problem for node in nodes]
    return shared_bound(problems, prices, weights, section.decide_first) - taken_off


def _needs_alone(section: UncertaintySection) -> bool:
    return section.risk.measure is RiskMeasure.REGRET


def _plan_alone(nodes: Sequence[Node], options: SolverOptions) -> Alone:
    """Plan each scenario as if it were known that it comes."""
    options.enter("planning each scenario as if it were known", LOG)
    found = [solve_alone(node, options.muted()) for node in nodes]
    return tuple(outcome for outcome, _ in found), tuple(values for _, values in found)


def _impossible(nodes: Sequence[Node], alone: Alone | None) -> tuple[str, ...]:
    """Name the scenarios that have no plan even alone."""
    if alone is None:
        return ()
    pairs = zip(nodes, alone[0], strict=True)
    return tuple(node.name for node, outcome in pairs if outcome.status is Status.INFEASIBLE)


def _compare(
    nodes: Sequence[Node],
    shared: SharedDecisions,
    risk: Risk,
    alone: Alone,
    options: SolverOptions,
) -> ReferencePlans:
    """Evaluate the decisions for the mean and, of small problems, those for each scenario in all others."""
    options.enter("trying the decisions for the mean in every scenario", LOG)
    values = best_for_mean(nodes, shared, risk.probability, options)
    mean = None if values is None else costs_of(evaluate(nodes, values, options))
    size = sum(node.lp.n_columns for node in nodes) * len(nodes)
    own = None
    if size <= SMALL and not options.is_stopped:
        own = np.array(
            [
                costs_of(evaluate(nodes, shared.tidied(values), options))
                for values in alone[1]
                if values is not None
            ]
        )
        np.fill_diagonal(own, costs_of(alone[0]))
    least, most = ranges_of(tuple(node.problem for node in nodes), alone[0])
    return ReferencePlans(costs_of(alone[0]), mean, own, least, most)
