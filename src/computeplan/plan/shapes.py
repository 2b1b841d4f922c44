"""What the arrays of a saved plan must look like to fit a problem."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from computeplan.errors import PlanFolderError
from computeplan.problem import Floats, Ints, Problem

AXES = {
    "decisions.booked_units": "P",
    "decisions.grid_kwh": "ST",
    "decisions.contract_kwh": "CT",
    "decisions.contracted_kw": "C",
    "decisions.leased_gb_per_h": "L",
    "decisions.new_units": "P",
    "decisions.certificate_kwh": "S",
    "decisions.rented_units": "PT",
    "decisions.open_sites": "S",
    "decisions.charge_kwh": "BT",
    "decisions.discharge_kwh": "BT",
    "decisions.stored_kwh": "BT",
    "prices.load": "PT",
    "prices.rent": "PT",
    "prices.energy": "ST",
    "prices.peak": "ST",
    "prices.link": "LT",
    "prices.cap": "GT",
    "prices.carbon": "",
    "prices.cover": "ST",
    "prices.surplus": "S",
    "prices.budget": "",
    "prices.rule": "U",
    "prices.renewable": "S",
    "prices.offer": "CT",
    "prices.lease": "LT",
    "prices.storage": "BT",
}
"""Axes of each field: pools, sites, contracts, links, caps (G), batteries, rules (U), periods (T)."""


def sizes(problem: Problem) -> dict[str, int]:
    """Length of each axis.

    Parameters
    ----------
    problem : Problem
    """
    return {
        "W": problem.workloads.size,
        "P": problem.pools.size,
        "S": problem.sites.size,
        "C": len(problem.contracts.names),
        "L": len(problem.network.link_names),
        "G": len(problem.caps.names),
        "B": problem.batteries.size,
        "U": problem.rules.size,
        "T": problem.horizon.size,
    }


def amounts(name: str, array: npt.NDArray[np.generic], shape: tuple[int, ...]) -> Floats:
    """Take an array for numbers of a shape.

    Parameters
    ----------
    name : str
        For the message.
    array : ndarray
    shape : tuple of int

    Raises
    ------
    PlanFolderError
        If it is something else.
    """
    if array.dtype != np.float64 or array.shape != shape:
        raise PlanFolderError(
            f"{name}: expected numbers of shape {shape}, got {array.dtype} of {array.shape}"
        )
    return array.astype(np.float64)


def indices(name: str, array: npt.NDArray[np.generic], length: int, most: int) -> Ints:
    """Take an array for indices.

    Parameters
    ----------
    name : str
        For the message.
    array : ndarray
    length : int
        How many there are.
    most : int
        Every index is in 0 … most − 1.

    Raises
    ------
    PlanFolderError
        If it is something else.
    """
    if array.dtype.kind != "i" or array.shape != (length,):
        raise PlanFolderError(f"{name}: expected {length} indices, got {array.dtype} of {array.shape}")
    if length and not (array.min() >= 0 and array.max() < most):
        raise PlanFolderError(f"{name}: expected indices below {most}, got {array.min()} to {array.max()}")
    return array.astype(np.int64)
