"""Batteries: charge, discharge, state, and that they do not charge and discharge at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from computeplan.lp.context import ABSENT, BuildContext
from computeplan.problem import Decisions, Floats, Ints, Problem

NEGLIGIBLE = 1e-12
"""Share of an amount of energy that is rounding."""


def add_charge(build: BuildContext) -> Ints:
    """0 ≤ charge[b,t] ≤ Δ · power, kWh at the site's side; (B, T)."""
    charge = _add_for_each_battery(build, "charge", _most_kwh(build))
    build.balance.add(build.problem.batteries.site, charge, -1.0)
    return charge


def add_discharge(build: BuildContext) -> Ints:
    """0 ≤ discharge[b,t] ≤ Δ · power, kWh at the site's side, which is paid; (B, T)."""
    batteries = build.problem.batteries
    discharge = _add_for_each_battery(build, "discharge", _most_kwh(build))
    build.program.cost.add(discharge, batteries.price[:, None] * build.problem.horizon.weight)
    build.balance.add(batteries.site, discharge, 1.0)
    return discharge


def add_stored(build: BuildContext) -> Ints:
    """0 ≤ stored[b,t] ≤ energy, kWh at the end of the period; (B, T)."""
    return _add_for_each_battery(build, "stored", build.problem.batteries.energy_kwh[:, None])


def add_charging(build: BuildContext) -> Ints:
    """0 ≤ charging[b,t] ≤ 1, a whole number: whether a battery charges or discharges; (B, T).

    Only where losses may pay: negative prices in the block, or a renewable share of the site.
    """
    at = np.nonzero(build.problem.battery_modes)
    charging = np.full(build.problem.battery_modes.shape, ABSENT)
    charging[at] = build.program.add_columns("charging", at, upper=1.0)
    build.program.require_integers(charging[at])
    return charging


def _most_kwh(build: BuildContext) -> Floats:
    return build.problem.batteries.power_kw[:, None] * build.problem.horizon.hours


def _add_for_each_battery(build: BuildContext, name: str, most: Floats) -> Ints:
    size = build.problem.batteries.size
    return build.add_period_columns(name, size, np.arange(size), most)


def carry_storage(build: BuildContext) -> Ints:
    """Carry what a battery holds from period to period; (B, T).

    stored[b,t] − stored[b,t−1] − η_in · charge[b,t] + discharge[b,t] / η_out = 0

    The period before the first of a block is its last one.
    """
    batteries, columns = build.problem.batteries, build.columns
    rows = build.add_period_rows("storage", batteries.size, np.arange(batteries.size), 0.0, 0.0)
    before = build.problem.horizon.before
    # In a block of one period nothing is carried: its two entries would be one.
    carried = np.flatnonzero(before != np.arange(len(before)))
    build.program.add_entries(rows[:, carried], columns["stored"][:, carried], 1.0)
    build.program.add_entries(rows[:, carried], columns["stored"][:, before[carried]], -1.0)
    build.program.add_entries(rows, columns["charge"], -batteries.charge_efficiency[:, None])
    build.program.add_entries(rows, columns["discharge"], 1.0 / batteries.discharge_efficiency[:, None])
    return rows


def choose_direction(build: BuildContext) -> Ints:
    """Let a battery charge or discharge in a period, not both; (B, T, 2).

    charge[b,t] − M · charging[b,t] ≤ 0      discharge[b,t] + N · charging[b,t] ≤ N

    with M = min(Δ · power, energy / η_in) and N = min(Δ · power, energy · η_out).
    """
    batteries, columns, most = build.problem.batteries, build.columns, _most_kwh(build)
    at = np.nonzero(columns["charging"] != ABSENT)
    rows = np.full((*columns["charging"].shape, 2), ABSENT)
    in_kwh = np.minimum(most, (batteries.energy_kwh / batteries.charge_efficiency)[:, None])[at]
    out_kwh = np.minimum(most, (batteries.energy_kwh * batteries.discharge_efficiency)[:, None])[at]
    sides = (("charge", -in_kwh, np.zeros(len(in_kwh))), ("discharge", out_kwh, out_kwh))
    for side, (name, of_mode, limit) in enumerate(sides):
        keys = (*at, np.full(len(limit), side))
        rows[keys] = build.program.add_rows("direction", keys, -np.inf, limit)
        build.program.add_entries(rows[keys], columns[name][at], 1.0)
        build.program.add_entries(rows[keys], columns["charging"][at], of_mode)
    return rows


