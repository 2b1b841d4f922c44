"""Populations: companies and their workloads, drawn from distributions."""

from __future__ import annotations

import math
from typing import Annotated, Any, Final, Generic, Literal, Self, TypeVar

from pydantic import ConfigDict, Discriminator, Field, StringConstraints, Tag, model_validator

from computeplan.config.schema.base import (
    Kind,
    Label,
    Level,
    Name,
    Section,
    SiteName,
    Whole,
    ZoneName,
    fault_at,
    raise_faults,
)
from computeplan.config.schema.quantity import (
    GigabytesPerUnit,
    Hours,
    Milliseconds,
    Number,
    PositiveHours,
    PositiveNumber,
    PositiveUnits,
    Share,
    Traffic,
    UnitHourCost,
    UnitHourPrice,
    Weight,
)
from computeplan.config.schema.series_field import ProfileSeries
from computeplan.config.schema.workloads import Mobility, mobility_faults
from computeplan.config.words import did_you_mean


class _Ranged(Section):
    @model_validator(mode="after")
    def _range_in_order(self) -> Self:
        low, high = getattr(self, "min", None), getattr(self, "max", None)
        if low is not None and high is not None and low > high:
            raise_faults(self, [fault_at(("max",), f"at least min, {low:g}")])
        return self


class ParetoLaw(_Ranged):
    """Truncated Pareto law."""

    law: Literal["pareto"] = Field(description="Law of the sizes.")
    alpha: PositiveNumber = Field(description="Exponent of the tail.")
    min: PositiveNumber = Field(description="Smallest size.")
    max: PositiveNumber = Field(description="Largest size.")


class LognormalLaw(_Ranged):
    """Lognormal law, truncated if bounds are given."""

    law: Literal["lognormal"] = Field(description="Law of the sizes.")
    mu: Number = Field(description="Mean of the logarithm.")
    sigma: Weight = Field(description="Standard deviation of the logarithm.")
    min: Weight | None = Field(None, description="Smallest size; default no bound.")
    max: PositiveNumber | None = Field(None, description="Largest size; default no bound.")


class UniformLaw(_Ranged):
    """Uniform law."""

    law: Literal["uniform"] = Field(description="Law of the sizes.")
    min: Weight = Field(description="Smallest size.")
    max: PositiveNumber = Field(description="Largest size.")


class ConstantLaw(Section):
    """One size for all."""

    law: Literal["constant"] = Field(description="Law of the sizes.")
    value: PositiveNumber = Field(description="Size.")


Law = Annotated[ParetoLaw | LognormalLaw | UniformLaw | ConstantLaw, Discriminator("law")]
"""How the sizes of a tier's companies are distributed; only their proportions matter."""


class Tier(Section):
    """A group of companies."""

    companies: Whole = Field(ge=1, le=10_000_000, description="How many.")
    size: Law = Field(description="Distribution of their sizes; work is shared in proportion to size.")


T = TypeVar("T")
Labels = tuple[Label, ...]


class Option(Section, Generic[T]):
    """One value that may be drawn."""

    model_config = ConfigDict(title="Option")

    value: T = Field(description="The value.")
    chance: Share = Field(description="Probability, 0-1.")


class Choose(Section, Generic[T]):
    """A value drawn for each workload."""

    model_config = ConfigDict(title="Choose")

    choose: tuple[Option[T], ...] = Field(
        min_length=1, description="Values and their chances, which add up to 1."
    )

    @model_validator(mode="after")
    def _chances_add_up(self) -> Self:
        total = math.fsum(option.chance for option in self.choose)
        if abs(total - 1) > 1e-6:
            raise_faults(self, [fault_at(("choose",), "chances that add up to 1", found=f"{total:g}")])
        return self


def _shape_tag(value: Any) -> str:
    return "(mapping)" if isinstance(value, dict | Choose) else "(value)"


_Mapping, _Value, _ByShape = Tag("(mapping)"), Tag("(value)"), Discriminator(_shape_tag)

ZoneOrChoice = Annotated[Annotated[ZoneName, _Value] | Annotated[Choose[ZoneName], _Mapping], _ByShape]
HoursOrChoice = Annotated[Annotated[Hours, _Value] | Annotated[Choose[Hours], _Mapping], _ByShape]
LatencyOrChoice = Annotated[
    Annotated[Milliseconds, _Value] | Annotated[Choose[Milliseconds], _Mapping], _ByShape
]
LabelsOrChoice = Annotated[Annotated[Labels, _Value] | Annotated[Choose[Labels], _Mapping], _ByShape]
Chances = Annotated[Annotated[Share, _Value] | Annotated[dict[Name, Share], _Mapping], _ByShape]


