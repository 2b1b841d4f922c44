"""Texts of a report, one catalog a language."""

from computeplan.report.html.words.words import LANGUAGES, Words

__all__ = ["LANGUAGES", "Words"]
