"""Checks of batteries.

storage   stored = before + η_in · charge − discharge / η_out, where before the first period of a block is
          its last one; 0 ≤ stored ≤ energy, 0 ≤ charge, discharge ≤ Δ · power
"""

from __future__ import annotations

import numpy as np

from computeplan.plan.audit.violations import Family, Ledger, Places, yardstick
from computeplan.problem import Decisions, Floats, Problem


def check_storage(problem: Problem, decisions: Decisions, ledger: Ledger) -> None:
    """Check every battery.

    Parameters
    ----------
    problem : Problem
    decisions : Decisions
    ledger : Ledger
        Takes the violations.
    """
    batteries, period = problem.batteries, Places(problem).period

    def place(battery: int, column: int) -> str:
        return f"battery {batteries.names[battery]}, {period(column)}"

    power = batteries.power_kw[:, None] * problem.horizon.hours
    energy = np.broadcast_to(batteries.energy_kwh[:, None], power.shape)
    limits = ((decisions.charge_kwh, power), (decisions.discharge_kwh, power), (decisions.stored_kwh, energy))
    for amount, most in limits:
        for excess in (amount - most, -amount):
            ledger.record(Family.STORAGE, excess, yardstick(most), place)
    ledger.record(Family.STORAGE, np.abs(_gained(problem, decisions)), yardstick(energy), place)


def _gained(problem: Problem, decisions: Decisions) -> Floats:
    """(B, T) energy that a battery holds and nobody charged."""
    batteries, stored = problem.batteries, decisions.stored_kwh
    before = np.empty_like(stored)
    for block in problem.horizon.blocks:
        before[:, block] = np.roll(stored[:, block], 1, axis=1)
    charged = batteries.charge_efficiency[:, None] * decisions.charge_kwh
    taken = decisions.discharge_kwh / batteries.discharge_efficiency[:, None]
    return stored - before - charged + taken
