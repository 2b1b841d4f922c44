"""Where a plan comes from: versions, config, inputs, solver and options.

Where things stand in the folder of a plan or a study.
"""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

INPUTS = "inputs"
"""Holds what the plan was made from: solving it again needs nothing else."""

CONFIG = f"{INPUTS}/config.yaml"
"""The config after scenario and ``--set``."""

WRITTEN = "config.yaml"
"""The config as it was written, without scenario and ``--set`` but with its comments."""

SUMMARY = "summary.json"

TABLES = "tables"

PROOF = "proof/plan.npz"
"""Every decision and dual price, see `computeplan.folder.archive`."""

HELD = "proof/held.npz"
"""What had happened before, where a plan is that of the rest of a horizon."""

BASELINE_PROOF = "proof/all_local.npz"
"""The same of the all-local plan."""

PROVENANCE = "provenance.json"
"""Written last; the files it lists, with itself, are all that a plan folder holds."""

LIFTED = "all_local_without"
"""Key of the record under which the limits are that the all-local plan had to be without."""

SEAL = "sha256"
"""Key of the record under which the hash of all else that it says stands."""

PLAN, SWEEP, FRONTIER = "plan", "sweep", "frontier"
EXPORT, ALTERNATIVES = "export", "alternatives"
"""Kinds of folders: none takes the place of another."""

USES = {
    PLAN: "computeplan explain, compare and audit read it",
    SWEEP: "its points are in tables/points.csv, and what moves the answer is in summary.json",
    FRONTIER: "computeplan frontier DIR reads it",
    EXPORT: "its files are for another system; names.csv and rounding.csv say what they are",
    ALTERNATIVES: "its ranges are in tables/ranges.csv, and computeplan report shows them",
}
"""What can be done with a folder of each kind."""

WRITERS = {
    PLAN: "computeplan solve CONFIG --out DIR",
    SWEEP: "computeplan sweep CONFIG --out DIR",
    FRONTIER: "computeplan frontier CONFIG --out DIR",
    EXPORT: "computeplan export PLAN --to SYSTEM --out DIR",
    ALTERNATIVES: "computeplan alternatives CONFIG --out DIR",
}
"""What writes a folder of each kind."""


FORMAT = 1
"""Number of the format of these folders; what an earlier version would misread raises it."""

PACKAGES = ("computeplan", "numpy", "highspy", "pulp", "polars", "pydantic", "pyyaml", "tzdata", "holidays")
"""Packages whose version can change a plan or how it is written."""

OPTIONAL = ("clarabel", "scipy")
"""The same of the extras; named where they are installed."""
EXECUTORS = ("distributed",)
"""Packages that only carry work to other processes; named where they are installed."""


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that a plan depends on, and of those that carried it."""
    found = {"python": platform.python_version()}
    for package in (*PACKAGES, *OPTIONAL, *EXECUTORS):
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # an extra, or a copy that was never installed
            if package in PACKAGES:
                found[package] = "unknown"
    return found


def created() -> str:
    """Give the time of day in UTC, such as ``2026-03-02T11:00:00Z``."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
