"""From single verdicts to a decision, as streams: "." is a normal picture, a letter an anomaly at that letter's place."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest

from src.alarm import FORGIVEN_PICTURES, MOVING_FACTOR, Alarm, Debounce, stays
from src.blobs import Spot
from src.config import MonitorSettings
from src.config_file import DEFAULT_CONFIG
from src.detection import Verdict
from src.incident import IncidentTracker

EVENING = datetime(2026, 11, 23, 22, 0, tzinfo=timezone(timedelta(hours=1)))
NOWHERE = "?"  # an anomaly of the whole picture, without a spot


def spot(left: float, top: float = 0.5, side: float = 0.03) -> Spot:
    return Spot(area_pixels=60, area_percent=0.1, left=left, top=top, width=side, height=side)


def verdict(sign: str) -> Verdict:
    """The letters a, b, c ... stand side by side and do not touch."""
    place = None if sign in (".", NOWHERE) else spot((ord(sign) - ord("a")) * 0.038)
    triggers = () if sign == "." else ("score",)
    return Verdict(score=2.0 if triggers else 0.5, score_threshold=1.0, largest_blob_area=0, blob_area_threshold=16,
                   triggers=triggers, spot=place, lighting_change=False)


def confirmed_at(stream: str, consecutive_anomalies: int = 3) -> list[int]:
    debounce = Debounce(consecutive_anomalies)
    return [index for index, sign in enumerate(stream) if debounce.update(verdict(sign))]


@pytest.mark.parametrize(("stream", "confirmed"), [
    ("", []),
    ("......", []),
    ("xx....", []),
    ("..xxx.", [4]),
    ("..xxxx", [4, 5]),
    ("xx.x", [3]),          # one clean picture in between is forgiven
    ("x.x.x", [4]),         # so are two
    ("x..x.x", []),         # five pictures back is too long ago
    ("xxx.x", [2, 4]),
    ("axa.a", [4]),         # three times at the same place, whatever else was seen
    ("abcabc", []),         # everywhere, but nowhere three times in five pictures
    ("???", [2]),           # without a spot it is everywhere, so it stays
    ("x?x", [2]),
])
def test_an_anomaly_is_confirmed_when_three_of_five_pictures_show_it_in_one_place(stream, confirmed):
    assert confirmed_at(stream) == confirmed


@pytest.mark.parametrize(("needed", "stream", "confirmed"), [
    (1, ".x.x", [1, 3]),
    (1, "abc", [0, 1, 2]),
    (2, "x.x", [2]),
    (2, "x...x", []),
    (5, "xxxx.x", [5]),
    (5, "xx..xxx", [6]),
    (5, "xx...xxx", []),
])
def test_the_number_of_anomalies_that_is_needed_is_the_setting(needed, stream, confirmed):
    assert confirmed_at(stream, needed) == confirmed


def test_the_settings_file_says_of_how_many_pictures():
    (words,) = re.findall(r"consecutive_anomalies: 3 +# (.*\n +# .*)", DEFAULT_CONFIG.read_text(encoding="utf-8"))
    assert "in the same place" in " ".join(words.replace("#", "").split()) and f"of the last {3 + FORGIVEN_PICTURES}" in words
    assert MOVING_FACTOR == 10 and "ten times as many in a row" in words


def seen_at(*spots: Spot) -> bool:
    """Whether the last of these spots, one in each picture, is confirmed."""
    debounce = Debounce(3)
    return [debounce.update(Verdict(score=2.0, score_threshold=1.0, largest_blob_area=0, blob_area_threshold=16,
                                    triggers=("score",), spot=each, lighting_change=False)) for each in spots][-1]


def test_walkers_whose_spots_run_into_one_are_not_in_the_same_place():
    assert not seen_at(spot(0.10), spot(0.14), spot(0.09, side=0.10))
    assert seen_at(spot(0.10), spot(0.10, side=0.06), spot(0.09, side=0.10))  # a puddle that grows is


def test_something_that_moves_needs_ten_times_as_many_pictures_without_a_break():
    walk = "abcdefghijklmnopqrstuvwxyz"
    assert confirmed_at(walk + "abcdef") == [29, 30, 31]
    assert confirmed_at(walk + "." + walk) == []


def test_after_a_reset_the_former_pictures_do_not_count():
    debounce = Debounce(3)
    debounce.update(verdict("x"))
    debounce.update(verdict("x"))
    debounce.reset()
    assert [debounce.update(verdict("x")) for _ in range(3)] == [False, False, True]


@pytest.mark.parametrize(("present", "expected"), [
    (spot(0.40, side=0.10), True),
    (spot(0.42, side=0.10), True),                   # 80 % of the former box is still covered
    (spot(0.45, side=0.10), False),                  # 50 %
    (spot(0.60, side=0.10), False),                  # elsewhere
    (spot(0.30, top=0.4, side=0.30), True),          # grown around it
    (spot(0.42, top=0.52, side=0.02), False),        # shrunk inside it
    (None, True),
])
def test_a_spot_stays_when_most_of_its_former_box_is_covered(present, expected):
    assert stays(spot(0.40, side=0.10), present) is expected


def alarm(**changes: float) -> Alarm:
    settings = MonitorSettings.model_validate(changes)
    return Alarm(settings, IncidentTracker(settings))


def decisions(the_alarm: Alarm, stream: str, start: int = 0) -> str:
    """One letter for each picture, taken a second apart: q quiet, s suspect, A alert, c cooling, R resolved."""
    letters = ""
    for number, sign in enumerate(stream, start=start):
        decision = the_alarm.update(verdict(sign), float(number), EVENING + timedelta(seconds=number))
        resolved = decision.notice is not None and decision.notice.kind == "resolved"
        letters += "R" if resolved else "A" if decision.kind == "alert" else decision.kind[0]
        assert resolved <= (decision.kind == "quiet")
    return letters


@pytest.mark.parametrize(("stream", "expected"), [
    ("..xx..", "qqssqq"),
    ("..xxx.", "qqssAq"),
    ("..xxxxx", "qqssAcc"),
    ("..xxx..xx", "qqssAqqcc"),
    ("..xxx.....ab", "qqssAqqqqqcc"),        # the incident is still open: no message, but no longer a mere suspicion
])
def test_one_leak_is_one_alert(stream, expected):
    assert decisions(alarm(), stream) == expected


def test_a_leak_that_stays_is_told_again_at_the_reminder_and_not_before():
    stream = "x" * 70
    said = decisions(alarm(alert_cooldown_seconds=10, reminder_seconds=30), stream)
    assert [index for index, letter in enumerate(said) if letter == "A"] == [2, 32, 62]


def test_quiet_for_long_enough_is_the_end_and_the_next_leak_is_a_new_incident():
    the_alarm = alarm(alert_cooldown_seconds=0, resolve_seconds=5)
    assert decisions(the_alarm, "xxx" + "." * 8) == "ssA" + "qqqqRqqq"
    assert the_alarm.incidents.incident_id is None
    assert decisions(the_alarm, "xxx", start=11) == "ssA"


def test_pictures_before_and_after_a_pause_are_not_one_run():
    the_alarm = alarm()
    assert decisions(the_alarm, "xx") == "ss"
    the_alarm.pause()
    assert decisions(the_alarm, "xxx", start=2) == "ssA"


def test_a_pause_leaves_the_incident_open_and_a_reset_forgets_it():
    the_alarm = alarm()
    decisions(the_alarm, "xxx")
    the_alarm.pause()
    assert decisions(the_alarm, "x", start=3) == "c"
    the_alarm.reset()
    assert the_alarm.incidents.incident_id is None
    assert decisions(the_alarm, "xxx", start=4) == "ssA"


# ---- Another place ------------------------------------------------------------------------------------------

def seen(signs: str) -> Verdict:
    """A picture with spots at these letters' places; the first letter is the strongest."""
    spots = tuple(spot((ord(sign) - ord("a")) * 0.12) for sign in signs if sign != ".")
    return Verdict(score=2.0 if spots else 0.5, score_threshold=1.0, largest_blob_area=0, blob_area_threshold=16,
                   triggers=("score",) if spots else (), spot=spots[0] if spots else None, lighting_change=False,
                   spots=spots)


