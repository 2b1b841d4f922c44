"""What stands in a report, without a browser."""

from __future__ import annotations

import json
import re
import string
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from reporting import COMPANIES, MARKUP, SMALL, data_of, unpacked

import computeplan
from computeplan import api, open_plan
from computeplan.errors import PlanFolderError
from computeplan.reports import charts
from computeplan.reports.charts import TimeAxis, rounded
from computeplan.reports.html import report_html, write_report
from computeplan.reports.subjects.shifting import measure_shifting
from computeplan.reports.words import LANGUAGES, Words
from computeplan.text import number, percent

SOURCE = Path(computeplan.__file__).parent / "reports"


@pytest.fixture(scope="module")
def html(reports):
    return reports["en"].read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("small") / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def reported(config, language="en", **options):
    folder = config.with_name("plan")
    api.solve(config, **options).save(folder)
    return report_html(folder, language)


def columns(html, key):
    return data_of(html)["tables"][key]["columns"]


def table(html, key):
    return {
        column["key"]: column.get("numbers") or [column["names"][name] for name in column["index"]]
        for column in columns(html, key)
    }


def placeholders(text):
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name})


def test_hours_of_companies_are_few_patterns_that_add_up_to_the_plan(html, plan_folder):
    """What tens of thousands of workloads do fits into a few patterns, each scaled to a workload's work."""
    plan, hours = open_plan(plan_folder), data_of(html)["statement"]["hours"]
    work, weight = table(html, "workloads")["work_unit_h"], np.array(hours["real_hours"])
    assert len(hours["pattern_of"]) == len(work) > 2 * COMPANIES
    assert len(hours["patterns"]) < 200
    amounts = np.bincount(hours["pattern_of"], weights=work)
    found = np.zeros((len(hours["hardware"]), len(weight)))
    for pattern, amount in zip(hours["patterns"], amounts, strict=True):
        levels = np.zeros_like(found)
        for place, first, run in pattern:
            levels[place, first : first + len(run)] = run
        found += levels * amount / (levels @ weight).sum()
    pools, entries = plan.plan.problem.pools, plan.plan.solution.allocation.work
    done = np.zeros_like(found)
    np.add.at(done, (pools.place[entries.pool], entries.period), entries.unit_h)
    assert found == pytest.approx(done, abs=0.01 * done.max())


def test_both_languages_say_the_same_things():
    catalogs = [Words(language).catalog for language in LANGUAGES]
    first = {key: placeholders(text) for key, text in catalogs[0].items()}
    for catalog in catalogs[1:]:
        assert {key: placeholders(text) for key, text in catalog.items()} == first


def test_no_text_is_missing_and_none_is_left_over():
    code = "\n".join(path.read_text("utf-8") for path in [*SOURCE.rglob("*.py"), *SOURCE.glob("assets/*.j2")])
    scripts = "\n".join(path.read_text("utf-8") for path in SOURCE.glob("assets/*.js"))
    used = set(re.findall(r"""["']([a-z_]+(?:\.[a-z_]+)*)["']""", code))
    families = set(re.findall(r"""f["']([a-z_.]+\.)\{""", code))
    for key in Words("en").catalog:
        if key.startswith("ui."):
            assert re.search(rf"words\.{key[3:]}\b", scripts), key
        else:
            assert key in used or any(key.startswith(family) for family in families), key


def test_the_answer_is_what_the_accounts_say(html, plan_folder):
    run = open_plan(plan_folder)
    cost = run.plan.solution.accounts.cost.total
    saved = run.baseline.plan.solution.accounts.cost.total - cost
    (lead,) = re.findall(r'<div class="lead">(.*?)</div>', html, re.DOTALL)
    sentences = re.findall(r"<p>(.*?)</p>", lead.replace("\N{NO-BREAK SPACE}", " "))
    assert len(sentences) == 4
    assert sentences[0].endswith(
        f"; {saved:,.0f} CNY less ({percent(saved / (cost + saved))}) than all-local."
    )
    assert f"costs {cost:,.0f} CNY, {saved:,.0f} CNY" in sentences[1]
    for tonnes in run.plan.solution.accounts.emissions_t.bases().values():
        assert f"{number(tonnes, 3)} t" in sentences[3]


