"""Two plans known by hand, and everything that people read of them, as text.

``python tests/report/known.py`` writes the texts anew (`make goldens`): read every change of a number, and
work it out by hand as below before it is kept.

The first plan (`HOURS`): each of four half-hours stands for 2 h. A busy unit draws 11 kW, an idle one 1.

* Acme's `chat` may not leave the city: 2, 3, 2, 2 of its 5 units. With the PUE of 1.5 the city draws
  1.5 × (5 + 10 × busy) = 37.5, 52.5, 37.5, 37.5 kW at 1, 2, 1, 1 CNY/kWh: 2 × 217.5 = 435 CNY.
* Bolt's `records`, 1 unit throughout, go north: 2 GB × 8 h × 0.1 CNY/GB = 1.6 CNY.
* Bolt's `batch`, 3 units in the second half-hour, is spread over three of them, so that 2 units are booked:
  2 × 3 CNY × 8 h = 48 CNY. Run at once it would take 4.
* The north draws 12, 22, 22, 22 kW, of which wind 10, 10, 5, 5 at 0.2 CNY: 2 × 30 × 0.2 = 12 CNY, and grid 2,
  12, 17, 17 at 0.5 CNY: 2 × 48 × 0.5 = 48 CNY.
* In sum 435 + 1.6 + 48 + 12 + 48 = 544.6 CNY.
* Location: 0.6 × 330 + 0.5 × 156 = 276 kg; market: 198 + 0.4 × 96 = 236.4; hourly: 198 + 0.5 × 96 = 246.
* All-local, records stay: the city draws 52.5, 67.5, 52.5, 52.5 kW: 585 CNY, 270 kg; the north 1, 11, 11, 11,
  wind 1, 10, 5, 5: 8.4 CNY, grid 0, 1, 6, 6: 13 CNY, one unit booked: 24 CNY. In sum 630.4 CNY, 85.8 more.
* A kWh of wind saves 0.5 − 0.2 CNY: 0.3 × 60 kWh = 18 CNY.
* In `jobs` a job of 1.5 unit·h on at most 2 units replaces the batch: the same plan, but at once it would
  run on 2 units, then 1: 0.5 of its 1.5 unit·h wait an hour.
* Acme pays 435 CNY; all-local 11 kW × 1.5 × 2 h × (2 + 6 + 2 + 2) = 396 CNY and 9/13 of 24 CNY of idle units.

The second (`SITES`): 4 unit·h of 10 kWh at three sites of 1, 2 and 5 CNY and 1, 0.5 and 0 kg
a kWh; the middle one has 3 units. The plans: all at the dirty site (40 CNY, 40 kg), 3 units in
the middle (70, 25), the last one at the clean site (110, 15), all there (200, 0).
"""

from __future__ import annotations

import html as markup
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from reporting import data_of

from command_line import run
from computeplan.reports.html import report_html
from computeplan.reports.words import LANGUAGES

GOLDENS = Path(__file__).with_name("goldens")

HOURS = """\
name: Known hours
horizon: {start: 2026-03-02T00:00, time_zone: Asia/Shanghai, duration: 2 h, period: 30 min, weight: 4}
objective: {carbon_price: 100 CNY/t}  # S a price list
zones: {city: {}, north: {}}
network:
  latency: one_way
  links: {line: {between: [city, north], latency: 20 ms, bandwidth: 1 Gbps, price: 0.1}}
hardware: {gpu: {idle_power: 1 kW, busy_power: 11 kW}}
sites:
  city:
    zone: city
    pue: 1.5
    grid: {price: [1, 2, 1, 1], carbon: 0.6}
    pools: {own: {hardware: gpu, term: owned, units: 5}}
  north:
    zone: north
    grid: {price: 0.5, carbon: {location: 0.5, market: 0.4}}
    contracts: {wind: {profile: [1, 1, 0.5, 0.5], capacity: 10 kW, price: 0.2}}
    pools: {booked: {hardware: gpu, term: reserved, max_units: 10, price: 3}}
workloads:
  chat: {company: Acme, zone: city, demand: [2, 3, 2, 2], max_latency: 5 ms}
  records: {company: Bolt, zone: city, demand: 1, traffic: 2}
  batch: {company: Bolt, zone: north, demand: [0, 3, 0, 0], max_delay: 1 h}
scenarios:
  dear: {sites: {north: {pools: {booked: {price: 20}}}}}
  short: {workloads: {chat: {demand: [2, 6, 2, 2], shortfall_price: 50}}}
  impossible: {workloads: {chat: {demand: 6}}}
  jobs:
    workloads:
      batch: null
      model:
        company: Bolt
        zone: north
        job: {volume: 1.5 unit*h, release: 2026-03-02T00:30, deadline: 2026-03-02T02:00, max_rate: 2}
  clean: {objective: {minimize: carbon, carbon_price: null, carbon_cap: 0.3 t}}
"""

