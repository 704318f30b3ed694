"""Teams, ntfy, Telegram, SMS and a hundred others, through the library Apprise."""

from __future__ import annotations

import re
from typing import Callable

from src.delivery import DeliveryError, Message
from src.errors import UserError
from src.web import PERMANENT_STATUS

TIMEOUT_SECONDS = 10
# What Apprise writes when a service answers with an HTTP error.
STATUS = re.compile(r"error=(\d{3})")


class OtherService:
    """One address out of ALERT_URLS."""

    def __init__(self, url: str, number: int, hide: Callable[[str], str]) -> None:
        """url: a secret. number: its place in ALERT_URLS, from 1. hide: takes secrets out of a text.

        Raises UserError when Apprise does not know such an address.
        """
        import apprise  # takes long, and most do without

        self._service = apprise.Apprise.instantiate(
            url,
            asset=apprise.AppriseAsset(app_id="Leak monitor", secure_logging=True),
            suppress_exceptions=True,
        )
        if self._service is None:
            raise UserError(
                f"Address number {number} in ALERT_URLS is not understood. Expected something like "
                "ntfy://topic or tgram://token/chat, see https://github.com/caronc/apprise/wiki."
            )
        self._hide = hide
        self.name = f"alert_url_{number}"
        self.label = f"{self._service.service_name} (address {number} in ALERT_URLS)"

    def send(self, message: Message) -> None:
        """Raises DeliveryError."""
        import apprise
        from apprise.attachment.memory import AttachMemory

        attach = None
        if message.picture:
            file_name = f"leak_{message.message_id}.jpg"
            attach = AttachMemory(content=message.picture, name=file_name, mimetype="image/jpeg")
        sender = apprise.Apprise()
        sender.add(self._service)
        result = sender.notify(
            title=message.subject,
            body=f"{message.text}\n\nMessage {message.message_id}",
            body_format=apprise.NotifyFormat.TEXT,
            notify_type=apprise.NotifyType.WARNING,
            attach=attach,
            timeout=TIMEOUT_SECONDS,
        )
        if not result:
            said = [entry.message for entry in result.logs()]
            status = STATUS.search(" ".join(said))
            raise DeliveryError(
                self._hide(said[0]) if said else "the service did not take it",
                permanent=status is not None and int(status[1]) in PERMANENT_STATUS,
            )
