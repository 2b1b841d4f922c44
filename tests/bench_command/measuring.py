"""Runs and results made by hand, for what is computed from them."""

from __future__ import annotations

from computeplan.bench.instances import Instance
from computeplan.bench.results import Results
from computeplan.bench.runs import STAGES, Measurement
from computeplan.bench.world import Scale

ORIGIN = {
    "created": "2026-03-02T11:00:00Z",
    "commit": {"hash": "0123456789abcdef", "changed": False},
    "machine": {"processor": "abacus", "cores": 2, "memory_gb": 8.0, "system": "brass", "load": 0.1},
    "versions": {"python": "3.11.7", "computeplan": "0.1.0"},
    "protocol": {"solvers": ["highs"], "repeats": 1, "threads": None, "set": []},
    "planned": 4,
}


def ended(instance, solver, solve_s, *, workloads=10, **fields):
    """A run that took so long to solve and next to nothing else."""
    wall_s = {**dict.fromkeys(STAGES, 0.0), "solve": solve_s}
    usual = {
        "repeat": 1,
        "status": "optimal",
        "config_sha256": "c0ffee",
        "objective": 100.0,
        "gap": 0.0,
        "audit_passed": True,
        "wall_s": wall_s,
        "cpu_s": wall_s,
        "process_s": solve_s + 0.5,
        "process_cpu_s": solve_s + 0.5,
        "peak_mb": 200.0,
        "size": {"workloads": workloads, "pools": 1, "periods": 1, "columns": 5, "rows": 4},
    }
    return Measurement(instance=instance, solver=solver, **{**usual, **fields})


def unsolved(instance, solver, status="timeout", message="not done within 1 s"):
    return Measurement(instance, solver, 1, status, message, process_s=1.0, peak_mb=50.0)


def results(*runs, **origin):
    """Results of these runs; instances are of the family that their name begins with."""
    names = dict.fromkeys(run.instance for run in runs)
    found = [
        Instance(
            name,
            None if "." in name else name.split("-")[0],
            Scale(),
            1,
            config="" if "." not in name else name,
        )
        for name in names
    ]
    return Results({**ORIGIN, **origin}, tuple(found), list(runs))
