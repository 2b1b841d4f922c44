"""The reports of a frontier and of a sweep, without a browser."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from reporting import SMALL, data_of
from study_folders import ORIGIN, PLANS, SCENARIO, write_frontier, write_sweep

import computeplan
from computeplan.errors import PlanFolderError
from computeplan.folder.write import write_folder
from computeplan.reports.html import report_html
from computeplan.reports.words import LANGUAGES


@pytest.fixture(scope="module")
def frontier(tmp_path_factory):
    folder = tmp_path_factory.mktemp("studies") / "frontier"
    write_frontier(folder)
    return report_html(folder, "en")


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    folder = tmp_path_factory.mktemp("studies") / "sweep"
    write_sweep(folder)
    return report_html(folder, "en")


def figures(html, key):
    """The figures of a chart by the name that a reader chooses; one without a choice is alone."""
    (block,) = re.findall(rf'data-chart="{key}">(.*?)</figure>', html, re.DOTALL)
    found = data_of(html)["charts"][key]
    names = re.findall("<option>(.*?)</option>", block) or [""]
    return dict(zip(names, found, strict=True))


def trace(figure, name):
    (found,) = [each for each in figure["data"] if each.get("name") == name]
    return found


def lead(html):
    (block,) = re.findall(r'<div class="lead">(.*?)</div>', html, re.DOTALL)
    return re.findall(r"<p>(.*?)</p>", block.replace("\N{NO-BREAK SPACE}", " "))


def test_a_frontier_is_told_in_three_sentences(frontier):
    assert lead(frontier) == [
        (
            "On the hourly basis, the cheapest plan costs 100 CNY and emits 10 t; the plan of least carbon "
            "costs 150 CNY (50.0 % more) and emits 4 t (60.0 % less)."
        ),
        "The curve bends at 6 t and 110 CNY: beyond it a further tonne costs 20 CNY or more.",
        (
            "3 plans make the curve (hourly basis: within 0.1 % of the cost range, proved); a mix of two "
            "neighbors is a plan as well."
        ),
    ]


def test_the_curve_goes_through_the_plans_and_the_bound_stays_below(frontier):
    (figure,) = figures(frontier, "frontier").values()
    curve, bound = trace(figure, "achieved by plans"), trace(figure, "no plan is below")
    assert list(zip(curve["y"], curve["x"], strict=True)) == list(PLANS)
    assert dict(zip(bound["x"], bound["y"], strict=True))[10] == pytest.approx(100)
    assert dict(zip(bound["x"], bound["y"], strict=True))[4] == pytest.approx(150)
    middle = min(zip(bound["x"], bound["y"], strict=True), key=lambda place: abs(place[0] - 8))
    assert middle[1] == pytest.approx(105, abs=0.1)


def test_marked_points_are_named_at_their_places(frontier):
    (figure,) = figures(frontier, "frontier").values()
    labels = figure["layout"]["annotations"]
    named = {each["text"]: (each["x"], each["y"]) for each in labels if each["name"] == "point"}
    assert set(named.values()) == {(each["x"][0], each["y"][0]) for each in figure["data"][2:]}
    assert named == {
        "least cost": (10, 100),
        "least carbon": (4, 150),
        "knee": (6, 110),
    }


def test_a_policy_outside_the_picture_is_an_arrow_that_says_where(frontier):
    (figure,) = figures(frontier, "frontier").values()
    (arrow,) = [each for each in figure["layout"]["annotations"] if each["name"] == "outside"]
    assert arrow["text"] == "&lt;i&gt;greedy (8, 160)"
    low, high = figure["layout"]["yaxis"]["range"]
    assert (arrow["x"], arrow["y"]) == (8, high)
    assert low < 100
    assert 150 < high < 160


def test_marked_points_differ_from_each_other_and_from_the_curve(frontier):
    (figure,) = figures(frontier, "frontier").values()
    symbols = [each["marker"]["symbol"] for each in figure["data"][2:]]
    assert len(set(symbols)) == len(symbols) > 1
    assert "circle" not in symbols


@pytest.mark.parametrize("write", [write_sweep, write_frontier])
def test_tables_of_points_are_in_the_language_of_the_report(tmp_path, write):
    write(tmp_path / "study")
    page = report_html(tmp_path / "study", "zh")
    columns = data_of(page)["tables"]["points"]["columns"]
    texts = {each["key"]: set(each["names"]) for each in columns if "names" in each}
    if write is write_sweep:
        assert texts["status"] == {"最优"}
        assert {each["label"] for each in columns if each["key"] == "cost"} == {"成本"}
    else:
        assert texts["basis"] == {"逐小时匹配"}
        (figure,) = figures(page, "abatement").values()
        assert figure["layout"]["yaxis"]["title"]["text"] == "元/吨"
    assert "金额单位：元。" in page


def test_the_next_tonne_has_its_price(frontier):
    (figure,) = figures(frontier, "abatement").values()
    assert figure["data"][0]["x"] == [0, 4, 6]
    assert figure["data"][0]["y"] == [2.5, 20, 20]


def test_a_sweep_is_told_in_three_sentences(sweep):
    assert lead(sweep) == [
        "Over all points the plan costs 100 CNY to 310 CNY and emits 100 t to 310 t on the hourly basis.",
        "demand* has the largest effect on both: on average it moves the cost by 200 CNY and carbon by 20 t.",
        "The main site, by number of points: far (4), near (2).",
    ]


def test_the_tornado_has_the_largest_swing_on_top(sweep):
    tornado = figures(sweep, "tornado")
    assert len(tornado) == 5
    bars = tornado["cost, CNY"]["data"][0]
    assert bars["y"] == ["scenario", "demand*"]
    assert (bars["base"], bars["x"]) == ([200, 105], [10, 200])
    assert [text for each in tornado["cost, CNY"]["data"][1:] for text in each["text"]] == [
        " base ",
        " 1 ",
        f" {SCENARIO.replace('<', '&lt;').replace('>', '&gt;')} ",
        " 3 ",
    ]


def test_lines_follow_numbers_and_leave_texts_apart(sweep):
    lines = figures(sweep, "lines")
    mean = trace(lines["demand*"], "mean cost")
    assert (mean["x"], mean["y"], mean["mode"]) == ([1, 2, 3], [105, 205, 305], "lines+markers")
    assert trace(lines["demand*"], "carbon (market)")["y"] == [10.5, 20.5, 30.5]
    assert trace(lines["scenario"], "mean cost")["mode"] == "markers"


def test_the_heat_map_has_a_cell_for_each_pair(sweep):
    heat = figures(sweep, "heat")
    cost = heat["demand* × scenario: objective, CNY"]["data"][0]
    assert cost["x"] == ["1", "2", "3"]
    by_scenario = dict(zip(cost["y"], cost["z"], strict=True))
    assert by_scenario["base"] == [100, 200, 300]
    assert by_scenario["&lt;b&gt;no wind"] == [110, 210, 310]
    site = heat["demand* × scenario: main site"]["data"][0]
    assert site["text"][0] == ["near", "far", "far"]


@pytest.mark.parametrize("design", ["one-at-a-time", "latin-hypercube", "monte-carlo", "list"])
def test_designs_without_pairs_have_no_heat_map(tmp_path, design):
    write_sweep(tmp_path / "sweep", design)
    html = report_html(tmp_path / "sweep", "en")
    assert set(data_of(html)["charts"]) == {"tornado", "lines", "scatter"}


def test_points_and_switches_are_tables(sweep):
    tables = {
        key: {column["key"]: column for column in table["columns"]}
        for key, table in data_of(sweep)["tables"].items()
    }
    assert tables["points"]["cost"]["numbers"] == [100, 110, 200, 210, 300, 310]
    assert tables["points"]["main_site"]["choice"]
    assert tables["switches"]["times"]["numbers"] == [2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sweep_without_any_plan_says_so(tmp_path, language):
    write_sweep(tmp_path / "sweep", solved=False)
    html = report_html(tmp_path / "sweep", language)
    assert data_of(html)["charts"] == {}
    assert len(lead(html)) == 1


def test_names_of_studies_are_escaped(sweep, frontier):
    for html in (sweep, frontier):
        assert "<h1>Two &lt;b&gt;sites</h1>" in html


def test_a_damaged_study_is_not_reported(tmp_path):
    write_frontier(tmp_path / "frontier")
    (tmp_path / "frontier" / "frontier.json").write_text("{}")
    with pytest.raises(PlanFolderError, match=r"frontier\.json has changed"):
        report_html(tmp_path / "frontier", "en")


def test_what_a_folder_holds_is_what_its_record_says(tmp_path):
    files = [("summary.json", b"{}"), ("frontier.json", b"{}")]
    write_folder(tmp_path / "sweep", files, dict(ORIGIN), "sweep")
    with pytest.raises(PlanFolderError, match=r"expected a sweep of this version, got KeyError\('range'\)"):
        report_html(tmp_path / "sweep", "en")


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    path = tmp_path_factory.mktemp("real") / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_real_sweep_is_reported(config, language):
    folder = config.with_name("sweep")
    with ThreadPoolExecutor(1) as here:
        study = computeplan.sweep(
            config,
            vary=["demand*=1,2,9", "sites.*.pue=1,1.2"],
            scenarios=["base", "waits"],
            out=folder,
            executor=here,
        )
    html = report_html(folder, language)
    data = data_of(html)
    assert set(data["charts"]) == {"tornado", "lines", "heat", "scatter"}
    assert len(data["tables"]["points"]["columns"][0]["numbers"]) == study.points.height == 12
    assert len(lead(html)) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_real_frontier_is_reported(config, language):
    folder = config.with_name("frontier")
    study = computeplan.frontier(
        config, bases=["location", "hourly"], policies=["all_local", "cheapest_first"]
    )
    study.save(folder)
    html = report_html(folder, language)
    assert len(figures(html, "frontier")) == 2
    points = {column["key"]: column for column in data_of(html)["tables"]["points"]["columns"]}
    assert points["money"]["numbers"][0] == pytest.approx(study.frontiers[0].points[0].cost, rel=1e-3)
