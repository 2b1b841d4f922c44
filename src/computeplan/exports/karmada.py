"""Karmada: how each workload's replicas divide among the sites, and what each group may use of each.

Karmada divides n replicas by Webster's method: the next one goes to the site with the largest
``weight / (2 · replicas + 1)``. What comes of it for the replicas of the plan's peak is in `REPLICAS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from computeplan.exports.kubernetes import hard
from computeplan.exports.material import Material
from computeplan.exports.names import yaml_documents
from computeplan.exports.quotas import NOTHING, Quota
from computeplan.folder.tables.frames import csv_bytes, named
from computeplan.problem import Floats, Ints
from computeplan.problem.arrays import ratio

if TYPE_CHECKING:
    import polars as pl

WEIGHTS = 1000
"""What the weights of a workload add up to, before their common divisor is taken out."""
REPLICAS = "replicas.csv"
"""Share in the plan, weight, and replicas that Karmada will have there."""


def write(material: Material) -> Iterator[tuple[str, bytes]]:
    """Write policies, quotas and the table of replicas, in each window."""
    problem, (hours, most) = material.problem, material.placements
    at_site = problem.pools.site[:, None] == np.arange(problem.sites.size)
    for number, quota in enumerate(material.quotas):
        label, work = material.label(quota.window), hours[number] @ at_site
        share = ratio(work, work.sum(axis=1, keepdims=True))
        weight = whole_weights(share)
        count = np.ceil(most[number] * material.per_unit - NOTHING).astype(np.int64)
        yield f"{label}/policies.yaml", yaml_documents(_policies(material, weight))
        yield f"{label}/quotas.yaml", yaml_documents(_quotas(material, quota))
        yield f"{label}/{REPLICAS}", csv_bytes(_table(material, share, weight, divide(weight, count)))


def whole_weights(share: Floats) -> Ints:
    """(W, S) whole weights of shares that add up to 1 or 0, by largest remainder."""
    whole = np.floor(share * WEIGHTS + NOTHING).astype(np.int64)
    missing = np.where(share.any(axis=1), WEIGHTS - whole.sum(axis=1), 0)
    rank = np.argsort(np.argsort(whole - share * WEIGHTS, axis=1, kind="stable"), axis=1, kind="stable")
    whole += rank < missing[:, None]
    divisor: Ints = np.maximum(np.gcd.reduce(whole, axis=1), 1)
    return np.asarray(whole // divisor[:, None])


def divide(weight: Ints, count: Ints) -> Ints:
    """(W, S) replicas by Webster's method, of (W, S) weights and (W,) replicas.

    A divisor of ``Σ weight / (count − S/2)`` gives at most `count`; the rest is given one by one.
    """
    sites = weight.shape[1]
    per_replica = ratio(np.maximum(count - sites / 2, 0.0), weight.sum(axis=1))
    given = np.floor(weight * per_replica[:, None] + 0.5).astype(np.int64)
    given[count <= sites / 2] = 0
    rows = np.arange(len(count))
    while (short := given.sum(axis=1) < np.where(weight.any(axis=1), count, 0)).any():
        first = (weight / (2 * given + 1)).argmax(axis=1)
        given[rows[short], first[short]] += 1
    return given


def _policies(material: Material, weight: Ints) -> Iterator[dict[str, Any]]:
    register, owner = material.problem.workloads, material.groups.of_workload
    for workload in np.flatnonzero(weight.any(axis=1)).tolist():
        sites, name = np.flatnonzero(weight[workload]).tolist(), material.workloads[workload]
        kind = ("batch/v1", "Job") if register.is_job[workload] else ("apps/v1", "Deployment")
        yield {
            "apiVersion": "policy.karmada.io/v1alpha1",
            "kind": "PropagationPolicy",
            "metadata": {"name": name, "namespace": material.group_names[owner[workload]]},
            "spec": {
                "resourceSelectors": [dict(zip(("apiVersion", "kind", "name"), (*kind, name), strict=True))],
                "placement": {
                    "clusterAffinity": {"clusterNames": [material.sites[site] for site in sites]},
                    "replicaScheduling": {
                        "replicaSchedulingType": "Divided",
                        "replicaDivisionPreference": "Weighted",
                        "weightPreference": {
                            "staticWeightList": [
                                {
                                    "targetCluster": {"clusterNames": [material.sites[site]]},
                                    "weight": int(weight[workload, site]),
                                }
                                for site in sites
                            ]
                        },
                    },
                },
            },
        }


def _quotas(material: Material, quota: Quota) -> Iterator[dict[str, Any]]:
    site_of_row = material.problem.pools.site[material.busy.pool]
    for group, rows in material.rows_by_group(quota, np.arange(len(quota.whole))):
        name = material.group_names[group]
        assigned = [
            {
                "clusterName": material.sites[site],
                "hard": hard(material, int(quota.whole[rows[site_of_row[rows] == site]].sum())),
            }
            for site in np.unique(site_of_row[rows]).tolist()
        ]
        yield {
            "apiVersion": "policy.karmada.io/v1alpha1",
            "kind": "FederatedResourceQuota",
            "metadata": {"name": "plan", "namespace": name},
            "spec": {
                "overall": hard(material, int(quota.whole[rows].sum())),
                "staticAssignments": assigned,
            },
        }


def _table(material: Material, share: Floats, weight: Ints, replicas: Ints) -> pl.DataFrame:
    import polars as pl

    problem = material.problem
    workload, site = np.nonzero(share)
    return pl.DataFrame(
        {
            "workload": named(problem.workloads.names, workload),
            "name": named(material.workloads, workload),
            "site": named(problem.sites.names, site),
            "share": share[workload, site],
            "weight": weight[workload, site],
            "replicas": replicas[workload, site],
        }
    )
