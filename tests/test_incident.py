"""Incidents: streams of pictures in, messages out."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from src.blobs import Spot
from src.config import MonitorSettings
from src.incident import IncidentTracker

START = datetime(2026, 11, 23, 3, 15, 2, tzinfo=timezone(timedelta(hours=1)))
SETTINGS = MonitorSettings(
    frame_interval_seconds=1.0, alert_cooldown_seconds=10, reminder_seconds=30, resolve_seconds=6
)


def spot(area: float) -> Spot:
    return Spot(area_pixels=int(area * 655), area_percent=area, left=0.1, top=0.7, width=0.1, height=0.1)


def play(tracker, stream, from_second=0):
    """One picture a second. "." normal, "?" anomalous but not confirmed, "x" confirmed, " " blind, a digit:
    confirmed with that area in percent. The answer: (second, kind) of every notice.
    """
    said = []
    for second, letter in enumerate(stream, start=from_second):
        if letter == " ":
            continue
        area = float(letter) if letter.isdigit() else 1.0
        notice = tracker.update(
            confirmed=letter not in ".?",
            anomalous=letter != ".",
            spot=None if letter == "." else spot(area),
            staying=(),
            now_seconds=float(second),
            now=START + timedelta(seconds=second),
        )
        if notice:
            said.append((second, notice.kind))
    return said


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        ("....................", []),
        ("..???...............", []),
        ("..??x...............", [(4, "opened"), (10, "resolved")]),
        ("..xxxxxxxxx.........", [(2, "opened"), (16, "resolved")]),
        # a reminder after 30 s
        ("x" * 40 + "." * 7, [(0, "opened"), (30, "updated"), (45, "resolved")]),
        # grown by half: said, but not within the cooldown, and only when it shows in three pictures
        ("2" * 5 + "3" * 10, [(0, "opened"), (10, "updated")]),
        ("2" * 12 + "3333", [(0, "opened"), (14, "updated")]),
        ("2" * 12 + "9222", [(0, "opened")]),
        ("4" * 12 + "5" * 8, [(0, "opened")]),
        # a new incident keeps the distance, too
        ("x......xxxxxxx", [(0, "opened"), (6, "resolved"), (10, "opened")]),
        # a lone odd picture delays the end only by itself; a row of them is no quiet at all
        ("..xxx..?..?.......", [(2, "opened"), (12, "resolved")]),
        ("x" + "?" * 20, [(0, "opened")]),
        # while the camera is blind, nothing is quiet
        ("x..            ..", [(0, "opened")]),
    ],
)
def test_what_is_said_and_when(stream, expected):
    assert play(IncidentTracker(SETTINGS), stream) == expected


def test_a_night_asleep_does_not_count_as_quiet():
    settings = MonitorSettings(frame_interval_seconds=1.0, resolve_seconds=60)
    tracker = IncidentTracker(settings)
    assert play(tracker, "x.") == [(0, "opened")]
    assert play(tracker, ".....", from_second=8 * 3600) == []


def test_quiet_time_counts_in_full_when_pictures_come_far_apart():
    """A camera that sends a picture in 20 s instead of every second."""
    tracker = IncidentTracker(MonitorSettings(frame_interval_seconds=1.0, resolve_seconds=60))
    said = [kind for second, letter in zip(range(0, 200, 20), "xxx.......")
            for _, kind in play(tracker, letter, from_second=second)]
    assert said == ["opened", "resolved"]


def test_a_puddle_that_stays_all_night_gives_a_handful_of_messages():
    settings = MonitorSettings()  # as shipped
    tracker = IncidentTracker(settings)
    kinds = [kind for _, kind in play(tracker, "x" * 8 * 3600)]
    assert kinds == ["opened"] + ["updated"] * 15


def test_a_spot_that_grows_slowly_is_reported_at_every_half_as_much_again():
    tracker = IncidentTracker(SETTINGS)
    areas = []
    for second in range(0, 400):
        notice = tracker.update(
            True, True, spot(0.1 * 1.01**second), (), float(second), START + timedelta(seconds=second)
        )
        if notice and notice.kind == "updated" and notice.growing:
            areas.append(notice.area_percent)
    assert len(areas) >= 8
    assert all(later > 1.2 * former for former, later in zip(areas, areas[1:]))


def test_the_notice_says_since_when_and_how_large():
    tracker = IncidentTracker(SETTINGS)
    notices = [
        tracker.update(second >= 2, True, spot(0.5), (), float(second), START + timedelta(seconds=second))
        for second in range(5)
    ]
    opened = notices[2]
    assert opened.incident_id == "20261123_031502"
    assert opened.opened_at == START
    assert opened.seconds_open == 2.0
    assert opened.area_percent == opened.opening_area_percent == 0.5
    assert not opened.growing


def test_the_last_notice_tells_the_largest_area():
    tracker = IncidentTracker(SETTINGS)
    play(tracker, "1234555")
    notice = None
    for second in range(7, 20):
        notice = notice or tracker.update(
            False, False, None, (), float(second), START + timedelta(seconds=second)
        )
    assert notice.kind == "resolved"
    assert notice.largest_area_percent == 5.0
    assert notice.area_percent == 0.0


def test_an_anomaly_without_a_spot_opens_an_incident_too():
    notice = IncidentTracker(SETTINGS).update(True, True, None, (), 0.0, START)
    assert notice.kind == "opened" and notice.spot is None and notice.area_percent == 0.0


def restarted(tracker, second, wall_second):
    """The PC was restarted: monotonic time begins anew, the state was on disk as JSON."""
    state = json.loads(json.dumps(tracker.to_state()))
    return IncidentTracker.from_state(SETTINGS, state, float(second), START + timedelta(seconds=wall_second))


def test_a_restart_of_the_pc_continues_the_incident():
    tracker = IncidentTracker(SETTINGS)
    play(tracker, "222")
    later = restarted(tracker, second=5, wall_second=20)
    assert later.incident_id == tracker.incident_id
    notice = later.update(True, True, spot(2.0), (), 6.0, START + timedelta(seconds=21))
    assert notice is None  # the reminder is due 30 s after the first message
    notice = later.update(True, True, spot(2.0), (), 15.0, START + timedelta(seconds=30))
    assert notice.kind == "updated"
    assert notice.seconds_open == 30.0


def test_after_a_restart_the_incident_is_resolved_when_it_is_quiet():
    tracker = IncidentTracker(SETTINGS)
    play(tracker, "222")
    later = restarted(tracker, second=0, wall_second=3600)
    assert play(later, ".........") == [(6, "resolved")]


def test_a_restart_does_not_shorten_the_cooldown():
    tracker = IncidentTracker(SETTINGS)
    play(tracker, "x......")
    later = restarted(tracker, second=1, wall_second=7)
    assert play(later, "xxxxxx", from_second=1)[0] == (4, "opened")


def test_a_clock_that_was_set_back_silences_nothing_for_longer_than_the_cooldown():
    tracker = IncidentTracker(SETTINGS)
    play(tracker, "x......")
    later = restarted(tracker, second=0, wall_second=-7200)
    assert play(later, "x" * 12) == [(10, "opened")]


@pytest.mark.parametrize(
    "rubbish",
    [
        None,
        [],
        "x",
        {},
        {"open": 1},
        {"open": None, "last_alert_at": "now", "last_alert_area_percent": 0},
        {"open": None, "last_alert_at": None, "last_alert_area_percent": "nan"},
        {"open": {"incident_id": "x", "opened_at": "2026-11-23T03:15:02+01:00", "opening_area_percent": 1,
                  "largest_area_percent": 1, "places": [[0.1, 0.2, 0.3]], "alerts_elsewhere": 0},
         "last_alert_at": None, "last_alert_area_percent": 0},
        {"open": None, "last_alert_at": "2026-11-23T03:15:02", "last_alert_area_percent": 1},
    ],
)
def test_a_damaged_state_is_refused(rubbish):
    with pytest.raises(ValueError):
        IncidentTracker.from_state(SETTINGS, rubbish, 0.0, START)


def test_reset_forgets_the_incident_and_the_cooldown():
    tracker = IncidentTracker(SETTINGS)
    play(tracker, "xxx")
    tracker.reset()
    assert tracker.incident_id is None
    assert play(tracker, "x", from_second=4) == [(4, "opened")]


# ---- More than one place ------------------------------------------------------------------------------------

LEFT, RIGHT, TOP, FLOOR, BELOW = (0.1, 0.5), (0.8, 0.5), (0.5, 0.0), (0.5, 0.9), (0.1, 0.9)


def at(place: tuple[float, float], area: float = 0.2, side: float = 0.05) -> Spot:
    return Spot(area_pixels=int(area * 655), area_percent=area, left=place[0], top=place[1], width=side, height=side)


def look(tracker, second, *staying, shown=at(LEFT)):
    """A picture in which all of these spots have stayed, and the shown one is confirmed."""
    return tracker.update(True, True, shown, staying, float(second), START + timedelta(seconds=second))


def opened_on_the_left(settings=SETTINGS):
    tracker = IncidentTracker(settings)
    assert look(tracker, 0, at(LEFT)).kind == "opened"
    return tracker


def test_something_that_stays_at_another_place_is_told_at_once_with_its_own_place_and_area():
    tracker = opened_on_the_left()
    notice = look(tracker, 1, at(LEFT, 0.9), at(RIGHT, 0.3))
    assert (notice.kind, notice.spot, notice.area_percent) == ("elsewhere", at(RIGHT, 0.3), 0.3)
    assert (notice.incident_id, notice.growing) == (tracker.incident_id, False)


def test_another_place_is_told_once_until_the_incident_is_over():
    tracker = opened_on_the_left()
    said = [look(tracker, second, at(LEFT), at(RIGHT)) for second in range(1, 30)]
    assert [notice.kind for notice in said if notice] == ["elsewhere"]
    assert play(tracker, "." * 8, from_second=30)[0][1] == "resolved"
    assert look(tracker, 50, at(RIGHT), shown=at(RIGHT)).kind == "opened"
    assert look(tracker, 51, at(RIGHT), shown=at(RIGHT)) is None


def test_what_stays_in_the_picture_of_the_first_alert_is_told_with_it():
    tracker = IncidentTracker(SETTINGS)
    assert look(tracker, 0, at(LEFT), at(RIGHT)).kind == "opened"
    assert look(tracker, 1, at(LEFT), at(RIGHT)) is None


def test_of_several_new_places_in_one_picture_the_largest_is_told_first_and_the_next_with_the_next_picture():
    tracker = opened_on_the_left()
    said = [look(tracker, second, at(RIGHT, 0.5), at(FLOOR, 0.3)) for second in range(1, 5)]
    assert [notice and (notice.kind, notice.spot) for notice in said] == [
        ("elsewhere", at(RIGHT, 0.5)), ("elsewhere", at(FLOOR, 0.3)), None, None]


def test_a_second_new_place_that_is_gone_in_the_next_picture_is_not_told():
    tracker = opened_on_the_left()
    look(tracker, 1, at(RIGHT, 0.5), at(FLOOR, 0.3))
    assert look(tracker, 2, at(RIGHT, 0.5)) is None


def test_new_places_beside_each_other_are_one_alert():
    tracker = opened_on_the_left()
    pieces = at(RIGHT, 0.5), at((0.65, 0.55), 0.3), at((0.8, 0.7), 0.2)
    assert [look(tracker, second, *pieces) is not None for second in range(1, 4)] == [True, False, False]


def test_of_many_new_places_in_one_picture_three_are_told():
    tracker = opened_on_the_left()
    said = [look(tracker, second, at(RIGHT), at(TOP), at(FLOOR), at(BELOW)) for second in range(1, 9)]
    assert [notice.spot for notice in said if notice] == [at(RIGHT), at(TOP), at(FLOOR)]


def test_after_a_restart_a_second_new_place_is_still_told():
    tracker = opened_on_the_left()
    look(tracker, 1, at(RIGHT, 0.5), at(FLOOR, 0.3))
    later = restarted(tracker, second=5, wall_second=20)
    assert look(later, 6, at(RIGHT, 0.5), at(FLOOR, 0.3)).spot == at(FLOOR, 0.3)


def test_a_puddle_that_grows_step_by_step_stays_one_place():
    tracker = opened_on_the_left()
    sides = [0.05 + 0.02 * step for step in range(30)]
    assert all(look(tracker, 1, at(LEFT, side=side)) is None for side in sides)
    assert look(tracker, 2, at((0.4, 0.9))) is None                 # a piece of it, where it was
    assert look(tracker, 3, at((0.9, 0.1))).kind == "elsewhere"


def test_four_places_are_told_and_the_fifth_is_not():
    tracker = opened_on_the_left()
    said = [look(tracker, second, at(place)) for second, place in enumerate((RIGHT, TOP, FLOOR, BELOW), start=1)]
    assert [notice.kind for notice in said if notice] == ["elsewhere"] * 3 and said[3] is None


def test_an_incident_without_a_spot_is_everywhere():
    tracker = IncidentTracker(SETTINGS)
    assert look(tracker, 0, shown=None).kind == "opened"
    assert look(tracker, 1, at(RIGHT), shown=at(RIGHT)) is None


def test_another_place_that_is_larger_is_not_called_growth_of_the_first():
    tracker = opened_on_the_left()
    look(tracker, 1, at(LEFT), at(RIGHT, 0.6), shown=at(RIGHT, 0.6))
    said = [look(tracker, second, at(RIGHT, 0.6), shown=at(RIGHT, 0.6)) for second in range(2, 29)]
    assert said == [None] * 27


def test_after_a_restart_the_places_are_known():
    tracker = opened_on_the_left()
    look(tracker, 1, at(LEFT), at(RIGHT))
    later = restarted(tracker, second=5, wall_second=20)
    assert look(later, 6, at(LEFT), at(RIGHT)) is None
    assert look(later, 7, at(TOP)).kind == "elsewhere"


def test_without_an_incident_nothing_is_elsewhere():
    tracker = IncidentTracker(SETTINGS)
    assert tracker.update(False, True, at(LEFT), (at(RIGHT),), 0.0, START) is None


# ---- Another place after the end ----------------------------------------------------------------------------

LONG = MonitorSettings(frame_interval_seconds=1.0, alert_cooldown_seconds=100, reminder_seconds=300, resolve_seconds=6)
PLACES = {"L": LEFT, "R": RIGHT, "T": TOP, "F": FLOOR, "B": BELOW}
END = "." * 6


def show(tracker, pictures, from_second=0):
    """One picture a second, in each a spot that stays: "L" left, "R" right, "T", "F", "B" likewise; "." normal.

    The answer: (second, kind, letter) of every notice; the letter is that of the spot that it shows.
    """
    said = []
    for second, letter in enumerate(pictures, start=from_second):
        shown = at(PLACES[letter]) if letter in PLACES else None
        staying = () if shown is None else (shown,)
        notice = tracker.update(letter != ".", letter != ".", shown, staying, float(second),
                                START + timedelta(seconds=second))
        if notice:
            said.append((second, notice.kind, next((name for name in PLACES if at(PLACES[name]) == notice.spot), None)))
    return said


def alerts(said):
    return [(second, letter) for second, kind, letter in said if kind != "resolved"]


@pytest.mark.parametrize(("pictures", "expected"), [
    ("L" + END + "RR", [(0, "L"), (7, "R")]),
    ("L" + END + "LL" + "L" * 100, [(0, "L"), (100, "L")]),         # the same place waits for the cooldown
    ("LR" + END + "R" * 100, [(0, "L"), (1, "R"), (101, "R")]),     # so does one that was told while it was open
    ("L" + END + "R" + END + "L" * 100, [(0, "L"), (7, "R"), (107, "L")]),
    ("L" + END + "RR" + "L" * 110, [(0, "L"), (7, "R"), (107, "L")]),
    ("L" + "." * 110 + "L", [(0, "L"), (111, "L")]),
])
def test_after_the_end_only_the_same_place_waits_for_the_cooldown(pictures, expected):
    assert alerts(show(IncidentTracker(LONG), pictures)) == expected


def test_the_incident_at_another_place_is_a_new_one():
    said = show(IncidentTracker(LONG), "L" + END + "R" + END)
    assert [kind for _, kind, _ in said] == ["opened", "resolved", "opened", "resolved"]


@pytest.mark.parametrize("pictures", [
    "L" + END + "R" + END + "T" + END + "F" + END + "B" * 10,
    "LRT" + END + "F" + END + "B" * 10,
    "LRTF" + END + "B" * 10,
    "L" + END + "RTFBBBB",
])
def test_within_one_cooldown_three_alerts_come_sooner_than_it_allows(pictures):
    assert [letter for _, letter in alerts(show(IncidentTracker(LONG), pictures))] == list("LRTF")


def test_after_the_cooldown_alerts_elsewhere_are_counted_anew():
    said = alerts(show(IncidentTracker(LONG), "LRTF" + END + "." * 100 + "LRTFB"))
    assert [letter for _, letter in said] == list("LRTF" * 2)


def test_what_does_not_stay_at_another_place_waits_for_the_cooldown():
    tracker = IncidentTracker(LONG)
    show(tracker, "L" + END)
    assert look(tracker, 8, shown=at(RIGHT)) is None                # a walker
    assert look(tracker, 9, at(RIGHT), shown=None) is None          # no single spot: everywhere
    assert tracker.update(False, True, at(RIGHT), (at(RIGHT),), 10.0, START + timedelta(seconds=10)) is None
    assert look(tracker, 11, at(RIGHT), shown=at(RIGHT)).kind == "opened"


def test_after_an_incident_without_a_spot_every_place_waits_for_the_cooldown():
    tracker = IncidentTracker(LONG)
    assert look(tracker, 0, shown=None).kind == "opened"
    assert alerts(show(tracker, END + "R" * 100, from_second=1)) == [(100, "R")]


@pytest.mark.parametrize("cut", range(1, 16))
def test_a_restart_changes_nothing_about_the_places_of_the_cooldown(cut):
    pictures = "LR" + END + "RTTTLLL"
    tracker = IncidentTracker(LONG)
    said = show(tracker, pictures[:cut])
    state = json.loads(json.dumps(tracker.to_state()))
    later = IncidentTracker.from_state(LONG, state, float(cut), START + timedelta(seconds=cut))
    # Quiet time is counted anew after a restart; the pictures while it was off were quiet, too.
    said += show(later, (END if 2 <= cut <= 7 else "") + pictures[cut:], from_second=cut)
    assert [letter for _, letter in alerts(said)] == list("LRT")


def test_the_state_of_an_earlier_version_is_read_and_the_cooldown_holds_everywhere():
    state = {"open": None, "last_alert_at": START.isoformat(), "last_alert_area_percent": 0.2}
    tracker = IncidentTracker.from_state(LONG, state, 7.0, START + timedelta(seconds=7))
    assert alerts(show(tracker, "R" * 100, from_second=7)) == [(100, "R")]


@given(pictures=st.text(alphabet="LRTFB......", max_size=300), restart_after=st.integers(0, 300))
def test_whatever_happens_at_most_four_alerts_come_within_one_cooldown(pictures, restart_after):
    settings = LONG.model_copy(update={"alert_cooldown_seconds": 30, "reminder_seconds": 40, "resolve_seconds": 3})
    tracker, second = IncidentTracker(settings), len(pictures[:restart_after])
    said = show(tracker, pictures[:restart_after])
    state = json.loads(json.dumps(tracker.to_state()))
    later = IncidentTracker.from_state(settings, state, float(second), START + timedelta(seconds=second))
    seconds = [at for at, _ in alerts(said + show(later, pictures[restart_after:], from_second=second))]
    assert all(fifth - first >= 30 for first, fifth in zip(seconds, seconds[4:]))


@given(stream=st.text(alphabet="..xx?x123456789 ", max_size=200), restart_after=st.integers(0, 200))
def test_whatever_happens_alerts_keep_their_distance_and_every_incident_ends_before_the_next(stream, restart_after):
    tracker = IncidentTracker(SETTINGS)
    said = play(tracker, stream[:restart_after])
    seconds = len(stream[:restart_after])
    later = restarted(tracker, second=seconds, wall_second=seconds)
    said += play(later, stream[restart_after:], from_second=seconds)
    alerts = [second for second, kind in said if kind != "resolved"]
    assert all(later - former >= SETTINGS.alert_cooldown_seconds for former, later in zip(alerts, alerts[1:]))
    ends = [kind for _, kind in said if kind != "updated"]
    assert ends == (["opened", "resolved"] * len(ends))[:len(ends)]
