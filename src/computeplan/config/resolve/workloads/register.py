"""Registers: tables of workloads, checked and read column by column."""

from __future__ import annotations

import numpy as np

from computeplan.config.resolve.context import Context
from computeplan.config.resolve.names import Names
from computeplan.config.resolve.series import SeriesReader
from computeplan.config.resolve.table_file import open_table
from computeplan.config.resolve.workloads.columns import Coded, Columns
from computeplan.config.resolve.workloads.profiles import mean_one
from computeplan.config.resolve.workloads.register_cells import RegisterCells, register_cells
from computeplan.config.resolve.workloads.register_companies import read_owners
from computeplan.config.resolve.workloads.register_jobs import Amounts, read_amounts
from computeplan.config.resolve.workloads.vocabulary import Vocabulary
from computeplan.config.resolve.workloads.windows import longest_block_h
from computeplan.config.schema.quantity import HOURS, MILLISECONDS, UNIT_HOUR_PRICE, Quantity
from computeplan.config.schema.workloads import WorkloadTable
from computeplan.problem import Bools, Floats, Ints

_SHAPE = Quantity("1", minimum=0)
_SECURITY = Quantity("1", "3", minimum=0, maximum=1000)
_TRAFFIC = Quantity("GB/unit/h", "0.4", minimum=0)
_DATA = Quantity("GB", "5000", minimum=0)
_MOBILITY = Names("a mobility, free, fixed or whole", ("free", "fixed", "whole"))


def read_register(
    settings: WorkloadTable, path: str, vocabulary: Vocabulary, series: SeriesReader, context: Context
) -> Columns | None:
    """Turn a register into columns.

    Parameters
    ----------
    settings : WorkloadTable
    path : str
        Where in the config it stands.
    vocabulary : Vocabulary
    series : SeriesReader
    context : Context

    Returns
    -------
    Columns or None
        None after a fault that leaves nothing to read.
    """
    table = open_table(settings.file, path, context.files, context.faults)
    cells = None if table is None else register_cells(table, settings)
    if cells is None:
        return None
    owners = read_owners(cells)
    amounts = read_amounts(cells, context.horizon)
    mobility = _mobility(cells, amounts)
    is_fixed = mobility > 0
    return Columns(
        path=path,
        names=owners.names,
        company_names=owners.company_names,
        tiers=owners.tiers,
        company=owners.company,
        zone=_zones(cells, vocabulary),
        kind=_kinds(cells, vocabulary),
        labels=_labels(cells, vocabulary),
        security=_security(cells),
        residency=_residency(cells, vocabulary),
        max_latency_ms=cells.numbers("max_latency", MILLISECONDS, np.inf),
        traffic_gb_per_unit_h=cells.numbers("traffic", _TRAFFIC, 0.0),
        unit_cost=Coded(np.zeros((1, len(vocabulary.sites))), np.zeros(len(owners.names), np.int64)),
        is_job=amounts.is_job,
        is_fixed=is_fixed,
        is_whole=mobility == _MOBILITY["whole"],
        profile=_profiles(cells, amounts, series, context),
        scale=amounts.demand,
        max_delay_h=_max_delay(cells, amounts, is_fixed, longest_block_h(context.horizon)),
        volume_unit_h=amounts.volume_unit_h,
        release_h=amounts.release_h,
        deadline_h=amounts.deadline_h,
        max_rate=amounts.max_rate,
        data_gb=_data(cells, amounts, is_fixed),
        shortfall_price=cells.numbers("shortfall_price", UNIT_HOUR_PRICE, np.inf),
    )


def _zones(cells: RegisterCells, vocabulary: Vocabulary) -> Ints:
    default = cells.defaults.zone
    if default is None:
        cells.note(~cells.is_given("zone"), "zone", vocabulary.zones.expected)
    code = 0 if default is None else vocabulary.zone(default, cells.default_path("zone"))
    return cells.codes("zone", vocabulary.zones, code)


def _kinds(cells: RegisterCells, vocabulary: Vocabulary) -> Ints:
    default, empty = cells.defaults.kind, ~cells.is_given("kind")
    code = 0
    if default is not None or (empty.any() and not vocabulary.needs_kind):
        code = vocabulary.kind(default, cells.default_path("kind"))
    elif vocabulary.needs_kind:
        cells.note(empty, "kind", vocabulary.kinds.expected)
    return cells.codes("kind", vocabulary.kinds, code)


def _labels(cells: RegisterCells, vocabulary: Vocabulary) -> Coded[np.bool_]:
    default = vocabulary.required_labels(cells.defaults.requires or (), cells.default_path("requires"))
    return cells.rows("requires", vocabulary.labels, vocabulary.labels_row, default)


def _residency(cells: RegisterCells, vocabulary: Vocabulary) -> Coded[np.bool_]:
    default = vocabulary.allowed_zones(cells.defaults.residency, cells.default_path("residency"))
    return cells.rows("residency", vocabulary.zones, vocabulary.zones_row, default)


def _security(cells: RegisterCells) -> Ints:
    level = cells.numbers("security", _SECURITY, 0.0)
    cells.note(level != np.round(level), "security", "a whole number")
    return level.astype(np.int64)


def _mobility(cells: RegisterCells, amounts: Amounts) -> Ints:
    """(n,) position in `_MOBILITY`; 0, free, for jobs."""
    default = _MOBILITY[cells.defaults.mobility or "free"]
    mobility = cells.codes("mobility", _MOBILITY, default)
    stays = (mobility > 0) & amounts.is_job & cells.is_given("mobility")
    cells.note(stays, "mobility", "`free` for a job")
    return np.where(amounts.is_job, 0, mobility)


def _max_delay(cells: RegisterCells, amounts: Amounts, is_fixed: Bools, longest_h: float) -> Floats:
    waits = ~amounts.is_job & ~is_fixed
    delay = cells.numbers("max_delay", HOURS, 0.0, waits)
    cells.note(~waits & (delay > 0), "max_delay", "0 for a job, and for mobility `fixed`")
    return np.minimum(delay, longest_h)


def _data(cells: RegisterCells, amounts: Amounts, is_fixed: Bools) -> Floats:
    moves_once = amounts.is_job | is_fixed
    data = cells.numbers("data", _DATA, 0.0, moves_once)
    cells.note(~moves_once & (data > 0), "data", "no data set, a job, or mobility `fixed`")
    return data


def _profiles(
    cells: RegisterCells, amounts: Amounts, series: SeriesReader, context: Context
) -> Coded[np.float64]:
    cells.note(cells.is_given("profile") & amounts.is_job, "profile", "an empty cell beside a volume")
    names = series.names
    default, code = cells.defaults.profile, len(names)
    if default is not None:
        code = names.find(default, cells.default_path("profile"), context.faults)
    index = np.where(amounts.is_job, len(names), cells.codes("profile", names, code))
    shapes = [np.ones(context.horizon.size)]
    used = np.zeros(len(names) + 1, np.int64)
    for i, name in enumerate(names):
        if (index == i).any():
            used[i] = len(shapes)
            shapes.append(_shape(name, series, context))
    return Coded.of(shapes, used[index])


def _shape(name: str, series: SeriesReader, context: Context) -> Floats:
    path = f"series.{name}"
    return mean_one(series.named_values(name, _SHAPE, path), path, context)
