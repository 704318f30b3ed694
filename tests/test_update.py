"""A new version replaces the program, and nothing that the user has made."""

from __future__ import annotations

import fnmatch
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
# Settings, pictures, model, mode, logs and reports.
OF_THE_USER = ("config/config.yaml", "config/*backup*", "data/normal/*", "data/anomalies/*", "model/*", "state/*", "logs/*",
               "reports/*", ".venv/*")
FOLDERS_TO_COPY = ("config", "data", "model", "state", "logs", "reports")
NEEDED_HERE = ("src/", "scripts/", "config/")


def delivered() -> list[str]:
    """The files in the zip of a version: all that git knows but those marked export-ignore."""
    if not (PROJECT / ".git").exists():
        pytest.skip("only in a clone")

    def git(*arguments: str, text: str = "") -> list[str]:
        return subprocess.run(["git", *arguments], cwd=PROJECT, input=text, capture_output=True, encoding="utf-8",
                              check=True).stdout.split("\0")

    files = [name for name in git("ls-files", "-z") if name]
    told = git("check-attr", "-z", "--stdin", "export-ignore", text="\0".join(files) + "\0")
    ignored = {name for name, value in zip(told[0::3], told[2::3]) if value == "set"}
    return [name for name in files if name not in ignored]


def unpack(project: Path) -> None:
    """Put the program there, over what is there already."""
    for name in delivered():
        if name.startswith(NEEDED_HERE) and (PROJECT / name).is_file():
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, project / name)


def set_mode(project: Path, *mode: str) -> subprocess.CompletedProcess[str]:
    answer = subprocess.run([sys.executable, project / "scripts" / "set_mode.py", *mode], capture_output=True,
                            encoding="utf-8", stdin=subprocess.DEVNULL, timeout=120)
    assert answer.returncode == 0, answer.stderr
    return answer


def contents(project: Path) -> dict[str, bytes]:
    """Everything of the user, by its name."""
    names = {path.relative_to(project).as_posix(): path for path in project.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in names.items()
            if any(fnmatch.fnmatch(name, pattern) for pattern in OF_THE_USER)}


@pytest.fixture
def in_use(tmp_path) -> Path:
    """A version that somebody has set up and used, with settings of a version before that."""
    project = tmp_path / "Leak Monitor (old) & gut"
    unpack(project)
    set_mode(project, "MONITOR")
    settings = project / "config" / "config.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("  index: 0 ", "  index: 3 "), encoding="utf-8")
    for name in ("data/normal/normal_1.jpg", "data/anomalies/panel_1.jpg", "model/threshold.json",
                 "model/archive/1/threshold.json", "logs/events.jsonl", "reports/daily_summary/a.md", "state/outbox/1.json"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(f"mine: {name}", encoding="utf-8")
    return project


def test_the_first_start_makes_the_settings_as_delivered(tmp_path):
    unpack(tmp_path)
    assert not (tmp_path / "config" / "config.yaml").exists()
    assert "There were no settings yet" in set_mode(tmp_path).stderr
    assert (tmp_path / "config" / "config.yaml").read_bytes() == (PROJECT / "config" / "config.yaml").read_bytes()
    assert "The mode is OFF" in set_mode(tmp_path).stdout


def test_the_settings_as_delivered_are_those_of_the_project():
    files = [PROJECT / "config" / name for name in ("config.yaml", "config_as_delivered.yaml")]
    assert len({path.read_text(encoding="utf-8") for path in files}) == 1, (
        "config/config_as_delivered.yaml has to be a copy of config/config.yaml")


def test_a_version_brings_nothing_of_what_the_user_makes():
    for name in delivered():
        mine = any(fnmatch.fnmatch(name, pattern) for pattern in OF_THE_USER)
        assert not mine or name.endswith("/.gitkeep"), f"{name} would replace the user's own; see .gitattributes"


def test_a_version_unpacked_over_the_old_one_leaves_everything_of_the_user(in_use):
    before = contents(in_use)
    (in_use / "src" / "errors.py").write_text("broken, and replaced by the update", encoding="utf-8")
    unpack(in_use)
    assert contents(in_use) == before
    assert len(before) == 9
    assert "The mode is MONITOR" in set_mode(in_use).stdout


def test_a_version_in_a_new_folder_goes_on_with_the_copied_folders(in_use, tmp_path):
    settings = in_use / "config" / "config.yaml"
    newer = settings.read_text(encoding="utf-8")
    assert "  moved_percent: 0.2 " in newer
    old = newer.replace("  moved_percent: 0.2 ", "  moved_pixels: 5.12 ")
    settings.write_text(old, encoding="utf-8")
    new = tmp_path / "new"
    unpack(new)
    for folder in FOLDERS_TO_COPY:
        shutil.copytree(in_use / folder, new / folder, dirs_exist_ok=True)
    answer = set_mode(new)
    assert "The mode is MONITOR" in answer.stdout and "moved_percent" in answer.stderr
    (backup,) = (new / "config").glob("config_backup_*.yaml")
    assert backup.read_text(encoding="utf-8") == old
    assert (new / "config" / "config.yaml").read_text(encoding="utf-8") == old.replace("moved_pixels: 5.12", "moved_percent: 0.4")
    untouched = {name: content for name, content in contents(in_use).items() if name != "config/config.yaml"}
    assert untouched.items() <= contents(new).items()


def test_the_guide_names_the_folders_to_copy():
    guide = (PROJECT / "USER_GUIDE.md").read_text(encoding="utf-8").partition("### 15.3")[2].partition("### 15.4")[0]
    for folder in FOLDERS_TO_COPY:
        assert f"`{folder}`" in guide
