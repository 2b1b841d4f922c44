"""Zones and the network between them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, model_validator

import computeplan.config.schema.quantity as q
from computeplan.config.schema.base import Name, Settings, ZoneName, fault_at, raise_faults


class Zone(Settings):
    """A place of users, data or sites, or a region that encloses such places."""

    within: ZoneName | None = Field(None, description="Zone that encloses this one; default none.")
    latency: q.Milliseconds = Field(0.0, description="Latency within the zone, ms.")


class LatencyConvention(StrEnum):
    """What a latency counts: one way, or there and back."""

    ONE_WAY = "one_way"
    ROUND_TRIP = "round_trip"


class Lease(Settings):
    """Bandwidth that the plan may lease in addition to the link's own."""

    max_bandwidth: q.Bandwidth = Field(description="Maximum bandwidth to lease, Gbps.")
    price: q.BandwidthYearPrice = Field(description="Price, currency per Gbps and year; charged pro rata.")


class Duplex(StrEnum):
    """Whether each direction of a link has its bandwidth, or both share it."""

    FULL = "full"
    HALF = "half"


class Link(Settings):
    """A connection between two zones, usable in both directions."""

    between: tuple[ZoneName, ...] = Field(min_length=2, max_length=2, description="The two zones.")
    latency: q.Milliseconds = Field(0.0, description="Latency, ms.")
    bandwidth: q.Bandwidth | None = Field(
        None,
        description="Maximum traffic in each direction, Gbps; default no limit, or 0 with a lease. Traffic "
        "and data sets go from a workload's zone to the site.",
    )
    duplex: Duplex = Field(
        Duplex.FULL, description="`full`: each direction has the bandwidth; `half`: both directions share it."
    )
    lease: Lease | None = Field(None, description="Bandwidth that the plan may lease; default none.")
    price: q.DataPrice = Field(0.0, description="Price of traffic, including its energy, currency per GB.")
    energy: q.DataEnergy = Field(0.0, description="Energy of traffic, kWh/GB.")
    carbon: q.CarbonFactor = Field(0.0, description="Emission factor of that energy, t/MWh.")

    @model_validator(mode="after")
    def _two_zones(self) -> Self:
        if self.between[0] == self.between[1]:
            raise_faults(
                self, [fault_at(("between",), "two different zones", found=f"{self.between[0]!r} twice")]
            )
        return self


class LatencyFile(Settings):
    """A latency matrix in a file: a row for each zone of origin, a column for each destination, ms."""

    file: Name = Field(description="CSV or Parquet file inside the config's folder.")
    origin: Name = Field(description="Column that names the zone of origin.")


LatencyTable = dict[ZoneName, dict[ZoneName, q.Milliseconds]]
"""Latency from zone to zone, ms."""


def _latency_tag(value: Any) -> str:
    from_file = isinstance(value, LatencyFile) or (
        isinstance(value, dict) and isinstance(value.get("file"), str)
    )
    return "(file)" if from_file else "(table)"


class NetworkSection(Settings):
    """Latencies and links between zones."""

    latency: LatencyConvention | None = Field(
        None, description="What the latencies in this file count; required if there are any."
    )
    latency_limit: LatencyConvention | None = Field(
        None, description="What the workloads' `max_latency` counts; default as `latency`."
    )
    links: dict[Name, Link] = Field({}, description="Links by name.")
    latencies: Annotated[
        Annotated[LatencyTable, Tag("(table)")] | Annotated[LatencyFile, Tag("(file)")],
        Discriminator(_latency_tag),
    ] = Field({}, description="Latencies from zone to zone, ms; they override those of the routes.")
