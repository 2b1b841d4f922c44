"""Where things stand in a plan folder."""

from __future__ import annotations

INPUTS = "inputs"
"""Holds what the plan was made from: solving it again needs nothing else."""

CONFIG = f"{INPUTS}/config.yaml"
"""The config after scenario and ``--set``."""

WRITTEN = "config.yaml"
"""The config as it was written, without scenario and ``--set`` but with its comments."""

SUMMARY = "summary.json"

TABLES = "tables"

PROOF = "proof/plan.npz"
"""Every decision and dual price, see `saved`."""

BASELINE_PROOF = "proof/all_local.npz"
"""The same of the all-local plan."""

PROVENANCE = "provenance.json"
"""Written last; the files it lists, with itself, are all that a plan folder holds."""
