"""The open incident survives a restart, and a damaged file costs no watch."""

from __future__ import annotations

from datetime import timedelta

import pytest

from src.blobs import Spot
from src.config import MonitorSettings
from src.incident import IncidentTracker
from src.incident_file import IncidentFile

SETTINGS = MonitorSettings()
SPOT = Spot(60, 0.5, 0.4, 0.4, 0.1, 0.1)


def test_without_a_file_all_is_quiet(tmp_path, clock):
    assert IncidentFile(tmp_path).restore(SETTINGS, 0.0, clock.now()).incident_id is None


def test_an_open_incident_comes_back_as_it_was(tmp_path, clock):
    tracker = IncidentTracker(SETTINGS)
    notice = tracker.update(True, True, SPOT, (), 5.0, clock.now())
    IncidentFile(tmp_path / "state").save(tracker.to_state())
    later = clock.now() + timedelta(minutes=2)
    restored = IncidentFile(tmp_path / "state").restore(SETTINGS, 7.0, later)
    assert restored.incident_id == notice.incident_id and restored.opened_at == notice.opened_at
    assert restored.to_state() == tracker.to_state()
    assert restored.update(True, True, SPOT, (SPOT,), 8.0, later) is None


@pytest.mark.parametrize("content", [
    b"", b"{", b"[]", b"null", b"\xff\xfe\x00\x01", b'{"open": null}',
    b'{"open": {"incident_id": 7}, "last_alert_at": "yesterday", "last_alert_area_percent": -1}',
])
def test_a_damaged_file_counts_as_none(tmp_path, clock, content):
    (tmp_path / "incident.json").write_bytes(content)
    assert IncidentFile(tmp_path).restore(SETTINGS, 0.0, clock.now()).incident_id is None