def test_tables_add_up_to_the_accounts(html, plan_folder):
    accounts = open_plan(plan_folder).plan.solution.accounts
    companies, workloads = table(html, "companies"), table(html, "workloads")
    assert len(companies["company"]) == COMPANIES + 2
    assert sum(companies["cost"]) == pytest.approx(accounts.cost.total, rel=1e-3)
    assert sum(workloads["cost"]) == pytest.approx(accounts.cost.total, rel=1e-3)
    assert sum(companies["hourly_t"]) == pytest.approx(accounts.emissions_t.hourly, rel=1e-3)
    change = np.subtract(companies["cost"], companies["all_local_cost"])
    assert np.allclose(change, companies["change"], rtol=1e-2, atol=1)


def test_nothing_runs_but_the_scripts_that_the_policy_names(html):
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    policy = policy.replace("&#39;", "'")
    inline = [*re.findall(r"<script>(.*?)</script>", html, re.DOTALL), unpacked(html, "library")]
    hashes = [f"'sha256-{b64encode(sha256(code.encode()).digest()).decode()}'" for code in inline]
    assert len(inline) == 2
    assert re.findall(r"script-src ([^;]*)", policy) == [" ".join(hashes)]
    assert policy.startswith("default-src 'none'; ")
    assert "connect-src" not in policy


def test_names_are_escaped_wherever_they_stand(html):
    assert "<i>Xinjiang" not in html
    assert MARKUP not in html
    (flow,) = data_of(html)["charts"]["flows"]
    assert any(label.startswith("home &lt;b&gt;") for label in flow["data"][0]["node"]["label"])


def test_thirty_thousand_workloads_stay_small(html):
    assert len(html.encode()) < 6e6


def test_assumptions_show_source_and_standing(html):
    remarks = table(html, "assumptions")
    rows = dict(zip(remarks["setting"], zip(remarks["value"], remarks["evidence"], strict=True), strict=True))
    assert rows["sites.home <b>.pue"] == ("1.3", "derived")
    assert rows["sites"] == ("–", "assumed")
    assert "# D from two figures" in html


def test_assumptions_are_sorted_by_what_a_sweep_of_them_moves(tmp_path):
    config, folder, swept = tmp_path / "small.yaml", tmp_path / "plan", tmp_path / "swept"
    text = SMALL.replace("hardware:", "# A all\nhardware:").replace("sites:", "# A too\nsites:")
    config.write_text(text.replace("    grid:", "    pue: 1.3  # A\n    grid:"), encoding="utf-8")
    api.solve(config).save(folder)
    vary = {"sites.*.pue+": [0, 0.1], "demand*": [1, 1.1]}
    computeplan.sweep(config, design="one-at-a-time", vary=vary, out=swept, workers=1)
    page = report_html(folder, "en", swept)
    found = table(page, "assumptions")
    swings = dict(zip(found["setting"], found["swing"], strict=True))
    assert data_of(page)["tables"]["assumptions"]["sort"] == "-swing"
    assert swings["sites"] == swings["sites.home.pue"] > 0
    assert swings["hardware"] is None


def test_a_sweep_of_another_config_is_refused(small):
    other, folder, swept = small.with_name("other.yaml"), small.with_name("plan"), small.with_name("else")
    other.write_text(SMALL.replace("price: [1,", "price: [3,"), encoding="utf-8")
    api.solve(small).save(folder)
    computeplan.sweep(other, vary={"demand*": [1]}, out=swept, workers=1)
    with pytest.raises(
        PlanFolderError, match="expected a sweep of the plan's config as it was, got one of another"
    ):
        report_html(folder, "en", swept)
    with pytest.raises(PlanFolderError, match="expected a folder with a plan, got one with a sweep"):
        report_html(swept, "en", swept)
    own = small.with_name("own")
    computeplan.sweep(small, vary={"demand*": [1]}, out=own, workers=1)
    api.solve(small, scenario="waits").save(folder)
    with pytest.raises(PlanFolderError, match="got one of another config, scenario or changes"):
        report_html(folder, "en", own)


