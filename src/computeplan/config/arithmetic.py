"""Factors and amounts on values as a config writes them: numbers, quantities and series."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from computeplan.config.units import NUMBER, UNIT, UnitError, factor_between

_QUANTITY = re.compile(rf"\s*(?P<number>{NUMBER})\s*(?P<unit>{UNIT})\s*")
_BY_REFERENCE = ("series", "file")
"""Forms of a series that carry a factor of their own."""


def multiplied(value: Any, factor: float) -> Any:
    """Multiply a value.

    Parameters
    ----------
    value : object
        A number, a quantity with its unit, a list of them, or a series in any form.
    factor : float

    Returns
    -------
    object
        In the form of `value`.

    Raises
    ------
    ValueError
        With a hint, where it is nothing of that.
    """
    if isinstance(value, dict) and any(key in value for key in _BY_REFERENCE):
        return {**value, "scale": _on_number(value.get("scale", 1.0), lambda scale: scale * factor)}
    return _on_each(value, lambda each: _scaled(each, factor))


def shifted(value: Any, amount: float | str, currency: str) -> Any:
    """Add an amount to a value.

    Parameters
    ----------
    value : object
        As in `multiplied`, but no series in a file or by name.
    amount : float or str
        A number for a value without unit, a quantity for a value with one.
    currency : str
        Code of the config's currency.

    Raises
    ------
    ValueError
        With a hint, where it cannot be added.
    """
    if isinstance(value, dict) and any(key in value for key in _BY_REFERENCE):
        raise ValueError("a series by name or in a file can be multiplied, not shifted")
    return _on_each(value, lambda each: _sum(each, amount, currency))


def is_quantity(value: Any) -> bool:
    """Return whether a value is text with a number and a unit."""
    return isinstance(value, str) and split_quantity(value) is not None


def split_quantity(text: str) -> tuple[float, str] | None:
    """Split text into number and unit; None where it is no quantity.

    Parameters
    ----------
    text : str
        Such as ``0.36 CNY/kWh``.
    """
    match = _QUANTITY.fullmatch(text)
    return (float(match["number"]), match["unit"]) if match else None


def _on_each(value: Any, change: Callable[[Any], Any]) -> Any:
    """Change every number that a value contains."""
    if isinstance(value, list):
        return [change(each) for each in value]
    if isinstance(value, dict) and isinstance(value.get("tariff"), dict):
        tariff = value["tariff"]
        prices = {name: change(price) for name, price in dict(tariff.get("prices") or {}).items()}
        return {**value, "tariff": {**tariff, "prices": prices}}
    if isinstance(value, dict) and isinstance(value.get("day"), dict):
        return {**value, "day": _day(value["day"], change)}
    return change(value)


def _day(day: dict[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    if day.get("normalize", "none") != "none":
        raise ValueError("a normalized day has a fixed size; change the `scale` of what refers to it")
    hours = {part: day[part] for part in ("weekday", "weekend") if isinstance(day.get(part), list)}
    return {**day, **{part: [change(each) for each in values] for part, values in hours.items()}}


def _scaled(value: Any, factor: float) -> Any:
    quantity = split_quantity(value) if isinstance(value, str) else None
    if quantity:
        number, unit = quantity
        return f"{number * factor!r} {unit}"
    return _on_number(value, lambda number: number * factor)


def _sum(value: Any, amount: float | str, currency: str) -> Any:
    quantity = split_quantity(value) if isinstance(value, str) else None
    added = split_quantity(amount) if isinstance(amount, str) else None
    if quantity and added:
        return f"{quantity[0] + _converted(added, quantity[1], currency)!r} {quantity[1]}"
    if quantity:
        raise ValueError(f"the value has a unit, so the amount needs one: `+={amount} {quantity[1]}`")
    if added:
        raise ValueError("the value has no unit, so the amount must be a plain number in the documented unit")
    return _on_number(value, lambda number: number + float(amount))


def _converted(added: tuple[float, str], unit: str, currency: str) -> float:
    """Convert an amount into a unit."""
    try:
        return float(added[0] * factor_between(added[1], unit, currency))
    except UnitError as error:
        raise ValueError(error.hint) from None


def _on_number(value: Any, change: Callable[[float], float]) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("name a single value or a series with the path")  # noqa: TRY004 - one kind for all
    return change(float(value))
