"""One change of a config: ``path=value``, ``path*=factor`` or ``path+=amount``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from computeplan.config.arithmetic import is_quantity, multiplied, shifted
from computeplan.config.paths import matches
from computeplan.config.places import SET, dotted, value_at
from computeplan.config.units import DEFAULT_CURRENCY
from computeplan.config.words import shown_value
from computeplan.config.yaml_builder import Keys
from computeplan.config.yaml_source import parse_document
from computeplan.errors import ConfigError, Fault

DEMAND = "demand"
"""Stands for all work of all workloads."""
DEMAND_SCALE = "demand_scale"


class Operator(StrEnum):
    """What a change does to the value that is there."""

    SET = "="
    MULTIPLY = "*="
    ADD = "+="


@dataclass(frozen=True)
class Change:
    """A change of every value that a path leads to.

    Attributes
    ----------
    path : str
        Dotted; ``*`` in a part stands for any text. ``demand`` stands for all work.
    operator : Operator
    value : object
        Plain data; for a factor or an amount a number or a quantity.
    """

    path: str
    operator: Operator
    value: Any

    def on(self, data: dict[str, Any]) -> list[tuple[Keys, Any]]:
        """Return the new value of every path.

        Parameters
        ----------
        data : dict
            The config; it is not changed.

        Raises
        ------
        ConfigError
            If nothing is there to change, or it is no number.
        """
        found = matches(self.path, data)
        if self.path == DEMAND and DEMAND not in data and self.operator is Operator.MULTIPLY:
            found, data = [(DEMAND_SCALE,)], {DEMAND_SCALE: 1.0, **data}
        if self.operator is Operator.SET:
            if not found:
                raise self._nothing_there()
            return [(keys, self.value) for keys in found]
        there = [keys for keys in found if value_at(data, keys) is not None]
        if not there:
            raise self._nothing_there()
        return [(keys, self._computed(value_at(data, keys), keys, data)) for keys in there]

    def _nothing_there(self) -> ConfigError:
        hint = "" if "*" in self.path else "only what the config states can be changed; set it with `=`"
        return ConfigError([Fault(self.path, "a path to a value of the config", "nothing there", hint, SET)])

    def _computed(self, old: Any, keys: Keys, data: dict[str, Any]) -> Any:
        try:
            if self.operator is Operator.MULTIPLY:
                return multiplied(old, self.value)
            return shifted(old, self.value, str(data.get("currency", DEFAULT_CURRENCY)))
        except ValueError as error:
            verb = "multiply" if self.operator is Operator.MULTIPLY else "shift"
            expected = f"a number or a series to {verb} by {self.value}"
            raise ConfigError([Fault(dotted(keys), expected, shown_value(old), str(error), SET)]) from None


def read_change(text: str) -> Change:
    """Read one change.

    Parameters
    ----------
    text : str
        ``path=value`` with the value in YAML, null to remove the key; or ``path*=1.2``, ``path+=0.1``.

    Raises
    ------
    ConfigError
        If it is none.
    """
    path, operator, written = split_change(text)
    if not operator or not all(path.split(".")):
        hint = "such as `--set sites.hami.pue=1.2`"
        raise ConfigError([Fault("", "path=value", repr(text), hint, SET)])
    if not written.strip():
        raise ConfigError([Fault(path, "a value after `=`", "nothing", "write null to remove a key", SET)])
    try:
        value = parse_document(written, SET).data
    except ConfigError as error:
        wrong = [Fault(path, fault.expected, fault.found, fault.hint, SET) for fault in error.faults]
        raise ConfigError(wrong) from None
    check_operand(path, Operator(operator), value)
    return Change(path, Operator(operator), value)


def split_change(text: str) -> tuple[str, str, str]:
    """Split a change into path, operator and the text behind it.

    Parameters
    ----------
    text : str

    Returns
    -------
    str, str, str
        The operator is empty where there is none.
    """
    path, equals, written = text.partition("=")
    operator = equals
    for sign in "*+":
        if path.endswith(sign):
            path, operator = path[:-1], f"{sign}{equals}"
            break
    return path.strip(), operator if equals else "", written


def check_operand(path: str, operator: Operator, value: Any) -> None:
    """Make sure that one can multiply by a value, or add it.

    Parameters
    ----------
    path : str
    operator : Operator
    value : object

    Raises
    ------
    ConfigError
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if operator is Operator.MULTIPLY and not is_number:
        raise ConfigError([Fault(path, "a factor, such as `*=1.2`", shown_value(value), "", SET)])
    if operator is Operator.ADD and not (is_number or is_quantity(value)):
        raise ConfigError(
            [Fault(path, "an amount, such as `+=0.1` or `+=20 ms`", shown_value(value), "", SET)]
        )
