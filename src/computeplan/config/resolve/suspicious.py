"""Values that are allowed but look like a slip: another unit, a percentage, a zero too many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from computeplan.problem import Floats, Problem, Term

HIGHEST_PUE = 3.0
"""Data centers run at 1.05 to 2.5."""
HIGHEST_KG_PER_KWH = 3.0
"""Lignite emits about 1.2 kg/kWh."""
HIGHEST_ENERGY_PRICE = {"CNY": 10.0, "USD": 3.0, "EUR": 3.0, "GBP": 3.0, "JPY": 300.0, "KRW": 3000.0}
"""Price of a kWh by currency, about ten times what is usual; other currencies are not judged."""
UNIT_KW = (1e-4, 1e3)
"""Least and most power of one busy unit, from a share of a core to a hall."""
DEAREST_BOOKING = 20.0
"""Price of booking over the price on demand of the same hardware."""
WIDEST_SPREAD = 1e9
"""Largest over smallest number of one sort; a solver sees about that many digits."""
_MOST_NAMED = 3


def suspicious(problem: Problem) -> list[str]:
    """List what looks wrong though it is allowed.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    list of str
        One line each, with its place in the config and what may have been meant.
    """
    return [*_energy(problem), *_capacity(problem), *_latency(problem), *_work(problem), *_spread(problem)]


def _energy(problem: Problem) -> Iterator[str]:
    sites, grid, contracts = problem.sites.names, problem.grid, problem.contracts
    for name, pue in _above(sites, problem.sites.pue.max(axis=1), HIGHEST_PUE):
        yield f"sites.{name}.pue: {pue:g} is above {HIGHEST_PUE:g}: more energy is lost than used"
    most = HIGHEST_ENERGY_PRICE.get(problem.currency, np.inf)
    hint = f"{problem.currency}/kWh is above {most:g}; is it meant per MWh?"
    for name, price in _above(sites, np.abs(grid.price).max(axis=1), most):
        yield f"sites.{name}.grid.price: {price:g} {hint}"
    for name, price in _above(contracts.names, np.abs(contracts.price).max(axis=1, initial=0), most):
        yield f"contract {name}: {price:g} {hint}"
    factors = np.max([grid.location_kg_per_kwh, grid.market_kg_per_kwh, grid.hourly_kg_per_kwh], axis=(0, 2))
    for name, factor in _above(sites, factors, HIGHEST_KG_PER_KWH):
        yield f"sites.{name}.grid.carbon: {factor:g} t/MWh is above {HIGHEST_KG_PER_KWH:g}; is it g/kWh?"


def _capacity(problem: Problem) -> Iterator[str]:
    hardware, pools = problem.hardware, problem.pools
    low, high = UNIT_KW
    for name, kw in zip(hardware.names, hardware.busy_kw.tolist(), strict=True):
        if kw > high or 0 < kw < low:
            yield f"hardware.{name}.busy_power: {kw:g} kW for one unit; is the unit of power right?"
    price = pools.price.mean(axis=1)
    for h in range(len(hardware.names)):
        rented = price[(pools.hardware == h) & (pools.term == Term.ON_DEMAND) & (price > 0)]
        booked = np.flatnonzero((pools.hardware == h) & (pools.term == Term.RESERVED))
        most = DEAREST_BOOKING * rented.min(initial=np.inf)
        for name, each in _above([pools.names[p] for p in booked], price[booked], most):
            yield (
                f"pool {name}: {each:g} {problem.currency}/unit/h to book is {DEAREST_BOOKING:g} times the "
                "price on demand; is it meant per month or year?"
            )


def _latency(problem: Problem) -> Iterator[str]:
    """Find zero latencies between different zones, where latencies are given or limited at all."""
    latency, zones = problem.network.latency_ms, problem.network.zone_names
    if not (np.nan_to_num(latency) > 0).any() and not np.isfinite(problem.needs.max_latency_ms).any():
        return
    users, sites = np.unique(problem.needs.zone), np.unique(problem.sites.zone)
    pairs = [(zones[a], zones[b]) for a in users for b in sites if a != b and latency[a, b] == 0]
    if pairs:
        yield f"network: the latency is 0 ms between {_some(f'{a} and {b}' for a, b in pairs)}"


def _work(problem: Problem) -> Iterator[str]:
    workloads = problem.workloads
    size = np.where(workloads.is_job, workloads.volume_unit_h, workloads.scale * _peak(problem))
    idle = np.flatnonzero(size == 0)
    if len(idle):
        yield f"workloads without any work: {_some(workloads.names[w] for w in idle)}"


def _spread(problem: Problem) -> Iterator[str]:
    workloads, hardware, pools = problem.workloads, problem.hardware, problem.pools
    size = np.where(workloads.is_job, workloads.volume_unit_h, workloads.scale * _peak(problem))
    sorts = (
        ("sizes of workloads", workloads.names, size),
        ("powers of hardware", hardware.names, hardware.busy_kw),
        ("prices of pools", pools.names, pools.price.max(axis=1)),
        ("units of pools", pools.names, np.where(np.isfinite(pools.max_units), pools.max_units, 0.0)),
    )
    for what, names, numbers in sorts:
        least, most = np.where(numbers > 0, numbers, np.inf), numbers
        if len(numbers) and most.max() > WIDEST_SPREAD * least.min():
            small, large = int(least.argmin()), int(most.argmax())
            yield (
                f"{what} go from {least[small]:g} ({names[small]}) to {most[large]:g} ({names[large]}): "
                "the smallest are lost in rounding"
            )


def _peak(problem: Problem) -> Floats:
    peak: Floats = problem.workloads.profiles.max(axis=1, initial=0)[problem.workloads.profile]
    return peak


def _above(names: Sequence[str], numbers: Floats, most: float) -> Iterator[tuple[str, float]]:
    return ((names[i], float(numbers[i])) for i in np.flatnonzero(numbers > most).tolist())


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _MOST_NAMED:,} more" if len(listed) > _MOST_NAMED else ""
    return ", ".join(listed[:_MOST_NAMED]) + more
