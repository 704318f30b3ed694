"""Everything that is thought about one picture, in order: the monitor and replay both go this way.

Is the camera telling the truth? -> what does the picture show? -> is it there to stay? -> who has to be told?
"""

from __future__ import annotations

from dataclasses import dataclass

from src.alarm import Alarm, Decision
from src.camera_diagnosis import diagnose
from src.camera_health import CameraHealth, HealthNotice
from src.camera_statistics import FrameStatistics, TrainedView, measure
from src.detection import Detector, Judgement
from src.frame import Frame
from src.incident import IncidentTracker
from src.lighting import Lighting
from src.pace import Arrival, Pace
from src.preprocess import crop_roi
from src.registration import align


# A picture is moved back only when at least this share of the trained structure agrees on the shift: nudged benches
# have 0.96 and more. Where half of the view is flooded the shift is a guess, and a wrong one draws new edges everywhere.
CLEAR_SHIFT = 0.5
# A standstill of the PC that is shorter than this, or a picture that comes a little late, does not end a run.
LEAST_RUN_BREAK_SECONDS = 15.0


@dataclass(frozen=True)
class Look:
    """What came of one picture.

    judgement: what it shows. decision: what follows, None while the camera is blind.
    blind: the kind of camera problem that makes the picture worthless, None when it can be trusted.
    health: what there is to tell about the camera. lighting: "lighting_change", "lighting_normal" or None.
    arrival: what its coming says about the pace of the pictures.
    """

    judgement: Judgement
    decision: Decision | None
    blind: str | None
    health: tuple[HealthNotice, ...]
    lighting: str | None
    arrival: Arrival


class Watch:
    """The chain of judgement for one camera. Its state is the alarm, the camera health, the pace and the light."""

    def __init__(self, detector: Detector, view: TrainedView, health: CameraHealth, alarm: Alarm, pace: Pace,
                 moved_percent: float) -> None:
        self._detector = detector
        self._view = view
        self._health = health
        self._alarm = alarm
        self._pace = pace
        self._moved_percent = moved_percent
        self._lighting = Lighting()

    @property
    def blind(self) -> str | None:
        """The kind of camera problem because of which nobody watches at present, None when somebody does."""
        return self._health.blind

    @property
    def incidents(self) -> IncidentTracker:
        """The incident that is open, if any."""
        return self._alarm.incidents

    def interrupted(self) -> None:
        """There was a break in the watch: pictures before and after it are not one run."""
        self._alarm.pause()
        self._pace.interrupted()

    def renew(self, detector: Detector, view: TrainedView) -> None:
        """Judge with another model from now on. What the former one saw is not one run with what this one sees."""
        self._detector, self._view = detector, view
        self._alarm.pause()

    def look(self, frame: Frame) -> Look:
        """Judge a camera picture. Raises UserError when the ROI does not fit it."""
        judgement, statistics = self._judge(frame)
        health = tuple(self._health.update(statistics, frame.now_seconds))
        arrival = self._pace.update(frame.now_seconds)
        blind = self._health.blind
        if blind is not None or (arrival.gap_seconds or 0.0) > LEAST_RUN_BREAK_SECONDS:
            # What was seen before and what is seen afterwards are not one run of pictures.
            self._alarm.pause()
        if blind is not None:
            return Look(judgement, None, blind, health, None, arrival)
        decision = self._alarm.update(judgement.verdict, frame.now_seconds, frame.captured_at)
        lighting = self._lighting.update(judgement.verdict.lighting_change)
        return Look(judgement, decision, None, health, lighting, arrival)

    def look_alone(self, frame: Frame) -> tuple[Judgement, str | None]:
        """Judge a picture without any memory; with the camera problem seen in it, None when it can be trusted."""
        judgement, statistics = self._judge(frame)
        return judgement, diagnose(statistics)

    def no_picture(self, now_seconds: float, reason: str, failed: bool) -> tuple[HealthNotice, ...]:
        """The camera delivered nothing that can be judged, for this reason; what there is to tell.

        failed: it said that it cannot, or what came is of no use. One that only says nothing may be slow and is waited
        for: when its next picture is overdue, or it is named lost, nobody can see.
        """
        overdue = failed or self._pace.overdue(now_seconds)
        health = tuple(self._health.update(None, now_seconds, reason, overdue))
        if self._health.blind is not None:
            self._alarm.pause()
        return health

    def _judge(self, frame: Frame) -> tuple[Judgement, FrameStatistics]:
        cropped = crop_roi(frame.image, self._detector.roi)
        statistics = measure(cropped, self._view, frame.image.shape[:2])
        shift = statistics.shift
        limit = self._moved_percent / 100.0 * statistics.longer_side
        if statistics.recognised and shift.confidence >= CLEAR_SHIFT and shift.pixels >= limit:
            # A nudged camera shows new edges everywhere. Moved back, what is left is what is really new.
            cropped = align(cropped, shift)
        return self._detector.judge_cropped(cropped), statistics
