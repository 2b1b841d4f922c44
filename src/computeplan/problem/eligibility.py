"""Which needs each pool can serve, and what excludes the others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from typing import Annotated

import numpy as np
import numpy.typing as npt

from computeplan.problem.arrays import Bools, Floats, ReadOnlyArrays
from computeplan.problem.fields import factor, flag
from computeplan.problem.network import Network
from computeplan.problem.sites import HardwareKinds, Pools, Sites
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
    """The pairs of need and pool that exist."""

    efficiency: Annotated[Floats, factor("RP", "unit·h/(unit·h)")]
    """Work done per unit·h of the pool; 0 where the pair does not exist."""
    exclusion: Annotated[npt.NDArray[np.uint8], flag("RP")]
    """Bits of `Exclusion`; 0 where the pair exists."""

    @property
    def allowed(self) -> Bools:
        """(R, P) whether the pair exists."""
        allowed: Bools = self.exclusion == 0
        return allowed


def derive_eligibility(
    needs: Needs, sites: Sites, hardware: HardwareKinds, pools: Pools, network: Network
) -> Eligibility:
    """Hold every need against every pool, and find every reason of exclusion, not only the first."""
    zones = sites.zone
    latency_ms = network.latency_ms[needs.zone][:, zones]
    limited = np.isfinite(needs.max_latency_ms)[:, None]
    too_far = limited & ~(latency_ms <= needs.max_latency_ms[:, None])
    at_site = (
        _bit(needs.labels.astype(np.int64) @ ~sites.labels.T > 0, Exclusion.LABEL)
        | _bit(needs.security[:, None] > sites.security[None, :], Exclusion.SECURITY)
        | _bit(~needs.residency[:, zones], Exclusion.RESIDENCY)
        | _bit(too_far, Exclusion.LATENCY)
        | _bit(needs.travels[:, None] & ~network.connected[needs.zone][:, zones], Exclusion.ROUTE)
    )
    efficiency = hardware.efficiency[needs.kind][:, pools.hardware]
    exclusion = at_site[:, pools.site] | _bit(efficiency <= 0, Exclusion.HARDWARE)
    return Eligibility(np.where(exclusion == 0, efficiency, 0.0), exclusion)


def _bit(mask: Bools, reason: Exclusion) -> npt.NDArray[np.uint8]:
    return mask.astype(np.uint8) * np.uint8(reason)
