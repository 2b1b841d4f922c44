"""What a busy unit·h is charged, so that all charges add up to the accounts.

Average attribution: everyone who uses a pool in a period pays the same for a busy unit·h.

1. *Pools.* A busy unit·h pays the pool's price of its period.
2. *Sites.* Energy, its cost, water and emissions in a period are split over the kWh of facility
   energy in it, a month's demand charge over the kWh of the month. A busy unit·h carries its own
   PUE · busy power.
3. *Unused capacity* (booked units and idle energy nobody used) and *new units* (cost and embodied
   emissions) are spread over all busy unit·h of the pool, at one rate for the whole horizon; of a pool
   that nobody uses, over those of its site, together with what the site pays in periods without energy;
   of a site that nobody uses, over all.

So a charge is linear in the work: Σ_p,t rate[charge,p,t] · x / efficiency.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from computeplan.plan.accounting import Accounts, PoolAccounts
from computeplan.plan.arithmetic import ratio
from computeplan.plan.flows import SiteFlows, by_site, paid_unit_h, present_units, site_flows
from computeplan.plan.requirements import idle_kw
from computeplan.problem import Decisions, Floats, Problem, Term


class Charge(IntEnum):
    """What is attributed through busy unit·h; rows of the rates."""

    ENERGY = 0
    DEMAND_CHARGE = 1
    CONTRACTS = 2
    FACILITY_KWH = 3
    LOCATION = 4
    MARKET = 5
    HOURLY = 6
    CERTIFICATES = 7
    STORAGE = 8
    WATER = 9
    OPENING = 10
    USAGE = 11
    RESERVED = 12
    NEW_CAPACITY = 13


@dataclass(frozen=True, eq=False)
class Rates:
    """Charges for work.

    Attributes
    ----------
    by_period : (charges, P, T)
        Of one busy unit·h, weights ω included.
    nobody : (charges,)
        What is left where no work is done at all.
    """

    by_period: Floats
    nobody: Floats


def charge_rates(problem: Problem, accounts: Accounts, decisions: Decisions) -> Rates:
    """Derive the rates of a plan.

    Parameters
    ----------
    problem : Problem
    accounts : Accounts
    decisions : Decisions

    Returns
    -------
    Rates
    """
    load = accounts.pools.load_unit_h
    flows = site_flows(problem, load, decisions)
    site_rate, site_rest = _site_rates(problem, flows)
    direct, unused = _energy_rates(problem, site_rate, load, decisions)
    pool_direct, pool_unused = _pool_rates(problem, load, decisions, accounts.pools)
    unused[Charge.LOCATION : Charge.HOURLY + 1] += accounts.pools.embodied_kg
    direct, unused = np.concatenate((direct, pool_direct)), np.concatenate((unused, pool_unused))
    rest = np.concatenate((site_rest, np.zeros((len(pool_direct), problem.sites.size))))
    markup, nobody = _spread(problem, accounts.pools.busy_unit_h, unused, rest)
    return Rates(direct + markup[:, :, None] * problem.horizon.weight, nobody)


def _site_rates(problem: Problem, flows: SiteFlows) -> tuple[Floats, Floats]:
    """Rate of one kWh of facility energy (charges, S, T), and what falls in periods without (charges, S)."""
    weight = problem.horizon.weight
    energy = by_site(problem, flows.facility_kwh)
    monthly = _by_energy_of_month(problem, flows, energy * weight)
    amounts = np.stack(
        (
            flows.energy_cost,
            monthly,
            flows.contract_cost,
            energy * weight,
            flows.location_kg,
            flows.market_kg,
            flows.hourly_kg,
            flows.certificate_cost,
            flows.storage_cost,
            flows.water_l,
            flows.opening_cost,
        )
    )
    rest: Floats = np.where(energy > 0, 0.0, amounts).sum(axis=2)
    return np.where(energy > 0, ratio(amounts, np.broadcast_to(energy, amounts.shape)), 0.0), rest


def _by_energy_of_month(problem: Problem, flows: SiteFlows, energy: Floats) -> Floats:
    """(S, T) demand charges split over the energy of their months."""
    month = problem.horizon.month
    in_month = (np.arange(len(problem.horizon.months))[:, None] == month).astype(np.float64)
    return flows.demand_charge[:, month] * ratio(energy, (energy @ in_month.T)[:, month])


def _energy_rates(
    problem: Problem, site_rate: Floats, load: Floats, decisions: Decisions
) -> tuple[Floats, Floats]:
    """Rate of a busy unit·h (charges, P, T), and what idle energy costs each pool (charges, P)."""
    pools = problem.pools
    rate = site_rate[:, pools.site] * problem.sites.pue[pools.site]
    present = present_units(problem, decisions)[:, None] * pools.availability
    unused = present * problem.horizon.hours - load
    busy = problem.hardware.busy_kw[pools.hardware]
    idle = idle_kw(problem)
    return rate * busy[:, None], (rate * unused).sum(axis=2) * idle


def _pool_rates(
    problem: Problem, load: Floats, decisions: Decisions, accounts: PoolAccounts
) -> tuple[Floats, Floats]:
    """Rate of a busy unit·h (3, P, T), and what nobody in particular used (3, P); usage, reserved, new."""
    pools, weight = problem.pools, problem.horizon.weight
    reserved = (pools.term == Term.RESERVED)[:, None]
    price = weight * pools.price
    direct = np.stack((np.where(reserved, 0.0, price), np.where(reserved, price, 0.0), np.zeros(load.shape)))
    unpaid = (direct * (paid_unit_h(problem, load, decisions) - load)).sum(axis=2)
    unpaid[2] += accounts.new_cost
    return direct, unpaid


def _spread(problem: Problem, busy: Floats, unused: Floats, rest: Floats) -> tuple[Floats, Floats]:
    """Spread what nobody used.

    Parameters
    ----------
    busy : (P,)
        Weighted busy unit·h.
    unused : (charges, P)
        Of each pool.
    rest : (charges, S)
        Of each site, in periods without energy.

    Returns
    -------
    markup : (charges, P)
        On one weighted busy unit·h.
    nobody : (charges,)
        Left where nobody is busy.
    """
    used = busy > 0
    at_site = by_site(problem, np.where(used, busy, 0.0))
    of_site = rest + by_site(problem, np.where(used, 0.0, unused).T).T
    of_all: Floats = np.where(at_site > 0, 0.0, of_site).sum(axis=1, keepdims=True)
    site_markup = np.where(at_site > 0, ratio(of_site, np.broadcast_to(at_site, of_site.shape)), 0.0)
    total = np.array([at_site.sum()])
    markup = np.where(used, ratio(unused, np.broadcast_to(busy, unused.shape)), 0.0)
    markup += site_markup[:, problem.pools.site] + ratio(of_all, np.broadcast_to(total, of_all.shape))
    return markup, of_all[:, 0] * (total == 0)
