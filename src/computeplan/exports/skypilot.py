"""SkyPilot: the places where the plan runs each workload, as `any_of` of a task's resources.

SkyPilot takes the cheapest of them that can be had. It has no shares, times or quotas: those are in the
table, or in the quotas of the clusters behind.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from computeplan.exports.material import Material
from computeplan.exports.names import yaml_documents
from computeplan.folder.tables.frames import csv_bytes, named
from computeplan.problem.arrays import ratio

WORKLOADS = "workloads.csv"
"""Which file is each workload's, and the plan's share of each place."""


def write(material: Material) -> Iterator[tuple[str, bytes]]:
    """Write a file for each set of places that some workloads have, in each window."""
    import polars as pl

    problem, windows = material.problem, material.windows
    for number, window in enumerate(windows):
        label, hours = material.label(window), material.placements[0][number]
        places, number_of = np.unique(hours > 0, axis=0, return_inverse=True)
        names = [f"placement-{number + 1}" for number in range(len(places))]
        for name, here in zip(names, places, strict=True):
            if here.any():
                pools = np.flatnonzero(here).tolist()
                yield f"{label}/{name}.yaml", _resources(material, pools)
        workload, pool = np.nonzero(hours)
        share = ratio(hours, hours.sum(axis=1, keepdims=True))
        table = {
            "workload": named(problem.workloads.names, workload),
            "file": named([f"{name}.yaml" for name in names], number_of.reshape(-1)[workload]),
            "pool": named(problem.pools.names, pool),
            "share": share[workload, pool],
        }
        yield f"{label}/{WORKLOADS}", csv_bytes(pl.DataFrame(table))


def _resources(material: Material, pools: list[int]) -> bytes:
    places = dict.fromkeys((_infra(material, pool), f"{material.hardware[pool]}:1") for pool in pools)
    listed = [{"infra": infra, "accelerators": accelerators} for infra, accelerators in places]
    return yaml_documents([{"resources": {"any_of": listed}}]).removeprefix(b"---\n")


def _infra(material: Material, pool: int) -> str:
    """Name a site as SkyPilot does: ``aws/eu-north-1`` as it was given, else a context of Kubernetes."""
    site = material.problem.pools.site[pool]
    chosen = material.chosen.get(material.problem.sites.names[site], "")
    return chosen if "/" in chosen else f"kubernetes/{chosen or material.sites[site]}"
