"""What the log, the servers and the page of a rehearsed day say, against what really happened."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Sequence

from soak.day import Day, DayClock
from soak.lab import Lab
from soak.report import Proof
from soak.schedule import BLIND, NAMED, NEEDS_A_DISK, Episode
from src.atomic_file import read_json
from src.outbox import Outbox
from src.period import calendar_day
from src.reports import daily_summary

DAY = date(2026, 11, 23)
LEAK_WITHIN_SECONDS, RESOLVED_WITHIN_SECONDS, RECOVERED_WITHIN_SECONDS = 15.0, 900.0, 60.0
TOLERANCE_SECONDS = 8.0
# What begins and ends between two looks; a camera is well again only after some good pictures.
SLACK_ON_THE_PAGE_SECONDS = 5.0
HEARTBEAT_SECONDS = 60.0


def it_came_to_its_end(day: Day, wanted: Sequence[Episode], reason: str, lab: Lab) -> Proof:
    frames = sum(event["frames"] for event in lab.events("heartbeat"))
    faults = []
    if len(day.ended) != len(wanted):
        faults.append(f"only {len(day.ended)} of {len(wanted)} troubles came to pass")
    if reason != "The day is over":
        faults.append(f"the watch ended: {reason}")
    counts = Counter(episode.what for episode in day.ended)
    return Proof(
        f"{day.seconds / 3600:.3g} h of virtual time through the real monitor ({day.seconds:.0f} looks)",
        f"{frames} pictures judged; "
        + ", ".join(f"{what} {count}" for what, count in sorted(counts.items()))
        + f", server outages {len(day.outages)}",
        tuple(faults),
    )


def a_sign_of_life_every_minute(lab: Lab) -> Proof:
    """Two signs of life further apart than they should be need a watch_gap event that says why."""
    unexplained, last, excuse = [], None, 0.0
    beats = 0
    for event in lab.events("heartbeat", "watch_gap"):
        if event["event"] == "watch_gap":
            if event["reason"] != "no_picture":  # a monitor that sees nothing still gives signs of life
                excuse += event["seconds"]
            continue
        beats += 1
        now = datetime.fromisoformat(event["time"])
        if last is not None and (now - last).total_seconds() > HEARTBEAT_SECONDS + excuse + TOLERANCE_SECONDS:
            unexplained.append(
                f"{(now - last).total_seconds():.0f} s without a sign of life before {now:%H:%M:%S}"
            )
        last, excuse = now, 0.0
    return Proof(
        "The same: a sign of life every minute",
        f"{beats} heartbeats, {len(unexplained)} gaps without a reason",
        tuple(unexplained[:3]),
    )


def every_leak_alerted(lab: Lab, day: Day) -> Proof:
    opened = [(_time(event), event["incident_id"]) for event in lab.events("incident_opened")]
    resolved = [_time(event) for event in lab.events("incident_resolved")]
    faults, delays, ends, explained = [], [], [], set()
    for episode in _of(day, "leak"):
        found = [(at, name) for at, name in opened if day.began[episode] <= at <= day.ended[episode]]
        if not found:
            faults.append(f"the leak at {day.began[episode]:%H:%M} was not alerted")
            continue
        explained.update(name for _, name in found)
        delays.append((found[0][0] - day.began[episode]).total_seconds())
        later = [
            seconds
            for at in resolved
            if 0 <= (seconds := (at - day.ended[episode]).total_seconds()) <= RESOLVED_WITHIN_SECONDS
        ]
        ends += later[:1]
        if not later:
            faults.append(f"the end of the leak at {day.began[episode]:%H:%M} was not told")
    false_alarms = [at for at, name in opened if name not in explained]
    if any(delay > LEAK_WITHIN_SECONDS for delay in delays):
        faults.append(f"an alert took {max(delays):.0f} s")
    times = ", ".join(f"{at:%H:%M:%S} ({_at_that_time(day, at)})" for at in false_alarms)
    return Proof(
        "The same: every leak is alerted, and its end is told",
        f"{len(delays)} of {len(_of(day, 'leak'))} leaks, after {max(delays, default=0):.0f} s at most, "
        f"their ends after {max(ends, default=0):.0f} s at most; "
        f"{len(false_alarms)} false alarms{': ' + times if times else ''}",
        tuple(faults),
    )


def _at_that_time(day: Day, moment: datetime) -> str:
    return next(
        (
            episode.what
            for episode in day.ended
            if day.began[episode] <= moment <= day.ended[episode] + timedelta(seconds=30)
        ),
        "nothing the matter",
    )


def every_alert_delivered(lab: Lab, arrived: dict[str, Counter[str]], outbox: Outbox, day: Day) -> Proof:
    alerts = {event["event_id"] for event in lab.events("alert")}
    faults = [
        f"{len(alerts - ids.keys())} alerts never reached {name}"
        for name, ids in arrived.items()
        if alerts - ids.keys()
    ]
    faults += [f"{count} messages still wait for {name}" for name, count in outbox.waiting().items() if count]
    hours = sum(outage.seconds for outage in day.outages) / 3600.0
    return Proof(
        "The same: every alert arrives although servers are down for hours",
        f"{len(alerts)} alerts, {len(day.outages)} outages of {hours:.1f} h in all, "
        f"{len(lab.events('notify_error'))} failed tries",
        tuple(faults),
    )


def every_blindness_named(lab: Lab, day: Day) -> Proof:
    problems, recoveries = lab.events("camera_problem"), lab.events("camera_recovered")
    faults, named, slowest = [], 0, 0.0
    for episode in day.ended:
        expected = NAMED[episode.what]
        if expected is None or episode.seconds < expected[1] + TOLERANCE_SECONDS:
            continue
        kind, within = expected
        begin, end = day.began[episode], day.ended[episode]
        late = [
            (_time(event) - begin).total_seconds()
            for event in problems
            if event["kind"] == kind and begin <= _time(event) <= end
        ]
        if not late or late[0] > within + TOLERANCE_SECONDS:
            faults.append(
                f"{episode.what} at {begin:%H:%M} was "
                + (f"named after {late[0]:.0f} s" if late else "not named")
            )
            continue
        named += 1
        slowest = max(slowest, late[0] - within)
        if not any(
            event["kind"] == kind and 0 <= (_time(event) - end).total_seconds() <= RECOVERED_WITHIN_SECONDS
            for event in recoveries
        ):
            faults.append(f"the end of {episode.what} at {end:%H:%M} was not told")
    unasked = len(problems) - named
    return Proof(
        "The same: every blindness is named in time, and its end is told",
        f"{named} named, at most {slowest:.0f} s after the stated time; {unasked} others named",
        tuple(faults),
    )


def all_written_down(lab: Lab, day: Day) -> Proof:
    """Each of these leaves its own event."""
    expected = {
        "asleep": ("watch_gap", {"reason": "asleep"}),
        "stalled": ("watch_gap", {"reason": "stalled"}),
        "clock back": ("watch_gap", {"reason": "clock_back"}),
        "mode OFF": ("mode_changed", {"mode": "OFF"}),
        "mode CAPTURE": ("mode_changed", {"mode": "CAPTURE"}),
        "mode rubbish": ("mode_problem", {}),
        "disk low": ("disk_low", {}),
        "disk full": ("disk_full", {}),
        "bad pictures": ("frame_error", {}),
    }
    faults, seen = [], 0
    for episode in day.ended:
        if episode.what not in expected:
            continue
        name, fields = expected[episode.what]
        begin = day.began[episode] - timedelta(seconds=episode.seconds if episode.what == "clock back" else 0)
        if any(
            fields.items() <= event.items()
            and begin <= _time(event) <= day.ended[episode] + timedelta(seconds=5)
            for event in lab.events(name)
        ):
            seen += 1
        else:
            faults.append(f"{episode.what} at {day.began[episode]:%H:%M} left no event")
    disk_ok = len([episode for episode in day.ended if episode.what in NEEDS_A_DISK])
    if len(lab.events("disk_ok")) < disk_ok:
        faults.append("a disk that was roomy again was not told")
    return Proof(
        "The same: sleep, stalls, clock jumps, modes, disk and bad pictures are written down",
        f"{seen} of {seen + len(faults)}",
        tuple(faults),
    )


def page_truthful(lab: Lab, day: Day, clock: DayClock) -> Proof:
    """The page of that day against what really happened."""
    period = calendar_day(DAY)
    said = read_json(daily_summary(lab.config, period, clock.now()).data)
    # The clock jumps, so that the end of the rehearsal may fall into the next day.
    real = Counter()
    for episode, began in day.began.items():
        if began < period.end:
            real[_on_the_page(episode.what)] += episode.seconds
    gap = sum(part["seconds"] for part in said["gaps"])
    blind = sum(part["seconds"] for part in said["camera_problems"] if part["reason"] != "camera moved")
    faults = []
    tolerance = TOLERANCE_SECONDS + SLACK_ON_THE_PAGE_SECONDS * len(day.ended)
    for name, told, true in (("gaps", gap, real["gap"]), ("blindness", blind, real["blind"])):
        if abs(told - true) > tolerance:
            faults.append(f"{name}: the page says {told:.0f} s, it was {true:.0f} s")
    for name, event in (("incidents", "incident_opened"), ("alerts", "alert")):
        true = sum(_time(found) < period.end for found in lab.events(event))
        if len(said[name]) != true:
            faults.append(f"the page has {len(said[name])} {name}, the log {true}")
    if said["undelivered"]:
        faults.append(f"the page says {len(said['undelivered'])} messages never arrived")
    return Proof(
        "The same: the page of that day is truthful",
        f'"{said["sentence"]}" Gaps {gap / 60:.0f} min (really {real["gap"] / 60:.0f}), '
        f"blind {blind / 60:.0f} min (really {real['blind'] / 60:.0f})",
        tuple(faults),
    )


def _on_the_page(what: str) -> str:
    if what in BLIND:
        return "blind"
    # Where monotonic time sleeps, too, a clock set forward cannot be told from sleep.
    asleep = ("asleep", "stalled") if os.name == "nt" else ("asleep", "stalled", "clock forward")
    return "gap" if what in asleep else "else"


def _of(day: Day, what: str) -> list[Episode]:
    return [episode for episode in day.ended if episode.what == what]


def _time(event: dict) -> datetime:
    return datetime.fromisoformat(event["time"])
