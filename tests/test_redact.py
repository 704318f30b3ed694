from __future__ import annotations

import pytest

from src.redact import redact

ENVIRONMENT = {
    "SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T000/B000/hushhush",
    "SLACK_BOT_TOKEN": "xoxb-1-hushhush",
    "SMTP_PASSWORD": "hush hush",
    "ALERT_URLS": "tgram://123456:hushhush/98765, mailtos://anna:hushhush2@mail.example",
    "HEARTBEAT_URL": "https://hc-ping.com/hushhush-uuid",
    "HOME": "/home/anna",
}


@pytest.mark.parametrize("text", [
    "could not reach https://hooks.slack.com/services/T000/B000/hushhush.",
    "Max retries exceeded with url: /services/T000/B000/hushhush (Caused by ...)",
    "xoxb-1-hushhush", "login with hush hush failed", "tgram://123456:hushhush/98765",
    "token hushhush is wrong",
    "user anna, password hushhush2", "GET /hushhush-uuid/fail", "rtsp://anna:hushhush3@camera/1",
    "a webhook of another lab: https://hooks.slack.com/services/T1/B1/hushhush", "xoxp-2-hushhush",
])
def test_no_secret_is_left(text):
    assert "hush" not in redact(text, ENVIRONMENT)


@pytest.mark.parametrize("text", [
    "hooks.slack.com did not answer within 10 s.", "/home/anna/model is missing.",
    "http://camera:8080/video", "",
])
def test_ordinary_text_stays_as_it_is(text):
    assert redact(text, ENVIRONMENT) == text


def test_secrets_that_are_not_set_or_empty_change_nothing():
    assert redact("Nothing to hide.", {"SMTP_PASSWORD": "", "ALERT_URLS": " "}) == "Nothing to hide."
