"""Lines are broken between words, so that a narrow console window stays readable."""

from __future__ import annotations

import io

from src.console import fitted, say, wrapped


class Console(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_line_that_fits_stays_as_it_is():
    assert wrapped("The page is here.", 17) == "The page is here."


def test_a_long_line_is_broken_between_words():
    assert wrapped("one two three four", 9) == "one two\nthree\nfour"


def test_a_line_that_goes_on_keeps_its_indentation():
    assert wrapped("  camera: one two", 12) == "  camera:\n  one two"
    assert wrapped("OK - one two", 8, hang=2) == "OK - one\n  two"
    assert wrapped("   one two", 8, hang=2) == "   one\n   two"


def test_lines_of_the_text_stay_apart():
    assert wrapped("one\n\n  two", 20) == "one\n\n  two"


def test_a_path_is_never_broken_and_nothing_is_lost():
    text = "See C:\\Leak-Monitor\\reports\\health_check_20261123.json now"
    assert wrapped(text, 20).split() == text.split()


def test_a_console_gets_broken_lines_and_a_file_whole_ones(monkeypatch):
    monkeypatch.setenv("COLUMNS", "10")
    console, file = Console(), io.StringIO()
    say("one two three", console)
    say("one two three", file)
    assert (console.getvalue(), file.getvalue()) == ("one two\nthree\n", "one two three\n")


def test_a_status_line_loses_whole_parts():
    assert fitted("WATCHING | no leak | score 38 %", 19) == "WATCHING | no leak"
    assert fitted("WATCHING | no leak | score 38 %", 18) == "WATCHING | no leak"
    assert fitted("WATCHING | no leak | score 38 %", 17) == "WATCHING"
    assert fitted("WATCHING | no leak", 18) == "WATCHING | no leak"
    assert fitted("WATCHING", 5) == "WATCH"
