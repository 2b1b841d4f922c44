"""Warns of values that are allowed but look like a slip: another unit, a zero too many, one left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from computeplan.config.schema import CompanyRule, Config
from computeplan.config.schema.sites import OwnedPool, PowerCap
from computeplan.problem import Floats, Goal, Problem, Term
from computeplan.text import counted, number, some_names

HIGHEST_PUE = 3.0
"""Data centers run at 1.05 to 2.5."""
KG_PER_KWH = (1e-3, 3.0)
"""Hydropower emits about 0.005 kg/kWh, lignite 1.2."""
HIGHEST_ENERGY_PRICE = {"CNY": 10.0, "USD": 3.0, "EUR": 3.0, "GBP": 3.0, "JPY": 300.0, "KRW": 3000.0}
"""Price of a kWh by currency, about ten times what is usual; prices in other currencies are not checked."""
UNIT_KW = (1e-4, 200.0)
"""Power of one unit, from a share of a core to a row of racks."""
HIGHEST_KW = 1e7
"""Power of all data centers of a province."""
DEAREST_BOOKING = 20.0
"""Highest price of booking over the price on demand of the same hardware."""
WIDEST_SPREAD = 1e9
"""Largest over smallest number of one sort: about the digits that a solver resolves."""
_MOST_NAMED = 3

_GRAMS, _WATTS, _PER_MWH = "is it g/kWh?", "is it meant in W?", "is it meant per MWh?"


class _Range(NamedTuple):
    """Unit, the sizes between which a value is plausible (0 always is), and what else may be meant."""

    unit: str
    low: float
    high: float
    hint: str


_SIZES = (
    ("contracts", "carbon", _Range("t/MWh", *KG_PER_KWH, _GRAMS)),
    ("links", "carbon", _Range("t/MWh", *KG_PER_KWH, _GRAMS)),
    ("links", "energy", _Range("kWh/GB", 1e-9, 1.0, "is it meant per TB?")),
    ("links", "latency", _Range("ms", 0.01, 5e3, "is it meant in another unit of time?")),
    ("links", "bandwidth", _Range("Gbps", 1e-6, 1e6, "is it meant in Mbps?")),
    ("hardware", "busy_power", _Range("kW for one unit", *UNIT_KW, "is the unit of power right?")),
    ("hardware", "idle_power", _Range("kW for one unit", *UNIT_KW, "is the unit of power right?")),
    ("grids", "import_limit", _Range("kW", 0.0, HIGHEST_KW, _WATTS)),
    ("contracts", "capacity", _Range("kW", 0.0, HIGHEST_KW, _WATTS)),
    ("contracts", "max_capacity", _Range("kW", 0.0, HIGHEST_KW, _WATTS)),
    ("batteries", "power", _Range("kW", 0.0, HIGHEST_KW, _WATTS)),
    ("batteries", "energy", _Range("kWh", 0.0, 100 * HIGHEST_KW, "is it meant in Wh?")),
    ("water", "usage", _Range("L/kWh", 0.0, 30.0, _PER_MWH)),
    ("new units", "carbon", _Range("kg for one unit", 0.0, 1e6, "is it meant in g?")),
)
"""Kind of thing, field and its range."""
_PRICES = (
    ("grids", "demand_charge", _Range("kW/month", 0.0, 30.0, "is it meant per MW, or per year?")),
    ("contracts", "capacity_price", _Range("kW/year", 0.0, 1e3, "is it meant per MW?")),
    ("batteries", "price", _Range("kWh", 0.0, 1.0, _PER_MWH)),
    ("certificates", "price", _Range("kWh", 0.0, 1.0, _PER_MWH)),
    ("links", "price", _Range("GB", 0.0, 3.0, "is it meant per TB?")),
    ("leases", "price", _Range("Gbps/year", 0.0, 1e6, "is the unit of bandwidth right?")),
    ("new units", "price", _Range("unit", 0.0, 1e6, "is it meant for more than one?")),
    ("new units", "upkeep", _Range("unit/year", 0.0, 1e6, "is it meant for more than one?")),
    ("objective", "carbon_price", _Range("t", 0.03, 1e3, "is it meant per kg?")),
)
"""The same of prices, as multiples of `HIGHEST_ENERGY_PRICE`."""


def find_implausible_values(settings: Config, problem: Problem) -> list[str]:
    """Return a line for each implausible value, with its place and what may have been meant."""
    things = _things(settings)
    return [
        *(line for kind, field, limits in _SIZES for line in _field(things[kind], field, limits)),
        *_series(problem),
        *_money(things, problem),
        *_bookings(problem),
        *_low_limits(settings, problem),
        *_latency(problem),
        *_work(problem),
        *_spread(problem),
    ]


def _things(settings: Config) -> dict[str, dict[str, Any]]:
    """Return the sections of each kind of thing by their paths."""
    sites = {f"sites.{name}": site for name, site in settings.sites.items()}
    links = {f"network.links.{name}": link for name, link in settings.network.links.items()}
    things: dict[str, dict[str, Any]] = {
        "objective": {"objective": settings.objective},
        "hardware": {f"hardware.{name}": each for name, each in settings.hardware.items()},
        "grids": {f"{path}.grid": site.grid for path, site in sites.items()},
        "certificates": {f"{path}.certificates": site.certificates for path, site in sites.items()},
        "water": {f"{path}.water": site.water for path, site in sites.items()},
        "links": links,
        "leases": {f"{path}.lease": link.lease for path, link in links.items()},
    }
    for kind in ("contracts", "batteries", "pools"):
        parts = ((path, getattr(site, kind)) for path, site in sites.items())
        things[kind] = {
            f"{path}.{kind}.{name}": each for path, all_of in parts for name, each in all_of.items()
        }
    owned = ((path, pool) for path, pool in things["pools"].items() if isinstance(pool, OwnedPool))
    return things | {"new units": {f"{path}.new": pool.new for path, pool in owned}}


def _field(things: Mapping[str, Any], field: str, limits: _Range) -> Iterator[str]:
    values = {f"{path}.{field}": getattr(thing, field, None) or 0.0 for path, thing in things.items()}
    yield from _outside(values, limits)


def _outside(values: Mapping[str, float], limits: _Range) -> Iterator[str]:
    """Yield a line for the first values outside a range, and one that counts the rest."""
    unit, low, high, hint = limits
    wrong = {path: abs(value) for path, value in values.items() if abs(value) > high or 0 < abs(value) < low}
    for path, size in list(wrong.items())[:_MOST_NAMED]:
        bound = f"above {number(high, 6)}" if size > high else f"below {number(low, 6)}"
        yield f"{path}: {' '.join((number(size, 6), unit)).rstrip()} is {bound}; {hint}"
    if len(wrong) > _MOST_NAMED:
        rest, field = len(wrong) - _MOST_NAMED, next(iter(wrong)).rpartition(".")[2]
        yield f"{counted(rest, 'more such value')} of {field}"


def _named(pattern: str, names: Sequence[str], values: Floats) -> dict[str, float]:
    """Return the largest size of each row of a series, by its path; names of two parts fill two places."""
    most = np.abs(values).max(axis=1, initial=0.0)
    return {pattern.format(*name.split("/")): float(size) for name, size in zip(names, most, strict=True)}


def _series(problem: Problem) -> Iterator[str]:
    sites, grid = problem.sites.names, problem.grid
    factors = np.stack([grid.location_kg_per_kwh, grid.market_kg_per_kwh, grid.hourly_kg_per_kwh])
    pue, carbon = problem.sites.pue, factors.max(axis=0)
    lost = "more energy is lost than used"
    yield from _outside(_named("sites.{}.pue", sites, pue), _Range("", 0.0, HIGHEST_PUE, lost))
    factor = _Range("t/MWh", *KG_PER_KWH, _GRAMS)
    yield from _outside(_named("sites.{}.grid.carbon", sites, carbon), factor)


def _money(things: Mapping[str, Mapping[str, Any]], problem: Problem) -> Iterator[str]:
    currency, level = problem.currency, HIGHEST_ENERGY_PRICE.get(problem.currency, np.inf)
    if not np.isfinite(level):
        return
    contracts, pools = problem.contracts, problem.pools
    path, energy = "sites.{}.contracts.{}", _Range(f"{currency}/kWh", 3e-4 * level, level, _PER_MWH)
    grid = _named("sites.{}.grid.price", problem.sites.names, problem.grid.price)
    yield from _outside(grid, energy)
    for field, values in (("price", contracts.price), ("feed_in_price", contracts.feed_in_price)):
        yield from _outside(_named(f"{path}.{field}", contracts.names, values), energy._replace(low=0.0))
    rents = _named("sites.{}.pools.{}.price", pools.names, pools.price)
    rent = _Range(f"{currency}/unit/h", 0.0, 1e3 * level, "is it meant per month or year?")
    yield from _outside(rents, rent)
    for kind, field, (per, low, high, hint) in _PRICES:
        limits = _Range(f"{currency}/{per}", low * level, high * level, hint)
        yield from _field(things[kind], field, limits)


def _bookings(problem: Problem) -> Iterator[str]:
    pools, price = problem.pools, problem.pools.price.mean(axis=1)
    for h in range(len(problem.hardware.names)):
        rented = price[(pools.hardware == h) & (pools.term == Term.ON_DEMAND) & (price > 0)]
        booked = np.flatnonzero((pools.hardware == h) & (pools.term == Term.RESERVED))
        most = DEAREST_BOOKING * rented.min(initial=np.inf)
        for p in booked[price[booked] > most][:_MOST_NAMED].tolist():
            yield (
                f"pool {pools.names[p]}: {number(price[p], 6)} {problem.currency}/unit/h to book is over "
                f"{number(DEAREST_BOOKING, 6)} times the price on demand; is it meant per month or year?"
            )


def _low_limits(settings: Config, problem: Problem) -> Iterator[str]:
    """Find limits of power that not even one unit fits into."""
    pools, power = problem.pools, problem.hardware.busy_kw[problem.pools.hardware]
    limits = {
        f"sites.{name}.grid.import_limit": (problem.grid.import_limit_kw[s], power[pools.site == s])
        for s, name in enumerate(problem.sites.names)
        if not settings.sites[name].contracts
    }
    for g, (name, cap) in enumerate(settings.caps.items()):
        if isinstance(cap, PowerCap):
            limits[f"caps.{name}.limit"] = (problem.caps.limit[g].max(), power[problem.caps.weight[g] > 0])
    for path, (limit, units) in limits.items():
        least = units[units > 0].min(initial=np.inf)
        if 0 < limit < least < np.inf:
            draws = f"one busy unit draws, {number(least, 6)} kW"
            yield f"{path}: {number(limit, 6)} kW is less than {draws}; is it meant in MW?"


def _latency(problem: Problem) -> Iterator[str]:
    """Find zero latencies between different zones, if any latency is given or limited."""
    latency, zones = problem.network.latency_ms, problem.network.zone_names
    limits = problem.needs.max_latency_ms
    tiny = np.flatnonzero((limits > 0) & (limits < 0.1))
    if len(tiny):
        yield f"max_latency: {number(limits[tiny].min(), 6)} ms is below 0.1; is it meant in s?"
    if not (np.nan_to_num(latency) > 0).any() and not np.isfinite(limits).any():
        return
    users, sites = np.unique(problem.needs.zone), np.unique(problem.sites.zone)
    pairs = [(zones[a], zones[b]) for a in users for b in sites if a != b and latency[a, b] == 0]
    if pairs:
        yield f"network: the latency is 0 ms between {some_names([f'{a} and {b}' for a, b in pairs])}"


def _work(problem: Problem) -> Iterator[str]:
    idle = np.flatnonzero(_sizes(problem) == 0)
    if len(idle):
        yield f"workloads without any work: {some_names([problem.workloads.names[w] for w in idle])}"


def _spread(problem: Problem) -> Iterator[str]:
    workloads, hardware, pools = problem.workloads, problem.hardware, problem.pools
    sorts = (
        ("sizes of workloads", workloads.names, _sizes(problem)),
        ("powers of hardware", hardware.names, hardware.busy_kw),
        ("prices of pools", pools.names, pools.price.max(axis=1)),
        ("units of pools", pools.names, np.where(np.isfinite(pools.max_units), pools.max_units, 0.0)),
    )
    for what, names, numbers in sorts:
        least, most = np.where(numbers > 0, numbers, np.inf), numbers
        if len(numbers) and most.max() > WIDEST_SPREAD * least.min():
            small, large = int(least.argmin()), int(most.argmax())
            lowest, highest = (f"{number(numbers[i], 6)} ({names[i]})" for i in (small, large))
            yield f"{what} go from {lowest} to {highest}: the smallest are lost in rounding"


def _sizes(problem: Problem) -> Floats:
    """(W,) volumes of jobs, and peaks of demands."""
    workloads = problem.workloads
    peak = workloads.profiles.max(axis=1, initial=0)[workloads.profile]
    return np.where(workloads.is_job, workloads.volume_unit_h, workloads.scale * peak)


def find_missing_values(settings: Config) -> list[str]:
    """Return a line for each value that is left out, counts as 0 or 1, and that others of its kind have."""
    used = {pool.hardware for site in settings.sites.values() for pool in site.pools.values()}
    hardware: dict[str, Any] = {
        f"hardware.{name}": settings.hardware[name] for name in settings.hardware if name in used
    }
    drawing = {name for name in used if name in settings.hardware and settings.hardware[name].busy_power > 0}
    sites: dict[str, Any] = {
        f"sites.{name}": site
        for name, site in settings.sites.items()
        if site.grid.import_limit != 0 and any(pool.hardware in drawing for pool in site.pools.values())
    }
    grids: dict[str, Any] = {f"{path}.grid": site.grid for path, site in sites.items()}
    links = {f"network.links.{n}": link for n, link in settings.network.links.items() if link.energy}
    counts = [(grids, "price", "0"), (sites, "pue", "1"), (hardware, "busy_power", "0")]
    if _carbon_matters(settings):
        counts += [(grids | links, "carbon", "0")]
    return [line for things, field, default in counts for line in _missing(things, field, default)]


def _carbon_matters(settings: Config) -> bool:
    objective, rules = settings.objective, settings.rules.values()
    is_limited = any(isinstance(rule, CompanyRule) and rule.carbon is not None for rule in rules)
    is_goal = objective.minimize is Goal.CARBON or objective.carbon_price > 0
    return is_limited or is_goal or objective.carbon_cap is not None


def _missing(things: Mapping[str, Any], field: str, default: str) -> Iterator[str]:
    without = [path for path, thing in things.items() if field not in thing.model_fields_set]
    given = [path for path in things if path not in set(without)]
    if without and given:
        hint = f"{field} counts as {default} there, while others have one"
        yield f"no {field} at {some_names(without)}: {hint}; write `{field}: {default}` if it is meant"
