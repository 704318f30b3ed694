"""E-mail, against a real mail server."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import partial

import pytest

from src.config import EmailSettings
from src.delivery import DeliveryError, Message
from src.mail import SSL_PORT, Email, email_of
from src.redact import redact
from tests.servers import free_port, mail_server, trusting_client

# The test server says so when it is asked to do without encryption.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
PASSWORD = "very secret password"
MESSAGE = Message(
    message_id="20261123-1",
    subject="POSSIBLE LEAK in the lower left",
    text="Possible <leak>.\n\nWhat to do now: look.",
    created_at=datetime(2026, 11, 23, 3, 15, tzinfo=timezone(timedelta(hours=1))),
    picture=b"\xff\xd8 the panel",
)


def settings(port, **changes):
    values = {
        "enabled": True,
        "smtp_host": "localhost",
        "smtp_port": port,
        "from_addr": "monitor@lab.example",
        "to_addrs": ("anna@lab.example", "ben@lab.example"),
        "use_tls": False,
    }
    return EmailSettings(**{**values, **changes})


def channel(port, password=None, **changes):
    hide = partial(redact, environment={"SMTP_PASSWORD": PASSWORD})
    return Email(settings(port, **changes), password, hide, trusting_client())


def failure(channel) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        channel.send(MESSAGE)
    assert PASSWORD not in str(caught.value)
    return caught.value


def test_the_picture_is_inside_the_email_and_the_plain_text_beside_it():
    with mail_server() as server:
        channel(server.port).send(MESSAGE)
    (email,) = server.emails
    assert email["Subject"] == MESSAGE.subject
    assert email["To"] == "anna@lab.example, ben@lab.example"
    assert email["Message-ID"] == "<20261123-1@leak-monitor.invalid>"
    assert "What to do now: look." in email.get_body(("plain",)).get_content()
    page = email.get_body(("html",)).get_content()
    assert "Possible &lt;leak&gt;." in page and 'src="cid:picture"' in page
    (picture,) = [part for part in email.walk() if part.get_content_type() == "image/jpeg"]
    assert picture["Content-ID"] == "<picture>" and picture.get_content() == MESSAGE.picture
    assert picture.get_content_disposition() == "inline"


def test_a_message_without_a_picture_is_plain_text():
    email = email_of(MESSAGE.model_copy(update={"picture": None}), settings(25))
    assert email.get_content_type() == "text/plain"


def test_the_email_carries_the_time_of_the_alert_not_of_the_delivery():
    assert email_of(MESSAGE, settings(25))["Date"] == "Mon, 23 Nov 2026 03:15:00 +0100"


def test_starttls_with_a_password():
    with mail_server(password=PASSWORD, starttls=True) as server:
        channel(server.port, PASSWORD, use_tls=True, smtp_user="monitor").send(MESSAGE)
    assert len(server.emails) == 1 and server.passwords_seen == [PASSWORD]


def test_a_wrong_password_is_permanent_and_says_what_to_check():
    with mail_server(password="another", starttls=True) as server:
        error = failure(channel(server.port, PASSWORD, use_tls=True, smtp_user="monitor"))
    assert error.permanent and "535" in str(error) and "Check smtp_user and SMTP_PASSWORD" in str(error)
    assert server.emails == []


def test_a_certificate_that_nobody_vouches_for_is_not_trusted_with_the_password():
    with mail_server(password=PASSWORD, starttls=True) as server:
        error = failure(Email(settings(server.port, use_tls=True, smtp_user="monitor"), PASSWORD, str))
    assert not error.permanent and "could not prove who it is" in str(error)
    assert server.passwords_seen == []


def test_a_server_without_encryption_never_sees_the_password():
    with mail_server(password=PASSWORD) as server:
        error = failure(channel(server.port, PASSWORD, use_tls=True, smtp_user="monitor"))
    assert error.permanent and "Check use_tls" in str(error)
    assert server.passwords_seen == []


def test_ssl_from_the_first_byte(monkeypatch):
    with mail_server(ssl_only=True) as server:
        monkeypatch.setattr(
            "src.mail.SSL_PORT", server.port
        )  # the real one, 465, may not be opened by everybody
        channel(server.port, use_tls=True).send(MESSAGE)
    assert SSL_PORT == 465 and len(server.emails) == 1


def test_an_unknown_receiver_is_permanent_and_named_and_the_others_get_it():
    with mail_server() as server:
        server.refused = {"ben@lab.example"}
        error = failure(channel(server.port))
    assert error.permanent and "ben@lab.example: 550 no such user here" in str(error)
    assert len(server.emails) == 1


def test_when_all_receivers_are_unknown_nothing_is_sent():
    with mail_server() as server:
        server.refused = {"anna@lab.example", "ben@lab.example"}
        assert failure(channel(server.port)).permanent
    assert server.emails == []


@pytest.mark.parametrize(
    ("answer", "permanent"), [("451 try again later", False), ("554 this is spam", True)]
)
def test_a_refusal_for_now_is_told_apart_from_one_for_good(answer, permanent):
    with mail_server() as server:
        server.answer_to_data = answer
        error = failure(channel(server.port))
    assert error.permanent is permanent and answer in str(error)


def test_an_absent_server_is_tried_again():
    error = failure(channel(free_port()))
    assert not error.permanent and "cannot be reached" in str(error)


def test_an_unknown_server_name_is_tried_again_and_points_to_the_setting():
    error = failure(channel(25, smtp_host="mail.invalid"))
    assert not error.permanent and "smtp_host" in str(error)


def test_letters_that_the_server_cannot_take_are_an_error_in_words():
    with mail_server(password=PASSWORD) as server:
        error = failure(channel(server.port, "geheimnis mit \u00fcml\u00e4uten", smtp_user="monitor"))
    assert error.permanent and "SMTP_PASSWORD" in str(error)
