from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from src.errors import UserError
from src.instance import only_instance

PROJECT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 11, 23, 21, 14, tzinfo=timezone(timedelta(hours=1)))
HOLDER = textwrap.dedent("""
    import sys, time
    from datetime import datetime
    from pathlib import Path
    from src.instance import only_instance
    with only_instance(Path(sys.argv[1]), "monitor", datetime.fromisoformat("2026-11-23T18:40:00+01:00")):
        print("here", flush=True)
        time.sleep(60)
""")


@pytest.fixture
def other(tmp_path):
    """Another process that has the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], cwd=PROJECT, stdout=subprocess.PIPE
    )
    assert process.stdout.readline().strip() == b"here"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_second_says_which_process_has_it(tmp_path, other):
    said = rf"already running on this PC \(process {other.pid}, started at 18:40 on 2026-11-23\)"
    with pytest.raises(UserError, match=said), only_instance(tmp_path, "monitor", NOW):
        pass


def test_a_kill_frees_it(tmp_path, other):
    other.kill()
    other.wait()
    with only_instance(tmp_path, "monitor", NOW):
        pass


def test_another_kind_of_program_has_a_lock_of_its_own(tmp_path, other):
    with only_instance(tmp_path, "capture", NOW):
        pass


def test_it_can_be_taken_again_after_it_was_given_back(tmp_path):
    for _ in range(2):
        with only_instance(tmp_path, "monitor", NOW):
            pass


@pytest.mark.parametrize("text", ["", "7", "[1]", '{"pid": 1}', '{"pid": 1, "since": "soon"}'])
def test_a_damaged_note_about_the_holder_is_left_out(tmp_path, other, text):
    (tmp_path / "monitor.process.json").write_text(text)
    with pytest.raises(UserError, match=re.escape("already running on this PC. Only one")), only_instance(
        tmp_path, "monitor", NOW
    ):
        pass


def test_it_is_named_as_people_call_it(tmp_path, other):
    with pytest.raises(UserError, match="The watchman is already running"):
        with only_instance(tmp_path, "monitor", NOW, called="watchman"):
            pass
