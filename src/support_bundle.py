"""One zip file for somebody who helps: what happened, how it is set, what it runs on. No secrets."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from src.redact import HIDDEN, redact

TEXT_KINDS = (".jsonl", ".json", ".txt", ".yaml", ".md", ".csv")
TEXT_LIMIT = 5_000_000          # of the end of each file, in bytes
NEWEST_OF_EACH = 3              # months of events, health checks, backups
EMPTY = ('""', "''", "null")
# Of a web or camera address only the host is of use to a helper. In the addresses of alert services
# (tgram://token/chat) even that place holds the secret.
_WEB_ADDRESS = re.compile(
    r"\b((?:https?|rtsp|rtmp)://)(?:[^\s/@\"'<>]*@)?([^\s/?#\"'<>]+)([/?#][^\s\"'<>]*)?", re.I)
_OTHER_ADDRESS = re.compile(r"\b((?!https?:|rtsp:|rtmp:|file:)[a-z][a-z0-9+.-]{1,20}://)[^\s\"'<>]+", re.I)
_SECRET_KEY = re.compile(
    r"([\"']?\w*(?:password|passwd|token|secret|webhook_url|api_key)\w*[\"']?[ \t]*[:=][ \t]*)"
    r"(\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[^\s#,}\]]+)", re.I)


@dataclass(frozen=True)
class Material:
    """What goes in. files: to be cleaned; pictures: as they are; texts: by their name in the zip file."""

    project: Path
    files: tuple[Path, ...]
    pictures: tuple[Path, ...]
    texts: Mapping[str, str]


def clean(text: str, environment: Mapping[str, str]) -> str:
    """`text` without secrets: neither those in the environment (os.environ) nor what looks like one."""
    for spelling in (str, _in_json, _in_ascii_json, _in_address):
        text = redact(text, {name: spelling(value) for name, value in environment.items()})
    text = _SECRET_KEY.sub(lambda found: found[1] + (found[2] if found[2] in EMPTY else HIDDEN), text)
    text = _WEB_ADDRESS.sub(lambda found: found[1] + found[2] + ("/" + HIDDEN if found[3] else ""), text)
    return _OTHER_ADDRESS.sub(lambda found: found[1] + HIDDEN, text)


def _in_json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]


def _in_ascii_json(value: str) -> str:
    return json.dumps(value)[1:-1]


def _in_address(value: str) -> str:
    return quote(value, safe="")


def newest(folder: Path, pattern: str, count: int = NEWEST_OF_EACH) -> list[Path]:
    """The files that were changed last, newest first; none when there is no such folder."""
    return sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime, reverse=True)[:count]


def write_bundle(target: Path, material: Material, environment: Mapping[str, str]) -> Path:
    """Write the zip file `target`. environment: where the secrets are, os.environ."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in material.texts.items():
            archive.writestr(name, clean(text, environment))
        for path in _once(material.files):
            archive.writestr(_name(path, material.project), clean(_end_of(path), environment))
        for path in _once(material.pictures):
            archive.write(path, _name(path, material.project))
    return target


def _once(paths: Iterable[Path]) -> Iterable[Path]:
    return dict.fromkeys(paths)


def _name(path: Path, project: Path) -> str:
    inside = path.is_relative_to(project)
    return (path.relative_to(project) if inside else Path("elsewhere") / path.name).as_posix()


def _end_of(path: Path) -> str:
    """The last part of a text file, from the beginning of a line."""
    with open(path, "rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - TEXT_LIMIT))
        if size > TEXT_LIMIT:
            file.readline()
        return file.read().decode("utf-8", errors="replace")
