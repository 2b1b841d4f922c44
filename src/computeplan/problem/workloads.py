"""Companies, workloads and what they need of a pool."""

from __future__ import annotations

from dataclasses import dataclass

from computeplan.problem.arrays import Bools, Floats, Ints, ReadOnlyArrays


@dataclass(frozen=True, eq=False)
class Companies(ReadOnlyArrays):
    """Owners of workloads.

    Attributes
    ----------
    names, tiers : tuple of str
        Name and tier (free text, may be empty) of each company.
    """

    names: tuple[str, ...]
    tiers: tuple[str, ...]

    @property
    def size(self) -> int:
        """Number of companies."""
        return len(self.names)


@dataclass(frozen=True, eq=False)
class Needs(ReadOnlyArrays):
    """Distinct sets of requirements; many workloads share one.

    Everything that decides where work may run and what a unit·h of it costs, apart from time.

    Attributes
    ----------
    zone : (R,)
        Zone of the users or the data.
    kind : (R,)
        Row of `Hardware.efficiency`.
    labels : (R, B)
        Labels that the site must provide.
    security : (R,)
        Lowest security level of the site.
    residency : (R, Z)
        Zones in which the work may run.
    max_latency_ms : (R,)
        Largest latency in the convention of `Network.latency_ms`; inf where there is no limit.
    traffic_gb_per_unit_h : (R,)
        Traffic between the need's zone and the site.
    moves_data : (R,)
        Whether a data set travels to the site, so that a route must exist.
    unit_cost : (R, S)
        Extra cost of one unit·h at each site, currency.
    """

    zone: Ints
    kind: Ints
    labels: Bools
    security: Ints
    residency: Bools
    max_latency_ms: Floats
    traffic_gb_per_unit_h: Floats
    moves_data: Bools
    unit_cost: Floats

    @property
    def size(self) -> int:
        """Number of needs R."""
        return len(self.zone)


@dataclass(frozen=True, eq=False)
class Workloads(ReadOnlyArrays):
    """Workloads *w*, one entry each.

    A workload either has a demand, ``scale × profile`` units busy in each period with every arrival
    done within `max_delay_h` (0: interactive), or is a job: `volume_unit_h` to be done between
    `release_h` and `deadline_h`.

    Attributes
    ----------
    names : tuple of str
    company, need : (W,)
        Indices into `Companies` and `Needs`.
    is_job : (W,)
        Job or demand.
    is_fixed : (W,)
        One split over the pools for the whole horizon; only with `max_delay_h` 0 and no job.
    is_whole : (W,)
        Fixed, and all of it in one pool.
    profile : (W,)
        Row of `profiles`; 0 for jobs.
    scale : (W,)
        Factor on the profile; 0 for jobs.
    profiles : (K, T)
        Demand shapes, units busy (unit·h per h).
    max_delay_h : (W,)
        Longest wait of an arrival; 0 for jobs.
    volume_unit_h : (W,)
        Work of a job; 0 for demands.
    release_h, deadline_h : (W,)
        Window of a job on the model's time axis (hours since the first period's start, blocks laid end
        to end). The deadline may lie beyond the block: `close` cuts it off, `cyclic` wraps it.
    max_rate : (W,)
        Most units a job can keep busy; inf where there is no limit. Finite where a window starts or
        ends inside a period.
    data_gb : (W,)
        Data set moved once to where the work runs, in proportion to the work.
    shortfall_price : (W,)
        Price of a unit·h not served, currency; inf where all work must be done.
    """

    names: tuple[str, ...]
    company: Ints
    need: Ints
    is_job: Bools
    is_fixed: Bools
    is_whole: Bools
    profile: Ints
    scale: Floats
    profiles: Floats
    max_delay_h: Floats
    volume_unit_h: Floats
    release_h: Floats
    deadline_h: Floats
    max_rate: Floats
    data_gb: Floats
    shortfall_price: Floats

    @property
    def size(self) -> int:
        """Number of workloads W."""
        return len(self.names)
