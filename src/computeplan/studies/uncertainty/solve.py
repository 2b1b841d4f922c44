"""From problems that share decisions to a plan, its proof, and what it is compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from logging import getLogger

import numpy as np

from computeplan.config import UncertaintySection
from computeplan.errors import UsageError
from computeplan.prices.shared import shared_bound
from computeplan.problem import Floats, Problem, Status
from computeplan.solvers import SolverOptions
from computeplan.solvers.plan import Plan
from computeplan.solvers.registry import integer_settings
from computeplan.studies.uncertainty.decomposition import solve_decomposed
from computeplan.studies.uncertainty.evaluation import (
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

LARGEST_EXTENSIVE = 100_000
"""The same up to which one program of all scenarios is solved."""

Alone = tuple[tuple[Plan, ...], tuple[Floats | None, ...]]
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
    form = _choose_form(nodes, section)
    with clock.stage("compare"):
        is_regret = section.risk.measure is RiskMeasure.REGRET
        alone = _plan_alone(nodes, options) if is_regret else None
    weights = np.array([section.scenarios[name] for name in names])
    risk = Risk.of(section.risk, weights, costs_of(alone[0]) if alone else None)
    with clock.stage("solve"):
        found, mean = _solve(nodes, shared, risk, section, options)
    with clock.stage("audit"):
        outcomes: tuple[Plan, ...] = ()
        if found.values is not None:
            options.enter("planning every scenario", LOG, ends_soon=True)
            outcomes = evaluate(nodes, shared.tidied(found.values), _to_the_end(options), found.bases)
        bound = prove(nodes, section, risk, found)
    with clock.stage("compare"):
        if alone is None and (compare or found.status is Status.INFEASIBLE) and not options.is_stopped:
            alone = _plan_alone(nodes, options)
        reference = None
        if compare and outcomes and alone is not None and not options.is_stopped:
            mean = best_for_mean(nodes, shared, risk.probability, options) if mean is None else mean
            reference = _compare(nodes, shared, alone, mean, options)
    return UncertaintyStudy(
        section=section,
        names=names,
        problems=tuple(problems.values()),
        risk=risk,
        status=_judge(found, risk, outcomes, bound),
        method=form,
        outcomes=outcomes,
        bound=bound,
        comparison=reference,
        impossible=_impossible(nodes, alone),
        rounds=found.rounds,
        times_s=clock.times_s,
    )


def _solve(
    nodes: Sequence[Node],
    shared: SharedDecisions,
    risk: Risk,
    section: UncertaintySection,
    options: SolverOptions,
) -> tuple[Found, Floats | None]:
    """Find the shared decisions; also give those for the mean, where they were the start."""
    if not np.isfinite(risk.reference).all():
        return Found(Status.INFEASIBLE, None), None
    if _choose_form(nodes, section) is PlanForm.EXTENSIVE:
        return solve_extensive(nodes, shared, risk, options), None
    options.enter("planning the mean of the scenarios", LOG)
    mean = best_for_mean(nodes, shared, risk.probability, options)
    return solve_decomposed(nodes, shared, risk, options, start=mean, gap=section.gap), mean


def _to_the_end(options: SolverOptions) -> SolverOptions:
    """Give options for what has to be finished even once the search was stopped."""
    return replace(options.muted(), stop=None, time_limit_s=None)


def prove(nodes: Sequence[Node], section: UncertaintySection, risk: Risk, found: Found) -> float | None:
    """Bound what is minimized from below, recomputed from the problems at the prices that were found."""
    if found.weights is None:
        return found.bound
    weights, taken_off = risk.nearest(found.weights)
    prices = [node.model.prices(duals) for node, duals in zip(nodes, found.row_duals, strict=True)]
    problems = [node.problem for node in nodes]
    return shared_bound(problems, prices, weights, section.decide_first) - taken_off


def _judge(found: Found, risk: Risk, outcomes: Sequence[Plan], bound: float | None) -> Status:
    """Say optimal of what is proved; of whole numbers the solver does."""
    if not outcomes or bound is None or not found.row_duals:
        return found.status
    value = risk.value(costs_of(outcomes))
    is_proved = value - bound <= PROVED * max(abs(bound), abs(value))
    return Status.OPTIMAL if is_proved else Status.FEASIBLE


def _choose_form(nodes: Sequence[Node], section: UncertaintySection) -> PlanForm:
    """Choose by size, unless the config says how; whole numbers leave no choice.

    Raises `UsageError` for a decomposition with whole numbers.
    """
    settings = {name for node in nodes for name in integer_settings(node.lp)}
    if settings and section.method is PlanForm.DECOMPOSITION:
        expected = f"`extensive`, as this plan has whole numbers ({', '.join(sorted(settings))})"
        raise UsageError(path="uncertainty.method", expected=expected, found=section.method.value)
    if section.method is not PlanForm.AUTO or settings:
        return PlanForm.EXTENSIVE if settings else section.method
    size = sum(node.lp.n_columns for node in nodes) * len(nodes)
    return PlanForm.EXTENSIVE if size <= LARGEST_EXTENSIVE else PlanForm.DECOMPOSITION


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
    alone: Alone,
    mean: Floats | None,
    options: SolverOptions,
) -> ReferencePlans | None:
    """Try the decisions for the mean and, of small problems, those for each scenario in all others.

    None where the search was stopped before all was known.
    """
    options.enter("trying the decisions for the mean in every scenario", LOG)
    of_mean = None if mean is None else costs_of(evaluate(nodes, mean, options))
    size, own = sum(node.lp.n_columns for node in nodes) * len(nodes), None
    tried = [shared.tidied(values) for values in alone[1] if values is not None]
    if size <= SMALL and len(tried) == len(nodes):
        own = np.array([costs_of(evaluate(nodes, values, options)) for values in tried])
    if options.is_stopped:
        return None
    least, most = ranges_of(tuple(node.problem for node in nodes), alone[0])
    return ReferencePlans(costs_of(alone[0]), of_mean, own, least, most)
