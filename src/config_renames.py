"""Keys of the settings file that have another name today, so that a file of an older version goes on working."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

from src.yaml_text import YamlError, read_yaml

_LINE_END = re.compile(r"(\r\n|[\r\n\x85\u2028\u2029])")
_NUMBER = re.compile(r"[-+]?[\d_]*\.?\d[\d_.]*(?:[eE][-+]?\d+)?")


@dataclass(frozen=True)
class Rename:
    """section: where the key stands. convert: its value in the new unit, from the old one and all settings."""

    section: tuple[str, ...]
    old: str
    new: str
    convert: Callable[[float, Mapping], float] | None = None


def _share_of_the_picture(pixels: float, settings: Mapping) -> float:
    """Camera pixels as percent of the longer side of the camera picture."""
    camera = settings.get("camera") or {}
    return round(100.0 * pixels / max(camera.get("width", 1280), camera.get("height", 720)), 3)


# A key that gets another name: one line here. It stays for ever; somebody has an old file.
RENAMES = (
    Rename(("camera_health",), "moved_pixels", "moved_percent", _share_of_the_picture),
)


def with_new_names(text: str, renames: Sequence[Rename] = RENAMES) -> tuple[str, list[str]]:
    """The settings file `text` with today's keys, and what was changed, in words; everything else stays as it is.

    What cannot be changed beyond doubt stays, too: it is refused later, with its line.
    """
    changes = []
    for rename in renames:
        try:
            changed = _rename(text, rename)
        except (YamlError, TypeError, AttributeError, ValueError):
            continue
        if changed is not None:
            text, words = changed
            changes.append(words)
    return text, changes


def _rename(text: str, rename: Rename) -> tuple[str, str] | None:
    """The new text and what was changed, None when the key is not there or the new one is there already."""
    before = read_yaml(text)
    section = _section(before.value, rename.section)
    if rename.old not in section or rename.new in section or before.repeated:
        return None
    old_value = section[rename.old]
    new_value = old_value if rename.convert is None else rename.convert(old_value, before.value)
    parts = _LINE_END.split(text)
    line = 2 * (before.lines[(*rename.section, rename.old)] - 1)
    parts[line] = _rename_in_line(parts[line], rename, None if rename.convert is None else f"{new_value:g}")
    changed = "".join(parts)
    expected = deepcopy(before.value)
    wanted = _section(expected, rename.section)
    del wanted[rename.old]
    wanted[rename.new] = new_value
    if read_yaml(changed).value != expected:
        return None
    where = ".".join(rename.section)
    return changed, f"{where}.{rename.old}: {old_value} is now {where}.{rename.new}: {new_value}"


def _section(value: object, path: tuple[str, ...]) -> dict:
    for part in path:
        value = value.get(part)
    return value if isinstance(value, dict) else {}


def _rename_in_line(line: str, rename: Rename, new_number: str | None) -> str:
    def replaced(found: re.Match) -> str:
        return f"{found[1]}{rename.new}{found[2]}{found[3] if new_number is None else new_number}"

    value = _NUMBER.pattern if new_number is not None else ""
    return re.sub(rf"(^|[\s{{,\"'])(?:{rename.old})([\"']?\s*:\s*)({value})", replaced, line, count=1)
