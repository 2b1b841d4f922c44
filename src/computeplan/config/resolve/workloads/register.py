"""Reads registers: tables of workloads, column by column."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple, get_args
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from computeplan.config.context import Context
from computeplan.config.names import NameIndex, Names
from computeplan.config.resolve.workloads.arrays import Coded, Jobs, WorkloadArrays
from computeplan.config.resolve.workloads.unread import name_unread
from computeplan.config.resolve.workloads.windows import Moments, lay_windows, looks_like_date, warn_of_cuts
from computeplan.config.schema.base import MOST_NAME_LENGTH, NAME_PATTERN
from computeplan.config.schema.quantity import Quantity
from computeplan.config.schema.workloads import (
    NUMBER_FIELDS,
    WORKLOAD_FIELDS,
    Mobility,
    TableDefaults,
    WorkloadTable,
)
from computeplan.config.series.clock import DAY_S, LocalClock
from computeplan.config.series.reader import SeriesReader, scale_to_mean_one
from computeplan.config.setting_paths import RegisterRow
from computeplan.config.tables.cells import TimeCells, read_numbers, read_texts, read_times, time_hint
from computeplan.config.tables.input_files import InputFiles
from computeplan.config.tables.table_file import HEADER_ROWS, InputTable, open_table
from computeplan.errors import Faults
from computeplan.problem import Bools, Floats, Ints

_SHAPE = Quantity("1", minimum=0)
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
    mobility = _mobility(cells, jobs.is_job)
    stays = mobility > 0
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


def _mobility(cells: RegisterCells, is_job: Bools) -> Ints:
    """(n,) position in `_MOBILITY`; 0, free, for jobs."""
    default = _MOBILITY[cells.default("mobility") or WORKLOAD_FIELDS["mobility"].default]
    mobility = cells.codes("mobility", _MOBILITY, default)
    cells.note((mobility > 0) & is_job & cells.is_given("mobility"), "mobility", "`free` for a job")
    return np.where(is_job, 0, mobility)


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
    return demand, Jobs(is_job, volume, windows.release_h, windows.deadline_h, max_rate)


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


_SEPARATOR = re.compile("[;；]")
_MOST_NAMES = 5
_ANY = np.array(True)


@dataclass(frozen=True, eq=False)
class RegisterCells:
    """The columns of a register that hold fields of workloads, one row a workload; `columns` by field."""

    table: InputTable
    data: pl.DataFrame
    columns: dict[str, str]
    defaults: TableDefaults
    context: Context

    def cells(self, field: str) -> pl.Series:
        """Return the cells of a field; all null if it has no column."""
        if field in self.columns:
            return self.data[self.columns[field]]
        return pl.Series(field, [None], pl.String).new_from_index(0, self.data.height)

    def is_given(self, field: str) -> Bools:
        """(n,) which rows have a cell with content."""
        given: Bools = read_texts(self.cells(field)).is_not_null().to_numpy()
        return given

    def default(self, field: str) -> Any:
        """Return the config's value for empty cells of a field; None if there is none."""
        return getattr(self.defaults, field, None)

    def default_path(self, field: str) -> str:
        """Return the path in the config of a field's default."""
        return f"{self.table.path}.defaults.{field}"

    def note(self, wrong: Bools, field: str, expected: str, hint: str = "") -> None:
        """Add faults of wrong cells, or one that there is neither a column nor a default."""
        if field in self.columns:
            self.table.note_cells(wrong, self.cells(field), expected, hint)
        elif wrong.any():
            row = int(np.flatnonzero(wrong)[0]) + 1
            hint = hint or "add the column, name it in `columns`, or give a default"
            found = f"no column {field!r}, first needed in row {row + HEADER_ROWS}"
            self.table.note(expected, found, hint, row=row)

    def texts(self, field: str) -> pl.Series:
        """Return the texts of a field; null without cell and default."""
        return read_texts(self.cells(field)).fill_null(pl.lit(self.default(field), pl.String))

    def numbers(self, field: str, where: Bools = _ANY) -> Floats:
        """(n,) numbers of a field; the default applies to empty cells of the rows `where`."""
        quantity, absent = NUMBER_FIELDS[field].quantity, NUMBER_FIELDS[field].absent
        cells = read_numbers(self.cells(field), parse=lambda text: self.context.number(text, quantity.unit))
        wrong = cells.bad | ~(cells.empty | quantity.holds(cells.values))
        self.note(wrong, field, quantity.expected(self.context.currency), cells.hint)
        default = self.default(field)
        fallback = np.where(where, absent if default is None else default, absent)
        return np.where(cells.empty | wrong, fallback, cells.values)

    def codes(self, field: str, names: Names, default: int) -> Ints:
        """(n,) codes of a field of names; the default's code for empty cells."""
        return self._code_texts(field, names.position, names, default)

    def rows(
        self, field: str, names: Names, of_indices: Callable[[list[int]], Bools], default: Bools
    ) -> Coded[np.bool_]:
        """Read a field of several names, separated by ``;``: `of_indices` makes a row of their indices."""
        sets = [default]

        def code(text: str) -> int:
            parts = [part.strip() for part in _SEPARATOR.split(text)]
            found = [names.position(part) for part in parts if part]
            if -1 in found:
                return -1
            sets.append(of_indices(found))
            return len(sets) - 1

        index = self._code_texts(field, code, names, 0)
        return Coded.of(sets, index)

    def _code_texts(self, field: str, code: Callable[[str], int], names: Names, default: int) -> Ints:
        """Code every distinct text once; add faults for those without a code (-1)."""
        texts = read_texts(self.cells(field))
        distinct = texts.drop_nulls().unique(maintain_order=True)
        codes = [code(text) for text in distinct]
        unknown = [text for text, number in zip(distinct, codes, strict=True) if number < 0]
        for text in unknown[:_MOST_NAMES]:
            wrong = (texts == text).fill_null(value=False).to_numpy()
            parts = [part.strip() for part in _SEPARATOR.split(text)]
            hint = names.hint(next((part for part in parts if part not in names), text))
            row, count = int(wrong.argmax()), int(wrong.sum())
            found = repr(text) + (f" ({count:,} rows)" if count > 1 else "")
            self.table.note_cell(row, self.columns[field], names.expected, found, hint)
        if len(unknown) > _MOST_NAMES:
            self.table.note(
                names.expected,
                f"{len(unknown) - _MOST_NAMES:,} more unknown names in column {self.columns[field]!r}",
            )
        if not len(distinct):
            return np.full(len(texts), default, np.int64)
        coded: Ints = texts.replace_strict(distinct, codes, default=default, return_dtype=pl.Int64).to_numpy()
        return np.where(coded < 0, default, coded)


