"""The numeric problem as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from computeplan.problem.arrays import Bools, Floats
from computeplan.problem.eligibility import Eligibility, derive_eligibility
from computeplan.problem.energy import Contracts, Grid
from computeplan.problem.horizon import Horizon
from computeplan.problem.network import Network
from computeplan.problem.objective import Objective
from computeplan.problem.rules import Rules
from computeplan.problem.sites import Caps, Hardware, Pools, Sites, Term
from computeplan.problem.storage import Batteries
from computeplan.problem.workloads import Companies, Needs, Workloads


class Split(StrEnum):
    """How interchangeable workloads share what they do together.

    ``few_pools``: each on as few pools as possible, and there from period to period. ``proportional``: each
    the same part of its work in every pool, so that all are served alike.
    """

    FEW_POOLS = "few_pools"
    PROPORTIONAL = "proportional"


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything a plan depends on, in base units.

    Time h, power kW, energy kWh, emissions kg CO2e, data GB, latency ms, money in `currency`, work
    in unit·h. Axis order is always workload, need, site, pool, supply, link, cap before period.
    """

    name: str
    currency: str
    horizon: Horizon
    companies: Companies
    workloads: Workloads
    needs: Needs
    sites: Sites
    hardware: Hardware
    pools: Pools
    caps: Caps
    grid: Grid
    contracts: Contracts
    batteries: Batteries
    network: Network
    rules: Rules
    objective: Objective
    split: Split = Split.FEW_POOLS

    @cached_property
    def eligibility(self) -> Eligibility:
        """Which pool can serve which need."""
        return derive_eligibility(self.needs, self.sites, self.hardware, self.pools, self.network)

    @property
    def has_integers(self) -> bool:
        """Whether some decisions are whole numbers, so that there are no dual prices."""
        any_step = bool((self.pools.step_units > 0).any())
        return any_step or bool(self.workloads.is_whole.any()) or bool(self.sites.is_optional.any())

    @cached_property
    def local(self) -> Bools:
        """(R, P) whether the pool is in the need's own zone."""
        local: Bools = self.needs.zone[:, None] == self.sites.zone[self.pools.site][None, :]
        return local

    @cached_property
    def traffic_gb_per_unit_h(self) -> Floats:
        """(W,) GB that travel with a unit·h, a job's data set included."""
        workloads = self.workloads
        volume = np.where(workloads.volume_unit_h > 0, workloads.volume_unit_h, np.inf)
        moved = np.where(workloads.is_job, workloads.data_gb, 0.0) / volume
        gb: Floats = self.needs.traffic_gb_per_unit_h[workloads.need] + moved
        return gb

    @cached_property
    def idle_kw(self) -> Floats:
        """(P,) IT power of an idle unit; a rented unit is only there while it is busy."""
        idle = self.hardware.idle_kw[self.pools.hardware]
        return np.where(self.pools.term == Term.ON_DEMAND, 0.0, idle)

    @cached_property
    def busy_kw(self) -> Floats:
        """(P,) IT power of a busy unit."""
        return self.hardware.busy_kw[self.pools.hardware]

    @cached_property
    def pue(self) -> Floats:
        """(P, T) PUE of each pool's site."""
        return self.sites.pue[self.pools.site]
