"""Settings of all tests.

Random examples are the same in every run. ``pytest --hypothesis-profile=thorough`` looks at many more,
and at new ones each time.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

patient = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("repeatable", derandomize=True, max_examples=25, **patient)
settings.register_profile("thorough", max_examples=400, print_blob=True, **patient)
settings.load_profile("repeatable")