class DrawnJob(Section):
    """Window and run time of a job, each drawn uniformly from its list."""

    release: tuple[Hours, ...] = Field(
        (0.0,), min_length=1, description="Earliest starts, h from the horizon's start; default 0."
    )
    window: tuple[PositiveHours, ...] = Field(min_length=1, description="From release to deadline, h.")
    run_time: tuple[PositiveHours, ...] = Field(
        min_length=1, description="Shortest time to do the work, h: max_rate is volume / run time."
    )

    @model_validator(mode="after")
    def _run_time_fits(self) -> Self:
        if max(self.run_time) > min(self.window):
            expected = f"times that fit the shortest window, {min(self.window):g} h"
            raise_faults(self, [fault_at(("run_time",), expected, found=f"{max(self.run_time):g} h")])
        return self


class Archetype(Section):
    """A kind of workload that companies may have."""

    chance: Chances = Field(1.0, description="Probability that a company has it, 0-1, for all or by tier.")
    share: PositiveNumber = Field(1.0, description="Weight of this workload in the company's work.")
    profile: ProfileSeries | None = Field(
        None, description="Shape of the demand, scaled to mean 1; default constant."
    )
    job: DrawnJob | None = Field(None, description="Makes it a job.")
    zone: ZoneOrChoice = Field(description="Zone of users or data.")
    kind: Kind | None = Field(
        None, description="Kind, as in the hardware's efficiency table; required if any hardware has one."
    )
    max_delay: HoursOrChoice = Field(0.0, description="Longest wait of arriving work, h.")
    mobility: Mobility = Field("free", description="`free`, `fixed` or `whole`, as of workloads.")
    requires: LabelsOrChoice = Field((), description="Labels that the site must provide.")
    security: Level = Field(0, description="Lowest security level of the site.")
    residency: tuple[ZoneName, ...] | None = Field(
        None, min_length=1, description="Zones, or zones around them, where it may run; default anywhere."
    )
    max_latency: LatencyOrChoice | None = Field(None, description="Largest latency, ms; default no limit.")
    traffic: Traffic = Field(0.0, description="Traffic between its zone and the site, GB per unit·h.")
    data_per_unit: GigabytesPerUnit = Field(
        0.0, description="Data set moved once, GB per mean unit; with mobility `fixed` or a job only."
    )
    unit_cost: dict[SiteName, UnitHourCost] = Field(
        {}, description="Extra cost by site, currency per unit·h."
    )
    shortfall_price: UnitHourPrice | None = Field(
        None, description="Price of work left undone, currency per unit·h; default all must be done."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        is_job = self.job is not None
        faults = mobility_faults(
            self.mobility,
            max_delay=self.max_delay,
            is_job=is_job,
            data=self.data_per_unit,
            data_key="data_per_unit",
        )
        if is_job and self.profile is not None:
            faults.append(fault_at(("profile",), "no profile for a job"))
        raise_faults(self, faults)
        return self


COMPANY_PATTERN: Final = r"^(?:[^{}]|\{tier\})*\{number(?::0?\d{1,2}d?)?\}(?:[^{}]|\{tier\})*$"


class Population(Section):
    """Companies and their workloads, the same for the same seed."""

    seed: Whole = Field(ge=0, lt=2**63, description="Seed of the random numbers.")
    total_demand: PositiveUnits = Field(
        description="Mean units busy over the horizon, of all together; jobs count volume / horizon hours."
    )
    name: Annotated[Name, StringConstraints(pattern=COMPANY_PATTERN)] = Field(
        "{tier}-{number}",
        description="Pattern of the companies' names: `{tier}`, and `{number}` or `{number:05d}`.",
    )
    tiers: dict[Name, Tier] = Field(min_length=1, description="Groups of companies by name.")
    archetypes: dict[Name, Archetype] = Field(min_length=1, description="Kinds of workload by name.")

    @model_validator(mode="after")
    def _chances_name_all_tiers(self) -> Self:
        faults = []
        tiers = list(self.tiers)
        for name, archetype in self.archetypes.items():
            if isinstance(archetype.chance, dict):
                at = ("archetypes", name, "chance")
                faults += [
                    fault_at((*at, tier), "a chance for a tier", did_you_mean(tier, tiers))
                    for tier in archetype.chance
                    if tier not in self.tiers
                ]
                faults += [
                    fault_at((*at, tier), "a chance for every tier", "write 0 for none")
                    for tier in tiers
                    if tier not in archetype.chance
                ]
        raise_faults(self, faults)
        return self
