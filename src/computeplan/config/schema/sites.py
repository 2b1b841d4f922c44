"""Hardware, sites with their energy and capacity, and caps over pools."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from computeplan.config.schema.base import (
    HardwareName,
    Level,
    Name,
    PartName,
    PoolPattern,
    Section,
    ZoneName,
    fault_at,
    raise_faults,
)
from computeplan.config.schema.quantity import (
    CARBON_FACTOR,
    ENERGY_PRICE,
    PUE,
    SHARE,
    UNIT_HOUR_PRICE,
    CarbonFactor,
    DemandCharge,
    KilowattHours,
    Kilowatts,
    PositiveShare,
    PositiveUnits,
    PositiveYears,
    PowerYearPrice,
    Share,
    StoragePrice,
    UnitCarbon,
    UnitPrice,
    Units,
    UnitYearPrice,
    WaterUse,
    Weight,
    YearPrice,
)
from computeplan.config.schema.series_field import (
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

_STEP = "The units chosen are a multiple of this, a whole number in the program; default any amount."


class Hardware(Section):
    """A kind of hardware; all figures are per unit."""

    idle_power: Kilowatts = Field(0.0, description="IT power of an idle unit, kW.")
    busy_power: Kilowatts = Field(0.0, description="IT power of a busy unit, kW.")
    efficiency: dict[Name, Weight] | None = Field(
        None,
        description="Work done per unit and hour by kind of workload; 0 or absent: it cannot run the kind. "
        "Default 1 for every kind.",
    )

    @model_validator(mode="after")
    def _busy_is_more_than_idle(self) -> Self:
        if self.busy_power < self.idle_power:
            expected = f"at least the idle power, {self.idle_power:g} kW"
            raise_faults(self, [fault_at(("busy_power",), expected)])
        return self


class GridCarbon(Section):
    """Emission factors of the grid on the three bases, t/MWh = kg/kWh."""

    location: CarbonSeries = Field(description="Factor of the grid where the site is.")
    market: CarbonSeries | None = Field(None, description="Residual mix; default as location.")
    hourly: CarbonSeries | None = Field(None, description="Factor hour by hour; default as location.")


def _carbon_tag(value: Any) -> str:
    bases = isinstance(value, GridCarbon) or (
        isinstance(value, dict) and value.keys() & GridCarbon.model_fields
    )
    return "(bases)" if bases else "(location)"


class GridSection(Section):
    """Supply from the grid."""

    price: EnergyPriceSeries = Field(
        default_factory=default_series(0.0, ENERGY_PRICE),
        description="Price of energy, currency per kWh; default 0.",
    )
    import_limit: Kilowatts | None = Field(None, description="Largest import, kW; default no limit.")
    demand_charge: DemandCharge = Field(
        0.0, description="Price of each calendar month's peak import, currency per kW and month, pro rata."
    )
    carbon: Annotated[
        Annotated[GridCarbon, Tag("(bases)")] | Annotated[CarbonSeries, Tag("(location)")],
        Discriminator(_carbon_tag),
    ] = Field(
        default_factory=default_series(0.0, CARBON_FACTOR),
        description="Emission factor, t/MWh; one factor holds on all bases. Default 0.",
    )

    def carbon_factors(self) -> tuple[Series, Series, Series]:
        """Return the factors on the location, market and hourly bases."""
        if isinstance(self.carbon, Series):
            return self.carbon, self.carbon, self.carbon
        location = self.carbon.location
        return location, self.carbon.market or location, self.carbon.hourly or location


class Contract(Section):
    """A wind or solar contract."""

    profile: ShareSeries = Field(
        default_factory=default_series(1.0, SHARE),
        description="Generation as share of capacity; default 1.",
    )
    capacity: Kilowatts | None = Field(None, description="Contracted power, kW.")
    max_capacity: Kilowatts | None = Field(
        None,
        description="Instead of `capacity`: most power, kW, of which the plan chooses how much to contract.",
    )
    capacity_price: PowerYearPrice = Field(
        0.0, description="Price of power that the plan chooses, currency per kW and year, pro rata."
    )
    price: EnergyPriceSeries = Field(description="Price of energy, currency per kWh.")
    settlement: Literal["pay_as_used", "take_or_pay"] = Field(
        "pay_as_used", description="`take_or_pay`: all generation is paid for, used or not."
    )
    carbon: CarbonFactor = Field(0.0, description="Emission factor on the market and hourly bases, t/MWh.")

    @model_validator(mode="after")
    def _one_capacity(self) -> Self:
        if (self.capacity is None) == (self.max_capacity is None):
            found = "nothing" if self.capacity is None else "both"
            expected = "a power here, or `max_capacity` instead"
            raise_faults(self, [fault_at(("capacity",), expected, found=found)])
        if self.capacity is not None and self.capacity_price > 0:
            expected = "nothing beside `capacity`"
            raise_faults(self, [fault_at(("capacity_price",), expected, "it is for `max_capacity`")])
        return self


class _Pool(Section):
    hardware: HardwareName = Field(description="Name of an entry of `hardware`.")
    availability: ShareSeries = Field(
        default_factory=default_series(1.0, SHARE),
        description="Share of units in service; default 1.",
    )


class Battery(Section):
    """A battery; at the end of the horizon or block it holds what it held at the start."""

    power: Kilowatts = Field(description="Most charge, and most discharge, kW.")
    energy: KilowattHours = Field(description="Most energy stored, kWh.")
    efficiency: PositiveShare = Field(
        1.0, description="Energy delivered of a kWh charged, half of the loss at each end; default no loss."
    )
    price: StoragePrice = Field(0.0, description="Cost of use, currency per kWh discharged.")


class Opening(Section):
    """The plan decides whether the site is open: a whole number in the program."""

    cost: YearPrice = Field(
        description="Fixed cost of an open site, currency per year, pro rata; a closed one has no units, "
        "no idle energy and no such cost."
    )


class Certificates(Section):
    """Green certificates that cover grid energy on the market basis."""

    price: StoragePrice = Field(description="Price, currency per kWh.")
    max_energy: KilowattHours | None = Field(
        None, description="Most energy over the real time that the horizon stands for, kWh; default no limit."
    )


class Water(Section):
    """Water that a site uses; reported, not optimized."""

    usage: WaterUse = Field(description="Water for a kWh, L/kWh.")
    per: Literal["it_energy", "facility_energy"] = Field(
        "it_energy", description="Of which energy: that of the hardware, or with PUE."
    )


class NewUnits(Section):
    """Units that the plan may add to what is owned; their cost and embodied carbon count pro rata."""

    max_units: Units = Field(description="Most units to add.")
    step: PositiveUnits | None = Field(None, description=_STEP)
    price: UnitPrice = Field(description="Price of a unit, currency.")
    life: PositiveYears = Field(description="Years over which price and embodied carbon are spread.")
    interest: Share = Field(
        0.0, description="Yearly interest: the price is spread as an annuity. Default none, equal parts."
    )
    upkeep: UnitYearPrice = Field(0.0, description="Other yearly cost of a unit, currency per year.")
    carbon: UnitCarbon = Field(0.0, description="Embodied emissions of a unit, kg CO2e.")


class OwnedPool(_Pool):
    """Capacity that is there."""

    term: Literal["owned"] = Field(description="Commercial term.")
    units: Units = Field(description="Units of hardware.")
    price: UnitHourPriceSeries = Field(
        default_factory=default_series(0.0, UNIT_HOUR_PRICE),
        description="Price of use, currency per used unit·h; default 0.",
    )
    new: NewUnits | None = Field(None, description="Units that the plan may add; default none.")


class OnDemandPool(_Pool):
    """Capacity that is paid for as it is used."""

    term: Literal["on_demand"] = Field(description="Commercial term.")
    max_units: Units | None = Field(None, description="Most units that can be rented; default no limit.")
    step: PositiveUnits | None = Field(
        None, description=f"{_STEP} In each period, and paid for whether busy or not."
    )
    price: UnitHourPriceSeries = Field(description="Price of use, currency per used unit·h.")


class ReservedPool(_Pool):
    """Capacity booked at one level for the whole horizon, and paid for whether used or not."""

    term: Literal["reserved"] = Field(description="Commercial term.")
    min_units: Units = Field(0.0, description="Least units to book.")
    max_units: Units | None = Field(None, description="Most units that can be booked; default no limit.")
    step: PositiveUnits | None = Field(None, description=_STEP)
    price: UnitHourPriceSeries = Field(
        description="Price of booking, currency per booked unit·h, for every hour of the horizon."
    )

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        if self.max_units is not None and self.max_units < self.min_units:
            raise_faults(self, [fault_at(("max_units",), f"at least min_units, {self.min_units:g}")])
        return self


Pool = Annotated[OwnedPool | OnDemandPool | ReservedPool, Discriminator("term")]
"""Capacity of one kind of hardware under one commercial term."""


class Site(Section):
    """A place with computing capacity and its own energy supply."""

    zone: ZoneName = Field(description="Zone where the site is.")
    provides: tuple[Name, ...] = Field((), description="Labels that workloads may require.")
    security: Level = Field(0, description="Security level that the site is filed at.")
    pue: PueSeries = Field(
        default_factory=default_series(1.0, PUE),
        description="Facility energy over IT energy, at least 1; default 1.",
    )
    grid: GridSection = Field(
        default_factory=GridSection, description="Supply from the grid; default free, unlimited and clean."
    )
    renewable_share: Share = Field(
        0.0, description="Least share of the site's energy over the horizon that its contracts deliver."
    )
    contracts: dict[PartName, Contract] = Field({}, description="Wind and solar contracts by name.")
    batteries: dict[PartName, Battery] = Field({}, description="Batteries by name.")
    certificates: Certificates | None = Field(None, description="Green certificates; default none.")
    opening: Opening | None = Field(
        None, description="Whether the plan may leave the site closed; default it is open."
    )
    water: Water | None = Field(None, description="Water use; default none is reported.")
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


class _Cap(Section):
    pools: tuple[PoolPattern, ...] = Field(
        min_length=1, description="Pools as `site/pool`; `*` stands for any text."
    )
    weights: dict[PoolPattern, Weight] = Field(
        {}, description="Factor of a pool, named as in `pools`; default 1."
    )


class UnitsCap(_Cap):
    """A limit on the units of a group of pools, counted as used or booked."""

    measure: Literal["units"] = Field(description="What is limited.")
    limit: UnitSeries = Field(description="Most units.")


class PowerCap(_Cap):
    """A limit on the facility power of a group of pools."""

    measure: Literal["power"] = Field(description="What is limited.")
    limit: PowerSeries = Field(description="Most power, kW.")


Cap = Annotated[UnitsCap | PowerCap, Discriminator("measure")]
"""A limit on a group of pools together."""
