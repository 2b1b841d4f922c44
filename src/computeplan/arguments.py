"""Checks what the functions of the interface are given: one error that names the argument.

A function says in its annotations what it takes. In Python nothing holds a call to them: the wrong thing
would fail somewhere inside, in words that nobody outside understands.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache, wraps
from numbers import Integral, Real
from pathlib import Path
from reprlib import Repr
from types import NoneType, SimpleNamespace, UnionType
from typing import Any, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from computeplan.errors import Fault, UsageError

Params = ParamSpec("Params")
Result = TypeVar("Result")

_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 60


def checked(function: Callable[Params, Result]) -> Callable[Params, Result]:
    """Make a function that raises UsageError for an argument that its annotations do not allow."""
    signature = inspect.signature(function)

    @wraps(function)
    def call(*args: Params.args, **kwargs: Params.kwargs) -> Result:
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError:  # Python says better what is wrong with the call
            given = {}
        if faults := list(_faults(_parameters(function), given)):
            raise UsageError.of(faults)
        return function(*args, **kwargs)

    return call


@cache
def _parameters(function: Callable[..., Any]) -> dict[str, Any]:
    """Resolve the annotations of parameters; what a function gives may be known to type checkers only."""
    stated = {name: text for name, text in function.__annotations__.items() if name != "return"}
    return get_type_hints(SimpleNamespace(__annotations__=stated), vars(sys.modules[function.__module__]))


def _faults(kinds: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[Fault]:
    for name, value in given.items():
        if name in kinds and not _fits(value, kinds[name]):
            yield Fault(name, _in_words(kinds[name]), _SHORT.repr(value))


def _fits(value: object, kind: Any) -> bool:
    """Whether a value is of a kind, as far as the interface uses kinds."""
    origin, inner = get_origin(kind) or kind, get_args(kind)
    if origin in _PLAIN:
        return _PLAIN[origin](value)
    if origin in _COMPOUND:
        return _COMPOUND[origin](value, inner)
    return value in list(origin) if _is_enum(origin) else isinstance(value, origin)


def _is_number(value: object, kind: type) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


_PLAIN: Mapping[Any, Callable[[Any], bool]] = {
    object: lambda _: True,
    bool: lambda value: isinstance(value, bool | np.bool_),
    int: lambda value: _is_number(value, Integral),
    float: lambda value: _is_number(value, Real),
    Path: lambda value: isinstance(value, os.PathLike),
    Callable: callable,
}


def _is_list(value: Any, inner: tuple[Any, ...]) -> bool:
    """Whether it is a list, a tuple, a set or an array, of what fits; not a string."""
    is_list = isinstance(value, Collection) and not isinstance(value, str | bytes | Mapping)
    return is_list and all(_fits(each, inner[0]) for each in value)


def _is_mapping(value: Any, inner: tuple[Any, Any]) -> bool:
    is_mapping = isinstance(value, Mapping)
    return is_mapping and all(_fits(key, inner[0]) and _fits(each, inner[1]) for key, each in value.items())


def _is_tuple(value: Any, inner: tuple[Any, ...]) -> bool:
    return isinstance(value, tuple | list) and len(value) == len(inner) and all(map(_fits, value, inner))


def _is_any(value: Any, inner: tuple[Any, ...]) -> bool:
    return any(_fits(value, each) for each in inner)


_COMPOUND: Mapping[Any, Callable[[Any, Any], bool]] = {
    Union: _is_any,
    UnionType: _is_any,
    Sequence: _is_list,
    Mapping: _is_mapping,
    tuple: _is_tuple,
}

_NAMES: dict[Any, str] = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "True or False",
    Path: "a path",
}
_NAMES |= {NoneType: "None", Callable: "a callable"}
_PLURALS = {str: "strings", int: "whole numbers", float: "numbers", Path: "paths"}


def _in_words(kind: Any) -> str:
    """Say what fits."""
    origin, inner = get_origin(kind) or kind, get_args(kind)
    if origin in (Union, UnionType):
        # A name that a string may be is no kind of its own.
        *others, last = [_in_words(each) for each in inner if not (str in inner and _is_enum(each))]
        return f"{', '.join(others)} or {last}" if others else last
    if origin in (Sequence, Mapping):
        return f"a {'list' if origin is Sequence else 'mapping'} of {_plural(inner[0])}"
    if _is_enum(origin):
        return f"one of {', '.join(origin)}"
    name = origin.__name__
    return _NAMES.get(origin, f"{'an' if name[0] in 'AEIOU' else 'a'} {name}")


def _plural(kind: Any) -> str:
    return " or ".join(_PLURALS[each] for each in get_args(kind) or (kind,) if each in _PLURALS)


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, StrEnum)
