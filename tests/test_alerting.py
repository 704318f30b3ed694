"""What is told and written down about a leak."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from src.alerting import Alerting
from src.blobs import Spot
from src.config import MonitorSettings, RoiSettings
from src.detection import Judgement, Verdict
from src.event_kinds import typed
from src.event_log import EventLog, read_events
from src.evidence import Evidence
from src.frame import Frame
from src.incident import IncidentNotice

OLD = Spot(area_pixels=600, area_percent=1.5, left=0.1, top=0.1, width=0.3, height=0.3)
NEW = Spot(area_pixels=60, area_percent=0.15, left=0.8, top=0.8, width=0.1, height=0.1)


class NotingOutbox:
    """Writes down what is queued."""

    channels = ("slack", "email")

    def __init__(self) -> None:
        self.queued: list[tuple[str, bytes | None]] = []

    def queue(self, text, picture=None) -> str:
        self.queued.append((text.subject, picture))
        return "1"


@pytest.fixture
def told(tmp_path, clock):
    """Tells of a leak elsewhere while the older spot is the strongest: (subject, panel, events)."""
    outbox = NotingOutbox()
    alerting = Alerting(outbox, Evidence(tmp_path / "anomalies", MonitorSettings()), EventLog(tmp_path / "logs", clock),
                        RoiSettings(), clock, lambda line: None)
    picture = np.full((480, 640, 3), 90, np.uint8)
    verdict = Verdict(score=2.0, score_threshold=1.0, largest_blob_area=600, blob_area_threshold=16,
                      triggers=("score", "blob"), spot=OLD, lighting_change=False, spots=(OLD, NEW))
    judgement = Judgement(verdict, picture, picture, np.zeros((480, 640), np.float32))

    def tell(**changes):
        notice = IncidentNotice("elsewhere", "20261123_030000", clock.now(), 900.0, 0.15, 1.0, 1.5, False, NEW)
        alerting.leak(replace(notice, **changes), Frame(picture, 0, clock.now(), 0.0), judgement)
        return *outbox.queued[-1], list(read_events(tmp_path / "logs"))

    return tell


def test_a_leak_elsewhere_is_told_with_its_own_place_and_area(told):
    subject, _, events = told()
    assert subject == "POSSIBLE LEAK AT ANOTHER PLACE: in the lower right, 0.15 percent of the area"
    alert, incident = events
    assert (alert["event"], alert["kind"], alert["area_percent"]) == ("alert", "elsewhere", 0.15)
    assert alert["place"] == pytest.approx([0.8, 0.8, 0.9, 0.9])
    assert (incident["event"], incident["area_percent"]) == ("incident_elsewhere", 0.15)
    assert alert["channels"] == ["slack", "email"]
    assert typed(events)[1] == 0


def decoded(picture: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR).astype(int)


def test_the_panel_outlines_the_spot_that_the_message_speaks_of(told):
    new, old = (decoded(told(spot=spot)[1]) for spot in (NEW, OLD))
    height, width = new.shape[:2]
    changed = np.abs(new - old).max(axis=2) > 60
    first_tile = changed[:, :width // 3]
    assert first_tile[:height // 2].any() and first_tile[height // 2:].any()


def test_without_a_single_spot_the_place_is_everywhere(told):
    assert told(kind="opened", spot=None)[2][0]["place"] == [0.0, 0.0, 1.0, 1.0]
