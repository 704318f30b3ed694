"""A message on its way: what it is, what can become of it, and how long to wait before the next try."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict

FIRST_WAIT_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 900.0
# So much of a wait is added at random, so that many senders do not come back all at once.
JITTER = 0.25
DIGEST_AFTER = timedelta(days=1)


class DeliveryError(Exception):
    """A message was not delivered.

    str() is the reason in words, without secrets.
    permanent: another try would end the same way, until somebody changes something.
    """

    def __init__(self, reason: str, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Message(BaseModel):
    """One message to people, the same for every channel; as JSON it is a file of the outbox.

    message_id: unique, and the same in every repetition. created_at: aware wall time.
    picture: the bytes of a JPEG file, None = no picture.
    refused_because: why a channel did not take it, "" = it was not refused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")
    message_id: str
    subject: str
    text: str
    created_at: AwareDatetime
    picture: bytes | None = None
    refused_because: str = ""


class Channel(Protocol):
    """A way to reach people: Slack, e-mail, ..."""

    name: str  # as part of file names and events: "email"
    label: str  # for people: "e-mail to lab@example.org"

    def send(self, message: Message) -> None:
        """Deliver `message`, giving up within seconds. Raises DeliveryError."""


def wait_seconds(failures: int, chance: float) -> float:
    """How long to wait after a failed try: twice as long each time, from 5 seconds to 15 minutes.

    failures: failed tries in a row, at least 1. chance: 0 to 1, drawn at random.
    """
    doubled = FIRST_WAIT_SECONDS * 2.0 ** min(failures - 1, 20)
    return min(doubled, LONGEST_WAIT_SECONDS / (1.0 + JITTER)) * (1.0 + JITTER * chance)
