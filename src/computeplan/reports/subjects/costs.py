"""Cost and carbon of a plan against the all-local plan and simple policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from computeplan.accounts.accounts import Accounts
from computeplan.accounts.statements import Statements
from computeplan.folder.summary import costs, emissions_t
from computeplan.problem import KG_PER_T, CarbonBasis, Goal, Problem
from computeplan.reports.blocks import Chart, Column, Medium, Table, shares
from computeplan.reports.charts import (
    LABEL_WIDTH,
    Trace,
    axis,
    bar_style,
    cell_width,
    chart,
    figure,
    horizontal_bars,
    rounded,
)
from computeplan.reports.subjects.plan_view import PlanView, objective_scale
from computeplan.reports.words import Words
from computeplan.studies.baselines import Baseline, objective_of
from computeplan.text import column, number

MONEY, ENERGY, CARBON = range(3)
"""Groups of rows that share their decimals."""


def cost_table(view: PlanView) -> Table:
    """List cost by part and carbon by basis, of the plan and of the all-local plan."""
    local, title = view.local.accounts if view.local else None, view.words("costs.table")
    table = compare_amounts(view.words, view.problem.currency, view.accounts, local)
    return replace(table, key="costs", title=title, notes=_notes(view))


def compare_amounts(
    words: Words,
    currency: str,
    mine: Accounts | Statements,
    other: Accounts | Statements | None,
    company: int | None = None,
) -> Table:
    """Set cost by part and carbon by basis against those of the all-local plan, where there is one.

    Parameters
    ----------
    company : int, optional
        Whose statement is shown.
    """
    here, there = (_amounts(words, currency, one, company) if one else {} for one in (mine, other))
    total = next(iter(here))
    rows = [row for row in here if row == total or row[1] != MONEY or here[row] or there.get(row)]
    labels, amounts = [label for label, _ in rows], np.array([here[row] for row in rows])
    columns = [Column("what", "", labels), Column("plan", words("plan"), amounts, scale="amount")]
    if there:
        others = np.array([there[row] for row in rows])
        change = amounts - others
        columns += [
            Column("all_local", words("all_local"), others, scale="amount"),
            Column("change", words("change"), change, scale="amount", signed=True),
            Column(
                "change_share",
                words("change_share"),
                shares(change, others),
                percent=True,
                signed=True,
                spare=True,
            ),
        ]
    parts = frozenset(place for place, label in enumerate(labels) if label.startswith(" "))
    groups = [group for _, group in rows]
    return Table("", columns, groups=groups, strong=frozenset({0}), faint=parts)


def _amounts(
    words: Words, currency: str, account: Accounts | Statements, company: int | None
) -> dict[tuple[str, int], float]:
    """Amounts by label and group; labels of parts are indented."""
    parts = {f"  {words.cost_part(part)}": amount for part, amount in account.cost.parts().items()}
    money: dict[str, Any] = {
        words("costs.total", unit=currency): account.cost.total,
        **parts,
        words("costs.shortfall_penalty", unit=currency): account.shortfall_penalty,
        words("costs.carbon_charge", unit=currency): account.carbon_charge,
    }
    energy = {words("energy_kwh"): account.energy_kwh} if isinstance(account, Statements) else {}
    carbon = {words.carbon_t(basis): kg / KG_PER_T for basis, kg in account.emissions_kg.bases().items()}
    groups = ((money, MONEY), (energy, ENERGY), (carbon, CARBON))
    rows: dict[tuple[str, int], Any] = {
        (label, group): amount for amounts, group in groups for label, amount in amounts.items()
    }
    return {row: float(amount if company is None else amount[company]) for row, amount in rows.items()}


def _notes(view: PlanView) -> list[str]:
    words, goal, baseline = view.words, view.problem.objective, view.run.baseline
    notes = [words(f"costs.goal.{goal.goal}", basis=view.basis())]
    if goal.goal is Goal.COST and goal.carbon_price_per_kg:
        price = words.quantity(number(KG_PER_T * goal.carbon_price_per_kg, 6), f"{view.problem.currency}/t")
        notes.append(words("costs.priced", basis=view.basis(), price=price))
    if np.isfinite(goal.carbon_cap_kg):
        cap = words.quantity(number(goal.carbon_cap_kg / KG_PER_T, 6), "t")
        notes.append(words("costs.capped", basis=view.basis(), cap=cap))
    if baseline and not view.local:
        notes.append(words("costs.no_local", status=words(f"status.{baseline.plan.status}")))
    elif baseline:
        notes.append(words("costs.local"))
        notes += _lifted(words, baseline)
    if view.local and baseline and baseline.exempt:
        notes.append(words("costs.exempt", count=baseline.exempt))
    return notes


def _lifted(words: Words, baseline: Baseline) -> list[str]:
    """Say which limits the all-local plan breaks, and is compared without."""
    if not baseline.lifted:
        return []
    named = [
        words("costs.raised", limit=limit.phrase(words.language), more=number(limit.more))
        if np.isfinite(limit.more)
        else limit.phrase(words.language)
        for limit in baseline.lifted
    ]
    return [words("costs.lifted", limits=words("answer.and").join(named))]


def policy_table(
    words: Words,
    problem: Problem,
    accounts: Accounts | None,
    policies: Mapping[str, Mapping[str, Any]],
) -> Table:
    """List the plan and every policy by cost, carbon and objective.

    Parameters
    ----------
    accounts : Accounts, optional
        Of the plan.
    policies : mapping
        By name, as `baseline_data` gives them. One that breaks a limit is listed, but not compared.
    """
    rows = [_plan_row(problem, accounts), *policies.values()]
    own = problem.objective.basis.value
    carbon = [
        Column(
            f"{basis}_t",
            words.carbon_t(basis),
            _pick(rows, "emissions_t", basis),
            digits=5,
            medium=Medium.READ if basis == own else Medium.PAGE,
        )
        for basis in sorted(CarbonBasis, key=lambda basis: basis != own)
    ]
    size, unit = objective_scale(problem)
    objective = words("policies.objective", unit=unit)
    columns = [
        Column("policy", words("policies.policy"), [words("plan"), *map(words.policy, policies)]),
        Column("cost", words("cost_in", unit=problem.currency), _pick(rows, "cost", "total"), digits=6),
        *carbon,
        Column("shortfall", words("shortfall_in"), _pick(rows, "shortfall_unit_h")),
        Column("objective", objective, [each and each / size for each in _pick(rows, "objective")], digits=6),
        Column("saving", words("policies.saving"), [_saving_share(row) for row in rows], percent=True),
    ]
    notes = [_policy_note(words, row) for row in rows]
    columns += [Column("note", words("policies.note"), notes)] if any(notes) else []
    return Table("policies", columns, words("policies.title"), strong=frozenset({0}))


def _plan_row(problem: Problem, accounts: Accounts | None) -> dict[str, Any]:
    if accounts is None:
        return {"status": "", "notes": ()}
    return {
        "cost": costs(accounts),
        "emissions_t": emissions_t(accounts),
        "shortfall_unit_h": accounts.shortfall_unit_h,
        "objective": objective_of(problem, accounts),
    }


def _pick(rows: Sequence[Mapping[str, Any]], *keys: str) -> list[float | None]:
    """Take a number of each row, None where it has none."""
    values: list[Any] = list(rows)
    for key in keys:
        values = [value.get(key) if value else None for value in values]
    return values


def _saving_share(row: Mapping[str, Any]) -> float | None:
    gain, whole = row.get("gain"), row.get("objective")
    return gain / whole if gain is not None and whole else None


def _policy_note(words: Words, row: Mapping[str, Any]) -> str:
    if "status" in row and not row["cost"]:
        return words(f"status.{row['status']}")
    if notes := row.get("notes"):
        more = words("policies.more", count=len(notes) - 1) if len(notes) > 1 else ""
        return words("policies.no_plan", note=notes[0], more=more)
    if lifted := row.get("lifted"):
        return words("policies.lifted", count=len(lifted))
    exempt = row.get("exempt_workloads")
    return words("policies.exempt", count=exempt) if exempt else ""


def all_policies(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Take all policies of a plan's summary; none where only the all-local plan was made."""
    return {**(summary.get("baseline") or {}), **summary["policies"]} if summary.get("policies") else {}


