"""Workloads, and tables of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import numpy as np
from pydantic import (
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
    create_model,
    model_validator,
)
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

import computeplan.config.schema.quantity as q
from computeplan.config.schema.base import (
    LOCAL_TIME_TEXT,
    Kind,
    Label,
    Level,
    Name,
    SeriesName,
    Settings,
    SiteName,
    ZoneName,
    fault,
    fault_at,
    local_time,
    raise_faults,
)
from computeplan.config.schema.series import UnitSeries
from computeplan.problem import Floats

Mobility = Literal["free", "fixed", "whole"]
Labels = tuple[Label, ...]
Residency = Annotated[tuple[ZoneName, ...], Field(min_length=1)]


class _MomentOf:
    """Annotation of a time: local, or hours from the horizon's start."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(_read_moment)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [LOCAL_TIME_TEXT, {"type": "number", "minimum": 0}, q.QUANTITY_TEXT]}


def _read_moment(value: Any, info: ValidationInfo) -> datetime | float:
    if isinstance(value, date) or (isinstance(value, str) and re.match(r"\s*\d{4}-", value)):
        return local_time(value)
    try:
        return q.HOURS.number(value, q.currency_of(info), q.calendar_of(info))
    except PydanticCustomError as error:
        hint = (error.context or {}).get("hint", "")
        raise fault(
            "a local time such as `2026-03-02T18:00`, or hours from the horizon's start", hint
        ) from None


def _end_of_day(value: Any) -> Any:
    """Return the end of a day of which only the date is written; other values unchanged."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = value.isoformat()
    is_day = isinstance(value, str) and re.fullmatch(r"\s*\d{4}-\d{2}-\d{2}\s*", value)
    return local_time(f"{value.strip()}T24:00") if is_day else value


Moment = Annotated[datetime | float, _MomentOf()]
"""A local time, or hours from the horizon's start."""


def _read_truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise fault("true or false")
    return value


Truth = Annotated[bool, BeforeValidator(_read_truth)]
"""True or false."""
Deadline = Annotated[Moment, BeforeValidator(_end_of_day)]
"""A moment; a date without a time is the end of that day."""


@dataclass(frozen=True)
class WorkloadField:
    """A field that describes workloads."""

    type: Any
    """What a config may write."""
    description: str
    """With the unit, and what the default means."""
    default: Any = None
    """As a config would write it; None for no value or no limit."""


@dataclass(frozen=True)
class NumberField(WorkloadField):
    """A field that is a number, with its unit and range."""

    quantity: q.Quantity = q.PLAIN

    @property
    def absent(self) -> float:
        """Number of a workload that does not give the field: the default, or infinity for no limit."""
        return math.inf if self.default is None else float(self.default)

    def numbers(self, values: Iterable[float | None]) -> Floats:
        """(n,) numbers of workloads, from what each gives; None for nothing."""
        absent = self.absent
        return np.array([absent if value is None else value for value in values], float)


def _number(quantity: q.Quantity, default: float | None, description: str) -> NumberField:
    return NumberField(Annotated[float, quantity], description, default, quantity)


