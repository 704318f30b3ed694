"""state/outbox: a message waits here, on disk, until each channel has delivered it.

One file per message and channel. It is written before anything else happens and removed after the channel has taken
the message, so that a kill at any moment can repeat a message (with the same id) but never lose one.
"""

from __future__ import annotations

import contextlib
import random
import threading
import traceback
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Callable, Iterator, Sequence

from src.clock import Clock
from src.delivery import DIGEST_AFTER, Channel, DeliveryError, Message, wait_seconds
from src.messages import MessageText, delivery_note, digest, waited
from src.outbox_folder import DELIVERED, FAILED, UNREADABLE, OutboxFolder

# How often a channel looks for messages that another program has queued.
LOOK_AGAIN_SECONDS = 30.0
# Only an outage this long is worth a remark in other channels' messages.
OUTAGE_WORTH_TELLING = timedelta(minutes=15)


@dataclass(frozen=True)
class Problem:
    """Why a channel does not deliver. since: aware wall time of the first failure in a row."""

    label: str
    reason: str
    permanent: bool
    since: datetime

    def __str__(self) -> str:
        return delivery_note(self.label, self.reason, self.permanent, self.since)


@dataclass
class _Line:
    """One channel with its own queue and its own thread: a server that hangs holds up nobody else.

    problem: why it does not deliver now. refusal: a message it refused, which no other channel has told of yet.
    unsaved: messages for which the disk had no room. done_with: files that must not be tried again although they
    could not be put away yet, and where they belong.
    """

    channel: Channel
    lock: threading.Lock = field(default_factory=threading.Lock)
    wake: threading.Event = field(default_factory=threading.Event)
    failures: int = 0
    next_try_seconds: float = 0.0
    problem: Problem | None = None
    refusal: Problem | None = None
    unsaved: list[Message] = field(default_factory=list)
    done_with: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Waiting:
    message: Message
    name: str | None  # of the file, None when it is in memory only


