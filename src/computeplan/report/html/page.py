"""One HTML file of a page: it needs no other file and no network."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np

from computeplan.report.html.blocks import Chart, Column, Page, Table
from computeplan.report.html.digits import shown
from computeplan.report.html.embed import asset, content_hash, packed, packed_json, plotly, script
from computeplan.report.html.words import Words


def render(page: Page, words: Words) -> str:
    """Write the page.

    Parameters
    ----------
    page : Page
    words : Words

    Returns
    -------
    str
        HTML; text that the page is given is shown as text, whatever stands in it.
    """
    from jinja2 import DictLoader, Environment, StrictUndefined

    environment = Environment(
        loader=DictLoader({"page": asset("page.html.j2")}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    code, library = script(), plotly()
    return environment.get_template("page").render(
        page=page,
        words=words,
        style=asset("report.css"),
        script=code,
        library=packed(library),
        data=packed_json(_data(page, words)),
        policy=_policy(code, library),
    )


def _policy(code: str, library: str) -> str:
    """Let nothing in but the page's own scripts; styles are free, as the chart library adds its own."""
    return (
        f"default-src 'none'; script-src {content_hash(code)} {content_hash(library)}; "
        "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _data(page: Page, words: Words) -> dict[str, Any]:
    """Collect what the scripts need: charts, tables and words."""
    statement = page.statement
    return {
        "language": words.language,
        "charts": {
            b.key: _shown_as_text(list(b.figures.values())) for b in page.blocks if isinstance(b, Chart)
        },
        "tables": {b.key: _table(b) for b in page.blocks if isinstance(b, Table)},
        "words": {key[3:]: text for key, text in words.catalog.items() if key.startswith("ui.")},
        "statement": statement
        and {
            "companies": statement.companies,
            "workloads": statement.workloads,
            "groups": [{"title": title, "keys": list(keys)} for title, keys in statement.groups],
            "notes": list(statement.notes),
        },
    }


def _shown_as_text(value: Any, key: str = "") -> Any:
    """Escape what plotly would read as markup: names come from configs, templates do not."""
    if isinstance(value, str):
        return value if key.endswith("template") else escape(value, quote=False)
    if isinstance(value, Mapping):
        return {inner: _shown_as_text(item, inner) for inner, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shown_as_text(item, key) for item in value]
    return value


def _table(table: Table) -> dict[str, Any]:
    return {"title": table.title, "sort": table.sort, "columns": [_column(c) for c in table.columns]}


def _column(column: Column) -> dict[str, Any]:
    values = column.values
    head = {"key": column.key, "label": column.label, "company": column.company, "choice": column.choice}
    if isinstance(values, np.ndarray) or not any(isinstance(value, str) for value in values):
        numbers = {"digits": column.digits, "percent": column.percent}
        return {**head, **numbers, "numbers": shown(values, column.digits)}
    names = list(dict.fromkeys(values))
    place = {name: index for index, name in enumerate(names)}
    return {**head, "names": names, "index": [place[value] for value in values]}
