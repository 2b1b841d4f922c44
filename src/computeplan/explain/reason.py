"""One reason, in the config's words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """Why no plan can exist.

    Attributes
    ----------
    subject : str
        What it is about, such as ``workload chat`` or ``412 workloads (chat, render, …)``.
    statement : str
        What cannot hold, with its numbers.
    details : tuple of str
        What stands in the way, one line each.
    """

    subject: str
    statement: str
    details: tuple[str, ...] = ()

    def data(self) -> dict[str, object]:
        """Give the parts, ready for JSON."""
        return {"subject": self.subject, "statement": self.statement, "details": list(self.details)}

    def __str__(self) -> str:
        return f"{self.subject}: {self.statement}"