class Outbox:
    """Queues messages on disk and delivers them, in order, per channel, until they have arrived.

    on_event: called as on_event("notify_sent", channel=..., message_id=...), from several threads. An OSError from it
    (no room for the log) is ignored: the delivery matters more.
    """

    def __init__(
        self,
        files: OutboxFolder,
        channels: Sequence[Channel],
        clock: Clock,
        on_event: Callable[..., None],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._files = files
        self._lines = [_Line(channel) for channel in channels]
        self._clock = clock
        self._on_event = on_event
        self._chance = chance
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Deliver from now on, in threads of its own: first what waits from before a restart."""
        self._recover()
        for line in self._lines:
            thread = threading.Thread(target=self._work, args=(line,), name=line.channel.name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def queue(self, text: MessageText, picture: bytes | None = None) -> str:
        """Keep a message for every channel, on disk when this returns, and wake the delivery. Returns the message id.

        picture: the bytes of a JPEG file. Never raises for a full disk: the message is then kept in memory.
        """
        now = self._clock.now()
        # UTC, so that the hour which daylight saving repeats keeps its order.
        message_id = f"{now.astimezone(timezone.utc):%Y%m%d-%H%M%S-%f}-{uuid.uuid4().hex[:8]}"
        message = Message(
            message_id=message_id, subject=text.subject, text=text.text, created_at=now, picture=picture
        )
        for line in self._lines:
            self._keep(line, message)
            line.wake.set()
        for line in self._lines:
            self._tell("notify_queued", channel=line.channel.name, message_id=message_id, subject=text.subject)
        return message_id

    def deliver(self) -> None:
        """Try once whatever is due, in this thread: for programs that do not call `start`."""
        for line in self._lines:
            self._tend(line)

    def waiting(self) -> dict[str, int]:
        """How many messages wait, per channel."""
        return {line.channel.name: self._pending(line) for line in self._lines}

    def problems(self) -> tuple[Problem, ...]:
        """The channels that do not deliver at the moment."""
        return tuple(line.problem for line in self._lines if line.problem is not None)

    def close(self, patience_seconds: float = 10.0) -> None:
        """Stop delivering; channels in good order get `patience_seconds` to finish. The rest waits on disk."""
        give_up = self._clock.monotonic() + patience_seconds
        while self._threads and self._clock.monotonic() < give_up and any(
            self._pending(line) and line.failures == 0 for line in self._lines
        ):
            self._clock.sleep(0.05)
        self._closing.set()
        for line in self._lines:
            line.wake.set()
        for thread in self._threads:
            thread.join(timeout=0.5)

    def _recover(self) -> None:
        now = self._clock.now()
        try:
            self._files.sweep(now)
            self._files.bring_back_failed(now)
            self._put_away_messages_of_unknown_channels()
        except OSError as error:
            self._tell_error("outbox", "", f"the outbox could not be tidied: {error.strerror}", permanent=False)

    def _put_away_messages_of_unknown_channels(self) -> None:
        known = {line.channel.name for line in self._lines}
        for name in self._files.names():
            message_id, channel, _ = name.rsplit(".", 2)
            if channel not in known:
                self._files.put_away(name, FAILED)
                self._tell_error(channel, message_id, "this way of sending is switched off", permanent=True)

    def _keep(self, line: _Line, message: Message) -> None:
        for smaller in (message, message.model_copy(update={"picture": None})):
            try:
                return self._files.add(smaller, line.channel.name)
            except OSError as error:
                reason = f"the message could not be saved ({error.strerror}) and is kept in memory"
        line.unsaved.append(message)
        self._tell_error(line.channel.name, message.message_id, reason, permanent=False)

    def _work(self, line: _Line) -> None:
        while not self._closing.is_set():
            line.wake.clear()
            line.wake.wait(self._tend(line))

    def _tend(self, line: _Line) -> float:
        """Deliver all that is due; how many seconds until it is worth trying again."""
        with line.lock:
            while not self._closing.is_set():
                wait = line.next_try_seconds - self._clock.monotonic()
                if wait > 0:
                    return wait
                self._catch_up_with_the_disk(line)
                batch = self._next(line)
                if not batch:
                    break
                self._attempt(line, batch)
        return LOOK_AGAIN_SECONDS

    def _attempt(self, line: _Line, batch: list[_Waiting]) -> None:
        remarks = self._remarks(line)
        try:
            line.channel.send(self._as_sent(batch, remarks))
        except DeliveryError as error:
            self._failed(line, batch, str(error), error.permanent)
        except Exception as error:  # the guard of this thread: a fault in one channel must not end the deliveries
            where = traceback.extract_tb(error.__traceback__)[-1]
            reason = f"fault in the program, {type(error).__name__} in {Path(where.filename).name}, line {where.lineno}"
            self._failed(line, batch, reason, permanent=True)
        else:
            self._sent(line, batch)
            for other in self._lines:
                if other.refusal in remarks:
                    other.refusal = None

    def _sent(self, line: _Line, batch: list[_Waiting]) -> None:
        line.failures, line.problem, line.next_try_seconds = 0, None, 0.0
        for item in batch:
            self._take_off(line, item, DELIVERED)
            self._tell("notify_sent", channel=line.channel.name, message_id=item.message.message_id,
                       waited_seconds=round(self._age(item.message).total_seconds(), 1))

    def _failed(self, line: _Line, batch: list[_Waiting], reason: str, permanent: bool) -> None:
        line.failures += 1
        line.next_try_seconds = self._clock.monotonic() + wait_seconds(line.failures, self._chance())
        since = line.problem.since if line.problem else self._clock.now()
        line.problem = Problem(line.channel.label, reason, permanent, since)
        if permanent:
            line.refusal = line.problem
        for item in batch:
            if permanent:
                with contextlib.suppress(OSError):  # no room for the reason: the event has it as well
                    self._files.refuse(item.name, item.message, reason)
                self._take_off(line, item, FAILED)
            self._tell_error(line.channel.name, item.message.message_id, reason, permanent)

    def _take_off(self, line: _Line, item: _Waiting, where: str) -> None:
        """The message is done with, one way or the other: it must not be tried again."""
        if item.name is None:
            line.unsaved.remove(item.message)
        else:
            self._put_away(line, item.name, where)

    def _put_away(self, line: _Line, name: str, where: str) -> None:
        line.done_with[name] = where
        with contextlib.suppress(OSError):  # on Windows another program may have it open for a moment
            self._files.put_away(name, where)
            del line.done_with[name]

    def _catch_up_with_the_disk(self, line: _Line) -> None:
        for name, where in list(line.done_with.items()):
            self._put_away(line, name, where)
        for message in list(line.unsaved):
            with contextlib.suppress(OSError):
                self._files.add(message, line.channel.name)
                line.unsaved.remove(message)

    def _next(self, line: _Line) -> list[_Waiting]:
        """The oldest message; or all that are older than a day, which then go as one."""
        batch: list[_Waiting] = []
        for item in self._oldest_first(line):
            if self._age(item.message) <= DIGEST_AFTER:
                return batch or [item]
            batch.append(item)
        return batch

    def _oldest_first(self, line: _Line) -> Iterator[_Waiting]:
        for name in self._files.names(line.channel.name):
            if name in line.done_with:
                continue
            try:
                yield _Waiting(self._files.read(name), name)
            except FileNotFoundError:
                continue  # another program has just delivered it
            except (OSError, ValueError):
                self._put_away(line, name, UNREADABLE)
                self._tell_error(line.channel.name, name.rsplit(".", 2)[0],
                                 f"the waiting message {name} is damaged, it is now in outbox/{UNREADABLE}",
                                 permanent=True)
        for message in list(line.unsaved):
            yield _Waiting(message, None)

    def _pending(self, line: _Line) -> int:
        on_disk = [name for name in self._files.names(line.channel.name) if name not in line.done_with]
        return len(on_disk) + len(line.unsaved)

    def _as_sent(self, batch: list[_Waiting], remarks: list[Problem]) -> Message:
        """The message with its age and the remarks; several old ones as a digest."""
        first, now = batch[0].message, self._clock.now()
        notes = [str(problem) for problem in remarks]
        if len(batch) == 1:
            notes.insert(0, waited(self._age(first).total_seconds()))
        else:
            late = digest([(item.message.created_at, item.message.subject) for item in batch], now)
            first = Message(
                message_id=f"{first.message_id}-to-{batch[-1].message.message_id}",
                subject=late.subject, text=late.text, created_at=first.created_at,
            )
        return first.model_copy(update={"text": "\n\n".join(filter(None, (first.text, *notes)))})

    def _remarks(self, line: _Line) -> list[Problem]:
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

    def _age(self, message: Message) -> timedelta:
        return self._clock.now() - message.created_at

    def _tell_error(self, channel: str, message_id: str, reason: str, permanent: bool) -> None:
        self._tell("notify_error", channel=channel, message_id=message_id, reason=reason, permanent=permanent)

    def _tell(self, event: str, **fields: object) -> None:
        with contextlib.suppress(OSError):
            self._on_event(event, **fields)
