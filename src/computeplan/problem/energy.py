"""Energy supplies of a site: the grid and contracts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from computeplan.problem.arrays import Bools, Floats, Ints, ReadOnlyArrays


class CarbonBasis(StrEnum):
    """How emissions of electricity are counted.

    ``location``: the grid's factor on all energy. ``market``: contracts count as bought, over the
    whole horizon. ``hourly``: only contract energy used in the period it is generated counts.
    """

    LOCATION = "location"
    MARKET = "market"
    HOURLY = "hourly"


@dataclass(frozen=True, eq=False)
class Grid(ReadOnlyArrays):
    """The grid at each site.

    Attributes
    ----------
    price : (S, T)
        Currency per kWh; may be negative.
    import_limit_kw : (S,)
        Largest import; inf where there is no limit.
    demand_charge : (S, M)
        Currency per kW of each month's peak import, for the time that the horizon stands for.
    renewable_share : (S,)
        Least share of the site's energy over the horizon that contracts deliver; 0 where any will do.
    certificate_price, max_certificates_kwh : (S,)
        Currency per kWh of green certificates, which cover grid energy on the market basis, and the most
        there are over the time that the horizon stands for; 0 where there are none, inf without limit.
    location_kg_per_kwh, market_kg_per_kwh, hourly_kg_per_kwh : (S, T)
        Emission factors on the three bases (kg/kWh = t/MWh).
    """

    price: Floats
    import_limit_kw: Floats
    demand_charge: Floats
    renewable_share: Floats
    certificate_price: Floats
    max_certificates_kwh: Floats
    location_kg_per_kwh: Floats
    market_kg_per_kwh: Floats
    hourly_kg_per_kwh: Floats


@dataclass(frozen=True, eq=False)
class Contracts(ReadOnlyArrays):
    """Wind and solar contracts *c*, each at one site.

    Attributes
    ----------
    names : tuple of str
        ``site/contract``.
    site : (C,)
    available_kw : (C, T)
        Contracted power × profile; 0 where the plan chooses the power.
    profile : (C, T)
        Generation as share of chosen power.
    max_chosen_kw : (C,)
        Most power that the plan can choose; 0 where it cannot.
    capacity_price : (C,)
        Currency per kW of chosen power, over the time that the horizon stands for.
    price : (C, T)
        Currency per kWh.
    take_or_pay : (C,)
        All generation is paid; the part not used is spilled. Otherwise only what is used is paid.
    kg_per_kwh : (C,)
        Emission factor on the market and hourly bases.
    """

    names: tuple[str, ...]
    site: Ints
    available_kw: Floats
    profile: Floats
    max_chosen_kw: Floats
    capacity_price: Floats
    price: Floats
    take_or_pay: Bools
    kg_per_kwh: Floats

    @property
    def size(self) -> int:
        """Number of contracts C."""
        return len(self.names)

    @property
    def most_kw(self) -> Floats:
        """(C, T) most that can be available, with all the power that can be chosen."""
        return self.available_kw + self.profile * self.max_chosen_kw[:, None]