def cost_chart(view: PlanView) -> Chart:
    """Draw cost by part, a bar for each plan."""
    words, plans = view.words, view.plans
    factor, unit = words.scale(view.problem.currency, *(plan.cost.total for plan in plans.values()))
    names = list(plans)[::-1]
    parts = [part for part in view.accounts.cost.parts() if any(p.cost.parts()[part] for p in plans.values())]
    most = max(plan.cost.total for plan in plans.values())
    data = [
        horizontal_bars(
            words.cost_part(part),
            names,
            [plans[name].cost.parts()[part] / factor for name in names],
            place,
            hovertemplate=f"%{{x:,.6~r}} {unit}",
            **_names_inside(words.cost_part(part), [plans[name].cost.parts()[part] for name in names], most),
        )
        for place, part in enumerate(parts)
    ]
    amounts = axis(unit, rangemode="tozero")
    # What does not fit into its bar is left to the legend.
    layout = {"barmode": "relative", "bargap": 0.35, "uniformtext": {"mode": "hide", "minsize": 10}}
    bars = figure(data, xaxis=amounts, yaxis=axis(""), **layout)
    return chart(words, "cost", {"": bars}, unit=unit, height=300)


def _names_inside(name: str, amounts: Sequence[float], most: float) -> dict[str, Any]:
    """Name the bars of a part that are long enough."""
    least = LABEL_WIDTH * cell_width(name) * most
    texts = [name if abs(amount) >= least else "" for amount in amounts]
    return {"text": texts, "textposition": "inside", "insidetextanchor": "middle", "textangle": 0}


def carbon_chart(view: PlanView) -> Chart:
    """Draw emissions on the three bases, a bar for each plan."""
    data: list[Trace] = []
    for place, (name, plan) in enumerate(view.plans.items()):
        tonnes = list(plan.emissions_t.bases().values())
        bars = {"x": [view.basis(basis) for basis in CarbonBasis], "y": rounded(tonnes)}
        texts = {"text": column(tonnes), "textposition": "outside", "cliponaxis": False}
        style = {"marker": bar_style(place), "hovertemplate": f"%{{y:,.6~r}} {view.words.unit('t')}"}
        data.append({"type": "bar", "name": name, **bars, **texts, **style})
    drawn = figure(data, barmode="group", yaxis=axis(view.words.unit("t CO₂e")), xaxis={}, bargap=0.3)
    return chart(view.words, "carbon", {"": drawn}, height=340)
