"""Jobs of a population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from computeplan.config.resolve.context import Context
from computeplan.config.resolve.workloads.options import Option, Rows, equal_options
from computeplan.config.resolve.workloads.windows import Moments, block_weight, horizon_end_h, lay_windows
from computeplan.config.schema.population import Archetype
from computeplan.problem import Bools, Floats


@dataclass(frozen=True, eq=False)
class DrawnJobs:
    """Job columns of all workloads; those of demands are 0, their rate has no limit.

    Attributes
    ----------
    is_job : (n,)
    volume_unit_h, release_h, deadline_h, max_rate : (n,)
    """

    is_job: Bools
    volume_unit_h: Floats
    release_h: Floats
    deadline_h: Floats
    max_rate: Floats


def draw_jobs(
    items: Sequence[tuple[str, Archetype]], rows: Rows, mean_units: Floats, context: Context
) -> DrawnJobs:
    """Draw windows and run times.

    Parameters
    ----------
    items : sequence of (str, Archetype)
        Where in the config each archetype stands, and the archetype.
    rows : Rows
    mean_units : (n,)
        Mean units busy over the real time of the horizon.
    context : Context

    Returns
    -------
    DrawnJobs
        A job's volume, as often as its block stands for real time, is its mean units over that time.
    """
    horizon = context.horizon
    _check_releases(items, context)
    is_job = rows.each(archetype.job is not None for _, archetype in items) > 0
    release, window, run_time = (
        np.where(is_job, rows.drawn_numbers(field, [_options(a, path, field) for path, a in items]), 0.0)
        for field in ("release", "window", "run_time")
    )
    ends = np.zeros((2, len(is_job)))
    never = np.full(is_job.sum(), np.datetime64("NaT"), "datetime64[s]")
    laid = lay_windows(Moments(release[is_job], never), Moments((release + window)[is_job], never), horizon)
    ends[:, is_job] = laid.release_h, laid.deadline_h
    volume = np.where(is_job, mean_units * horizon.real_hours / block_weight(horizon, release), 0.0)
    rate = np.full(len(is_job), np.inf)
    rate[is_job] = volume[is_job] / run_time[is_job]
    return DrawnJobs(is_job, volume, ends[0], ends[1], rate)


def _options(archetype: Archetype, path: str, field: str) -> list[Option]:
    values = (0.0,) if archetype.job is None else getattr(archetype.job, field)
    return equal_options(values, f"{path}.job.{field}")


def _check_releases(items: Sequence[tuple[str, Archetype]], context: Context) -> None:
    end_h = horizon_end_h(context.horizon)
    for path, archetype in items:
        for i, release in enumerate(archetype.job.release if archetype.job else ()):
            if release >= end_h:
                expected = f"a time within the horizon, before {end_h:g} h"
                context.faults.add(f"{path}.job.release.{i}", expected, f"{release:g} h")
