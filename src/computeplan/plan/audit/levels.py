"""Checks of what the plan chooses once for the whole horizon, beside booked units."""

from __future__ import annotations

from collections.abc import Sequence

from computeplan.plan.audit.violations import Family, Ledger, yardstick
from computeplan.problem import Decisions, Floats, Problem


def check_levels(problem: Problem, decisions: Decisions, ledger: Ledger) -> None:
    """Hold new units, contracted power, leased bandwidth and certificates between 0 and the most of each.

    Parameters
    ----------
    problem : Problem
    decisions : Decisions
    ledger : Ledger
        Takes the violations.
    """
    pools, contracts, network = problem.pools, problem.contracts, problem.network
    _check(ledger, "new units of pool", pools.names, decisions.new_units, pools.max_new_units)
    _check(ledger, "power of contract", contracts.names, decisions.contracted_kw, contracts.max_chosen_kw)
    _check(
        ledger,
        "certificates of site",
        problem.sites.names,
        decisions.certificate_kwh,
        problem.grid.max_certificates_kwh,
    )
    _check(
        ledger, "lease of link", network.link_names, decisions.leased_gb_per_h, network.max_leased_gb_per_h
    )


def _check(ledger: Ledger, what: str, names: Sequence[str], level: Floats, most: Floats) -> None:
    size = yardstick(most)
    for excess in (level - most, -level):
        ledger.record(Family.CHOSEN_LEVEL, excess, size, lambda thing: f"{what} {names[thing]}")
