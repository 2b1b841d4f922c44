"""Which needs each pool can serve, and what excludes the others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

import numpy as np
import numpy.typing as npt

from computeplan.problem.arrays import Bools, Floats, ReadOnlyArrays
from computeplan.problem.network import Network
from computeplan.problem.sites import Hardware, Pools, Sites
from computeplan.problem.workloads import Needs


class Exclusion(IntFlag):
    """Why a pool cannot serve a need; several may hold at once."""

    NONE = 0
    LABEL = 1
    SECURITY = 2
    RESIDENCY = 4
    LATENCY = 8
    HARDWARE = 16
    ROUTE = 32


@dataclass(frozen=True, eq=False)
class Eligibility(ReadOnlyArrays):
    """The pairs of need and pool that exist.

    Attributes
    ----------
    efficiency : (R, P)
        Work done per pool unit; 0 where the pair does not exist.
    exclusion : (R, P)
        Bits of `Exclusion`; 0 where the pair exists.
    """

    efficiency: Floats
    exclusion: npt.NDArray[np.uint8]

    @property
    def allowed(self) -> Bools:
        """(R, P) whether the pair exists."""
        allowed: Bools = self.exclusion == 0
        return allowed


def derive_eligibility(
    needs: Needs, sites: Sites, hardware: Hardware, pools: Pools, network: Network
) -> Eligibility:
    """Hold every need against every pool.

    Parameters
    ----------
    needs, sites, hardware, pools, network
        The parts of one problem.

    Returns
    -------
    Eligibility
        With every reason of exclusion, not only the first.
    """
    zones = sites.zone
    latency_ms = network.latency_ms[needs.zone][:, zones]
    limited = np.isfinite(needs.max_latency_ms)[:, None]
    too_far = limited & ~(latency_ms <= needs.max_latency_ms[:, None])
    travels = (needs.traffic_gb_per_unit_h > 0) | needs.moves_data
    at_site = (
        _bit(needs.labels.astype(np.int64) @ ~sites.labels.T > 0, Exclusion.LABEL)
        | _bit(needs.security[:, None] > sites.security[None, :], Exclusion.SECURITY)
        | _bit(~needs.residency[:, zones], Exclusion.RESIDENCY)
        | _bit(too_far, Exclusion.LATENCY)
        | _bit(travels[:, None] & ~network.connected[needs.zone][:, zones], Exclusion.ROUTE)
    )
    efficiency = hardware.efficiency[needs.kind][:, pools.hardware]
    exclusion = at_site[:, pools.site] | _bit(efficiency <= 0, Exclusion.HARDWARE)
    return Eligibility(np.where(exclusion == 0, efficiency, 0.0), exclusion)


def _bit(mask: Bools, reason: Exclusion) -> npt.NDArray[np.uint8]:
    return mask.astype(np.uint8) * np.uint8(reason)
