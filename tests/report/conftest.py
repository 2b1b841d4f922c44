"""One plan, one report a language and one browser for all tests of the HTML report."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from reporting import TEXT

from computeplan import api
from computeplan.report.html import write_report

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def plan_folder(tmp_path_factory) -> Path:
    config = tmp_path_factory.mktemp("many") / "many.yaml"
    config.write_text(TEXT, encoding="utf-8")
    folder = config.with_name("plan")
    api.solve(config).save(folder)
    return folder


@pytest.fixture(scope="session")
def reports(plan_folder) -> dict[str, Path]:
    paths = {language: plan_folder.with_name(f"{language}.html") for language in ("en", "zh")}
    for language, path in paths.items():
        write_report(plan_folder, path, language)
    return paths


@pytest.fixture(scope="session")
def browser() -> Iterator:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        pytest.skip("no Chromium on this machine: `make chromium` installs the system's package")
    with playwright.sync_playwright() as driver:
        # Containers and CI run as root, where Chromium's sandbox does not start.
        started = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()
