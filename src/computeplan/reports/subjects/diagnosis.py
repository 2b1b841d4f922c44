"""Why a config has no plan, and what would give it one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import quote

from computeplan.explanations import Conflict, Diagnosis, Reason, Suggestion
from computeplan.problem import Status
from computeplan.reports.blocks import Block, Line, Prose, Tone, faint, line, strong
from computeplan.text import counted, first_lines

MOST_SET = 8
"""Changes of a suggestion that are shown as options; more are in the JSON."""
MOST_LENGTH = 120
"""Characters of such an option."""

NO_REASON = "No single workload, pool or limit rules out every plan; their combination does."
UNBOUNDED = "Look for a negative price of something that has no limit."


def describe_diagnosis(diagnosis: Diagnosis) -> list[Block]:
    """Give the ways out of a config without a plan, what contradicts in it, and why."""
    found = diagnosis.ways_out
    if diagnosis.status is Status.UNBOUNDED:
        return describe_reasons(diagnosis.reasons) if diagnosis.reasons else [Prose([UNBOUNDED])]
    blocks: list[Block] = []
    if found.suggestions:
        blocks.append(Prose([strong("Ways out, each tried on this config:")]))
        blocks += [_suggestion(number, each) for number, each in enumerate(found.suggestions, start=1)]
    elif found.note:
        blocks.append(Prose([f"{found.note}."]))
    if found.conflict:
        blocks.append(_conflict(found.conflict))
    if diagnosis.reasons or not blocks:
        blocks += describe_reasons(diagnosis.reasons)
    return blocks


def describe_reasons(reasons: Sequence[Reason]) -> list[Block]:
    """List reasons with their details, or say that none was found."""
    return [Prose(list(_reasons(reasons)) or [NO_REASON])]


def _reasons(reasons: Sequence[Reason]) -> Iterator[str | Line]:
    for reason in reasons:
        yield line((reason.subject, Tone.STRONG), f": {reason.statement}")
        yield from (line(detail, indent=2) for detail in reason.details)


def _conflict(conflict: Conflict) -> Prose:
    all_needed = "; without any one of them the others can" if conflict.irreducible else ""
    parts = (line(part, indent=2) for part in conflict.parts)
    return Prose([strong(f"These cannot hold together{all_needed}:"), *parts])


def _suggestion(position: int, suggestion: Suggestion) -> Prose:
    options = [*(f"--set {quote(override)}" for override in suggestion.overrides), *suggestion.edits]
    is_short = len(options) <= MOST_SET and max(map(len, options)) <= MOST_LENGTH
    listed = options if is_short else [f"({counted(len(options), 'change')} to set: see --json)"]
    listed_relaxations = first_lines(tuple(map(str, suggestion.relaxations)))
    relaxations = (line(relaxation, indent=2) for relaxation in listed_relaxations)
    return Prose(
        [f"{position}. {suggestion.title}", *relaxations, *(faint(text, indent=6) for text in listed)]
    )
