from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.coverage import BLIND, GAP
from src.period import Period
from src.summary import DaySummary, summarize
from src.summary_json import as_json
from src.summary_page import markdown

ZONE = timezone(timedelta(hours=1))
EVENING = datetime(2026, 11, 22, 18, 0, tzinfo=ZONE)
PERIOD = Period(EVENING, EVENING + timedelta(hours=14), "2026-11-23_night", "The night")
MORNING = PERIOD.end


def line(hours: float, event: str, **fields: object) -> dict[str, object]:
    return {"time": (EVENING + timedelta(hours=hours)).isoformat(), "event": event, **fields}


def night(*extra: dict[str, object], first: float = 0.0, last: float = 14.0) -> list[dict[str, object]]:
    """A monitor that was started at `first` and gave a heartbeat a minute until `last`."""
    minutes = range(int(first * 60) + 1, int(last * 60) + 1)
    return [
        line(first, "monitor_started", mode="MONITOR"),
        *(
            line(minute / 60, "heartbeat", frames=60, score_max=0.1, score_threshold=0.5, state="watching")
            for minute in minutes
        ),
        *extra,
    ]


def alert(hours: float, incident: str = "i1", **changes: object) -> dict[str, object]:
    fields: dict[str, object] = {
        "event_id": f"e{hours}",
        "incident_id": incident,
        "score": 0.9,
        "score_threshold": 0.5,
        "largest_blob_area": 50,
        "blob_area_threshold": 20,
        "triggers": ["blob"],
        "area_percent": 0.2,
        "growing": False,
        "evidence": [f"panel_{incident}.jpg"],
    }
    return line(hours, "alert", **{**fields, **changes})


def sum_up(*lines: dict[str, object], now: datetime = MORNING) -> DaySummary:
    return summarize(lines, PERIOD, now, heartbeat_seconds=60)


def test_a_quiet_night():
    summary = sum_up(*night())
    assert summary.coverage_percent == 100.0
    assert summary.watched_seconds == 14 * 3600
    assert (summary.alerts, summary.incidents, summary.messages, summary.undelivered) == ((), (), 0, ())
    assert summary.frames == 60 * (14 * 60 - 1)  # the heartbeat at the very end belongs to the next stretch


def test_an_empty_log_has_no_coverage_rather_than_a_full_one():
    assert sum_up().coverage_percent is None


def test_only_the_time_that_has_passed_is_judged():
    summary = sum_up(*night(last=2.0), now=EVENING + timedelta(hours=2))
    assert summary.coverage_percent == 100.0
    assert summary.armed_seconds == 2 * 3600


def test_coverage_is_of_the_armed_time():
    summary = sum_up(*night(first=4.0, last=13.0))
    assert summary.armed_seconds == 10 * 3600
    assert summary.coverage_percent == pytest.approx(90.0)
    assert [part.seconds for part in summary.of_kind(GAP)] == [3600]


def test_the_alerts_of_one_leak_are_one_incident():
    summary = sum_up(
        *night(
            alert(9.0),
            alert(9.5, area_percent=0.6, growing=True, triggers=["score", "blob"]),
            line(10.0, "incident_resolved", incident_id="i1", minutes=60.0),
            alert(12.0, "i2"),
        )
    )
    first, second = summary.incidents
    assert (first.alerts, first.minutes, first.largest_area_percent, first.growing) == (2, 60.0, 0.6, True)
    assert first.triggers == ("blob", "score")
    assert first.evidence == ("panel_i1.jpg", "panel_i1.jpg")
    assert (second.incident_id, second.minutes) == ("i2", None)
    assert len(summary.alerts) == 3


def test_the_largest_spot_is_the_largest_that_was_seen_and_not_only_what_the_alerts_told():
    def beat(hours: float, area_percent: float | None, incident: str | None = "i1") -> dict[str, object]:
        return line(hours, "heartbeat", frames=60, score_max=0.9, score_threshold=0.5, state="watching",
                    incident_id=incident, largest_area_percent=area_percent)

    (open_leak,) = sum_up(*night(alert(9.0), beat(9.1, 0.4), beat(9.2, 0.83), beat(9.3, None, None))).incidents
    assert (open_leak.largest_area_percent, open_leak.growing) == (0.83, True)
    over = line(10.0, "incident_resolved", incident_id="i1", minutes=60.0, largest_area_percent=1.2)
    (leak,) = sum_up(*night(alert(9.0), beat(9.2, 0.83), over)).incidents
    assert (leak.largest_area_percent, leak.minutes) == (1.2, 60.0)


def test_a_spot_that_wavers_a_little_and_a_larger_one_elsewhere_are_no_growth():
    wavers = line(10.0, "incident_resolved", incident_id="i1", minutes=60.0, largest_area_percent=0.22)
    elsewhere = line(10.0, "incident_resolved", incident_id="i1", minutes=60.0, largest_area_percent=0.9)
    assert not sum_up(*night(alert(9.0, kind="opened"), wavers)).incidents[0].growing
    alerts = alert(9.0, kind="opened"), alert(9.1, kind="elsewhere", area_percent=0.9)
    assert not sum_up(*night(*alerts, elsewhere)).incidents[0].growing


def test_a_leak_from_before_is_shown_while_it_is_open_and_not_after():
    open_at_first = night(alert(-2.0), line(1.0, "incident_resolved", incident_id="i1", minutes=180.0))
    over_before = night(alert(-5.0), line(-4.0, "incident_resolved", incident_id="i1", minutes=60.0))
    assert [incident.minutes for incident in sum_up(*open_at_first).incidents] == [180.0]
    assert sum_up(*over_before).incidents == ()


