"""Why a config has no plan, and the ways out, for the terminal."""

from __future__ import annotations

from shlex import quote

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from computeplan.explain import Conflict, Diagnosis, Suggestion
from computeplan.explain.wording import counted
from computeplan.problem import Status
from computeplan.report.reasons import indented, reasons_view

MOST_SET = 8
"""Changes of a suggestion that are shown as options; more are in the JSON."""
MOST_LENGTH = 120
"""Characters of such an option."""
SOMETHING_NEGATIVE = "Look for a negative price of something that has no limit."


def diagnosis_view(diagnosis: Diagnosis) -> RenderableType:
    """Show why a config has no plan, what contradicts, and the ways out.

    Parameters
    ----------
    diagnosis : Diagnosis
        Of a config without a plan.
    """
    found = diagnosis.ways_out
    if diagnosis.status is Status.UNBOUNDED:
        return reasons_view(diagnosis.reasons) if diagnosis.reasons else Text(SOMETHING_NEGATIVE)
    parts = [reasons_view(diagnosis.reasons)] if diagnosis.reasons or not found.note else []
    if found.conflict:
        parts.append(_conflict_view(found.conflict))
    if found.suggestions:
        parts.append(Text("Ways out, each tried on this config:", style="bold"))
        parts += [_suggestion_view(number, each) for number, each in enumerate(found.suggestions, start=1)]
    elif found.note:
        parts.append(Text(f"No way out: {found.note}."))
    spaced: list[RenderableType] = []
    for part in parts:
        spaced.extend((part, Text()))
    return Group(*spaced[:-1])


def _conflict_view(conflict: Conflict) -> RenderableType:
    less = "; without any one of them the others can" if conflict.irreducible else ""
    return Group(Text(f"These cannot hold together{less}:", style="bold"), *indented(conflict.parts))


def _suggestion_view(position: int, suggestion: Suggestion) -> RenderableType:
    options = [f"--set {quote(override)}" for override in suggestion.overrides]
    shown = options if len(options) <= MOST_SET and max(map(len, options)) <= MOST_LENGTH else []
    hidden = [] if shown else [f"({counted(len(options), 'change')} to set: see --json)"]
    return Group(
        Text(f"{position}. {suggestion.title}"),
        *indented(map(str, suggestion.relaxations)),
        *(Padding(Text(line, style="dim"), (0, 0, 0, 6)) for line in (*shown, *hidden)),
    )
