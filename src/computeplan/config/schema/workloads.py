"""Workloads, and tables of them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo, model_validator
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from computeplan.config.schema.base import (
    LOCAL_TIME_TEXT,
    Kind,
    Label,
    Level,
    Name,
    Section,
    SeriesName,
    SiteName,
    ZoneName,
    fault,
    fault_at,
    local_time,
    raise_faults,
)
from computeplan.config.schema.quantity import (
    HOURS,
    QUANTITY_TEXT,
    Gigabytes,
    Hours,
    Milliseconds,
    PositiveUnits,
    Traffic,
    UnitHourCost,
    UnitHourPrice,
    UnitHours,
    Units,
    currency_of,
)
from computeplan.config.schema.series_field import UnitSeries

Mobility = Literal["free", "fixed", "whole"]


class _MomentOf:
    """Annotation of a time: local, or hours from the horizon's start."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(read_moment)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [LOCAL_TIME_TEXT, {"type": "number", "minimum": 0}, QUANTITY_TEXT]}


def read_moment(value: Any, info: ValidationInfo) -> datetime | float:
    """Read a local time or a number of hours from the horizon's start.

    Parameters
    ----------
    value : datetime, str or float
        As written.
    info : ValidationInfo
        Carries the currency, which other quantities need.
    """
    if isinstance(value, datetime) or (isinstance(value, str) and re.match(r"\s*\d{4}-", value)):
        return local_time(value)
    try:
        return HOURS.number(value, currency_of(info))
    except PydanticCustomError as error:
        hint = (error.context or {}).get("hint", "")
        raise fault(
            "a local time such as `2026-03-02T18:00`, or hours from the horizon's start", hint
        ) from None


Moment = Annotated[datetime | float, _MomentOf()]
"""A local time, or hours from the horizon's start."""


class Job(Section):
    """Work with a time window."""

    volume: UnitHours = Field(description="Work to be done, unit·h.")
    release: Moment = Field(0.0, description="Earliest start: local time, or h from the horizon's start.")
    deadline: Moment | None = Field(
        None,
        description="Latest end: local time, or h from the horizon's start; "
        "default the end of the release's block.",
    )
    max_rate: PositiveUnits | None = Field(
        None, description="Most units it can keep busy; required if release or deadline lie inside a period."
    )

    @model_validator(mode="after")
    def _window_is_not_empty(self) -> Self:
        both = (self.release, self.deadline)
        comparable = all(isinstance(end, datetime) for end in both) or all(
            isinstance(end, float) for end in both
        )
        if comparable and not self.release < self.deadline:  # type: ignore[operator]
            raise_faults(self, [fault_at(("deadline",), "a time after the release")])
        return self


def mobility_faults(
    mobility: str | None, *, max_delay: object, is_job: bool, data: float | None, data_key: str = "data"
) -> list[InitErrorDetails]:
    """Return what contradicts the mobility of a workload.

    Parameters
    ----------
    mobility : str or None
        ``free``, ``fixed`` or ``whole``.
    max_delay : object
        Longest wait, h; 0 or None for none.
    is_job : bool
        Whether it is a job.
    data : float or None
        Size of its data set.
    data_key : str
        Key of the data set.
    """
    faults = []
    stays = mobility in {"fixed", "whole"}
    if stays and is_job:
        faults.append(fault_at(("mobility",), "`free` for a job", "only work with a demand can be fixed"))
    if stays and max_delay:
        faults.append(fault_at(("max_delay",), f"0 with mobility `{mobility}`", "fixed work cannot wait"))
    if is_job and max_delay:
        faults.append(fault_at(("max_delay",), "nothing for a job", "a job waits until its deadline"))
    if data and not stays and not is_job:
        hint = "work that moves freely has no data set to move once; use `traffic`"
        faults.append(fault_at((data_key,), "no data set, a job, or mobility `fixed`", hint))
    return faults


