"""The folder .venv, with small programs in place of its Python."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from src import environment as module
from src.environment import PAUSE_SECONDS, RUN_LIST, Environment, prepare
from src.errors import UserError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for python.exe")

REFUSED = 'echo "python: held back by the scanner" >&2; exit 126'
# Says no as often as it is told, then is the Python of these tests.
HELD_BACK = """#!/bin/sh
echo x >> "{calls}"
if [ "$(wc -l < "{calls}")" -le {times} ]; then {refusal}; fi
exec "{python}" "$@"
"""


class Lab:
    """A project with everything installed, whose Python does not start for the first `times` times."""

    def __init__(self, folder: Path) -> None:
        self.environment = Environment(folder)
        self.said: list[str] = []
        self.pauses: list[float] = []
        self._calls = folder / "calls.txt"
        for name in (RUN_LIST, "constraints.txt"):
            (folder / name).write_text("", encoding="utf-8")
        self.hold_back(times=0)
        identity = "%d.%d %s" % (*sys.version_info[:2], sys.base_prefix)
        self.environment.stamp(RUN_LIST).write_text(module._fingerprint(folder, RUN_LIST, identity), encoding="utf-8")

    def hold_back(self, times: int, refusal: str = REFUSED) -> None:
        python = self.environment.python
        python.parent.mkdir(parents=True, exist_ok=True)
        python.write_text(HELD_BACK.format(calls=self._calls, times=times, refusal=refusal, python=sys.executable))
        python.chmod(0o755)

    def prepare(self) -> None:
        prepare(self.environment, (RUN_LIST,), self.said.append, self.pauses.append)

    @property
    def log(self) -> str:
        return self.environment.log.read_text(encoding="utf-8")


@pytest.fixture
def lab(tmp_path) -> Lab:
    return Lab(tmp_path)


def test_a_python_that_starts_is_asked_once_and_nothing_is_said(lab):
    lab.prepare()
    assert (lab.said, lab.pauses) == ([], [])
    assert not lab.environment.log.exists()


@pytest.mark.parametrize("times", [1, 2])
def test_a_python_that_is_held_back_for_a_moment_is_asked_again_and_kept(lab, times):
    lab.hold_back(times)
    lab.prepare()
    assert lab.pauses == [PAUSE_SECONDS] * times
    assert lab.said == ["The Python in the folder .venv does not start yet. Trying again in 5 seconds ..."] * times
    assert lab.environment.stamp(RUN_LIST).exists()


def test_what_a_python_that_does_not_start_says_is_in_the_log(lab):
    lab.hold_back(1)
    lab.prepare()
    assert f"Try 1 of 3: {lab.environment.python} does not start: exit code 126, python: held back by" in lab.log


def test_what_the_system_says_of_a_python_that_does_not_start_is_in_the_log(lab, monkeypatch):
    lab.environment.python.write_bytes(b"no program at all")
    monkeypatch.setattr(module, "_install", lambda *rest: None)
    lab.prepare()
    assert "does not start: [Errno 8] Exec format error" in lab.log
    assert "Try 3 of 3" in lab.log


def test_a_python_that_never_answers_is_not_waited_for_forever(lab, monkeypatch):
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.2)
    lab.hold_back(1, refusal="exec sleep 30")
    lab.prepare()
    assert "does not start: no answer within" in lab.log


def test_a_log_that_cannot_be_written_stops_nothing(lab):
    lab.environment.log.parent.write_text("a file where the folder should be")
    lab.hold_back(1)
    lab.prepare()
    assert len(lab.pauses) == 1


def test_where_no_python_is_there_is_nothing_to_wait_for(lab, monkeypatch):
    lab.environment.python.unlink()
    found = []
    monkeypatch.setattr(module, "_install", lambda environment, lists, identity, *rest: found.append(identity))
    lab.prepare()
    assert (found, lab.pauses) == ([None], [])


def test_a_new_python_that_never_starts_is_named_in_one_sentence_with_what_to_do(lab, monkeypatch):
    lab.hold_back(1000)
    monkeypatch.setattr(module, "_make_folder", lambda environment, log, *rest: log.write("the folder was made\n"))
    with pytest.raises(UserError) as refusal:
        lab.prepare()
    sentence, details = str(refusal.value).split("\n")
    assert "does not start" in sentence and "virus scanner" in sentence and "start again" in sentence
    assert details == f"Details: {lab.environment.log}"
    assert "the folder was made" in lab.log and "held back by the scanner" in lab.log


def test_a_folder_that_could_not_be_made_is_tried_again(lab, monkeypatch):
    lab.environment.python.unlink()
    lab.environment.stamp(RUN_LIST).unlink()
    maker = lab.environment.project / "maker"
    maker.write_text(f"#!/bin/sh\necho 'Access is denied'\necho x >> '{lab.environment.project}/made.txt'\nexit 1\n")
    maker.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(maker))
    with pytest.raises(UserError, match="could not be made"):
        lab.prepare()
    assert len((lab.environment.project / "made.txt").read_text().splitlines()) == 3
    assert lab.log.count("Access is denied") == 3 and len(lab.pauses) == 2
