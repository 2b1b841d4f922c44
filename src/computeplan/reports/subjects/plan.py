"""A plan: what a planner wants to know first, and the whole report."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from computeplan.audit import AuditReport
from computeplan.explanations.wording import moment
from computeplan.folder.contents import SUMMARY
from computeplan.folder.read import PlanFolder, blame_folder
from computeplan.problem import CarbonBasis, Problem, Status, sum_by
from computeplan.reports.blocks import (
    Block,
    Facts,
    Line,
    Page,
    Prose,
    Section,
    Tone,
    faint,
    line,
    strong,
)
from computeplan.reports.subjects.assumptions import Drivers, assumptions
from computeplan.reports.subjects.audit import ROUNDING, certificate, describe_failure, distance, stage_times
from computeplan.reports.subjects.companies import companies, statement
from computeplan.reports.subjects.costs import (
    all_policies,
    carbon_chart,
    cost_chart,
    cost_table,
    policy_table,
)
from computeplan.reports.subjects.decisions import (
    closing_line,
    compare_amount,
    consequences,
    decision_blocks,
    next_commands,
)
from computeplan.reports.subjects.flows import flows
from computeplan.reports.subjects.limits import limit_blocks
from computeplan.reports.subjects.moves import move_table, moves
from computeplan.reports.subjects.plan_view import PlanView
from computeplan.reports.subjects.shifting import shifted_work
from computeplan.reports.subjects.sites import pool_table, site_charts, site_table
from computeplan.reports.words import ENGLISH, Words
from computeplan.runs.overview import SAME
from computeplan.runs.run import Run
from computeplan.solvers.plan import Solution
from computeplan.text import counted, number, signed

NAMED = 3
"""Sites named in a sentence."""

TONES = {Status.OPTIMAL: Tone.GOOD, Status.FEASIBLE: Tone.WARNING}


def describe_plan(run: Run, solution: Solution, folder: Path | None) -> list[Block]:
    """Say what a terminal shows of a plan, and of the folder where it was written."""
    view = PlanView(run, solution, ENGLISH, all_policies(run.summary()) if run.others else {})
    failure = describe_failure(run.plan.problem, solution.audit)
    return [
        *(failure or [Prose([_headline(run, solution)])]),
        *decision_blocks(view),
        cost_table(view),
        *_policies(view),
        pool_table(view),
        site_table(view),
        *move_table(view),
        *([] if failure else [Prose([strong(closing_line(view)), *consequences(view)])]),
        *limit_blocks(view.problem, solution.prices, run.eased, ENGLISH),
        Prose([_size_and_times(run), *([f"plan: {folder}"] if folder else [])]),
        *([Prose([faint("next:"), *next_commands(view, folder)])] if folder else []),
    ]


def plan_in_words(run: Run, folder: Path | None) -> dict[str, object]:
    """Give the closing line and the next commands of a plan for JSON; nothing without a plan that holds."""
    solution = run.plan.solution
    if solution is None or not solution.audit.passed:
        return {"answer": None, "next": []}
    view = PlanView(run, solution, ENGLISH)
    return {"answer": closing_line(view), "next": next_commands(view, folder) if folder else []}


def plan_page(run: Run, folder: PlanFolder, words: Words, drivers: Drivers = ()) -> Page:
    """Report a plan; `drivers`: how much each axis of a sweep moves the answer.

    Raises
    ------
    PlanFolderError
        If there is no plan, or it fails its audit.
    """
    solution, origin = run.require_solution("report"), folder.provenance
    with blame_folder(folder):
        view = PlanView(run, solution, words, all_policies(folder.read_json(SUMMARY)))
        policies = _policies(view)
    costs: list[Block] = [cost_table(view), cost_chart(view), carbon_chart(view), *policies]
    return Page(
        title=run.plan.problem.name,
        subtitle=_time_span(view),
        badges=_badges(view),
        sections=[
            _answer(view),
            Section(
                "decisions", words("decisions.title"), [*decision_blocks(view), Prose(consequences(view))]
            ),
            Section(
                "limits",
                words("limits.title"),
                limit_blocks(view.problem, view.solution.prices, run.eased, words),
            ),
            Section("comparison", words("costs.title"), costs),
            flows(view),
            Section("sites", words("sites.title"), [pool_table(view), site_table(view), site_charts(view)]),
            shifted_work(view),
            *moves(view),
            companies(view),
            assumptions(view, drivers),
            certificate(view, origin),
        ],
        footer=words("page.footer", version=origin["versions"]["computeplan"], created=origin["created"]),
        statement=statement(view),
    )


def _policies(view: PlanView) -> list[Block]:
    if not view.policies:
        return []
    return [policy_table(view.words, view.problem, view.accounts, view.policies)]


def _badges(view: PlanView) -> list[str]:
    words, audit, status = view.words, view.solution.audit, view.run.plan.status
    goal, scenario = words(f"goal.{view.problem.objective.goal}"), view.run.loaded.scenario
    named = [words("assumptions.scenario", name=scenario)] if scenario else []
    is_proved = status is Status.OPTIMAL and audit.excess is not None
    proof = words("badge.proved" if is_proved else "badge.unproved")
    if status is Status.FEASIBLE and audit.excess is not None:
        proof = words("badge.gap", gap=distance(words, view.problem, audit))
    return [goal, proof, words("audit.passed"), *named]


def _headline(run: Run, solution: Solution) -> Line:
    status, audit = run.plan.status, solution.audit
    by = "by the solver's bound" if run.plan.problem.is_bounded_by_solver else "proved"
    largest = number(audit.max_violation, 2)
    violation = f" (largest violation {largest})" if audit.max_violation > ROUNDING else ""
    name, state = (run.plan.problem.name, Tone.STRONG), (status.value, TONES[status])
    return line(
        name, ": ", state, f", {_gap(run.plan.problem, audit, by)}, audit ", ("passed", Tone.GOOD), violation
    )


def _gap(problem: Problem, audit: AuditReport, by: str) -> str:
    if audit.excess is None:
        return "optimality not proved"
    if audit.gap is not None and audit.gap < 1e-7:
        return f"gap 0 ({by})"
    return f"at most {distance(ENGLISH, problem, audit)} above the optimum"


def _size_and_times(run: Run) -> Line:
    size, solver = run.plan.size, run.plan.solver
    times_s = dict(run.times_s)
    total_s = times_s.pop("total", sum(times_s.values()))
    noted = stage_times(times_s)
    stages = f" ({noted})" if noted else ""
    workloads = counted(run.plan.problem.workloads.size, "workload")
    classes = counted(size.classes, "class", "classes")
    return faint(
        f"{workloads} in {classes}, {size.columns:,} columns × {size.rows:,} rows; "
        f"{solver.name} {solver.version}; {number(total_s, 3)} s{stages}"
    )


def _answer(view: PlanView) -> Section:
    """Say what to do, what the plan costs, where the work goes and what it emits."""
    sentences: list[str | Line] = [strong(closing_line(view)), _cost(view), _places(view), _carbon(view)]
    return Section("answer", view.words("answer.title"), [Prose(sentences, lead=True), _tiles(view)])


def _time_span(view: PlanView) -> str:
    """Name the time that is planned."""
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
    kind, share = compare_amount(words, cost, other)
    share = words("answer.share_of_cost", share=share) if share else ""
    compared = words(f"answer.cost.{kind}", amount=words.amount(abs(cost - other), currency), share=share)
    return words("answer.cost_compared", cost=amount, compared=compared)


def _places(view: PlanView) -> str:
    words, problem = view.words, view.problem
    by_pool = view.account.by_pool_unit_h
    total = max(float(by_pool.sum()), 1e-300)
    leaves = np.where(problem.local[problem.workloads.need], 0.0, by_pool).sum(axis=0) / total
    away = float(leaves.sum())
    counted_work = leaves if away > SAME else by_pool.sum(axis=0) / total
    at_site = sum_by(problem.pools.site, counted_work, problem.sites.size)
    largest = [s for s in np.argsort(-at_site, kind="stable").tolist() if at_site[s] > SAME][:NAMED]
    shares = (
        words("answer.site", site=problem.sites.names[s], share=words.percent(at_site[s])) for s in largest
    )
    key = "answer.places" if away > SAME else "answer.places_home"
    return words(key, away=words.percent(away), sites=words("answer.and").join(shares))


def _carbon(view: PlanView) -> str:
    words, emissions = view.words, view.accounts.emissions_t.bases()
    amounts = {basis: words.amount(tonnes, "t") for basis, tonnes in emissions.items()}
    if view.local is None:
        return words("answer.carbon", **amounts)
    others, phrases, kinds = view.local.accounts.emissions_t.bases(), {}, set()
    for basis, tonnes in emissions.items():
        kind, share = compare_amount(words, tonnes, others[basis])
        share = words("answer.share_of_carbon", share=share) if share else ""
        phrases[basis] = words(f"answer.carbon.{kind}", amount=amounts[basis], share=share)
        kinds.add(kind)
    verdict = kinds.pop() if len(kinds) == 1 else "mixed"
    return words("answer.carbon_compared", verdict=words(f"answer.verdict.{verdict}"), **phrases)


def _tiles(view: PlanView) -> Facts:
    words, problem, accounts = view.words, view.problem, view.accounts
    rows = [(words("cost"), words.amount(accounts.cost.total, problem.currency, 4))]
    if view.local:
        change = accounts.cost.total - view.local.accounts.cost.total
        rows.append((words("answer.change"), signed(words.amount(change, problem.currency), change)))
    for basis in CarbonBasis:
        label = words("carbon", basis=view.basis(basis))
        rows.append((label, words.amount(accounts.emissions_t.on(basis), "t", 4)))
    if accounts.shortfall_unit_h > 0:
        rows.append((words("shortfall"), words.amount(accounts.shortfall_unit_h, "unit·h")))
    return Facts(rows, tiles=True)
