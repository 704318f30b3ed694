"""Other services through Apprise, against a real web server."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import partial

import pytest

from src.delivery import DeliveryError, Message
from src.errors import UserError
from src.other_services import OtherService
from src.redact import redact
from tests.servers import free_port, web_server

SECRET = "verysecretpath"
MESSAGE = Message(
    message_id="20261123-1",
    subject="POSSIBLE LEAK",
    text="Look.",
    picture=b"\xff\xd8 the panel",
    created_at=datetime(2026, 11, 23, 3, 15, tzinfo=timezone.utc),
)


def service(base):
    url = f"{base.replace('http', 'json')}/{SECRET}"
    return OtherService(url, 1, partial(redact, environment={"ALERT_URLS": url}))


def failure(channel) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        channel.send(MESSAGE)
    assert SECRET not in str(caught.value)
    return caught.value


def test_subject_text_message_id_and_picture_arrive():
    with web_server() as server:
        service(server.url).send(MESSAGE)
    sent = server.requests[0].json
    assert sent["title"] == "POSSIBLE LEAK" and sent["message"] == "Look.\n\nMessage 20261123-1"
    assert sent["attachments"][0]["filename"] == "leak_20261123-1.jpg"


@pytest.mark.parametrize(("status", "permanent"), [(500, False), (503, False), (404, True), (401, True)])
def test_what_will_pass_is_told_apart_from_what_needs_somebody(status, permanent):
    with web_server(lambda request: (status, "")) as server:
        assert failure(service(server.url)).permanent is permanent


def test_an_absent_server_is_tried_again():
    error = failure(service(f"http://127.0.0.1:{free_port()}"))
    assert not error.permanent and str(error)


def test_the_label_names_the_service_but_not_the_address():
    label = service("http://example.org").label
    assert "address 1 in ALERT_URLS" in label and SECRET not in label


@pytest.mark.parametrize("url", ["nonsense", "nosuch://service/secret", "://", "tgram://"])
def test_an_address_that_is_not_understood_is_refused_in_words_without_quoting_it(url):
    with pytest.raises(UserError, match="Address number 3 in ALERT_URLS is not understood") as caught:
        OtherService(url, 3, str)
    assert "secret" not in str(caught.value)
