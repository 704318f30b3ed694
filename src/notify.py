"""Which ways there are to reach people, according to the settings and the secrets of this PC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Mapping

from src.config import NotifySettings
from src.delivery import Channel
from src.errors import UserError
from src.mail import Email
from src.other_services import OtherService
from src.redact import redact
from src.slack import SlackBot, SlackWebhook

SLACK_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{6,}")
HOW_TO_SET = ('Type once in a console window: setx {name} "..." Then close all windows of the leak monitor and start again '
              "(chapter 7 of USER_GUIDE.md).")


@dataclass(frozen=True)
class Channels:
    """channels: ready to send. problems: what is switched on but cannot work, each in words for the user."""

    channels: tuple[Channel, ...]
    problems: tuple[str, ...]


def channels_from(settings: NotifySettings, environment: Mapping[str, str]) -> Channels:
    """The channels that are switched on. environment: where the secrets are, os.environ."""
    channels: list[Channel] = []
    problems: list[str] = []
    for switched_on, make in (
        (settings.slack.enabled, _slack),
        (settings.email.enabled, _email),
        (settings.apprise.enabled, _others),
    ):
        if switched_on:
            made, wrong = make(settings, environment)
            channels += made
            problems += wrong
    return Channels(tuple(channels), tuple(problems))


def secret(name: str, environment: Mapping[str, str]) -> str | None:
    """The secret in the environment variable `name`, None when it is missing or empty."""
    return environment[name].strip() or None if name in environment else None


def _slack(settings: NotifySettings, environment: Mapping[str, str]) -> tuple[list[Channel], list[str]]:
    hide = partial(redact, environment=environment)
    url, token = secret("SLACK_WEBHOOK_URL", environment), secret("SLACK_BOT_TOKEN", environment)
    channel_id = settings.slack.channel
    webhook = SlackWebhook(url, hide) if url else None
    if token and SLACK_CHANNEL_ID.fullmatch(channel_id):
        return [SlackBot(token, channel_id, webhook, hide)], []
    problems = []
    if token:
        problems.append(
            "Slack cannot get the picture: SLACK_BOT_TOKEN is set, but notify: slack: channel is not the ID "
            "of a channel. In Slack, open the channel's details and copy the ID at the bottom, as C0123ABCD."
        )
    elif channel_id:
        problems.append(
            "Slack cannot get the picture: notify: slack: channel is set, but the environment variable "
            f"SLACK_BOT_TOKEN is not. {HOW_TO_SET.format(name='SLACK_BOT_TOKEN')}"
        )
    if webhook is None and not problems:
        problems.append(_missing("Slack", "SLACK_WEBHOOK_URL"))
    return [webhook] if webhook else [], problems


def _email(settings: NotifySettings, environment: Mapping[str, str]) -> tuple[list[Channel], list[str]]:
    password = secret("SMTP_PASSWORD", environment)
    if settings.email.smtp_user and password is None:
        return [], [_missing("E-mail with smtp_user", "SMTP_PASSWORD")]
    return [Email(settings.email, password, partial(redact, environment=environment))], []


def _others(settings: NotifySettings, environment: Mapping[str, str]) -> tuple[list[Channel], list[str]]:
    urls = re.split(r"[\s,]+(?=[a-z0-9]+://)", secret("ALERT_URLS", environment) or "")
    if urls == [""]:
        return [], [_missing("Apprise", "ALERT_URLS")]
    channels, problems = [], []
    for number, url in enumerate(urls, start=1):
        try:
            channels.append(OtherService(url, number, partial(redact, environment=environment)))
        except UserError as error:
            problems.append(str(error))
    return channels, problems


def _missing(what: str, name: str) -> str:
    how = HOW_TO_SET.format(name=name)
    return f"{what} is switched on, but the environment variable {name} is not set. {how}"
