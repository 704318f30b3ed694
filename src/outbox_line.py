"""One channel with its own queue: delivers in order, waits longer after each failure, loses nothing."""

from __future__ import annotations

import contextlib
import threading
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Callable, Iterator

from src.clock import Clock
from src.delivery import DIGEST_AFTER, Channel, DeliveryError, Message, wait_seconds
from src.messages import delivery_note, delivery_trouble, delivery_works_again, digest, waited
from src.outbox_folder import DELIVERED, FAILED, UNREADABLE, OutboxFolder


@dataclass(frozen=True)
class Problem:
    """Why a channel does not deliver. since: aware wall time of the first failure in a row."""

    label: str
    reason: str
    permanent: bool
    since: datetime

    def __str__(self) -> str:
        return delivery_note(self.label, self.reason, self.permanent, self.since)


@dataclass(frozen=True)
class _Waiting:
    message: Message
    name: str | None  # of the file, None when it is in memory only


class Line:
    """The queue of one channel.

    problem: why it does not deliver now, None = it does.
    refusal: a message that it refused for good, of which no other channel has told yet.
    """

    def __init__(
        self,
        channel: Channel,
        files: OutboxFolder,
        clock: Clock,
        tell: Callable[..., None],
        say: Callable[[str], None],
        chance: Callable[[], float],
    ) -> None:
        """tell: takes events and never raises. say: shows a line to the user. chance: random numbers, 0 to 1."""
        self.channel = channel
        self.problem: Problem | None = None
        self.refusal: Problem | None = None
        self._files = files
        self._clock = clock
        self._tell = tell
        self._say = say
        self._chance = chance
        self._lock = threading.Lock()
        self._failures = 0
        self._next_try_seconds = 0.0
        self._unsaved: list[Message] = []  # the disk had no room for them
        self._done_with: dict[str, str] = {}  # files that could not be put away yet, and where they belong

    @property
    def pending(self) -> int:
        """How many messages wait."""
        names = self._files.names(self.channel.name)
        return sum(name not in self._done_with for name in names) + len(self._unsaved)

    @property
    def busy(self) -> bool:
        """There is something to deliver, and no reason to wait before the next try."""
        return self._failures == 0 and self.pending > 0

    def keep(self, message: Message) -> None:
        """Queue a message, on disk; without its picture, or in memory, when the disk has no room."""
        for smaller in (message, message.model_copy(update={"picture": None})):
            try:
                self._files.add(smaller, self.channel.name)
                return
            except OSError as error:
                reason = f"the message could not be saved ({error.strerror}) and is kept in memory"
        self._unsaved.append(message)
        self._tell_error(message.message_id, reason, permanent=False)

    def deliver_next(self, remarks: list[Problem]) -> bool:
        """Try to deliver the oldest message; whether it has arrived.

        remarks: what it is to say about other channels.
        """
        with self._lock:
            if self.seconds_to_wait > 0:
                return False
            self._catch_up_with_the_disk()
            batch = self._next()
            return bool(batch) and self._attempt(batch, remarks)

    @property
    def seconds_to_wait(self) -> float:
        """How long until the next try makes sense."""
        return max(0.0, self._next_try_seconds - self._clock.monotonic())

    def _attempt(self, batch: list[_Waiting], remarks: list[Problem]) -> bool:
        try:
            self.channel.send(self._as_sent(batch, remarks))
        except DeliveryError as error:
            self._failed(batch, str(error), error.permanent)
        except (
            Exception
        ) as error:  # the guard of the thread: a fault in one channel must not end the deliveries
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(where.filename).name}, line {where.lineno}"
            self._failed(batch, f"fault in the program, {type(error).__name__} in {place}", permanent=True)
        else:
            self._sent(batch)
            return True
        return False

    def _sent(self, batch: list[_Waiting]) -> None:
        if self.problem is not None:
            self._say_now(delivery_works_again(self.channel.label))
        self._failures, self._next_try_seconds, self.problem = 0, 0.0, None
        for item in batch:
            self._take_off(item, DELIVERED)
            self._tell(
                "notify_sent",
                channel=self.channel.name,
                message_id=item.message.message_id,
                waited_seconds=round(self._age(item.message).total_seconds(), 1),
            )

    def _failed(self, batch: list[_Waiting], reason: str, permanent: bool) -> None:
        self._failures += 1
        self._next_try_seconds = self._clock.monotonic() + wait_seconds(self._failures, self._chance())
        since = self.problem.since if self.problem else self._clock.now()
        if self.problem is None or (permanent and not self.problem.permanent):
            self._say_now(delivery_trouble(self.channel.label, reason, permanent))
        self.problem = Problem(self.channel.label, reason, permanent, since)
        if permanent:
            self.refusal = self.problem
        for item in batch:
            if permanent:
                self._note_refusal(item, reason)
                self._take_off(item, FAILED)
            self._tell_error(item.message.message_id, reason, permanent)

    def _say_now(self, text: str) -> None:
        self._say(f"{self._clock.now():%H:%M:%S} {text}")

    def _note_refusal(self, item: _Waiting, reason: str) -> None:
        if item.name is not None:
            with contextlib.suppress(OSError):  # no room: the event has the reason as well
                self._files.refuse(item.name, item.message, reason)

    def _take_off(self, item: _Waiting, where: str) -> None:
        """The message is done with, one way or the other: it must not be tried again."""
        if item.name is None:
            self._unsaved.remove(item.message)
        else:
            self._put_away(item.name, where)

    def _put_away(self, name: str, where: str) -> None:
        self._done_with[name] = where
        with contextlib.suppress(OSError):  # on Windows another program may have it open for a moment
            self._files.put_away(name, where)
            del self._done_with[name]

    def _catch_up_with_the_disk(self) -> None:
        for name, where in list(self._done_with.items()):
            self._put_away(name, where)
        for message in list(self._unsaved):
            with contextlib.suppress(OSError):
                self._files.add(message, self.channel.name)
                self._unsaved.remove(message)

    def _next(self) -> list[_Waiting]:
        """The oldest message; or all that are older than a day, which then go as one."""
        batch: list[_Waiting] = []
        for item in self._oldest_first():
            if self._age(item.message) <= DIGEST_AFTER:
                return batch or [item]
            batch.append(item)
        return batch

    def _oldest_first(self) -> Iterator[_Waiting]:
        for name in self._files.names(self.channel.name):
            if name in self._done_with:
                continue
            try:
                yield _Waiting(self._files.read(name), name)
            except FileNotFoundError:
                continue  # another program has just delivered it
            except (OSError, ValueError):
                self._put_away(name, UNREADABLE)
                self._tell_error(
                    name.rsplit(".", 2)[0],
                    f"the waiting message {name} is damaged, it is now in outbox/{UNREADABLE}",
                    permanent=True,
                )
        for message in list(self._unsaved):
            yield _Waiting(message, None)

    def _as_sent(self, batch: list[_Waiting], remarks: list[Problem]) -> Message:
        """The message with its age and the remarks; several old ones as a digest."""
        first = batch[0].message
        notes = [str(problem) for problem in remarks]
        if len(batch) == 1:
            notes.insert(0, waited(self._age(first).total_seconds()))
        else:
            late = digest(
                [(item.message.created_at, item.message.subject) for item in batch], self._clock.now()
            )
            first = Message(
                message_id=f"{first.message_id}-to-{batch[-1].message.message_id}",
                subject=late.subject,
                text=late.text,
                created_at=first.created_at,
            )
        return first.model_copy(update={"text": "\n\n".join(filter(None, (first.text, *notes)))})

    def _age(self, message: Message) -> timedelta:
        return self._clock.now() - message.created_at

    def _tell_error(self, message_id: str, reason: str, permanent: bool) -> None:
        self._tell(
            "notify_error",
            channel=self.channel.name,
            message_id=message_id,
            reason=reason,
            permanent=permanent,
        )
