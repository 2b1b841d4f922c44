"""What a plan costs and emits, by the oracle's own formulas with numbers in place of variables."""

from __future__ import annotations

from dataclasses import dataclass

from computeplan.problem import CarbonBasis, Decisions, Floats, Problem, Term
from reference.terms import Place, Terms


@dataclass(frozen=True)
class Account:
    """Cost by part, penalty and carbon charge (money), emissions by basis (kg)."""

    cost: dict[str, float]
    shortfall_penalty: float
    money: float
    emissions_kg: dict[CarbonBasis, float]


def account(problem: Problem, done: Floats, short: Floats, decisions: Decisions) -> Account:
    """Account for decisions.

    Parameters
    ----------
    problem : Problem
    done : (W, P, T)
        Work done, unit·h.
    short : (W, T)
        Work left undone, unit·h.
    decisions : Decisions
    """
    terms = _numbers(problem, done, short, decisions)
    return Account(
        {name: float(part.value()) for name, part in terms.cost_parts().items()},
        float(terms.shortfall_penalty().value()),
        float(terms.money().value()),
        {basis: float(terms.emissions(basis).value()) for basis in CarbonBasis},
    )


def _numbers(problem: Problem, done: Floats, short: Floats, decisions: Decisions) -> Terms:
    terms = Terms(problem)
    terms.x = {(w, p, t): float(done[w, p, t]) for w in terms.W for p in terms.pools_of[w] for t in terms.T}
    terms.u = {(w, t): float(short[w, t]) for w in terms.W for t in terms.T}
    terms.share = {
        (w, p): _share(terms, done, w, p)
        for w in terms.W
        if problem.workloads.is_fixed[w] and terms.has_demand(w)
        for p in terms.pools_of[w]
    }
    reserved = [p for p in terms.P if problem.pools.term[p] == Term.RESERVED]
    terms.booked = {p: float(decisions.booked_units[p]) for p in reserved}
    terms.grid = {(s, t): float(decisions.grid_kwh[s, t]) for s in terms.S for t in terms.T}
    terms.sold = {(c, t): float(decisions.sold_kwh[c, t]) for c in terms.C for t in terms.T}
    terms.contract = {
        place: float(decisions.contract_kwh[place]) - sold for place, sold in terms.sold.items()
    }
    terms.contracted = {c: float(decisions.contracted_kw[c]) for c in terms.C}
    terms.leased = {link: float(decisions.leased_gb_per_h[link]) for link in terms.L}
    terms.new = {p: float(decisions.new_units[p]) for p in terms.P}
    terms.rented = {
        (p, t): float(decisions.rented_units[p, t])
        for p in terms.P
        for t in terms.T
        if problem.pools.rents_in_steps[p]
    }
    terms.open = {s: float(decisions.open_sites[s]) for s in terms.S}
    terms.certificates = {s: float(decisions.certificate_kwh[s]) for s in terms.S}
    terms.discharge = {(b, t): float(decisions.discharge_kwh[b, t]) for b in terms.B for t in terms.T}
    over = problem.network.path[problem.routing.option_path].astype(float)
    sent = over.T @ decisions.routed_gb
    terms.sent = {(link, t): float(sent[link, t]) for link in terms.L for t in terms.T}
    terms.moved = {place: max(0.0, float(units.value())) for place, units in terms.arriving_units().items()}
    terms.peak = {(s, m): _peak(terms, s, m) for s in terms.S for m in range(len(problem.horizon.months))}
    terms.covered = {place: kwh for s in terms.S for place, kwh in _cover(terms, s).items()}
    return terms


def _share(terms: Terms, done: Floats, w: int, p: int) -> float:
    return float(done[w, p].sum()) / sum(terms.arrivals(w, t) for t in terms.T)


def _peak(terms: Terms, s: int, month: int) -> float:
    starts = [t for t in terms.T if terms.problem.horizon.month[t] == month and terms.interval(s, t)]
    means = [sum(terms.grid[s, u] for u in terms.interval(s, t)) / len(terms.interval(s, t)) for t in starts]
    return max(means, default=0.0) / terms.hours


def _cover(terms: Terms, s: int) -> dict[Place, float]:
    """Surplus contract energy and certificates cover the dirtiest grid energy first."""
    factor = terms.problem.grid.market_kg_per_kwh[s]
    surplus = float(terms.surplus(s).value()) + terms.certificates[s]
    covered = {}
    for t in sorted(terms.T, key=lambda t: -factor[t]):
        real_kwh = min(surplus, terms.grid[s, t] * terms.weight[t])
        covered[s, t] = real_kwh / terms.weight[t]
        surplus -= real_kwh
    return covered
