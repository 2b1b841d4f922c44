"""Room that is left while work is put down piece by piece.

A step adds a share of some work to one pool, a share for each period. `Room.share` says how much of it every
limit leaves; `Room.take` puts it down. Reserved pools are booked as high as they are ever used. Standing by
costs idle power in all periods once a unit is booked, so a step that books more is tried, and halved where
that breaks a limit elsewhere.
"""

from __future__ import annotations

import numpy as np

from computeplan.plan.arithmetic import ratio
from computeplan.plan.flows import at_sites, by_site, it_energy_kwh
from computeplan.plan.requirements import usable_unit_h
from computeplan.problem import Bools, CapMeasure, Floats, Problem, Term, without_choices

HALVINGS = 30
SPARE = 1e-9
"""Of a limit, left free so that rounding breaks nothing."""


class Room:
    """What is used of every pool, link, supply and cap so far.

    Parameters
    ----------
    problem : Problem
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        hours, network = problem.horizon.hours, problem.network
        self.load_unit_h = np.zeros((problem.pools.size, problem.horizon.size))
        self._traffic_gb = np.zeros((network.links, problem.horizon.size))
        self._usable_unit_h = usable_unit_h(problem, problem.pools.max_units)
        self._per_unit_h = problem.pools.availability * hours
        self._bandwidth_gb = np.outer(network.bandwidth_gb_per_h, hours)
        contracts = at_sites(problem, problem.contracts.available_kw * hours)
        self._supply_kwh = np.outer(problem.grid.import_limit_kw, hours) + contracts
        self._is_power = np.array([m is CapMeasure.POWER for m in problem.caps.measure], dtype=bool)

    @property
    def booked_units(self) -> Floats:
        """(P,) level of reserved pools: their highest use, but at least what must be booked."""
        return self._booked(self.load_unit_h)

    def energy_kwh(self, load_unit_h: Floats | None = None) -> Floats:
        """(P, T) energy with PUE at a load, by default that so far."""
        load = self.load_unit_h if load_unit_h is None else load_unit_h
        problem, contracts = self._problem, self._problem.contracts
        nothing = np.zeros((problem.sites.size, problem.horizon.size))
        none_used = np.zeros(contracts.available_kw.shape)
        decisions = without_choices(
            self._booked(load), nothing, none_used, problem.network.links, problem.batteries.size
        )
        return it_energy_kwh(problem, load, decisions) * problem.pue

    def share(self, pool: int, load_unit_h: Floats, traffic_gb: Floats, links: Bools) -> Floats:
        """(T,) share, 0 to 1, of a load and its traffic that there is room for.

        Parameters
        ----------
        pool : int
        load_unit_h, traffic_gb : (T,)
            Of the whole step.
        links : (L,)
            On the way to the pool.
        """
        problem = self._problem
        site, kw = int(problem.pools.site[pool]), float(problem.busy_kw[pool])
        left = self._usable_unit_h[pool] - self.load_unit_h[pool]
        energy = self.energy_kwh()
        supply = self._supply_kwh[site] - by_site(problem, energy)[site]
        shares = [_part(left, load_unit_h), _part(supply, load_unit_h * kw * problem.pue[pool])]
        shares += [_part(self._under_cap(cap, pool, energy), load_unit_h) for cap in self._caps_of(pool)]
        free_gb = self._bandwidth_gb[links] - self._traffic_gb[links]
        shares += [_part(gb, traffic_gb) for gb in free_gb]
        least: Floats = np.clip(np.min(shares, axis=0) * (1.0 - SPARE), 0.0, 1.0)
        return least

    def take(self, pool: int, share: Floats, load_unit_h: Floats, traffic_gb: Floats, links: Bools) -> Floats:
        """Put a share of a step down, less of it where booking breaks a limit elsewhere.

        Returns
        -------
        (T,) array
            The share that was put down.
        """
        for _ in range(HALVINGS):
            load = self.load_unit_h.copy()
            load[pool] += share * load_unit_h
            if self._holds(load):
                self.load_unit_h = load
                self._traffic_gb[links] += share * traffic_gb
                return share
            share = share / 2
        return np.zeros_like(share)

    def _booked(self, load_unit_h: Floats) -> Floats:
        pools = self._problem.pools
        level = ratio(load_unit_h, self._per_unit_h).max(axis=1, initial=0.0)
        return np.where(pools.term == Term.RESERVED, np.maximum(level, pools.min_units), 0.0)

    def _caps_of(self, pool: int) -> list[int]:
        caps: list[int] = np.flatnonzero(self._problem.caps.weight[:, pool]).tolist()
        return caps

    def _used_of_caps(self, load_unit_h: Floats, energy_kwh: Floats) -> Floats:
        """(G, T) units or kW."""
        problem = self._problem
        reserved = (problem.pools.term == Term.RESERVED)[:, None]
        units = np.where(reserved, self._booked(load_unit_h)[:, None], load_unit_h / problem.horizon.hours)
        kw = energy_kwh / problem.horizon.hours
        weight = problem.caps.weight
        return np.where(self._is_power[:, None], weight @ kw, weight @ units)

    def _under_cap(self, cap: int, pool: int, energy_kwh: Floats) -> Floats:
        """(T,) load that a cap leaves a pool."""
        problem, hours = self._problem, self._problem.horizon.hours
        weight = float(problem.caps.weight[cap, pool])
        free = problem.caps.limit[cap] - self._used_of_caps(self.load_unit_h, energy_kwh)[cap]
        if self._is_power[cap]:
            return _per(free * hours, weight * problem.pue[pool] * float(problem.busy_kw[pool]))
        if problem.pools.term[pool] != Term.RESERVED:
            by_use: Floats = free * hours / weight
            return by_use
        level = float(self.booked_units[pool]) + max(float(free.min()), 0.0) / weight
        room: Floats = level * self._per_unit_h[pool] - self.load_unit_h[pool]
        return room

    def _holds(self, load_unit_h: Floats) -> bool:
        """Whether power and supplies suffice in every period, idle power of what is booked included."""
        problem, energy = self._problem, self.energy_kwh(load_unit_h)
        before = self.energy_kwh()
        used, was = self._used_of_caps(load_unit_h, energy), self._used_of_caps(self.load_unit_h, before)
        supplied, had = by_site(problem, energy), by_site(problem, before)
        within_caps = (used <= np.maximum(problem.caps.limit, was)).all()
        return bool(within_caps and (supplied <= np.maximum(self._supply_kwh, had)).all())


def _part(room: Floats, wanted: Floats) -> Floats:
    """Share of what is wanted that there is room for; all of it where nothing is wanted."""
    return _per(np.maximum(room, 0.0), wanted)


def _per(amount: Floats, each: Floats) -> Floats:
    per: Floats = np.divide(amount, each, out=np.full(np.shape(amount), np.inf), where=each > 0)
    return per
