"""Draws the workloads of a population, and gives each its share of the total demand."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np

from computeplan import memory
from computeplan.config.context import Context
from computeplan.config.names import NameIndex
from computeplan.config.resolve.workloads.arrays import Coded, Jobs, WorkloadArrays
from computeplan.config.resolve.workloads.windows import (
    Moments,
    block_weight,
    horizon_end_h,
    lay_windows,
)
from computeplan.config.schema.population import (
    Archetype,
    Choose,
    ConstantLaw,
    Law,
    LognormalLaw,
    ParetoLaw,
    Population,
)
from computeplan.config.schema.workloads import NUMBER_FIELDS
from computeplan.config.series.reader import SeriesReader, scale_to_mean_one
from computeplan.errors import Faults
from computeplan.problem import Bools, Floats, Ints


def uniform(seed: int, size: int, *what: str) -> Floats:
    """(size,) numbers from [0, 1); the stream depends on the names of what is drawn and nothing else."""
    digest = hashlib.sha256("\0".join(what).encode()).digest()
    sequence = np.random.SeedSequence([seed, int.from_bytes(digest[:16], "big")])
    return np.random.Generator(np.random.PCG64(sequence)).random(size)


def pick(chances: Sequence[float], draws: Floats) -> Ints:
    """(n,) index of the option that each uniform draw picks, never one of chance 0.

    `chances`: of the options; they add up to 1.
    """
    edges = np.cumsum(chances)
    last = int(np.flatnonzero(chances).max())
    picked: Ints = np.minimum(np.searchsorted(edges, draws, side="right"), last)
    return picked


_NORMAL = NormalDist()
_LEAST, _MOST = 1e-300, 1 - 2.0**-53
"""Probabilities between which the normal distribution has finite quantiles."""


def quantiles(law: Law, chance: Floats) -> Floats:
    """(n,) quantiles of a distribution of sizes, within its bounds, at probabilities in [0, 1)."""
    if isinstance(law, ConstantLaw):
        return np.full(len(chance), law.value)
    if isinstance(law, ParetoLaw):
        reach = 1 - (law.min / law.max) ** law.alpha
        sizes: Floats = law.min * (1 - chance * reach) ** (-1 / law.alpha)
        return np.minimum(sizes, law.max)
    if isinstance(law, LognormalLaw):
        return _lognormal(law, chance)
    return law.min + (law.max - law.min) * chance


def _lognormal(law: LognormalLaw, chance: Floats) -> Floats:
    low = 0.0 if law.min is None else law.min
    high = np.inf if law.max is None else law.max
    below, above = _below(law, low), _below(law, high)
    share = np.clip(below + (above - below) * chance, _LEAST, _MOST)
    normal = np.array([_NORMAL.inv_cdf(p) for p in share.tolist()])
    return np.minimum(np.maximum(np.exp(law.mu + law.sigma * normal), low), high)


def _below(law: LognormalLaw, size: float) -> float:
    """Return the probability that the untruncated distribution is below a size."""
    if size <= 0 or law.sigma == 0:
        return float(math.exp(law.mu) < size)
    return _NORMAL.cdf((math.log(size) - law.mu) / law.sigma)


@dataclass(frozen=True, eq=False)
class DrawnCompanies:
    """(N,) tiers and sizes of companies, tier by tier."""

    population: Population
    tier: Ints
    size: Floats

    def names(self) -> tuple[str, ...]:
        """Return names by the population's pattern, numbered from 1 in each tier."""
        pattern = self.population.name
        return tuple(
            pattern.format(tier=name, number=number)
            for name, tier in self.population.tiers.items()
            for number in range(1, tier.companies + 1)
        )

    def tiers(self) -> tuple[str, ...]:
        """Return the tier of each company."""
        return tuple(name for name, tier in self.population.tiers.items() for _ in range(tier.companies))

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
    """Draw the sizes of all companies; None after a fault: sizes that cannot share the work."""
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


class Drawable(NamedTuple):
    """A value that a field may have, its path in the config, and its chance."""

    value: Any
    path: str
    chance: float


def options_of(setting: Any, path: str) -> list[Drawable]:
    """List the options of a field that is given or drawn."""
    if isinstance(setting, Choose):
        return [Drawable(o.value, f"{path}.choose.{i}.value", o.chance) for i, o in enumerate(setting.choose)]
    return [Drawable(setting, path, 1.0)]


