"""The linear formulas of the mathematics, for variables of a model and for the numbers of a plan alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf

import pulp

from computeplan.problem import CarbonBasis, Problem, RuleMeasure, Term
from reference.windows import efficiency, eligible_pools

Expression = pulp.LpAffineExpression
Amount = pulp.LpVariable | pulp.LpAffineExpression | float
Place = tuple[int, int]
total = pulp.lpSum


@dataclass
class Terms:
    """Decisions by index, each a variable or a number, and what follows from them.

    Letters are those of the design: workload w, pool p, period t, site s, contract c, month m.
    """

    problem: Problem
    x: Mapping[tuple[int, int, int], Amount] = field(default_factory=dict)
    """Work done, unit·h, of the eligible pairs."""
    u: dict[Place, Amount] = field(default_factory=dict)
    """Work left undone, unit·h, by workload and period."""
    share: dict[Place, Amount] = field(default_factory=dict)
    """Split of fixed workloads, by workload and pool."""
    booked: Mapping[int, Amount] = field(default_factory=dict)
    grid: Mapping[Place, Amount] = field(default_factory=dict)
    contract: Mapping[Place, Amount] = field(default_factory=dict)
    """Contract energy used at the site, kWh."""
    sold: Mapping[Place, Amount] = field(default_factory=dict)
    """Contract energy sold, kWh."""
    contracted: Mapping[int, Amount] = field(default_factory=dict)
    """Chosen power of a contract, kW."""
    leased: Mapping[int, Amount] = field(default_factory=dict)
    """Leased bandwidth of a link, GB/h."""
    new: Mapping[int, Amount] = field(default_factory=dict)
    """Units added to a pool."""
    rented: dict[Place, Amount] = field(default_factory=dict)
    """Units rented in steps, by pool and period."""
    open: Mapping[int, Amount] = field(default_factory=dict)
    """1 where a site is open."""
    certificates: Mapping[int, Amount] = field(default_factory=dict)
    """Certificates of a site, kWh."""
    charge: Mapping[Place, Amount] = field(default_factory=dict)
    discharge: Mapping[Place, Amount] = field(default_factory=dict)
    stored: Mapping[Place, Amount] = field(default_factory=dict)
    routed: dict[tuple[int, int, int, int], Amount] = field(default_factory=dict)
    """GB of a workload to a pool on one of several paths, by workload, pool, path and period."""
    sent: Mapping[Place, float] = field(default_factory=dict)
    """GB of a plan on paths that it chose, by link and period."""
    peak: Mapping[Place, Amount] = field(default_factory=dict)
    """Highest import, kW, by site and month."""
    covered: Mapping[Place, Amount] = field(default_factory=dict)
    """Grid energy, kWh, that surplus contract energy covers on the market basis."""
    moved: Mapping[tuple[int, int, int], Amount] = field(default_factory=dict)
    """Units of a workload that come to a place, its number in `places`, by workload, place and period."""
    pools_of: dict[int, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        problem = self.problem
        self.W, self.P, self.T = map(
            range, (problem.workloads.size, problem.pools.size, problem.horizon.size)
        )
        self.S, self.C, self.L = map(
            range, (problem.sites.size, problem.contracts.size, problem.network.links)
        )
        self.B = range(problem.batteries.size)
        self.hours = problem.horizon.period_h
        self.weight = [float(weight) for weight in problem.horizon.weight]
        self.pools_of = {w: eligible_pools(problem, w) for w in self.W}

    def arrivals(self, w: int, t: int) -> float:
        """d[w,t] = scale · profile[t] · Δ."""
        workloads = self.problem.workloads
        return float(workloads.scale[w] * workloads.profiles[workloads.profile[w], t] * self.hours)

    def interval(self, s: int, t: int) -> list[int]:
        """Periods of the interval of the demand charge that begins in t; none if t is inside one."""
        return [u for u in self.T if self.problem.grid.interval_start[s, u] == t]

    def has_demand(self, w: int) -> bool:
        return any(self.arrivals(w, t) > 0 for t in self.T)

    def served(self, w: int, t: int) -> Expression:
        """Σ_p x[w,p,t]."""
        return total(self.x[w, p, t] for p in self.pools_of[w])

    # Moves

    def places(self) -> list[list[int]]:
        """Pools of each site and hardware."""
        pools = self.problem.pools
        kinds = sorted({(int(pools.site[p]), int(pools.hardware[p])) for p in self.P})
        return [[p for p in self.P if (pools.site[p], pools.hardware[p]) == kind] for kind in kinds]

    def arriving_units(self) -> dict[tuple[int, int, int], Expression]:
        """Increase, in units, of what each place serves of a demand, where moves have a price.

        From the last period with demand in the block, at the size that the demand has now.
        """
        workloads, block = self.problem.workloads, self.problem.horizon.block
        increase = {}
        for w in self.W:
            waits = workloads.is_job[w] or workloads.is_fixed[w] or workloads.max_delay_h[w] > 0
            busy = [t for t in self.T if self.arrivals(w, t) > 0]
            pairs = [(u, t) for u, t in pairwise(busy) if block[u] == block[t]]
            for before, t in () if waits or workloads.move_price[w] == 0 else pairs:
                for k, pools in enumerate(self.places()):
                    now, then = (
                        total(
                            self.x[w, p, u] * (1 / self.arrivals(w, u)) for p in pools if (w, p, u) in self.x
                        )
                        for u in (t, before)
                    )
                    increase[w, k, t] = (now - then) * (self.arrivals(w, t) / self.hours)
        return increase

    # Capacity and energy

    def load(self, p: int, t: int) -> Expression:
        """Σ_w x[w,p,t] / efficiency[w,p]."""
        users = [w for w in self.W if p in self.pools_of[w]]
        return total(self.x[w, p, t] * (1 / efficiency(self.problem, w, p)) for w in users)

    def units(self, p: int, t: int) -> Expression:
        """Units that a cap counts: used, or booked."""
        if (p, t) in self.rented:
            return total([self.rented[p, t]])
        return total([self.booked[p]]) if p in self.booked else self.load(p, t) * (1 / self.hours)

    def it_kwh(self, p: int, t: int) -> Expression:
        """Idle power of the units that are there, and the rest of the busy power of those in use."""
        pools, hardware = self.problem.pools, self.problem.hardware
        idle, busy = (float(kw[pools.hardware[p]]) for kw in (hardware.idle_kw, hardware.busy_kw))
        if pools.term[p] == Term.ON_DEMAND:
            return self.load(p, t) * busy
        there = self.booked[p] if p in self.booked else self._owned(p)
        idle_kwh = idle * self.hours * float(pools.availability[p, t])
        return self.load(p, t) * (busy - idle) + idle_kwh * there

    def _owned(self, p: int) -> Amount:
        """Units there at an open site, and those added."""
        pools = self.problem.pools
        return self.open[int(pools.site[p])] * float(pools.max_units[p]) + self.new[p]

    def facility_kwh(self, p: int, t: int) -> Expression:
        """PUE · IT kWh."""
        return self.it_kwh(p, t) * float(self.problem.sites.pue[self.problem.pools.site[p], t])

    def contracts_at(self, s: int) -> list[int]:
        return [c for c in self.C if self.problem.contracts.site[c] == s]

    def available_kwh(self, c: int, t: int) -> Expression:
        """Δ · (available + profile · chosen power)."""
        contracts = self.problem.contracts
        chosen = self.contracted[c] * float(self.hours * contracts.profile[c, t])
        return chosen + float(self.hours * contracts.available_kw[c, t])

    def taken(self, c: int, t: int) -> Expression:
        """Contract energy used and sold."""
        return total([self.contract[c, t], self.sold[c, t]])

    def surplus(self, s: int) -> Expression:
        """Σ ω (available − used − sold) of take-or-pay contracts at the site."""
        contracts = self.problem.contracts
        bought = [c for c in self.contracts_at(s) if contracts.take_or_pay[c]]
        return total(
            (self.available_kwh(c, t) - self.taken(c, t)) * self.weight[t] for c in bought for t in self.T
        )

    # Network

    def ends(self, w: int, p: int) -> tuple[int, int]:
        """Zones between which the traffic of a workload at a pool goes."""
        problem = self.problem
        return int(problem.needs.zone[problem.workloads.need[w]]), int(
            problem.sites.zone[problem.pools.site[p]]
        )

    def travels(self, w: int) -> bool:
        workloads, needs = self.problem.workloads, self.problem.needs
        return needs.traffic_gb_per_unit_h[workloads.need[w]] > 0 or workloads.data_gb[w] > 0

    def paths(self, w: int, p: int) -> list[int]:
        """Paths near enough for a workload's traffic to a pool, where there are several."""
        network, (here, there) = self.problem.network, self.ends(w, p)
        limit = self.problem.needs.max_latency_ms[self.problem.workloads.need[w]]
        near = [
            n
            for n in range(len(network.path_from))
            if network.path_from[n] == here
            and network.path_to[n] == there
            and network.path_latency_ms[n] <= limit
        ]
        return near if len(near) > 1 and self.travels(w) else []

    def on_route(self, w: int, p: int, link: int) -> bool:
        return bool(self.problem.network.route[(*self.ends(w, p), link)])

    def gb(self, w: int, p: int, t: int) -> Expression:
        """GB of a workload to a pool: of the work itself, and of its data set, which is moved once."""
        workloads, needs = self.problem.workloads, self.problem.needs
        gb, data = float(needs.traffic_gb_per_unit_h[workloads.need[w]]), float(workloads.data_gb[w])
        if workloads.is_job[w] and data > 0:
            gb += data / float(workloads.volume_unit_h[w])
        moved = data * self.hours / self.problem.horizon.real_hours
        of_data = [self.share[w, p] * moved] if (w, p) in self.share else []
        return total([self.x[w, p, t] * gb, *of_data])

    def traffic(self, link: int, t: int) -> Expression:
        """GB over a link: what has it on its only way, and what was sent that way."""
        path = self.problem.network.path
        fixed = [
            self.gb(w, p, t)
            for w in self.W
            for p in self.pools_of[w]
            if not self.paths(w, p) and self.on_route(w, p, link)
        ]
        chosen = [gb for (_, _, n, time), gb in self.routed.items() if time == t and path[n, link]]
        return total([*fixed, *chosen, self.sent.get((link, t), 0.0)])

    # Rules

    def ruled(self, u: int) -> Expression:
        """What a rule limits: work at or off its sites beyond the share, list cost, or emissions."""
        rules, weight, data = self.problem.rules, self.weight, self.problem.workloads.data_gb
        members = [w for w in self.W if rules.member[u, w]]
        work = [
            self.x[w, p, t] * (weight[t] * self._rule_rate(u, w, p, t))
            for w in members
            for p in self.pools_of[w]
            for t in self.T
        ]
        moved = [
            self.share[w, p] * (float(data[w]) * self._rule_rate_per_gb(u, w, p))
            for w in members
            for p in self.pools_of[w]
            if (w, p) in self.share
        ]
        return total([*work, *moved])

    def _rule_rate(self, u: int, w: int, p: int, t: int) -> float:
        problem, rules = self.problem, self.problem.rules
        s, limit = problem.pools.site[p], float(rules.limit[u])
        there = float(rules.site[u, s])
        if rules.measure[u] is RuleMeasure.LEAST_SHARE:
            return limit - there
        if rules.measure[u] is RuleMeasure.MOST_SHARE:
            return there - limit
        need = problem.workloads.need[w]
        gb, data = float(problem.needs.traffic_gb_per_unit_h[need]), float(problem.workloads.data_gb[w])
        if problem.workloads.is_job[w] and data > 0:
            gb += data / float(problem.workloads.volume_unit_h[w])
        traffic = gb * self._rule_rate_per_gb(u, w, p)
        busy_h = 1 / efficiency(problem, w, p)
        kwh = float(problem.hardware.busy_kw[problem.pools.hardware[p]] * problem.sites.pue[s, t]) * busy_h
        if rules.measure[u] is RuleMeasure.CARBON:
            return kwh * float(problem.grid.location_kg_per_kwh[s, t]) + traffic
        extra = float(problem.needs.unit_cost[need, s]) + traffic
        return busy_h * float(problem.pools.price[p, t]) + kwh * float(problem.grid.price[s, t]) + extra

    def _rule_rate_per_gb(self, u: int, w: int, p: int) -> float:
        network, measure = self.problem.network, self.problem.rules.measure[u]
        if measure.is_share:
            return 0.0
        kg = network.energy_kwh_per_gb * network.kg_per_kwh
        rate = network.price_per_gb if measure is RuleMeasure.COST else kg
        if paths := self.paths(w, p):
            return min(float(network.path[n] @ rate) for n in paths)
        return sum(float(rate[link]) for link in self.L if self.on_route(w, p, link))

    # Money

    def cost_parts(self) -> dict[str, Expression]:
        """Each part of the cost over the real time that the horizon stands for."""
        grid, needs, booked = self.problem.grid, self.problem.needs, self.booked
        price, gb_price = self.problem.pools.price, self.problem.network.price_per_gb
        demand_charge = grid.demand_charge
        need, site = self.problem.workloads.need, self.problem.pools.site
        each = [(p, t, self.weight[t] * float(price[p, t])) for p in self.P for t in self.T]
        return {
            "units_in_use": total(
                self.rented[p, t] * (self.hours * paid) if (p, t) in self.rented else self.load(p, t) * paid
                for p, t, paid in each
                if p not in booked
            ),
            "open_sites": total(
                is_open * float(self.problem.sites.opening_price[s]) for s, is_open in self.open.items()
            ),
            "booked_units": total(booked[p] * (self.hours * paid) for p, t, paid in each if p in booked),
            "grid_energy": total(
                self.grid[s, t] * (self.weight[t] * float(grid.price[s, t])) for s in self.S for t in self.T
            ),
            "demand_charge": total(kw * float(demand_charge[place]) for place, kw in self.peak.items()),
            "energy_contracts": total(self._contract_bill(c, t) for c in self.C for t in self.T)
            + total(
                kw * float(self.problem.contracts.capacity_price[c]) for c, kw in self.contracted.items()
            ),
            "sales": total(
                kwh * (-self.weight[t] * float(self.problem.contracts.feed_in_price[c, t]))
                for (c, t), kwh in self.sold.items()
            ),
            "network": total(
                self.traffic(link, t) * (self.weight[t] * float(gb_price[link]))
                for link in self.L
                for t in self.T
            )
            + total(
                rate * float(self.problem.network.lease_price[link]) for link, rate in self.leased.items()
            ),
            "placement": total(
                x * (self.weight[t] * float(needs.unit_cost[need[w], site[p]]))
                for (w, p, t), x in self.x.items()
            ),
            "certificates": total(
                kwh * float(grid.certificate_price[s]) for s, kwh in self.certificates.items()
            ),
            "batteries": total(
                kwh * (self.weight[t] * float(self.problem.batteries.price[b]))
                for (b, t), kwh in self.discharge.items()
            ),
            "moving": total(
                units * (self.weight[t] * float(self.problem.workloads.move_price[w]))
                for (w, _, t), units in self.moved.items()
            ),
            "new_units": total(
                units * float(self.problem.pools.new_unit_price[p]) for p, units in self.new.items()
            ),
        }

    def _contract_bill(self, c: int, t: int) -> Amount:
        """What is used or sold is paid, or all there is with take-or-pay."""
        contracts = self.problem.contracts
        paid = self.available_kwh(c, t) if contracts.take_or_pay[c] else self.taken(c, t)
        return paid * (self.weight[t] * float(contracts.price[c, t]))

    def cost(self) -> Expression:
        return total(self.cost_parts().values())

    def shortfall_penalty(self) -> Expression:
        """Σ ω shortfall price · u."""
        prices = self.problem.workloads.shortfall_price
        return total(
            left * (self.weight[t] * float(prices[w])) for (w, t), left in self.u.items() if prices[w] < inf
        )

    def money(self) -> Expression:
        """What the goal cost minimizes."""
        objective = self.problem.objective
        charge = self.emissions(objective.basis) * float(objective.carbon_price_per_kg)
        return self.cost() + self.shortfall_penalty() + charge

    # Emissions

    def emissions(self, basis: CarbonBasis) -> Expression:
        """Kg of all electricity and of the links."""
        network = self.problem.network
        links = [
            self.traffic(link, t)
            * (self.weight[t] * float(network.energy_kwh_per_gb[link] * network.kg_per_kwh[link]))
            for link in self.L
            for t in self.T
        ]
        supplies = [self._supply_kg(basis, s, t) * self.weight[t] for s in self.S for t in self.T]
        embodied = [units * float(self.problem.pools.new_unit_kg[p]) for p, units in self.new.items()]
        return total(links) + total(supplies) + total(embodied)

    def _supply_kg(self, basis: CarbonBasis, s: int, t: int) -> Expression:
        grid, contracts = self.problem.grid, self.problem.contracts
        used = {c: self.contract[c, t] for c in self.contracts_at(s)}
        if basis is CarbonBasis.LOCATION:
            return total([self.grid[s, t], *used.values()]) * float(grid.location_kg_per_kwh[s, t])
        if basis is CarbonBasis.HOURLY:
            own = total(kwh * float(contracts.kg_per_kwh[c]) for c, kwh in used.items())
            return own + self.grid[s, t] * float(grid.hourly_kg_per_kwh[s, t])
        own = total(
            (self.available_kwh(c, t) if contracts.take_or_pay[c] else self.taken(c, t))
            * float(contracts.kg_per_kwh[c])
            for c in used
        )
        return own + (self.grid[s, t] - self.covered[s, t]) * float(grid.market_kg_per_kwh[s, t])
