"""Reports in one HTML file each, which needs no other file and no network."""

from computeplan.report.html.folder import report_html, write_report
from computeplan.report.html.words import LANGUAGES

__all__ = ["LANGUAGES", "report_html", "write_report"]
