"""When to try a camera again that has failed, and how."""

from __future__ import annotations

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1.0, 30.0
# An open camera that sends nothing is left alone for this share of the time after which it is called lost: then there
# is time to open it anew before.
SILENT_SHARE = 1 / 3


class Reopener:
    """Waits longer after every failure, and changes the backend each time. Times are monotonic seconds."""

    def __init__(self, backends: tuple[str, ...]) -> None:
        self._backends = backends
        self._failures = 0
        self._due: float | None = None
        self._choice = 0

    @property
    def backend(self) -> str:
        return self._backends[self._choice % len(self._backends)]

    def seconds_to_wait(self, now_seconds: float) -> float:
        return 0.0 if self._due is None else max(0.0, self._due - now_seconds)

    def failed(self, now_seconds: float) -> None:
        """Wait twice as long as the time before, and try the next backend."""
        self._due = now_seconds + min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0 ** min(self._failures, 16))
        self._failures += 1
        self._choice += 1

    def succeeded(self) -> None:
        """A picture has come: keep this backend, and the next failure is the first one again."""
        self._failures = 0
        self._due = None
