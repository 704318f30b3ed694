"""README.md and USER_GUIDE.md are true to the program: every name they mention exists, and nothing is left out."""

from __future__ import annotations

import ast
import re
from datetime import datetime, timezone
from pathlib import Path

import pytest

from src import messages
from src.blobs import Spot
from src.camera_diagnosis import KINDS
from src.config import Config, parse_config
from src.incident import IncidentNotice
from src.redact import SECRET_NAMES

PROJECT = Path(__file__).resolve().parent.parent
TEXTS = {name: (PROJECT / name).read_text(encoding="utf-8") for name in ("README.md", "USER_GUIDE.md")}
README, GUIDE = TEXTS["README.md"], TEXTS["USER_GUIDE.md"]
BOTH = README + GUIDE
CODE = {
    path.relative_to(PROJECT).as_posix(): path.read_text(encoding="utf-8")
    for folder in ("src", "scripts") for path in sorted((PROJECT / folder).glob("*.py"))
}
ALL_CODE = "\n".join(CODE.values())
LAUNCHERS = sorted(path.name for path in PROJECT.glob("*.bat"))
SCRIPTS = sorted(path.name for path in (PROJECT / "scripts").glob("*.py") if path.name != "launch.py")
FLAGS_OF_OTHERS = {"--help", "--config", "--no-pause", "--windows", "--windows-full"}
# What a fresh copy does not hold, because the program makes it on the PC it runs on.
MADE_HERE = ("data/normal/", "data/anomalies/", "model/", "logs/", "state/", "reports/")
PLACE = re.compile(r"(?:config|data|docs|src|scripts|tests|state|logs|model|reports|benchmarks|soak)/[\w./<>-]*")
NOW = datetime(2026, 11, 24, 3, 14, tzinfo=timezone.utc)


def code_spans(text: str) -> list[str]:
    """What stands between single backticks."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def places_in(text: str) -> list[str]:
    return [found[0] for span in code_spans(text) if (found := PLACE.fullmatch(span))]


def anchors_of(text: str) -> set[str]:
    """The names under which GitHub can jump to the headings of a text."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def setting_at(dotted: str) -> bool:
    """Whether "monitor.heartbeat_seconds" is a setting."""
    model = Config
    for part in dotted.split("."):
        fields = getattr(model, "model_fields", {})
        if part not in fields:
            return False
        model = fields[part].annotation
    return True


def names_of_events() -> set[str]:
    """The events that the code writes: first arguments of calls that log, and those of the typed events."""
    writers = {"log", "append", "_log", "_tell", "on_event", "_on_event"}
    names = set()
    for source in CODE.values():
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            function = getattr(node.func, "attr", getattr(node.func, "id", ""))
            name = getattr(node.args[0], "value", None)
            if function in writers and isinstance(name, str) and (node.keywords or re.fullmatch(r"[a-z]+(_[a-z]+)+", name)):
                names.add(name)
    for annotation in re.findall(r"event: Literal\[([^\]]+)\]", CODE["src/event_kinds.py"]):
        names |= set(re.findall(r'"(\w+)"', annotation))
    names |= {f"incident_{kind}" for kind in ("opened", "updated", "elsewhere", "resolved")}
    return names | {f"disk_{state}" for state in ("low", "full", "ok")}


@pytest.mark.parametrize("name", TEXTS)
def test_links_and_pictures_are_there(name):
    for target in re.findall(r"\]\(([^)\s]+)\)", TEXTS[name]):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        assert not path or (PROJECT / path).is_file(), f"{name} links to {target}, which is not there"
        if anchor:
            assert anchor in anchors_of(TEXTS[path or name]), f"{name} links to the heading {target}, which is not there"


def test_every_picture_of_the_docs_is_used_and_small():
    for path in (PROJECT / "docs").iterdir():
        assert f"docs/{path.name}" in BOTH, f"docs/{path.name} is not shown anywhere"
        assert path.stat().st_size < 400_000, f"docs/{path.name} is larger than 400 kB"


@pytest.mark.parametrize("name", TEXTS)
def test_launchers_that_are_mentioned_exist(name):
    for launcher in re.findall(r"[\w/]+\.bat\b", TEXTS[name]):
        assert (PROJECT / launcher).is_file(), f"{name} mentions {launcher}, which does not exist"


@pytest.mark.parametrize("name", TEXTS)
def test_every_launcher_is_explained(name):
    assert [launcher for launcher in LAUNCHERS if launcher not in TEXTS[name]] == []


def test_every_script_is_in_the_readme():
    assert [script for script in SCRIPTS if f"scripts/{script}" not in README] == []


@pytest.mark.parametrize("name", TEXTS)
def test_tasks_that_are_mentioned_exist(name):
    from src.launcher import ALIASES, TEST

    known = {TEST, "TASK", *ALIASES, *(script.removesuffix(".py") for script in SCRIPTS)}
    for task in re.findall(r"launch\.py (\w+)", TEXTS[name]):
        assert task in known, f"{name} mentions the task {task}, which does not exist"


@pytest.mark.parametrize("name", TEXTS)
def test_flags_that_are_mentioned_exist(name):
    for flag in re.findall(r"(?<![\w-])--[a-z][\w-]*", TEXTS[name]):
        assert flag in FLAGS_OF_OTHERS or f'"{flag}"' in ALL_CODE, f"{name} mentions {flag}, which does not exist"


def test_every_flag_is_in_the_readme():
    flags = set(re.findall(r'add_argument\(\s*"(--[\w-]+)"', ALL_CODE))
    assert sorted(flag for flag in flags if flag not in README) == []


