from __future__ import annotations

import math

import pytest

from src.yaml_text import YamlError, read_yaml


@pytest.mark.parametrize("word, value", [
    ("1e-3", 0.001), ("1E3", 1000.0), ("1.5e-3", 0.0015), ("-2.", -2.0), (".5", 0.5),
    ("1_000", 1000), ("010", 10),
    ("-7", -7), ("+7", 7), (".inf", math.inf), ("-.INF", -math.inf), ("1e999", math.inf),
    ("yes", True), ("On", True), ("TRUE", True), ("no", False), ("off", False), ("False", False),
    ("", None), ("~", None), ("null", None),
    ("19:00", "19:00"), ("2026-11-23", "2026-11-23"), ("2026-99-99", "2026-99-99"),
    ("0x10", "0x10"), ("1,5", "1,5"),
    ("1e", "1e"), ("e3", "e3"), ("1.2.3", "1.2.3"), ("_1", "_1"),
    ("y", "y"), ("C:\\new\\temp", "C:\\new\\temp"),
    ('"5"', "5"), ("'yes'", "yes"), ('""', ""), ("9" * 5000, "9" * 5000),
])
def test_a_word_means_what_a_person_would_think(word, value):
    read = read_yaml(f"key: {word}").value["key"]
    assert read == value and type(read) is type(value)


def test_nan_is_read_as_such_and_left_for_the_schema_to_refuse():
    assert math.isnan(read_yaml("key: .nan").value["key"])


def test_every_key_and_entry_knows_its_line():
    read = read_yaml("# remark\ncamera:\n  width: 5\n\nroi:\n  ignore:\n    - x: 1\n    - {y: 2}\n")
    assert read.lines == {
        ("camera",): 2, ("camera", "width"): 3, ("roi",): 5, ("roi", "ignore"): 6,
        ("roi", "ignore", 0): 7, ("roi", "ignore", 0, "x"): 7,
        ("roi", "ignore", 1): 8, ("roi", "ignore", 1, "y"): 8,
    }


def test_windows_line_ends_do_not_matter():
    assert read_yaml("a: 1\r\nb:\r\n  c: x\r\n").value == {"a": 1, "b": {"c": "x"}}


def test_keys_that_stand_there_twice_are_found():
    assert read_yaml("a:\n  b: 1\n  c: 2\n  b: 3\na: {}\n").repeated == [(("a", "b"), 4), (("a",), 5)]


def test_an_empty_text_has_no_value():
    assert read_yaml("").value is None
    assert read_yaml("# only a remark\n---\n").value is None


@pytest.mark.parametrize("text, line, reason", [
    ("a:\n\tb: 1", 2, "tab"),
    ("a: 1\nb: *c", 2, "asterisk"),
    ("a: &x [*x]", 1, "asterisk"),
    ("a: !!python/object:os.system x", 1, "exclamation mark"),
    ("a: !!int abc", 1, "exclamation mark"),
    ('a: 1\npath: "C:\\Users"', 2, "backslash"),
    ('a: 1\nb: "open\nc: 2\n', 2, "never closed"),
    ('a: 1\nb: "open   # remark\nc: 2\nd: ""\n', 2, "never closed"),
    ("a:\n  b: 'open\n  c: 'closed'\n", 2, "never closed"),
    ('a: "two\n  lines"\nb: c: d\n', 3, "colon"),
    ("a: b: c", 1, "colon"),
    ("a: 1\nb\nc: 2", 3, "key: value"),
    ("a: [1, 2\nb: 3", 2, "key: value"),
    ("? [1]\n: 2", 1, "key: value"),
    ("a: 1\n---\nb: 2", 2, "more than one document"),
    ("a: 1\nb: \x07", 2, "no text"),
    ("[" * 5000, 1, "too many"),
])
def test_what_cannot_be_read_is_named_with_its_line_in_plain_words(text, line, reason):
    with pytest.raises(YamlError, match=reason) as caught:
        read_yaml(text)
    assert caught.value.line == line
