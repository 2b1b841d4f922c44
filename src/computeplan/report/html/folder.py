"""The report of a folder that was written by ``solve``."""

from __future__ import annotations

from pathlib import Path

from computeplan.archive import open_plan
from computeplan.plan.reading import open_folder
from computeplan.report.html.page import render
from computeplan.report.html.plan import plan_page
from computeplan.report.html.words import Words


def report_html(folder: Path, language: str) -> str:
    """Write the report of a folder.

    Parameters
    ----------
    folder : Path
        A plan folder.
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
    words = Words(language)
    return render(plan_page(open_plan(folder), open_folder(folder).provenance, words), words)
