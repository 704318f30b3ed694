"""Slack, against a real web server."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import partial

import pytest

from src.delivery import DeliveryError, Message
from src.redact import redact
from src.slack import SlackBot, SlackWebhook
from tests.servers import free_port, web_server

SECRET = "T00AAA/B00BBB/verysecretpath"
TOKEN = "xoxb-very-secret-token"
PLAIN = Message(
    message_id="20261123-1",
    subject="POSSIBLE LEAK <here> & there",
    text="Look.",
    created_at=datetime(2026, 11, 23, 3, 15, tzinfo=timezone.utc),
)
WITH_PICTURE = PLAIN.model_copy(update={"picture": b"\xff\xd8 the panel"})


def webhook(base):
    url = f"{base}/services/{SECRET}"
    return SlackWebhook(url, partial(redact, environment={"SLACK_WEBHOOK_URL": url}))


def failure(channel, message=PLAIN) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        channel.send(message)
    for secret in (SECRET, "verysecretpath", TOKEN):
        assert secret not in str(caught.value)
    return caught.value


def test_the_webhook_gets_subject_text_and_message_id():
    with web_server() as server:
        webhook(server.url).send(WITH_PICTURE)
    (request,) = server.requests
    assert request.path == f"/services/{SECRET}"
    assert request.json == {"text": "*POSSIBLE LEAK &lt;here&gt; &amp; there*\nLook.\n\n_Message 20261123-1_"}


@pytest.mark.parametrize(
    ("status", "words", "permanent"),
    [
        (404, "no_service", True),
        (410, "channel_is_archived", True),
        (403, "invalid_token", True),
        (400, "no_text", True),
        (500, "oops", False),
        (503, "", False),
        (429, "rate limited", False),
        (302, "", False),
        (407, "", False),
        (200, "<html>Please log in to the guest network</html>", False),
    ],
)
def test_what_will_pass_is_told_apart_from_what_needs_somebody(status, words, permanent):
    with web_server(lambda request: (status, words)) as server:
        error = failure(webhook(server.url))
    assert error.permanent is permanent
    assert len(server.requests) == 1  # a redirection is not followed: it leads to a log-in page


def test_the_answer_of_slack_is_quoted_without_secrets():
    with web_server(lambda request: (404, f"no_service for {request.path}")) as server:
        assert "no_service for" in str(failure(webhook(server.url)))


def test_an_absent_server_is_tried_again():
    error = failure(webhook(f"http://127.0.0.1:{free_port()}"))
    assert not error.permanent and "cannot be reached" in str(error)


@pytest.mark.parametrize("url", ["no address", "htp://x/services/y", "https://"])
def test_an_address_that_is_none_is_permanent(url):
    assert failure(SlackWebhook(url, str)).permanent


class SlackItself:
    """The three calls of the Slack API that matter. errors: method to error word."""

    def __init__(self, errors=None):
        self.errors = errors or {}
        self.picture = b""

    def __call__(self, request):
        method = request.path.split("/")[-1]
        if method in self.errors:
            return 200, '{"ok": false, "error": "%s"}' % self.errors[method]
        if method == "files.getUploadURLExternal":
            return (
                200,
                '{"ok": true, "upload_url": "http://%s/upload", "file_id": "F1"}' % request.headers["Host"],
            )
        if method == "upload":
            self.picture = request.body
            return 200, "OK"
        return 200, '{"ok": true}'


def bot(server, webhook=None):
    hide = partial(redact, environment={"SLACK_BOT_TOKEN": TOKEN})
    return SlackBot(TOKEN, "C0123ABCD", webhook, hide, api=f"{server.url}/api")


def test_the_bot_uploads_the_picture_and_puts_it_into_the_channel_with_the_text():
    slack = SlackItself()
    with web_server(slack) as server:
        bot(server).send(WITH_PICTURE)
    asked, _, completed = server.requests
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
    assert b"length=12" in asked.body
    assert WITH_PICTURE.picture in slack.picture
    assert completed.path == "/api/files.completeUploadExternal"
    assert completed.json["channel_id"] == "C0123ABCD"
    assert completed.json["files"] == [{"id": "F1", "title": PLAIN.subject}]
    assert "Message 20261123-1" in completed.json["initial_comment"]


def test_without_a_picture_the_bot_sends_text():
    with web_server(SlackItself()) as server:
        bot(server).send(PLAIN)
    (request,) = server.requests
    assert request.path == "/api/chat.postMessage" and request.json["channel"] == "C0123ABCD"


@pytest.mark.parametrize(
    ("error", "permanent"),
    [
        ("missing_scope", True),
        ("not_in_channel", True),
        ("invalid_auth", True),
        ("channel_not_found", True),
        ("ratelimited", False),
        ("internal_error", False),
    ],
)
def test_the_errors_of_the_api_are_told_apart(error, permanent):
    with web_server(SlackItself({"files.completeUploadExternal": error})) as server:
        raised = failure(bot(server), WITH_PICTURE)
    assert raised.permanent is permanent and error in str(raised)


@pytest.mark.parametrize("answer", ["", "null", "[]", '"hello"', '{"hello": 1}', "<html>"])
def test_something_else_that_answers_is_not_slack(answer):
    with web_server(lambda request: (200, answer)) as server:
        assert not failure(bot(server)).permanent


def test_what_the_bot_may_not_do_goes_through_the_webhook_and_says_so():
    with web_server(SlackItself({"files.getUploadURLExternal": "missing_scope"})) as server:
        bot(server, webhook(server.url)).send(WITH_PICTURE)
    text = server.requests[-1].json["text"]
    assert server.requests[-1].path == f"/services/{SECRET}"
    assert "Look." in text and "the picture could not be sent: Slack says missing_scope" in text


def test_a_passing_trouble_of_the_bot_does_not_use_the_webhook():
    with web_server(SlackItself({"files.getUploadURLExternal": "internal_error"})) as server:
        failure(bot(server, webhook(server.url)), WITH_PICTURE)
    assert len(server.requests) == 1
