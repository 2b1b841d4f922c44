"""Hardware, sites with their energy and capacity, and caps over pools."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

import computeplan.config.schema.quantity as q
from computeplan.config.schema.base import (
    HardwareName,
    Level,
    Name,
    PartName,
    PoolPattern,
    Settings,
    ZoneName,
    fault_at,
    raise_faults,
)
from computeplan.config.schema.series import (
    CarbonSeries,
    EnergyPriceSeries,
    PowerSeries,
    PueSeries,
    Series,
    ShareSeries,
    UnitHourPriceSeries,
    UnitSeries,
    default_series,
)
from computeplan.text import number

_STEP = "The units chosen are a multiple of this, an integer decision; default any amount."


class Hardware(Settings):
    """A kind of hardware; all figures are per unit."""

    idle_power: q.Kilowatts = Field(0.0, description="IT power of an idle unit, kW.")
    busy_power: q.Kilowatts = Field(0.0, description="IT power of a busy unit, kW.")
    efficiency: dict[Name, q.Weight] | None = Field(
        None,
        description="Work done per unit and hour, by kind of workload; 0 or absent: it cannot run that kind. "
        "Default 1 for every kind.",
    )

    @model_validator(mode="after")
    def _busy_is_more_than_idle(self) -> Self:
        if self.busy_power < self.idle_power:
            expected = f"at least the idle power, {number(self.idle_power, 6)} kW"
            raise_faults(self, [fault_at(("busy_power",), expected)])
        return self


class GridCarbon(Settings):
    """Emission factors of the grid on three accounting bases, t/MWh = kg/kWh."""

    location: CarbonSeries = Field(description="Factor of the local grid.")
    market: CarbonSeries | None = Field(None, description="Residual mix; default as `location`.")
    hourly: CarbonSeries | None = Field(None, description="Hourly factor; default as `location`.")


def _carbon_tag(value: Any) -> str:
    bases = isinstance(value, GridCarbon) or (
        isinstance(value, dict) and value.keys() & GridCarbon.model_fields
    )
    return "(bases)" if bases else "(location)"


class GridSection(Settings):
    """Supply from the grid."""

    price: EnergyPriceSeries = Field(
        default_factory=default_series(0.0, q.ENERGY_PRICE),
        description="Price of energy, currency per kWh; default 0.",
    )
    import_limit: q.Kilowatts | None = Field(None, description="Maximum import, kW; default no limit.")
    demand_charge: q.DemandCharge = Field(
        0.0,
        description="Price of each calendar month's peak import, currency per kW and month, pro rata.",
    )
    demand_interval: q.Minutes = Field(
        15.0,
        description="Interval whose mean import counts for the peak, min: that of the meter; a whole number "
        "of periods, by default as many as fit. Longer periods count as they are, which underrates peaks.",
    )
    carbon: Annotated[
        Annotated[GridCarbon, Tag("(bases)")] | Annotated[CarbonSeries, Tag("(location)")],
        Discriminator(_carbon_tag),
    ] = Field(
        default_factory=default_series(0.0, q.CARBON_FACTOR),
        description="Emission factor, t/MWh; a single factor holds on all bases. Default 0.",
    )

    def carbon_factors(self) -> tuple[Series, Series, Series]:
        """Return the factors on the location, market and hourly bases."""
        if isinstance(self.carbon, Series):
            return self.carbon, self.carbon, self.carbon
        location = self.carbon.location
        return location, self.carbon.market or location, self.carbon.hourly or location


class Contract(Settings):
    """A wind or solar contract."""

    profile: ShareSeries = Field(
        default_factory=default_series(1.0, q.SHARE),
        description="Generation as a share of capacity; default 1.",
    )
    capacity: q.Kilowatts | None = Field(None, description="Contracted power, kW.")
    max_capacity: q.Kilowatts | None = Field(
        None,
        description="Instead of `capacity`: maximum power, kW; the plan chooses how much to contract.",
    )
    capacity_price: q.PowerYearPrice = Field(
        0.0,
        description="Price of the power that the plan chooses, currency per kW and year, pro rata.",
    )
    price: EnergyPriceSeries = Field(description="Price of energy, currency per kWh.")
    settlement: Literal["pay_as_used", "take_or_pay"] = Field(
        "pay_as_used", description="`take_or_pay`: all generation is paid for, used or not."
    )
    carbon: q.CarbonFactor = Field(0.0, description="Emission factor on the market and hourly bases, t/MWh.")
    feed_in_price: EnergyPriceSeries | None = Field(
        None,
        description="Price of energy that is sold to the grid instead of used at the site, currency per kWh; "
        "default no sale.",
    )

    @model_validator(mode="after")
    def _one_capacity(self) -> Self:
        if (self.capacity is None) == (self.max_capacity is None):
            found = "nothing" if self.capacity is None else "both"
            expected = "a power here, or `max_capacity` instead"
            raise_faults(self, [fault_at(("capacity",), expected, found=found)])
        if self.capacity is not None and self.capacity_price > 0:
            expected = "nothing together with `capacity`"
            raise_faults(self, [fault_at(("capacity_price",), expected, "it is for `max_capacity`")])
        return self


class _Pool(Settings):
    hardware: HardwareName = Field(description="Name of an entry of `hardware`.")
    availability: ShareSeries = Field(
        default_factory=default_series(1.0, q.SHARE),
        description="Share of the units in service; default 1.",
    )
    owner: Name | None = Field(
        None,
        description="Who earns the rent where the pool is scarce, in statements at the margin: a company or "
        "anybody else; default the operator.",
    )


class Battery(Settings):
    """A battery; at the end of the horizon or block it holds as much as at the start."""

    power: q.Kilowatts = Field(description="Maximum charge and discharge, kW.")
    energy: q.KilowattHours = Field(description="Maximum energy stored, kWh.")
    efficiency: q.PositiveShare = Field(
        1.0, description="Round-trip efficiency; half of the loss occurs at each end. Default no loss."
    )
    price: q.StoragePrice = Field(0.0, description="Cost of use, currency per kWh discharged.")


class Opening(Settings):
    """The plan decides whether the site is open: an integer decision."""

    cost: q.YearPrice = Field(
        description="Fixed cost of an open site, currency per year, pro rata; a closed one has no units, "
        "no idle energy and no such cost."
    )


class Certificates(Settings):
    """Green certificates that cover grid energy on the market basis."""

    price: q.StoragePrice = Field(description="Price, currency per kWh.")
    max_energy: q.KilowattHours | None = Field(
        None, description="Maximum energy over the real time covered, kWh; default no limit."
    )


class Water(Settings):
    """Water that a site uses; reported, not optimized."""

    usage: q.WaterUse = Field(description="Water per energy, L/kWh.")
    per: Literal["it_energy", "facility_energy"] = Field(
        "it_energy", description="Which energy: that of the hardware, or of the facility (with PUE)."
    )


class NewUnits(Settings):
    """Units that the plan may add to an owned pool; their cost and embodied carbon count pro rata."""

    max_units: q.Units = Field(description="Maximum units to add.")
    step: q.PositiveUnits | None = Field(None, description=_STEP)
    price: q.UnitPrice = Field(description="Price of a unit, currency.")
    life: q.PositiveYears = Field(description="Years over which price and embodied carbon are spread.")
    interest: q.Share = Field(
        0.0, description="Yearly interest rate: the price is spread as an annuity. Default 0, equal parts."
    )
    upkeep: q.UnitYearPrice = Field(0.0, description="Other yearly cost of a unit, currency per year.")
    carbon: q.UnitCarbon = Field(0.0, description="Embodied emissions of a unit, kg CO2e.")


class OwnedPool(_Pool):
    """Capacity that the operator owns."""

    term: Literal["owned"] = Field(description="Commercial term.")
    units: q.Units = Field(description="Units of hardware.")
    price: UnitHourPriceSeries = Field(
        default_factory=default_series(0.0, q.UNIT_HOUR_PRICE),
        description="Price of use, currency per used unit·h; default 0.",
    )
    new: NewUnits | None = Field(None, description="Units that the plan may add; default none.")


class OnDemandPool(_Pool):
    """Capacity that is rented and paid for as it is used."""

    term: Literal["on_demand"] = Field(description="Commercial term.")
    max_units: q.Units | None = Field(None, description="Maximum units that can be rented; default no limit.")
    step: q.PositiveUnits | None = Field(
        None, description=f"{_STEP} It holds in each period, and all units are paid for, busy or not."
    )
    price: UnitHourPriceSeries = Field(description="Price of use, currency per used unit·h.")


class ReservedPool(_Pool):
    """Capacity booked at one level for the whole horizon, and paid for whether it is used or not."""

    term: Literal["reserved"] = Field(description="Commercial term.")
    min_units: q.Units = Field(0.0, description="Minimum units to book.")
    max_units: q.Units | None = Field(None, description="Maximum units that can be booked; default no limit.")
    step: q.PositiveUnits | None = Field(None, description=_STEP)
    price: UnitHourPriceSeries = Field(
        description="Price of booking, currency per booked unit·h, for every hour of the horizon."
    )

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        if self.max_units is not None and self.max_units < self.min_units:
            raise_faults(
                self, [fault_at(("max_units",), f"at least `min_units`, {number(self.min_units, 6)}")]
            )
        return self


Pool = Annotated[OwnedPool | OnDemandPool | ReservedPool, Discriminator("term")]
"""Capacity of one kind of hardware under one commercial term."""


class Site(Settings):
    """A place with computing capacity and its own energy supply."""

    zone: ZoneName = Field(description="Zone where the site is.")
    provides: tuple[Name, ...] = Field((), description="Labels that workloads may require.")
    security: Level = Field(0, description="Security level that the site is certified for.")
    pue: PueSeries = Field(
        default_factory=default_series(1.0, q.PUE),
        description="Facility energy over IT energy, at least 1; default 1.",
    )
    grid: GridSection = Field(
        default_factory=GridSection, description="Supply from the grid; default free, unlimited and clean."
    )
    renewable_share: q.Share = Field(
        0.0, description="Minimum share of the site's energy over the horizon that its contracts deliver."
    )
    contracts: dict[PartName, Contract] = Field({}, description="Wind and solar contracts by name.")
    batteries: dict[PartName, Battery] = Field({}, description="Batteries by name.")
    certificates: Certificates | None = Field(None, description="Green certificates; default none.")
    opening: Opening | None = Field(
        None, description="Lets the plan leave the site closed; default the site is open."
    )
    water: Water | None = Field(None, description="Water use, reported only; default none.")
    pools: dict[PartName, Pool] = Field({}, description="Capacity by name.")

    @model_validator(mode="after")
    def _optional_is_limited(self) -> Self:
        if self.opening is not None:
            faults = [
                fault_at(("pools", name, "max_units"), "a number of units", "for a site that may be closed")
                for name, pool in self.pools.items()
                if not isinstance(pool, OwnedPool) and pool.max_units is None
            ]
            raise_faults(self, faults)
        return self


class _Cap(Settings):
    pools: tuple[PoolPattern, ...] = Field(
        min_length=1, description="Pools as `site/pool`; `*` stands for any text."
    )
    weights: dict[PoolPattern, q.Weight] = Field(
        {}, description="Weight of a pool, named as in `pools`; default 1."
    )


class UnitsCap(_Cap):
    """A limit on the units of a group of pools, counted as used or booked."""

    measure: Literal["units"] = Field(description="What is limited.")
    limit: UnitSeries = Field(description="Maximum units.")


class PowerCap(_Cap):
    """A limit on the facility power of a group of pools."""

    measure: Literal["power"] = Field(description="What is limited.")
    limit: PowerSeries = Field(description="Maximum power, kW.")


Cap = Annotated[UnitsCap | PowerCap, Discriminator("measure")]
"""A limit on a group of pools together."""
