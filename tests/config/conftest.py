"""A small config that uses most of the schema, and ways to break it."""

from __future__ import annotations

from pathlib import Path

import pytest

from computeplan.config import LoadedConfig, load_config
from computeplan.errors import ConfigError

SMALL = Path(__file__).parent / "small.yaml"


@pytest.fixture
def small_text() -> str:
    """Text of a config without faults."""
    return SMALL.read_text(encoding="utf-8")


@pytest.fixture
def load(tmp_path):
    """Load config text or bytes."""

    def load_text(text: str | bytes, **options) -> LoadedConfig:
        path = tmp_path / "config.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_config(path, **options)

    return load_text


@pytest.fixture
def faults(load, tmp_path):
    """Load config text and return its faults as lines, without the folder."""

    def faults_of(text: str | bytes, **options) -> list[str]:
        with pytest.raises(ConfigError, match="expected") as caught:
            load(text, **options)
        return [str(fault).replace(f"{tmp_path}/", "") for fault in caught.value.faults]

    return faults_of


@pytest.fixture
def broken(small_text, faults):
    """Replace one piece of the small config and return the faults."""

    def faults_of(old: str, new: str, **options) -> list[str]:
        assert small_text.count(old) == 1, f"{old!r} must stand once in {SMALL.name}"
        return faults(small_text.replace(old, new), **options)

    return faults_of
