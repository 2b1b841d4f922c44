"""Zones and the network between them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, model_validator

from computeplan.config.schema.base import Name, Section, ZoneName, fault_at, raise_faults
from computeplan.config.schema.quantity import (
    Bandwidth,
    BandwidthYearPrice,
    CarbonFactor,
    DataEnergy,
    DataPrice,
    Milliseconds,
)


class Zone(Section):
    """A place where users, data or sites are, or a region around such places."""

    within: ZoneName | None = Field(None, description="Zone that encloses this one; default none.")
    latency: Milliseconds = Field(0.0, description="Latency within the zone, ms.")


class LatencyConvention(StrEnum):
    """What a latency counts: the way to the site, or there and back."""

    ONE_WAY = "one_way"
    ROUND_TRIP = "round_trip"


class Lease(Section):
    """Bandwidth that the plan may lease beside what there is."""

    max_bandwidth: Bandwidth = Field(description="Most bandwidth to lease, Gbps.")
    price: BandwidthYearPrice = Field(description="Price, currency per Gbps and year, pro rata.")


class Link(Section):
    """A connection of two zones, usable both ways."""

    between: tuple[ZoneName, ...] = Field(min_length=2, max_length=2, description="The two zones.")
    latency: Milliseconds = Field(0.0, description="Latency, ms.")
    bandwidth: Bandwidth | None = Field(
        None, description="Most traffic, Gbps; default no limit, or 0 with a lease."
    )
    lease: Lease | None = Field(None, description="Bandwidth that the plan may lease; default none.")
    price: DataPrice = Field(0.0, description="Price of traffic, energy included, currency per GB.")
    energy: DataEnergy = Field(0.0, description="Energy of traffic, kWh/GB.")
    carbon: CarbonFactor = Field(0.0, description="Emission factor of that energy, t/MWh.")

    @model_validator(mode="after")
    def _two_zones(self) -> Self:
        if self.between[0] == self.between[1]:
            raise_faults(
                self, [fault_at(("between",), "two different zones", found=f"{self.between[0]!r} twice")]
            )
        return self


class LatencyFile(Section):
    """A latency matrix in a file: a row for each zone of origin, a column for each destination, ms."""

    file: Name = Field(description="CSV or Parquet file inside the config's folder.")
    origin: Name = Field(description="Column that names the zone of origin.")


LatencyTable = dict[ZoneName, dict[ZoneName, Milliseconds]]
"""Latency from zone to zone, ms."""


def _latency_tag(value: Any) -> str:
    from_file = isinstance(value, LatencyFile) or (
        isinstance(value, dict) and isinstance(value.get("file"), str)
    )
    return "(file)" if from_file else "(table)"


class NetworkSection(Section):
    """Latencies and links between zones."""

    latency: LatencyConvention | None = Field(
        None, description="What the latencies in this file are; required if there are any."
    )
    latency_limit: LatencyConvention | None = Field(
        None, description="What the workloads' max_latency means; default as `latency`."
    )
    links: dict[Name, Link] = Field({}, description="Links by name.")
    latencies: Annotated[
        Annotated[LatencyTable, Tag("(table)")] | Annotated[LatencyFile, Tag("(file)")],
        Discriminator(_latency_tag),
    ] = Field({}, description="Latencies from zone to zone, ms, that override those of the route.")
