"""Planning horizon, objective and solver."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Annotated, Any, Literal, Self, cast
from zoneinfo import ZoneInfo

from pydantic import (
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

import computeplan.config.schema.quantity as q
from computeplan.config.schema.base import (
    LocalTime,
    Name,
    Settings,
    TimeZone,
    Whole,
    fault,
    fault_at,
    raise_faults,
)
from computeplan.config.units import USUAL, Calendar, plain
from computeplan.problem import CarbonBasis, Goal, HorizonEnd

_DAY_S = 86_400
_MOST_MONTHS = 12_000
_LENGTH = "Length, h; `1 month` and `1 year` are calendar months and years."


@dataclass(frozen=True)
class Months:
    """A length of so many calendar months."""

    count: int


_MONTHS = re.compile(r"\s*(\d{1,4})(?:\.0*)?\s*(?:(years?|yr|a|年)|months?|月|个月)\s*")


def _read_duration(value: Any, info: ValidationInfo) -> float | Months:
    if isinstance(value, str) and (found := _MONTHS.fullmatch(plain(value))) and int(found[1]):
        return Months(int(found[1]) * (12 if found[2] else 1))
    if isinstance(value, Months):
        return value
    return q.POSITIVE_HOURS.number(value, q.currency_of(info))


Duration = Annotated[
    Any,
    PlainValidator(_read_duration),
    WithJsonSchema({"anyOf": [{"type": "number", "exclusiveMinimum": 0}, q.QUANTITY_TEXT], "unit": "h"}),
]
"""A length in h, or in whole calendar months or years."""


class Block(Settings):
    """A run of consecutive periods, such as a typical week."""

    start: LocalTime = Field(description="Local start of its first period.")
    duration: Duration = Field(description=_LENGTH)
    weight: q.PositiveNumber = Field(1.0, description="How many times it occurs in the real time covered.")


class HorizonSection(Settings):
    """Time that the plan covers: `start` and `duration`, or `blocks`."""

    start: LocalTime | None = Field(None, description="Local start of the first period.")
    time_zone: TimeZone = Field(
        "UTC", description="IANA time zone of all local times, unless they have their own."
    )
    duration: Duration | None = Field(None, description=_LENGTH)
    period: q.Minutes = Field(60.0, description="Length of every period, min; must divide a day.")
    weight: q.PositiveNumber | None = Field(
        None, description="How many times the horizon occurs in the real time covered; default 1."
    )
    end: HorizonEnd = Field(
        HorizonEnd.CLOSE,
        description="`close`: all work must be done by the end; `cyclic`: the end continues at the start.",
    )
    blocks: tuple[Block, ...] | None = Field(
        None, min_length=1, description="Typical weeks or days, instead of start, duration and weight."
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
                fault_at((key,), "nothing together with `blocks`", "give it in each block instead")
                for key, value in (alone | {"weight": self.weight}).items()
                if value is not None
            ]
        seconds = round(self.period * 60)
        if abs(seconds - self.period * 60) > 1e-6 or _DAY_S % seconds:
            faults.append(fault_at(("period",), "a length that divides a day", "such as 15, 30 or 60 min"))
        raise_faults(self, faults)
        return self

    def spans(self) -> tuple[Block, ...]:
        """Return the blocks, with durations in h; a horizon without them is one block."""
        blocks = self.blocks
        if blocks is None:
            start = cast("datetime", self.start)  # as _check has seen
            blocks = (Block(start=start, duration=self.duration, weight=self.weight or 1.0),)
        return tuple(block.model_copy(update={"duration": self._hours(block)}) for block in blocks)

    def _hours(self, block: Block) -> float:
        if not isinstance(block.duration, Months):
            return float(block.duration)
        year, month = divmod(block.start.year * 12 + block.start.month - 1 + block.duration.count, 12)
        last = monthrange(min(year, 9999), month + 1)[1]
        end = block.start.replace(year=min(year, 9999), month=month + 1, day=min(block.start.day, last))
        return (self._seconds(end) - self._seconds(block.start)) / 3600

    def _seconds(self, local: datetime) -> float:
        return local.replace(tzinfo=ZoneInfo(self.time_zone)).timestamp()

    @property
    def calendar(self) -> Calendar:
        """Hours of a year and a month: the horizon's own, where it is whole calendar years or months."""
        block, *others = self.spans()
        months = round(block.duration / USUAL.month_h)
        if others or not months or months > _MOST_MONTHS or block.start != _first_of_month(block.start):
            return USUAL
        if self._hours(block.model_copy(update={"duration": Months(months)})) != block.duration:
            return USUAL
        year_h = USUAL.year_h if months % 12 else block.duration * 12 / months
        return Calendar(year_h, block.duration / months)


def _first_of_month(time: datetime) -> datetime:
    return time.replace(day=1, hour=0, minute=0, second=0)


class ObjectiveSection(Settings):
    """What the plan minimizes."""

    minimize: Goal = Field(
        Goal.COST,
        description="`cost`: minimum cost, emissions at their price; `carbon`: minimum emissions, then cost.",
    )
    carbon_price: q.CarbonPrice = Field(0.0, description="Price of emissions, currency per t CO2e.")
    carbon_basis: CarbonBasis = Field(
        CarbonBasis.LOCATION,
        description="Accounting basis of emissions that are priced, capped or minimized.",
    )
    carbon_cap: q.Tonnes | None = Field(
        None,
        description="Maximum emissions over the real time covered, t CO2e; default no cap.",
    )
    budget: q.Money | None = Field(
        None,
        description="Maximum cost over that time, currency, without shortfall penalty and carbon charge. "
        "Default no budget.",
    )


def _read_own(value: Any) -> bool | int | float | str:
    if not isinstance(value, bool | int | float | str) or (isinstance(value, float) and not isfinite(value)):
        raise fault("true, false, a number or text")
    return value


OwnValue = Annotated[
    Any,
    PlainValidator(_read_own),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "number"}, {"type": "string"}]}),
]
"""Value of a solver's own option; the solver says which it takes."""


class SolverSection(Settings):
    """Solver of the linear program, and its limits."""

    name: Name = Field(
        "highs",
        description="`highs`; `clarabel` (`pip install 'computeplan[clarabel]'`; may spread work "
        "over more pools that are equally good); `staircase` (`pip install 'computeplan[staircase]'`; for "
        "many periods of a full model); `auto`: `highs` or `clarabel`, by the shape of the problem; `cbc`, "
        "or any other solver that PuLP finds.",
    )
    time_limit: q.Seconds | None = Field(None, description="Maximum solving time, s; default no limit.")
    threads: Whole | None = Field(None, ge=1, le=1024, description="Threads; default the solver's choice.")
    gap: q.Share = Field(
        1e-6,
        description="Relative gap at which a program with integer decisions counts as solved; above 1e-6 "
        "the plan counts as feasible, not optimal.",
    )
    method: Literal["auto", "simplex", "ipm"] = Field(
        "auto", description="Algorithm of HiGHS; `auto` chooses by the shape of the problem."
    )
    options: dict[Name, OwnValue] = Field(
        {},
        description="The named solver's own options by name, such as `random_seed: 7` of HiGHS. "
        "None that the proof of the plan needs, or that has a setting here.",
    )
