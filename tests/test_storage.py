"""Room on the disk."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from src.config import StorageSettings
from src.storage import DiskWatch, EvidenceFile, Storage, surplus_events

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone(timedelta(hours=1)))
MB = 1_000_000


def event(day, incident=None, keep=False, megabytes=100):
    """Two pictures of an event at noon of that day in November."""
    event_id = f"202611{day:02d}_120000_000"
    incident = incident or event_id[:15]
    mark = "_keep" if keep else ""
    return [
        EvidenceFile(f"anomaly_{event_id}_incident_{incident}.jpg", megabytes * MB // 2),
        EvidenceFile(f"panel_{event_id}_incident_{incident}{mark}.jpg", megabytes * MB // 2),
    ]


def days_removed(events, gigabytes=20.0, keep_days=90.0, other_bytes=0):
    settings = StorageSettings(max_gigabytes=gigabytes, keep_days=keep_days)
    files = [file for files in events for file in files]
    return [
        int(found[0].name.split("_")[1][6:8]) for found in surplus_events(files, other_bytes, settings, NOW)
    ]


def test_while_there_is_room_nothing_goes():
    assert days_removed([event(day) for day in range(1, 20)]) == []


def test_over_the_budget_the_oldest_events_go_first_and_no_more_than_needed():
    assert days_removed([event(day) for day in (3, 1, 2, 5, 4)], gigabytes=0.25) == [1, 2, 3]


def test_normal_pictures_and_logs_count_but_only_evidence_goes():
    assert days_removed([event(1), event(2), event(3)], gigabytes=0.5, other_bytes=300 * MB) == [1]


def test_old_events_go_although_there_is_room():
    assert days_removed([event(day) for day in (1, 10, 20, 22)], keep_days=7) == [1, 10]


def test_the_newest_incident_stays_with_all_its_events():
    last_night = [event(21, "20261121_030000"), event(22, "20261121_030000"), event(23, "20261121_030000")]
    assert days_removed([event(1), *last_night], gigabytes=0.01) == [1]


def test_what_is_marked_keep_stays():
    assert days_removed([event(1, keep=True), event(2), event(3)], gigabytes=0.01, keep_days=1) == [2]


def test_files_with_other_names_are_nobodys_business(tmp_path):
    files = [
        EvidenceFile(name, 10**12)
        for name in ("my holiday.jpg", "anomaly_.jpg", "anomaly_2026.jpg", "keep.txt")
    ]
    assert surplus_events(files, 0, StorageSettings(), NOW) == []


def test_the_folder_is_cleaned_for_real(tmp_path):
    evidence, logs = tmp_path / "anomalies", tmp_path / "logs"
    evidence.mkdir()
    logs.mkdir()
    (logs / "events.jsonl").write_bytes(b"x" * 2000)
    for day in (1, 2, 3):
        for file in event(day):
            (evidence / file.name).write_bytes(b"x" * 1000)
    (evidence / "notes.txt").write_text("mine")
    done = Storage(evidence, [logs], StorageSettings(max_gigabytes=5e-6, keep_days=90)).clean(NOW)
    assert (done.removed_events, done.freed_bytes, done.over_budget_bytes) == (2, 4000, 0)
    assert sorted(path.name for path in evidence.iterdir()) == sorted(
        [*(file.name for file in event(3)), "notes.txt"]
    )


def test_a_budget_that_cannot_be_kept_is_reported(tmp_path):
    (tmp_path / event(3)[0].name).write_bytes(b"x" * 1000)
    done = Storage(tmp_path, [tmp_path / "missing"], StorageSettings(max_gigabytes=4e-7)).clean(NOW)
    assert (done.removed_events, done.over_budget_bytes) == (0, 600)


def test_the_free_space_is_known_even_before_the_folder_is_made(tmp_path):
    assert Storage(tmp_path / "not" / "yet", [], StorageSettings()).free_bytes() > 0


@pytest.mark.parametrize(
    ("megabytes_free", "said"),
    [
        ([5000, 3000, 1001], [None, None, None]),
        ([5000, 999, 998, 1100, 1300], [None, "low", None, None, "ok"]),
        ([5000, 199, 150, 230, 300, 5000], [None, "full", None, None, "low", "ok"]),
        ([100, 5000], ["full", "ok"]),
    ],
)
def test_the_disk_is_reported_when_it_changes_and_does_not_flutter(megabytes_free, said):
    watch = DiskWatch()
    assert [watch.update(megabytes * MB) for megabytes in megabytes_free] == said


def test_pictures_stop_only_when_the_disk_is_full():
    watch = DiskWatch()
    watch.update(999 * MB)
    assert watch.pictures_allowed
    watch.update(199 * MB)
    assert not watch.pictures_allowed
