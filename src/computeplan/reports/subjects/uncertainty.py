"""A plan for several scenarios: what to decide now, what follows in each, and what knowing would be worth."""

from __future__ import annotations

from math import isinf, nan
from pathlib import Path

import numpy as np

from computeplan.reports.blocks import Block, Column, Line, Prose, Table, Tone, faint, line, strong
from computeplan.solvers.plan import Solution
from computeplan.studies.uncertainty import UncertaintyStudy
from computeplan.text import counted, number, percent, some_names
from computeplan.vocabulary import RiskMeasure

MOST_ROWS = 20
"""Rows of a table that a terminal shows."""


def describe_uncertainty(study: UncertaintyStudy, folder: Path | None) -> list[Block]:
    """Say what to decide now, what comes in each scenario, what the plan is worth, and where it is."""
    failed = [
        name
        for name, outcome in zip(study.names, study.outcomes, strict=True)
        if outcome.solution is None or not outcome.solution.audit.passed
    ]
    if failed:
        warning = f": audit FAILED in {some_names(failed)}. This is not a valid plan."
        return [Prose([line((study.problems[0].name, Tone.STRONG), (warning, Tone.BAD))])]
    return [
        Prose([_headline(study)]),
        *_decisions(study),
        *_placements(study),
        _scenarios(study),
        *_regrets(study),
        Prose([*_values(study), _times(study), *([f"plans: {folder}/SCENARIO"] if folder else [])]),
    ]


def _headline(study: UncertaintyStudy) -> Line:
    tone = Tone.GOOD if study.status.value == "optimal" else Tone.WARNING
    of = {
        RiskMeasure.EXPECTED: "expected",
        RiskMeasure.CVAR: "expected cost and its worst cases",
        RiskMeasure.WORST: "expected and highest cost",
        RiskMeasure.REGRET: "expected cost and largest regret",
    }[study.section.risk.measure]
    proved = (
        "not proved" if study.gap is None else f"at most {percent(max(study.gap, 0.0))} above the optimum"
    )
    return line(
        (study.status.value, tone),
        f" plan of {study.problems[0].name} for {counted(len(study.names), 'scenario')}: ",
        (f"{number(study.value, 6)} {study.problems[0].currency}", Tone.STRONG),
        f" {of}, {proved}",
    )


def _decisions(study: UncertaintyStudy) -> list[Block]:
    """List what to decide now, and what would be decided if it were known what comes."""
    made = [each for each in study.decisions() if each.decision.amount or each.most]
    if not made:
        return []
    columns = [
        Column("decision", "decide now", [each.decision.kind.value for each in made]),
        Column("where", "where", [each.decision.name for each in made], verbatim=True),
        Column("amount", "amount", [each.decision.amount for each in made]),
        Column("unit", "unit", [each.decision.unit for each in made]),
        Column("cost", f"expected cost, {study.problems[0].currency}", [each.expected_cost for each in made]),
    ]
    if study.comparison is not None:
        columns += [
            Column("least", "if known, least", [each.least for each in made], scale="known"),
            Column("most", "most", [each.most for each in made], scale="known"),
            Column("same", "same in all", ["yes" if each.is_same else "" for each in made], spare=True),
        ]
    return [Table("decisions", columns, most=MOST_ROWS)]


def _placements(study: UncertaintyStudy) -> list[Block]:
    """List where fixed work is placed, in all scenarios alike."""
    placed = study.placements()
    if not placed:
        return []
    columns = [
        Column("pool", "place fixed work in", list(placed), verbatim=True),
        Column("share", "mean share", list(placed.values()), percent=True),
    ]
    return [Table("placements", columns, most=MOST_ROWS)]


def _scenarios(study: UncertaintyStudy) -> Table:
    """List what comes in each scenario."""
    solutions, compared = _solutions(study), study.comparison
    currency, size = study.problems[0].currency, len(study.names)
    basis = study.problems[0].objective.basis
    mean = compared.mean if compared is not None else None
    columns = [
        Column("scenario", "scenario", study.names, verbatim=True),
        Column("probability", "probability", study.risk.probability, percent=True),
        Column("cost", f"cost, {currency}", study.costs, scale="money", digits=6),
        Column("carbon", "carbon, t", [s.accounts.emissions_t.on(basis) for s in solutions]),
        Column("undone", "left undone, unit·h", [s.accounts.shortfall_unit_h for s in solutions]),
    ]
    if compared is not None and study.regret is not None:
        shown = [nan] * size if mean is None else np.where(np.isinf(mean), nan, mean)
        columns += [
            Column("known", "if known", compared.alone, scale="money", digits=6),
            Column("regret", "regret", study.regret),
            Column("mean", "planned for the mean", shown, scale="money", digits=6, spare=True),
        ]
    return Table("scenarios", columns, most=MOST_ROWS)


def _solutions(study: UncertaintyStudy) -> list[Solution]:
    return [outcome.solution for outcome in study.outcomes if outcome.solution is not None]


def _regrets(study: UncertaintyStudy) -> list[Block]:
    """List the regret of the decisions that are best for one scenario, if another one comes."""
    compared = study.comparison
    if compared is None or compared.own is None or not 1 < len(study.names) <= MOST_ROWS // 2:
        return []
    regrets = compared.own - compared.alone
    shown = np.where(np.isfinite(regrets), regrets, nan)
    columns = [Column("decided", "regret if decided for", study.names, verbatim=True)]
    columns += [
        Column(f"in {name}", f"in {name}", shown[:, at], scale="regret", verbatim=True)
        for at, name in enumerate(study.names)
    ]
    note = "Blank: with these decisions the scenario has no plan."
    return [Table("regrets", columns, notes=[note] if np.isnan(shown).any() else [])]


def _values(study: UncertaintyStudy) -> list[Line]:
    """Say what it would be worth to know, and what it is worth to plan for all scenarios."""
    currency, knowing, planned = study.problems[0].currency, study.value_of_knowing, study.value_of_scenarios
    lines = []
    if knowing is not None:
        amount = f"{number(max(knowing, 0.0))} {currency}"
        lines.append(strong(f"Knowing the scenario beforehand would save {amount} (EVPI)."))
    if planned is not None and isinf(planned):
        lines.append(line("Decisions for the mean of all scenarios fail: with them some have no plan."))
    elif planned is not None:
        amount = f"{number(max(planned, 0.0))} {currency}"
        lines.append(line(f"Planning for all scenarios instead of their mean saves {amount} (VSS)."))
    elif study.comparison is not None:
        lines.append(line("The mean of these scenarios has no meaning or no plan to compare with."))
    return lines


def _times(study: UncertaintyStudy) -> Line:
    return faint(", ".join(f"{stage} {number(spent, 3)} s" for stage, spent in study.times_s.items()))
