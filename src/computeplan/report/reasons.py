"""Why no plan exists, for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from computeplan.explain import Reason

NONE_FOUND = "No single workload, pool or limit is to blame: they contradict in combination."


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
        lines.extend(indented(reason.details))
    return Group(*lines)


def indented(lines: Iterable[str]) -> list[RenderableType]:
    """Set lines off to the right."""
    return [Padding(Text(line), (0, 0, 0, 2)) for line in lines]