def test_the_config_is_kept_as_it_was_written(small):
    folder = small.with_name("kept")
    api.solve(small, scenario="waits").save(folder)
    assert open_plan(folder).loaded.written == SMALL
    assert (folder / "config.yaml").read_text(encoding="utf-8") == SMALL
    assert "scenario waits" in report_html(folder, "en")


@pytest.mark.parametrize("version", ["0.1.0", "0.2.0"])
def test_an_older_plan_shows_the_config_that_it_has(small, version):
    folder = small.with_name("old")
    api.solve(small).save(folder)
    (folder / "config.yaml").unlink()
    record = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    del record["files"]["config.yaml"], record["format"], record["sha256"]
    record["versions"]["computeplan"] = version
    (folder / "provenance.json").write_text(json.dumps(record), encoding="utf-8")
    assert open_plan(folder).loaded.written == (folder / "inputs" / "config.yaml").read_text(encoding="utf-8")
    assert "The config as it was written" in report_html(folder, "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scenario", ["waits", "full", "clean", "capped", "blocks"])
def test_every_kind_of_plan_is_reported(small, scenario, language):
    html = reported(small, language, scenario=scenario)
    charts = data_of(html)["charts"]
    assert ("time" in charts) == (scenario == "waits")
    assert set(charts) >= {"cost", "carbon", "flows", "hours"}
    labels = [each["label"] for key in ("companies", "workloads") for each in columns(html, key)]
    assert not [label for label in labels if re.search(r"\bkg\b|千克", label)]


def test_work_on_different_hardware_of_a_site_is_not_added_up(small):
    other = "sites.home.pools.other={hardware: npu, term: owned, units: 1, price: 1000}"
    html = reported(small, overrides=["hardware.npu={busy_power: 1 kW}", other])
    (flows,) = data_of(html)["charts"]["flows"]
    assert "home · gpu  100.0 %" in flows["data"][0]["node"]["label"]
    companies = table(html, "companies")
    assert (companies["place.home · gpu"], companies["place.home · npu"]) == ([4.0], [0.0])


def test_a_plan_without_a_baseline_stands_alone(small):
    html = reported(small, baseline=False)
    assert "all-local" not in html.lower()
    assert {"all_local_cost", "tier"}.isdisjoint(table(html, "companies"))
    assert len(data_of(html)["charts"]["cost"][0]["data"][0]["y"]) == 1


def test_the_plan_is_compared_with_simple_policies(small):
    html = reported(small, scenario="waits", policies=["no_deferral", "cheapest_first"])
    (rows,) = re.findall(r"<h3>Simple policies</h3>.*?<tbody>(.*?)</tbody>", html, re.DOTALL)
    cost = dict(re.findall(r'<th scope="row">(.*?)</th><td class="number">(.*?)</td>', rows))
    # Two unit·h of 10 kWh each: at the price 1 if they may wait, else 2.
    assert float(cost["no deferral"]) - float(cost["plan"]) == pytest.approx(20)
    assert set(cost) == {"plan", "all-local", "no deferral", "cheapest first"}


def test_a_solver_without_prices_leaves_out_what_binds(small):
    run = api.solve(small, baseline=False)
    folder = small.with_name("priceless")
    object.__setattr__(run.plan.solution, "prices", None)
    run.save(folder)
    html = report_html(folder, "en")
    assert "What binds is not known" in html
    assert "limits" not in data_of(html)["tables"]


def test_work_that_waits_is_counted(small):
    run = api.solve(small, scenario="waits")
    found = measure_shifting(run.plan.solution)
    # Two unit·h arrive in the second hour at the high price; they wait two hours for the low one.
    assert found.planned == pytest.approx([0, 0, 0, 2])
    assert found.at_once == pytest.approx([0, 2, 0, 0])
    assert found.prompt == pytest.approx([1, 1, 1, 1])
    assert found.later_unit_h == pytest.approx(2)
    assert found.mean_wait_h == pytest.approx(2)


