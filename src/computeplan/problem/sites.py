"""Sites, hardware, capacity pools and caps over groups of pools."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Annotated

import numpy as np

from computeplan.problem.arrays import Bools, Floats, Ints, ReadOnlyArrays
from computeplan.problem.fields import factor, flag, index, limit, price


class Term(IntEnum):
    """Commercial term of a pool."""

    OWNED = 0
    ON_DEMAND = 1
    RESERVED = 2


class CapMeasure(StrEnum):
    """What a cap over a group of pools limits."""

    UNITS = "units"
    POWER = "power"


@dataclass(frozen=True, eq=False)
class Sites(ReadOnlyArrays):
    """Sites *s*."""

    names: tuple[str, ...]
    zone: Annotated[Ints, index("S")]
    pue: Annotated[Floats, factor("ST", "kWh/kWh")]
    """Facility energy over IT energy."""
    water_l_per_it_kwh: Annotated[Floats, factor("ST", "l/kWh")]
    is_optional: Annotated[Bools, flag("S")]
    """Whether the plan decides if the site is open; a closed one has no units and does no work."""
    opening_price: Annotated[Floats, price("S", "money")]
    """Of an optional site that is open, over the time that the horizon stands for."""
    labels: Annotated[Bools, flag("SA")]
    """Labels that the site provides."""
    security: Annotated[Ints, factor("S", "level")]
    """Security level that the site is filed at."""
    label_names: tuple[str, ...]

    @property
    def size(self) -> int:
        """Number of sites S."""
        return len(self.names)


@dataclass(frozen=True, eq=False)
class HardwareKinds(ReadOnlyArrays):
    """Kinds of hardware *h* and what they do for each kind of workload."""

    names: tuple[str, ...]
    kind_names: tuple[str, ...]
    """Kinds of workload."""
    efficiency: Annotated[Floats, factor("IH", "unit·h/h")]
    """Work done by one hardware unit; 0 where the hardware cannot run the kind."""
    idle_kw: Annotated[Floats, factor("H", "kW")]
    """IT power of one idle unit."""
    busy_kw: Annotated[Floats, factor("H", "kW")]
    """IT power of one busy unit."""


@dataclass(frozen=True, eq=False)
class Pools(ReadOnlyArrays):
    """Capacity pools *p*: one kind of hardware at one site under one term."""

    names: tuple[str, ...]
    """``site/pool``."""
    owners: tuple[str, ...]
    """(P,) who earns the rent of the pool where it is scarce; empty: the operator."""
    site: Annotated[Ints, index("P")]
    hardware: Annotated[Ints, index("P")]
    term: Annotated[Ints, index("P")]
    """Values of `Term`."""
    min_units: Annotated[Floats, limit("P", "unit")]
    """Owned: the units there. Reserved: the least booked. On-demand: 0."""
    max_units: Annotated[Floats, limit("P", "unit")]
    """Owned: the units there. Reserved: the most booked. On-demand: the most rented. inf without limit."""
    availability: Annotated[Floats, factor("PT")]
    """Share of the units that can be used."""
    price: Annotated[Floats, price("PT", "money/(unit·h)")]
    """Of units used (owned, on-demand) or booked (reserved)."""
    max_new_units: Annotated[Floats, limit("P", "unit")]
    """Most units that the plan can add to an owned pool; 0 where it cannot."""
    step_units: Annotated[Floats, limit("P", "unit")]
    """Units chosen (booked, new, or on-demand in each period) are a multiple of this; 0: any amount.
    On-demand units in steps are paid whether busy or not."""
    new_unit_price: Annotated[Floats, price("P", "money/unit")]
    """Over the time that the horizon stands for."""
    new_unit_kg: Annotated[Floats, factor("P", "kg/unit")]
    """Embodied emissions of a new unit, over the time that the horizon stands for."""

    @property
    def size(self) -> int:
        """Number of pools P."""
        return len(self.names)

    @cached_property
    def place(self) -> Ints:
        """(P,) number of the pool's site and hardware together; pools that differ in term only share it."""
        _, place = np.unique(np.stack((self.site, self.hardware)), axis=1, return_inverse=True)
        return place.reshape(-1)

    @property
    def rents_in_steps(self) -> Bools:
        """(P,) on-demand pools whose units are rented in steps."""
        in_steps: Bools = (self.term == Term.ON_DEMAND) & (self.step_units > 0)
        return in_steps

    @property
    def most_units(self) -> Floats:
        """(P,) most units there can be, with all that can be added."""
        return self.max_units + self.max_new_units


@dataclass(frozen=True, eq=False)
class Caps(ReadOnlyArrays):
    """Caps over groups of pools *g*."""

    names: tuple[str, ...]
    measure: tuple[CapMeasure, ...]
    """``units``: Σ weight × units, counted as used (owned, on-demand: load / Δ) or booked (reserved).
    ``power``: Σ weight × facility power (IT power × PUE), kW."""
    weight: Annotated[Floats, factor("GP")]
    """0 where the pool is not in the group."""
    limit: Annotated[Floats, limit("GT", "unit or kW")]

    @property
    def size(self) -> int:
        """Number of caps G."""
        return len(self.names)
