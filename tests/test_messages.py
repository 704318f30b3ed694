"""The words that are sent."""

from __future__ import annotations

import inspect
from datetime import datetime, timedelta, timezone

import pytest

from src import messages
from src.blobs import Spot
from src.config import LONGEST_DOWN_SECONDS, MonitorSettings
from src.incident import IncidentNotice
from src.messages import (
    CAMERA_PROBLEMS,
    WATCH_GAPS,
    camera_problem,
    camera_slow,
    camera_recovered,
    camera_reminder,
    crash_loop,
    delivery_note,
    digest,
    disk_full,
    disk_low,
    disk_ok,
    duration,
    incident_message,
    monitor_closed,
    monitor_started,
    not_armed,
    percent,
    place,
    trial_message,
    waited,
    watch_ended,
    watching_again,
    watch_gap,
)
from src.reopener import SILENT_SHARE

AT = datetime(2026, 11, 23, 3, 15, 2, tzinfo=timezone(timedelta(hours=1)))


def spot(left=0.1, top=0.8, width=0.05, height=0.05) -> Spot:
    return Spot(area_pixels=275, area_percent=0.42, left=left, top=top, width=width, height=height)


def notice(kind="opened", growing=False, at=AT, seconds=180.0, place=spot()) -> IncidentNotice:
    return IncidentNotice(
        kind=kind,
        incident_id="20261123_031502",
        opened_at=at,
        seconds_open=seconds,
        area_percent=0.42 if place else 0.0,
        opening_area_percent=0.21,
        largest_area_percent=1.3,
        growing=growing,
        spot=place,
    )


def all_texts():
    for kind in ("opened", "updated", "resolved"):
        for growing in (True, False):
            for where in (spot(), None):
                yield incident_message(notice(kind, growing, place=where), "20261123_031502_123")
    yield incident_message(notice("elsewhere"), "20261123_031502_123", new_light=True)
    for kind in CAMERA_PROBLEMS:
        yield camera_problem(kind, "It moved by 8 pixels.", AT)
        yield camera_reminder(kind, "", AT, 3600)
        yield camera_recovered(kind, 75)
    for reason in WATCH_GAPS:
        yield watch_gap(7000, reason)
    yield from (
        not_armed("OFF", "19:00"),
        monitor_started(AT, "MONITOR"),
        monitor_started(AT, "OFF"),
        monitor_closed(AT, "stopped by hand"),
        watch_ended(AT, "C:/state/mode.txt has disappeared. The mode is now OFF."),
        watching_again(AT),
        crash_loop(5, 15, "it did not answer for 60 s."),
        disk_low(700_000_000),
        disk_full(150_000_000),
        disk_ok(9_000_000_000),
        trial_message(AT),
        digest([(AT, "POSSIBLE LEAK")] * 40, AT),
    )


@pytest.mark.parametrize("text", list(all_texts()), ids=lambda text: text.subject[:50])
def test_every_message_is_plain_and_short(text):
    assert (text.subject + text.text).isascii()
    assert "\n" not in text.subject and len(text.subject) <= 110
    first = text.text.split("\n\n")[0]
    assert first.endswith((".", "normal.")) and len(first) < 300
    assert "  " not in text.text and "None" not in text.text and ".." not in text.text
    for jargon in ("threshold", "score", "exception", "ROI", "anomal", "blob", "pixel_"):
        assert jargon not in text.text.replace("data/anomalies", "")


def test_every_function_that_makes_a_message_is_read_here():
    makers = [
        name
        for name, value in inspect.getmembers(messages, inspect.isfunction)
        if inspect.signature(value).return_annotation == "MessageText" and not name.startswith("_")
    ]
    source = inspect.getsource(all_texts)
    assert [name for name in makers if name not in source] == []


def test_a_slow_camera_is_told_with_both_numbers_and_with_the_setting_that_would_call_it_lost():
    assert "only one every 1.6 s, and one every 1 s was expected" in camera_slow(1.63, 1.0, 30.0)
    assert "camera_down_seconds" not in camera_slow(8.0, 1.0, 30.0)
    assert "set camera_down_seconds to 80" in camera_slow(20.0, 1.0, 30.0)


@pytest.mark.parametrize("lost_seconds", [30.0, 90.0, 1800.0])
def test_a_slow_camera_that_is_left_alone_between_two_pictures_needs_no_other_setting(lost_seconds):
    left_alone = SILENT_SHARE * lost_seconds
    assert "camera_down_seconds" not in camera_slow(0.99 * left_alone, 1.0, lost_seconds)
    assert "set camera_down_seconds to" in camera_slow(1.01 * left_alone, 1.0, lost_seconds)


