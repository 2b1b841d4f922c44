"""Base of all sections, names, times, and faults that a section finds in itself."""

from __future__ import annotations

import difflib
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

FAULT: Final = "fault"
"""Type of the errors that carry their own expectation and hint."""


class Section(BaseModel):
    """A part of the config: read-only, and no key but its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def fault(expected: str, hint: str = "") -> PydanticCustomError:
    """Return an error in words.

    Parameters
    ----------
    expected : str
        What should stand there.
    hint : str
        What to do about it.
    """
    return PydanticCustomError(FAULT, "expected {expected}; {hint}", {"expected": expected, "hint": hint})


def fault_at(loc: Sequence[str | int], value: object, expected: str, hint: str = "") -> InitErrorDetails:
    """Return a fault of a value inside a section.

    Parameters
    ----------
    loc : sequence of str or int
        Path from the section to the value.
    value : object
        The value found.
    expected, hint : str
        As in `fault`.
    """
    return InitErrorDetails(type=fault(expected, hint), loc=tuple(loc), input=value)


def raise_faults(section: Section, faults: Sequence[InitErrorDetails]) -> None:
    """Raise the faults that a section found in itself, if there are any."""
    if faults:
        raise ValidationError.from_exception_data(type(section).__name__, list(faults))


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return a hint that names the nearest known word, or all when they are few.

    Parameters
    ----------
    word : str
        The word found.
    known : sequence of str
        The words allowed.
    """
    close = difflib.get_close_matches(word, known, n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"known: {', '.join(known)}" if 0 < len(known) <= 20 else ""


Name = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200, pattern=r"^\S(?:.*\S)?$")]
"""A name: not empty, no blanks at its ends."""

PartName = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=200, pattern=r"^[^\s/*](?:[^/*]*[^\s/*])?$")
]
"""A name of which ``site/pool`` can be made: without ``/`` and ``*``."""

Whole = Annotated[int, Field(strict=True)]
"""A whole number."""


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        hint = did_you_mean(name, sorted(available_timezones()))
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
