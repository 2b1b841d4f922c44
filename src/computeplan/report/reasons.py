"""Why no plan exists, and the ways out, for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from shlex import quote

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from computeplan.explain import Conflict, Explanation, Reason, Suggestion
from computeplan.explain.wording import counted
from computeplan.problem import Status

NONE_FOUND = "No single workload, pool or limit is to blame: they contradict in combination."
MOST_SET = 8
"""Changes of a suggestion that are shown as options; more are in the JSON."""
MOST_LENGTH = 120
"""Characters of such an option."""


def reasons_view(reasons: Sequence[Reason]) -> RenderableType:
    """List reasons with what stands in the way.

    Parameters
    ----------
    reasons : sequence of Reason
        Empty where none was found.
    """
    if not reasons:
        return Text(NONE_FOUND)
    lines: list[RenderableType] = []
    for reason in reasons:
        lines.append(Text.assemble((reason.subject, "bold"), f": {reason.statement}"))
        lines.extend(_indented(reason.details))
    return Group(*lines)


def explanation_view(explanation: Explanation) -> RenderableType:
    """Show why a config has no plan, what contradicts, and the ways out.

    Parameters
    ----------
    explanation : Explanation
        Of a config without a plan.
    """
    parts = [reasons_view(explanation.reasons)]
    if explanation.status is Status.UNBOUNDED:
        return parts[0]
    found = explanation.ways_out
    if found.conflict:
        parts.append(_conflict_view(found.conflict))
    if found.suggestions:
        parts.append(Text("Ways out, each tried on this config:", style="bold"))
        parts += [_suggestion_view(number, each) for number, each in enumerate(found.suggestions, start=1)]
    if found.note:
        parts.append(Text(f"No way out was found: {found.note}."))
    spaced: list[RenderableType] = []
    for part in parts:
        spaced.extend((part, Text()))
    return Group(*spaced[:-1])


def _conflict_view(conflict: Conflict) -> RenderableType:
    less = "; without any one of them the others can" if conflict.irreducible else ""
    return Group(Text(f"These cannot hold together{less}:", style="bold"), *_indented(conflict.parts))


def _suggestion_view(position: int, suggestion: Suggestion) -> RenderableType:
    options = [f"--set {quote(override)}" for override in suggestion.overrides]
    shown = options if len(options) <= MOST_SET and max(map(len, options)) <= MOST_LENGTH else []
    hidden = [] if shown else [f"({counted(len(options), 'change')} to set: see --json)"]
    return Group(
        Text(f"{position}. {suggestion.title}"),
        *_indented(map(str, suggestion.relaxations)),
        *(Padding(Text(line, style="dim"), (0, 0, 0, 6)) for line in (*shown, *hidden)),
    )


def _indented(lines: Iterable[str]) -> list[RenderableType]:
    return [Padding(Text(line), (0, 0, 0, 2)) for line in lines]
