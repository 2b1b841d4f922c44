"""The section `sweep`: what varies, and how."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from computeplan.config.changes import Operator
from computeplan.config.schema.base import Name, Settings, Whole, fault, fault_at, raise_faults
from computeplan.config.variation import Spec, SpecError, Variation, check_variation, read_spec
from computeplan.errors import ConfigError

Design = Literal["grid", "one-at-a-time", "latin-hypercube", "monte-carlo"]
"""How the points of a sweep are chosen."""

_SPEC_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "number"},
        {"type": "string"},
        {"type": "array", "minItems": 1},
    ],
    "examples": ["0.8:1.4:7", [40, 80, 160], "triangular(0.9, 1, 1.3)"],
}


def _spec(value: Any) -> Spec:
    try:
        return read_spec(value)
    except SpecError as error:
        raise fault(error.expected, error.hint) from None


SpecField = Annotated[Any, BeforeValidator(_spec), WithJsonSchema(_SPEC_SCHEMA)]
"""Values: a list, a range ``from:to:count``, an interval ``from:to``, or a distribution."""


_OPERATORS = {"set": Operator.SET, "multiply": Operator.MULTIPLY, "add": Operator.ADD}


class Varied(Settings):
    """Values of the config that vary together: exactly one of `set`, `multiply` and `add`."""

    path: Name = Field(
        description="Path of the value, such as `sites.hami.pue`; `*` in a part stands for any text "
        "and `demand` for all work."
    )
    set: SpecField = Field(None, description="Values of the setting.")
    multiply: SpecField = Field(None, description="Factors on the config's value.")
    add: SpecField = Field(None, description="Amounts added to the config's value.")

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        given = [key for key in _OPERATORS if getattr(self, key) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise_faults(self, [fault_at((), "one of `set`, `multiply` and `add`", found=found)])
        if not all(self.path.split(".")):
            raise_faults(self, [fault_at(("path",), "a dotted path, such as `sites.hami.pue`")])
        try:
            check_variation(self.variation)
        except ConfigError as error:
            wrong = error.faults[0]
            raise_faults(self, [fault_at(given, wrong.expected, wrong.hint, wrong.found)])
        return self

    @property
    def variation(self) -> Variation:
        """Path, operator and values."""
        key = next(key for key in _OPERATORS if getattr(self, key) is not None)
        return Variation(self.path, _OPERATORS[key], getattr(self, key))


class SweepSection(Settings):
    """What `computeplan sweep` varies when its command line does not say."""

    design: Design = Field(
        "grid",
        description="`grid`: all combinations; `one-at-a-time`: each value alone, the others as in the "
        "config; `latin-hypercube` and `monte-carlo`: random points.",
    )
    vary: tuple[Varied, ...] = Field((), description="What varies.")
    scenarios: tuple[Name, ...] = Field(
        (),
        description="Scenarios, one more dimension of the sweep; `base` is the file without a scenario.",
    )
    points: Name | None = Field(
        None,
        description="CSV file inside the config's folder, one row a point, instead of `vary`; columns are "
        "paths, `PATH*` for factors, `PATH+` for amounts, and `scenario`.",
    )
    samples: Annotated[Whole, Field(ge=1, le=20_000)] | None = Field(
        None, description="Number of points of a random design; default 100."
    )
    seed: Annotated[Whole, Field(ge=0, lt=2**32)] = Field(0, description="Seed of a random design.")

    @model_validator(mode="after")
    def _varies_something(self) -> Self:
        if not self.vary and not self.scenarios and self.points is None:
            raise_faults(self, [fault_at((), "`vary`, `scenarios` or `points`", found="none of them")])
        if self.points is not None and (self.vary or self.scenarios):
            expected = "either `points`, or `vary` and `scenarios`"
            raise_faults(self, [fault_at(("points",), expected, found="both")])
        return self
