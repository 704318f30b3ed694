"""What makes one picture useless for finding leaks.

A dim, noisy night with the camera's gain turned up is not blindness, and neither are a light that is switched off,
an arm or a large puddle: in all of them most of the trained scene is still visible.
"""

from __future__ import annotations

from src.camera_statistics import FrameStatistics

LOST, FROZEN, BLACK, OVEREXPOSED = "lost", "frozen", "black", "overexposed"
COVERED, BLURRED, MOVED, RESIZED = "covered", "blurred", "moved", "resized"
# The cause first: a picture of another size may well be one of something else, too.
KINDS = (LOST, FROZEN, BLACK, OVEREXPOSED, COVERED, RESIZED, BLURRED, MOVED)
UNUSABLE = frozenset({BLACK, OVEREXPOSED, COVERED})   # a single such picture cannot be judged

# Chosen on recorded footage of five scenes; the extremes of the good pictures are given.
OVEREXPOSED_PERCENT = 50.0  # share of burnt-out pixels; a light being switched on reaches 28, a bright sky 7
NEARLY_BLACK = 12.0         # grey level that the brightest parts stay below; a lab at night reaches 160
DARK = 60.0                 # the same for a picture in which nothing is recognised
FLAT_CONTRAST = 2.5         # grey levels of structure; scenes have 15 and more, a covered lens below 2.5
FLAT_SHARE = 0.3            # or below this share of the contrast in training; a dim night has 0.7
STRONG_NOISE = 6.0          # grey levels; 3 at night, 16 and more when a camera sees nothing but its own noise
NOISE_MARGIN = 1.5          # structure must exceed what noise alone would leave by this factor
BLURRED_SHARE = 0.4         # sharpness left; 0.5 is the least of all good pictures


def diagnose(statistics: FrameStatistics) -> str | None:
    """What makes this one picture useless: one of black, overexposed, covered, blurred or moved; else None.

    "moved" here means that something else is visible than in training; small movements are not seen here.
    """
    if statistics.burnt_out_percent >= OVEREXPOSED_PERCENT:
        return OVEREXPOSED
    if statistics.brightest < NEARLY_BLACK:
        return BLACK
    if statistics.recognised:
        return BLURRED if statistics.sharpness < BLURRED_SHARE else None
    flat = statistics.contrast < FLAT_CONTRAST
    if statistics.shift is not None:
        flat = statistics.contrast_share < FLAT_SHARE
    only_noise = (statistics.noise >= STRONG_NOISE
                  and statistics.contrast < NOISE_MARGIN * statistics.noise / 4.0)
    if only_noise or (flat and statistics.brightest < DARK):
        return BLACK
    if flat:
        return COVERED
    if statistics.shift is None:
        return None
    return BLURRED if statistics.sharpness < BLURRED_SHARE else MOVED


def in_pixels(camera: tuple[int, int]) -> str:
    """The size of a picture, (rows, columns), in words."""
    return f"{camera[1]} x {camera[0]} pixels"


def detail_of(kind: str, statistics: FrameStatistics | None, reason: str, shift_pixels: float) -> str:
    """A sentence with figures about a problem of this kind, "" when there are none."""
    if kind == LOST:
        return reason
    if kind == FROZEN or statistics is None:
        return ""
    if kind == RESIZED:
        return f"They are {in_pixels(statistics.camera)} instead of {in_pixels(statistics.trained_camera)}."
    if kind == MOVED and not statistics.recognised:
        return "Something else is visible than in training."
    return {
        BLACK: f"Mean brightness {statistics.brightness:.0f} of 255.",
        OVEREXPOSED: f"{statistics.burnt_out_percent:.0f} percent of the picture are pure white.",
        COVERED: f"Mean brightness {statistics.brightness:.0f} of 255, hardly any edges.",
        BLURRED: f"{100 * (statistics.sharpness or 0):.0f} percent of the trained sharpness are left.",
        MOVED: f"The picture is shifted by {shift_pixels:.1f} pixels against the training.",
    }[kind]
