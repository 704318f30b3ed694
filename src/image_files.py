"""Pictures on disk, as arrays."""

from __future__ import annotations

import os
import re
from pathlib import Path

import cv2
import numpy as np

from src.atomic_file import read_bytes, write_bytes
from src.errors import UserError

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff"})
MIN_SIDE = 32


class ImageFileError(UserError):
    """A picture file cannot be used. The text names the file and the reason."""


def read_image(path: Path, min_side: int = MIN_SIDE) -> np.ndarray:
    """The picture in `path`, (H, W, 3) uint8 BGR; grey, 16-bit, CMYK and transparent ones are converted.

    min_side: the least width and height, in pixels.
    Raises ImageFileError when the file is missing, empty, cut off, no picture, or too small.
    """
    path = Path(path)
    data = _content(path)
    if data.startswith(b"\xff\xd8") and not _jpeg_is_complete(data):
        # Decoders fill the missing part with grey and say nothing.
        raise ImageFileError(f"{path} is cut off: the end of the picture is missing. Copy or take it again.")
    image = _decoded(data)
    if image is None:
        raise ImageFileError(
            f"{path} is damaged or not a picture. Expected JPEG, PNG, BMP or TIFF with 8 or 16 bits."
        )
    height, width = image.shape[:2]
    if min(height, width) < min_side:
        raise ImageFileError(
            f"{path} is too small: {width} x {height} pixels. At least {min_side} x {min_side} are needed."
        )
    return image


def write_jpg(path: Path, image: np.ndarray, quality: int = 95) -> None:
    """Save `image`, (H, W, 3) uint8 BGR, in one go. quality: 1 to 100. Raises OSError (disk full)."""
    write_bytes(path, encode_jpg(image, quality))


def write_png(path: Path, image: np.ndarray) -> None:
    """Save `image`, (H, W, 3) or (H, W) uint8, without loss and in one go. Raises OSError (disk full)."""
    write_bytes(path, _encoded(".png", image, []))


def encode_jpg(image: np.ndarray, quality: int = 90) -> bytes:
    """`image`, (H, W, 3) uint8 BGR, as the bytes of a JPEG file. quality: 1 to 100."""
    return _encoded(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])


def list_images(folder: Path) -> list[Path]:
    """The pictures directly in `folder`, in the order people count: frame_2 before frame_10.

    Raises UserError when there is no such folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise UserError(f"The picture folder {folder} does not exist. Check the name, or make the folder.")
    pictures = [
        path for path in folder.iterdir()
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()
    ]
    return sorted(pictures, key=_natural)


def _content(path: Path) -> bytes:
    if os.path.isdir(path):
        raise ImageFileError(f"{path} is a folder. Expected a picture file.")
    try:
        data = read_bytes(path)
    except FileNotFoundError:
        raise ImageFileError(f"The picture {path} does not exist.") from None
    except OSError as error:
        raise ImageFileError(f"The picture {path} cannot be read: {error.strerror}.") from error
    if not data:
        raise ImageFileError(f"{path} is empty (0 bytes). Delete it or take it again.")
    return data


def _decoded(data: bytes) -> np.ndarray | None:
    # OpenCV would comment on every damaged file on the console; the caller gets the reason in words instead.
    # Decoding in memory, because cv2.imread fails on Windows for paths with umlauts.
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    finally:
        cv2.utils.logging.setLogLevel(level)


def _encoded(suffix: str, image: np.ndarray, options: list[int]) -> bytes:
    if image.dtype != np.uint8:
        raise ValueError(f"Expected a uint8 picture, got {image.dtype}.")
    _, data = cv2.imencode(suffix, image, options)
    return data.tobytes()


def _jpeg_is_complete(data: bytes) -> bool:
    """Whether the picture's own end marker is there (a preview inside the file has one of its own)."""
    position = 2
    while True:
        marker = re.compile(rb"\xff+([^\xff\x00\xd0-\xd7])", re.DOTALL).search(data, position)
        if marker is None:
            return False
        if marker[1] == b"\xd9":
            return True
        position = marker.end() + int.from_bytes(data[marker.end():marker.end() + 2], "big")


def _natural(path: Path) -> list[tuple[int, int, str]]:
    parts = re.findall(r"[0-9]+|[^0-9]+", path.name.lower())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