SITES = """\
name: Known sites
horizon: {start: 2026-03-02T00:00, time_zone: Asia/Shanghai, duration: 1 h}
zones: {here: {}}
hardware: {gpu: {busy_power: 10 kW}}
sites:
  dirty: {zone: here, grid: {price: 1, carbon: 1}, pools: {own: {hardware: gpu, term: owned, units: 9}}}
  middle: {zone: here, grid: {price: 2, carbon: 0.5}, pools: {own: {hardware: gpu, term: owned, units: 3}}}
  clean: {zone: here, grid: {price: 5, carbon: 0}, pools: {own: {hardware: gpu, term: owned, units: 9}}}
workloads: {chat: {zone: here, demand: 4}}
scenarios: {greener: {sites: {dirty: {grid: {carbon: 0.2}}}}}
"""

PACKAGES = "highs|python|computeplan|numpy|highspy|pulp|polars|pydantic|pyyaml|tzdata"  # with their versions
UNKNOWN = {
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(?:Z|\+00:00)": "TIME",
    r"\b[0-9a-f]{64}\b": "SHA-256",
    r"[\d.]+ s \([^)\n]*\)": "TIMES",
    r"(?:\w+ [\d.]+ s(?:, |\n))+": "TIMES\n",
    rf"\b({PACKAGES}) \d+[.\w]*": r"\1 VERSION",
    r"python VERSION(?:, \w+ (?:VERSION|[\d.]+))+": "VERSIONS",
}
"""What is another with every run or machine, and what stands in its place."""


def texts(folder: Path) -> dict[str, str]:
    """Give everything that people read of the two plans, by the name of its golden file."""
    hours, sites = folder / "hours.yaml", folder / "sites.yaml"
    hours.write_text(HOURS, encoding="utf-8")
    sites.write_text(SITES, encoding="utf-8")
    found = {**_views(hours, sites), **_pages(hours, sites)}
    return {f"{name}.txt": _known(text, folder) for name, text in found.items()}


def _views(hours: Path, sites: Path) -> dict[str, str]:
    """Views of the terminal, made by the commands; folders of plans and studies are left for the reports."""
    plan, dear, short = (hours.with_name(name) for name in ("plan", "dear", "short"))
    questions = ("--cap", 0.02, "--cap", 0.001, "--budget", 90, "--budget", 30, "--price", 3000)
    jobs, clean = (hours.with_name(name) for name in ("jobs", "clean"))
    commands = {
        "check": ("check", hours),
        "plan": ("solve", hours, "--out", plan, "--baselines", "all"),
        "plan-dear": ("solve", hours, "--scenario", "dear", "--out", dear),
        "plan-short": ("solve", hours, "--scenario", "short", "--out", short),
        "check-jobs": ("check", hours, "--scenario", "jobs"),
        "plan-jobs": ("solve", hours, "--scenario", "jobs", "--out", jobs),
        "plan-clean": ("solve", hours, "--scenario", "clean", "--out", clean),
        "audit-clean": ("audit", clean),
        "compare-jobs": ("compare", plan, jobs),
        "explain-clean": ("explain", clean, "records"),
        "infeasible": ("explain", hours, "--scenario", "impossible"),
        **{
            f"explain-{name}": ("explain", plan, name)
            for name in ("chat", "records", "batch", "Acme", "Bolt", "north")
        },
        "explain-records.json": ("explain", plan, "records", "--json"),
        "explain-Bolt.json": ("explain", plan, "Bolt", "--json"),
        "explain-north.json": ("explain", plan, "north", "--json"),
        "compare": ("compare", plan, dear),
        "compare.json": ("compare", plan, dear, "--json"),
        "audit": ("audit", plan),
        "ranging-price": (
            "ranging",
            hours,
            "--of",
            "sites.north.pools.booked.price",
            "--from",
            0,
            "--to",
            10,
        ),
        "ranging-demand": ("ranging", hours, "--of", "workloads.records.demand", "--from", 0, "--to", 3),
        "ranging-limit": (
            *("ranging", sites, "--set", "sites.dirty.pools.own.units=2"),
            *("--of", "sites.dirty.pools.own.units", "--from", 0, "--to", 5),
        ),
        "ranging-slack": ("ranging", sites, "--of", "sites.clean.pools.own.units", "--from", 0, "--to", 9),
        "ranging-edge": (
            *("ranging", sites, "--set", "sites.dirty.pools.own.units=1"),
            *("--set", "sites.clean.pools.own.units=0", "--of", "sites.middle.pools.own.units"),
        ),
        "frontier": (
            "frontier",
            sites,
            "--out",
            sites.with_name("frontier"),
            "--basis",
            "location",
            *questions,
        ),
        "sweep": (
            *("sweep", sites, "--vary", "demand*=1,2", "--vary", "sites.dirty.grid.price=1,3"),
            *("--scenarios", "base,greener", "--out", sites.with_name("sweep"), "--workers", 1),
        ),
    }
    return {name: _output(*command) for name, command in commands.items()}


