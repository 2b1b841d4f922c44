"""Where things stand in the folder of a plan or a study."""

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

PLAN, SWEEP, FRONTIER = "plan", "sweep", "frontier"
"""Kinds of folders: none takes the place of another."""

USES = {
    PLAN: "computeplan explain, compare and audit read it",
    SWEEP: "its points are in tables/points.csv, and what moves the answer is in summary.json",
    FRONTIER: "computeplan frontier DIR reads it",
}
"""What can be done with a folder of each kind."""

WRITERS = {
    PLAN: "computeplan solve CONFIG --out DIR",
    SWEEP: "computeplan sweep CONFIG --out DIR",
    FRONTIER: "computeplan frontier CONFIG --out DIR",
}
"""What writes a folder of each kind."""
