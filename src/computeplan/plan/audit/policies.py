"""Checks of the policies: budget, rules on sets of workloads, renewable share of sites.

budget           cost ≤ budget, without shortfall penalty and carbon charge
rule             what a rule measures ≤ its limit (see `computeplan.plan.rules`)
renewable_share  share · Σ ω (grid + contracts) ≤ Σ ω contracts of the site
"""

from __future__ import annotations

import numpy as np

from computeplan.plan.accounting import Accounts
from computeplan.plan.audit.violations import Family, Ledger, yardstick
from computeplan.plan.flows import at_sites
from computeplan.plan.rules import rule_limits
from computeplan.plan.usage import Usage
from computeplan.problem import Decisions, Problem


def check_policies(
    problem: Problem, usage: Usage, decisions: Decisions, accounts: Accounts, ledger: Ledger
) -> None:
    """Check every policy.

    Parameters
    ----------
    problem : Problem
    usage : Usage
    decisions : Decisions
    accounts : Accounts
        Of the same plan, recomputed.
    ledger : Ledger
        Takes the violations.
    """
    _check_budget(problem, accounts, ledger)
    _check_rules(problem, usage, ledger)
    _check_renewable_share(problem, decisions, ledger)


def _check_budget(problem: Problem, accounts: Accounts, ledger: Ledger) -> None:
    budget = problem.objective.budget
    if np.isfinite(budget):
        excess = np.array([accounts.cost.total - budget])
        size = max(sum(abs(part) for part in accounts.cost.parts().values()), abs(budget)) or 1.0
        ledger.record(Family.BUDGET, excess, size, lambda _: "whole horizon")


def _check_rules(problem: Problem, usage: Usage, ledger: Ledger) -> None:
    rules, limit = problem.rules, rule_limits(problem)
    shares = np.array([measure.is_share for measure in rules.measure], dtype=bool)
    size = np.where(shares, usage.rule_work_unit_h, np.maximum(limit, np.abs(usage.rule_amount)))
    size = np.where(size > 0, size, 1.0)
    ledger.record(Family.RULE, usage.rule_amount - limit, size, lambda u: f"rule {rules.names[u]}")


def _check_renewable_share(problem: Problem, decisions: Decisions, ledger: Ledger) -> None:
    weight = problem.horizon.weight
    bought = at_sites(problem, decisions.contract_kwh) @ weight
    energy = decisions.grid_kwh @ weight + bought
    missing = problem.grid.renewable_share * energy - bought
    missing = np.where(problem.grid.renewable_share > 0, missing, 0.0)
    names = problem.sites.names
    ledger.record(Family.RENEWABLE_SHARE, missing, yardstick(energy), lambda s: f"site {names[s]}")
