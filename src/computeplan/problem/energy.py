"""Energy supplies of a site: the grid, contracts and batteries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from computeplan.problem.arrays import Bools, Floats, Ints, ReadOnlyArrays
from computeplan.problem.fields import factor, flag, index, limit, price


@dataclass(frozen=True, eq=False)
class Grid(ReadOnlyArrays):
    """The grid at each site."""

    price: Annotated[Floats, price("ST", "money/kWh")]
    """May be negative."""
    import_limit_kw: Annotated[Floats, limit("S", "kW")]
    """inf where there is no limit."""
    demand_charge: Annotated[Floats, price("SM", "money/kW")]
    """On each month's peak import, for the time that the horizon stands for."""
    interval_start: Annotated[Ints, index("ST")]
    """First period of the interval, such as a quarter of an hour, whose mean import counts for the peak."""
    renewable_share: Annotated[Floats, limit("S")]
    """Least share of the site's energy over the horizon that contracts deliver; 0 where any will do."""
    certificate_price: Annotated[Floats, price("S", "money/kWh")]
    """Of green certificates, which cover grid energy on the market basis."""
    max_certificates_kwh: Annotated[Floats, limit("S", "kWh")]
    """Over the time that the horizon stands for; 0 where there are none, inf without limit."""
    location_kg_per_kwh: Annotated[Floats, factor("ST", "kg/kWh")]
    market_kg_per_kwh: Annotated[Floats, factor("ST", "kg/kWh")]
    hourly_kg_per_kwh: Annotated[Floats, factor("ST", "kg/kWh")]


@dataclass(frozen=True, eq=False)
class Contracts(ReadOnlyArrays):
    """Wind and solar contracts *c*, each at one site."""

    names: tuple[str, ...]
    """``site/contract``."""
    site: Annotated[Ints, index("C")]
    available_kw: Annotated[Floats, limit("CT", "kW")]
    """Contracted power × profile; 0 where the plan chooses the power."""
    profile: Annotated[Floats, factor("CT")]
    """Generation as share of chosen power."""
    max_chosen_kw: Annotated[Floats, limit("C", "kW")]
    """Most power that the plan can choose; 0 where it cannot."""
    capacity_price: Annotated[Floats, price("C", "money/kW")]
    """Of chosen power, over the time that the horizon stands for."""
    price: Annotated[Floats, price("CT", "money/kWh")]
    take_or_pay: Annotated[Bools, flag("C")]
    """All generation is paid; the part not used is spilled. Otherwise only what is used is paid."""
    kg_per_kwh: Annotated[Floats, factor("C", "kg/kWh")]
    """On the market and hourly bases."""
    may_sell: Annotated[Bools, flag("C")]
    """Whether energy that is taken can be sold to the grid instead of used."""
    feed_in_price: Annotated[Floats, price("CT", "money/kWh")]
    """Of energy sold; 0 where none can be."""

    @property
    def size(self) -> int:
        """Number of contracts C."""
        return len(self.names)

    @property
    def most_kw(self) -> Floats:
        """(C, T) most that can be available, with all the power that can be chosen."""
        return self.available_kw + self.profile * self.max_chosen_kw[:, None]


@dataclass(frozen=True, eq=False)
class Batteries(ReadOnlyArrays):
    """Batteries *b*, each at one site. At the end of a block each holds what it held at its start."""

    names: tuple[str, ...]
    """``site/battery``."""
    site: Annotated[Ints, index("B")]
    power_kw: Annotated[Floats, limit("B", "kW")]
    """Most charge, and most discharge, at the site's side."""
    energy_kwh: Annotated[Floats, limit("B", "kWh")]
    """Most energy stored."""
    charge_efficiency: Annotated[Floats, factor("B", "kWh/kWh")]
    """Energy stored of a kWh charged; above 0, at most 1."""
    discharge_efficiency: Annotated[Floats, factor("B", "kWh/kWh")]
    """Energy delivered of a kWh taken out; above 0, at most 1."""
    price: Annotated[Floats, price("B", "money/kWh")]
    """Of energy discharged."""

    @property
    def size(self) -> int:
        """Number of batteries B."""
        return len(self.names)


def no_batteries() -> Batteries:
    """Batteries of a problem without any."""
    none = np.zeros(0)
    return Batteries((), np.zeros(0, dtype=np.int64), none, none, none, none, none)