def _columns(table: InputTable, settings: WorkloadTable) -> dict[str, str]:
    """Give the column of each field that has one."""
    columns = {field: field for field in WORKLOAD_FIELDS if field in table.names}
    return columns | {str(field): column for field, column in settings.columns.items()}


def register_cells(table: InputTable, settings: WorkloadTable, context: Context) -> RegisterCells | None:
    """Read the columns that hold fields of workloads; None after a fault, such as a missing column."""
    columns = _columns(table, settings)
    if "name" not in columns:
        hint = "give every workload a name, or name its column in `columns`"
        table.note("a column 'name'", f"columns {', '.join(table.names[:8])}", hint, row=0)
        return None
    name_unread(table, columns, settings, context)
    data = table.columns(list(columns.values()))
    return None if data is None else RegisterCells(table, data, columns, settings.defaults, context)


def find_rows(data: Mapping[str, Any], files: InputFiles) -> dict[str, RegisterRow]:
    """Find the rows of all registers of a config, by the names of their workloads."""
    found: dict[str, RegisterRow] = {}
    for i, section in enumerate(data.get("workload_tables") or ()):
        settings, path = WorkloadTable.model_validate(section), f"workload_tables.{i}"
        table = open_table(settings.file, path, files, Faults())
        columns = _columns(table, settings) if table else {}
        data_frame = table.columns([columns["name"]]) if table and "name" in columns else None
        for row, name in enumerate([] if data_frame is None else read_texts(data_frame.to_series())):
            place = f"{settings.file}:{row + 1 + HEADER_ROWS}"
            found[str(name)] = RegisterRow(place, f"{path}.defaults", columns)
    return found
