"""Where is the camera looking, compared with the pictures it was trained on?

A picture is compared with a few mean pictures of the training set (one for each kind of light) by the direction
of its edges, which stay where they are when the light changes. Small blocks are located one by one, and the
shift and rotation that most blocks agree on is the answer; an arm, a puddle or a moving shadow spoils only the
blocks that it covers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

LONG_SIDE = 320          # pictures are compared at this size; a shift is still found to a tenth of its pixels
SHORT_SIDE = 96          # at least three rows of blocks, also in a narrow strip
BLOCK, STEP = 64, 32     # pixels of the small picture
REACH = 12               # how far a block may lie from the coarse guess
AGREEMENT = 0.75         # blocks within this distance of the common movement count as found again
CLEAR_PEAK = 0.12        # correlation below which a block shows nothing that can be located
EDGE_SHARE = 0.04        # blocks with less structure than this share of the richest one are left out
TINY = 1e-6


@dataclass(frozen=True)
class Shift:
    """How the picture lies compared with training.

    dx, dy: the scene has moved this many pixels to the right and down, in pixels of the picture given.
    rotation_degrees: clockwise as seen in the picture.
    confidence: share of the trained structure that was found again there, 0 to 1. Below about 0.3 the numbers
        mean nothing: the scene is not visible, or it is another scene.
    """

    dx: float
    dy: float
    rotation_degrees: float
    confidence: float

    @property
    def pixels(self) -> float:
        return math.hypot(self.dx, self.dy)

    def enlarged(self, factor: float) -> Shift:
        """The same in a picture that is so many times as large."""
        return replace(self, dx=self.dx * factor, dy=self.dy * factor)


@dataclass(frozen=True)
class Reference:
    """The trained view: mean pictures in different light.

    pictures: (K, h, w) float32 grey, 0 to 255, at the small size at which pictures are compared.
    camera: (rows, columns) of the whole camera pictures, None when an older version did not note it.
    """

    pictures: np.ndarray
    camera: tuple[int, int] | None = None


def small_grey(image: np.ndarray, size: tuple[int, int] | None = None) -> np.ndarray:
    """(h, w) float32 grey version, 0 to 255, of an (H, W, 3) uint8 BGR or (H, W) uint8 picture.

    size: (w, h); chosen from the picture when None.
    """
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    if size is None:
        rows, columns = grey.shape
        scale = max(min(1.0, LONG_SIDE / max(rows, columns)), SHORT_SIDE / min(rows, columns))
        size = (round(columns * scale), round(rows * scale))
    shrinking = size[0] < grey.shape[1]
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR).astype(np.float32)


def build_reference(
    images: Sequence[np.ndarray], lights: int = 4, camera: tuple[int, int] | None = None,
) -> Reference:
    """Mean pictures of the training set, one for each kind of light.

    images: (H, W, 3) uint8 BGR, all cut out in the same way; about a hundred, spread over the set, are plenty.
    lights: at most so many mean pictures. camera: (rows, columns) of the camera pictures they were cut out of.
    """
    if not images:
        raise ValueError("at least one picture is needed")
    first = small_grey(images[0])
    size = (first.shape[1], first.shape[0])
    greys = np.stack([small_grey(image, size) for image in images])
    looks = np.stack([_look(grey) for grey in greys])
    chosen = [0]
    distances = np.linalg.norm(looks - looks[0], axis=1)
    while len(chosen) < min(lights, len(images)) and distances.max() > TINY:
        chosen.append(int(distances.argmax()))
        distances = np.minimum(distances, np.linalg.norm(looks - looks[chosen[-1]], axis=1))
    nearest = np.stack([np.linalg.norm(looks - looks[index], axis=1) for index in chosen]).argmin(axis=0)
    return Reference(np.stack([greys[nearest == group].mean(axis=0) for group in range(len(chosen))]), camera)


def _look(grey: np.ndarray) -> np.ndarray:
    """A short description of how the scene is lit: where it is bright, whatever the exposure."""
    coarse = cv2.resize(grey, (16, 9), interpolation=cv2.INTER_AREA).ravel()
    return np.log((coarse + 4.0) / (coarse.mean() + 4.0))


class Registration:
    """Locates pictures in a trained view. Holds only what can be computed once from the reference.

    size: (w, h), the small size at which pictures are compared.
    """

    def __init__(self, reference: Reference) -> None:
        fields = [_edge_field(picture) for picture in reference.pictures]
        rows, columns = reference.pictures.shape[1:]
        self.size = (columns, rows)
        self._block_window = _window(BLOCK, BLOCK)
        self._coarse_window = _window(rows // 2, columns // 2)
        self._coarse = [cv2.dft(cv2.multiply(_halve(field), self._coarse_window)) for field in fields]
        self._coarse_strength = [float(cv2.magnitude(*cv2.split(spectrum)).mean()) + TINY for spectrum in self._coarse]
        self._blocks, self._weights, self._norms = [], [], []
        for field in fields:
            blocks = [cv2.multiply(block, self._block_window) for block in _cut_blocks(field)]
            norms = np.array([cv2.norm(block) for block in blocks], np.float32)
            energy = norms ** 2
            self._weights.append(np.where(energy > EDGE_SHARE * energy.max(), energy, np.float32(0.0)))
            self._norms.append(norms + TINY)
            # Turned by half a block, so that no shift is found in the middle and not in the corner.
            self._blocks.append([cv2.dft(np.roll(block, BLOCK // 2, axis=(0, 1))) for block in blocks])
        self._places = _block_centres(rows, columns)

    def estimate(self, image: np.ndarray) -> Shift:
        """Shift and rotation of a picture, (H, W, 3) uint8 BGR or (H, W) uint8, against the trained view."""
        return self.locate(small_grey(image, self.size)).enlarged(image.shape[1] / self.size[0])

    def locate(self, small: np.ndarray) -> Shift:
        """The same for a small grey picture, (h, w) float32 of `size`, in its own pixels."""
        field = _edge_field(small)
        light, coarse_x, coarse_y = self._coarse_guess(field)
        moved = _displaced(field, -coarse_x, -coarse_y)
        offsets, peaks = self._locate_blocks(moved, light)
        weights = np.where(peaks > CLEAR_PEAK, self._weights[light], np.float32(0.0))
        total = float(self._weights[light].sum())
        if not weights.any():
            return Shift(0.0, 0.0, 0.0, 0.0)
        dx, dy, angle, agreed = _common_movement(self._places, offsets, weights)
        return Shift(dx + coarse_x, dy + coarse_y, math.degrees(angle), agreed / total)

    def _coarse_guess(self, field: np.ndarray) -> tuple[int, int, int]:
        """The reference that fits best, and the whole-picture shift (x, y) in pixels of the small picture."""
        spectrum = cv2.dft(cv2.multiply(_halve(field), self._coarse_window))
        best = (-1.0, 0, 0, 0)
        for light, (reference, strength) in enumerate(zip(self._coarse, self._coarse_strength)):
            surface = _correlation(spectrum, reference)
            row, column = np.unravel_index(surface.argmax(), surface.shape)
            rows, columns = surface.shape
            y = int(row) - rows if row > rows // 2 else int(row)
            x = int(column) - columns if column > columns // 2 else int(column)
            best = max(best, (float(surface.max()) / strength, light, 2 * x, 2 * y))
        return best[1], best[2], best[3]

    def _locate_blocks(self, field: np.ndarray, light: int) -> tuple[np.ndarray, np.ndarray]:
        """Offset (N, 2) as x, y of every block with sub-pixel accuracy, and how clear each one is (N,), 0 to 1."""
        found = [_offset(cv2.multiply(block, self._block_window), reference, norm)
                 for block, reference, norm in zip(_cut_blocks(field), self._blocks[light], self._norms[light])]
        x, y, peaks = np.array(found, np.float32).T
        return np.stack([x, y], axis=1), peaks


def estimate_shift(reference: Reference, image: np.ndarray) -> Shift:
    """Shift of one picture. For many pictures build one `Registration` and ask it."""
    return Registration(reference).estimate(image)


def align(image: np.ndarray, shift: Shift) -> np.ndarray:
    """The picture moved back to where it was in training; (H, W) or (H, W, 3) uint8, the rim is repeated."""
    rows, columns = image.shape[:2]
    centre = (columns / 2.0, rows / 2.0)
    matrix = cv2.getRotationMatrix2D(centre, shift.rotation_degrees, 1.0)
    matrix[:, 2] -= matrix[:, :2] @ (shift.dx, shift.dy)
    return cv2.warpAffine(image, matrix, (columns, rows), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def _edge_field(grey: np.ndarray) -> np.ndarray:
    """(h, w, 2) float32: direction of the edges; length near 1 on clear edges, near 0 in flat or noisy places."""
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.0)
    x = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3)
    y = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3)
    length = cv2.magnitude(x, y)
    # Twice the median length lies above camera noise, at any gain, and below the edges of things.
    floor = 2.0 * float(np.median(length)) + 2.0
    return cv2.merge([x / (length + floor), y / (length + floor)])


def _correlation(spectrum: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Circular cross-correlation of two fields with these spectra, (n, m) float32."""
    product = cv2.mulSpectrums(spectrum, reference, 0, conjB=True)
    return cv2.dft(product, flags=cv2.DFT_INVERSE | cv2.DFT_SCALE)[:, :, 0]


