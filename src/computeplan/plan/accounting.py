"""The accounts of a plan: cost and emissions of the whole, of sites, pools and links.

All amounts are over the time that the horizon stands for (Σ ω), unless they have a period axis.
"""

from __future__ import annotations

from dataclasses import dataclass

from computeplan.plan.amounts import CostParts, Emissions
from computeplan.problem import Floats
from computeplan.problem.arrays import ReadOnlyArrays

KG_PER_T = 1000.0
L_PER_M3 = 1000.0


@dataclass(frozen=True, eq=False)
class SiteAccounts(ReadOnlyArrays):
    """One row for each site; the network stands apart in `NetworkAccounts`.

    Attributes
    ----------
    work_unit_h : (S,)
    it_kwh, facility_kwh : (S,)
    grid_kwh, contract_kwh, spilled_kwh : (S,)
        Drawn from the grid, used of contracts, and available of contracts but not used.
    water_l : (S,)
    peak_kw : (S, M)
        Largest import of each month.
    cost : CostParts of (S,)
        Without network.
    emissions_kg : Emissions of (S,)
        Without network.
    """

    work_unit_h: Floats
    it_kwh: Floats
    facility_kwh: Floats
    grid_kwh: Floats
    contract_kwh: Floats
    spilled_kwh: Floats
    water_l: Floats
    peak_kw: Floats
    cost: CostParts[Floats]
    emissions_kg: Emissions[Floats]


@dataclass(frozen=True, eq=False)
class PoolAccounts(ReadOnlyArrays):
    """One row for each pool.

    Attributes
    ----------
    load_unit_h, capacity_unit_h : (P, T)
        Busy and usable unit·h of each period, without the weights; capacity is inf without limit.
    booked_units : (P,)
        Level of reserved pools; 0 for the others.
    new_units : (P,)
        Units added to owned pools.
    work_unit_h, busy_unit_h : (P,)
    utilization : (P,)
        Busy over usable unit·h; nan where there is none or no limit.
    cost : (P,)
        Usage or reserved cost.
    new_cost, embodied_kg : (P,)
        Annualised cost and embodied emissions of new units.
    moved_gb : (P,)
        Data sets moved to the pool.
    """

    load_unit_h: Floats
    capacity_unit_h: Floats
    booked_units: Floats
    new_units: Floats
    work_unit_h: Floats
    busy_unit_h: Floats
    utilization: Floats
    cost: Floats
    new_cost: Floats
    embodied_kg: Floats
    moved_gb: Floats


@dataclass(frozen=True, eq=False)
class NetworkAccounts(ReadOnlyArrays):
    """One row for each link.

    Attributes
    ----------
    traffic_gb : (L, T)
        Without the weights.
    cost, lease_cost : (L,)
        Of traffic and leased bandwidth, and that of the latter alone.
    emissions_kg : (L,)
        The same on every basis.
    """

    traffic_gb: Floats
    cost: Floats
    lease_cost: Floats
    emissions_kg: Floats


@dataclass(frozen=True, eq=False)
class Accounts:
    """What a plan costs and emits.

    Attributes
    ----------
    cost : CostParts of float
    shortfall_penalty : float
        Price of work left undone.
    shortfall_unit_h : float
    carbon_charge : float
        Carbon price times emissions on the objective's basis; 0 for the goal ``carbon``.
    emissions_kg : Emissions of float
    objective : float
        Currency, or kg for the goal ``carbon``.
    magnitude : float
        What errors of the objective are measured against: the sum of the sizes of its terms, with
        a floor for plans that cost next to nothing (see `settle`).
    sites : SiteAccounts
    pools : PoolAccounts
    network : NetworkAccounts
    """

    cost: CostParts[float]
    shortfall_penalty: float
    shortfall_unit_h: float
    carbon_charge: float
    emissions_kg: Emissions[float]
    objective: float
    magnitude: float
    sites: SiteAccounts
    pools: PoolAccounts
    network: NetworkAccounts

    @property
    def emissions_t(self) -> Emissions[float]:
        """Emissions on the three bases, t."""
        return self.emissions_kg.map(lambda kg: kg / KG_PER_T)
