"""Tells a service such as Healthchecks.io that the monitor lives; it raises the alarm when that stops."""

from __future__ import annotations

import contextlib
import queue
import threading
from dataclasses import dataclass
from typing import Callable
from urllib.parse import urlsplit, urlunsplit

from src.delivery import DeliveryError
from src.web import call


@dataclass(frozen=True)
class _Ping:
    suffix: str  # appended to the path of the address
    body: str  # "" = none


class DeadManSwitch:
    """Pings an address from a thread of its own, so that a slow network holds up nobody.

    on_event: called as on_event("heartbeat_url_error", text=...) when pings begin to fail, or fail in a new
    way, and as on_event("heartbeat_url_ok") when they arrive again.
    """

    def __init__(self, url: str | None, on_event: Callable[..., None]) -> None:
        """url: HEARTBEAT_URL, a secret; None = there is nobody to tell."""
        self._url = url
        self._on_event = on_event
        self._pings: queue.SimpleQueue[_Ping | None] = queue.SimpleQueue()
        self._complaint = ""
        self._thread = threading.Thread(target=self._work, name="heartbeat_url", daemon=True)

    def start(self) -> None:
        """The monitor begins to watch."""
        if self._url is not None:
            self._thread.start()
            self._pings.put(_Ping("/start", ""))

    def alive(self) -> None:
        """The monitor watches. Call it as often as the service expects to hear from it."""
        if self._url is not None and self._pings.empty():
            self._pings.put(_Ping("", ""))

    def fail(self, reason: str) -> None:
        """The monitor does not watch, for `reason`, in words."""
        if self._url is not None:
            self._pings.put(_Ping("/fail", reason))

    def close(self, patience_seconds: float = 2.0) -> None:
        """Send what waits, for at most `patience_seconds`."""
        self._pings.put(None)
        if self._thread.is_alive():
            self._thread.join(patience_seconds)

    def _work(self) -> None:
        for ping in iter(self._pings.get, None):
            complaint = self._send(ping)
            if complaint != self._complaint:
                self._complaint = complaint
                with contextlib.suppress(OSError):  # no room for the log: the next ping matters more
                    self._tell(complaint)

    def _tell(self, complaint: str) -> None:
        if complaint:
            self._on_event("heartbeat_url_error", text=complaint)
        else:
            self._on_event("heartbeat_url_ok")

    def _send(self, ping: _Ping) -> str:
        """What went wrong, "" when the ping arrived."""
        parts = urlsplit(self._url)
        url = urlunsplit(parts._replace(path=parts.path.rstrip("/") + ping.suffix))
        try:
            answer = call("POST", url, data=ping.body.encode()) if ping.body else call("GET", url)
        except DeliveryError as error:
            return f"The ping of HEARTBEAT_URL failed: {error}"
        if answer.status_code >= 300:
            return f"The ping of HEARTBEAT_URL was refused (HTTP {answer.status_code}). Is the address right?"
        return ""
