"""The command line: one small file a command; the only place that prints or exits."""

from computeplan.cli.app import app, main

__all__ = ["app", "main"]