def test_jobs_are_held_against_their_highest_rate_from_release(tmp_path):
    config = tmp_path / "job.yaml"
    text = SMALL.replace(
        "chat: {zone: here, demand: 1}",
        "sum: {zone: here, job: {volume: 3 unit*h, release: 2026-03-02T01:00, deadline: 2026-03-02T04:00, "
        "max_rate: 2}}",
    ).partition("scenarios:")[0]
    config.write_text(text.replace("[1, 2, 2, 1]", "[1, 3, 2, 1]"), encoding="utf-8")
    found = measure_shifting(api.solve(config).plan.solution)
    assert found.at_once == pytest.approx([0, 2, 1, 0])
    assert found.planned == pytest.approx([0, 0, 1, 2])
    assert found.later_unit_h == pytest.approx(2)
    assert found.mean_wait_h == pytest.approx((2 + 2) / 3)


def test_shortfall_does_not_wait(small):
    found = measure_shifting(api.solve(small, scenario="full").plan.solution)
    assert found.planned.sum() == 0
    assert found.mean_wait_h == 0


def test_long_horizons_are_drawn_as_means_within_blocks(small, monkeypatch):
    run = api.solve(small, scenario="blocks", baseline=False)
    monkeypatch.setattr(charts, "MOST_STEPS", 2)
    axis = TimeAxis.of(run.plan.problem.horizon)
    assert axis.places == [0, 2, 4]
    assert axis.steps(np.array([1.0, 3.0, 5.0, 9.0])) == [2, 7, 7]
    assert axis.step_h == 2
    folder = small.with_name("long")
    run.save(folder)
    assert "Each step is an average over 2\N{NO-BREAK SPACE}h." in report_html(folder, "en")


def test_numbers_keep_what_is_worth_reading():
    values = [1234567.89, 12.3456, -0.00123456, 0, None, np.nan, np.inf]
    assert rounded(values, 3) == [1230000, 12.3, -0.00123, 0, None, None, None]
    assert rounded(values, 3, keep_whole=True) == [1234568, 12.3, -0.00123, 0, None, None, None]


def test_one_thing_is_not_many():
    english, chinese = Words("en"), Words("zh")
    assert [english("origin.classes", count=n) for n in (0, 1, 1200)] == [
        "0 classes",
        "1 class",
        "1,200 classes",
    ]
    assert chinese("origin.classes", count=1200) == "1,200类"
    assert english("chart.changes.summary", count=1, all=2).startswith("1 of 2 companies pays more")
    assert english("sweep.subtitle", count=1, design="grid") == "1 point, grid"


@pytest.mark.parametrize("language", LANGUAGES)
def test_amounts_are_scaled_as_the_language_counts(language):
    words = Words(language)
    said = {
        "en": ["999 CNY", "12,346 CNY", "1.23 million CNY", "4.56 billion CNY"],
        "zh": ["999元", "1.23万元", "123万元", "45.6亿元"],
    }
    assert [words.amount(x, "CNY") for x in (999, 12345.6, 1.234e6, 4.56e9)] == said[language]


def test_a_report_is_written_whole_or_not_at_all(small, tmp_path, monkeypatch):
    folder = small.with_name("plan")
    api.solve(small).save(folder)
    target = tmp_path / "deep" / "there.html"
    write_report(folder, target, "en")
    before = target.read_bytes()

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_report(folder, target, "zh")
    assert target.read_bytes() == before
    assert [path.name for path in target.parent.iterdir()] == ["there.html"]


@pytest.mark.slow
def test_the_report_of_chongqing_stays_small(tmp_path):
    config = Path(__file__).parents[2] / "configs" / "chongqing.yaml"
    folder = tmp_path / "chongqing"
    api.solve(config).save(folder)
    assert len(report_html(folder, "zh").encode()) < 6e6
