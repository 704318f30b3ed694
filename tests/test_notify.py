"""Which channels there are."""

from __future__ import annotations

import pytest

from src.config import NotifySettings
from src.mail import Email
from src.notify import channels_from, secret
from src.slack import SlackBot, SlackWebhook

WEBHOOK = "https://hooks.slack.com/services/T00AAA/B00BBB/verysecretpath"
EMAIL = {
    "enabled": True,
    "smtp_host": "mail.example",
    "from_addr": "a@b.example",
    "to_addrs": ["c@d.example"],
}


def found(settings, environment):
    channels = channels_from(NotifySettings.model_validate(settings), environment)
    for text in (*channels.problems, *(channel.label for channel in channels.channels)):
        assert not any(value and value in text for value in environment.values())
    return channels


def kinds(channels):
    return [type(channel) for channel in channels.channels]


def test_nothing_is_switched_on_as_shipped():
    channels = found({}, {"SLACK_WEBHOOK_URL": WEBHOOK})
    assert channels.channels == () and channels.problems == ()


def test_slack_and_email_both_when_both_are_on():
    channels = found({"slack": {"enabled": True}, "email": EMAIL}, {"SLACK_WEBHOOK_URL": WEBHOOK})
    assert kinds(channels) == [SlackWebhook, Email] and channels.problems == ()
    assert [channel.name for channel in channels.channels] == ["slack", "email"]


@pytest.mark.parametrize("environment", [{}, {"SLACK_WEBHOOK_URL": ""}, {"SLACK_WEBHOOK_URL": "  "}])
def test_slack_without_its_secret_is_a_problem_in_words(environment):
    channels = found({"slack": {"enabled": True}}, environment)
    assert channels.channels == ()
    assert "environment variable SLACK_WEBHOOK_URL is not set" in channels.problems[0]


def test_with_a_token_and_a_channel_slack_gets_the_picture():
    channels = found(
        {"slack": {"enabled": True, "channel": "C0123ABCD"}}, {"SLACK_BOT_TOKEN": "xoxb-1-verysecret"}
    )
    assert kinds(channels) == [SlackBot] and channels.problems == ()


def test_a_channel_name_instead_of_its_id_is_explained_and_the_text_still_goes():
    channels = found(
        {"slack": {"enabled": True, "channel": "#alerts"}},
        {"SLACK_BOT_TOKEN": "xoxb-1-verysecret", "SLACK_WEBHOOK_URL": WEBHOOK},
    )
    assert kinds(channels) == [SlackWebhook]
    assert "copy the ID" in channels.problems[0]


def test_a_channel_without_the_token_is_a_problem():
    channels = found({"slack": {"enabled": True, "channel": "C0123ABCD"}}, {"SLACK_WEBHOOK_URL": WEBHOOK})
    assert kinds(channels) == [SlackWebhook]
    assert "SLACK_BOT_TOKEN" in channels.problems[0]


def test_email_needs_the_password_only_when_there_is_a_user():
    assert kinds(found({"email": EMAIL}, {})) == [Email]
    channels = found({"email": {**EMAIL, "smtp_user": "monitor"}}, {})
    assert channels.channels == () and "SMTP_PASSWORD" in channels.problems[0]
    assert kinds(found({"email": {**EMAIL, "smtp_user": "monitor"}}, {"SMTP_PASSWORD": "very secret"})) == [
        Email
    ]


def test_every_address_in_alert_urls_is_a_channel_of_its_own():
    channels = found(
        {"apprise": {"enabled": True}},
        {"ALERT_URLS": "json://localhost/aaaaaa, ntfy://topicsecret\nnonsense://bbbbbbbb"},
    )
    assert [channel.name for channel in channels.channels] == ["alert_url_1", "alert_url_2"]
    assert channels.problems[0].startswith("Address number 3")


def test_apprise_without_addresses_is_a_problem():
    assert "ALERT_URLS" in found({"apprise": {"enabled": True}}, {}).problems[0]


@pytest.mark.parametrize(
    ("environment", "value"),
    [({}, None), ({"X": ""}, None), ({"X": " "}, None), ({"X": " secret \n"}, "secret")],
)
def test_an_empty_secret_is_none(environment, value):
    assert secret("X", environment) == value