def _output(*command: object) -> str:
    ended = run(*map(str, command))
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return ended.stdout


def _pages(hours: Path, sites: Path) -> dict[str, str]:
    """Texts of the reports in every language, and once the series of their charts and tables."""
    folders = [
        hours.with_name("plan"),
        hours.with_name("short"),
        hours.with_name("jobs"),
        sites.with_name("sweep"),
        sites.with_name("frontier"),
    ]
    found = {}
    for folder in folders:
        for language in LANGUAGES:
            page = report_html(folder, language)
            found[f"report-{folder.name}.{language}"] = _words_of(page)
            if language == "en":
                found[f"report-{folder.name}.series"] = "\n".join(_series_of(data_of(page))) + "\n"
    return found


def _series_of(data: dict) -> Iterator[str]:
    """Give a line each layout and series of charts, column of tables and part of the statement."""
    for key, figures in data["charts"].items():
        for number, figure in enumerate(figures):
            yield f"{key}[{number}] layout {_compact(figure['layout'])}"
            yield from (f"{key}[{number}] {_compact(series)}" for series in figure["data"])
    for key, table in data["tables"].items():
        yield f"{key} sorted by {table['sort']!r}"
        yield from (f"{key} {_compact(column)}" for column in table["columns"])
    if data["statement"]:
        yield f"statement {_compact(data['statement'])}"


def _compact(data: object) -> str:
    return json.dumps(_without_noise(data), ensure_ascii=False)


def _without_noise(data: object) -> object:
    """Write what rounding leaves of a zero as one: it is another on every machine."""
    if isinstance(data, dict):
        return {key: _without_noise(value) for key, value in data.items()}
    if isinstance(data, list):
        return list(map(_without_noise, data))
    return 0.0 if isinstance(data, float) and abs(data) < 1e-9 else data


def _words_of(page: str) -> str:
    """Take the text of a page, a line each heading, sentence, fact and row."""
    page = re.sub(r"<(script|style|pre)\b.*?</\1>", "", page, flags=re.DOTALL)
    page = re.sub(r"</(?:th|dt|td|figcaption)>\s*(?=<(?:th|td|dd)\b)", " | ", page)
    page = re.sub(r'<div class="plot"[^>]*aria-label="([^"]*)" style="([^"]*)">', r"<p>\1 [\2]</p>", page)
    page = re.sub(
        r'(<div class="lead">.*?</div>)', lambda lead: lead[1].replace("<p>", "<p># "), page, flags=re.DOTALL
    )
    lines = re.split(r"\n|</?(?:p|h\d|li|tr|option|title|summary|dt|div|label)\b[^>]*>", page)
    words = (" ".join(markup.unescape(re.sub(r"<[^>]*>", "", line)).split()) for line in lines)
    return "\n".join(filter(None, words)) + "\n"


def _known(text: str, folder: Path) -> str:
    text = text.replace(str(folder), "FOLDER")
    for pattern, known in UNKNOWN.items():
        text = re.sub(pattern, known, text)
    return text


if __name__ == "__main__":
    import tempfile

    GOLDENS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        for name, text in texts(Path(place)).items():
            (GOLDENS / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"{GOLDENS}\n")