def close_batteries(build: BuildContext) -> Ints:
    """Let no battery run at a closed site; (B, T).

    charge[b,t] + discharge[b,t] − Δ · power[b] · open[s] ≤ 0      at optional sites
    """
    batteries, columns = build.problem.batteries, build.columns
    at = np.flatnonzero(build.problem.sites.is_optional[batteries.site])
    rows = build.add_period_rows("open_battery", batteries.size, at, -np.inf, 0.0)
    for name in ("charge", "discharge"):
        build.program.add_entries(rows[at], columns[name][at], 1.0)
    is_open = columns["open"][batteries.site[at], None]
    build.program.add_entries(rows[at], is_open, -_most_kwh(build)[at])
    return rows


def net_directions(problem: Problem, decisions: Decisions) -> Decisions:
    """Take away what a battery charges and discharges at once, and the energy drawn for it.

    Where no whole number forbids both, a plan without is as good (see `Problem.battery_modes`), but a solver
    may end in a mixture of plans of the same cost.
    """
    return _Netting(problem, decisions).net() if problem.batteries.size else decisions


class _Netting:
    """Decisions on energy while both directions of batteries are netted."""

    def __init__(self, problem: Problem, decisions: Decisions) -> None:
        self._problem, self._decisions, self._batteries = problem, decisions, problem.batteries
        self._grid, self._contract = decisions.grid_kwh.copy(), decisions.contract_kwh.copy()
        self._charge, self._discharge = decisions.charge_kwh.copy(), decisions.discharge_kwh.copy()
        self._stored = decisions.stored_kwh.copy()

    def net(self) -> Decisions:
        batteries = self._batteries
        kept = (batteries.charge_efficiency * batteries.discharge_efficiency)[:, None]
        both = np.minimum(self._charge, self._discharge / kept)
        self._charge -= both
        self._discharge = np.where(both > 0, np.maximum(self._discharge - kept * both, 0.0), self._discharge)
        spare = np.zeros(self._grid.shape)
        np.add.at(spare, batteries.site, (1.0 - kept) * both)
        least = NEGLIGIBLE * float(self._charge.max(initial=0.0) + self._discharge.max(initial=0.0))
        for site, period in np.argwhere(spare > least).tolist():
            self._draw_less(site, period, float(spare[site, period]))
        return replace(
            self._decisions,
            grid_kwh=self._grid,
            contract_kwh=self._contract,
            charge_kwh=self._charge,
            discharge_kwh=self._discharge,
            stored_kwh=self._stored,
        )

    def _draw_less(self, site: int, period: int, kwh: float) -> None:
        """Draw less energy at a site, from the grid, its contracts, or batteries, which then charge less."""
        spare, least = [(period, kwh)], NEGLIGIBLE * kwh
        while spare:
            at, left = spare.pop()
            left -= _take(self._grid, (site, at), left)
            for contract in np.flatnonzero(self._problem.contracts.site == site).tolist():
                used = self._contract[contract, at] - self._decisions.sold_kwh[contract, at]
                left -= _take(self._contract, (contract, at), min(left, max(used, 0.0)))
            for battery in np.flatnonzero(self._batteries.site == site).tolist():
                if left > least:
                    taken = _take(self._discharge, (battery, at), left)
                    spare += self._charge_less(battery, at, taken)
                    left -= taken

    def _charge_less(self, battery: int, period: int, kwh: float) -> list[tuple[int, float]]:
        """Charge less before a period in which so much less is discharged; periods and energy not charged."""
        left, at, spared = kwh / float(self._batteries.discharge_efficiency[battery]), period, []
        gain, before = float(self._batteries.charge_efficiency[battery]), self._problem.horizon.before
        while left > NEGLIGIBLE * kwh and (before[at] != period):
            at = int(before[at])
            self._stored[battery, at] = max(self._stored[battery, at] - left, 0.0)
            less = _take(self._charge, (battery, at), left / gain)
            left -= gain * less
            spared += [(at, less)] if less > 0 else []
        return spared


def _take(amounts: Floats, at: tuple[int, int], most: float) -> float:
    """Take at most so much of an amount; what was taken."""
    taken = min(float(amounts[at]), most)
    amounts[at] -= taken
    return taken
