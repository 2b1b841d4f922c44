"""What an import gives: series, an account of what was read, and the files that it writes of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from computeplan.config.yaml.text import to_yaml
from computeplan.imports.catalog import KINDS
from computeplan.imports.grid import SeriesGrid
from computeplan.imports.measures import QUESTIONS, Measure, currency_of
from computeplan.imports.outputs import TABLE, describe_origin, first_comments, stem_of, write_outputs
from computeplan.imports.rows import LeftOut, SourceRows
from computeplan.text import counted, number
from computeplan.vocabulary import Fill


@dataclass(frozen=True, eq=False)
class ImportedSeries:
    """One series of an import."""

    zone: str
    """Empty where the files do not say it."""
    name: str
    measure: Measure
    unit: str
    unit_in_file: str
    grid: SeriesGrid

    @property
    def label(self) -> str:
        """Zone and name."""
        return f"{self.zone} {self.name}".strip()

    @property
    def is_readable(self) -> bool:
        """Whether a config can read it: its unit is one of configs, and no value is missing in between."""
        is_known = self.measure not in (Measure.UNKNOWN, Measure.TEMPERATURE)
        return is_known and not self.grid.has_gaps

    @property
    def gaps(self) -> list[tuple[str, str]]:
        """From when to when values are missing, UTC, also before the first and after the last one."""
        missing = np.flatnonzero(self.grid.missing)
        runs = np.split(missing, np.flatnonzero(np.diff(missing) > 1) + 1) if len(missing) else []
        ends = [(run[0], run[-1] + 1) for run in runs]
        starts = np.append(self.grid.starts_s, self.grid.end_s)
        return [(utc_text(starts[first]), utc_text(starts[last])) for first, last in ends]

    @property
    def gap_text(self) -> str:
        """How many values are missing, and when."""
        known = self.grid.starts_s[self.grid.known.start]
        first, last = next((gap for gap in self.gaps if gap[0] > utc_text(known)), self.gaps[0])
        amount = f"{int(self.grid.missing.sum()):,} of {len(self.grid.values):,} values are missing"
        return f"{amount}, such as from {first} to {last}"


@dataclass(frozen=True, eq=False)
class SeriesImport:
    """Series read from files, and an account of what was read; `save` writes both."""

    kind: str
    series: tuple[ImportedSeries, ...]
    rows: tuple[SourceRows, ...]
    """What was read, by file."""
    left_out: tuple[LeftOut, ...]
    """Rows that were left out, and why."""
    fill: Fill | None
    pue_curve: tuple[tuple[float, float], ...]

    def __repr__(self) -> str:
        names = counted(len(self.series), "series", "series")
        return f"<{names} of {counted(len(self.rows), 'file')} of {self.kind}>"

    @property
    def frame(self) -> pl.DataFrame:
        """All values, one below another.

        Columns ``time`` (start of the interval, UTC), ``zone`` and ``series`` where there are several,
        ``value`` and ``unit``.
        """
        parts = []
        for each in self.series:
            known = ~each.grid.missing
            time_ms = pl.Series(each.grid.starts_s[known] * 1000).cast(pl.Datetime("ms", "UTC"))
            part = pl.DataFrame({"time": time_ms, "value": each.grid.values[known]})
            texts = {"zone": each.zone, "series": each.name, "unit": each.unit}
            parts.append(part.with_columns(**{name: pl.lit(text) for name, text in texts.items()}))
        return pl.concat(parts).select("time", *self.keys, "value", "unit")

    @property
    def keys(self) -> list[str]:
        """Columns that tell series apart."""
        texts = {"zone": {each.zone for each in self.series}, "series": {each.name for each in self.series}}
        return [name for name, different in texts.items() if len(different) > 1]

    @property
    def questions(self) -> tuple[str, ...]:
        """What must be known to use the series, and the files do not say."""
        asked = [question] if (question := KINDS[self.kind].question) else []
        readable = {each.measure: each.label for each in reversed(self.series) if each.is_readable}
        asked += [QUESTIONS[measure].format(series=_flow_text(label)) for measure, label in readable.items()]
        for each in self.series:
            if each.measure is Measure.UNKNOWN:
                asked.append(f"{each.label}: which unit? `--unit MW` or `--unit CNY/MWh` says it")
            elif each.grid.has_gaps:
                asked.append(f"{each.label}: {each.gap_text}; `--fill linear` or `--fill hold` makes them up")
            elif each.measure is Measure.TEMPERATURE and not self.pue_curve:
                asked.append(f"{each.label}: which PUE at which temperature? `--pue 10:1.15,25:1.3` says it")
        return tuple(asked)

    def save(self, to: str | Path) -> tuple[Path, ...]:
        """Write the values, the part of a config that reads them, and where they come from.

        Parameters
        ----------
        to : str or Path
            Name of the three files, which end in ``.parquet``, ``.yaml`` and ``.provenance.json``.

        Returns
        -------
        tuple of Path
            The files written, in this order.

        Raises
        ------
        UsageError
            If one of them is a file that was read, or a config of another origin.
        """
        return _write_import(self, Path(to))


def _write_import(found: SeriesImport, to: Path) -> tuple[Path, ...]:
    """Write the three files of an import; a `UsageError` if one of them would replace another file."""
    stem = stem_of(to)
    read = [part.file.path for part in found.rows]
    origin = _describe_origin(found, f"{stem}{TABLE}")
    return write_outputs(to, read, found.frame, _write_fragment(found, stem), origin)


def _write_fragment(found: SeriesImport, stem: str) -> str:
    """Write the part of a config that reads the values; what the files do not say is asked in comments."""
    readable = [each for each in found.series if each.is_readable]
    entries = "".join(_entry(found, each, stem) for each in readable)
    return "\n".join(
        [
            *first_comments(found.kind, stem),
            *_currency(readable),
            f"series:\n{entries.rstrip()}" if entries else "series: {}",
            *(f"# ? {question}" for question in found.questions),
            "",
        ]
    )


def _currency(series: list[ImportedSeries]) -> Iterator[str]:
    for unit in dict.fromkeys(each.unit for each in series if each.measure is Measure.PRICE):
        yield "# ? Is it the currency of the config? There is one; `scale:` with `unit:` converts to another."
        yield f"currency: {currency_of(unit)}"


def _entry(found: SeriesImport, series: ImportedSeries, stem: str) -> str:
    where = {key: text for key, text in (("zone", series.zone), ("series", series.name)) if key in found.keys}
    entry: dict[str, Any] = {"file": f"{stem}{TABLE}", "column": "value", "time": "time"}
    entry |= {"where": where} if where else {}
    entry |= {"unit": series.unit} if series.unit != "1" else {}
    grid = series.grid
    mean = number(float(np.nanmean(grid.values)))
    made_up = (
        f", {int(grid.filled.sum()):,} of {len(grid.values):,} values made up" if grid.filled.any() else ""
    )
    edges = np.append(grid.starts_s, grid.end_s)[[grid.known.start, grid.known.stop]]
    span = f"{utc_text(edges[0])} to {utc_text(edges[1])}, every {number(grid.step_s / 60)} min"
    lines = to_yaml({series.label: entry}).rstrip().split("\n")
    return "".join(f"  {line}\n" for line in [f"# {span}, mean {mean}{made_up}", *lines])


def _describe_origin(found: SeriesImport, file: str) -> dict[str, Any]:
    """Say from which files and rows the values come, and what was done with them."""
    return {
        **describe_origin(found.kind),
        "file": file,
        "inputs": [
            {
                **part.file.summary(),
                "rows": part.n_rows,
                "rows_about_something_else": part.n_other,
                "time_zone": part.layout.time_zone,
                "stamps": str(part.layout.layout.stamp.marks),
                "columns_unread": part.layout.unread,
            }
            for part in found.rows
        ],
        "series": [_describe_series(each) for each in found.series],
        "left_out": [each.summary() for each in found.left_out],
        "fill": found.fill,
        "pue_curve": [list(point) for point in found.pue_curve],
    }


def _describe_series(series: ImportedSeries) -> dict[str, Any]:
    grid = series.grid
    return {
        "zone": series.zone,
        "series": series.name,
        "unit": series.unit,
        "unit_in_file": series.unit_in_file,
        "start": utc_text(grid.start_s),
        "end": utc_text(grid.end_s),
        "step_min": grid.step_s / 60,
        "steps_in_files_min": [step / 60 for step in grid.steps_s],
        "intervals": len(grid.values),
        "missing": [list(gap) for gap in series.gaps],
        "n_missing": int(grid.missing.sum()),
        "n_filled": int(grid.filled.sum()),
        "mean": float(np.nanmean(grid.values)),
        "min": float(np.nanmin(grid.values)),
        "max": float(np.nanmax(grid.values)),
    }


def utc_text(second: int) -> str:
    """Write a second since 1970 as a time, UTC."""
    return f"{np.datetime64(int(second), 's').astype('datetime64[m]')}Z"


def _flow_text(label: str) -> str:
    """Write the reference to a series as a config has it, in one line."""
    return " ".join(to_yaml({"series": label}).split())
