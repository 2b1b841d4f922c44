"""What the plan costs, where, and what each company pays of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from computeplan.plan.accounting import L_PER_M3
from computeplan.plan.marginal_charges import MarginalCharges
from computeplan.plan.plan import Solution
from computeplan.plan.statements import Statements, company_statements
from computeplan.plan.tables.expanded import WorkloadAccount
from computeplan.problem import Floats, Problem, Term, sum_by

if TYPE_CHECKING:
    import polars as pl


def costs(problem: Problem, solution: Solution) -> pl.DataFrame:
    """Give the parts of the cost: of pools by pool, of energy and placement by site, of the network by link.

    Shortfall penalty and carbon charge stand beside the cost and belong to no place.
    """
    import polars as pl

    accounts = solution.accounts
    reserved = problem.pools.term == Term.RESERVED
    parts = [
        _rows("usage", problem.pools.names, np.where(reserved, 0.0, accounts.pools.cost)),
        _rows("reserved", problem.pools.names, np.where(reserved, accounts.pools.cost, 0.0)),
        _rows("new_capacity", problem.pools.names, accounts.pools.new_cost),
    ]
    by_site = accounts.sites.cost.parts()
    local = ("energy", "demand_charge", "contracts", "placement", "certificates", "storage", "opening")
    parts += [_rows(part, problem.sites.names, by_site[part]) for part in local]
    parts.append(_rows("network", problem.network.link_names, accounts.network.cost))
    beside = np.array([accounts.shortfall_penalty, accounts.carbon_charge])
    frame = pl.concat(parts).filter(pl.col("amount") != 0)
    rest = pl.DataFrame({"part": ["shortfall_penalty", "carbon_charge"], "where": ["", ""], "amount": beside})
    return pl.concat([frame, rest]).with_columns(currency=pl.lit(problem.currency))


def companies(problem: Problem, account: WorkloadAccount, local: Statements | None) -> pl.DataFrame:
    """State for every company its work by site, energy, cost by part, and carbon.

    Beside them what it would be charged at the margin and, with the companies' statements of the all-local
    plan, what it would cost and emit there.
    """
    import polars as pl

    owned = company_statements(problem, account.statements)
    basis = problem.objective.basis
    count = np.bincount(problem.workloads.company, minlength=problem.companies.size)
    return pl.DataFrame(
        {
            "company": pl.Series(owned.names, dtype=pl.String),
            "tier": pl.Series(problem.companies.tiers, dtype=pl.String),
            "workloads": count,
            "work_unit_h": owned.work_unit_h.sum(axis=1),
            "short_unit_h": owned.short_unit_h,
            "energy_kwh": owned.energy_kwh,
            "water_m3": owned.water_l / L_PER_M3,
            "cost": owned.cost.total,
            **owned.cost.parts(),
            "shortfall_penalty": owned.shortfall_penalty,
            "carbon_charge": owned.carbon_charge,
            **{f"{on}_kg": kg for on, kg in owned.emissions_kg.bases().items()},
            **_marginal(problem, account.marginal),
            "all_local_cost": _known(local.cost.total if local else None, problem.companies.size),
            "all_local_kg": _known(local.emissions_kg.on(basis) if local else None, problem.companies.size),
            "saving": _known(local.cost.total - owned.cost.total if local else None, problem.companies.size),
            **{f"unit_h at {site}": owned.work_unit_h[:, s] for s, site in enumerate(problem.sites.names)},
        }
    )


def _marginal(problem: Problem, charges: MarginalCharges | None) -> dict[str, pl.Series]:
    owner, size = problem.workloads.company, problem.companies.size
    amounts = {"marginal_cost": charges.cost, "marginal_kg": charges.kg} if charges else {}
    return {
        name: _known(sum_by(owner, amounts[name], size) if name in amounts else None, size)
        for name in ("marginal_cost", "marginal_kg")
    }


def _known(amounts: Floats | None, size: int) -> pl.Series:
    """Numbers, empty where there are none."""
    import polars as pl

    return pl.Series(np.full(size, np.nan) if amounts is None else amounts, nan_to_null=True)


def _rows(part: str, names: tuple[str, ...], amount: Floats) -> pl.DataFrame:
    import polars as pl

    label = pl.repeat(part, len(names), dtype=pl.String, eager=True)
    return pl.DataFrame({"part": label, "where": pl.Series(names, dtype=pl.String), "amount": amount})
