"""Where a plan comes from: versions, config, inputs, solver and options."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("computeplan", "numpy", "highspy", "pulp", "polars", "pydantic", "pint", "pyyaml", "tzdata")
"""Packages whose version can change a plan or how it is written."""


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that a plan depends on."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # such as a copy that was never installed
            found[package] = "unknown"
    return found


def created() -> str:
    """Give the time of day in UTC, such as ``2026-03-02T11:00:00Z``."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
