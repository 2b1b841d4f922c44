"""The answer in three sentences: what it costs, where the work goes, what it emits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from computeplan.explain.wording import moment
from computeplan.problem import CarbonBasis, sum_by
from computeplan.report.html.blocks import Facts, Prose, Section
from computeplan.report.html.plan.view import PlanView

SAME = 5e-4
"""A smaller relative difference rounds to nothing."""

NAMED = 3
"""Sites named in a sentence."""


def answer(view: PlanView) -> Section:
    """Say what the plan costs, what it does and what it emits.

    Parameters
    ----------
    view : PlanView
    """
    sentences = [_cost(view), _places(view), _carbon(view)]
    return Section("answer", view.words("answer.title"), [Prose(sentences, lead=True), _tiles(view)])


def span(view: PlanView) -> str:
    """Name the time that is planned.

    Parameters
    ----------
    view : PlanView
    """
    horizon = view.problem.horizon
    start, end = moment(horizon, 0), moment(horizon, horizon.size)
    zone = view.words("answer.zone", zone=horizon.time_zone)
    blocks = view.words("answer.blocks", count=len(horizon.blocks)) if len(horizon.blocks) > 1 else ""
    return f"{start} – {end} ({zone}){blocks}"


def _cost(view: PlanView) -> str:
    words, currency, cost = view.words, view.problem.currency, view.accounts.cost.total
    amount = words.amount(cost, currency)
    if view.local is None:
        return words("answer.cost", cost=amount)
    other = view.local.accounts.cost.total
    compared = _compared(view, cost, other, lambda size: words.amount(size, currency))
    return words(
        "answer.cost_compared", cost=amount, compared=words(f"answer.cost.{compared[0]}", **compared[1])
    )


def _compared(
    view: PlanView, mine: float, other: float, shown: Callable[[float], str]
) -> tuple[str, dict[str, str]]:
    """Say whether less or more, with amount and share."""
    change = (mine - other) / other if other else 0.0
    kind = "same" if abs(change) < SAME else "less" if change < 0 else "more"
    return kind, {"amount": shown(abs(mine - other)), "share": view.words.percent(abs(change))}


def _places(view: PlanView) -> str:
    words, problem = view.words, view.problem
    by_pool = view.account.by_pool_unit_h
    total = max(float(by_pool.sum()), 1e-300)
    leaves = np.where(problem.local[problem.workloads.need], 0.0, by_pool).sum(axis=0) / total
    away = float(leaves.sum())
    counted = leaves if away > SAME else by_pool.sum(axis=0) / total
    at_site = sum_by(problem.pools.site, counted, problem.sites.size)
    largest = [s for s in np.argsort(-at_site, kind="stable").tolist() if at_site[s] > SAME][:NAMED]
    named = words("answer.and").join(
        f"{problem.sites.names[s]} ({words.percent(at_site[s])})" for s in largest
    )
    key = "answer.places" if away > SAME else "answer.places_home"
    return words(key, away=words.percent(away), sites=named)


def _carbon(view: PlanView) -> str:
    words, emissions = view.words, view.accounts.emissions_t
    if view.local is None:
        amounts = {basis.value: words.amount(emissions.on(basis), "t") for basis in CarbonBasis}
        return words("answer.carbon", **amounts)
    others = view.local.accounts.emissions_t
    told, kinds = {}, set()
    for basis in CarbonBasis:
        kind, values = _compared(
            view, emissions.on(basis), others.on(basis), lambda size: words.amount(size, "t")
        )
        kinds.add(kind)
        amount = words.amount(emissions.on(basis), "t")
        told[basis.value] = words(f"answer.carbon.{kind}", amount=amount, share=values["share"])
    verdict = kinds.pop() if len(kinds) == 1 else "mixed"
    return words("answer.carbon_compared", verdict=words(f"answer.verdict.{verdict}"), **told)


def _tiles(view: PlanView) -> Facts:
    words, problem, accounts = view.words, view.problem, view.accounts
    rows = [(words("plan_cost"), words.amount(accounts.cost.total, problem.currency, 4))]
    if view.local:
        saved = view.local.accounts.cost.total - accounts.cost.total
        rows.append((words("answer.saved"), words.amount(saved, problem.currency)))
    for basis in CarbonBasis:
        label = words("answer.carbon_tile", basis=words(f"basis.{basis}"))
        rows.append((label, words.amount(accounts.emissions_t.on(basis), "t", 4)))
    if accounts.shortfall_unit_h > 0:
        rows.append((words("answer.short"), words.amount(accounts.shortfall_unit_h, words("unit_h"))))
    return Facts(rows, tiles=True)
