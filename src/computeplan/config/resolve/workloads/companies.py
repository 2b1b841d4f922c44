"""Companies of a population, and which workloads they have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.config.resolve.faults import Faults
from computeplan.config.resolve.workloads.draws import uniform
from computeplan.config.resolve.workloads.sizes import quantiles
from computeplan.config.schema.population import Archetype, Population
from computeplan.problem import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class DrawnCompanies:
    """Companies, tier by tier.

    Attributes
    ----------
    population : Population
        What they are drawn from.
    tier : (N,)
        Index of each company's tier.
    size : (N,)
        Size of each company.
    """

    population: Population
    tier: Ints
    size: Floats

    def names(self) -> tuple[str, ...]:
        """Names after the population's pattern; numbers count from 1 in each tier."""
        pattern = self.population.name
        return tuple(
            pattern.format(tier=name, number=number)
            for name, tier in self.population.tiers.items()
            for number in range(1, tier.companies + 1)
        )

    def tiers(self) -> tuple[str, ...]:
        """Tier of each company."""
        names = list(self.population.tiers)
        return tuple(names[tier] for tier in self.tier.tolist())

    def draw(self, archetype: str, what: str) -> Floats:
        """(N,) uniform draws, one a company, for one use."""
        population = self.population
        return np.concatenate(
            [
                uniform(population.seed, tier.companies, name, archetype, what)
                for name, tier in population.tiers.items()
            ]
        )

    def have(self) -> Bools:
        """(N, A) which archetypes each company has: at least one."""
        archetypes = self.population.archetypes
        chance = np.stack([self._chance(archetype) for archetype in archetypes.values()], axis=1)
        has = np.stack([self.draw(name, "chance") for name in archetypes], axis=1) < chance
        lonely = np.flatnonzero(~has.any(axis=1))
        has[lonely, chance[lonely].argmax(axis=1)] = True
        return has

    def _chance(self, archetype: Archetype) -> Floats:
        chance = archetype.chance
        by_tier = [chance[name] if isinstance(chance, dict) else chance for name in self.population.tiers]
        return np.array(by_tier)[self.tier]


def draw_companies(population: Population, faults: Faults) -> DrawnCompanies | None:
    """Draw the sizes of all companies.

    Parameters
    ----------
    population : Population
    faults : Faults
        Receives sizes that cannot share the work.

    Returns
    -------
    DrawnCompanies or None
        None after a fault.
    """
    sizes = []
    for name, tier in population.tiers.items():
        with np.errstate(over="ignore"):
            size = quantiles(tier.size, uniform(population.seed, tier.companies, name))
        if not np.isfinite(size).all() or size.sum() <= 0:
            found = f"{size.min():g} to {size.max():g}"
            faults.add(f"population.tiers.{name}.size", "a law of finite sizes above 0", found)
            return None
        sizes.append(size)
    counts = [tier.companies for tier in population.tiers.values()]
    return DrawnCompanies(population, np.repeat(np.arange(len(counts)), counts), np.concatenate(sizes))
