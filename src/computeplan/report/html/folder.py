"""The report of a folder, written as one file."""

from __future__ import annotations

import secrets
from pathlib import Path

from computeplan.archive import open_plan
from computeplan.errors import UsageError
from computeplan.plan.reading import open_folder
from computeplan.report.html.page import render
from computeplan.report.html.plan import plan_page
from computeplan.report.html.study import EFFECTS, FRONTIER, frontier_page, sweep_page
from computeplan.report.html.words import Words


def write_report(folder: Path, target: Path, language: str) -> None:
    """Write the report of a folder to a file, whole or not at all.

    Parameters
    ----------
    folder : Path
        Of a plan, a sweep or a frontier.
    target : Path
        Ends in ``.html``; replaced where it is there.
    language : str
        One of `LANGUAGES`.

    Raises
    ------
    PlanFolderError
        If `folder` is no such folder, or a file in it is not what was written.
    UsageError
        If the target is no HTML file.
    OSError
        If the target cannot be written.
    """
    if target.suffix.lower() not in {".html", ".htm"} or target.is_dir():
        raise UsageError(f"{target}: expected a file whose name ends in .html")
    content = report_html(folder, language)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}.partial")
    try:
        partial.write_text(content, encoding="utf-8", newline="\n")
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def report_html(folder: Path, language: str) -> str:
    """Write the report of a folder.

    Parameters
    ----------
    folder : Path
        Of a plan, a sweep or a frontier.
    language : str
        One of `LANGUAGES`.

    Returns
    -------
    str
        One HTML file, complete in itself.

    Raises
    ------
    PlanFolderError
        If it is no such folder, or a file in it is not what was written.
    """
    words, saved = Words(language), open_folder(folder, kind=None)
    if FRONTIER in saved.hashes:
        page = frontier_page(saved, words)
    elif EFFECTS in saved.hashes:
        page = sweep_page(saved, words)
    else:
        page = plan_page(open_plan(folder), saved, words)
    return render(page, words)
