"""Workloads from every source: listed, registers and a population."""

from __future__ import annotations

from dataclasses import replace

from computeplan.config.resolve.context import Context
from computeplan.config.resolve.series import SeriesReader
from computeplan.config.resolve.workloads.assemble import build_workloads
from computeplan.config.resolve.workloads.columns import Columns
from computeplan.config.resolve.workloads.listed import read_listed
from computeplan.config.resolve.workloads.population import draw_population
from computeplan.config.resolve.workloads.vocabulary import Vocabulary
from computeplan.config.schema import Config
from computeplan.problem import Companies, Needs, Workloads

__all__ = ["Vocabulary", "read_workloads"]


def read_workloads(
    settings: Config, vocabulary: Vocabulary, series: SeriesReader, context: Context
) -> tuple[Companies, Workloads, Needs]:
    """Read the workloads of every source.

    Parameters
    ----------
    settings : Config
    vocabulary : Vocabulary
    series : SeriesReader
    context : Context

    Returns
    -------
    Companies, Workloads, Needs

    Raises
    ------
    ConfigError
        If no source can be read.
    """
    sources: list[Columns | None] = []
    if settings.workloads:
        sources.append(read_listed(settings.workloads, vocabulary, series, context))
    for i, register in enumerate(settings.workload_tables):
        from computeplan.config.resolve.workloads.register import read_register  # imports polars

        sources.append(read_register(register, f"workload_tables.{i}", vocabulary, series, context))
    if settings.population is not None:
        sources.append(draw_population(settings.population, vocabulary, series, context))
    readable = [source for source in sources if source is not None]
    if not readable:
        context.faults.raise_any()
    companies, workloads, needs = build_workloads(readable, context.faults)
    return companies, _scaled(workloads, settings.demand_scale), needs


def _scaled(workloads: Workloads, factor: float) -> Workloads:
    """Multiply all work; a job's rate with its volume, so that its window stays as tight as it is."""
    if factor == 1.0:
        return workloads
    return replace(
        workloads,
        scale=workloads.scale * factor,
        volume_unit_h=workloads.volume_unit_h * factor,
        max_rate=workloads.max_rate * factor,
    )
