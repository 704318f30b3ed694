from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from src.command_line import parser, read_config, run
from src.errors import ConfigError, UserError

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def signals_as_before():
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def outcome(tmp_path, capsys, monkeypatch):
    """Runs a script's main; gives the exit code, what was shown, and what was kept in the crash file."""
    crash_file = tmp_path / "logs" / "crash.txt"

    def outcome_of(main, *arguments):
        monkeypatch.setattr(sys, "argv", ["script.py", *arguments])
        with pytest.raises(SystemExit) as left:
            run(main, crash_file)
        kept = crash_file.read_text(encoding="utf-8") if crash_file.exists() else ""
        shown = capsys.readouterr()
        return left.value.code, shown.out, shown.err, kept

    return outcome_of


def test_wrong_arguments_are_refused_in_lines_that_fit_into_the_window(outcome, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "stderr", Window())
    code, *_ = outcome(lambda arguments: parser("x").parse_args(arguments), "--config", "a", "--no_such_argument " * 9)
    lines = sys.stderr.getvalue().splitlines()
    assert code == 2 and lines[0].startswith("usage: ") and "unrecognized arguments" in lines[1]
    assert all(len(line) < 80 for line in lines) and len(lines) > 3


class Window(io.StringIO):
    """Stands in for a console window."""

    def isatty(self) -> bool:
        return True


def raising(error):
    def main(arguments):
        raise error
    return main


def test_a_script_gets_its_arguments_and_its_exit_code_is_passed_on(outcome):
    def main(arguments):
        print(arguments)
        return 1
    assert outcome(main, "--num", "5") == (1, "['--num', '5']\n", "", "")


def test_what_the_user_can_fix_is_said_without_a_traceback(outcome):
    error = UserError("There are 3 pictures. At least 50 are needed. Start run_capture.bat.")
    assert outcome(raising(error)) == (1, "", f"{error}\n", "")


@pytest.mark.parametrize("error, words", [
    (OSError(errno.ENOSPC, "No space left on device"), "The disk is full."),
    (PermissionError(errno.EACCES, "denied", "model/x.json"), "model/x.json cannot be written"),
    (IsADirectoryError(errno.EISDIR, "folder", "a.tmp", None, "mode.txt"), "mode.txt cannot be written"),
])
def test_a_full_disk_and_a_locked_file_are_the_users_to_mend(outcome, error, words):
    code, _, shown, kept = outcome(raising(error))
    assert code == 1 and words in shown and "Traceback" not in shown and kept == ""


def test_a_bug_keeps_its_traceback_in_a_file_and_shows_one_line(outcome):
    code, _, shown, kept = outcome(raising(ZeroDivisionError("division by zero")), "--num", "5")
    assert code == 3
    assert shown.count("\n") == 1 and "crash.txt" in shown and "Traceback" not in shown
    for detail in ("ZeroDivisionError", "script.py --num 5", "Python 3.", "numpy"):
        assert detail in kept


def test_a_second_crash_does_not_wipe_out_the_first_but_the_file_does_not_grow_for_ever(outcome, tmp_path):
    outcome(raising(ValueError("the first")))
    _, _, _, kept = outcome(raising(ValueError("the second")))
    assert "the first" in kept and "the second" in kept
    (tmp_path / "logs" / "crash.txt").write_text("x" * 2_000_000)
    assert len(outcome(raising(ValueError("the third")))[3]) < 10_000


def test_other_trouble_with_files_is_a_bug(outcome):
    assert outcome(raising(OSError(errno.EBADF, "bad file")))[0] == 3


def test_a_crash_whose_file_cannot_be_written_is_shown_on_the_screen(outcome, tmp_path):
    (tmp_path / "logs").write_text("a file where the folder should be")
    code, _, shown, _ = outcome(raising(ValueError("lost?")))
    assert code == 3 and "ValueError: lost?" in shown and "cannot be written" in shown


def test_secrets_are_neither_shown_nor_kept(outcome, monkeypatch):
    monkeypatch.setenv("SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/T/B/hushhush")
    monkeypatch.setenv("SMTP_PASSWORD", "hush-password")
    text = "url: /services/T/B/hushhush, hush-password, rtsp://anna:hushhush@camera"
    _, _, shown, kept = outcome(raising(ValueError(text)), "--source", "rtsp://anna:hushhush@camera")
    assert "hush" not in shown + kept and "ValueError" in kept
    assert "hush" not in outcome(raising(UserError(text)))[2]


def test_ctrl_c_is_a_calm_end(outcome):
    assert outcome(raising(KeyboardInterrupt())) == (0, "", "\nStopped.\n", "")


def test_wrong_arguments_end_with_code_2(outcome):
    def main(arguments):
        parser("Does nothing.").parse_args(arguments)
    code, _, shown, kept = outcome(main, "--confg", "x")
    assert code == 2 and "--config" in shown and kept == ""


def test_every_script_takes_a_settings_file(tmp_path):
    path = tmp_path / "my settings.yaml"
    path.write_text("camera: {index: 7}")
    assert read_config(parser("").parse_args(["--config", str(path)])).camera.index == 7
    assert read_config(parser("").parse_args([])).camera.index == 0
    path.write_text("camera: {index: x}")
    with pytest.raises(ConfigError):
        read_config(parser("").parse_args(["--config", str(path)]))


def python(code, *arguments, **options):
    code = f"from src.command_line import run\nimport sys, time\ndef main(arguments):\n    {code}\nrun(main)"
    return subprocess.Popen([sys.executable, "-c", code, *arguments], cwd=PROJECT, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, **options)


def test_a_console_with_an_old_code_page_survives_every_character():
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    script = python("print('Fl\\u00e4che \\u2192 \\u2713 \\udcff'); return 0", env=environment)
    out, err = script.communicate()
    assert (script.returncode, err) == (0, b"")
    assert out.split() == ["Fläche".encode("cp1252"), b"?", b"?", b"?"]


def test_a_reader_that_has_seen_enough_is_no_error():
    script = python("[print('x' * 100) for _ in range(100000)]; return 0")
    script.stdout.read(10)
    script.stdout.close()
    assert script.stderr.read() == b""
    script.stderr.close()
    assert script.wait(20) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals between programs")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_being_asked_to_stop_is_a_calm_end(name):
    script = python("print('ready'); time.sleep(30)")
    assert script.stdout.readline() == b"ready\n"
    asked = time.monotonic()
    script.send_signal(getattr(signal, name))
    _, err = script.communicate(timeout=20)
    assert (script.returncode, err.strip()) == (0, b"Stopped.")
    assert time.monotonic() - asked < 5
