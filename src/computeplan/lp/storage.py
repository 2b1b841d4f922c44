"""Variables of batteries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.lp.assembler import Assembler
from computeplan.problem import Floats, Ints, Problem
from computeplan.problem.arrays import ReadOnlyArrays


@dataclass(frozen=True, eq=False)
class StorageVariables(ReadOnlyArrays):
    """Column indices, (B, T) each.

    Attributes
    ----------
    charge, discharge : (B, T)
        0 ≤ charge, discharge ≤ Δ power, kWh.
    stored : (B, T)
        0 ≤ stored ≤ energy, kWh at the end of the period.
    """

    charge: Ints
    discharge: Ints
    stored: Ints


def add_storage(assembler: Assembler, problem: Problem) -> StorageVariables:
    """Add the variables of all batteries."""
    batteries, hours = problem.batteries, problem.horizon.hours
    most = batteries.power_kw[:, None] * hours
    full = np.broadcast_to(batteries.energy_kwh[:, None], most.shape)
    return StorageVariables(
        charge=_by_period(assembler, "charge", most),
        discharge=_by_period(assembler, "discharge", most),
        stored=_by_period(assembler, "stored", full),
    )


def _by_period(assembler: Assembler, name: str, most: Floats) -> Ints:
    keys = (np.arange(len(most))[:, None], np.arange(most.shape[1])[None, :])
    return assembler.add_columns(name, keys, upper=most).reshape(most.shape)