def _offset(block: np.ndarray, reference: np.ndarray, norm: float) -> tuple[float, float, float]:
    """Offset x, y of a block with sub-pixel accuracy, and how clear it is, 0 to 1.

    reference: spectrum of the trained block, turned by half its size. norm: length of the trained block.
    """
    # One more on every side than the reach, for the parabola.
    first, last = BLOCK // 2 - REACH - 1, BLOCK // 2 + REACH + 2
    near = _correlation(cv2.dft(block), reference)[first:last, first:last]
    _, peak, _, (column, row) = cv2.minMaxLoc(near[1:-1, 1:-1])
    x = column - REACH + _vertex(*near[row + 1, column:column + 3].tolist())
    y = row - REACH + _vertex(*near[row:row + 3, column + 1].tolist())
    return x, y, peak / ((cv2.norm(block) + TINY) * norm)


def _window(rows: int, columns: int) -> np.ndarray:
    """(rows, columns, 2) float32, the same for both parts of an edge field."""
    window = np.outer(np.hanning(rows + 2)[1:-1], np.hanning(columns + 2)[1:-1]).astype(np.float32)
    return cv2.merge([window, window])


def _halve(field: np.ndarray) -> np.ndarray:
    rows, columns = (side // 2 * 2 for side in field.shape[:2])
    return cv2.resize(field[:rows, :columns], (columns // 2, rows // 2), interpolation=cv2.INTER_AREA)


def _starts(side: int) -> np.ndarray:
    return np.linspace(0, side - BLOCK, 1 + math.ceil((side - BLOCK) / STEP)).round().astype(int)


def _cut_blocks(field: np.ndarray) -> list[np.ndarray]:
    rows, columns = (_starts(side) for side in field.shape[:2])
    return [field[row:row + BLOCK, column:column + BLOCK] for row in rows for column in columns]


def _block_centres(rows: int, columns: int) -> np.ndarray:
    """(N, 2) as x, y from the middle of the picture."""
    return np.array([(column + BLOCK / 2 - columns / 2, row + BLOCK / 2 - rows / 2)
                     for row in _starts(rows) for column in _starts(columns)], np.float32)


def _displaced(field: np.ndarray, x: int, y: int) -> np.ndarray:
    """The field moved by whole pixels; nothing comes in from outside."""
    rows, columns = field.shape[:2]
    result = np.zeros_like(field)
    if abs(x) < columns and abs(y) < rows:
        result[max(0, y):rows + min(0, y), max(0, x):columns + min(0, x)] = \
            field[max(0, -y):rows + min(0, -y), max(0, -x):columns + min(0, -x)]
    return result


def _vertex(left: float, middle: float, right: float) -> float:
    """Where between -0.5 and 0.5 the parabola through three neighbouring values is highest."""
    curvature = min(left - 2.0 * middle + right, -TINY)
    return min(max(0.5 * (left - right) / curvature, -0.5), 0.5)


def _common_movement(places: np.ndarray, offsets: np.ndarray, weights: np.ndarray) -> tuple[float, float, float, float]:
    """The shift (x, y), the angle in radians, and the weight of the blocks which agree on them.

    Every pair of blocks proposes a movement; the one that most blocks agree on is then fitted to all of those.
    """
    first, second = np.triu_indices(len(places), k=1)
    between, apart = places[second] - places[first], offsets[second] - offsets[first]
    squared = (between ** 2).sum(axis=1)
    angles = (between[:, 0] * apart[:, 1] - between[:, 1] * apart[:, 0]) / squared
    turned = np.stack([-places[:, 1], places[:, 0]], axis=1)
    shifts = offsets[first] - angles[:, None] * turned[first]
    # A block alone proposes a shift without rotation.
    angles = np.concatenate([np.zeros(len(places), np.float32), angles])
    shifts = np.concatenate([offsets, shifts])
    # One axis after the other: short arrays of three axes take NumPy four times as long.
    apart_x, apart_y = (offsets[:, axis] - shifts[:, axis, None] - angles[:, None] * turned[:, axis] for axis in (0, 1))
    agreeing = apart_x * apart_x + apart_y * apart_y <= AGREEMENT ** 2
    support = agreeing.astype(np.float32) @ weights
    inside = agreeing[int(support.argmax())] & (weights > 0)
    if inside.sum() < 2:
        return float(shifts[support.argmax(), 0]), float(shifts[support.argmax(), 1]), 0.0, float(support.max())
    root = np.sqrt(weights[inside])
    count = int(inside.sum())
    design = np.zeros((2 * count, 3))
    design[:count, 0] = design[count:, 1] = root
    design[:count, 2], design[count:, 2] = root * turned[inside, 0], root * turned[inside, 1]
    target = np.concatenate([root * offsets[inside, 0], root * offsets[inside, 1]])
    dx, dy, angle = np.linalg.lstsq(design, target, rcond=None)[0]
    return float(dx), float(dy), float(angle), float(weights[inside].sum())
