"""Base of all sections, names, times, and faults that a section finds in itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
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

from computeplan.config.words import nearest

FAULT: Final = "fault"
"""Type of the errors that carry their own expectation and hint."""


class Section(BaseModel):
    """A part of the config: read-only, and no key but its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def fault(expected: str, hint: str = "", found: str = "") -> PydanticCustomError:
    """Return an error in words.

    Parameters
    ----------
    expected : str
        What should stand there.
    hint : str
        What to do about it.
    found : str
        What does, where the value itself does not say it.
    """
    context = {"expected": expected, "hint": hint, "found": found}
    return PydanticCustomError(FAULT, "expected {expected}; {hint}", context)


def fault_at(loc: Sequence[str | int], expected: str, hint: str = "", found: str = "") -> InitErrorDetails:
    """Return a fault of a value inside a section.

    Parameters
    ----------
    loc : sequence of str or int
        Path from the section to the value.
    expected, hint, found : str
        As in `fault`.
    """
    return InitErrorDetails(type=fault(expected, hint, found), loc=tuple(loc), input=None)


def raise_faults(section: Section, faults: Sequence[InitErrorDetails]) -> None:
    """Raise the faults that a section found in itself, if there are any."""
    if faults:
        raise ValidationError.from_exception_data(type(section).__name__, list(faults))


_UNSEEN = (
    r"\u0000-\u001f\u007f-\u009f\u00ad\u061c"
    r"\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
)
"""Control characters, and others that show nothing or turn the writing around: names end up in terminals,
spreadsheets and pages, where a person must see what is there."""

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


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        near = nearest(name, sorted(available_timezones()))
        hint = f"did you mean {near!r}?" if near else ""
        raise fault("an IANA time zone such as `Asia/Shanghai`", hint) from None
    return name


TimeZone = Annotated[Name, AfterValidator(cache(_time_zone))]
"""An IANA time zone."""

_LOCAL_TIME = "a local time such as `2026-03-02T00:00`"
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?")


def local_time(value: Any) -> datetime:
    """Read a local time.

    Parameters
    ----------
    value : str or datetime
        ISO 8601 without offset.

    Returns
    -------
    datetime
        Without time zone.
    """
    if isinstance(value, str) and _ISO.fullmatch(value.strip()):
        try:
            return datetime.fromisoformat(value.strip())
        except ValueError as error:
            raise fault(_LOCAL_TIME, str(error)) from None
    if isinstance(value, datetime) and value.tzinfo is None:
        return value
    raise fault(_LOCAL_TIME, "write date and time without offset; the horizon's time_zone applies")


LOCAL_TIME_TEXT: Final = {"type": "string", "pattern": f"^{_ISO.pattern}$", "examples": ["2026-03-02T00:00"]}
"""JSON Schema of a local time."""

LocalTime = Annotated[datetime, BeforeValidator(local_time), WithJsonSchema(LOCAL_TIME_TEXT)]
"""Local time in the horizon's time zone, without offset."""
