"""Planning horizon, objective and solver."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self, cast

from pydantic import Field, model_validator

from computeplan.config.schema.base import LocalTime, Name, Section, TimeZone, Whole, fault_at, raise_faults
from computeplan.config.schema.quantity import (
    CarbonPrice,
    Minutes,
    Money,
    PositiveHours,
    PositiveNumber,
    Seconds,
    Share,
    Tonnes,
)
from computeplan.problem import CarbonBasis, Goal, HorizonEnd

_DAY_MIN = 1440


class Block(Section):
    """A run of consecutive periods, such as a typical week."""

    start: LocalTime = Field(description="Local time of its first period.")
    duration: PositiveHours = Field(description="Length, h.")
    weight: PositiveNumber = Field(1.0, description="How often it stands for real time.")


class HorizonSection(Section):
    """Time that the plan covers: `start` and `duration`, or `blocks`."""

    start: LocalTime | None = Field(None, description="Local time of the first period.")
    time_zone: TimeZone = Field(
        "UTC", description="IANA zone of all local times without a zone of their own."
    )
    duration: PositiveHours | None = Field(None, description="Length, h.")
    period: Minutes = Field(60.0, description="Length of every period, min; it divides a day.")
    weight: PositiveNumber | None = Field(
        None, description="How often the horizon stands for real time; default 1."
    )
    end: HorizonEnd = Field(
        HorizonEnd.CLOSE,
        description="`close`: all work is done by the end; `cyclic`: the end joins the start.",
    )
    blocks: tuple[Block, ...] | None = Field(
        None, min_length=1, description="Typical weeks or days instead of start, duration and weight."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        faults = []
        alone = {"start": self.start, "duration": self.duration}
        if self.blocks is None:
            faults += [
                fault_at((key,), "a value, or `blocks` instead of start and duration")
                for key, value in alone.items()
                if value is None
            ]
        else:
            faults += [
                fault_at((key,), "nothing beside `blocks`", "give it in each block instead")
                for key, value in (alone | {"weight": self.weight}).items()
                if value is not None
            ]
        if abs(_DAY_MIN / self.period - round(_DAY_MIN / self.period)) > 1e-9:
            faults.append(fault_at(("period",), "a length that divides a day", "such as 15, 30 or 60 min"))
        raise_faults(self, faults)
        return self

    def spans(self) -> tuple[Block, ...]:
        """Return the blocks; a horizon without them is one block."""
        if self.blocks is not None:
            return self.blocks
        start, duration = cast("datetime", self.start), cast("float", self.duration)  # as _check has seen
        return (Block(start=start, duration=duration, weight=self.weight or 1.0),)


class ObjectiveSection(Section):
    """What the plan minimizes."""

    minimize: Goal = Field(
        Goal.COST,
        description="`cost`: least cost with carbon at its price; `carbon`: least carbon, then least cost.",
    )
    carbon_price: CarbonPrice = Field(0.0, description="Price of emissions, currency per t CO2e.")
    carbon_basis: CarbonBasis = Field(
        CarbonBasis.LOCATION, description="Basis of the emissions that are priced, capped or minimized."
    )
    carbon_cap: Tonnes | None = Field(
        None,
        description="Most emissions, t CO2e, over the real time that the horizon stands for; default no cap.",
    )
    budget: Money | None = Field(
        None,
        description="Most cost over that time, currency; without shortfall penalty and carbon charge. "
        "Default no budget.",
    )


class SolverSection(Section):
    """Which solver finds the plan, and how long it may take."""

    name: Name = Field(
        "highs",
        description="`highs`; `clarabel` (`pip install 'computeplan[clarabel]'`; may use more pools where "
        "several are equally good); `auto`: one of the two, by the shape of the problem; `cbc`, or any other "
        "that PuLP finds.",
    )
    time_limit: Seconds | None = Field(None, description="Longest solving time, s; default no limit.")
    threads: Whole | None = Field(None, ge=1, le=1024, description="Threads; default the solver's choice.")
    gap: Share = Field(
        1e-6,
        description="Relative gap at which a program with whole numbers is solved well enough; above 1e-6 "
        "the plan counts as feasible, not optimal.",
    )
    method: Literal["auto", "simplex", "ipm"] = Field(
        "auto", description="Algorithm of HiGHS; `auto` goes by the shape of the problem."
    )
