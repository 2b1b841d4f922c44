"""Bad input ends with exit code 2, the place and a hint; never with a traceback."""

from __future__ import annotations

import pytest

from command_line import TINY, run
from computeplan import api
from computeplan.errors import SolverError

BOMB = "a: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 40))

BAD_TEXT = {
    "no mapping": ("- a\n- b\n", "mapping"),
    "empty": ("", "mapping"),
    "broken YAML": ("name: [1, 2\n", "bad.yaml"),
    "alias bomb": (BOMB, "alias"),
    "unknown key": (TINY.replace("zones:", "zone:"), "zones"),
    "duplicate key": (TINY + "zones: {a: {}}\n", "zones"),
    "wrong type": (TINY.replace("units: 4", "units: many"), "sites.home.pools.own.units"),
    "not a number": (TINY.replace("units: 4", "units: .nan"), "sites.home.pools.own.units"),
    "negative capacity": (TINY.replace("units: 4", "units: -4"), "sites.home.pools.own.units"),
    "wrong dimension": (TINY.replace("busy_power: 10 kW", "busy_power: 10 h"), "busy_power"),
    "unknown reference": (TINY.replace("zone: here, demand: 1", "zone: nowhere, demand: 1"), "nowhere"),
    "empty series": (TINY.replace("demand: [3, 6, 2]", "demand: []"), "workloads.chat.demand"),
    "wrong length": (TINY.replace("demand: [3, 6, 2]", "demand: [3, 6]"), "workloads.chat.demand"),
    "wrong time zone": (TINY.replace("Asia/Shanghai", "Asia/Shangri-La"), "Asia/Shangri-La"),
    "missing input": (TINY.replace("demand: 1,", "demand: {file: gone.csv, column: x},"), "gone.csv"),
}


def refused(*arguments):
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert "Traceback" not in result.stderr
    return result.stderr


@pytest.mark.parametrize("command", ["check", "solve", "export"])
@pytest.mark.parametrize("fault", BAD_TEXT)
def test_a_bad_config_is_refused_with_its_place(tiny, command, fault):
    text, place = BAD_TEXT[fault]
    bad = tiny.parent / "bad.yaml"
    bad.write_text(text, encoding="utf-8")
    arguments = ["--out", "x.mps"] if command == "export" else []
    message = refused(command, bad, *arguments)
    assert "bad.yaml" in message
    assert place in message
    assert sorted(path.name for path in tiny.parent.iterdir()) == ["bad.yaml", "tiny.yaml"]


def test_a_file_in_another_encoding_is_refused(tiny):
    tiny.write_bytes(TINY.encode("gb18030"))
    assert "UTF-8" in refused("check", tiny)


def test_a_file_with_a_byte_order_mark_is_read(tiny):
    tiny.write_bytes(b"\xef\xbb\xbf" + TINY.encode())
    assert run("check", tiny).exit_code == 0


@pytest.mark.usefixtures("tiny")
def test_a_missing_config_is_refused():
    assert "nowhere.yaml" in refused("solve", "nowhere.yaml")


def test_a_folder_is_no_config(tiny):
    assert str(tiny.parent) in refused("solve", tiny.parent)


def test_all_faults_are_told_at_once(tiny):
    text = TINY.replace("units: 4", "units: -4").replace("Asia/Shanghai", "Mars")
    tiny.write_text(text, encoding="utf-8")
    message = refused("check", tiny)
    assert message.startswith("error: 2 faults in the config\n")
    assert "tiny.yaml:2:" in message
    assert "tiny.yaml:7:" in message


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (("--scenario", "quite"), "quiet"),
        (("--set", "sites.home.pools.own.units"), "sites.home.pools.own.units"),
        (("--set", "sites.home.pools.own.units=-1"), "sites.home.pools.own.units"),
        (("--set", "sites.home.pool.own.units=1"), "pools"),
        (("--solver", "nonesuch"), "nonesuch"),
        (("--out", "tiny.yaml"), "tiny.yaml is a file"),
        (("--out", "tiny.yaml/deeper"), "tiny.yaml is a file"),
        (("--out", "/"), "is a whole file system"),
    ],
)
def test_bad_arguments_are_refused(tiny, arguments, place):
    assert place in refused("solve", tiny, *arguments)
    assert [path.name for path in tiny.parent.iterdir()] == ["tiny.yaml"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("solv",),
        ("solve",),
        ("solve", "tiny.yaml", "--time-limit", "-1"),
        ("solve", "tiny.yaml", "--threads", "0"),
        ("solve", "tiny.yaml", "--method", "magic"),
        ("solve", "tiny.yaml", "--nonsense"),
        ("export", "tiny.yaml"),
        (),
    ],
)
@pytest.mark.usefixtures("tiny")
def test_wrong_usage_exits_with_2(arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def failing(monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(api, "load", fail)


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (SolverError("HiGHS failed"), 1, "error: HiGHS failed"),
        (KeyboardInterrupt(), 130, "error: interrupted"),
        (MemoryError(), 4, "error: not enough memory"),
        (PermissionError(13, "Permission denied", "secret.yaml"), 2, "error: secret.yaml: Permission denied"),
        (KeyError("surprise"), 1, "error: internal error: KeyError: 'surprise'"),
    ],
)
def test_every_failure_has_its_exit_code_and_message(tiny, monkeypatch, error, code, message):
    failing(monkeypatch, error)
    result = run("solve", tiny)
    assert result.exit_code == code
    assert result.stderr.startswith(message)
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_an_unexpected_failure_says_how_to_report_it(tiny, monkeypatch):
    failing(monkeypatch, RuntimeError("surprise"))
    assert (
        "please report it with the config and the output of COMPUTEPLAN_DEBUG=1" in run("solve", tiny).stderr
    )


def test_debugging_lets_the_traceback_through(tiny, monkeypatch):
    failing(monkeypatch, RuntimeError("surprise"))
    result = run("solve", tiny, COMPUTEPLAN_DEBUG="1")
    assert result.exit_code == 1
    assert isinstance(result.exception, RuntimeError)
