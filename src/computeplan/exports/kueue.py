"""Kueue: what each group may use of each pool for a week, with a cohort a site, and the order of clusters.

A site is a cluster, a pool a flavor. A group has its whole replicas, and may borrow up to its peak what its
site's cohort has beside them: quotas and cohort add up to the whole replicas of the pool.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from computeplan.errors import UsageError
from computeplan.exports.material import Material
from computeplan.exports.names import yaml_documents
from computeplan.exports.quotas import Quota
from computeplan.problem import Ints, Term, sum_by

MOST_CLUSTERS, MOST_FLAVORS = 20, 64
"""That a MultiKueueConfig may name, and that a resource group may have."""
ANYWHERE = "any-site"
"""Flavor and cohort of the manager."""


def write(material: Material) -> Iterator[tuple[str, bytes]]:
    """Write a file for each site's cluster and one for the manager, in each window."""
    most = np.bincount(material.problem.pools.site).max(initial=0)
    if most > MOST_FLAVORS:
        raise UsageError(
            path="--to kueue", expected=f"at most {MOST_FLAVORS} pools at a site", found=int(most)
        )
    for quota in material.quotas:
        label = material.label(quota.window)
        for site, name in enumerate(material.sites):
            yield f"{label}/{name}.yaml", yaml_documents(_site(material, quota, site))
        yield f"{label}/manager.yaml", yaml_documents(_manager(material, quota))


def _document(kind: str, name: str, spec: dict[str, Any], **metadata: str) -> dict[str, Any]:
    return {
        "apiVersion": "kueue.x-k8s.io/v1beta2",
        "kind": kind,
        "metadata": {"name": name, **metadata},
        "spec": spec,
    }


def _site(material: Material, quota: Quota, site: int) -> Iterator[dict[str, Any]]:
    pools, name = material.problem.pools, material.sites[site]
    here = np.flatnonzero(pools.site == site).tolist()
    for pool in here:
        term = Term(pools.term[pool]).name.lower().replace("_", "-")
        labels = {"site": name, "hardware": material.hardware[pool], "term": term}
        yield _document("ResourceFlavor", material.pools[pool], {"nodeLabels": labels})
    left = {material.pools[p]: (int(quota.spare[p]), None) for p in here if quota.spare[p]}
    yield _document("Cohort", name, _resource_groups(material, left))
    for group, rows in material.rows_by_group(quota, material.rows_of_site(site)):
        flavors = {material.pools[material.busy.pool[row]]: _allowed(quota, row) for row in rows.tolist()}
        yield from _queues(material, group, name, flavors)


def _allowed(quota: Quota, row: int) -> tuple[int, int]:
    """Replicas of its own, and those that it may borrow up to its peak."""
    return int(quota.whole[row]), int(quota.peak[row] - quota.whole[row])


def _resource_groups(material: Material, flavors: Mapping[str, tuple[int, int | None]]) -> dict[str, Any]:
    if not flavors:
        return {}
    listed = [
        {
            "name": flavor,
            "resources": [
                {"name": material.resource, "nominalQuota": own}
                | ({} if borrowed is None else {"borrowingLimit": borrowed})
            ],
        }
        for flavor, (own, borrowed) in flavors.items()
    ]
    return {"resourceGroups": [{"coveredResources": [material.resource], "flavors": listed}]}


def _queues(
    material: Material, group: int, cohort: str, flavors: dict[str, Any], **more: Any
) -> Iterator[dict[str, Any]]:
    name = material.group_names[group]
    spec = {
        "cohortName": cohort,
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}},
        "preemption": {"reclaimWithinCohort": "Any"},
        **_resource_groups(material, flavors),
        **more,
    }
    yield _document("ClusterQueue", name, spec)
    yield _document("LocalQueue", "plan", {"clusterQueue": name}, namespace=name)


def _manager(material: Material, quota: Quota) -> Iterator[dict[str, Any]]:
    for name in material.sites:
        source = {"kubeConfig": {"locationType": "Secret", "location": f"{name}-kubeconfig"}}
        yield _document("MultiKueueCluster", name, {"clusterSource": source})
    yield _document("ResourceFlavor", ANYWHERE, {})
    left = int(quota.spare.sum())
    yield _document("Cohort", ANYWHERE, _resource_groups(material, {ANYWHERE: (left, None)} if left else {}))
    orders: dict[tuple[int, ...], str] = {}
    for group, rows in material.rows_by_group(quota, np.arange(len(quota.whole))):
        order = _order_of_sites(material, quota, rows)
        if order not in orders:
            orders[order] = f"order-{len(orders) + 1}"
            yield from _order(material, orders[order], order)
        own, peak = int(quota.whole[rows].sum()), int(quota.peak[rows].sum())
        check = {"admissionChecks": [{"name": orders[order]}]}
        allowed = {ANYWHERE: (own, peak - own)}
        yield from _queues(material, group, ANYWHERE, allowed, admissionChecksStrategy=check)


def _order_of_sites(material: Material, quota: Quota, rows: Ints) -> tuple[int, ...]:
    """Sites with work of a group, most first."""
    work = sum_by(
        material.problem.pools.site[material.busy.pool[rows]], quota.planned_h[rows], len(material.sites)
    )
    return tuple(site for site in np.argsort(-work, kind="stable").tolist() if work[site] > 0)[:MOST_CLUSTERS]


def _order(material: Material, name: str, sites: tuple[int, ...]) -> Iterator[dict[str, Any]]:
    yield _document("MultiKueueConfig", name, {"clusters": [material.sites[site] for site in sites]})
    parameters = {"apiGroup": "kueue.x-k8s.io", "kind": "MultiKueueConfig", "name": name}
    yield _document(
        "AdmissionCheck",
        name,
        {"controllerName": "kueue.x-k8s.io/multikueue", "parameters": parameters},
    )
