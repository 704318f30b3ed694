"""What the detector says of one picture."""

from __future__ import annotations

from dataclasses import dataclass

from src.blobs import Spot


@dataclass(frozen=True)
class Verdict:
    """The judgement of one picture.

    score, score_threshold: trigger A fires when the score is above the threshold.
    largest_blob_area, blob_area_threshold: pixels of the scored picture; trigger B fires at or above it.
    triggers: of "score" and "blob"; empty means normal.
    spot: the largest spot, None when nothing stands out.
    lighting_change: the whole picture is lit as never in training.
    """

    score: float
    score_threshold: float
    largest_blob_area: int
    blob_area_threshold: int
    triggers: tuple[str, ...]
    spot: Spot | None
    lighting_change: bool

    @property
    def anomalous(self) -> bool:
        return bool(self.triggers)