class Workload(Section):
    """Work of one company: a `demand` over time, or a `job`."""

    company: Name | None = Field(None, description="Owner; default the workload's name.")
    zone: ZoneName = Field(description="Zone of its users or data.")
    kind: Kind | None = Field(
        None, description="Kind, as in the hardware's efficiency table; required if any hardware has one."
    )
    demand: UnitSeries | None = Field(None, description="Units busy in each period.")
    job: Job | None = Field(None, description="Work with a time window, instead of a demand.")
    max_delay: Hours = Field(0.0, description="Longest wait of arriving work, h; 0 is interactive.")
    mobility: Mobility = Field(
        "free",
        description="`free`: the split over pools may change every period; `fixed`: it is one for all; "
        "`whole`: all of it is in one pool, a whole number in the program.",
    )
    requires: tuple[Label, ...] = Field((), description="Labels that the site must provide.")
    security: Level = Field(0, description="Lowest security level of the site.")
    residency: tuple[ZoneName, ...] | None = Field(
        None, min_length=1, description="Zones, or zones around them, where it may run; default anywhere."
    )
    max_latency: Milliseconds | None = Field(
        None,
        description="Largest latency from its zone, ms, as `network.latency_limit` says; default no limit.",
    )
    traffic: Traffic = Field(0.0, description="Traffic between its zone and the site, GB per unit·h.")
    data: Gigabytes = Field(0.0, description="Data set moved once, GB; with mobility `fixed` or a job only.")
    unit_cost: dict[SiteName, UnitHourCost] = Field(
        {}, description="Extra cost by site, currency per unit·h."
    )
    shortfall_price: UnitHourPrice | None = Field(
        None, description="Price of work left undone, currency per unit·h; default all must be done."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.demand is None and self.job is None:
            raise_faults(self, [fault_at((), "either `demand` or `job`", found="neither")])
        faults = mobility_faults(
            self.mobility, max_delay=self.max_delay, is_job=self.job is not None, data=self.data
        )
        if self.demand is not None and self.job is not None:
            faults.append(fault_at(("job",), "either `demand` or `job`", found="both"))
        raise_faults(self, faults)
        return self


TableField = Literal[
    "name",
    "company",
    "tier",
    "zone",
    "kind",
    "demand",
    "profile",
    "max_delay",
    "mobility",
    "requires",
    "security",
    "residency",
    "max_latency",
    "traffic",
    "data",
    "shortfall_price",
    "volume",
    "release",
    "deadline",
    "max_rate",
]
"""Fields that a row of a table may give."""

TABLE_FIELDS: tuple[str, ...] = get_args(TableField)


class TableDefaults(Section):
    """Values for fields without a column, and for empty cells."""

    company: Name | None = Field(None, description="Owner; default the workload's name.")
    tier: Name | None = Field(None, description="Tier of the company.")
    zone: ZoneName | None = Field(None, description="Zone of users or data.")
    kind: Kind | None = Field(None, description="Kind, as in the hardware's efficiency table.")
    demand: Units | None = Field(None, description="Mean units busy.")
    profile: SeriesName | None = Field(
        None, description="Named series of the demand's shape; default constant."
    )
    max_delay: Hours | None = Field(None, description="Longest wait, h.")
    mobility: Mobility | None = Field(None, description="`free`, `fixed` or `whole`.")
    requires: tuple[Label, ...] | None = Field(None, description="Labels that the site must provide.")
    security: Level | None = Field(None, description="Lowest security level of the site.")
    residency: tuple[ZoneName, ...] | None = Field(None, min_length=1, description="Zones where it may run.")
    max_latency: Milliseconds | None = Field(None, description="Largest latency, ms.")
    traffic: Traffic | None = Field(None, description="Traffic, GB per unit·h.")
    data: Gigabytes | None = Field(None, description="Data set moved once, GB.")
    shortfall_price: UnitHourPrice | None = Field(
        None, description="Price of work left undone, currency per unit·h."
    )
    volume: UnitHours | None = Field(None, description="Work of a job, unit·h.")
    release: Moment | None = Field(
        None, description="Earliest start: local time, or h from the horizon's start."
    )
    deadline: Moment | None = Field(
        None, description="Latest end: local time, or h from the horizon's start."
    )
    max_rate: PositiveUnits | None = Field(None, description="Most units a job can keep busy.")


class WorkloadTable(Section):
    """A register in a file, one row a workload."""

    file: Name = Field(description="CSV or Parquet file inside the config's folder.")
    columns: dict[TableField, Name] = Field(
        {}, description="Column of each field; default the field's own name."
    )
    defaults: TableDefaults = Field(
        default_factory=TableDefaults, description="Values for fields without a column or with an empty cell."
    )
