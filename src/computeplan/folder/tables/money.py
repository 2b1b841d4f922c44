"""What the plan decides and costs, where, and what each company pays of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from computeplan.accounts.accounts import L_PER_M3
from computeplan.accounts.costs import COST_PARTS
from computeplan.accounts.decisions import COLUMNS, DecisionChange, decision_rows
from computeplan.accounts.statements import Statements, company_statements
from computeplan.folder.tables.work import WorkloadAccount
from computeplan.problem import Floats, Problem, sum_by
from computeplan.solvers.plan import Solution

if TYPE_CHECKING:
    import polars as pl


def decisions(problem: Problem, made: Sequence[DecisionChange]) -> pl.DataFrame:
    """List what the plan decides once for the whole horizon, and what the all-local plan decides of it."""
    import polars as pl

    kinds = {str: pl.String, float: pl.Float64}
    schema = {name: kinds[kind] for name, (kind, _) in COLUMNS.items()}
    return pl.DataFrame(decision_rows(made), schema=schema).with_columns(currency=pl.lit(problem.currency))


def costs(problem: Problem, solution: Solution) -> pl.DataFrame:
    """Give the parts of the cost: of pools by pool, of energy and placement by site, of the network by link.

    Shortfall penalty and carbon charge are no part of the cost and belong to no place.
    """
    import polars as pl

    accounts = solution.accounts
    parts = [_rows(part.name, problem.names[part.place], accounts.charges[part.name]) for part in COST_PARTS]
    apart = np.array([accounts.shortfall_penalty, accounts.carbon_charge])
    frame = pl.concat(parts).filter(pl.col("amount") != 0)
    rest = pl.DataFrame({"part": ["shortfall_penalty", "carbon_charge"], "where": ["", ""], "amount": apart})
    return pl.concat([frame, rest]).with_columns(currency=pl.lit(problem.currency))


def companies(problem: Problem, account: WorkloadAccount, local: Statements | None) -> pl.DataFrame:
    """State for every company its work by site, energy, cost by part, and carbon.

    Also what it would be charged at the margin and, with the companies' statements of the all-local
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
            "shortfall_unit_h": owned.short_unit_h,
            "energy_kwh": owned.energy_kwh,
            "water_m3": owned.water_l / L_PER_M3,
            "cost": owned.cost.total,
            **owned.cost.parts(),
            "shortfall_penalty": owned.shortfall_penalty,
            "carbon_charge": owned.carbon_charge,
            **{f"{on}_kg": kg for on, kg in owned.emissions_kg.bases().items()},
            "marginal_charge": _known(_marginal(problem, account), problem.companies.size),
            "all_local_cost": _known(local.cost.total if local else None, problem.companies.size),
            "all_local_kg": _known(local.emissions_kg.on(basis) if local else None, problem.companies.size),
            "saving": _known(local.cost.total - owned.cost.total if local else None, problem.companies.size),
            **{f"unit_h at {site}": owned.work_unit_h[:, s] for s, site in enumerate(problem.sites.names)},
        }
    )


def _marginal(problem: Problem, account: WorkloadAccount) -> Floats | None:
    if account.marginal is None:
        return None
    return sum_by(problem.workloads.company, account.marginal.charge, problem.companies.size)


def owners(problem: Problem, account: WorkloadAccount) -> pl.DataFrame:
    """Give what the marginal statement adds to the companies' charges: lines of owners, and the gap.

    With the charges they add up to the objective.
    """
    import polars as pl

    lines: list[tuple[str, str, str, float]] = []
    if statement := account.marginal:
        lines = [(line.owner, str(line.kind), line.name, line.amount) for line in statement.lines]
        lines.append(("", "gap", "", statement.gap))
    schema = {"owner": pl.String, "what": pl.String, "where": pl.String, "amount": pl.Float64}
    frame = pl.DataFrame(lines, schema=schema, orient="row")
    return frame.with_columns(unit=pl.lit(problem.objective_unit))


def _known(amounts: Floats | None, size: int) -> pl.Series:
    """Numbers, empty where there are none."""
    import polars as pl

    return pl.Series(np.full(size, np.nan) if amounts is None else amounts, nan_to_null=True)


def _rows(part: str, names: tuple[str, ...], amount: Floats) -> pl.DataFrame:
    import polars as pl

    label = pl.repeat(part, len(names), dtype=pl.String, eager=True)
    return pl.DataFrame({"part": label, "where": pl.Series(names, dtype=pl.String), "amount": amount})
