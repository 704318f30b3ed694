"""Slack: text through an incoming webhook, and with the picture when a bot token is set."""

from __future__ import annotations

from typing import Callable

from src.delivery import DeliveryError, Message
from src.web import PERMANENT_STATUS, call

SLACK_API = "https://slack.com/api"
# Answers that go away by themselves; every other error of the Slack API needs somebody to change something.
PASSING_ERRORS = {
    "ratelimited",
    "rate_limited",
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
    "upload_error",
}


class SlackWebhook:
    """Text into the channel that the webhook belongs to. A webhook cannot carry a picture."""

    name = "slack"
    label = "Slack"

    def __init__(self, url: str, hide: Callable[[str], str]) -> None:
        """url: SLACK_WEBHOOK_URL, a secret. hide: takes secrets out of a text."""
        self._url = url
        self._hide = hide

    def send(self, message: Message) -> None:
        """Raises DeliveryError."""
        answer = call("POST", self._url, json={"text": slack_text(message)})
        words = self._hide(answer.text.strip()[:100])
        if answer.status_code in PERMANENT_STATUS:
            raise DeliveryError(
                f"Slack says {words or 'no'} (HTTP {answer.status_code}). Make a new webhook in Slack and "
                "put its address into SLACK_WEBHOOK_URL.",
                permanent=True,
            )
        if answer.status_code != 200:
            raise DeliveryError(f"Slack could not take it (HTTP {answer.status_code})", permanent=False)
        if words.startswith("<"):
            raise DeliveryError(
                "a web page answered instead of Slack. Does this network want somebody to log in first?",
                permanent=False,
            )


class SlackBot:
    """The message with its picture.

    What Slack refuses for good goes as text through the webhook, if there is one.
    """

    name = "slack"
    label = "Slack"

    def __init__(
        self,
        token: str,
        channel_id: str,
        webhook: SlackWebhook | None,
        hide: Callable[[str], str],
        api: str = SLACK_API,
    ) -> None:
        """token: SLACK_BOT_TOKEN, a secret. channel_id: as C0123ABCD. hide: takes secrets out of a text."""
        self._headers = {"Authorization": f"Bearer {token}"}
        self._channel_id = channel_id
        self._webhook = webhook
        self._hide = hide
        self._api = api

    def send(self, message: Message) -> None:
        """Raises DeliveryError."""
        try:
            self._send_with_picture(message) if message.picture else self._send_text(message)
        except DeliveryError as error:
            if not error.permanent or self._webhook is None:
                raise
            note = f"{message.text}\n\nNote: the picture could not be sent: {error}"
            self._webhook.send(message.model_copy(update={"text": note}))

    def _send_text(self, message: Message) -> None:
        self._ask("chat.postMessage", json={"channel": self._channel_id, "text": slack_text(message)})

    def _send_with_picture(self, message: Message) -> None:
        file_name = f"leak_{message.message_id}.jpg"
        place = self._ask(
            "files.getUploadURLExternal", data={"filename": file_name, "length": len(message.picture)}
        )
        upload = call("POST", place["upload_url"], files={"file": (file_name, message.picture, "image/jpeg")})
        if upload.status_code != 200:
            raise DeliveryError(
                f"Slack could not take the picture (HTTP {upload.status_code})", permanent=False
            )
        self._ask(
            "files.completeUploadExternal",
            json={
                "files": [{"id": place["file_id"], "title": message.subject}],
                "channel_id": self._channel_id,
                "initial_comment": slack_text(message),
            },
        )

    def _ask(self, method: str, **content: object) -> dict:
        answer = call("POST", f"{self._api}/{method}", headers=self._headers, **content)
        if answer.status_code != 200:
            raise DeliveryError(f"Slack could not take it (HTTP {answer.status_code})", permanent=False)
        try:
            said = answer.json()
        except ValueError:
            said = None
        if not isinstance(said, dict) or "ok" not in said:
            raise DeliveryError("something other than Slack answered", permanent=False)
        if said["ok"]:
            return said
        error = self._hide(str(said["error"]))
        raise DeliveryError(
            f"Slack says {error}. Check SLACK_BOT_TOKEN, that the bot has the rights files:write and "
            "chat:write, and that it was invited to the channel.",
            permanent=error not in PASSING_ERRORS,
        )


def slack_text(message: Message) -> str:
    """The message in Slack's own notation; the last line tells a repetition from a new message."""
    text = f"*{_escape(message.subject)}*\n{_escape(message.text)}"
    return f"{text}\n\n_Message {message.message_id}_"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
