"""Reports in one HTML file each, which needs no other file and no network."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache, partial
from hashlib import sha256
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from computeplan.arguments import checked
from computeplan.errors import UsageError
from computeplan.files import write_file
from computeplan.folder.contents import ALTERNATIVES, FRONTIER, PLAN, SWEEP
from computeplan.folder.read import blame_folder, open_folder
from computeplan.reports.blocks import Chart, Column, Medium, Page, Statement, Table
from computeplan.reports.charts import rounded
from computeplan.reports.subjects.alternatives import alternatives_page
from computeplan.reports.subjects.assumptions import read_drivers
from computeplan.reports.subjects.frontier import frontier_page
from computeplan.reports.subjects.plan import plan_page
from computeplan.reports.subjects.sweep import sweep_page
from computeplan.reports.words import Words
from computeplan.runs.opened import open_plan
from computeplan.vocabulary import Language

SCRIPTS = ("unpack.js", "theme.js", "tables.js", "labels.js", "charts.js", "statement.js", "main.js")
"""In the order in which they are joined."""

UNIT_GAP = re.compile(r"(?<=\d) (?=\S)|(?<=\d million) (?=\S)|(?<=\d billion) (?=\S)")
"""Blanks between a number and its unit."""


@checked
def write_report(
    folder: str | Path,
    target: str | Path,
    language: Language | str = Language.EN,
    *,
    sweep: str | Path | None = None,
) -> None:
    """Write the report of a plan, a sweep, a frontier or alternatives to a file, whole or not at all.

    Parameters
    ----------
    target : Path
        Ends in ``.html``; replaced where it is there.
    sweep : Path
        Folder of a sweep of the plan's config: the report of the plan sorts assumptions by how far the cost
        goes where the sweep varies them.

    Raises
    ------
    PlanFolderError
        If `folder` or `sweep` is no such folder, a file in it is not what was written, or the sweep is of
        another config.
    UsageError
        If the target is no HTML file.
    OSError
        If the target cannot be written.
    """
    target = Path(target)
    if target.suffix.lower() not in {".html", ".htm"} or target.is_dir():
        raise UsageError(path=target, expected="a file whose name ends in .html")
    content = report_html(Path(folder), language, Path(sweep) if sweep else None)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_file(target, content.encode("utf-8", "backslashreplace"))


def report_html(folder: Path, language: str, sweep: Path | None = None) -> str:
    """Make the report of a plan or a study: one HTML file, complete in itself."""
    words, saved = Words(language), open_folder(folder, kind=PLAN if sweep else None)
    pages = {SWEEP: sweep_page, FRONTIER: frontier_page, ALTERNATIVES: alternatives_page}
    make_page = pages.get(saved.kind)
    if make_page is None:
        run = open_plan(folder)
        drivers = read_drivers(sweep, run.loaded) if sweep else ()
        return render_html(plan_page(run, saved, words, drivers), words)
    with blame_folder(saved):
        return render_html(make_page(saved, words), words)


def render_html(page: Page, words: Words) -> str:
    """Write a page; names and texts of a config are shown as text, whatever they contain."""
    from jinja2 import DictLoader, Environment, StrictUndefined

    environment = Environment(
        loader=DictLoader({"page": _asset("page.html.j2")}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "capitalized": partial(capitalized, words=words),
        "typeset": partial(typeset, words=words),
    }
    environment.filters["split_unit"] = split_unit
    code, library = _script(), _plotly()
    return environment.get_template("page").render(
        page=page,
        words=words,
        medium=Medium.PAGE,
        style=_asset("report.css"),
        script=code,
        library=_pack(library),
        data=_pack_json(_data(page, words)),
        policy=_policy(code, library),
    )


def capitalized(text: str, words: Words) -> str:
    """Begin with a capital letter; among Chinese words a Latin one is a name, which keeps its case."""
    return text if words.language == Language.ZH else text[:1].upper() + text[1:]


def split_unit(amount: str) -> tuple[str, str]:
    """Take an amount apart into its number and its unit."""
    end = next((place + 1 for place in reversed(range(len(amount))) if amount[place].isdigit()), 0)
    return amount[:end], amount[end:].strip()


def typeset(text: object, words: Words) -> str:
    """Keep each number and its unit in one line; set percent signs as the language does."""
    shown = re.sub(r"(?<=\d) %", words("percent_sign"), str(text))
    return UNIT_GAP.sub("\N{NO-BREAK SPACE}", shown)


def _policy(code: str, library: str) -> str:
    """Let nothing in but the page's own scripts; styles are free, as the chart library adds its own."""
    return (
        f"default-src 'none'; script-src {_content_hash(code)} {_content_hash(library)}; "
        "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _data(page: Page, words: Words) -> dict[str, Any]:
    """Collect what the scripts need: charts, tables and words."""
    charts = [block for block in page.blocks if isinstance(block, Chart)]
    tables = [block for block in page.blocks if isinstance(block, Table) and block.interactive]
    return {
        "language": words.language,
        "charts": {chart.key: _escape(list(chart.figures.values())) for chart in charts},
        "tables": {table.key: _table(table, words) for table in tables},
        "words": {
            "percent": words("percent_sign"),
            **{key[3:]: text for key, text in words.catalog.items() if key.startswith("ui.")},
        },
        "statement": _statement(page.statement) if page.statement else None,
    }


def _statement(statement: Statement) -> dict[str, Any]:
    """Give all fields; of the chart of hours what plotly would read as markup is escaped."""
    hours = vars(statement.hours)
    chart = {key: _escape(hours[key]) for key in ("figure", "hardware")}
    return {**vars(statement), "hours": {**hours, **chart}}


def _escape(value: Any, key: str = "") -> Any:
    """Escape what plotly would read as markup: names come from configs, templates do not."""
    if isinstance(value, str):
        return value if key.endswith("template") else escape(value, quote=False)
    if isinstance(value, Mapping):
        return {inner: _escape(item, inner) for inner, item in value.items()}
    if isinstance(value, list | tuple):
        return [_escape(item, key) for item in value]
    return value


def _table(table: Table, words: Words) -> dict[str, Any]:
    columns = [_column(column, words) for column in table.shown(Medium.PAGE)]
    return {"title": table.title, "sort": table.sort, "columns": columns}


def _column(column: Column, words: Words) -> dict[str, Any]:
    label = column.label if column.verbatim else capitalized(column.label, words)
    head = {"key": column.key, "label": label, "company": column.company, "choice": column.choice}
    if column.is_numeric:
        numbers = {"digits": column.digits, "percent": column.percent, "signed": column.signed}
        return {**head, **numbers, "numbers": rounded(column.values, column.digits, keep_whole=True)}
    names = list(dict.fromkeys(column.values))
    place = {name: index for index, name in enumerate(names)}
    return {**head, "names": names, "index": [place[value] for value in column.values]}


def _asset(name: str) -> str:
    return files(__package__).joinpath("assets", name).read_text(encoding="utf-8")


def _script() -> str:
    """Join the page's own scripts; each keeps its names to itself but for what it adds to ``report``."""
    parts = "\n".join(_asset(name) for name in SCRIPTS)
    return f'"use strict";\nconst report = {{}};\n{parts}'


@cache
def _plotly() -> str:
    """Read the chart library, which the package plotly carries."""
    from plotly.offline import get_plotlyjs

    library: str = get_plotlyjs()
    return library


def _content_hash(code: str) -> str:
    """Give the hash by which a Content-Security-Policy lets a script in."""
    return f"'sha256-{b64encode(sha256(code.encode()).digest()).decode()}'"


def _pack(text: str) -> str:
    """Compress text to characters that mean nothing to HTML."""
    return b64encode(gzip.compress(text.encode(), compresslevel=6, mtime=0)).decode()


def _pack_json(data: Any) -> str:
    """Pack data as JSON, of finite numbers only; the page never sees it as HTML."""
    return _pack(json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")))
