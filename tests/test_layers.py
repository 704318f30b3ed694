"""Imports point down only: scripts -> tasks -> adapters -> pure rooms."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
MODULES = {path.stem: path for path in sorted((PROJECT / "src").glob("*.py")) if path.stem != "__init__"}

# A new module of src/ gets its place here. One line holds what belongs together.
PURE = """
    errors redact yaml_text config config_text config_values config_words config_renames
    frame preprocess scoring blobs detection alarm incident subspace spread cues median time_blocks learning lighting watch
    camera_health camera_diagnosis camera_statistics registration reopener variety check_result places
    messages panels delivery
    summary summary_parts summary_page summary_json coverage event_kinds period false_alarms
    clock_watch armed_reminder restart_policy pace
    pip_words
""".split()
# Small adapters that other adapters are put together from.
PARTS = """
    atomic_file clock image_files windows console counter_line interruption
    camera live_camera
    web mail slack other_services outbox_folder outbox_line
""".split()
ADAPTERS = """
    mode event_log config_file artifacts normal_pictures autoencoder judge
    steady_camera notify outbox evidence storage status plots autostart environment
    heartbeat_file dead_man_switch instance incident_file progress_bars
""".split()
# Several adapters at work together, for more than one task or too much for one.
TEAMS = ["alerting", "mode_now", "newest_model"]
TASKS = """
    capture training monitor replay health health_camera calibration reports visualization
    supervisor support_bundle launcher
""".split()
SHELL = ["command_line", "monitoring", "demo"]

LAYERS = (PURE, PARTS, ADAPTERS, TEAMS, TASKS, SHELL)
LAYER = {name: layer for layer, names in enumerate(LAYERS) for name in names}
MAY_IMPORT = {
    0: set(PURE),
    1: set(PURE + PARTS),
    2: set(PURE + PARTS),
    3: set(PURE + PARTS + ADAPTERS),
    4: set(PURE + PARTS + ADAPTERS + TEAMS),
    5: set(LAYER),
}

TOUCHES_THE_WORLD = {
    "os", "sys", "time", "io", "shutil", "tempfile", "subprocess", "threading", "socket", "logging",
    "filelock", "requests", "urllib3", "smtplib", "apprise", "tensorflow", "keras", "matplotlib",
}
FILE_CALLS = {
    "open", "read_text", "read_bytes", "write_text", "write_bytes", "mkdir", "unlink", "exists", "is_file",
}
ASKS_THE_TIME = {
    ("time", "time"), ("time", "monotonic"), ("datetime", "now"), ("datetime", "utcnow"),
    ("datetime", "today"), ("date", "today"),
}
# It times the installation of the packages, before any of the project can run.
HAS_ITS_OWN_CLOCK = {"clock", "environment"}


def imports_of(path: Path) -> set[str]:
    """The dotted names that the file imports, also inside functions."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "src":
            names |= {f"src.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level + (node.module or ""))
    return names


def rooms_of(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports_of(path) if name.startswith("src.")}


def packages_of(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports_of(path)}


def calls_of(path: Path) -> list[tuple[str, str, int]]:
    """(owner, function, line) of every call; the owner of a plain call is ""."""
    calls = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            calls.append((name, node.func.attr, node.lineno))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            calls.append(("", node.func.id, node.lineno))
    return calls


@pytest.mark.parametrize("name", MODULES)
def test_every_module_has_its_place(name):
    assert name in LAYER, (
        f"src/{name}.py is not in the table of tests/test_layers.py. Add its name to PURE (arrays, "
        "numbers, words; no clock, file, network), PARTS or ADAPTERS (owns one outside thing and decides "
        "nothing) or TASKS (what a script does)."
    )


@pytest.mark.parametrize("name", [name for name in MODULES if name in LAYER])
def test_imports_point_down(name):
    forbidden = rooms_of(MODULES[name]) - MAY_IMPORT[LAYER[name]] - {name}
    assert not forbidden, (
        f"src/{name}.py imports {', '.join(sorted(forbidden))}. Pure rooms import pure rooms; "
        "parts and adapters also parts; tasks import adapters, parts and pure rooms, but not each other. "
        "Move what both need further down, or hand it in as an argument."
    )


def test_no_imports_go_round_in_a_circle():
    rooms = {name: rooms_of(path) & set(MODULES) for name, path in MODULES.items()}
    while rooms:
        free = [name for name, needed in rooms.items() if not needed & set(rooms)]
        assert free, f"These modules of src/ import each other in a circle: {', '.join(sorted(rooms))}."
        for name in free:
            del rooms[name]


@pytest.mark.parametrize("name", [name for name in MODULES if name in PURE])
def test_pure_rooms_touch_nothing_outside(name):
    path = MODULES[name]
    packages = packages_of(path) & TOUCHES_THE_WORLD
    calls = [f"{function} in line {line}" for _, function, line in calls_of(path) if function in FILE_CALLS]
    assert not packages and not calls, (
        f"src/{name}.py is a pure room but uses {', '.join(sorted(packages) + calls)}. "
        "Let the caller hand in the value, or move the code to an adapter."
    )


@pytest.mark.parametrize("name", MODULES)
def test_only_the_autoencoder_imports_tensorflow(name):
    if name != "autoencoder":
        assert not packages_of(MODULES[name]) & {"tensorflow", "keras"}


@pytest.mark.parametrize("name", MODULES)
def test_only_the_clock_asks_what_time_it_is(name):
    asked = [f"{owner}.{function}() in line {line}" for owner, function, line in calls_of(MODULES[name])
             if (owner, function) in ASKS_THE_TIME]
    assert name in HAS_ITS_OWN_CLOCK or not asked, (
        f"src/{name}.py asks the machine for the time: {', '.join(asked)}. "
        "Take a Clock (src/clock.py) or the time itself as an argument."
    )


def test_nothing_in_src_imports_a_script():
    for path in MODULES.values():
        assert "scripts" not in packages_of(path), path


def test_the_table_names_no_module_twice():
    names = PURE + PARTS + ADAPTERS + TASKS + SHELL
    assert len(names) == len(set(names))