WORKLOAD_FIELDS: dict[str, WorkloadField] = {
    "name": WorkloadField(Name, "Name of the workload."),
    "company": WorkloadField(Name, "Owner; default the workload's name."),
    "tier": WorkloadField(Name, "Tier of the company."),
    "zone": WorkloadField(ZoneName, "Zone of its users or data."),
    "kind": WorkloadField(
        Kind, "Kind, as in the hardware's efficiency table; required if any hardware has one."
    ),
    "demand": _number(
        q.UNITS, 0.0, "Mean work per hour, unit·h/h: units that it keeps busy at efficiency 1."
    ),
    "profile": WorkloadField(SeriesName, "Named series of the demand's shape; default constant."),
    "max_delay": _number(q.HOURS, 0.0, "Maximum wait of arriving work, h; 0 is interactive."),
    "mobility": WorkloadField(
        Mobility,
        "`free`: the split over pools may change every period; `fixed`: one split for the whole horizon; "
        "`whole`: all of it in one pool, an integer decision.",
        "free",
    ),
    "requires": WorkloadField(Labels, "Labels that the site must provide.", ()),
    "security": NumberField(Level, "Minimum security level of the site.", 0, q.LEVEL),
    "residency": WorkloadField(
        Residency, "Zones where it may run, zones within them included; default anywhere."
    ),
    "max_latency": _number(
        q.MILLISECONDS,
        None,
        "Maximum latency from its zone, ms, as `network.latency_limit` says; default no limit.",
    ),
    "traffic": _number(q.TRAFFIC, 0.0, "Traffic between its zone and the site, GB per unit·h."),
    "data": _number(q.GIGABYTES, 0.0, "Data set moved once, GB; for mobility `fixed` or `whole`, and jobs."),
    "shortfall_price": _number(
        q.UNIT_HOUR_PRICE,
        None,
        "Price of work not done, currency per unit·h; default all of it must be done.",
    ),
    "move_price": _number(
        q.MOVE_PRICE,
        None,
        "Price of moving, currency per unit that comes to a site and hardware from another one; for "
        "interactive work with mobility `free`. Default `move.price` of the config.",
    ),
    "volume": _number(q.UNIT_HOURS, 0.0, "Work to be done, unit·h."),
    "release": WorkloadField(
        Moment, "Earliest start: local time, a date for its beginning, or h from the horizon's start.", 0.0
    ),
    "deadline": WorkloadField(
        Deadline,
        "Latest end: local time, a date for its end, or h from the horizon's start; at most, and by default, "
        "the end of the release's block.",
    ),
    "max_rate": _number(
        q.POSITIVE_UNITS,
        None,
        "Maximum work per hour, unit·h/h: units that it keeps busy at efficiency 1. Required if release or "
        "deadline lie inside a period, and for a job that is not interruptible.",
    ),
    "interruptible": WorkloadField(
        Truth,
        "`false`: the job starts once, at its release or the beginning of a period, and runs at `max_rate` "
        "in one pool until it is done. With mobility `free` on average: a part of it may start at another "
        "time or in another pool; with `whole` all of it at once, an integer decision.",
        True,
    ),
}
"""In the order of a register's columns."""

NUMBER_FIELDS = {name: field for name, field in WORKLOAD_FIELDS.items() if isinstance(field, NumberField)}


def setting(name: str) -> Any:
    """Return the pydantic field of a workload's field, with its default and description."""
    field = WORKLOAD_FIELDS[name]
    return Field(field.default, description=field.description)


def required_setting(name: str) -> Any:
    """Return the pydantic field of a workload's field that has no default."""
    return Field(description=WORKLOAD_FIELDS[name].description)


class MoveSection(Settings):
    """What moving work costs."""

    price: q.MovePrice | None = setting("move_price")


class Job(Settings):
    """Work with a time window."""

    volume: q.UnitHours = required_setting("volume")
    release: Moment = setting("release")
    deadline: Deadline | None = setting("deadline")
    max_rate: q.PositiveUnits | None = setting("max_rate")
    interruptible: Truth = setting("interruptible")

    @model_validator(mode="after")
    def _window_is_not_empty(self) -> Self:
        both = (self.release, self.deadline)
        comparable = all(isinstance(end, datetime) for end in both) or all(
            isinstance(end, float) for end in both
        )
        if comparable and not self.release < self.deadline:  # type: ignore[operator]
            raise_faults(self, [fault_at(("deadline",), "a time after the release")])
        if not self.interruptible and self.max_rate is None:
            hint = "it runs at this rate from its start to its end"
            raise_faults(self, [fault_at(("max_rate",), "a rate, for a job that is not interruptible", hint)])
        return self


