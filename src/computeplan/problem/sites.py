"""Sites, hardware, capacity pools and caps over groups of pools."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
import numpy.typing as npt

from computeplan.problem.arrays import Bools, Floats, Ints, ReadOnlyArrays


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
    """Sites *s*.

    Attributes
    ----------
    names : tuple of str
    zone : (S,)
        Zone of the site.
    pue : (S, T)
        Facility energy over IT energy.
    water_l_per_it_kwh : (S, T)
        Water used for a kWh of IT energy.
    is_optional : (S,)
        Whether the plan decides if the site is open; a closed one has no units and does no work.
    opening_price : (S,)
        Currency for an optional site that is open, over the time that the horizon stands for.
    labels : (S, B)
        Labels that the site provides.
    security : (S,)
        Security level that the site is filed at.
    label_names : tuple of str
        Names of the B labels.
    """

    names: tuple[str, ...]
    zone: Ints
    pue: Floats
    water_l_per_it_kwh: Floats
    is_optional: Bools
    opening_price: Floats
    labels: Bools
    security: Ints
    label_names: tuple[str, ...]

    @property
    def size(self) -> int:
        """Number of sites S."""
        return len(self.names)


@dataclass(frozen=True, eq=False)
class Hardware(ReadOnlyArrays):
    """Kinds of hardware *h* and what they do for each kind of workload.

    Attributes
    ----------
    names : tuple of str
    kind_names : tuple of str
        Kinds of workload.
    efficiency : (kinds, H)
        Work done per hardware unit (unit·h per h); 0 where the hardware cannot run the kind.
    idle_kw, busy_kw : (H,)
        IT power of one unit.
    """

    names: tuple[str, ...]
    kind_names: tuple[str, ...]
    efficiency: Floats
    idle_kw: Floats
    busy_kw: Floats


@dataclass(frozen=True, eq=False)
class Pools(ReadOnlyArrays):
    """Capacity pools *p*: one kind of hardware at one site under one term.

    Attributes
    ----------
    names : tuple of str
        ``site/pool``.
    site, hardware : (P,)
    term : (P,)
        Values of `Term`.
    min_units, max_units : (P,)
        Owned: both are the units there. Reserved: bounds of the booked level. On-demand: 0 and the
        most that can be rented; inf where there is no limit.
    availability : (P, T)
        Share of the units that can be used.
    price : (P, T)
        Currency per unit·h: used (owned, on-demand) or booked (reserved).
    max_new_units : (P,)
        Most units that the plan can add to an owned pool; 0 where it cannot.
    step_units : (P,)
        Units chosen (booked, new, or on-demand in each period) are a multiple of this; 0: any amount.
        On-demand units in steps are paid whether busy or not.
    new_unit_price, new_unit_kg : (P,)
        Currency and embodied emissions of a new unit, over the time that the horizon stands for.
    """

    names: tuple[str, ...]
    site: Ints
    hardware: Ints
    term: npt.NDArray[np.int64]
    min_units: Floats
    max_units: Floats
    availability: Floats
    price: Floats
    max_new_units: Floats
    step_units: Floats
    new_unit_price: Floats
    new_unit_kg: Floats

    @property
    def size(self) -> int:
        """Number of pools P."""
        return len(self.names)

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
    """Caps over groups of pools *g*.

    Attributes
    ----------
    names : tuple of str
    measure : tuple of CapMeasure
        ``units``: Σ weight × units, counted as used (owned, on-demand: load / Δ) or booked (reserved).
        ``power``: Σ weight × facility power (IT power × PUE), kW.
    weight : (G, P)
        0 where the pool is not in the group.
    limit : (G, T)
        Units or kW.
    """

    names: tuple[str, ...]
    measure: tuple[CapMeasure, ...]
    weight: Floats
    limit: Floats

    @property
    def size(self) -> int:
        """Number of caps G."""
        return len(self.names)
