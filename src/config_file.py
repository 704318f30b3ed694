"""Finds and reads the settings file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from src.atomic_file import read_bytes, write_bytes, write_text
from src.clock import Clock
from src.config import Config, PathSettings, parse_config, parse_paths
from src.config_renames import with_new_names
from src.errors import ConfigError

PROJECT = Path(__file__).resolve().parent.parent
DEFAULT_CONFIG = PROJECT / "config" / "config.yaml"
# Part of the program, and replaced by every update; the settings themselves are the user's.
AS_DELIVERED = PROJECT / "config" / "config_as_delivered.yaml"


def load_config(path: Path | None, say: Callable[[str], None] = lambda line: None) -> Config:
    """The settings in `path`; None means config/config.yaml of the project. All paths come out absolute.

    Where the project has no settings yet, they are made as delivered. Keys that have another name today get it in
    the file, which is kept as it was beside it. `say` is told of either.
    Raises ConfigError when the file is missing, cannot be read, or holds anything that is wrong.
    """
    path = DEFAULT_CONFIG if path is None else Path(path)
    if Path(os.path.abspath(path)) == DEFAULT_CONFIG and AS_DELIVERED.is_file() and not path.exists():
        write_bytes(path, read_bytes(AS_DELIVERED))
        say(f"There were no settings yet: {path} was made as delivered.")
    found = _read_text(path)
    text, changes = with_new_names(found)
    config = parse_config(text, str(path))
    if changes:
        say(_keep(path, text, changes, Clock()))
    return _with_absolute_paths(config)


def load_paths(path: Path | None, say: Callable[[str], None] = lambda line: None) -> tuple[PathSettings, str | None]:
    """Where things are, for what has to work with broken settings, too; and what is wrong with these, None if nothing.

    path, say: as for `load_config`. With broken settings the paths are those that they name, as far as they can be
    understood, else the usual ones.
    """
    try:
        return load_config(path, say).paths, None
    except ConfigError as error:
        return _with_absolute_paths(Config(paths=_paths_in(path or DEFAULT_CONFIG))).paths, str(error)


def _paths_in(path: Path) -> PathSettings:
    try:
        return parse_paths(_read_text(path))
    except ConfigError:
        return PathSettings()


def _keep(path: Path, text: str, changes: list[str], clock: Clock) -> str:
    """Write the settings with their new names; what was done, in words."""
    words = f"Some settings have new names in this version: {'; '.join(changes)}."
    backup = path.with_name(f"{path.stem}_backup_{clock.now():%Y%m%d_%H%M%S}{path.suffix}")
    try:
        write_bytes(backup, read_bytes(path))
        write_text(path, text)
    except OSError as error:
        # They are understood all the same, and the next start tries again.
        return f"{words} {path} itself could not be changed ({error.strerror}); that does no harm."
    return f"{words} {path} was changed; as it was before, it is {backup.name} beside it."


def _read_text(path: Path) -> str:
    if os.path.isdir(path):
        raise ConfigError(f"{path} is a folder. Expected a settings file such as {DEFAULT_CONFIG}.")
    try:
        return read_bytes(path).decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            f"The settings file {path} does not exist. Check the name, or restore the file that came "
            "with the program."
        ) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"{path}, line {line}: a character is not stored as UTF-8. Open the file in Notepad, "
            "choose Save as, Encoding: UTF-8, and start again."
        ) from error
    except (OSError, ValueError) as error:
        raise ConfigError(f"The settings file {path} cannot be read: {error}.") from error


def _with_absolute_paths(config: Config) -> Config:
    # Relative to the project folder, also when the settings file lies elsewhere: so a second settings file
    # can be tried out from any folder and still finds the same pictures and model.
    paths = config.paths.model_copy(update={name: PROJECT / path for name, path in config.paths})
    camera = config.camera
    if camera.source is not None and "://" not in camera.source:
        camera = camera.model_copy(update={"source": str(PROJECT / camera.source)})
    return config.model_copy(update={"paths": paths, "camera": camera})
