"""A company in a plan: what it gets and pays, and where its work runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.plan.statements import Statements, company_statements
from computeplan.plan.tables import WorkloadAccount
from computeplan.problem import Floats, Ints, Problem
from computeplan.problem.arrays import ReadOnlyArrays


@dataclass(frozen=True, eq=False)
class CompanyCase(ReadOnlyArrays):
    """A company's statement.

    Attributes
    ----------
    index : int
    statements : Statements
        Of all companies; row `index` is this one's.
    marginal_cost : float
        What it would pay at the price of one more (see `marginal_charges`); nan where that is not known.
    workloads : (n,)
        Its workloads, the dearest first.
    cost : (n,)
        Of each of them.
    main_site : (n,)
        Where most of each runs.
    """

    index: int
    statements: Statements
    marginal_cost: float
    workloads: Ints
    cost: Floats
    main_site: Ints


def explain_company(problem: Problem, account: WorkloadAccount, company: int) -> CompanyCase:
    """State what a company gets and pays.

    Parameters
    ----------
    problem : Problem
    account : WorkloadAccount
        The plan's allocation, expanded.
    company : int

    Returns
    -------
    CompanyCase
    """
    own = np.flatnonzero(problem.workloads.company == company)
    cost = account.statements.cost.total[own]
    order = np.argsort(-cost, kind="stable")
    marginal = account.marginal.cost[own].sum() if account.marginal else np.nan
    return CompanyCase(
        index=company,
        statements=company_statements(problem, account.statements),
        marginal_cost=float(marginal),
        workloads=own[order],
        cost=cost[order],
        main_site=account.statements.work_unit_h[own[order]].argmax(axis=1),
    )
