"""Settings of all tests. What is marked `posix` is skipped on Windows.

Random examples are the same in every run. With ``pytest --hypothesis-profile=whole``, as ``make test-all``
runs it, they are twice as many; ``thorough`` looks at many more, and at new ones each time.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from computeplan.cli import terminal

patient = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("repeatable", derandomize=True, max_examples=15, **patient)
settings.register_profile("whole", derandomize=True, max_examples=30, **patient)
settings.register_profile("thorough", max_examples=400, print_blob=True, **patient)
settings.load_profile("repeatable")

# Many tests start processes: without bytecode each would compile every module again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_collection_modifyitems(items):
    if os.name == "nt":
        skip = pytest.mark.skip(reason="needs POSIX")
        for item in items:
            if item.get_closest_marker("posix"):
                item.add_marker(skip)


@pytest.fixture(autouse=True)
def no_command_is_long(monkeypatch):
    """Commands in this process say nothing of their stages, however slow the machine is."""
    monkeypatch.setattr(terminal, "SHORT_S", 1e6)
