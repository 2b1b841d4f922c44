"""Kubernetes: a ResourceQuota of each group's namespace in the cluster of each site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from computeplan.exports.material import Material
from computeplan.exports.names import yaml_documents
from computeplan.exports.quotas import Quota


def write(material: Material) -> Iterator[tuple[str, bytes]]:
    """Write a file for each site's cluster, in each window."""
    for quota in material.quotas:
        for site, name in enumerate(material.sites):
            yield (
                f"{material.label(quota.window)}/{name}.yaml",
                yaml_documents(_quotas(material, quota, site)),
            )


def _quotas(material: Material, quota: Quota, site: int) -> Iterator[dict[str, Any]]:
    for group, rows in material.rows_by_group(quota, material.rows_of_site(site)):
        yield {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": {"name": "plan", "namespace": material.group_names[group]},
            "spec": {"hard": hard(material, int(quota.whole[rows].sum()))},
        }


def hard(material: Material, replicas: int) -> dict[str, str]:
    """Write so many replicas as a quota of what pods request."""
    return {f"requests.{material.resource}": str(replicas)}
