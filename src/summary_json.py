"""A summary as plain values, for programs."""

from __future__ import annotations

from src.coverage import BLIND, DOUBTFUL, GAP, NOT_ARMED, Span
from src.summary import DaySummary
from src.summary_page import sentence


def as_json(summary: DaySummary) -> dict[str, object]:
    """The summary as plain values for a JSON file. Times are ISO 8601 with offset."""
    return {
        "sentence": sentence(summary),
        "period": {
            "label": summary.period.label,
            "start": summary.period.start.isoformat(),
            "end": summary.period.end.isoformat(),
        },
        "armed_hours": round(summary.armed_seconds / 3600, 3),
        "watched_hours": round(summary.watched_seconds / 3600, 3),
        "coverage_percent": summary.coverage_percent,
        "frames": summary.frames,
        "alerts": [alert.model_dump(mode="json") for alert in summary.alerts],
        "incidents": [
            {
                "incident_id": line.incident_id,
                "opened_at": line.opened_at.isoformat(),
                "minutes": line.minutes,
                "alerts": line.alerts,
                "largest_area_percent": line.largest_area_percent,
                "growing": line.growing,
                "triggers": line.triggers,
                "evidence": line.evidence,
            }
            for line in summary.incidents
        ],
        "camera_problems": [_span_as_json(part) for part in summary.spans if part.kind in (BLIND, DOUBTFUL)],
        "gaps": [_span_as_json(part) for part in summary.of_kind(GAP)],
        "not_armed": [_span_as_json(part) for part in summary.of_kind(NOT_ARMED)],
        "lighting_changes": [_span_as_json(part) for part in summary.lighting_changes],
        "messages": summary.messages,
        "failed_delivery_attempts": summary.failed_attempts,
        "undelivered": [
            {
                "message_id": message.message_id,
                "subject": message.subject,
                "channel": message.channel,
                "queued_at": message.queued_at.isoformat(),
                "reason": message.reason,
                "given_up": message.given_up,
            }
            for message in summary.undelivered
        ],
        "score_max_per_hour": [
            {
                "hour": score.hour.isoformat(),
                "frames": score.frames,
                "score_max": score.score_max,
                "score_threshold": score.threshold,
            }
            for score in summary.hours
        ],
        "troubles": [
            {"first_at": line.first_at.isoformat(), "times": line.times, "text": line.text}
            for line in summary.troubles
        ],
        "events": summary.event_counts,
        "unreadable_lines": summary.unreadable_lines,
    }


def _span_as_json(part: Span) -> dict[str, object]:
    return {
        "start": part.start.isoformat(),
        "end": part.end.isoformat(),
        "seconds": round(part.seconds, 1),
        "reason": part.reason,
    }
