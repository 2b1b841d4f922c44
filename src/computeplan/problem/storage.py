"""Batteries at sites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.problem.arrays import Floats, Ints, ReadOnlyArrays


@dataclass(frozen=True, eq=False)
class Batteries(ReadOnlyArrays):
    """Batteries *b*, each at one site. At the end of a block each holds what it held at its start.

    Attributes
    ----------
    names : tuple of str
        ``site/battery``.
    site : (B,)
    power_kw : (B,)
        Most charge, and most discharge, at the site's side.
    energy_kwh : (B,)
        Most energy stored.
    charge_efficiency, discharge_efficiency : (B,)
        Energy stored of a kWh charged, and delivered of a kWh taken out; above 0, at most 1.
    price : (B,)
        Currency per kWh discharged.
    """

    names: tuple[str, ...]
    site: Ints
    power_kw: Floats
    energy_kwh: Floats
    charge_efficiency: Floats
    discharge_efficiency: Floats
    price: Floats

    @property
    def size(self) -> int:
        """Number of batteries B."""
        return len(self.names)


def no_batteries() -> Batteries:
    """Batteries of a problem without any."""
    none = np.zeros(0)
    return Batteries((), np.zeros(0, dtype=np.int64), none, none, none, none, none)
