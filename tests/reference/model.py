"""The oracle: the mathematics once more, unreduced and plain, as a PuLP model.

One variable for each workload, pool and period; loops; no part of the product beyond the numeric
problem. Deferral is not a backlog here but the flow of each arrival to the periods that may serve it,
so that two formulations check each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
import pulp

from computeplan.problem import CapMeasure, Decisions, Floats, Goal, Problem, Status, Term
from reference.terms import Amount, Expression, Terms, total
from reference.windows import job_overlap, runs_of, service_slices

FEASIBILITY = {
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
    "mip_feasibility_tolerance": 1e-8,  # with 1e-6 HiGHS calls plans optimal that are not
}
STATUS = {
    (pulp.LpStatusOptimal, pulp.LpSolutionOptimal): Status.OPTIMAL,
    (pulp.LpStatusInfeasible, pulp.LpSolutionInfeasible): Status.INFEASIBLE,
    (pulp.LpStatusUnbounded, pulp.LpSolutionUnbounded): Status.UNBOUNDED,
}
"""Anything else is a failure of the oracle, not an answer."""


@dataclass(frozen=True)
class Answer:
    """What the oracle found; everything but the status is absent where there is no plan.

    `objective` is in money for the goal cost and in kg for the goal carbon; `cost` leaves penalty and
    carbon charge out; `done` is (W, P, T) and `short` (W, T), both in unit·h.
    """

    status: Status
    objective: float | None = None
    cost: float | None = None
    done: Floats | None = None
    short: Floats | None = None
    decisions: Decisions | None = None


def solve_reference(problem: Problem, *, pinned: Floats | None = None) -> Answer:
    """Solve the problem without any reduction.

    Parameters
    ----------
    problem : Problem
    pinned : (W, P, T), optional
        Work that must be done as given, up to the solver's tolerance.
    """
    model = _Model(problem)
    if pinned is not None:
        model.pin(pinned)
    terms, target = model.terms, problem.objective
    emissions = terms.emissions(target.basis)
    status = model.minimize(terms.money() if target.goal is Goal.COST else emissions)
    if status is not Status.OPTIMAL:
        return Answer(status)
    objective = model.objective
    if target.goal is Goal.CARBON:
        model.at_most(emissions, objective + 1e-9 * abs(objective))
        status = model.minimize(terms.cost())
        if status is not Status.OPTIMAL:
            return Answer(status)
    return Answer(
        Status.OPTIMAL,
        objective,
        terms.cost().valueOrDefault(),
        model.done(),
        model.short(),
        model.decisions(),
    )


def solve_scenarios(problems: Sequence[Problem], probability: Sequence[float]) -> Answer:
    """Solve problems whose levels and placements are the same, for their mean cost; whole."""
    lp = pulp.LpProblem("scenarios", pulp.LpMinimize)
    models = [_Model(problem, lp, f"s{number}v") for number, problem in enumerate(problems)]
    first = models[0].terms
    for other in (model.terms for model in models[1:]):
        for name in ("booked", "new", "contracted", "leased", "share", "open"):
            mine, its = getattr(first, name), getattr(other, name)
            for thing in mine.keys() & its.keys():
                lp.addConstraint(total([mine[thing]]) - its[thing] == 0)
    weighted = zip(models, probability, strict=True)
    status = models[0].minimize(total(model.terms.money() * weight for model, weight in weighted))
    return Answer(status, models[0].objective if status is Status.OPTIMAL else None)


def range_reference(
    problem: Problem, amount: Callable[[Terms], Expression], within: float
) -> tuple[float, float] | None:
    """Find least and most of an amount among plans within a share of the least cost, by a row on the cost.

    None where there is no plan.
    """
    model = _Model(problem)
    if model.minimize(model.terms.money()) is not Status.OPTIMAL:
        return None
    most = model.objective + within * abs(model.objective)
    model.at_most(model.terms.money(), most + 1e-9 * abs(most))
    found, measured = [], amount(model.terms)
    for sign in (1.0, -1.0):
        assert model.minimize(measured * sign) is Status.OPTIMAL
        found.append(sign * model.objective)
    return found[0], found[1]


class _Model:
    """Variables and constraints around the `Terms`; in the program of several problems if one is given."""

    def __init__(self, problem: Problem, lp: pulp.LpProblem | None = None, prefix: str = "v") -> None:
        self.problem = problem
        self.lp = pulp.LpProblem("reference", pulp.LpMinimize) if lp is None else lp
        self._prefix = prefix
        self.objective = 0.0
        self._count = 0
        self.terms = self._declare()
        self._count_moves()
        self._serve_all()
        self._route_traffic()
        self._respect_capacity()
        self._balance_energy()
        self._respect_bandwidth()
        self._respect_caps()
        self.at_most(self.terms.emissions(problem.objective.basis), problem.objective.carbon_cap_kg)
        self.at_most(self.terms.cost(), problem.objective.budget)
        self._respect_rules()

    def variable(self, low: float = 0.0, high: float = inf, *, whole: bool = False) -> pulp.LpVariable:
        """A variable named by number: PuLP rewrites other names."""
        self._count += 1
        most, kind = None if high == inf else float(high), pulp.LpInteger if whole else pulp.LpContinuous
        return self.lp.add_variable(f"{self._prefix}{self._count:06}", float(low), most, kind)

    def require(self, constraint: pulp.LpConstraint) -> None:
        self.lp.addConstraint(constraint)

    def at_most(self, expression: Expression, limit: float) -> None:
        if limit < inf:
            self.require(expression <= float(limit))

    def _declare(self) -> Terms:
        problem, hours = self.problem, self.problem.horizon.period_h
        grid, contracts, pools = problem.grid, problem.contracts, problem.pools
        terms = Terms(problem)
        terms.x = {(w, p, t): self.variable() for w in terms.W for p in terms.pools_of[w] for t in terms.T}
        reserved = [p for p in terms.P if pools.term[p] == Term.RESERVED]
        terms.booked = {p: self.variable(0, pools.max_units[p]) for p in reserved}
        optional = problem.sites.is_optional
        terms.open = {s: self.variable(0, 1, whole=True) if optional[s] else Expression(1) for s in terms.S}
        # 0 ≤ grid ≤ Δ · import limit, 0 ≤ contract + sold ≤ Δ · (available + profile · chosen power)
        at_sites = [(s, t) for s in terms.S for t in terms.T]
        terms.grid = {(s, t): self.variable(0, hours * grid.import_limit_kw[s]) for s, t in at_sites}
        terms.contract = {(c, t): self.variable() for c in terms.C for t in terms.T}
        may_sell = contracts.may_sell
        terms.sold = {(c, t): self.variable() if may_sell[c] else Expression(0) for c, t in terms.contract}
        network = problem.network
        terms.contracted = {c: self.variable(0, contracts.max_chosen_kw[c]) for c in terms.C}
        leases = {
            line: self.variable(0, network.max_leased_gb_per_h[line]) for line in set(network.line.tolist())
        }
        # one lease is bandwidth in both directions of its line
        terms.leased = {link: leases[int(network.line[link])] for link in terms.L}
        terms.new = {p: self.variable(0, pools.max_new_units[p]) for p in terms.P}
        terms.certificates = {s: self.variable(0, grid.max_certificates_kwh[s]) for s in terms.S}
        self._declare_batteries(terms)
        self._declare_steps(terms)
        for c, t in terms.contract:
            self.require(terms.taken(c, t) - terms.available_kwh(c, t) <= 0)
        terms.peak = {(s, m): self.variable() for s in terms.S for m in range(len(problem.horizon.months))}
        terms.covered = {place: self.variable() for place in at_sites}
        return terms

    def _declare_steps(self, terms: Terms) -> None:
        # chosen units are step · a whole number; nothing is chosen at a closed site
        pools = self.problem.pools
        for p in terms.P:
            step, is_open = float(pools.step_units[p]), terms.open[int(pools.site[p])]
            most = float(pools.max_units[p] if p in terms.booked else pools.max_new_units[p])
            level = terms.booked[p] if p in terms.booked else terms.new[p]
            if pools.term[p] == Term.ON_DEMAND:
                if step > 0:
                    terms.rented.update({(p, t): self.variable(whole=True) * step for t in terms.T})
                    for t in terms.T:
                        self.at_most(terms.rented[p, t], pools.max_units[p])
                continue
            if step > 0:
                self.require(level - self.variable(whole=True) * step == 0)
            if most < inf:
                self.require(level - is_open * most <= 0)
            if p in terms.booked:
                self.require(level - is_open * float(pools.min_units[p]) >= 0)

    def _declare_batteries(self, terms: Terms) -> None:
        # stored = before + η charge − discharge / η; before the first period of a block is its last
        batteries, blocks = self.problem.batteries, self.problem.horizon.block
        at = [(b, t) for b in terms.B for t in terms.T]
        terms.charge = {(b, t): self.variable(0, terms.hours * batteries.power_kw[b]) for b, t in at}
        terms.discharge = {(b, t): self.variable(0, terms.hours * batteries.power_kw[b]) for b, t in at}
        terms.stored = {(b, t): self.variable(0, batteries.energy_kwh[b]) for b, t in at}
        self._run_one_way(terms)
        for b, t in at:
            first = t == 0 or blocks[t - 1] != blocks[t]
            before = max(other for other in terms.T if blocks[other] == blocks[t]) if first else t - 1
            gained = terms.charge[b, t] * float(batteries.charge_efficiency[b])
            taken = terms.discharge[b, t] * (1 / float(batteries.discharge_efficiency[b]))
            self.require(terms.stored[b, t] - terms.stored[b, before] - gained + taken == 0)

    def _run_one_way(self, terms: Terms) -> None:
        # charge > 0 or discharge > 0, never both, and neither at a closed site
        for b, t in terms.charge:
            most = terms.hours * float(self.problem.batteries.power_kw[b])
            charges, site = self.variable(0, 1, whole=True), int(self.problem.batteries.site[b])
            self.require(terms.charge[b, t] - charges * most <= 0)
            self.require(terms.discharge[b, t] + charges * most <= most)
            self.require(terms.charge[b, t] - terms.open[site] * most <= 0)
            self.require(terms.discharge[b, t] - terms.open[site] * most <= 0)

    # Work

    def _shortfall(self, w: int, most: float) -> Amount:
        """Work left undone: only where it has a price, and never for the goal carbon."""
        priced = self.problem.workloads.shortfall_price[w] < inf
        allowed = priced and self.problem.objective.goal is Goal.COST
        return self.variable(0, most) if allowed else Expression(0)

    def _serve_all(self) -> None:
        workloads = self.problem.workloads
        for w in self.terms.W:
            if workloads.runs_through[w]:
                self._serve_run(w)
            elif workloads.is_job[w]:
                self._serve_job(w)
            elif workloads.is_fixed[w]:
                self._serve_fixed(w)
            else:
                self._serve_demand(w)

    def _count_moves(self) -> None:
        # moved ≥ increase
        increase = self.terms.arriving_units()
        self.terms.moved = {place: self.variable() for place in increase}
        for place, units in increase.items():
            self.require(units - self.terms.moved[place] <= 0)

    def _serve_demand(self, w: int) -> None:
        # Each slice of each arrival flows to the periods in which it may be done: Σ_t y + u = slice,
        # and the work of a period is what flows into it: Σ_p x[w,p,t] = Σ y
        terms = self.terms
        inflow: dict[int, list[pulp.LpVariable]] = {t: [] for t in terms.T}
        for arrival in terms.T:
            left = []
            for share, periods in service_slices(self.problem, w, arrival):
                amount = share * terms.arrivals(w, arrival)
                flow = {t: self.variable() for t in periods}
                left.append(self._shortfall(w, amount))
                self.require(total(flow.values()) + left[-1] == amount)
                for t, y in flow.items():
                    inflow[t].append(y)
            terms.u[w, arrival] = total(left)
        for t in terms.T:
            self.require(terms.served(w, t) == total(inflow[t]))

    def _serve_job(self, w: int) -> None:
        # Σ_{p, t in window} x + u = volume; Σ_p x[w,p,t] ≤ max_rate · overlap[t]
        workloads, terms = self.problem.workloads, self.terms
        overlap, volume = job_overlap(self.problem, w), float(workloads.volume_unit_h[w])
        left = self._shortfall(w, volume)
        self.require(total(terms.served(w, t) for t in overlap) + left == volume)
        terms.u[w, max(overlap)] = total([left])
        for t in terms.T:
            if t not in overlap:
                self.require(terms.served(w, t) == 0)
            else:
                self.at_most(terms.served(w, t), workloads.max_rate[w] * overlap[t])

    def _serve_run(self, w: int) -> None:
        # x[w,p,t] = Σ_τ start[p,τ] · max_rate · hours of the run in t; Σ start + short = 1
        workloads, terms = self.problem.workloads, self.terms
        whole, volume = bool(workloads.is_whole[w]), float(workloads.volume_unit_h[w])
        runs, short = runs_of(self.problem, w), self._shortfall(w, 1.0)
        if whole and isinstance(short, pulp.LpVariable):
            short.cat = pulp.LpInteger
        starts = [(p, run, self.variable(whole=whole)) for p in terms.pools_of[w] for run in runs]
        self.require(total([short, *(start for _, _, start in starts)]) == 1)
        terms.u[w, max(job_overlap(self.problem, w))] = short * volume
        for p in terms.pools_of[w]:
            for t in terms.T:
                done = total(
                    start * (float(workloads.max_rate[w]) * run.get(t, 0.0))
                    for at, run, start in starts
                    if at == p
                )
                self.require(terms.x[w, p, t] - done == 0)

    def _serve_fixed(self, w: int) -> None:
        # Σ_p share + short = 1; x[w,p,t] = share[p] · d[w,t]; without demand there is nothing to split
        terms = self.terms
        if not terms.has_demand(w):
            return
        whole = bool(self.problem.workloads.is_whole[w])
        short = self._shortfall(w, 1.0)
        if whole and isinstance(short, pulp.LpVariable):
            short.cat = pulp.LpInteger
        terms.share.update({(w, p): self.variable(whole=whole) for p in terms.pools_of[w]})
        self.require(total(terms.share[w, p] for p in terms.pools_of[w]) + short == 1)
        for t in terms.T:
            arrivals = terms.arrivals(w, t)
            terms.u[w, t] = short * arrivals
            for p in terms.pools_of[w]:
                self.require(terms.x[w, p, t] - terms.share[w, p] * arrivals == 0)

    # Capacity, energy, network

    def _route_traffic(self) -> None:
        # Σ_n routed[w,p,n,t] = traffic of w at p, over the paths n that are near enough
        terms = self.terms
        for w in terms.W:
            for p in terms.pools_of[w]:
                for t in terms.T if terms.paths(w, p) else ():
                    flows = {(w, p, n, t): self.variable() for n in terms.paths(w, p)}
                    terms.routed.update(flows)
                    self.require(total(flows.values()) - terms.gb(w, p, t) == 0)

    def _respect_capacity(self) -> None:
        # load ≤ Δ · availability · units, with the units booked in a reserved pool, or added to an owned one
        pools, terms = self.problem.pools, self.terms
        for p in terms.P:
            for t in terms.T:
                room = terms.hours * float(pools.availability[p, t])
                is_open = terms.open[int(pools.site[p])]
                if p in terms.booked:
                    self.require(terms.load(p, t) - terms.booked[p] * room <= 0)
                elif (p, t) in terms.rented:
                    self.require(terms.load(p, t) - terms.rented[p, t] * room <= 0)
                    if pools.max_units[p] < inf:
                        most = room * float(pools.max_units[p])
                        self.require(terms.load(p, t) - is_open * most <= 0)
                elif pools.max_units[p] < inf or room == 0:
                    limit = float(room and room * pools.max_units[p])
                    self.require(terms.load(p, t) - terms.new[p] * room - is_open * limit <= 0)

    def _balance_energy(self) -> None:
        terms = self.terms
        for s in terms.S:
            pools = [p for p in terms.P if self.problem.pools.site[p] == s]
            for t in terms.T:
                # PUE · Σ_p IT kWh = grid + Σ_c contract + Σ_b (discharge − charge)
                bought = total([terms.grid[s, t], *(terms.contract[c, t] for c in terms.contracts_at(s))])
                at_site = [b for b in terms.B if self.problem.batteries.site[b] == s]
                supply = bought + total(terms.discharge[b, t] - terms.charge[b, t] for b in at_site)
                self.require(total(terms.facility_kwh(p, t) for p in pools) - supply == 0)
                # mean grid of the interval that begins here ≤ peak of the month
                if together := terms.interval(s, t):
                    month = int(self.problem.horizon.month[t])
                    imported = total(terms.grid[s, u] for u in together)
                    self.require(imported - terms.peak[s, month] * (terms.hours * len(together)) <= 0)
                # covered ≤ grid
                self.require(terms.covered[s, t] - terms.grid[s, t] <= 0)
            # Σ_t ω covered ≤ surplus + certificates
            covered = total(terms.covered[s, t] * terms.weight[t] for t in terms.T)
            self.require(covered - terms.surplus(s) - terms.certificates[s] <= 0)

    def _respect_bandwidth(self) -> None:
        # traffic ≤ Δ · (bandwidth + leased)
        for link in self.terms.L:
            most = self.terms.hours * float(self.problem.network.bandwidth_gb_per_h[link])
            for t in self.terms.T:
                leased = self.terms.leased[link] * self.terms.hours
                self.at_most(self.terms.traffic(link, t) - leased, most)

    def _respect_caps(self) -> None:
        # Σ_p weight · (units or facility power) ≤ limit
        caps, terms = self.problem.caps, self.terms
        for g in range(caps.size):
            for t in terms.T:
                self.at_most(
                    total(self._counted(g, p, t) * float(caps.weight[g, p]) for p in terms.P),
                    caps.limit[g, t],
                )

    def _respect_rules(self) -> None:
        problem, terms = self.problem, self.terms
        for u in range(problem.rules.size):
            # a share of the work done is at most 0 too much
            is_share = problem.rules.measure[u].is_share
            self.at_most(terms.ruled(u), 0.0 if is_share else problem.rules.limit[u])
        for s in terms.S:
            # share · Σ ω (grid + contracts) ≤ Σ ω contracts
            bought = total(
                terms.contract[c, t] * terms.weight[t] for c in terms.contracts_at(s) for t in terms.T
            )
            drawn = total(terms.grid[s, t] * terms.weight[t] for t in terms.T)
            share = float(problem.grid.renewable_share[s])
            if share > 0:
                self.at_most((drawn + bought) * share - bought, 0.0)

    def _counted(self, g: int, p: int, t: int) -> Expression:
        if self.problem.caps.measure[g] is CapMeasure.UNITS:
            return self.terms.units(p, t)
        return self.terms.facility_kwh(p, t) * (1 / self.terms.hours)

    # Solving

    def pin(self, work: Floats) -> None:
        """Hold all work at the given amounts; the pairs that do not exist must have none."""
        slack = 1e-6
        for place, x in self.terms.x.items():
            x.bounds(max(0.0, float(work[place]) - slack), float(work[place]) + slack)

    def minimize(self, objective: Expression) -> Status:
        # Presolve can fail where bounds are nearly equal, as those of pinned work are.
        if any(self._solve(objective, presolve) is Status.OPTIMAL for presolve in ("choose", "off")):
            self.objective = float(objective.valueOrDefault())
            return Status.OPTIMAL
        # Presolve may leave open which of the two it is: without an objective only one can be.
        possible = self._solve(Expression(0)) is Status.OPTIMAL
        return Status.UNBOUNDED if possible else Status.INFEASIBLE

    def _solve(self, objective: Expression, presolve: str = "choose") -> Status:
        self.lp.setObjective(objective)
        self.lp.solve(pulp.HiGHS(msg=False, gapRel=1e-9, presolve=presolve, **FEASIBILITY))
        return STATUS[self.lp.status, self.lp.sol_status]

    def done(self) -> Floats:
        terms = self.terms
        done = np.zeros((len(terms.W), len(terms.P), len(terms.T)))
        for place, x in terms.x.items():
            done[place] = x.valueOrDefault()
        return done

    def short(self) -> Floats:
        short = np.zeros((len(self.terms.W), len(self.terms.T)))
        for place, u in self.terms.u.items():
            short[place] = u.valueOrDefault()
        return short

    def decisions(self) -> Decisions:
        terms = self.terms
        booked = [terms.booked[p].valueOrDefault() if p in terms.booked else 0.0 for p in terms.P]
        grid = [[terms.grid[s, t].valueOrDefault() for t in terms.T] for s in terms.S]
        contracted = [terms.contracted[c].valueOrDefault() for c in terms.C]
        leased = [terms.leased[link].valueOrDefault() for link in terms.L]
        new = [terms.new[p].valueOrDefault() for p in terms.P]
        rented = np.zeros((len(terms.P), len(terms.T)))
        for place, units in terms.rented.items():
            rented[place] = units.valueOrDefault()
        is_open = [terms.open[s].valueOrDefault() for s in terms.S]
        certificates = [terms.certificates[s].valueOrDefault() for s in terms.S]
        stored = [
            np.array([[of[b, t].valueOrDefault() for t in terms.T] for b in terms.B], float).reshape(
                len(terms.B), len(terms.T)
            )
            for of in (terms.charge, terms.discharge, terms.stored)
        ]
        routing = self.problem.routing
        routed = np.zeros((len(routing.option_flow), len(terms.T)))
        for (w, p, n, t), gb in terms.routed.items():
            flow = routing.flow_of[self.problem.workloads.need[w], terms.ends(w, p)[1]]
            option = np.flatnonzero((routing.option_flow == flow) & (routing.option_path == n))
            routed[option, t] += gb.valueOrDefault()
        sold = [[terms.sold[c, t].valueOrDefault() for t in terms.T] for c in terms.C]
        taken = [[terms.taken(c, t).valueOrDefault() for t in terms.T] for c in terms.C]
        return Decisions(
            booked_units=np.array(booked, float),
            grid_kwh=np.array(grid, float).reshape(len(terms.S), len(terms.T)),
            contract_kwh=np.array(taken, float).reshape(len(terms.C), len(terms.T)),
            sold_kwh=np.array(sold, float).reshape(len(terms.C), len(terms.T)),
            contracted_kw=np.array(contracted, float),
            leased_gb_per_h=np.array(leased, float),
            new_units=np.array(new, float),
            certificate_kwh=np.array(certificates, float),
            rented_units=rented,
            routed_gb=routed,
            open_sites=np.array(is_open, float),
            charge_kwh=stored[0],
            discharge_kwh=stored[1],
            stored_kwh=stored[2],
        )
