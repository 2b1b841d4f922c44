"""Photograph the report on configs/chongqing.yaml: docs/images/report.png and, in Chinese, report.zh.png.

Needs Chromium, and for Chinese letters a font that has them.
"""

# ruff: noqa: INP001 - a script beside the pages that it draws for, no package

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from computeplan import api
from computeplan.reports.html import write_report

ROOT = Path(__file__).resolve().parents[1]
CONFIG = ROOT / "configs" / "chongqing.yaml"
PICTURES = {"en": "report.png", "zh": "report.zh.png"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SIZE = "1200,1500"
PATIENCE_S = 120


def main() -> None:
    """Write the pictures."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise SystemExit("expected Chromium on the PATH; `apt-get install chromium` brings it")
    with TemporaryDirectory() as folder:
        plan = Path(folder) / "plan"
        api.solve(CONFIG).save(plan)
        for language, name in PICTURES.items():
            page = Path(folder) / f"{language}.html"
            write_report(plan, page, language)
            photograph(browser, page, ROOT / "docs" / "images" / name)


def photograph(browser: str, page: Path, target: Path) -> None:
    """Write what the browser shows of a page."""
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += [
        f"--window-size={SIZE}",
        "--virtual-time-budget=10000",
        f"--screenshot={target}",
        page.as_uri(),
    ]
    subprocess.run(command, check=True, timeout=PATIENCE_S, stderr=sys.stderr)  # noqa: S603 - our own page


if __name__ == "__main__":
    main()
