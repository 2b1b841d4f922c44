"""Files that are no YAML, or not the YAML that a config is: content, and what the message must say."""

from __future__ import annotations

from good_inputs import CONFIG

_LATIN = CONFIG.replace("name: Good", "name: Café")
_CHINESE = CONFIG.replace("name: Good", "name: 重庆")
_BOMB = "a: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 40))
_LONG_BOMB = "a: &a [" + "1, " * 9000 + "1]\n" + "".join(f"b{i}: *a\n" for i in range(20))
_DEEP_ALIAS = "a0: &a0 [1]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 60))


def _with(old: str, new: str) -> bytes:
    assert CONFIG.count(old) == 1, old
    return CONFIG.replace(old, new).encode()


HORIZON = "horizon: {start: 2026-03-02T00:00, "

YAML: dict[str, tuple[bytes, str]] = {
    "empty file": (b"", r"config\.yaml:? .*an empty file"),
    "only blanks": (b"  \n\n", "an empty file"),
    "only a comment": (b"# soon\n", "an empty file"),
    "a list": (b"- name: Good\n", r"config\.yaml:1:1: expected a mapping"),
    "a word": (b"Good\n", r"config\.yaml:1:1: expected a mapping"),
    "a number": (b"5\n", r"config\.yaml:1:1: expected a mapping"),
    "null": (b"null\n", "an empty file"),
    "tab before a key": (_with("  tariff:\n    tariff:", "  tariff:\n\t    tariff:"), r"config\.yaml:10:1: .*tabs"),
    "tab in a flow": (_with(HORIZON, "horizon:\n\t{start: 2026-03-02T00:00, "), r"config\.yaml:\d+:\d+"),
    "less indentation": (_with("    zone: hami\n    provides", "   zone: hami\n    provides"), r"config\.yaml:4\d:"),
    "more indentation": (_with("    pue: 1.15", "      pue: 1.15"), r"config\.yaml:4\d:"),
    "no colon": (_with("currency: CNY\n", "currency CNY\n"), r"config\.yaml:\d:\d+"),
    "no blank after the colon": (_with("currency: CNY\n", "currency:CNY\n"), r"config\.yaml:\d:\d+"),
    "two colons": (_with("currency: CNY\n", "currency: : CNY\n"), r"config\.yaml:4:\d+"),
    "open brace": (_with("end: close}", "end: close"), r"config\.yaml:6:\d+"),
    "open bracket": (_with("hours: [11-17, 20-22]", "hours: [11-17, 20-22"), r"config\.yaml:1\d:\d+"),
    "closed twice": (_with("end: close}", "end: close}}"), r"config\.yaml:5:\d+"),
    "open quote": (_with("name: Good", 'name: "Good'), r"config\.yaml:\d+"),
    "open single quote": (_with("name: Good", "name: 'Good"), r"config\.yaml:\d+"),
    "wrong escape": (_with("name: Good", r'name: "Go\od"'), r"config\.yaml:2:\d+"),
    "text after a quote": (_with("name: Good", 'name: "Go"od'), r"config\.yaml:2:\d+"),
    "at sign": (_with("name: Good", "name: @Good"), r"config\.yaml:2:7"),
    "backtick": (_with("name: Good", "name: `Good`"), r"config\.yaml:2:7"),
    "percent": (_with("name: Good", "name: %Good"), r"config\.yaml:2:7"),
    "question mark key": (_with("currency: CNY\n", "? [a, b]\n: CNY\n"), r"config\.yaml:4:3"),
    "list as key": (_with("currency: CNY\n", "[a, b]: CNY\n"), r"config\.yaml:4:1"),
    "mapping as key": (_with("currency: CNY\n", "{a: b}: CNY\n"), r"config\.yaml:4:1"),
    "second document": (CONFIG.encode() + b"---\nname: Other\n", r"config\.yaml:\d+:1: expected one YAML document"),
    "key twice": (_with("currency: CNY\n", "currency: CNY\ncurrency: EUR\n"), r"config\.yaml:5:1 currency: .*line 4"),
    "section twice": (CONFIG.encode() + b"zones: {cq: {}}\n", r"config\.yaml:\d+:1 zones: expected each key once"),
    "nested key twice": (_with("end: close}", "end: close, weight: 3}"), r"config\.yaml:5:\d+ horizon\.weight"),
    "alias bomb": (_BOMB.encode(), r"config\.yaml:\d+:\d+ .*aliases that repeat at most 100,000 values"),
    "long alias bomb": (_LONG_BOMB.encode(), "aliases that repeat at most 100,000 values"),
    "deep aliases": (_DEEP_ALIAS.encode(), "at most 50 levels of nesting"),
    "deep lists": (b"name: " + b"[" * 60 + b"]" * 60, "at most 50 levels of nesting"),
    "very deep lists": (b"name: " + b"[" * 100_000, "at most 50 levels of nesting"),
    "very deep mappings": (b"{a: " * 100_000, "at most 50 levels of nesting"),
    "deep indentation": (b"".join(b" " * i + b"a:\n" for i in range(200)), "at most 50 levels of nesting"),
    "alias of itself": (_with("name: Good", "name: &a [*a]"), r"config\.yaml:2:\d+ .*before its alias"),
    "unknown alias": (_with("name: Good", "name: *nobody"), r"config\.yaml:2:7: .*\*nobody"),
    "merge key": (_with("  china: {}", "  china: &c {}\n  other: {<<: *c}"), "merge key"),
    "anchor at a key": (_with("name: Good", "&a name: Good"), r"config\.yaml:2:1 .*before the value"),
    "python tag": (_with("name: Good", 'name: !!python/object/apply:os.system ["touch owned"]'), r"config\.yaml:2:7"),
    "python name tag": (_with("name: Good", "name: !!python/name:os.system"), r"config\.yaml:2:7"),
    "own tag": (_with("name: Good", "name: !secret Good"), r"config\.yaml:2:7: .*without tag"),
    "binary tag": (_with("name: Good", "name: !!binary R29vZA=="), r"config\.yaml:2:7"),
    "set tag": (_with("zones:\n", "zones: !!set\n"), r"config\.yaml:\d+:\d+"),
    "include tag": (_with("zones:\n", "zones: !include zones.yaml\n"), r"config\.yaml:\d+:\d+"),
    "foreign directive": (b"%TAG ! tag:example.com,2026:\n---\n!x {}\n", r"config\.yaml:3:1"),
    "YAML 3": (b"%YAML 3.0\n---\nname: Good\n", r"config\.yaml:1:\d+"),
    "NUL": (_with("name: Good", "name: Go\0od"), r"config\.yaml:2:9: .*U\+0000"),
    "escape character": (_with("name: Good", "name: \x1b[31mGood"), r"config\.yaml:2:7: .*U\+001B"),
    "bell": (_with("name: Good", "name: Good\a"), r"config\.yaml:2:11: .*U\+0007"),
    "C1 control": (_with("name: Good", "name: Good\x9b2J"), r"config\.yaml:2:11: .*U\+009B"),
    "vertical tab": (_with("name: Good", "name: Good\v"), r"U\+000B"),
    "escaped escape": (_with("name: Good", r'name: "\e[31mGood"'), r"config\.yaml:2:7 name"),
    "escaped bidi override": (_with("name: Good", r'name: "\u202eGood"'), r"config\.yaml:2:7 name"),
    "bidi override": (_with("name: Good", "name: \u202eGood"), r"config\.yaml:2:7 name"),
    "invisible mark": (_with("  china: {}", "  chi\u200bna: {}"), r"config\.yaml:\d+:\d+ zones"),
    "line separator": (_with("name: Good", r'name: "Go\Lod"'), r"config\.yaml:2:7 name"),
    "line break in a name": (_with("name: Good", r'name: "Go\nod"'), r"config\.yaml:2:7 name"),
    "blank at the end of a name": (_with("name: Good", "name: 'Good '"), r"config\.yaml:2:7 name"),
    "name too long": (_with("name: Good", f"name: {'x' * 300}"), r"config\.yaml:2:7 name: .*at most 200"),
    "Latin-1": (_LATIN.encode("latin-1"), r"config\.yaml:2:10: expected UTF-8 text"),
    "Windows-1252": (CONFIG.replace("Good", "‘Good’").encode("cp1252"), r"config\.yaml:1:\d+|config\.yaml:2:7"),
    "GBK": (_CHINESE.encode("gb18030"), r"config\.yaml:2:7: expected UTF-8 text"),
    "Big5": (_CHINESE.replace("重庆", "重慶").encode("big5"), r"config\.yaml:2:7: expected UTF-8 text"),
    "Shift-JIS": (_CHINESE.replace("重庆", "東京").encode("shift-jis"), "expected UTF-8 text"),
    "UTF-16": (CONFIG.encode("utf-16"), "UTF-16"),
    "UTF-16 little-endian without mark": (CONFIG.encode("utf-16-le"), r"config\.yaml"),
    "UTF-16 big-endian without mark": (CONFIG.encode("utf-16-be"), r"config\.yaml"),
    "UTF-32": (CONFIG.encode("utf-32"), r"config\.yaml"),
    "cut UTF-8": (_CHINESE.encode()[: len(CONFIG[:60]) + 1], r"config\.yaml"),
    "surrogate": (b"name: \xed\xa0\x80\n", r"config\.yaml:1:7"),
    "overlong UTF-8": (b"name: \xc0\xaf\n", r"config\.yaml:1:7"),
    "mark in the middle": (_with("name: Good", "\ufeffname: Good"), r"config\.yaml:3:1: .*more text after the end"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", r"config\.yaml:1:1: expected UTF-8"),
    "an archive": (b"PK\x03\x04\x14\0\0\0", r"config\.yaml:1:3"),
    "a spreadsheet": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"config\.yaml:1:1"),
    "JSON with a comma too much": (b'{"name": "Good",, "zones": {}}', r"config\.yaml:1:\d+"),
    "INI": (b"[plan]\nname = Good\n", r"config\.yaml:\d:\d"),
    "XML": (b"<plan><name>Good</name></plan>\n", r"config\.yaml:1:1"),
    "Windows path in double quotes": (_with("file: data/wind.csv", r'file: "data\wind.csv"'), r"config\.yaml:23:\d+: .*single quotes"),
    "cut in half": (CONFIG[: len(CONFIG) // 2].encode(), r"config\.yaml:\d+:\d+"),
    "cut within a flow": (CONFIG[: CONFIG.index("duration: 24 h") + 8].encode(), r"config\.yaml:\d+:\d+"),
    "merge conflict": (_with("name: Good", "<<<<<<< HEAD\nname: Good\n=======\nname: Better\n>>>>>>> b"), r"config\.yaml:\d"),
    "template": (_with("name: Good", "name: {{ plan }}"), r"config\.yaml:2:\d+"),
    "comment sign in a value": (_with("duration: 24 h", "duration: #24 h"), r"config\.yaml:\d+"),
    "unquoted colon": (_with("description: Every section once.", "description: Every: section"), r"config\.yaml:3:\d+"),
}  # fmt: skip
