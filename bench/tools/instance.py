"""The problem that every tool is given: arrays, the same for the same size and family.

Interactive demand of companies at ten sites with a capacity per hour. Work of a company costs as its kind
does at the site; a site's load costs its energy and its carbon. Family A has a carbon cap, family N has none.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

KINDS, SITES, SEED = 36, 10, 7


@dataclass(frozen=True)
class Instance:
    """Companies c, kinds k, sites s, hours t."""

    scale: np.ndarray
    """(c,) size of each company."""
    kind: np.ndarray
    """(c,) kind of each company's work."""
    profile: np.ndarray
    """(k, t) units busy for a company of size 1."""
    unit_cost: np.ndarray
    """(k, s) cost of a unit·h at each site."""
    capacity: np.ndarray
    """(s, t) units."""
    kwh: np.ndarray
    """(s,) energy of a unit·h."""
    price: np.ndarray
    """(s, t) price of a kWh."""
    carbon: np.ndarray
    """(s, t) kg per kWh."""
    carbon_price: float
    carbon_cap: float
    """kg over all hours; inf for no cap."""

    @property
    def shape(self) -> tuple[int, int, int]:
        return len(self.scale), *self.capacity.shape

    @property
    def demand(self) -> np.ndarray:
        return self.scale[:, None] * self.profile[self.kind]

    @property
    def work_cost(self) -> np.ndarray:
        """(c, s) cost of a unit·h of each company."""
        return self.unit_cost[self.kind]

    @property
    def load_kg(self) -> np.ndarray:
        return self.kwh[:, None] * self.carbon

    @property
    def load_cost(self) -> np.ndarray:
        return self.kwh[:, None] * self.price + self.carbon_price * self.load_kg

    @property
    def is_capped(self) -> bool:
        return bool(np.isfinite(self.carbon_cap))


def make(companies: int, hours: int, family: str) -> Instance:
    """Draw an instance; the families differ in the cap only."""
    rng = np.random.default_rng(SEED)
    scale, kind = rng.pareto(1.5, companies).clip(0.05, 50.0), np.arange(companies) % KINDS
    profile = 1 + 0.6 * np.sin(2 * np.pi * (np.arange(hours) / 24 + rng.random((KINDS, 1))))
    total = np.zeros(hours)
    for k in range(KINDS):
        total += scale[kind == k].sum() * profile[k]
    share = rng.dirichlet(np.full(SITES, 5.0))[:, None] * rng.uniform(1.6, 2.0, (SITES, hours))
    capacity, kwh = share * total, rng.uniform(1.1, 1.6, SITES)
    carbon = rng.uniform(0.1, 0.9, (SITES, hours))
    # Clean energy is dear, so that a cap binds.
    price = 1.2 - 0.8 * carbon + rng.uniform(0.0, 0.3, (SITES, hours))
    least = _least_carbon(total, capacity, kwh[:, None] * carbon)
    proportional = float((capacity / capacity.sum(axis=0) * total * kwh[:, None] * carbon).sum())
    return Instance(
        scale=scale,
        kind=kind,
        profile=profile,
        unit_cost=rng.uniform(0.0, 0.5, (KINDS, SITES)),
        capacity=capacity,
        kwh=kwh,
        price=price,
        carbon=carbon,
        carbon_price=0.1,
        carbon_cap=least + 0.6 * (proportional - least) if family == "A" else np.inf,
    )


def save(instance: Instance, path: Path) -> None:
    np.savez(path, **asdict(instance))


def load(path: str) -> Instance:
    with np.load(path) as file:
        return Instance(**{name: file[name] if file[name].ndim else float(file[name]) for name in file.files})


def _least_carbon(total: np.ndarray, capacity: np.ndarray, kg: np.ndarray) -> float:
    """Fill the cleanest site of each hour first."""
    order = np.argsort(kg, axis=0)
    room = np.take_along_axis(capacity, order, axis=0)
    before = np.cumsum(room, axis=0) - room
    used = np.clip(total - before, 0.0, room)
    return float((used * np.take_along_axis(kg, order, axis=0)).sum())