@dataclass(frozen=True, eq=False)
class Rows:
    """Workloads of a population, company by company."""

    companies: DrawnCompanies
    names: tuple[str, ...]
    """Of the archetypes."""
    company: Ints
    archetype: Ints
    """(n,) indices of each workload."""

    def of_archetype(self, values: Iterable[float]) -> Floats:
        """(n,) value of each workload's archetype."""
        by_archetype: Floats = np.array(list(values), float)
        return by_archetype[self.archetype]

    def draw(self, what: str, options: Sequence[Sequence[Drawable]]) -> tuple[list[Drawable], Ints]:
        """Draw an option of its archetype for each workload.

        `what`: field, which names the stream of the draws.

        Returns the options of all archetypes, and (n,) the option of each workload.
        """
        index = np.zeros(len(self.company), np.int64)
        flat: list[Drawable] = []
        for number, (name, choices) in enumerate(zip(self.names, options, strict=True)):
            mine = self.archetype == number
            index[mine] = len(flat)
            if len(choices) > 1:
                draws = self.companies.draw(name, what)[self.company[mine]]
                index[mine] += pick([option.chance for option in choices], draws)
            flat += choices
        return flat, index

    def draw_numbers(self, what: str, options: Sequence[Sequence[Drawable]]) -> Floats:
        """(n,) number drawn for each workload; infinity where the option is None."""
        flat, index = self.draw(what, options)
        numbers = np.array([np.inf if option.value is None else option.value for option in flat], float)
        return numbers[index]


BYTES_PER_COMPANY = 600
"""Least memory of a company and its workloads: names, arrays and references to both."""

_PATH = "population"
_Items = Sequence[tuple[str, Archetype]]
"""Path of each archetype in the config, and the archetype."""


def draw_population(
    population: Population, name_index: NameIndex, series: SeriesReader, context: Context
) -> WorkloadArrays | None:
    """Draw companies and their workloads, and share the demand by size; None after a fault."""
    amount = sum(tier.companies for tier in population.tiers.values())
    memory.require(amount * BYTES_PER_COMPANY, f"a population of {amount:,} companies", "draw fewer")
    companies = draw_companies(population, context.faults)
    if companies is None:
        return None
    rows, mean_units = _share_work(population, companies)
    items = [(f"{_PATH}.archetypes.{name}", settings) for name, settings in population.archetypes.items()]
    archetypes = [settings for _, settings in items]
    archetype = rows.archetype
    jobs = _draw_jobs(items, rows, mean_units, context)

    def numbers(field: str) -> Floats:
        return rows.draw_numbers(
            field, [options_of(getattr(a, field), f"{path}.{field}") for path, a in items]
        )

    return WorkloadArrays(
        path=_PATH,
        names=_names(rows, context),
        company_names=companies.names(),
        tiers=companies.tiers(),
        company=rows.company,
        zone=_zones(items, rows, name_index),
        kind=np.array([name_index.kind(a.kind, f"{path}.kind") for path, a in items], np.int64)[archetype],
        labels=_labels(items, rows, name_index),
        security=numbers("security"),
        residency=Coded.of(
            (name_index.allowed_zones(a.residency, f"{path}.residency") for path, a in items), archetype
        ),
        max_latency_ms=numbers("max_latency"),
        traffic_gb_per_unit_h=numbers("traffic"),
        unit_cost=Coded.of(
            (name_index.site_costs(a.unit_cost, f"{path}.unit_cost") for path, a in items), archetype
        ),
        is_fixed=(rows.of_archetype(a.mobility != "free" for a in archetypes) > 0) & ~jobs.is_job,
        is_whole=rows.of_archetype(a.mobility == "whole" for a in archetypes) > 0,
        profile=Coded.of((_profile(a, path, series, context) for path, a in items), archetype),
        scale=np.where(jobs.is_job, 0.0, mean_units),
        max_delay_h=numbers("max_delay"),
        data_gb=rows.of_archetype(a.data_per_unit for a in archetypes) * mean_units,
        shortfall_price=numbers("shortfall_price"),
        move_price=rows.of_archetype(
            NUMBER_FIELDS["move_price"].numbers(each.move.price for each in archetypes)
        ),
        **vars(jobs),
    )