WHOLE_JOBS = "only a job with `interruptible: false` can be whole"


def mobility_faults(
    mobility: str | None, *, max_delay: object, job: Any, data: float | None, data_key: str = "data"
) -> list[InitErrorDetails]:
    """Return what contradicts the mobility of a workload.

    `max_delay`: maximum wait, h; 0 or None for none. `job`: settings of a job; None for demand. `data_key`:
    key of the data set.
    """
    faults = []
    is_job, stays = job is not None, mobility in {"fixed", "whole"}
    if is_job and mobility == "fixed":
        faults.append(fault_at(("mobility",), "`free` for a job", "only work with a demand can be fixed"))
    if is_job and mobility == "whole" and job.interruptible:
        faults.append(fault_at(("mobility",), "`free` for a job that may pause", WHOLE_JOBS))
    if stays and max_delay and not is_job:
        faults.append(fault_at(("max_delay",), f"0 with mobility `{mobility}`", "fixed work cannot wait"))
    if is_job and max_delay:
        faults.append(fault_at(("max_delay",), "nothing for a job", "a job waits until its deadline"))
    if data and not stays and not is_job:
        hint = "work that moves freely has no data set to move once; use `traffic`"
        faults.append(fault_at((data_key,), "no data set, a job, or mobility `fixed`", hint))
    return faults


class Workload(Settings):
    """Work of one company: a `demand` over time, or a `job`."""

    company: Name | None = setting("company")
    zone: ZoneName = required_setting("zone")
    kind: Kind | None = setting("kind")
    demand: UnitSeries | None = Field(
        None,
        description="Work per hour in each period, unit·h/h: units that it keeps busy at efficiency 1.",
    )
    job: Job | None = Field(None, description="Work with a time window, instead of a demand.")
    max_delay: q.Hours = setting("max_delay")
    mobility: Mobility = setting("mobility")
    requires: Labels = setting("requires")
    security: Level = setting("security")
    residency: Residency | None = setting("residency")
    max_latency: q.Milliseconds | None = setting("max_latency")
    traffic: q.Traffic = setting("traffic")
    data: q.Gigabytes = setting("data")
    unit_cost: dict[SiteName, q.UnitHourCost] = Field(
        {}, description="Extra cost by site, currency per unit·h; `other` for all others, else 0."
    )
    shortfall_price: q.UnitHourPrice | None = setting("shortfall_price")
    move: MoveSection = Field(default_factory=MoveSection, description="What moving it costs.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.demand is None and self.job is None:
            raise_faults(self, [fault_at((), "either `demand` or `job`", found="neither")])
        faults = mobility_faults(self.mobility, max_delay=self.max_delay, job=self.job, data=self.data)
        if self.demand is not None and self.job is not None:
            faults.append(fault_at(("job",), "either `demand` or `job`", found="both"))
        raise_faults(self, faults)
        return self


# A type checker cannot follow names taken from the table of fields.
if TYPE_CHECKING:
    TableField = str
else:
    TableField = Literal[tuple(WORKLOAD_FIELDS)]

_optional: dict[str, Any] = {
    name: (field.type | None, Field(None, description=field.description))
    for name, field in WORKLOAD_FIELDS.items()
    if name != "name"
}
_OptionalFields: Any = create_model("_OptionalFields", __base__=Settings, **_optional)


class TableDefaults(_OptionalFields):
    """Values for fields without a column, and for empty cells."""


class WorkloadTable(Settings):
    """A register in a file, one row a workload."""

    file: Name = Field(description="CSV or Parquet file inside the config's folder.")
    columns: dict[TableField, Name] = Field(
        {}, description="Column of each field; default the field's own name."
    )
    ignore: tuple[Name, ...] = Field((), description="Columns that are not about the plan; others are named.")
    defaults: TableDefaults = Field(
        default_factory=TableDefaults, description="Values for fields without a column or with an empty cell."
    )