@pytest.mark.parametrize("name", TEXTS)
def test_places_that_are_mentioned_exist(name):
    for place in places_in(TEXTS[name]):
        if place.startswith(MADE_HERE):
            # The fixed beginning of the name has to be in the code that makes the file or folder.
            last = re.match(r"[a-zA-Z_]*", Path(place).name)[0].rstrip("_")
            assert last in ALL_CODE, f"{name} mentions {place}, which nothing in the program makes"
        else:
            assert (PROJECT / place).exists(), f"{name} mentions {place}, which does not exist"


@pytest.mark.parametrize("name", TEXTS)
def test_settings_in_the_texts_are_understood(name):
    for block in re.findall(r"```yaml\n(.*?)```", TEXTS[name], re.DOTALL):
        parse_config(block, name)


@pytest.mark.parametrize("name", TEXTS)
def test_keys_that_are_mentioned_exist(name):
    sections = "|".join(Config.model_fields)
    for key in re.findall(rf"`((?:{sections})\.(?!json)[a-z_.]+)`", TEXTS[name]):
        assert setting_at(key), f"{name} mentions the setting {key}, which does not exist"


@pytest.mark.parametrize("name", TEXTS)
def test_every_secret_is_explained_and_no_other(name):
    mentioned = set(re.findall(r"\b(?:[A-Z]+_)+(?:URL|URLS|TOKEN|PASSWORD)\b", TEXTS[name]))
    assert mentioned == set(SECRET_NAMES)


def test_the_readme_has_every_event_and_no_other():
    table = README.partition("| event | when")[2].partition("\n\n")[0]
    rows = [row.partition("|")[2].partition("|")[0] for row in table.splitlines()[2:]]
    listed = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert listed == names_of_events()


@pytest.mark.parametrize("kind", KINDS)
def test_every_camera_problem_is_explained(kind):
    assert f"CAMERA PROBLEM: the camera {messages.CAMERA_PROBLEMS[kind][0]}" in GUIDE
    assert kind in README


def test_every_message_is_explained():
    notice = IncidentNotice("opened", "20261124_031400", NOW, 5.0, 0.1, 0.1, 0.1, False,
                            Spot(60, 0.1, 0.1, 0.8, 0.05, 0.05))
    subjects = [
        *(messages.incident_message(changed, "1").subject.partition(":")[0]
          for changed in (notice, replaced(notice, "updated"), replaced(notice, "updated", growing=True),
                          replaced(notice, "elsewhere"))),
        messages.incident_message(replaced(notice, "resolved"), "1").subject,
        messages.camera_reminder("lost", "", NOW, 1.0).subject.partition(":")[0],
        messages.camera_recovered("lost", 1.0).subject,
        messages.watch_gap(720.0, "asleep").subject,
        messages.not_armed("OFF", "19:00").subject,
        messages.monitor_started(NOW, "MONITOR").subject, messages.monitor_started(NOW, "OFF").subject,
        messages.monitor_closed(NOW, "stopped by hand").subject,
        messages.crash_loop(6, 15, "").subject, messages.watch_ended(NOW, "").subject,
        messages.disk_low(800_000_000).subject, messages.disk_full(1).subject, messages.disk_ok(1).subject,
        messages.digest([(NOW, "x")] * 14, NOW).subject, messages.trial_message(NOW).subject,
    ]
    table = GUIDE.partition("| the message |")[2].partition("\n\n")[0]
    explained = {row.split("|")[1].strip() for row in table.splitlines()[2:]}
    for subject in subjects:
        assert any(line == subject or line.startswith(f"{subject}:") for line in explained), subject


def replaced(notice: IncidentNotice, kind: str, growing: bool = False) -> IncidentNotice:
    from dataclasses import replace

    return replace(notice, kind=kind, growing=growing)


def test_what_the_guide_quotes_is_what_the_program_says():
    spoken = re.sub(r'"\s*f?"', "", ALL_CODE.replace("\\\n", "")) + (PROJECT / "scripts" / "launch.bat").read_text("ascii")
    table = GUIDE.partition("| what you see |")[2].partition("\n\n")[0]
    for quoted in re.findall(r'^\| "([^"]+)"', table, re.MULTILINE):
        if quoted.startswith("Windows"):
            continue
        words = re.split(r"\d+|\.\.\.|config\.yaml|data/normal|SLACK_WEBHOOK_URL", quoted)  # filled in by the program
        for part in (part.strip(" ,.") for part in words):
            part = part.replace("The monitor is", "is")
            assert part in spoken or part.split(" problem")[0] in spoken, f"nothing says: {quoted}"


def test_the_chapters_of_the_guide_are_numbered_in_order():
    numbers = [int(number) for number in re.findall(r"^## (\d+)\. ", GUIDE, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert max(int(number) for number in re.findall(r"chapters? (\d+)", GUIDE)) <= numbers[-1]
    for chapter, part in re.findall(r"chapter (\d+)\.(\d+)", GUIDE):
        assert f"### {chapter}.{part} " in GUIDE, f"there is no chapter {chapter}.{part}"


@pytest.mark.parametrize("name", TEXTS)
def test_pictures_are_numbered_in_order(name):
    numbers = [int(number) for number in re.findall(r"^\*Picture (\d+)\.", TEXTS[name], re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) == len(re.findall(r"^!\[", TEXTS[name], re.MULTILINE))


@pytest.mark.parametrize("name", TEXTS)
def test_the_safety_note_is_in_both_texts(name):
    text = " ".join(TEXTS[name].split())
    assert "assistance tool" in text and "replaces neither containment" in text
