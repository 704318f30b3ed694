"""Files that are either the old one or the new one, never half of each."""

from __future__ import annotations

import json
import math
import os
import threading
import time
from pathlib import Path
from typing import Callable

from src.errors import UserError

# On Windows a file that another program has open for a moment (a virus scanner, an editor) can be neither
# replaced nor read: the attempt ends in PermissionError and works a little later.
WAIT_SECONDS = 0.1
REPLACE_ATTEMPTS = 20
READ_ATTEMPTS = 3


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` to `path`: whoever reads it sees all of the old content or all of the new.

    Missing parent folders are made. Raises OSError (disk full, not allowed); the old file is then untouched.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        with open(unfinished, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def replace(new: Path, path: Path) -> None:
    """Let the file `new` take the place of `path`, tried again while another program has one of them open.

    Raises OSError.
    """
    _patiently(lambda: os.replace(new, path), REPLACE_ATTEMPTS)


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 with plain line feeds, like `write_bytes`."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: object) -> None:
    """Write `value` as indented JSON, like `write_bytes`.

    NumPy numbers and arrays are written as plain ones. Raises ValueError for NaN and infinity, which JSON
    cannot hold, and TypeError for what is not JSON.
    """
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False, default=plain_number)
    write_text(path, text + "\n")


def plain_number(value: object) -> object:
    """The `default` of json.dumps: NumPy numbers and arrays as plain ones, without importing NumPy."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON.")


def read_bytes(path: Path) -> bytes:
    """The content of `path`, tried again when it is being replaced this very moment. Raises OSError."""
    return _patiently(Path(path).read_bytes, READ_ATTEMPTS)


def read_json(path: Path) -> object:
    """The value in the JSON file `path`. Raises UserError in words when it is missing, torn or not JSON."""
    path = Path(path)
    try:
        return json.loads(
            read_bytes(path).decode("utf-8-sig"), parse_float=_finite, parse_constant=_finite
        )
    except FileNotFoundError:
        raise UserError(f"{path} is missing.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise UserError(
            f"{path} is damaged: it is not readable as JSON ({error}). Restore it from a backup or make it "
            "anew."
        ) from error


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a number that can be used")
    return number


def _patiently(action: Callable[[], object], attempts: int) -> object:
    for _ in range(attempts - 1):
        try:
            return action()
        except PermissionError:
            time.sleep(WAIT_SECONDS)
    return action()