def test_a_setting_that_would_be_refused_is_not_advised():
    assert "set camera_down_seconds to 3600" in camera_slow(2000.0, 1.0, 30.0)
    assert "camera_down_seconds" not in camera_slow(2000.0, 1.0, 3600.0)
    assert MonitorSettings(camera_down_seconds=LONGEST_DOWN_SECONDS)


def test_the_start_does_not_claim_that_the_camera_works():
    text = monitor_started(AT, "MONITOR").text
    assert "is watching" not in text and "from the first picture of the camera on" in text


def test_a_leak_is_told_in_one_sentence():
    text = incident_message(notice(), "20261123_031502_123")
    assert text.subject == "POSSIBLE LEAK: in the lower left, 0.42 percent of the area"
    assert text.text.split("\n\n")[0] == (
        "Possible leak in the lower left of the picture: 0.42 percent of the watched area, "
        "first seen at 03:15 on 23 Nov, 3 min ago. Too early to say whether it is growing."
    )
    assert "What to do now:" in text.text
    assert "20261123_031502" in text.text and "20261123_031502_123" in text.text


def test_a_leak_at_another_place_says_so_and_names_its_own_place():
    text = incident_message(notice("elsewhere", place=spot(left=0.9)), "e")
    assert text.subject == "POSSIBLE LEAK AT ANOTHER PLACE: in the lower right, 0.42 percent of the area"
    assert text.text.split("\n\n")[0] == (
        "Possible leak at another place as well, in the lower right of the picture: 0.42 percent of the watched area. "
        "The one first seen at 03:15 on 23 Nov, 3 min ago, is not over."
    )


@pytest.mark.parametrize("kind", ["opened", "updated", "elsewhere"])
def test_a_leak_in_new_light_says_that_it_may_be_either(kind):
    text = incident_message(notice(kind), "e", new_light=True)
    assert "it may be the light, and it may be a large leak" in text.text.split("\n\n")[0]
    assert text.subject == incident_message(notice(kind), "e").subject


def test_a_growing_leak_says_so_in_the_subject():
    text = incident_message(notice("updated", growing=True), "e")
    assert text.subject.startswith("LEAK GROWING")
    assert "It is growing: the first message said 0.21 percent." in text.text


def test_a_leak_that_is_over_tells_how_large_it_was():
    text = incident_message(notice("resolved", place=None), "e")
    assert "1.3 percent" in text.text and "check that the set-up is dry" in text.text


@pytest.mark.parametrize(
    ("left", "top", "words"),
    [
        (0.0, 0.0, "in the upper left"),
        (0.5, 0.1, "in the upper middle"),
        (0.95, 0.0, "in the upper right"),
        (0.0, 0.5, "in the left middle"),
        (0.5, 0.5, "in the middle"),
        (0.95, 0.95, "in the lower right"),
    ],
)
def test_where_the_spot_is(left, top, words):
    assert place(spot(left, top)) == words


def test_a_spot_that_fills_the_picture_is_nowhere_in_particular():
    assert place(spot(0.1, 0.1, 0.8, 0.8)) == "in most parts"


def test_without_a_single_spot_the_message_says_so():
    text = incident_message(notice(place=None), "e")
    assert text.subject == "POSSIBLE LEAK: the picture is not as usual"
    assert "no single spot can be outlined; first seen at 03:15 on 23 Nov, 3 min ago." in text.text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "1 h"),
        (3600 * 3 + 720, "3 h 12 min"),
        (86400, "1 d"),
        (86400 * 2 + 3600 * 5, "2 d 5 h"),
    ],
)
def test_how_long(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0.00 percent"),
        (0.003, "less than 0.01 percent"),
        (0.42, "0.42 percent"),
        (4.21, "4.2 percent"),
        (42.1, "42 percent"),
    ],
)
def test_how_much(value, words):
    assert percent(value) == words


def test_a_prompt_message_does_not_say_that_it_waited():
    assert waited(3) == ""
    assert (
        waited(3 * 3600 + 720) == "This message waited 3 h 12 min, because it could not be delivered earlier."
    )


def test_a_refusal_and_an_outage_are_told_apart():
    assert (
        delivery_note("Slack", "no_service", True, AT)
        == "Note: Slack refused the last message at 03:15 on 23 Nov: no_service"
    )
    assert delivery_note("e-mail", "no answer", False, AT).startswith(
        "Note: nothing has got through by e-mail since"
    )


def test_a_digest_lists_the_first_thirty():
    text = digest([(AT + timedelta(minutes=n), f"message {n}") for n in range(40)], AT + timedelta(days=2))
    assert text.subject == "40 late messages of the leak monitor"
    assert "- at 03:15 on 23 Nov: message 0" in text.text
    assert "message 29" in text.text and "message 30" not in text.text
    assert "and 10 more" in text.text
