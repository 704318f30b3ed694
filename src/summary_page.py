"""A summary in words: one plain sentence, and the proof behind it."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Callable, Iterable, Iterator

from src.coverage import BLIND, DOUBTFUL, GAP, NOT_ARMED, WATCHED, Span, seconds_of
from src import messages
from src.messages import duration, percent as as_said
from src.summary import DaySummary
from src.summary_parts import IncidentLine, Undelivered

# Less is the blink between two lines of the log.
SHORTEST_SECONDS = 0.5
ROUNDING = 1e-9     # percent; a sum of many spans is a little less than the whole for a computer
_KIND_WORDS = {
    WATCHED: "watched",
    DOUBTFUL: "watched, but less well",
    BLIND: "camera problem: blind",
    GAP: "gap",
    NOT_ARMED: "not armed",
}


def sentence(summary: DaySummary) -> str:
    """The night in one plain sentence."""
    if summary.coverage_percent is None:
        why = ", ".join(_reasons(summary.of_kind(NOT_ARMED)))
        watched = f"NOBODY WAS WATCHING ({why or 'no time has passed'})"
    else:
        armed = duration(summary.armed_seconds)
        watched = f"Watched {percent(summary.coverage_percent)} of the {armed} it was armed"
        doubtful = seconds_of(summary.spans, DOUBTFUL)
        if doubtful:
            why = ", ".join(_reasons(summary.of_kind(DOUBTFUL)))
            watched += f" ({duration(doubtful)} of it less well: {why})"
    return f"{watched}, {_alerts_in_words(summary)}, {_delivery_in_words(summary)}."


def percent(share: float) -> str:
    """A share in percent, never rounded up: "100 %" is really all of it."""
    return "100 %" if share >= 100.0 - ROUNDING else f"{math.floor((share + ROUNDING) * 10.0) / 10.0:.1f} %"


def markdown(summary: DaySummary, scores_picture: str, evidence_link: Callable[[str], str]) -> str:
    """The whole page.

    scores_picture: link to the score plot. evidence_link: makes the link to the evidence file of that name.
    """
    blocks = [
        f"# {summary.period.title}",
        f"**{sentence(summary)}**",
        f"![Score over time]({scores_picture})",
        *_leaks(summary, evidence_link),
        *_watching(summary),
        *_messages(summary),
        *_light(summary),
        *_scores(summary),
        *_log(summary),
    ]
    return "\n\n".join(blocks) + "\n"


def _alerts_in_words(summary: DaySummary) -> str:
    lines = summary.incidents
    if not lines:
        return "no leak alert"
    still_open = " (still open)" if any(line.minutes is None for line in lines) else ""
    if len(lines) == 1:
        return f"1 leak alert at {_clock(lines[0].opened_at)}{still_open}"
    if len(lines) <= 3:
        *earlier, last = (_clock(line.opened_at) for line in lines)
        return f"{len(lines)} leak alerts at {', '.join(earlier)} and {last}{still_open}"
    return (
        f"{len(lines)} leak alerts between {_clock(lines[0].opened_at)} and {_clock(lines[-1].opened_at)}"
        f"{still_open}"
    )


def _delivery_in_words(summary: DaySummary) -> str:
    if not summary.messages:
        return "NOBODY WAS TOLD (no way of sending is switched on)" if summary.untold else "no message had to be sent"
    rest = (f"{_count(len(summary.undelivered), 'message')} NOT DELIVERED" if summary.undelivered
            else "everything else delivered" if summary.untold else "everything delivered")
    if not summary.untold:
        return rest
    told_of = f" of {summary.untold} of {len(summary.alerts)} alerts" if summary.untold < len(summary.alerts) else ""
    return f"NOBODY WAS TOLD{told_of} (no way of sending worked then), {rest}"


def _leaks(summary: DaySummary, evidence_link: Callable[[str], str]) -> Iterator[str]:
    yield "## Leak alerts"
    if not summary.incidents:
        yield "None."
        return
    yield _table(
        ("Seen at", "Lasted", "Alerts", "Largest spot", "Growing"),
        (
            (
                _moment(line.opened_at),
                _lasted(line),
                str(line.alerts),
                f"{as_said(line.largest_area_percent, '%')} of the area",
                "yes" if line.growing else "no",
            )
            for line in summary.incidents
        ),
    )
    for line in summary.incidents:
        panels = [name for name in line.evidence if name.startswith("panel_")]
        elsewhere = [name for name in panels if any(event_id in name for event_id in line.elsewhere)]
        # How it began, what came at other places, and how it looked last.
        for name in dict.fromkeys((*panels[:1], *elsewhere, *panels[-1:])):
            yield f"![{name}]({evidence_link(name)})"
        if line.evidence:
            links = ", ".join(f"[{name}]({evidence_link(name)})" for name in line.evidence)
            yield f"All pictures of the alert of {_clock(line.opened_at)}: {links}"


def _watching(summary: DaySummary) -> Iterator[str]:
    yield "## Was it watching?"
    if summary.coverage_percent is not None:
        yield (
            f"Armed for {duration(summary.armed_seconds)}, watched for {duration(summary.watched_seconds)} "
            f"({percent(summary.coverage_percent)}), {summary.frames} pictures judged."
        )
    missed = [part for part in summary.spans if part.kind != WATCHED and part.seconds >= SHORTEST_SECONDS]
    if missed:
        yield _table(
            ("From", "To", "How long", "What", "Why"),
            (
                (
                    _moment(part.start),
                    _moment(part.end),
                    duration(part.seconds),
                    _KIND_WORDS[part.kind],
                    part.reason,
                )
                for part in missed
            ),
        )
    if summary.troubles:
        yield "Trouble that did not end the watch:"
        yield _table(
            ("First", "How often", "What"),
            ((_moment(line.first_at), str(line.times), line.text) for line in summary.troubles),
        )


def _messages(summary: DaySummary) -> Iterator[str]:
    yield "## Messages"
    yield (
        f"{_count(summary.messages, 'message')} to send, {len(summary.undelivered)} not delivered, "
        f"{_count(summary.failed_attempts, 'failed attempt')}."
    )
    if summary.undelivered:
        yield _table(
            ("Since", "Message", "Channel", "State", "What went wrong"),
            (
                (
                    _moment(message.queued_at),
                    message.subject,
                    message.channel,
                    _state(message),
                    message.reason or "not tried yet",
                )
                for message in summary.undelivered
            ),
        )


def _light(summary: DaySummary) -> Iterator[str]:
    if not summary.lighting_changes:
        return
    yield "## Light that the training did not show"
    yield _table(
        ("From", "To", "How long"),
        (
            (_moment(part.start), _moment(part.end), duration(part.seconds))
            for part in summary.lighting_changes
        ),
    )
    yield (
        "These are not leak alarms. If this light is normal here, take normal pictures in it "
        "(run_capture.bat), then train again (run_train.bat)."
    )


def _scores(summary: DaySummary) -> Iterator[str]:
    if not summary.hours:
        return
    yield "## Highest score of each hour"
    yield _table(
        ("Hour", "Pictures", "Highest score", "Share of the alarm threshold"),
        (
            (
                _moment(score.hour),
                str(score.frames),
                f"{score.score_max:.4g}",
                (
                    "not known"
                    if score.threshold is None
                    else f"{100.0 * score.score_max / score.threshold:.0f} %"
                ),
            )
            for score in summary.hours
        ),
    )


def _log(summary: DaySummary) -> Iterator[str]:
    yield "## Lines in the log"
    yield _table(("Event", "How often"), ((name, str(count)) for name, count in summary.event_counts.items()))
    if summary.unreadable_lines:
        yield f"{_count(summary.unreadable_lines, 'line')} could not be understood and were left out."


def _reasons(parts: Iterable[Span]) -> list[str]:
    return list(dict.fromkeys(part.reason for part in parts))


def _lasted(line: IncidentLine) -> str:
    return "still open" if line.minutes is None else duration(60.0 * line.minutes)


def _state(message: Undelivered) -> str:
    return "given up" if message.given_up else "still being tried"


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table; a bar inside a cell would end it, so it is written as a slash."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(
        "| " + " | ".join(" ".join(cell.replace("|", "/").split()) for cell in line) + " |" for line in lines
    )
