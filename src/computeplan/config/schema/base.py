"""Base of all sections, names, times, and faults that a section finds in itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from computeplan.text import nearest

FAULT: Final = "fault"
"""Type of the errors that carry their own expectation and hint."""


class Settings(BaseModel):
    """A part of the config: read-only, and no key but its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


def fault(expected: str, hint: str = "", found: str = "") -> PydanticCustomError:
    """Return a validation error in plain words: what should be there, and what to do about it.

    `found`: what is there, if the value itself does not show it.
    """
    context = {"expected": expected, "hint": hint, "found": found}
    return PydanticCustomError(FAULT, "expected {expected}; {hint}", context)


def fault_at(loc: Sequence[str | int], expected: str, hint: str = "", found: str = "") -> InitErrorDetails:
    """Return a fault of a value inside a section, at a path from the section; otherwise as `fault`."""
    return InitErrorDetails(type=fault(expected, hint, found), loc=tuple(loc), input=None)


def raise_faults(section: Settings, faults: Sequence[InitErrorDetails]) -> None:
    """Raise the faults that a section found in itself, if any."""
    if faults:
        raise ValidationError.from_exception_data(type(section).__name__, list(faults))


_UNSEEN = (
    r"\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb"
)
"""Control characters, and others that are invisible or change the direction of writing."""

NAME_PATTERN: Final = rf"^[^\s{_UNSEEN}](?:[^{_UNSEEN}]*[^\s{_UNSEEN}])?$"
PART_NAME_PATTERN: Final = rf"^[^\s/*{_UNSEEN}](?:[^/*{_UNSEEN}]*[^\s/*{_UNSEEN}])?$"
MOST_NAME_LENGTH: Final = 200

Name = Annotated[str, StringConstraints(strict=True, max_length=MOST_NAME_LENGTH, pattern=NAME_PATTERN)]
"""A name: one line, not empty, no blanks at its ends."""

PartName = Annotated[
    str, StringConstraints(strict=True, max_length=MOST_NAME_LENGTH, pattern=PART_NAME_PATTERN)
]
"""A name of which ``site/pool`` can be made: without ``/`` and ``*``."""

NAMES: Final = "names"
"""Keyword of the JSON Schema that says what a name is the name of."""

ZoneName = Annotated[Name, Field(json_schema_extra={NAMES: "zone"})]
SeriesName = Annotated[Name, Field(json_schema_extra={NAMES: "series"})]
HardwareName = Annotated[Name, Field(json_schema_extra={NAMES: "hardware"})]
SiteName = Annotated[Name, Field(json_schema_extra={NAMES: "site"})]
PoolPattern = Annotated[Name, Field(json_schema_extra={NAMES: "pool"})]
Label = Annotated[Name, Field(json_schema_extra={NAMES: "label"})]
Kind = Annotated[Name, Field(json_schema_extra={NAMES: "kind"})]

Whole = Annotated[int, Field(strict=True)]
"""A whole number."""

Level = Annotated[int, Field(strict=True, ge=0, le=1000)]
"""A security level."""


_COMMON_ZONES = {
    **dict.fromkeys(("CST", "BEIJING", "ASIA/BEIJING", "CHINA", "+8", "+08:00"), "Asia/Shanghai"),
    **dict.fromkeys(("UTC+8", "UTC+08:00", "GMT+8", "GMT+08:00"), "Asia/Shanghai"),
    **dict.fromkeys(("PST", "PDT"), "America/Los_Angeles"),
    **dict.fromkeys(("EDT", "ET"), "America/New_York"),
    **dict.fromkeys(("AEST", "AEDT"), "Australia/Sydney"),
    "CDT": "America/Chicago", "MDT": "America/Denver", "BST": "Europe/London", "CEST": "Europe/Berlin",
    "IST": "Asia/Kolkata", "JST": "Asia/Tokyo", "KST": "Asia/Seoul", "HKT": "Asia/Hong_Kong",
    "SGT": "Asia/Singapore", "Z": "UTC",
}  # fmt: skip
"""Zones that abbreviations and offsets are most often meant for."""


A_TIME_ZONE = "an IANA time zone such as `Asia/Shanghai`"


def _city(name: str) -> str | None:
    """Return the zone with the nearest name; abbreviations are near too many."""
    is_short = re.fullmatch(r"[A-Z]{1,5}|.*\d.*", name)
    return None if is_short else nearest(name, sorted(available_timezones()))


def time_zone_hint(name: str) -> str | None:
    """Return nothing if there is such a time zone, else a hint at the one meant, which may be empty."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        near = _COMMON_ZONES.get(name.upper()) or _city(name)
        return f"did you mean {near!r}?" if near else ""
    return None


def _time_zone(name: str) -> str:
    hint = time_zone_hint(name)
    if hint is not None:
        raise fault(A_TIME_ZONE, hint)
    return name


TimeZone = Annotated[Name, AfterValidator(cache(_time_zone))]
"""An IANA time zone."""

_LOCAL_TIME = "a local time such as `2026-03-02T00:00`"
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.0+)?)?)?")


def local_time(value: Any) -> datetime:
    """Read a local time in ISO 8601, without offset."""
    if isinstance(value, str) and _ISO.fullmatch(value.strip()):
        day, at, clock = value.strip().upper().replace(" ", "T").partition("T")
        clock = clock.partition(".")[0]
        is_end = clock.replace(":00", "") == "24"
        try:
            moment = datetime.fromisoformat(f"{day}{at}{'00:00' if is_end else clock}")
            return moment + timedelta(days=is_end)
        except (ValueError, OverflowError) as error:
            raise fault(_LOCAL_TIME, str(error)) from None
    if isinstance(value, datetime) and value.tzinfo is None:
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    raise fault(_LOCAL_TIME, "write date and time without offset; the horizon's time_zone applies")


LOCAL_TIME_TEXT: Final = {"type": "string", "pattern": f"^{_ISO.pattern}$", "examples": ["2026-03-02T00:00"]}
"""JSON Schema of a local time."""

LocalTime = Annotated[datetime, BeforeValidator(local_time), WithJsonSchema(LOCAL_TIME_TEXT)]
"""Local time in the horizon's time zone, without offset."""
