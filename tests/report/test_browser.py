"""The report in a real browser."""

from __future__ import annotations

import re
from itertools import combinations
from urllib.parse import quote

import pytest
from reporting import CHINESE, COMPANIES, MARKUP
from study_folders import write_frontier, write_sweep

from computeplan.reports.html import write_report

CHARTS = ("cost", "carbon", "flows", "hours", "time", "limits", "changes")
WORKLOADS = 2 * COMPANIES + 3
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


class Reader:
    """A window with one report, and everything that went wrong in it."""

    def __init__(self, browser, path, **options):
        self.context = browser.new_context(**{"viewport": DESK, **options})
        self.page = self.context.new_page()
        self.path, self.faults, self.requests = path, [], []
        self.page.on("console", lambda message: self.faults.append(message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def open(self, place=""):
        self.page.goto(f"{self.path.as_uri()}{place}")
        self.page.wait_for_selector("html[data-ready]", state="attached")
        return self.page

    def close(self):
        self.context.close()


@pytest.fixture(scope="module")
def reader(browser, reports):
    made = Reader(browser, reports["en"])
    yield made
    made.close()


@pytest.fixture
def page(reader):
    return reader.open()


@pytest.fixture(scope="module")
def phone(browser, reports):
    made = Reader(browser, reports["zh"], viewport=PHONE, has_touch=True, is_mobile=True)
    yield made
    made.close()


@pytest.fixture(scope="module")
def studies(browser):
    """A small dark window, for one study after the other."""
    made = Reader(browser, None, viewport=PHONE, color_scheme="dark")
    yield made
    made.close()


def block(page, table):
    return page.locator(f'[data-table="{table}"]')


def column(page, table, place):
    return block(page, table).locator(f".scroll tbody tr:not(.space) > :nth-child({place})").all_inner_texts()


def numbers(texts):
    return [float(text.replace(",", "").replace("−", "-").removesuffix(" %")) for text in texts]


def head(page, table, label):
    return block(page, table).locator("thead button", has_text=label).first


def draw_all(page):
    for key in CHARTS:
        page.locator(f'[data-chart="{key}"] .plot').scroll_into_view_if_needed()
        page.wait_for_selector(f'[data-chart="{key}"] .plot[data-drawn]')


def until(page, expression, argument=None):
    """Wait until an expression holds; the page's policy forbids Playwright's own way to wait."""
    for _ in range(200):
        if page.evaluate(expression, argument):
            return
        page.wait_for_timeout(50)
    raise AssertionError(expression)


def ink(page, selector):
    return page.eval_on_selector(selector, "each => getComputedStyle(each).fill")


def test_all_charts_are_drawn_with_titles_units_and_no_complaint(reader, page):
    draw_all(page)
    for key in CHARTS:
        chart = page.locator(f'[data-chart="{key}"]')
        assert chart.locator("h3").inner_text()
        assert chart.locator(".plot").get_attribute("aria-label")
        assert chart.locator("svg path").count() > 2, key
    assert page.locator('[data-chart="cost"] .xtitle').text_content() == "CNY"
    assert page.locator('[data-chart="carbon"] .ytitle').text_content() == "t CO₂e"
    assert reader.faults == []
    assert {url.partition(":")[0] for url in reader.requests} == {"file"}


def test_series_differ_by_more_than_color(page):
    """By names where they are drawn, and by dashes; by patterns where colors are forced."""
    draw_all(page)
    assert page.locator('[data-chart="cost"] pattern').count() == 0
    inside = page.locator('[data-chart="cost"] .bartext').all_text_contents()
    assert {"booked units", "grid energy"} <= set(inside)
    assert page.locator('[data-chart="time"] .annotation-text').count() >= 1
    dashes = page.locator('[data-chart="time"] .ygrid, [data-chart="time"] .js-line').evaluate_all(
        "lines => lines.map(line => line.style.strokeDasharray)"
    )
    assert len(set(dashes)) > 2
    page.emulate_media(forced_colors="active")
    try:
        until(page, "document.querySelectorAll('[data-chart=cost] pattern').length > 3")
    finally:
        page.emulate_media(forced_colors="none")


def test_another_site_is_drawn_when_it_is_chosen(page):
    draw_all(page)
    chart = page.locator('[data-chart="hours"]')
    assert "wind" not in chart.locator(".plot").text_content()
    chart.locator("select").select_option("哈密")
    until(page, "document.querySelector('[data-chart=hours] .plot').textContent.includes('wind')")


def test_tables_sort_both_ways(page):
    cost = head(page, "companies", "Cost, CNY")
    assert cost.locator("..").get_attribute("aria-sort") == "descending"
    most = numbers(column(page, "companies", 5))
    assert most == sorted(most, reverse=True)
    cost.click()
    least = numbers(column(page, "companies", 5))
    assert least == sorted(least)
    assert least[-1] < most[-1]
    head(page, "companies", "Company").click()
    names = column(page, "companies", 1)
    assert names.index("large-2") < names.index("large-10")


def test_tables_filter_by_choice(page):
    companies = block(page, "companies")
    companies.locator("select").select_option("large")
    assert set(column(page, "companies", 2)) == {"large"}
    assert companies.get_by_role("status").inner_text() == f"rows: 20 of {COMPANIES + 2:,}"
    companies.locator("select").select_option("all")
    assert companies.get_by_role("status").inner_text().startswith(f"rows: {COMPANIES + 2:,} of")


def test_thirty_thousand_workloads_are_searched(page):
    workloads = block(page, "workloads")
    assert workloads.get_by_role("status").inner_text() == f"rows: {WORKLOADS:,} of {WORKLOADS:,}"
    workloads.get_by_role("searchbox").fill("SMALL-1498")
    found = column(page, "workloads", 1)
    assert set(found) == {f"small-{n}/{kind}" for n in (1498, 14980) for kind in ("chat", "batch")}
    workloads.get_by_role("searchbox").fill("small-14980/batch")
    assert column(page, "workloads", 1) == ["small-14980/batch"]
    workloads.get_by_role("searchbox").fill("no such thing")
    assert column(page, "workloads", 1) == []


def test_a_long_table_shows_the_rows_in_sight(page):
    scroll = block(page, "workloads").locator(".scroll")
    assert len(column(page, "workloads", 1)) < 100
    costs = numbers(column(page, "workloads", 6))
    scroll.evaluate("each => { each.scrollTop = each.scrollHeight / 2 }")
    until(page, "document.querySelectorAll('[data-table=workloads] .space').length === 2")
    middle = numbers(column(page, "workloads", 6))
    assert len(middle) < 100
    assert max(middle) < min(costs)
    scroll.evaluate("each => { each.scrollTop = each.scrollHeight }")
    last = f'[data-table=workloads] [aria-rowindex="{WORKLOADS + 1}"]'
    page.wait_for_selector(last, state="attached")


def test_everything_can_be_reached_by_keyboard(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('nav') !== null")
    head(page, "companies", "Work, unit·h").focus()
    page.keyboard.press("Enter")
    assert head(page, "companies", "Work, unit·h").locator("..").get_attribute("aria-sort") == "descending"
    assert page.locator('.scroll:not([tabindex="0"])').count() == 0
    block(page, "companies").locator("tbody a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#statement:not([hidden])")
    assert page.evaluate("document.activeElement.closest('#statement') !== null")


def test_names_with_markup_are_text(page):
    draw_all(page)
    block(page, "workloads").get_by_role("searchbox").fill("near")
    assert MARKUP in column(page, "workloads", 2)
    assert page.locator("h1").first.inner_text() == "重庆 & <i>Xinjiang</i>"
    assert "home <b>" in page.locator('[data-chart="flows"] svg').first.text_content()
    assert page.locator("main img:not(.paper), main b, main i, h1 i").count() == 0
    assert page.evaluate("window.hurt === undefined")


@pytest.mark.parametrize("name", [CHINESE, MARKUP])
def test_a_company_has_a_page_of_its_own(reader, page, name):
    block(page, "companies").get_by_role("searchbox").fill(name)
    cost = column(page, "companies", 5)[0]
    page = reader.open(f"#company={quote(name)}")
    statement = page.locator("#statement")
    assert statement.locator("h1").inner_text() == name
    assert not page.locator("main").is_visible()
    assert cost in statement.locator(".group").first.inner_text()
    owned = {CHINESE: {"records", "model"}, MARKUP: {"near"}}[name]
    assert set(statement.locator(".scroll tbody tr > :first-child").all_inner_texts()) == owned
    page.wait_for_selector("#statement .plot[data-drawn]")
    assert "gpu" in statement.locator(".ytitle").text_content()
    assert {CHINESE: "哈密", MARKUP: "home <b>"}[name] in statement.locator(".legend").text_content()
    statement.get_by_role("link").click()
    page.wait_for_selector("#statement", state="hidden")
    assert page.locator("main").is_visible()


def test_the_parts_of_a_statement_add_up(reader):
    page = reader.open(f"#company={quote(CHINESE)}")
    rows = page.locator("#statement .group", has_text="Cost by part").locator("tr").all_inner_texts()
    amounts = {label: numbers([amount])[0] for label, amount in (row.split("\t") for row in rows)}
    total = amounts.pop("Cost, CNY")
    parts = [amount for label, amount in amounts.items() if not label.startswith(("Shortfall", "Carbon"))]
    assert len(parts) > 1
    assert sum(parts) == pytest.approx(total, abs=len(parts))


def test_an_unknown_company_is_said_to_be_unknown(reader):
    for address, shown in (("%3Cb%3Enobody", "<b>nobody"), ("%E5%B8", "%E5%B8")):
        page = reader.open(f"#company={address}")
        page.reload()
        page.wait_for_selector("html[data-ready]", state="attached")
        assert f"no company named {shown}" in page.locator("#statement").inner_text()
    assert reader.faults == []


def test_a_statement_prints_alone(reader):
    page = reader.open(f"#company={quote(CHINESE)}")
    page.emulate_media(media="print")
    try:
        assert page.locator("#statement h1").is_visible()
        assert not page.locator("main").is_visible()
        assert not page.get_by_role("button", name="Print").is_visible()
    finally:
        page.emulate_media(media="null")


def test_dark_colors_follow_the_system_at_once(page):
    draw_all(page)
    tick = '[data-chart="cost"] .ytick text'
    light = ink(page, tick)
    page.emulate_media(color_scheme="dark")
    try:
        changed = "([tick, light]) => getComputedStyle(document.querySelector(tick)).fill !== light"
        until(page, changed, [tick, light])
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    finally:
        page.emulate_media(color_scheme="light")
    assert sum(int(part) for part in paper.removeprefix("rgb(").removesuffix(")").split(", ")) < 150


def test_a_phone_shows_it_without_scrolling_sideways(phone):
    page = phone.open()
    draw_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "16px"
    phone.open(f"#company={quote(MARKUP)}")
    page.wait_for_selector("#statement:not([hidden])")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert phone.faults == []


LATIN = re.compile(r"[A-Za-z]{2,}")
NAMES = re.compile(
    r"Xinjiang|home|own|rent|booked|wind|gpu|chat|batch|records|model|near|large|small|audit|PLAN|highs|python"
    r"|computeplan(?:\ssolve\s--limits|\sranging)?"
    r"|SHA-256|GB|Asia/Shanghai|img|src|onerror|window.hurt|Söhne|city|north|JavaScript|capacity|energy|emissions"
)
"""Names of the config, of tables, programs and symbols, which no language translates."""


def test_chinese_reports_are_chinese(phone):
    page = phone.open()
    draw_all(page)
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert page.locator("nav a").all_inner_texts()[0] == "结论"
    shown = "h2, h3, dt, dd, p, thead th, .figures td, option, .badges li, .plot text, label, output"
    texts = [text for text in page.locator(shown).all_text_contents() if not text.startswith(("{", "警告"))]
    facts = " ".join(page.locator("#certificate .facts dd").all_text_contents())
    left = {
        text for text in texts if text not in facts and LATIN.search(NAMES.sub("", text.replace(MARKUP, "")))
    }
    assert left == set()  # but warnings, which are of the config
    assert not [
        text for text in texts if re.search(r"\d\s+%|[\u4e00-\u9fff][,;:]|\d\s+[\u4e00-\u9fff]", text)
    ]
    assert any("台时" in text for text in texts)
    assert "万元" in page.locator("#answer").inner_text()


def edges(page, table):
    """Left and right edges of what a table shows, of its scrolling box, and its cells that are in sight."""
    return (
        block(page, table)
        .locator(".scroll")
        .evaluate(
            """scroll => {
          const box = scroll.getBoundingClientRect();
          const cells = [...scroll.querySelectorAll("tbody tr:not(.space):nth-child(2) > *")].map(cell => {
            const { left, right } = cell.getBoundingClientRect();
            const seen = getComputedStyle(cell.firstElementChild ?? cell).color !== "rgba(0, 0, 0, 0)";
            const number = cell.classList.contains("number");
            return { left: left - box.left, right: right - box.left, seen, number };
          });
          return { width: scroll.clientWidth, classes: [...scroll.classList], cells };
        }"""
        )
    )


def test_a_table_shows_that_it_scrolls_and_no_number_in_part(phone):
    page = phone.open()
    scroll = block(page, "companies").locator(".scroll")
    scroll.scroll_into_view_if_needed()
    until(page, "document.querySelector('[data-table=companies] .scroll').classList.contains('more')")
    for step in (0, 90, 333, 10_000):
        scroll.evaluate("(each, left) => { each.scrollLeft = left; }", step)
        page.wait_for_timeout(120)
        now = edges(page, "companies")
        names = now["cells"][0]
        pinned = 0 if "wide-names" in now["classes"] else names["right"]
        cut = [
            cell
            for cell in now["cells"][1:]
            if cell["number"]
            and cell["seen"]
            and (
                cell["left"] < pinned - 1 < cell["right"] - 2
                or cell["left"] + 2 < now["width"] < cell["right"] - 1
            )
        ]
        assert cut == [], step
        assert ("scrolled" in now["classes"]) == (step > 0)
    assert "more" not in now["classes"]


def test_names_are_in_one_line(page):
    rows = block(page, "companies").locator(".scroll tbody tr:not(.space) > *")
    assert max(rows.evaluate_all("cells => cells.map(cell => cell.offsetHeight)")) < 60
    style = "cells => [...new Set(cells.map(cell => getComputedStyle(cell).whiteSpace))]"
    assert page.locator("main .scroll tbody th").evaluate_all(style) == ["nowrap"]


def test_back_from_a_company_is_where_one_was(page):
    companies = block(page, "companies")
    companies.get_by_role("searchbox").fill("small-149")
    scroll = companies.locator(".scroll")
    scroll.evaluate("each => { each.scrollTop = 900; each.scrollLeft = 200; }")
    page.wait_for_timeout(150)
    before = page.evaluate("scrollY"), scroll.evaluate("each => [each.scrollTop, each.scrollLeft]")
    companies.locator(".scroll tbody a").nth(20).evaluate("link => link.click()")
    page.wait_for_selector("#statement:not([hidden])")
    for way_back in (page.locator("#statement a").first.click, page.go_back):
        way_back()
        page.wait_for_selector("#statement", state="hidden")
        page.wait_for_timeout(100)
        assert companies.get_by_role("searchbox").input_value() == "small-149"
        after = page.evaluate("scrollY"), scroll.evaluate("each => [each.scrollTop, each.scrollLeft]")
        assert after[0] == pytest.approx(before[0], abs=2)
        assert after[1] == before[1]
        companies.locator(".scroll tbody a").nth(20).evaluate("link => link.click()")
        page.wait_for_selector("#statement:not([hidden])")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("write", [write_sweep, write_frontier], ids=["sweep", "frontier"])
def test_studies_are_drawn_on_a_phone_too(studies, tmp_path, write, language):
    write(tmp_path / "study")
    studies.path = tmp_path / "study.html"
    write_report(tmp_path / "study", studies.path, language)
    page = studies.open()
    for plot in page.locator("[data-chart]").all():
        plot.scroll_into_view_if_needed()
        plot.locator(".plot[data-drawn]").wait_for()
        for option in range(plot.locator("option").count()):
            plot.locator("select").select_option(index=option)
    assert page.locator("[data-drawn]").count() >= 2
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert page.locator("main b, main i, h1 b").count() == 0
    assert studies.faults == []


CROWD = (("near", 6.1, 110.5), ("as near", 5.9, 111.0), ("far", 6.0, 300.0), ("as far", 6.2, 320.0))
LABELS = """() => [...document.querySelectorAll("[data-chart=frontier] .annotation-text-g .bg")].map(each => {
  const { left, right, top, bottom } = each.getBoundingClientRect();
  return [left, right, top, bottom];
})"""


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_names_in_a_frontier_do_not_overlap(browser, tmp_path, viewport):
    write_frontier(tmp_path / "study", CROWD)
    write_report(tmp_path / "study", tmp_path / "study.html", "en")
    crowded = Reader(browser, tmp_path / "study.html", viewport=viewport)
    try:
        page = crowded.open()
        page.locator("[data-chart=frontier] .plot").scroll_into_view_if_needed()
        page.wait_for_selector("[data-chart=frontier] .plot[data-drawn]")
        boxes = page.evaluate(LABELS)
    finally:
        crowded.close()
    assert len(boxes) == 3 + len(CROWD)
    for one, other in combinations(boxes, 2):
        assert one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
    assert all(left >= 0 and right <= viewport["width"] for left, right, _, _ in boxes)


def test_an_old_browser_still_shows_the_answer(browser, reports):
    old = Reader(browser, reports["en"])
    try:
        old.page.add_init_script("delete window.DecompressionStream")
        old.page.goto(old.path.as_uri())
        old.page.wait_for_selector("#trouble:not([hidden])")
        assert "The plan costs" in old.page.locator(".lead").inner_text()
    finally:
        old.close()
