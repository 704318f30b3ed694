"""Every text that is sent to people: what happened, what was expected, what to do now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Sequence

from src.blobs import Spot
from src.config import LONGEST_DOWN_SECONDS
from src.incident import IncidentNotice
from src.reopener import SILENT_SHARE

# A message delivered within this time is not called late.
PROMPT_SECONDS = 120
# A digest lists so many of its messages; the log file has them all.
DIGEST_LINES = 30
MEGABYTE, GIGABYTE = 1e6, 1e9

WHAT_TO_DO_AT_A_LEAK = (
    "What to do now: look at the picture, and if liquid may be out, follow your spill procedure. "
    "If you cannot tell, have somebody look at the set-up. "
    "This message is an aid, no replacement for containment."
)
BLIND = "Until this is put right, no leak can be seen."
UNSURE = "Until this is put right, a leak may be missed, and false alarms may come."
NOBODY_WATCHES = "Nobody is watching the set-up now."
NO_CAMERA = "That is a recording and no camera: nobody watches the set-up itself."
CAMERA_AGAIN = "To watch with the camera, write source: null in the section camera of config/config.yaml."

# kind: (what is the matter, with the camera as its subject; what it means; what to do now)
CAMERA_PROBLEMS = {
    "lost": (
        "sends no pictures",
        BLIND,
        "check that the PC is awake, that the plug of the camera sits firmly (a network camera: that it is switched "
        "on) and that no other program uses it. The monitor keeps trying by itself.",
    ),
    "frozen": (
        "sends the very same picture again and again",
        BLIND,
        "unplug the camera, wait five seconds, plug it in again. The monitor finds it by itself.",
    ),
    "black": (
        "sees nothing but black",
        BLIND,
        "leave a light on near the set-up, and check that the lens is free.",
    ),
    "overexposed": (
        "is dazzled, its picture is almost white",
        BLIND,
        "find the lamp or the sunlight that shines into the camera and turn it away.",
    ),
    "covered": (
        "does not see the set-up, something covers it or stands in front of it",
        BLIND,
        "take away what is in front of the camera, and wipe the lens.",
    ),
    "resized": (
        "sends pictures of another size than when the monitor was trained",
        UNSURE,
        "check that the right camera is plugged in, and set index, width and height in the section camera of "
        "config/config.yaml as they were. If the new size is to stay, move the pictures in data/normal away, then run "
        "run_capture.bat and run_train.bat again.",
    ),
    "blurred": ("has a blurred picture", UNSURE, "wipe the lens and set the focus again."),
    "moved": (
        "no longer looks where it looked when the monitor was trained",
        UNSURE,
        "turn it back to where it was. If it is to stay where it is now, run run_capture.bat and "
        "run_train.bat again.",
    ),
}

# reason: (why nothing was watched, how to prevent it)
WATCH_GAPS = {
    "asleep": ("the PC was asleep", "switch off the sleep mode in the power settings of Windows."),
    "stalled": (
        "the program was held up",
        "close other programs that keep the PC busy, and do not click into the black window: "
        "that stops the program until you press a key.",
    ),
}


# event: what the window says
LIGHT_WORDS = {
    "lighting_change": "The light is new: it was not in the training pictures. Leaks are still looked for, but small "
                       "ones may be missed. To teach it this light: set_mode_CAPTURE.bat, run_capture.bat for a few "
                       "minutes, then run_train.bat.",
    "lighting_normal": "The light is as in the training pictures again.",
}

# Light alone can look like a leak; but a large leak looks like new light, too.
NEW_LIGHT = (
    "The light is unlike that of all training pictures: it may be the light, and it may be a large leak."
)


@dataclass(frozen=True)
class MessageText:
    """What people read. subject: one line. text: its first line says it all in one sentence."""

    subject: str
    text: str


def incident_message(notice: IncidentNotice, event_id: str, new_light: bool = False) -> MessageText:
    """An incident has opened, goes on, or is over.

    event_id: the number in the names of the picture files. new_light: the whole picture is lit as never in training.
    """
    if notice.kind == "resolved":
        return _resolved(notice)
    if notice.kind == "elsewhere":
        subject, first = _elsewhere(notice)
    else:
        subject, first = _leak(notice)
    if new_light:
        first = f"{first} {NEW_LIGHT}"
    files = (
        f"Incident {notice.incident_id}. The pictures are on the lab PC in data/anomalies, number {event_id}."
    )
    return MessageText(subject, "\n\n".join((first, WHAT_TO_DO_AT_A_LEAK, files)))


def _leak(notice: IncidentNotice) -> tuple[str, str]:
    """Subject and first lines."""
    seen = f"first seen {at(notice.opened_at)}, {duration(notice.seconds_open)} ago"
    if notice.spot is None:
        subject = "the picture is not as usual"
        first = f"Possible leak: the picture is not as usual, but no single spot can be outlined; {seen}."
    else:
        where, size = place(notice.spot), percent(notice.area_percent)
        subject = f"{where}, {size} of the area"
        first = (
            f"Possible leak {where} of the picture: {size} of the watched area, {seen}. "
            f"{_trend(notice)}"
        )
    return f"{_headline(notice)}: {subject}", first


def _elsewhere(notice: IncidentNotice) -> tuple[str, str]:
    """Subject and first lines."""
    where, size = place(notice.spot), percent(notice.area_percent)
    return (
        f"POSSIBLE LEAK AT ANOTHER PLACE: {where}, {size} of the area",
        f"Possible leak at another place as well, {where} of the picture: {size} of the watched area. "
        f"The one first seen {at(notice.opened_at)}, {duration(notice.seconds_open)} ago, is not over.",
    )


def _headline(notice: IncidentNotice) -> str:
    if notice.kind == "opened":
        return "POSSIBLE LEAK"
    return "LEAK GROWING" if notice.growing else "STILL THERE, POSSIBLE LEAK"


def _trend(notice: IncidentNotice) -> str:
    if notice.kind == "opened":
        return "It is growing." if notice.growing else "Too early to say whether it is growing."
    earlier = f"the first message said {percent(notice.opening_area_percent)}"
    return f"It is growing: {earlier}." if notice.growing else f"It is not growing now; {earlier}."


def _resolved(notice: IncidentNotice) -> MessageText:
    text = (
        f"The picture looks normal again: the possible leak first seen {at(notice.opened_at)} can no longer be seen, "
        f"after {duration(notice.seconds_open)}. "
        f"At its largest it covered {percent(notice.largest_area_percent)} of the watched area.",
        "What to do now: check that the set-up is dry, unless you already know the cause. "
        "Liquid can dry up or drain away out of sight. The monitor goes on watching.",
        f"Incident {notice.incident_id}.",
    )
    return MessageText("Over: the picture looks normal again", "\n\n".join(text))


def camera_problem(kind: str, detail: str, since: datetime) -> MessageText:
    """The camera has a problem. kind: see CAMERA_PROBLEMS. detail: a sentence with figures, or ""."""
    what, consequence, advice = CAMERA_PROBLEMS[kind]
    first = f"The camera {what}, since {clock_time(since)}. {consequence}"
    return _camera_text(f"CAMERA PROBLEM: the camera {what}", first, detail, advice)


def camera_reminder(kind: str, detail: str, since: datetime, seconds: float) -> MessageText:
    """The camera problem is still there after `seconds`."""
    what, consequence, advice = CAMERA_PROBLEMS[kind]
    first = f"Still the same after {duration(seconds)}: the camera {what}, since {clock_time(since)}."
    return _camera_text(f"STILL A CAMERA PROBLEM: the camera {what}", f"{first} {consequence}", detail, advice)


def _camera_text(subject: str, first: str, detail: str, advice: str) -> MessageText:
    parts = [first, f"What to do now: {advice}"]
    if detail:
        parts.insert(1, detail)
    return MessageText(subject, "\n\n".join(parts))


def camera_recovered(kind: str, seconds: float) -> MessageText:
    """The camera problem is over; it lasted `seconds`."""
    what, consequence, _ = CAMERA_PROBLEMS[kind]
    lost_time = (
        "In that time no leak could be seen"
        if consequence == BLIND
        else "In that time a leak may have been missed"
    )
    return MessageText(
        "Camera is fine again",
        f"The camera is fine again after {duration(seconds)}. The problem was: the camera {what}.\n\n"
        f"{lost_time}: what happened in between, only a look at the set-up can tell.",
    )


CAMERA_NO_LONGER_SLOW = "Pictures come as often as expected again."


def camera_slow(usual_seconds: float, expected_seconds: float, lost_seconds: float) -> str:
    """The line about a camera that sends pictures more rarely than expected.

    lost_seconds: without a picture for so long, the camera is called lost.
    """
    text = (
        f"Pictures come slowly: only one every {round(usual_seconds, 1):g} s, and one every "
        f"{expected_seconds:g} s was expected (frame_interval_seconds in config/config.yaml). Leaks are still looked "
        "for, but an alert comes later. What to do now: see whether this PC is busy (a training?), then check the "
        "network of the camera and how many pictures a second it is set to."
    )
    # Such a camera is opened again between two of its pictures.
    if usual_seconds > SILENT_SHARE * lost_seconds and lost_seconds < LONGEST_DOWN_SECONDS:
        longer = min(LONGEST_DOWN_SECONDS, round(4 * usual_seconds))
        text += (
            f" If they cannot come faster, set camera_down_seconds to {longer}, or the camera is called lost again "
            "and again."
        )
    return text


MODEL_RENEWED = "The model was replaced: the new one is in use from now on."


def model_kept(problem: str) -> str:
    """The lines about a new model that cannot be used. problem: why, in words."""
    return (
        f"{problem}\nThe model was replaced, but the new one cannot be used. The monitor goes on with the one that it "
        "has. If config/config.yaml was changed for the new one, close this window and double-click run_monitor.bat."
    )


def watch_gap(seconds: float, reason: str) -> MessageText:
    """For `seconds` nothing was watched. reason: see WATCH_GAPS."""
    why, prevention = WATCH_GAPS[reason]
    return MessageText(
        f"Not watched for {duration(seconds)}",
        f"The leak monitor did not watch for {duration(seconds)}, because {why}. It watches again now.\n\n"
        f"What to do now: look at the set-up if that time matters. To prevent it, {prevention}",
    )


def not_armed(mode: str, expected_after: str) -> MessageText:
    """It is evening and the monitor is not set to watch. expected_after: as "19:00"."""
    return MessageText(
        "The leak monitor is not watching",
        f"It is past {expected_after} and the leak monitor is not watching: its mode is {mode}.\n\n"
        "What to do now: if the set-up is running, double-click set_mode_MONITOR.bat on the lab PC.",
    )


def watch_ended(now: datetime, problem: str) -> MessageText:
    """The mode is no longer MONITOR although nobody has set another. problem: what happened and what to do."""
    return MessageText(
        "The leak monitor has stopped watching",
        f"The leak monitor has stopped watching {at(now)}, although nobody has told it to. {NOBODY_WATCHES}\n\n"
        f"What happened, and what to do now: {problem}",
    )


def watching_again(now: datetime) -> MessageText:
    """After `watch_ended`: the mode is MONITOR again."""
    return MessageText("The leak monitor is watching again", f"The leak monitor is watching again {at(now)}.")


def monitor_started(now: datetime, mode: str) -> MessageText:
    """The program has started. mode: the mode it found."""
    if mode == "MONITOR":
        return MessageText(
            "Leak monitor started",
            f"The leak monitor has started {at(now)} and watches from the first picture of the camera on. "
            "If none comes, a message says so.",
        )
    return MessageText(
        "Leak monitor started, but not watching",
        f"The leak monitor has started {at(now)}, but is not watching: its mode is {mode}.\n\n"
        "What to do now: to watch, double-click set_mode_MONITOR.bat on the lab PC.",
    )


def monitor_closed(now: datetime, reason: str) -> MessageText:
    """The program has ended, for `reason` in words, as "stopped by hand"."""
    return MessageText(
        "Leak monitor closed",
        f"The leak monitor was closed {at(now)}: {reason}. {NOBODY_WATCHES}\n\n"
        "What to do now: to watch again, double-click run_monitor.bat on the lab PC.",
    )


def crash_loop(restarts: int, minutes: int, last_reason: str) -> MessageText:
    """The program was restarted again and again and has been given up. last_reason: in words."""
    return MessageText(
        "THE LEAK MONITOR HAS FAILED",
        f"The leak monitor has stopped working: it ended {restarts} times in {minutes} minutes. "
        f"{NOBODY_WATCHES}\n\n"
        f"The last time: {last_reason}\n\n"
        "What to do now: have somebody look at the set-up. Then double-click run_monitor.bat on the lab PC; "
        "if it stops again, double-click run_health_check.bat, which names what is wrong.",
    )


def disk_low(free_bytes: int) -> MessageText:
    """Little space is left, everything still works."""
    return MessageText(
        f"Lab PC: only {size_on_disk(free_bytes)} of disk space left",
        f"The disk of the lab PC is nearly full: {size_on_disk(free_bytes)} are free. "
        "The monitor still works.\n\n"
        "What to do now: free some space. Below 200 MB, alerts go on, but no more pictures are kept.",
    )


def disk_full(free_bytes: int) -> MessageText:
    """Pictures are no longer saved."""
    return MessageText(
        "Lab PC: disk full, pictures are no longer saved",
        f"The disk of the lab PC is full: {size_on_disk(free_bytes)} are free. "
        "The monitor goes on watching and sending alerts, but saves no more pictures.\n\n"
        "What to do now: free some space, at least 1 GB.",
    )


def disk_ok(free_bytes: int) -> MessageText:
    """There is space again."""
    return MessageText(
        "Lab PC: disk space is fine again",
        f"The disk of the lab PC has space again: {size_on_disk(free_bytes)} are free. "
        "Pictures are saved as usual.",
    )


def trial_message(now: datetime) -> MessageText:
    """Proof that messages arrive."""
    return MessageText(
        "Test of the leak monitor",
        f"This is a test of the leak monitor, sent {at(now)}. No leak has been seen. "
        "If you can read this, alerts reach you here.",
    )


def digest(messages: Sequence[tuple[datetime, str]], now: datetime) -> MessageText:
    """Several messages that could not be delivered for more than a day, as one. messages: (when, subject)."""
    lines = [f"- {at(when)}: {subject}" for when, subject in messages[:DIGEST_LINES]]
    if len(messages) > DIGEST_LINES:
        lines.append(f"- and {len(messages) - DIGEST_LINES} more, see logs/events.jsonl on the lab PC")
    first = (
        f"{len(messages)} messages of the leak monitor could not be delivered for more than a day. "
        f"They are listed here, oldest first; it is now {clock_time(now)}."
    )
    return MessageText(
        f"{len(messages)} late messages of the leak monitor",
        "\n\n".join(
            (first, "\n".join(lines), "What to do now: check the set-up if you have not done so since.")
        ),
    )


def waited(seconds: float) -> str:
    """The remark under a message that is delivered late, "" for a prompt one."""
    if seconds < PROMPT_SECONDS:
        return ""
    return f"This message waited {duration(seconds)}, because it could not be delivered earlier."


def delivery_note(label: str, reason: str, permanent: bool, since: datetime) -> str:
    """The remark about another way of sending that does not work. label: as "Slack"."""
    if permanent:
        return f"Note: {label} refused the last message {at(since)}: {reason}"
    return f"Note: nothing has got through by {label} since {clock_time(since)}: {reason}"


def delivery_trouble(label: str, reason: str, permanent: bool) -> str:
    """The line about a way of sending that has begun to fail. label: as "Slack"."""
    reason = reason.rstrip(".")
    if permanent:
        return (
            f"WARNING: {label} has refused a message: {reason}. What to do now: type run_health_check.bat --notify "
            "(chapter 7.4 of USER_GUIDE.md)."
        )
    return f"WARNING: nothing gets through by {label}: {reason}. It is tried again and again by itself."


def delivery_works_again(label: str) -> str:
    """The line about a way of sending that had failed."""
    return f"Messages get through by {label} again."


def place(spot: Spot) -> str:
    """Where in the picture: "in the lower left"."""
    if spot.width > 0.6 and spot.height > 0.6:
        return "in most parts"
    row = _third(spot.top + spot.height / 2)
    column = _third(spot.left + spot.width / 2)
    return (
        ("in the upper left", "in the upper middle", "in the upper right"),
        ("in the left middle", "in the middle", "in the right middle"),
        ("in the lower left", "in the lower middle", "in the lower right"),
    )[row][column]


def _third(position: float) -> int:
    return min(int(3 * position), 2)


def percent(value: float, unit: str = "percent") -> str:
    """A share in percent with as many digits as matter: "0.42 percent"."""
    if 0 < value < 0.01:
        return f"less than 0.01 {unit}"
    digits = 2 if value < 1 else 1 if value < 10 else 0
    return f"{value:.{digits}f} {unit}"


def duration(seconds: float) -> str:
    """A length of time as people say it: "45 s", "12 min", "3 h 12 min", "2 d 5 h"."""
    whole = int(round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def at(moment: datetime) -> str:
    """A wall time: "at 03:14 on 23 Nov"."""
    return f"at {clock_time(moment)}"


def clock_time(moment: datetime) -> str:
    """A wall time: "03:14 on 23 Nov"."""
    return f"{moment:%H:%M} on {_day(moment)}"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b}"


def size_on_disk(size_bytes: float) -> str:
    """A size on disk: "180 MB", "1.4 GB"."""
    if size_bytes < GIGABYTE:
        return f"{size_bytes / MEGABYTE:.0f} MB"
    return f"{size_bytes / GIGABYTE:.1f} GB"
