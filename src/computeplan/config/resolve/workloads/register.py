"""Reads registers: tables of workloads, column by column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple, get_args
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from computeplan.config.context import Context
from computeplan.config.names import NameIndex, Names
from computeplan.config.resolve.workloads.arrays import Coded, Jobs, WorkloadArrays
from computeplan.config.resolve.workloads.register_cells import RegisterCells, columns_of, register_cells
from computeplan.config.resolve.workloads.windows import Moments, lay_windows, looks_like_date, warn_of_cuts
from computeplan.config.schema.base import MOST_NAME_LENGTH, NAME_PATTERN
from computeplan.config.schema.quantity import Quantity
from computeplan.config.schema.workloads import (
    WHOLE_JOBS,
    WORKLOAD_FIELDS,
    Mobility,
    WorkloadTable,
)
from computeplan.config.series.clock import DAY_S, LocalClock
from computeplan.config.series.reader import SeriesReader, scale_to_mean_one
from computeplan.config.setting_paths import RegisterRow
from computeplan.config.tables.cells import TimeCells, read_numbers, read_texts, read_times, time_hint
from computeplan.config.tables.input_files import InputFiles
from computeplan.config.tables.table_file import HEADER_ROWS, open_table
from computeplan.errors import Faults
from computeplan.problem import Bools, Floats, Ints

_SHAPE = Quantity("1", minimum=0)
_YES_OR_NO = Names("a yes or no, true or false", ("true", "false"))
_MOBILITY = Names("a mobility, free, fixed or whole", get_args(Mobility))


def read_register(
    settings: WorkloadTable, path: str, name_index: NameIndex, series: SeriesReader, context: Context
) -> WorkloadArrays | None:
    """Turn a register into columns; None after a fault that leaves nothing to read."""
    table = open_table(settings.file, path, context.files, context.faults)
    cells = None if table is None else register_cells(table, settings, context)
    if cells is None:
        return None
    owners = read_owners(cells)
    demand, jobs = read_work(cells)
    mobility = _mobility(cells, jobs)
    stays = (mobility > 0) & ~jobs.is_job
    return WorkloadArrays(
        path=path,
        names=owners.names,
        company_names=owners.company_names,
        tiers=owners.tiers,
        company=owners.company,
        zone=_zones(cells, name_index),
        kind=_kinds(cells, name_index),
        labels=_labels(cells, name_index),
        security=_security(cells),
        residency=_residency(cells, name_index),
        max_latency_ms=cells.numbers("max_latency"),
        traffic_gb_per_unit_h=cells.numbers("traffic"),
        unit_cost=Coded(np.zeros((1, len(name_index.sites))), np.zeros(len(owners.names), np.int64)),
        is_fixed=stays,
        is_whole=mobility == _MOBILITY["whole"],
        profile=_profiles(cells, jobs.is_job, series, context),
        scale=demand,
        max_delay_h=_max_delay(cells, ~jobs.is_job & ~stays),
        data_gb=_data(cells, jobs.is_job | stays),
        shortfall_price=cells.numbers("shortfall_price"),
        move_price=cells.numbers("move_price"),
        **vars(jobs),
    )


def _zones(cells: RegisterCells, name_index: NameIndex) -> Ints:
    default = cells.default("zone")
    if default is None:
        cells.note(~cells.is_given("zone"), "zone", name_index.zones.expected)
    code = 0 if default is None else name_index.zone(default, cells.default_path("zone"))
    return cells.codes("zone", name_index.zones, code)


def _kinds(cells: RegisterCells, name_index: NameIndex) -> Ints:
    default, empty = cells.default("kind"), ~cells.is_given("kind")
    code = 0
    if default is not None or (empty.any() and not name_index.needs_kind):
        code = name_index.kind(default, cells.default_path("kind"))
    elif name_index.needs_kind:
        cells.note(empty, "kind", name_index.kinds.expected)
    return cells.codes("kind", name_index.kinds, code)


def _labels(cells: RegisterCells, name_index: NameIndex) -> Coded[np.bool_]:
    default = name_index.required_labels(cells.default("requires") or (), cells.default_path("requires"))
    return cells.rows("requires", name_index.labels, name_index.labels_row, default)


def _residency(cells: RegisterCells, name_index: NameIndex) -> Coded[np.bool_]:
    default = name_index.allowed_zones(cells.default("residency"), cells.default_path("residency"))
    return cells.rows("residency", name_index.zones, name_index.zones_row, default)


def _security(cells: RegisterCells) -> Floats:
    level = cells.numbers("security")
    cells.note(level != np.round(level), "security", "a whole number")
    return level


def _mobility(cells: RegisterCells, jobs: Jobs) -> Ints:
    """(n,) position in `_MOBILITY`; 0, free, for jobs that are not whole."""
    default = _MOBILITY[cells.default("mobility") or WORKLOAD_FIELDS["mobility"].default]
    mobility, given = cells.codes("mobility", _MOBILITY, default), cells.is_given("mobility")
    barred = jobs.is_job & ~(jobs.runs_through & (mobility == _MOBILITY["whole"]))
    cells.note((mobility > 0) & barred & given, "mobility", "`free` for a job", WHOLE_JOBS)
    return np.where(barred, 0, mobility)


def _max_delay(cells: RegisterCells, can_wait: Bools) -> Floats:
    delay = cells.numbers("max_delay", can_wait)
    cells.note(~can_wait & (delay > 0), "max_delay", "0 for a job, and for mobility `fixed`")
    return delay


def _data(cells: RegisterCells, moves_once: Bools) -> Floats:
    data = cells.numbers("data", moves_once)
    cells.note(~moves_once & (data > 0), "data", "no data set, a job, or mobility `fixed`")
    return data


def _profiles(
    cells: RegisterCells, is_job: Bools, series: SeriesReader, context: Context
) -> Coded[np.float64]:
    cells.note(cells.is_given("profile") & is_job, "profile", "an empty cell in a row with a volume")
    names = series.names
    default, code = cells.default("profile"), len(names)
    if default is not None:
        code = names.find(default, cells.default_path("profile"), context.faults)
    index = np.where(is_job, len(names), cells.codes("profile", names, code))
    shapes = [np.ones(context.horizon.size)]
    used = np.zeros(len(names) + 1, np.int64)
    for i, name in enumerate(names):
        if (index == i).any():
            used[i] = len(shapes)
            shapes.append(_shape(name, series, context))
    return Coded.of(shapes, used[index])


def _shape(name: str, series: SeriesReader, context: Context) -> Floats:
    path = f"series.{name}"
    return scale_to_mean_one(series.named_values(name, _SHAPE, path), path, context)


NAME_IN_WORDS = f"a name of at most {MOST_NAME_LENGTH} visible characters"


class Owners(NamedTuple):
    """Names of workloads, and the company of each; companies in order of first appearance."""

    names: tuple[str, ...]
    company_names: tuple[str, ...]
    tiers: tuple[str, ...]
    company: Ints


def read_owners(cells: RegisterCells) -> Owners:
    """Read names, companies and tiers; a company without a name is named as its workload."""
    names = cells.texts("name")
    cells.note(names.is_null().to_numpy(), "name", "a name")
    repeated = names.is_not_null() & ~names.is_first_distinct()
    cells.note(repeated.to_numpy(), "name", "a name that no other row has")
    for field in ("name", "company", "tier"):
        cells.note(_is_no_name(cells.texts(field)), field, NAME_IN_WORDS)
    names = names.fill_null("")
    rows = pl.DataFrame({"company": cells.texts("company"), "tier": cells.texts("tier")}).with_columns(
        pl.col("company").fill_null(names)
    )
    companies = rows.group_by("company", maintain_order=True).agg(pl.col("tier").drop_nulls().first())
    joined = rows.join(companies.with_row_index("code"), on="company", maintain_order="left")
    other = (joined["tier"] != joined["tier_right"]).fill_null(value=False)
    cells.note(other.to_numpy(), "tier", "one tier for all workloads of a company")
    return Owners(
        names=tuple(names),
        company_names=tuple(companies["company"]),
        tiers=tuple(companies["tier"].fill_null("")),
        company=joined["code"].cast(pl.Int64).to_numpy(),
    )


def _is_no_name(names: pl.Series) -> Bools:
    """(n,) which texts cannot be names."""
    fits = (names.str.len_chars() <= MOST_NAME_LENGTH) & names.str.contains(NAME_PATTERN)
    fits &= ~names.str.contains(r"[\x{e0000}-\x{e0fff}]")  # tags, which a config's text cannot hold
    unfit: Bools = ~fits.fill_null(value=True).to_numpy()
    return unfit


_EITHER = "either a demand or a volume"


def read_work(cells: RegisterCells) -> tuple[Floats, Jobs]:
    """Read mean demands, 0 for jobs, and jobs."""
    is_job = _is_job(cells)
    for field in ("release", "deadline", "max_rate"):
        cells.note(cells.is_given(field) & ~is_job, field, "an empty cell in a row with a demand")
    demand = np.where(is_job, 0.0, cells.numbers("demand"))
    volume = np.where(is_job, cells.numbers("volume"), 0.0)
    max_rate = np.where(is_job, cells.numbers("max_rate"), np.inf)
    release, deadline = (_moments(cells, field) for field in ("release", "deadline"))
    windows = lay_windows(release, deadline, is_job, cells.context.horizon)
    cells.note(windows.is_outside, "release", "a time within the horizon")
    cells.note(windows.is_empty, "deadline", "a time after the release")
    warn_of_cuts(cells.texts("name").fill_null(""), windows, cells.table.path, cells.context)
    expected = "a rate, for a window that begins or ends inside a period"
    cells.note(windows.needs_rate & np.isinf(max_rate), "max_rate", expected)
    through = _runs_through(cells, is_job)
    cells.note(through & np.isinf(max_rate), "max_rate", "a rate, for a job that is not interruptible")
    too_long = through & (volume / max_rate > windows.longest_run_h)
    hint = "it is longer than its window: a later deadline, a higher rate, or interruptible"
    cells.note(
        too_long & ~windows.is_empty & ~windows.is_outside, "volume", "a run that fits its window", hint
    )
    return demand, Jobs(is_job, volume, windows.release_h, windows.deadline_h, max_rate, through)


def _runs_through(cells: RegisterCells, is_job: Bools) -> Bools:
    """(n,) which jobs are not interruptible."""
    default = cells.default("interruptible")
    code = _YES_OR_NO["false" if default is False else "true"]
    cells.note(
        cells.is_given("interruptible") & ~is_job, "interruptible", "an empty cell in a row with a demand"
    )
    through: Bools = is_job & (cells.codes("interruptible", _YES_OR_NO, code) == _YES_OR_NO["false"])
    return through


def _is_job(cells: RegisterCells) -> Bools:
    has_demand, has_volume = cells.is_given("demand"), cells.is_given("volume")
    cells.note(has_demand & has_volume, "volume", f"{_EITHER}, not both")
    neither = ~has_demand & ~has_volume
    has_default = {field: cells.default(field) is not None for field in ("demand", "volume")}
    if has_default["demand"] == has_default["volume"]:
        cells.note(neither, "volume" if "demand" not in cells.columns else "demand", _EITHER)
    is_job: Bools = has_volume | (neither & has_default["volume"])
    return is_job


def _moments(cells: RegisterCells, field: str) -> Moments:
    """Read times or hours; neither where a default is meant. A date as a deadline is the end of that day."""
    column, horizon = cells.cells(field), cells.context.horizon
    hours, times = _read_moments(column, cells.context)
    zone = ZoneInfo(horizon.time_zone)
    clock = times.clock + np.where(times.is_date & (field == "deadline"), DAY_S, 0).astype("timedelta64[s]")
    local = LocalClock.of(zone, clock).to_utc(clock)
    is_skipped = ~times.is_utc & ~np.isnat(clock) & np.isnat(local)
    wrong = times.bad | is_skipped | (hours < 0) | looks_like_date(hours, horizon)
    hint = time_hint(column[int(wrong.argmax())])
    cells.note(
        wrong, field, f"hours, or a time such as 2026-03-02T00:00 that clocks in {zone.key} show", hint
    )
    hours, utc = np.where(wrong, np.nan, hours), np.where(times.is_utc, clock, local)
    default = cells.default(field)
    if isinstance(default, datetime):
        moment = np.array([default], "datetime64[s]")
        utc = np.where(times.empty, LocalClock.of(zone, moment).to_utc(moment), utc)
    elif default is not None:
        hours = np.where(times.empty, default, hours)
    return Moments(hours, utc)


def _read_moments(column: pl.Series, context: Context) -> tuple[Floats, TimeCells]:
    """Read hours where cells are numbers, or texts with a unit, and times elsewhere."""
    if column.dtype.is_temporal():
        return np.full(len(column), np.nan), read_times(column)
    numbers = read_numbers(column, parse=lambda text: context.number(text, "h"))
    texts = column.cast(pl.String)
    times = read_times(texts.set(pl.Series(np.isfinite(numbers.values)), None))
    return numbers.values, replace(times, empty=numbers.empty)


def find_rows(data: Mapping[str, Any], files: InputFiles) -> dict[str, RegisterRow]:
    """Find the rows of all registers of a config, by the names of their workloads."""
    found: dict[str, RegisterRow] = {}
    for i, section in enumerate(data.get("workload_tables") or ()):
        settings, path = WorkloadTable.model_validate(section), f"workload_tables.{i}"
        table = open_table(settings.file, path, files, Faults())
        columns = columns_of(table, settings) if table else {}
        data_frame = table.columns([columns["name"]]) if table and "name" in columns else None
        for row, name in enumerate([] if data_frame is None else read_texts(data_frame.to_series())):
            place = f"{settings.file}:{row + 1 + HEADER_ROWS}"
            found[str(name)] = RegisterRow(place, f"{path}.defaults", columns)
    return found
