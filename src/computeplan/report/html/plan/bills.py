"""What every company pays, beside what it would pay otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.plan.statements import Statements, company_statements
from computeplan.problem import Floats, sum_by
from computeplan.report.html.plan.view import PlanView


@dataclass(frozen=True, eq=False)
class Bills:
    """What companies pay, and would pay with all work at home.

    Attributes
    ----------
    statements : Statements
    local_cost : (n,), optional
        Absent where there is no all-local plan.
    marginal_cost : (n,), optional
        Absent where the solver gives no prices, or prices in kg.
    """

    statements: Statements
    local_cost: Floats | None
    marginal_cost: Floats | None

    @property
    def saving(self) -> Floats | None:
        """(n,) what the plan saves, currency."""
        return None if self.local_cost is None else self.local_cost - self.statements.cost.total


def bills_of(view: PlanView) -> Bills:
    """State what every company pays.

    Parameters
    ----------
    view : PlanView
    """
    mine = company_statements(view.problem, view.account.statements)
    local, charges = view.local_account, view.account.marginal
    beside = company_statements(view.problem, local.statements).cost.total if local else None
    known = charges is not None and np.isfinite(charges.cost).all()
    owner, size = view.problem.workloads.company, view.problem.companies.size
    return Bills(mine, beside, sum_by(owner, charges.cost, size) if charges and known else None)
