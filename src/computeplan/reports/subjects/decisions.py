"""What to decide, what that changes, and what to do next: what people read of a plan first and last."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from pathlib import Path

from computeplan.accounts.decisions import NOTHING, Decision, DecisionChange, DecisionKind
from computeplan.accounts.statements import company_statements
from computeplan.problem import Goal, sum_by
from computeplan.reports.blocks import Block, Column, Medium, Prose, Table
from computeplan.reports.subjects.plan_view import PlanView
from computeplan.reports.words import Words
from computeplan.runs.overview import SAME, cost_rises, moved_workloads, short_workloads
from computeplan.text import NO_VALUE, number, signed

NAMED = 3
"""Decisions, workloads and companies named in a sentence."""

IN_FULL = 1e6
"""Amounts below this are written in full."""

UNIT = "unit"
"""Unit of pools: people read the name of the hardware in its place."""


def decision_blocks(view: PlanView) -> list[Block]:
    """List what the plan decides, or say that there is nothing to decide."""
    made = view.run.decisions
    if not made:
        return [Prose([view.words("decisions.none")])]
    title = view.words("decisions.title")
    return [decision_table(view.words, view.problem.currency, made, title, view.words("all_local"))]


def decision_table(
    words: Words, currency: str, made: Sequence[DecisionChange], title: str, reference: str
) -> Table:
    """List decisions, each amount in its own unit: different hardware is never added up.

    `reference` names the plan that they are compared with.
    """
    mine = [each.decision for each in made]
    amount, use, price = words("decisions.amount"), words("decisions.peak_use"), words("decisions.price")
    kinds = [each.kind.value for each in mine]
    verbs = [words(f"decisions.{kind}") for kind in kinds]
    columns = [
        Column("decision", words("decisions.decision"), kinds, verbs),
        Column("where", words("decisions.where"), [each.name for each in mine]),
        *(_for_programs(name, mine) for name in ("site", "item", "unit", "price_unit")),
        _amounts("amount", amount, [each.amount for each in mine], words, mine),
        _numbers("price", price, [each.price for each in mine], _prices(words, currency, mine)),
        _numbers("peak_use", use, [each.peak_use for each in mine]),
        _numbers("mean_use", words("decisions.mean_use"), [each.mean_use for each in mine]),
        Column("cost", words("cost_in", unit=currency), [each.cost for each in mine]),
    ]
    others = [each.reference for each in made]
    if any(others):
        amounts = [each.amount if each else math.nan for each in others]
        changes = [each.change for each in made]
        columns.append(_amounts("reference", reference, amounts, words, mine))
        columns.append(_numbers("change", words("change"), changes, [_signed(each) for each in changes]))
    return Table("decisions", columns, title)


def _for_programs(name: str, mine: Sequence[Decision]) -> Column:
    """Give a field that people read in the other columns."""
    return Column(name, name, [getattr(each, name) for each in mine], medium=Medium.JSON)


def _numbers(key: str, label: str, values: Sequence[float], texts: Sequence[str] | None = None) -> Column:
    return Column(key, label, values, texts or [_known(value) for value in values], right=True)


def _known(value: float) -> str:
    return number(value) if math.isfinite(value) else NO_VALUE


def _signed(value: float) -> str:
    return signed(_known(value), value)


def _amounts(key: str, label: str, values: Sequence[float], words: Words, mine: Sequence[Decision]) -> Column:
    return _numbers(key, label, values, [_amount(words, *pair) for pair in zip(mine, values, strict=True)])


def _amount(words: Words, decision: Decision, amount: float) -> str:
    """Write an amount with its unit; of a pool that is its hardware."""
    if not math.isfinite(amount):
        return NO_VALUE
    if decision.kind is DecisionKind.OPEN:
        return words("yes" if amount else "no")
    return words.quantity(number(amount), decision.item if decision.unit == UNIT else decision.unit)


def _prices(words: Words, currency: str, mine: Sequence[Decision]) -> list[str]:
    return [
        words(f"decisions.{each.kind}.price", price=number(each.price), currency=currency)
        if math.isfinite(each.price)
        else NO_VALUE
        for each in mine
    ]


def closing_line(view: PlanView) -> str:
    """Say in one line what to do, and what that changes."""
    words = view.words
    made = [each.decision for each in view.run.decisions if each.decision.amount > NOTHING]
    made.sort(key=lambda decision: -decision.cost)
    steps = [_step(words, decision) for decision in made[:NAMED]]
    if len(made) > NAMED:
        steps.append(words("decisions.rest", count=len(made) - NAMED))
    if moved := int(moved_workloads(view.problem, view.account.by_pool_unit_h).sum()):
        steps.append(words("decisions.move", count=moved))
    text = words("decisions.then").join(steps or [words("decisions.nothing")])
    return words("decisions.closing", steps=text[0].upper() + text[1:], change=_change(view))


def _step(words: Words, decision: Decision) -> str:
    amount = number(decision.amount)
    return words(f"decisions.{decision.kind}.step", amount=amount, item=decision.item, site=decision.site)


def _change(view: PlanView) -> str:
    """Say what the plan saves, or costs where there is nothing to compare with."""
    words, problem, mine = view.words, view.problem, view.accounts
    if view.local is None:
        return words("decisions.cost", cost=_money(words, mine.cost.total, problem.currency))
    other = view.local.accounts
    texts = [_difference(words, "what_cost", mine.cost.total, other.cost.total, problem.currency)]
    if problem.objective.goal is Goal.CARBON:
        basis = problem.objective.basis
        tonnes = mine.emissions_t.on(basis), other.emissions_t.on(basis)
        texts.insert(0, _difference(words, "what_carbon", *tonnes, words("decisions.co2")))
    lifted = view.run.baseline is not None and view.run.baseline.lifted
    key = "decisions.against_lifted" if lifted else "decisions.against"
    return words(key, changes=words("decisions.then").join(texts))


def _difference(words: Words, what: str, mine: float, other: float, unit: str) -> str:
    kind, share = compare_amount(words, mine, other)
    share = words("decisions.share", share=share) if share else ""
    amount = _money(words, abs(mine - other), unit)
    return words(f"decisions.{kind}", what=words(f"decisions.{what}"), amount=amount, share=share)


def compare_amount(words: Words, mine: float, other: float) -> tuple[str, str]:
    """Say whether an amount is less, more or the same as another, and by what share of its size, if any."""
    change = mine - other
    if abs(change) <= SAME * max(abs(mine), abs(other)):
        return "same", ""
    return "less" if change < 0 else "more", words.percent(abs(change / other)) if other else ""


def _money(words: Words, amount: float, unit: str) -> str:
    return words.amount(amount, unit, 4) if abs(amount) >= IN_FULL else words.quantity(number(amount), unit)


def consequences(view: PlanView) -> list[str]:
    """Say whose work falls short, and who pays more than in the all-local plan."""
    return [*_shortfall(view), *_payers(view)]


def _shortfall(view: PlanView) -> list[str]:
    """Name the workloads with most shortfall; amounts of several are not added up."""
    words, problem = view.words, view.problem
    short, found = view.account.statements.short_unit_h, short_workloads(view.account.statements)
    if not found:
        return []
    named = [
        words(
            "decisions.short",
            workload=problem.workloads.names[w],
            company=problem.companies.names[problem.workloads.company[w]],
            amount=number(float(short[w])),
        )
        for w in found[:NAMED]
    ]
    if len(found) > NAMED:
        named.append(words("decisions.more_workloads", count=len(found) - NAMED))
    return [words("decisions.falls_short", workloads=words("answer.and").join(named))]


def _payers(view: PlanView) -> list[str]:
    """Count the companies that pay more than in the all-local plan, and name those that pay most more."""
    words, problem = view.words, view.problem
    local = view.run.baseline.companies if view.run.baseline else None
    if local is None:
        return []
    mine, before = company_statements(problem, view.account.statements).cost.total, local.cost.total
    more, found = mine - before, cost_rises(mine, before)
    if not found:
        return [words("decisions.nobody_pays_more")]
    named = [
        words(
            "decisions.payer",
            company=problem.companies.names[c],
            amount=_money(words, float(more[c]), problem.currency),
            share=words("decisions.share", share=words.percent(float(more[c] / before[c])))
            if before[c] > 0
            else "",
        )
        for c in found[:NAMED]
    ]
    key = "decisions.pay_more" if len(found) <= NAMED else "decisions.pay_more_most"
    names = words("answer.and").join(named)
    return [words(key, count=len(found), all=problem.companies.size, companies=names)]


def next_commands(view: PlanView, folder: Path) -> list[str]:
    """Give the two commands that a reader of the plan would type next."""
    made = max(
        (each.decision for each in view.run.decisions if each.decision.site),
        key=lambda decision: decision.cost,
        default=None,
    )
    busiest = int(
        sum_by(view.problem.pools.site, view.accounts.pools.busy_unit_h, view.problem.sites.size).argmax()
    )
    site = made.site if made else view.problem.sites.names[busiest]
    plan = shlex.quote(str(folder))
    return [f"computeplan explain {plan} {shlex.quote(site)}", f"computeplan report {plan}"]
