"""Companies, workloads and what they need of a pool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from computeplan.problem.arrays import Bools, Floats, Ints, ReadOnlyArrays
from computeplan.problem.fields import demand, factor, flag, index, limit, price


@dataclass(frozen=True, eq=False)
class Companies(ReadOnlyArrays):
    """Owners of workloads."""

    names: tuple[str, ...]
    tiers: tuple[str, ...]
    """Free text, may be empty."""

    @property
    def size(self) -> int:
        """Number of companies."""
        return len(self.names)


@dataclass(frozen=True, eq=False)
class Needs(ReadOnlyArrays):
    """Distinct sets of requirements; many workloads share one.

    Everything that decides where work may run and what a unit·h of it costs, apart from time.
    """

    zone: Annotated[Ints, index("R")]
    """Zone of the users or the data."""
    kind: Annotated[Ints, index("R")]
    """Row of `HardwareKinds.efficiency`."""
    labels: Annotated[Bools, flag("RA")]
    """Labels that the site must provide."""
    security: Annotated[Ints, limit("R", "level")]
    """Lowest security level of the site."""
    residency: Annotated[Bools, flag("RZ")]
    """Zones in which the work may run."""
    max_latency_ms: Annotated[Floats, limit("R", "ms")]
    """In the convention of `Network.latency_ms`; inf where there is no limit."""
    traffic_gb_per_unit_h: Annotated[Floats, factor("R", "GB/(unit·h)")]
    """Between the need's zone and the site."""
    moves_data: Annotated[Bools, flag("R")]
    """Whether a data set travels to the site, so that a route must exist."""
    unit_cost: Annotated[Floats, price("RS", "money/(unit·h)")]
    """Extra cost of work at each site."""

    @property
    def size(self) -> int:
        """Number of needs R."""
        return len(self.zone)

    @property
    def travels(self) -> Bools:
        """(R,) whether traffic or a data set goes over the network."""
        travels: Bools = (self.traffic_gb_per_unit_h > 0) | self.moves_data
        return travels


@dataclass(frozen=True, eq=False)
class Workloads(ReadOnlyArrays):
    """Workloads *w*, one entry each.

    A workload either has a demand, ``scale × profile`` units busy in each period with every arrival
    done within `max_delay_h` (0: interactive), or is a job: `volume_unit_h` to be done between
    `release_h` and `deadline_h`.
    """

    names: tuple[str, ...]
    company: Annotated[Ints, index("W")]
    need: Annotated[Ints, index("W")]
    is_job: Annotated[Bools, flag("W")]
    """Job or demand."""
    is_fixed: Annotated[Bools, flag("W")]
    """One split over the pools for the whole horizon; only with `max_delay_h` 0 and no job."""
    is_whole: Annotated[Bools, flag("W")]
    """Fixed, or a job that runs through; and all of it in one pool."""
    runs_through: Annotated[Bools, flag("W")]
    """A job that starts once, at its release or the beginning of a period, and runs at `max_rate` in one pool
    until it is done; a job that is not whole does so on average, divided among starts and pools."""
    profile: Annotated[Ints, index("W")]
    """Row of `profiles`; 0 for jobs."""
    scale: Annotated[Floats, demand("W")]
    """Factor on the profile; 0 for jobs."""
    profiles: Annotated[Floats, demand("KT", "unit")]
    """Demand shapes, units busy."""
    max_delay_h: Annotated[Floats, limit("W", "h")]
    """Longest wait of an arrival; 0 for jobs."""
    volume_unit_h: Annotated[Floats, demand("W", "unit·h")]
    """Work of a job; 0 for demands."""
    release_h: Annotated[Floats, limit("W", "h")]
    """Start of a job's window on the model's time axis: hours since the first period's start, blocks laid end
    to end."""
    deadline_h: Annotated[Floats, limit("W", "h")]
    """End of a job's window. It may lie beyond the block: `close` cuts it off, `cyclic` wraps it."""
    max_rate: Annotated[Floats, limit("W", "unit")]
    """Most units a job can keep busy; inf where there is no limit. Finite where a window starts or ends
    inside a period, and where the job runs through."""
    data_gb: Annotated[Floats, demand("W", "GB")]
    """Data set moved once to where the work runs, in proportion to the work."""
    shortfall_price: Annotated[Floats, price("W", "money/(unit·h)")]
    """Of work that is not served; inf where all work must be done."""
    move_price: Annotated[Floats, price("W", "money/unit")]
    """Of each unit that moves from hour to hour; 0 where moving is free."""

    @property
    def size(self) -> int:
        """Number of workloads W."""
        return len(self.names)

    @property
    def kinds(self) -> dict[str, Bools]:
        """Which workloads are of each kind, (W,) each; every workload is of one."""
        waits = self.max_delay_h > 0
        return {
            "interactive": ~(self.is_job | self.is_fixed | waits),
            "deferrable": ~self.is_job & waits,
            "jobs": self.is_job,
            "fixed": self.is_fixed,
        }

    @property
    def pays_moves(self) -> Bools:
        """(W,) whether moves of the workload have a price: interactive work that may move."""
        pays: Bools = self.kinds["interactive"] & (self.move_price > 0)
        return pays

    def units_busy(self, workloads: Ints) -> Floats:
        """(n, T) units that the demand of some workloads keeps busy; 0 for jobs."""
        return self.scale[workloads, None] * self.profiles[self.profile[workloads]]
