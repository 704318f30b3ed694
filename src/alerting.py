"""What is told and written down, in order of importance: the message first, then the pictures, then the log."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from datetime import timedelta

from src.camera_health import HealthNotice
from src.clock import Clock
from src.config import RoiSettings
from src.event_log import EventLog
from src.evidence import Evidence, EventPictures, EvidenceError, event_id_of
from src.frame import Frame
from src.image_files import encode_jpg
from src.incident import IncidentNotice
from src.messages import (
    MessageText, camera_problem, camera_recovered, camera_reminder, disk_full, disk_low, disk_ok, incident_message,
)
from src.outbox import Outbox
from src.panels import Caption, evidence_panel, heatmap
from src.places import place_of
from src.preprocess import crop_roi
from src.storage import DiskWatch
from src.detection import Judgement

DISK_MESSAGES = {"low": disk_low, "full": disk_full, "ok": disk_ok}


class Alerting:
    """Tells people, keeps evidence, writes the log. Nothing that fails here ends the watch.

    say: shows a line to the user.
    """

    def __init__(self, outbox: Outbox, evidence: Evidence, log: EventLog, roi: RoiSettings, clock: Clock,
                 say: Callable[[str], None]) -> None:
        self._outbox = outbox
        self._evidence = evidence
        self._log = log
        self._roi = roi
        self._clock = clock
        self._say = say
        self._disk = DiskWatch()

    def log(self, event: str, **fields: object) -> None:
        """Write an event. A full disk is said on the console, for the log is where it cannot be said."""
        try:
            self._log.append(event, **fields)
        except OSError as error:
            self._say(f"The event {event} could not be written to the log: {error.strerror}. Free some disk space.")

    def tell(self, message: MessageText) -> None:
        """Send a message through every channel, and show its first line."""
        self._outbox.queue(message)
        self._say(f"{self._clock.now():%H:%M:%S} {message.subject}")

    def leak(self, notice: IncidentNotice, frame: Frame, judgement: Judgement) -> None:
        """A leak was decided: queue the alert, save the evidence, write the log."""
        event_id = event_id_of(self._clock.now())
        verdict = judgement.verdict
        panel = self._panel(frame, judgement, notice)
        message = incident_message(notice, event_id, verdict.lighting_change)
        self._outbox.queue(message, panel)
        self._say(f"{self._clock.now():%H:%M:%S} {message.subject}")
        pictures = EventPictures(frame.image, judgement.reconstruction, heatmap(judgement.error_map),
                                 judgement.picture, panel)
        names = self._keep(lambda: self._evidence.save(event_id, notice.incident_id, pictures))
        self.log(
            "alert", event_id=event_id, incident_id=notice.incident_id, score=verdict.score,
            score_threshold=verdict.score_threshold, largest_blob_area=verdict.largest_blob_area,
            blob_area_threshold=verdict.blob_area_threshold, triggers=verdict.triggers,
            kind=notice.kind, area_percent=notice.area_percent, place=place_of(notice.spot), growing=notice.growing,
            new_light=verdict.lighting_change, channels=self._outbox.channels, evidence=names)
        self.log(f"incident_{notice.kind}", incident_id=notice.incident_id, area_percent=notice.area_percent,
                 minutes=notice.seconds_open / 60.0)

    def resolved(self, notice: IncidentNotice) -> None:
        """An incident is over."""
        self.tell(incident_message(notice, event_id_of(self._clock.now())))
        self.log("incident_resolved", incident_id=notice.incident_id, minutes=notice.seconds_open / 60.0,
                 largest_area_percent=notice.largest_area_percent)

    def remember(self, frame: Frame) -> None:
        """Keep the picture as context for the next event, and of the one before."""
        self._keep(lambda: self._evidence.remember(frame.image))

    def camera(self, notice: HealthNotice) -> None:
        """The camera has a problem, still has it, or is well again."""
        now = self._clock.now()
        since = now - timedelta(seconds=notice.seconds)
        if notice.happened == "recovered":
            self.tell(camera_recovered(notice.kind, notice.seconds))
            self.log("camera_recovered", kind=notice.kind, seconds=notice.seconds)
            return
        if notice.happened == "started":
            message = camera_problem(notice.kind, notice.detail, since)
        else:
            message = camera_reminder(notice.kind, notice.detail, since, notice.seconds)
        self.tell(message)
        # The window may be all there is: when no channel works, what stands only in the message reaches nobody.
        self._say(" ".join(message.text.split("\n\n")[1:]))
        self.log("camera_problem", kind=notice.kind, text=f"{message.subject}. {notice.detail}".strip())

    def disk(self, free_bytes: int) -> None:
        """Take in how much room the disk has; say so when it gets low, full, or is fine again."""
        changed = self._disk.update(free_bytes)
        if changed is not None:
            self.tell(DISK_MESSAGES[changed](free_bytes))
            self.log(f"disk_{changed}", free_bytes=free_bytes)

    def _panel(self, frame: Frame, judgement: Judgement, notice: IncidentNotice) -> bytes | None:
        """The side-by-side picture as a JPEG file, with the spot and the area that the message speaks of."""
        verdict = judgement.verdict
        caption = Caption(frame.captured_at, verdict.score, verdict.score_threshold, notice.area_percent)
        try:
            return encode_jpg(evidence_panel(crop_roi(frame.image, self._roi), judgement.reconstruction,
                                             judgement.error_map, notice.spot, caption))
        except Exception:  # a guard: an alert without a picture is better than none
            self.log("frame_error", text=traceback.format_exc())
            return None

    def _keep(self, save: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
        """Save pictures; the names of those that were saved. A failure is said and written down."""
        if not self._disk.pictures_allowed:
            return ()
        try:
            return save()
        except EvidenceError as error:
            self._say(str(error))
            self.log("evidence_error", text=str(error))
            return error.names
