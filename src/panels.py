"""The evidence picture: what the camera saw | what the monitor expected | where they differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import cv2
import numpy as np

from src.blobs import Spot
from src.messages import percent

# The heat map ends at so many times the calibrated pixel threshold: a normal picture stays in its cold third.
HOTTEST = 3.0
SMALLEST_TILE, LARGEST_TILE = 360, 640  # pixels, the longer side; there must be room for the caption
OUTLINE = (60, 215, 255)  # BGR, amber; the dark rim makes it visible on bright ground
RIM = (20, 20, 20)
PAPER, INK, FAINT = (32, 28, 26), (240, 240, 240), (170, 165, 160)
FONT = cv2.FONT_HERSHEY_SIMPLEX
# A box is at least this large (share of the shorter side): a tiny spot is neither covered nor overlooked.
SMALLEST_BOX = 0.05
# Spots smaller than this share of the picture also get a close-up.
CLOSE_UP_BELOW = 0.2
CLOSE_UP_SIDE = 0.4  # of the shorter side of the tile
CLOSE_UP_FROM = 160  # pixels of the shorter side; smaller tiles have no room for it


@dataclass(frozen=True)
class Caption:
    """What is written under the pictures.

    captured_at: wall time. score: unusual above score_threshold. area_percent: of the spot, as the message beside the
    panel says it; None = as it is in this very picture.
    """

    captured_at: datetime
    score: float
    score_threshold: float
    area_percent: float | None = None


def evidence_panel(
    picture: np.ndarray,
    reconstruction: np.ndarray,
    error_map: np.ndarray,
    spot: Spot | None,
    caption: Caption,
) -> np.ndarray:
    """The three pictures side by side with the spot outlined, (H, W, 3) uint8 BGR.

    picture: the ROI at camera resolution, (H, W, 3) uint8 BGR. reconstruction: (h, w, 3) uint8 BGR.
    error_map: (h, w) float32, 0 = as expected, 1 = the calibrated pixel threshold. spot: relative to the ROI.
    """
    size = _tile_size(picture)
    seen = _fit(picture, size)
    tiles = [seen, _fit(reconstruction, size), _heat_tile(error_map, seen)]
    if spot is not None:
        tiles = [outline(tile, spot) for tile in tiles]
        if max(spot.width, spot.height) < CLOSE_UP_BELOW and min(size) >= CLOSE_UP_FROM:
            for index, source in enumerate((picture, reconstruction)):
                tiles[index] = _with_close_up(tiles[index], source, spot)
    tiles = [_widen(tile) for tile in tiles]
    width = tiles[0].shape[1]
    unit = max(8, round(width / 45))  # the measure of all text and margins, in pixels
    titles = ("Camera", "Expected", "Difference")
    columns = [np.vstack([_title(words, width, unit), tile]) for words, tile in zip(titles, tiles)]
    gap = np.full((columns[0].shape[0], unit, 3), PAPER, np.uint8)
    row = np.hstack([gap, columns[0], gap, columns[1], gap, columns[2], gap])
    return np.vstack([row, _caption_strip(caption, spot, row.shape[1], unit)])


def heatmap(error_map: np.ndarray) -> np.ndarray:
    """Errors as colours, dark = as expected, (h, w, 3) uint8 BGR; the scale is the same for every picture.

    error_map: (h, w) float32, 1 = the calibrated pixel threshold.
    The colours get brighter all the way, so they also read for the colour-blind.
    """
    levels = np.clip(error_map / HOTTEST, 0.0, 1.0) * 255.0
    return cv2.applyColorMap(levels.astype(np.uint8), cv2.COLORMAP_INFERNO)


def outline(image: np.ndarray, spot: Spot, roi: tuple[int, int, int, int] | None = None) -> np.ndarray:
    """A copy of `image`, (H, W, 3) uint8 BGR, with a box around the spot.

    roi: where the watched area is in the image, (left, top, right, bottom) in pixels, right and bottom
    exclusive; None = the whole image.
    """
    height, width = image.shape[:2]
    (left, top), (right, bottom) = _box(spot, roi or (0, 0, width, height), SMALLEST_BOX)
    drawn = image.copy()
    line = max(1, round(min(height, width) / 200))
    for colour, thickness in ((RIM, 3 * line), (OUTLINE, line)):
        cv2.rectangle(drawn, (left, top), (right, bottom), colour, thickness, cv2.LINE_AA)
    return drawn


def _box(
    spot: Spot, roi: tuple[int, int, int, int], smallest: float
) -> tuple[tuple[int, int], tuple[int, int]]:
    """The corners of a box around the spot with some air, as pixels inside the ROI."""
    left, top, right, bottom = roi
    across, down = right - left, bottom - top
    shorter = min(across, down)
    half_width = max(spot.width * across * 0.6, smallest * shorter / 2) + shorter / 100
    half_height = max(spot.height * down * 0.6, smallest * shorter / 2) + shorter / 100
    x = left + (spot.left + spot.width / 2) * across
    y = top + (spot.top + spot.height / 2) * down
    return (
        (max(left, round(x - half_width)), max(top, round(y - half_height))),
        (min(right - 1, round(x + half_width)), min(bottom - 1, round(y + half_height))),
    )


def _tile_size(picture: np.ndarray) -> tuple[int, int]:
    height, width = picture.shape[:2]
    longer = max(height, width)
    scale = min(max(longer, SMALLEST_TILE), LARGEST_TILE) / longer
    return max(1, round(width * scale)), max(1, round(height * scale))


def _fit(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    shrinks = image.shape[1] > size[0]
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)


def _widen(tile: np.ndarray) -> np.ndarray:
    """A tall, narrow picture with margins, so that there is room for the words."""
    missing = max(0, SMALLEST_TILE - tile.shape[1])
    left = missing // 2
    return cv2.copyMakeBorder(tile, 0, 0, left, missing - left, cv2.BORDER_CONSTANT, value=PAPER)


def _heat_tile(error_map: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """The heat map with a faint ghost of the scene under it, so that one sees where the heat is."""
    height, width = seen.shape[:2]
    smooth = cv2.resize(error_map.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    ghost = cv2.cvtColor(cv2.cvtColor(seen, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return cv2.addWeighted(heatmap(smooth), 1.0, ghost, 0.22, 0.0)


def _with_close_up(tile: np.ndarray, source: np.ndarray, spot: Spot) -> np.ndarray:
    """The tile with an enlarged cut-out around the spot, in the corner that is farthest from it."""
    height, width = tile.shape[:2]
    side = round(CLOSE_UP_SIDE * min(height, width))
    rows, columns = source.shape[:2]
    cut = _square_around(spot, columns, rows, width / height)
    enlarged = cv2.resize(source[cut], (side, side), interpolation=cv2.INTER_CUBIC)
    frame = max(2, side // 60)
    enlarged = cv2.copyMakeBorder(
        enlarged[frame:-frame, frame:-frame], frame, frame, frame, frame, cv2.BORDER_CONSTANT, value=OUTLINE
    )
    at_left = spot.left + spot.width / 2 > 0.5
    at_top = spot.top + spot.height / 2 > 0.5
    x = 0 if at_left else width - side
    y = 0 if at_top else height - side
    combined = tile.copy()
    combined[y : y + side, x : x + side] = enlarged
    return combined


def _square_around(spot: Spot, columns: int, rows: int, aspect: float) -> tuple[slice, slice]:
    """Rows and columns of a cut-out that is square once the picture has the given aspect (width / height)."""
    half_height = min(max(1.5 * spot.height, 1.5 * spot.width * aspect, 0.1), 1.0, aspect) / 2
    half_width = half_height / aspect
    x = min(max(spot.left + spot.width / 2, half_width), 1 - half_width)
    y = min(max(spot.top + spot.height / 2, half_height), 1 - half_height)
    return (
        slice(round((y - half_height) * rows), round((y + half_height) * rows)),
        slice(round((x - half_width) * columns), round((x + half_width) * columns)),
    )


def _title(words: str, width: int, unit: int) -> np.ndarray:
    strip = np.full((3 * unit, width, 3), PAPER, np.uint8)
    _write(strip, words, (0, 2 * unit), unit, INK)
    return strip


def _caption_strip(caption: Caption, spot: Spot | None, width: int, unit: int) -> np.ndarray:
    strip = np.full((4 * unit, width, 3), PAPER, np.uint8)
    words = (
        f"{caption.captured_at:%Y-%m-%d %H:%M:%S}    "
        f"score {100 * caption.score / caption.score_threshold:.0f} % of the threshold    {_area(caption, spot)}"
    )
    baseline = round(2.4 * unit)
    _write(strip, words, (unit, baseline), unit, INK)
    _draw_scale(strip, baseline, unit)
    return strip


def _draw_scale(strip: np.ndarray, baseline: int, unit: int) -> None:
    """The colours of the heat map, at the right end: where the threshold is, and where it is hot."""
    length, word = 12 * unit, _text_width("unusual", unit)
    right = strip.shape[1] - 2 * unit - word
    left, top = right - length, baseline - unit
    ramp = np.tile(np.linspace(0.0, HOTTEST, length, dtype=np.float32), (unit, 1))
    strip[top:baseline, left:right] = heatmap(ramp)
    cv2.rectangle(strip, (left, top), (right, baseline), FAINT, 1)
    threshold = left + round(length / HOTTEST)
    cv2.line(strip, (threshold, top - unit // 3), (threshold, baseline + unit // 3), INK, max(1, unit // 8))
    _write(strip, "normal", (left - unit - _text_width("normal", unit), baseline), unit, FAINT)
    _write(strip, "unusual", (right + unit, baseline), unit, FAINT)


def _area(caption: Caption, spot: Spot | None) -> str:
    if spot is None:
        return "no single spot" if caption.score > caption.score_threshold else "normal"
    share = spot.area_percent if caption.area_percent is None else caption.area_percent
    return f"spot {percent(share, '%')} of the area"


def _write(
    strip: np.ndarray, words: str, at: tuple[int, int], unit: int, colour: tuple[int, int, int]
) -> None:
    scale, thickness = _font(unit)
    cv2.putText(strip, words, at, FONT, scale, colour, thickness, cv2.LINE_AA)


def _text_width(words: str, unit: int) -> int:
    (width, _), _ = cv2.getTextSize(words, FONT, *_font(unit))
    return width


def _font(unit: int) -> tuple[float, int]:
    """Scale and thickness of letters that are about one unit high."""
    return cv2.getFontScaleFromHeight(FONT, round(1.05 * unit), 1), max(1, round(unit / 7))
