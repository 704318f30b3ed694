"""From single verdicts to a decision: debounce."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Decision:
    """What follows from the verdicts so far.

    kind: "quiet" (normal), "suspect" (anomalous, not yet confirmed), "alert" (a message is due now)
        or "cooling" (confirmed before, no new message yet).
    suspect_since_seconds: monotonic time of the first anomalous picture of the present run, else None.
    growing: the spot has been getting larger.
    """

    kind: str
    suspect_since_seconds: float | None
    growing: bool