def notices(the_alarm: Alarm, pictures: str, start: int = 0) -> list[tuple[int, str]]:
    """What is said at which of the pictures, a second apart, divided by blanks."""
    said = []
    for number, signs in enumerate(pictures.split(), start=start):
        decision = the_alarm.update(seen(signs), float(number), EVENING + timedelta(seconds=number))
        if decision.notice is not None:
            said.append((number, decision.notice.kind))
            assert decision.kind == ("quiet" if decision.notice.kind == "resolved" else "alert")
    return said


@pytest.mark.parametrize(("pictures", "expected"), [
    ("a a a a a ae ae ae ae ae ae", [(2, "opened"), (7, "elsewhere")]),
    ("a a a a a ae a ae a ae", [(2, "opened"), (9, "elsewhere")]),
    ("a a a a a ae a a ae a a ae", [(2, "opened")]),        # never three times in five pictures
    ("a a a ae af ae af ae", [(2, "opened"), (7, "elsewhere")]),
    ("a a a ae af ad ag ab ac ad", [(2, "opened")]),        # something that moves
    ("a a a ab ab ab ab", [(2, "opened")]),                 # too near to be another place
    ("a ae ae ae ae", [(2, "opened"), (3, "elsewhere")]),
    ("ae ae ae ae ae", [(2, "opened")]),                    # the first alert shows both
    ("ae ea ae ea ae ea ea ea", [(4, "opened")]),           # as ever, the strongest spot decides on the first alert
    ("a a a e e e e e", [(2, "opened"), (5, "elsewhere")]),
])
def test_while_an_incident_is_open_a_spot_that_stays_elsewhere_is_told(pictures, expected):
    assert notices(alarm(), pictures) == expected


