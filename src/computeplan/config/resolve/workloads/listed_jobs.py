"""Windows of the jobs written in the config itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from computeplan.config.resolve.clock import from_local
from computeplan.config.resolve.context import Context
from computeplan.config.resolve.workloads.windows import Moments, Windows, lay_windows
from computeplan.config.schema.workloads import Job, Workload
from computeplan.problem import Floats


def read_windows(items: Sequence[tuple[str, Workload]], context: Context) -> tuple[Floats, Floats]:
    """Place the windows of listed jobs.

    Parameters
    ----------
    items : sequence of (str, Workload)
        Where in the config each workload stands, and the workload.
    context : Context

    Returns
    -------
    release_h, deadline_h : (n,)
        0 for demands.
    """
    ends = np.zeros((2, len(items)))
    jobs = [(i, f"{path}.job", w.job) for i, (path, w) in enumerate(items) if w.job is not None]
    if jobs:
        release = _moments([(f"{path}.release", job.release) for _, path, job in jobs], context)
        deadline = _moments([(f"{path}.deadline", job.deadline) for _, path, job in jobs], context)
        windows = lay_windows(release, deadline, context.horizon)
        for k, (_, path, job) in enumerate(jobs):
            _note(path, job, windows, k, context)
        ends[:, [i for i, *_ in jobs]] = windows.release_h, windows.deadline_h
    return ends[0], ends[1]


def _moments(values: Sequence[tuple[str, datetime | float | None]], context: Context) -> Moments:
    hours = [value if isinstance(value, float) else np.nan for _, value in values]
    local = [value if isinstance(value, datetime) else None for _, value in values]
    zone = ZoneInfo(context.horizon.time_zone)
    utc, is_skipped = from_local(np.array(local, "datetime64[s]"), zone)
    for k in np.flatnonzero(is_skipped).tolist():
        path, value = values[k]
        context.faults.add(
            path, f"a time that clocks in {zone.key} show", _shown(value), "they are set forward here"
        )
    return Moments(np.array(hours), utc)


def _note(path: str, job: Job, windows: Windows, k: int, context: Context) -> None:
    faults, horizon = context.faults, context.horizon
    if windows.is_outside[k]:
        faults.add(f"{path}.release", "a time within the horizon", _shown(job.release))
    if windows.is_empty[k]:
        faults.add(f"{path}.deadline", "a time after the release", _shown(job.deadline))
    if windows.needs_rate[k] and job.max_rate is None:
        found = f"a window from {windows.release_h[k]:g} h to {windows.deadline_h[k]:g} h after the start"
        hint = f"it begins or ends inside a period of {horizon.period_h:g} h, which limits the rate"
        faults.add(path, "`max_rate`, or a window on the edges of periods", found, hint)


def _shown(moment: datetime | float | None) -> str:
    if isinstance(moment, datetime):
        return moment.isoformat(timespec="minutes")
    return "nothing" if moment is None else f"{moment:g} h"
