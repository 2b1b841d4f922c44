"""One plan, one report a language and one browser for all tests of the HTML report."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from reporting import TEXT

from computeplan import api
from computeplan.reports.html import write_report

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

DRAW = """letter => {
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
  pen.font = "40px sans-serif";
  pen.fillText(letter, 10, 60);
  return canvas.toDataURL();
}"""
"""Draws a letter; letters that no font has look the same, an empty box."""


@pytest.fixture(scope="session")
def plan_folder(tmp_path_factory) -> Path:
    config = tmp_path_factory.mktemp("many") / "many.yaml"
    config.write_text(TEXT, encoding="utf-8")
    folder = config.with_name("plan")
    api.solve(config, limits=2).save(folder)
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
        pytest.skip("no Chromium on this machine: `make browser` installs the system's package")
    with playwright.sync_playwright() as driver:
        # Containers and CI run as root, where Chromium's sandbox does not start.
        started = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = started.new_page()
        drawn = [page.evaluate(DRAW, letter) for letter in "中文"]
        page.close()
        if drawn[0] == drawn[1]:
            pytest.skip("the browser has no Chinese letters: `make browser` installs a font")
        yield started
        started.close()
