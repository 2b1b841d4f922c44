"""The simple policies that the plan was compared with."""

from __future__ import annotations

from typing import Any

import numpy as np

from computeplan.problem import CarbonBasis
from computeplan.report.figures import column
from computeplan.report.html.blocks import Figures
from computeplan.report.html.plan.view import PlanView


def policies(view: PlanView) -> Figures:
    """List the plan beside every policy; one that breaks limits or leaves work is marked.

    Parameters
    ----------
    view : PlanView
        With policies.
    """
    words, accounts = view.words, view.accounts
    known = {name: policy for name, policy in view.policies.items() if policy["cost"]}
    names = [words("plan"), *(_name(view, name, policy) for name, policy in known.items())]
    cost = [accounts.cost.total, *(policy["cost"]["total"] for policy in known.values())]
    penalty = [accounts.shortfall_penalty, *(policy["shortfall_penalty"] for policy in known.values())]
    tonnes = [
        [accounts.emissions_t.on(basis), *(policy["emissions_t"][basis.value] for policy in known.values())]
        for basis in CarbonBasis
    ]
    columns = [_column(amounts) for amounts in (cost, penalty, *tonnes)]
    currency = view.problem.currency
    heads = ["", words("companies.cost", unit=currency), words("comparison.shortfall", unit=currency)]
    heads += [words("sites.carbon", basis=words(f"basis.{basis}")) for basis in CarbonBasis]
    rows = list(zip(names, *columns, strict=True))
    return Figures(words("policies.title"), heads, rows, frozenset({0}), words("policies.note"))


def _name(view: PlanView, name: str, policy: dict[str, Any]) -> str:
    return view.words.policy(name) + ("" if policy["holds"] else " *")


def _column(amounts: list[float | None]) -> list[str]:
    return column([np.nan if amount is None else amount for amount in amounts])