def delivery(hours: float, event: str, channel: str = "slack", **fields: object) -> dict[str, object]:
    subject = {"subject": "POSSIBLE LEAK"} if event == "notify_queued" else {}
    return line(hours, event, message_id="m1", channel=channel, **subject, **fields)


def test_a_message_that_arrived_after_retries_is_delivered():
    summary = sum_up(
        *night(
            delivery(9, "notify_queued"),
            delivery(9.1, "notify_error", reason="timeout", permanent=False),
            delivery(9.2, "notify_sent"),
        )
    )
    assert (summary.messages, summary.failed_attempts, summary.undelivered) == (1, 1, ())


def test_a_message_that_arrived_only_after_the_day_was_over_is_delivered():
    summary = sum_up(
        *night(delivery(13.9, "notify_queued"), delivery(15, "notify_sent")),
        now=EVENING + timedelta(hours=16),
    )
    assert summary.undelivered == ()


def test_each_channel_is_counted_by_itself():
    summary = sum_up(
        *night(
            delivery(9, "notify_queued"),
            delivery(9, "notify_queued", "email"),
            delivery(9.1, "notify_sent"),
            delivery(9.1, "notify_error", "email", reason="wrong password", permanent=True),
        )
    )
    (message,) = summary.undelivered
    assert (message.channel, message.reason, message.given_up) == ("email", "wrong password", True)
    assert summary.messages == 2


def test_the_score_of_each_hour_is_its_highest():
    summary = sum_up(
        *night(
            line(2.5, "heartbeat", frames=30, score_max=0.4, score_threshold=0.5, state="watching"),
            line(3.5, "heartbeat", frames=0, score_max=None, state="watching"),
        )
    )
    assert len(summary.hours) == 14
    assert summary.hours[2].score_max == 0.4
    assert summary.hours[2].hour == EVENING + timedelta(hours=2)


def test_the_hour_that_daylight_saving_repeats_is_there_twice():
    beats = [
        {"time": text, "event": "heartbeat", "frames": 60, "score_max": 0.1, "state": "watching"}
        for text in ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00")
    ]
    period = Period(
        datetime.fromisoformat("2026-10-25T00:00:00+02:00"),
        datetime.fromisoformat("2026-10-26T00:00:00+01:00"),
        "2026-10-25",
        "The day",
    )
    summary = summarize(beats, period, period.end, heartbeat_seconds=60)
    assert [score.hour.isoformat() for score in summary.hours] == [
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:00:00+01:00",
    ]


def test_light_that_never_came_back_lasts_to_the_end():
    summary = sum_up(
        *night(
            line(1, "lighting_change"),
            line(1.5, "lighting_change"),
            line(2, "lighting_normal"),
            line(13, "lighting_change"),
        )
    )
    assert [part.seconds for part in summary.lighting_changes] == [3600, 3600]


def test_camera_problems_are_blind_time():
    summary = sum_up(
        *night(
            line(5, "camera_problem", kind="covered", text="t"),
            line(6, "camera_recovered", kind="covered", seconds=3600),
        )
    )
    assert [(part.reason, part.seconds) for part in summary.of_kind(BLIND)] == [("camera covered", 3600)]


def test_lines_that_make_no_sense_are_counted_and_the_rest_is_used():
    summary = sum_up(
        *night(
            {"time": EVENING.isoformat(), "event": "alert"},
            {"time": 7, "event": ["x"]},
            line(1, "heartbeat", frames=-1, score_max=0.1, state="watching"),
            line(1, "heartbeat", frames=1, score_max=float("nan"), state="watching"),
        )
    )
    assert summary.unreadable_lines == 4
    assert summary.coverage_percent == 100.0


def test_all_kinds_of_events_are_counted():
    counts = sum_up(*night(line(1, "disk_low"), line(2, "disk_low"), line(20, "disk_low"))).event_counts
    assert counts["disk_low"] == 2
    assert counts["monitor_started"] == 1


def test_a_fault_in_every_picture_is_one_line_with_a_count():
    faults = [
        line(1 + number / 3600, "frame_error", text="Traceback:\n  line 7\nKeyError: 'x'\n")
        for number in range(600)
    ]
    restart = line(5, "monitor_restarted", text="it gave no sign of life for 60 s", exit_code=3)
    lines = sum_up(*night(*faults, restart)).troubles
    assert [(trouble.times, trouble.text) for trouble in lines] == [
        (600, "KeyError: 'x'"),
        (1, "it gave no sign of life for 60 s"),
    ]


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.lists(st.integers())
)
FIELDS = (
    "frames score_max score_threshold state mode reason kind seconds text event_id incident_id score "
    "area_percent largest_area_percent growing triggers evidence minutes message_id channel subject permanent"
).split()
NAMES = (
    "monitor_started monitor_stopped mode_changed heartbeat alert incident_resolved camera_problem "
    "camera_recovered lighting_change lighting_normal watch_gap notify_queued notify_sent "
    "notify_error frame_error anything"
).split()
ODD_LINES = st.builds(
    lambda hours, name, fields: line(hours, name, **fields),
    st.floats(-30, 30),
    st.sampled_from(NAMES),
    st.dictionaries(st.sampled_from(FIELDS), JUNK),
)
ANY_LINES = st.one_of(ODD_LINES, st.dictionaries(st.sampled_from(["time", "event", *FIELDS]), JUNK))


@given(st.lists(ANY_LINES, max_size=12))
def test_no_line_in_the_log_can_stop_the_summary(lines):
    summary = sum_up(*night(*lines))
    assert 0.0 <= summary.coverage_percent <= 100.0
    markdown(summary, "scores.png", lambda name: name)
    json.dumps(as_json(summary), allow_nan=False)
