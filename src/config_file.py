"""Finds and reads the settings file."""

from __future__ import annotations

import os
from pathlib import Path

from src.atomic_file import read_bytes
from src.config import Config, parse_config
from src.errors import ConfigError

PROJECT = Path(__file__).resolve().parent.parent
DEFAULT_CONFIG = PROJECT / "config" / "config.yaml"


def load_config(path: Path | None) -> Config:
    """The settings in `path`; None means config/config.yaml of the project. All paths come out absolute.

    Raises ConfigError when the file is missing, cannot be read, or holds anything that is wrong.
    """
    path = DEFAULT_CONFIG if path is None else Path(path)
    return _with_absolute_paths(parse_config(_read_text(path), str(path)))


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
