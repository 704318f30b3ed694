"""state/outbox: a message waits here, on disk, until each channel has delivered it.

One file per message and channel. It is written before anything else happens and removed after the channel
has taken the message: a kill at any moment can repeat a message (with the same id) but never lose one.
"""

from __future__ import annotations

import contextlib
import random
import threading
import uuid
from datetime import timedelta, timezone
from typing import Callable, Sequence

from src.clock import Clock
from src.delivery import Channel, Message
from src.messages import MessageText
from src.outbox_folder import FAILED, OutboxFolder
from src.outbox_line import Line, Problem

# How often a channel looks for messages that another program has queued.
LOOK_AGAIN_SECONDS = 30.0
# Only an outage this long is worth a remark in other channels' messages.
OUTAGE_WORTH_TELLING = timedelta(minutes=15)


class Outbox:
    """Queues messages on disk and delivers them, in order, per channel, until they have arrived.

    Each channel has a thread of its own: a server that hangs holds up neither the monitor nor the others.
    """

    def __init__(
        self,
        files: OutboxFolder,
        channels: Sequence[Channel],
        clock: Clock,
        on_event: Callable[..., None],
        chance: Callable[[], float] = random.random,
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        """on_event: called as on_event("notify_sent", channel=..., message_id=...), from several threads. An
        OSError from it (no room for the log) is ignored: the delivery matters more.
        chance: random numbers from 0 to 1. say: shows a line to the user, also from several threads: when a channel
        begins to fail, and when it works again.
        """
        self._files = files
        self._clock = clock
        self._on_event = on_event
        self._lines = [Line(channel, files, clock, self._tell, say, chance) for channel in channels]
        self._wake = [threading.Event() for _ in channels]
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of the channels through which a message goes that is queued now."""
        return tuple(line.channel.name for line in self._lines)

    def start(self) -> None:
        """Deliver from now on, in threads: first what waits from before a restart."""
        self._recover()
        for line, wake in zip(self._lines, self._wake):
            thread = threading.Thread(
                target=self._work, args=(line, wake), name=f"outbox {line.channel.name}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def queue(self, text: MessageText, picture: bytes | None = None) -> str:
        """Keep a message for every channel, on disk when this returns, and wake the delivery.

        picture: the bytes of a JPEG file. Returns the message id.
        Never raises for a full disk: the message is then kept in memory.
        """
        now = self._clock.now()
        # UTC, so that the hour which daylight saving repeats keeps its order.
        message_id = f"{now.astimezone(timezone.utc):%Y%m%d-%H%M%S-%f}-{uuid.uuid4().hex[:8]}"
        message = Message(
            message_id=message_id, subject=text.subject, text=text.text, created_at=now, picture=picture
        )
        for line, wake in zip(self._lines, self._wake):
            line.keep(message)
            wake.set()
        for line in self._lines:
            self._tell(
                "notify_queued", channel=line.channel.name, message_id=message_id, subject=text.subject
            )
        return message_id

    def deliver(self) -> None:
        """Try once whatever is due, in this thread: for programs that do not call `start`."""
        for line in self._lines:
            self._deliver_all_that_is_due(line)

    def waiting(self) -> dict[str, int]:
        """How many messages wait, per channel."""
        return {line.channel.name: line.pending for line in self._lines}

    def problems(self) -> tuple[Problem, ...]:
        """The channels that do not deliver at the moment; str() of each is a sentence."""
        return tuple(line.problem for line in self._lines if line.problem is not None)

    def close(self, patience_seconds: float = 10.0) -> None:
        """Stop delivering; what cannot be delivered within `patience_seconds` waits on disk."""
        give_up = self._clock.monotonic() + patience_seconds
        while self._threads and any(line.busy for line in self._lines) and self._clock.monotonic() < give_up:
            self._clock.sleep(0.05)
        self._closing.set()
        for wake in self._wake:
            wake.set()
        for thread in self._threads:
            thread.join(timeout=0.5)

    def _work(self, line: Line, wake: threading.Event) -> None:
        while not self._closing.is_set():
            wake.clear()
            self._deliver_all_that_is_due(line)
            wake.wait(line.seconds_to_wait or LOOK_AGAIN_SECONDS)

    def _deliver_all_that_is_due(self, line: Line) -> None:
        while not self._closing.is_set():
            remarks = self._remarks(line)
            if not line.deliver_next(remarks):
                return
            for other in self._lines:
                if other.refusal in remarks:
                    other.refusal = None

    def _remarks(self, line: Line) -> list[Problem]:
        """What people should know about the other channels."""
        remarks, now = [], self._clock.now()
        for other in self._lines:
            if other is line:
                continue
            if other.refusal is not None:
                remarks.append(other.refusal)
            elif other.problem is not None and now - other.problem.since >= OUTAGE_WORTH_TELLING:
                remarks.append(other.problem)
        return remarks

    def _recover(self) -> None:
        now = self._clock.now()
        try:
            self._files.sweep(now)
            self._files.bring_back_failed(now)
            self._put_away_messages_of_unknown_channels()
        except OSError as error:
            self._tell_error(
                "outbox", "", f"the outbox could not be tidied: {error.strerror}", permanent=False
            )

    def _put_away_messages_of_unknown_channels(self) -> None:
        known = {line.channel.name for line in self._lines}
        for name in self._files.names():
            message_id, channel, _ = name.rsplit(".", 2)
            if channel not in known:
                self._files.put_away(name, FAILED)
                self._tell_error(channel, message_id, "this way of sending is switched off", permanent=True)

    def _tell_error(self, channel: str, message_id: str, reason: str, permanent: bool) -> None:
        self._tell("notify_error", channel=channel, message_id=message_id, reason=reason, permanent=permanent)

    def _tell(self, event: str, **fields: object) -> None:
        with contextlib.suppress(OSError):
            self._on_event(event, **fields)
