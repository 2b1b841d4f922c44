"""Populations: companies and their workloads, drawn from distributions."""

from __future__ import annotations

import math
from typing import Annotated, Any, Final, Generic, Literal, Self, TypeVar

from pydantic import ConfigDict, Discriminator, Field, StringConstraints, Tag, model_validator

import computeplan.config.schema.quantity as q
from computeplan.config.schema.base import (
    Kind,
    Level,
    Name,
    Settings,
    SiteName,
    Whole,
    ZoneName,
    fault_at,
    raise_faults,
)
from computeplan.config.schema.series import ProfileSeries
from computeplan.config.schema.workloads import (
    Labels,
    Mobility,
    MoveSection,
    Residency,
    Truth,
    mobility_faults,
    required_setting,
    setting,
)
from computeplan.text import did_you_mean


class _Ranged(Settings):
    @model_validator(mode="after")
    def _range_in_order(self) -> Self:
        low, high = getattr(self, "min", None), getattr(self, "max", None)
        if low is not None and high is not None and low > high:
            raise_faults(self, [fault_at(("max",), f"at least min, {low:g}")])
        return self


class ParetoLaw(_Ranged):
    """Truncated Pareto distribution."""

    law: Literal["pareto"] = Field(description="Distribution of the sizes.")
    alpha: q.PositiveNumber = Field(description="Exponent of the tail.")
    min: q.PositiveNumber = Field(description="Smallest size.")
    max: q.PositiveNumber = Field(description="Largest size.")


class LognormalLaw(_Ranged):
    """Lognormal distribution, truncated if bounds are given."""

    law: Literal["lognormal"] = Field(description="Distribution of the sizes.")
    mu: q.Number = Field(description="Mean of the logarithm.")
    sigma: q.Weight = Field(description="Standard deviation of the logarithm.")
    min: q.Weight | None = Field(None, description="Smallest size; default no bound.")
    max: q.PositiveNumber | None = Field(None, description="Largest size; default no bound.")


class UniformLaw(_Ranged):
    """Uniform distribution."""

    law: Literal["uniform"] = Field(description="Distribution of the sizes.")
    min: q.Weight = Field(description="Smallest size.")
    max: q.PositiveNumber = Field(description="Largest size.")


class ConstantLaw(Settings):
    """The same size for all."""

    law: Literal["constant"] = Field(description="Distribution of the sizes.")
    value: q.PositiveNumber = Field(description="Size.")


Law = Annotated[ParetoLaw | LognormalLaw | UniformLaw | ConstantLaw, Discriminator("law")]
"""How the sizes of a tier's companies are distributed; only their proportions matter."""


class Tier(Settings):
    """A group of companies."""

    companies: Whole = Field(ge=1, le=10_000_000, description="Number of companies.")
    size: Law = Field(description="Distribution of their sizes; work is shared in proportion to size.")


T = TypeVar("T")


class Option(Settings, Generic[T]):
    """One value that may be drawn."""

    model_config = ConfigDict(title="Option")

    value: T = Field(description="The value.")
    chance: q.Share = Field(description="Probability, 0-1.")


class Choose(Settings, Generic[T]):
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
HoursOrChoice = Annotated[Annotated[q.Hours, _Value] | Annotated[Choose[q.Hours], _Mapping], _ByShape]
LatencyOrChoice = Annotated[
    Annotated[q.Milliseconds, _Value] | Annotated[Choose[q.Milliseconds], _Mapping], _ByShape
]
LabelsOrChoice = Annotated[Annotated[Labels, _Value] | Annotated[Choose[Labels], _Mapping], _ByShape]
Chances = Annotated[Annotated[q.Share, _Value] | Annotated[dict[Name, q.Share], _Mapping], _ByShape]


class DrawnJob(Settings):
    """Window and run time of a job, each drawn uniformly from its list."""

    release: tuple[q.Hours, ...] = Field(
        (0.0,), min_length=1, description="Earliest starts, h from the horizon's start; default 0."
    )
    window: tuple[q.PositiveHours, ...] = Field(min_length=1, description="From release to deadline, h.")
    run_time: tuple[q.PositiveHours, ...] = Field(
        min_length=1, description="Shortest time to do the work, h: max_rate is volume / run time."
    )
    interruptible: Truth = setting("interruptible")

    @model_validator(mode="after")
    def _run_time_fits(self) -> Self:
        if max(self.run_time) > min(self.window):
            expected = f"times that fit the shortest window, {min(self.window):g} h"
            raise_faults(self, [fault_at(("run_time",), expected, found=f"{max(self.run_time):g} h")])
        return self


class Archetype(Settings):
    """A kind of workload that companies may have."""

    chance: Chances = Field(1.0, description="Probability that a company has it, 0-1, for all or by tier.")
    share: q.PositiveNumber = Field(1.0, description="Weight of this workload in the company's total work.")
    profile: ProfileSeries | None = Field(
        None, description="Shape of the demand, scaled to mean 1; default constant."
    )
    job: DrawnJob | None = Field(None, description="Makes it a job, with this window and run time.")
    zone: ZoneOrChoice = required_setting("zone")
    kind: Kind | None = setting("kind")
    max_delay: HoursOrChoice = setting("max_delay")
    mobility: Mobility = setting("mobility")
    requires: LabelsOrChoice = setting("requires")
    security: Level = setting("security")
    residency: Residency | None = setting("residency")
    max_latency: LatencyOrChoice | None = setting("max_latency")
    traffic: q.Traffic = setting("traffic")
    data_per_unit: q.GigabytesPerUnit = Field(
        0.0, description="Data set moved once, GB per mean unit; for mobility `fixed` or `whole`, and jobs."
    )
    unit_cost: dict[SiteName, q.UnitHourCost] = Field(
        {}, description="Extra cost by site, currency per unit·h; `other` for all others, else 0."
    )
    shortfall_price: q.UnitHourPrice | None = setting("shortfall_price")
    move: MoveSection = Field(default_factory=MoveSection, description="What moving it costs.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        faults = mobility_faults(
            self.mobility,
            max_delay=self.max_delay,
            job=self.job,
            data=self.data_per_unit,
            data_key="data_per_unit",
        )
        if self.job is not None and self.profile is not None:
            faults.append(fault_at(("profile",), "no profile for a job"))
        raise_faults(self, faults)
        return self


COMPANY_PATTERN: Final = r"^(?:[^{}]|\{tier\})*\{number(?::0?\d{1,2}d?)?\}(?:[^{}]|\{tier\})*$"


class Population(Settings):
    """Companies and their workloads; the same seed gives the same population."""

    seed: Whole = Field(ge=0, lt=2**63, description="Seed of the random numbers.")
    total_demand: q.PositiveUnits = Field(
        description="Mean work per hour of all companies over the horizon, unit·h/h; jobs count volume / "
        "horizon hours."
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