@pytest.mark.parametrize(("pictures", "expected"), [
    ("e e e e e", [(11, "opened")]),
    ("a a a a a", []),
    ("ae ea ae ea ea ea", [(13, "opened")]),                # as ever, the strongest spot decides on the first alert
    ("e g e g e", [(13, "opened")]),
    ("d e f g h g f e d e f g h g f e d e f g h g f e d e f g h g f e", []),        # something that moves
])
def test_just_after_an_incident_only_a_spot_that_stays_elsewhere_is_told(pictures, expected):
    the_alarm = alarm(resolve_seconds=5)
    assert notices(the_alarm, "a a a . . . . . .") == [(2, "opened"), (7, "resolved")]
    assert notices(the_alarm, pictures, start=9) == expected


def test_walkers_whose_spots_run_into_one_are_not_at_another_place_either():
    the_alarm = alarm()
    thing = spot(0.8)
    walkers = [spot(0.10), spot(0.14), spot(0.09, side=0.10)]
    for number, others in enumerate([(), (), (), *((walker,) for walker in walkers)]):
        verdict = Verdict(score=2.0, score_threshold=1.0, largest_blob_area=0, blob_area_threshold=16,
                          triggers=("score",), spot=thing, lighting_change=False, spots=(thing, *others))
        decision = the_alarm.update(verdict, float(number), EVENING + timedelta(seconds=number))
        assert (decision.notice is not None) == (number == 2)


def test_pictures_before_and_after_a_pause_are_not_one_run_at_another_place_either():
    the_alarm = alarm()
    assert notices(the_alarm, "a a a ae ae") == [(2, "opened")]
    the_alarm.pause()
    assert notices(the_alarm, "ae ae ae", start=5) == [(7, "elsewhere")]
