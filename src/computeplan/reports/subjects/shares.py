"""What each group of companies pays for a plan, by one method."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from computeplan.problem import Floats
from computeplan.reports.blocks import Block, Column, Line, Prose, Table, Tone, faint, line, shares
from computeplan.studies.shares import CoreDistance, SharesStudy
from computeplan.text import counted, number, some_names
from computeplan.vocabulary import ShareMethod

MOST_LINES = 12
"""Lines of owners that a terminal shows."""
NOTHING = 1e-6
"""Share of the objective below which an amount is rounding."""
CLOSE = 1e-3
"""Share of an excess by which its bound may be above it and still say the same."""


def describe_shares(study: SharesStudy) -> list[Block]:
    """Say what each group pays, who else has a part, and how far from the core the bill is."""
    unit, count = study.problem.objective_unit, counted(len(study.groups.names), "group")
    head = line(
        (f"{study.method.value} shares", Tone.STRONG),
        f" of {number(study.objective, 6)} {unit} by {study.by}, {count}",
    )
    blocks: list[Block] = [Prose([head]), _bills(study, unit)]
    if study.lines:
        blocks.append(_owners(study, unit))
    return [*blocks, Prose(_notes(study, unit))]


def _bills(study: SharesStudy, unit: str) -> Table:
    """List the groups, what is left to owners at the margin if there are any, and the total."""
    bills, at_margin = study.groups, study.method is ShareMethod.MARGINAL
    left = [sum(each.amount for each in study.lines) + study.gap] if study.lines else []
    none = [0.0] * len(left)
    unknown = [np.nan] * (len(left) + 1)
    work, paid = _summed(bills.work_unit_h, none), _summed(bills.pays, left if at_margin else none)
    columns = [
        Column("group", study.by, [*bills.names, *["owners"] * len(left), "total"]),
        Column("companies", "companies", _summed(bills.companies, none), digits=0, spare=True),
        Column("work_unit_h", "work, unit·h", work),
        Column("pays", f"pays, {unit}", paid),
        Column("per_unit_h", f"{unit} a unit·h", shares(paid, work)),
    ]
    if bills.error is not None:
        columns.append(Column("standard_error", "standard error", [*bills.error, *unknown]))
    if study.method is not ShareMethod.AVERAGE:
        columns.append(Column("average", f"average, {unit}", _summed(bills.average, none)))
    if bills.marginal is not None and not at_margin:
        columns.append(Column("marginal", f"at the margin, {unit}", _summed(bills.marginal, left)))
    if bills.alone is not None and np.isfinite(bills.alone).any():
        alone = np.where(np.isfinite(bills.alone), bills.alone, np.nan)
        columns.append(Column("alone", f"alone, {unit}", [*alone, *unknown]))
    return Table("shares", columns, strong=frozenset({len(bills.names) + len(left)}))


def _summed(amounts: Floats, owners: Sequence[float]) -> Floats:
    """Append what owners have a part in, and the sum of all."""
    return np.array([*amounts, *owners, amounts.sum() + sum(owners)])


def _owners(study: SharesStudy, unit: str) -> Table:
    columns = [
        Column("owner", "owner", [each.owner or "operator" for each in study.lines]),
        Column("what", "of", [str(each.kind) for each in study.lines]),
        Column("where", "what", [each.name for each in study.lines], verbatim=True),
        Column("amount", f"amount, {unit}", [each.amount for each in study.lines], signed=True),
    ]
    total = sum(each.amount for each in study.lines)
    note = f"Owners: {number(total)} {unit} in sum; negative: a rent of what is scarce, earned by its owner."
    return Table("owners", columns, notes=[note], most=MOST_LINES)


def _notes(study: SharesStudy, unit: str) -> list[Line]:
    lines = []
    if study.method is ShareMethod.MARGINAL:
        lines.append(line(PROVED))
        if abs(study.gap) > NOTHING * abs(study.objective):
            lines.append(line(f"The prices leave {number(study.gap)} {unit} of the objective unproved."))
    if study.core is not None:
        lines += _core(study.core, unit)
    elif study.method is ShareMethod.AVERAGE and study.has_large_game:
        lines.append(line(TOO_MANY))
    if study.unproved > NOTHING * abs(study.objective):
        lines.append(
            line(f"What coalitions would pay alone is proved up to {number(study.unproved)} {unit}.")
        )
    if study.orders:
        lines.append(faint(f"The mean of {study.orders} random orders; each adds up to the objective."))
    if study.solves:
        alone = "Alone: what its own plan would cost, with all capacity for itself."
        lines.append(faint(f"{alone} {counted(study.solves, 'coalition')} solved."))
    return lines


PROVED = (
    "With those who own what is scarce, no groups together pay more than alone: the dual prices prove it."
)
TOO_MANY = (
    "How far from the core it is was not sought: without prices, "
    "every coalition of so many groups would have to be solved."
)


def _core(core: CoreDistance, unit: str) -> list[Line]:
    room = core.rounding
    at_most = "with no bound" if core.at_most is None else f"at most {number(core.at_most)} {unit}"
    if core.at_most is not None and core.at_most <= room:
        found = "In the core: no groups together pay more than they would alone."
    elif core.excess is None or core.excess <= room:
        found = f"No groups were found that pay more than alone; {at_most}."
    else:
        who = f"{some_names(core.groups)} together pay {number(core.excess)} {unit} more than alone"
        proved = core.at_most is not None and core.at_most - core.excess <= room + CLOSE * core.excess
        found = f"Not in the core: {who}; {'no others more' if proved else f'others perhaps {at_most}'}."
    lines = [line(found)]
    if core.least is not None and core.least > room:
        least = f"whatever the bill, some groups pay {number(core.least)} {unit} more than alone"
        lines.append(line(f"The core is empty: {least}."))
    return lines