def _names(rows: Rows, context: Context) -> tuple[str, ...]:
    """Name each workload by its company and archetype."""
    companies = rows.companies.names()
    pairs = zip(rows.company.tolist(), rows.archetype.tolist(), strict=True)
    names = tuple(f"{companies[c]}/{rows.names[a]}" for c, a in pairs)
    if len(set(companies)) < len(companies) or len(set(names)) < len(names):
        pattern = repr(rows.companies.population.name)
        hint = "numbers begin at 1 in each tier; use `{tier}` and separate it from the number"
        context.faults.add(f"{_PATH}.name", "a pattern that gives each its own name", pattern, hint)
    return names


def _share_work(population: Population, companies: DrawnCompanies) -> tuple[Rows, Floats]:
    """Return the workloads, company by company, and the mean units of each."""
    archetypes = population.archetypes
    share = companies.have() * np.array([archetype.share for archetype in archetypes.values()])
    work = companies.size * (population.total_demand / companies.size.sum())
    mean_units = (work / share.sum(axis=1))[:, None] * share
    company, archetype = np.nonzero(share)
    return Rows(companies, tuple(archetypes), company, archetype), mean_units[company, archetype]


def _zones(items: _Items, rows: Rows, name_index: NameIndex) -> Ints:
    options, index = rows.draw("zone", [options_of(a.zone, f"{path}.zone") for path, a in items])
    codes = np.array([name_index.zone(option.value, option.path) for option in options], np.int64)
    return codes[index]


def _labels(items: _Items, rows: Rows, name_index: NameIndex) -> Coded[np.bool_]:
    settings = [options_of(a.requires, f"{path}.requires") for path, a in items]
    options, index = rows.draw("requires", settings)
    return Coded.of((name_index.required_labels(option.value, option.path) for option in options), index)


def _profile(archetype: Archetype, path: str, series: SeriesReader, context: Context) -> Floats:
    """Return the profile of an archetype, scaled to mean 1."""
    if archetype.profile is None:
        return np.ones(context.horizon.size)
    values = series.values(archetype.profile, f"{path}.profile")
    return scale_to_mean_one(values, f"{path}.profile", context)


def _draw_jobs(items: _Items, rows: Rows, mean_units: Floats, context: Context) -> Jobs:
    """Draw windows and run times of jobs.

    A job's volume, weighted like its block, is its mean units over the real time covered.
    """
    horizon = context.horizon
    _check_releases(items, context)
    is_job = rows.of_archetype(archetype.job is not None for _, archetype in items) > 0
    release, window, run_time = (
        np.where(is_job, rows.draw_numbers(field, [_options(a, path, field) for path, a in items]), 0.0)
        for field in ("release", "window", "run_time")
    )
    never = np.full(len(is_job), np.datetime64("NaT", "s"), "datetime64[s]")
    windows = lay_windows(Moments(release, never), Moments(release + window, never), is_job, horizon)
    names = (f"{_PATH}.archetypes.{rows.names[a]}" for a in np.unique(rows.archetype[windows.is_cut]))
    for name in names:
        context.warnings.append(
            f"{name}: windows of jobs reach past the end of the horizon, and are cut there"
        )
    volume = np.where(is_job, mean_units * horizon.real_hours / block_weight(horizon, release), 0.0)
    rate = np.full(len(is_job), np.inf)
    rate[is_job] = volume[is_job] / run_time[is_job]
    through = rows.of_archetype(a.job is not None and not a.job.interruptible for _, a in items) > 0
    too_long = through & (run_time > windows.longest_run_h)
    for a in np.unique(rows.archetype[too_long]).tolist():
        longest = windows.longest_run_h[too_long & (rows.archetype == a)].min()
        hint = "earlier releases, a longer horizon, `end: cyclic`, or `interruptible: true`"
        expected = "run times that fit windows cut at the end of the horizon"
        context.faults.add(
            f"{_PATH}.archetypes.{rows.names[a]}.job.run_time", expected, f"{longest:g} h left", hint
        )
    return Jobs(is_job, volume, windows.release_h, windows.deadline_h, rate, through)


def _options(archetype: Archetype, path: str, field: str) -> list[Drawable]:
    values = (0.0,) if archetype.job is None else getattr(archetype.job, field)
    return [Drawable(value, f"{path}.job.{field}.{i}", 1 / len(values)) for i, value in enumerate(values)]


def _check_releases(items: _Items, context: Context) -> None:
    end_h = horizon_end_h(context.horizon)
    for path, archetype in items:
        for i, release in enumerate(archetype.job.release if archetype.job else ()):
            if release >= end_h:
                expected = f"a time within the horizon, before {end_h:g} h"
                context.faults.add(f"{path}.job.release.{i}", expected, f"{release:g} h")
