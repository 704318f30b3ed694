from __future__ import annotations

import json
from datetime import timedelta

import pytest

from src.summary_json import as_json
from src.summary_page import markdown, percent, sentence
from tests.test_summary import EVENING, alert, delivery, line, night, sum_up


def page(*lines: dict[str, object]) -> str:
    return markdown(sum_up(*lines), "scores.png", lambda name: f"../{name}")


def test_the_first_sentence_of_a_good_night():
    summary = sum_up(
        *night(
            alert(9.25),
            delivery(9.25, "notify_queued"),
            delivery(9.26, "notify_sent"),
            line(10, "incident_resolved", incident_id="i1", minutes=45),
            first=0.5,
        )
    )
    assert sentence(summary) == (
        "Watched 100 % of the 13 h 30 min it was armed, 1 leak alert at 03:15, " "everything delivered."
    )


def test_the_first_sentence_of_a_bad_night():
    summary = sum_up(*night(alert(9.0), alert(10.0, "i2"), delivery(9, "notify_queued"), last=12.0))
    assert sentence(summary) == (
        "Watched 85.7 % of the 14 h it was armed, 2 leak alerts at 03:00 and 04:00 "
        "(still open), 1 message NOT DELIVERED."
    )


def test_an_alert_that_nobody_could_get_is_said():
    assert "NOBODY WAS TOLD (no way of sending is switched on)" in sentence(sum_up(*night(alert(9.0))))


def test_an_alert_that_nobody_could_get_is_said_although_other_messages_arrived():
    fixed = delivery(10.0, "notify_queued"), delivery(10.1, "notify_sent")
    untold, told = alert(9.0, channels=[]), alert(11.0, "i2", channels=["slack"])
    assert sentence(sum_up(*night(untold, *fixed))).endswith(
        "NOBODY WAS TOLD (no way of sending worked then), everything else delivered.")
    assert sentence(sum_up(*night(untold, told, *fixed))).endswith(
        "NOBODY WAS TOLD of 1 of 2 alerts (no way of sending worked then), everything else delivered.")
    assert sentence(sum_up(*night(told, *fixed))).endswith("everything delivered.")
    assert "1 message NOT DELIVERED" in sentence(sum_up(*night(untold, told, fixed[0])))


def test_many_leaks_are_said_as_a_range():
    lines = [alert(hour, f"i{hour}") for hour in range(1, 6)]
    assert "5 leak alerts between 19:00 and 23:00" in sentence(sum_up(*night(*lines)))


@pytest.mark.parametrize(
    "lines, expected",
    [
        ([], "NOBODY WAS WATCHING (no monitor was started), no leak alert, no message had to be sent."),
        ([line(-1, "monitor_started", mode="OFF")], "NOBODY WAS WATCHING (the mode was OFF), no leak alert"),
    ],
)
def test_a_night_without_a_watch_is_said_first(lines, expected):
    assert sentence(sum_up(*lines)).startswith(expected)


def test_a_share_is_never_rounded_up():
    assert (percent(99.99), percent(100.0), percent(0.0)) == ("99.9 %", "100 %", "0.0 %")


def test_a_sum_of_many_spans_that_are_all_watched_is_all_of_it():
    assert percent(99.99999999999999) == "100 %"


def test_the_page_proves_what_it_says():
    text = page(
        *night(
            alert(9.25, area_percent=0.31),
            line(9.505, "monitor_started", mode="MONITOR"),
            delivery(9.25, "notify_queued"),
            delivery(9.3, "notify_error", reason="a | b", permanent=True),
            line(3, "lighting_change"),
            line(4, "lighting_normal"),
            line(5, "evidence_error", text="The disk is full."),
        )
    )
    assert text.splitlines()[0] == "# The night"
    assert "![panel_i1.jpg](../panel_i1.jpg)" in text
    assert "| 2026-11-23 03:15:00 | still open | 1 | 0.31 % of the area | no |" in text
    assert "the monitor was not running (PC off, closed or crashed)" in text
    assert "| POSSIBLE LEAK | slack | given up | a / b |" in text
    assert "| 2026-11-22 21:00:00 | 2026-11-22 22:00:00 | 1 h |" in text
    assert "| 2026-11-22 23:00:00 | 1 | The disk is full. |" in text
    assert "| 20 % |" in text


def test_of_a_long_leak_the_first_and_the_last_panel_are_shown_and_all_pictures_are_linked():
    alerts = [alert(9 + hour, evidence=[f"anomaly_{hour}.jpg", f"panel_{hour}.jpg"]) for hour in range(4)]
    text = page(*night(*alerts))
    assert [name for name in ("panel_0", "panel_1", "panel_2", "panel_3") if f"![{name}.jpg]" in text] == [
        "panel_0",
        "panel_3",
    ]
    assert all(f"[anomaly_{hour}.jpg](../anomaly_{hour}.jpg)" in text for hour in range(4))


def test_the_panel_of_another_place_is_shown_as_well():
    kinds = ("opened", "updated", "elsewhere", "updated")
    alerts = [alert(9 + hour, kind=kind, event_id=f"e{hour}", evidence=[f"panel_e{hour}_incident_i1.jpg"])
              for hour, kind in enumerate(kinds)]
    text = page(*night(*alerts))
    assert [hour for hour in range(4) if f"![panel_e{hour}_incident_i1.jpg]" in text] == [0, 2, 3]


def test_time_with_a_moved_camera_is_said_in_the_first_sentence():
    moved = (
        line(4, "camera_problem", kind="moved", text="t"),
        line(6, "camera_recovered", kind="moved", seconds=7200),
    )
    assert sentence(sum_up(*night(*moved))).startswith(
        "Watched 100 % of the 14 h it was armed (2 h of it less well: camera moved), no leak alert"
    )


def test_a_quiet_page_has_no_empty_tables():
    text = page(*night())
    assert "None." in text
    assert "Light that" not in text
    assert "not armed" not in text


def test_the_json_holds_what_the_page_says():
    summary = sum_up(*night(alert(9.25), delivery(9.25, "notify_queued"), last=12.0))
    data = json.loads(json.dumps(as_json(summary), allow_nan=False))
    assert data["sentence"] == sentence(summary)
    assert data["coverage_percent"] == pytest.approx(100 * 12 / 14)
    assert data["gaps"] == [
        {
            "start": (EVENING + timedelta(hours=12)).isoformat(),
            "end": "2026-11-23T08:00:00+01:00",
            "seconds": 7200.0,
            "reason": "no sign of life from the monitor",
        }
    ]
    assert data["alerts"][0]["incident_id"] == "i1"
    assert data["score_max_per_hour"][0]["score_max"] == 0.1
