"""The measured process: solve one config, stage by stage, and write down what it took.

Started by `computeplan.bench.process` with the folder of its job.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from computeplan import api
from computeplan.bench.families import FAMILIES
from computeplan.bench.process import ANSWER, JOB
from computeplan.bench.runs import FAILED, ProcessJob
from computeplan.bench.world import Scale
from computeplan.errors import ComputeplanError, SolverError
from computeplan.solvers import SolverOptions
from computeplan.timing import StageClock
from computeplan.vocabulary import Method


def main(folder: Path) -> None:
    """Do the job of a folder and write the answer into it."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        job = ProcessJob.read(folder / JOB)
        _load_everything(job, folder)
        answer = _measure(job, folder) if job.config else {"status": "optimal"}
    except ComputeplanError as error:
        answer = {"status": FAILED, "message": str(error), "is_usage": not isinstance(error, SolverError)}
    except MemoryError:
        answer = {"status": FAILED, "message": "not enough memory"}
    except Exception as error:  # noqa: BLE001 - a run that fails is a result
        answer = {"status": FAILED, "message": f"{type(error).__name__}: {error}"}
    (folder / ANSWER).write_text(json.dumps(answer), encoding="utf-8")


def _end_with_parent() -> None:
    """End this process and what it started when the parent is gone, however it went."""
    os.read(0, 1)
    os.killpg(0, signal.SIGKILL)


def _load_everything(job: ProcessJob, folder: Path) -> None:
    """Make a smallest plan: what is imported and started at first use is not taken for growth."""
    config = FAMILIES["interactive"](Scale(1, 1, 1, 1), 1).write(folder / "first")
    api.solve(config, options=_options(SolverOptions(), job), baseline=False).save(folder / "first-plan")


def _measure(job: ProcessJob, folder: Path) -> dict[str, object]:
    clock = StageClock()
    with clock.stage("read"):
        loaded = api.load(
            job.config, scenario=job.scenario, overrides=job.overrides, allow_paths=job.allow_paths
        )
    run = api.solve(loaded, options=_options(api.configured_options(loaded), job), baseline=False)
    if run.plan.solution is not None:
        with clock.stage("write"):
            run.save(folder / "plan")
    summary: dict[str, Any] = run.summary()
    return {
        **{key: summary[key] for key in ("status", "objective", "bound", "gap", "size")},
        "message": "" if run.plan.status.has_plan else run.plan.solver.detail,
        "config_sha256": _identity(loaded, job),
        "audit_passed": summary["audit"] and summary["audit"]["passed"],
        "wall_s": {**clock.times_s, **run.plan.times_s},
        "cpu_s": {**clock.cpu_s, **run.plan.cpu_s},
        "solver_version": run.plan.solver.version,
        "iterations": run.plan.solver.iterations,
    }


def _options(stated: SolverOptions, job: ProcessJob) -> SolverOptions:
    options = replace(stated, name=job.solver, method=Method(job.method))
    return replace(options, threads=job.threads) if job.threads else options


def _identity(loaded: api.Loaded, job: ProcessJob) -> str:
    """Hash everything that decides what is solved."""
    inputs = [file.sha256 for file in loaded.config.inputs]
    text = json.dumps([loaded.sha256, inputs, job.scenario, job.overrides])
    return sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
