"""E-mail: the alert with the picture in it, through any SMTP server."""

from __future__ import annotations

import contextlib
import html
import smtplib
import socket
import ssl
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Callable

from src.config import EmailSettings
from src.delivery import DeliveryError, Message

TIMEOUT_SECONDS = 10
SSL_PORT = 465
# What this PC calls itself. Its real name may hold an umlaut, and looking it up may take long.
OWN_NAME = "[127.0.0.1]"


class Email:
    """One e-mail to all receivers."""

    name = "email"
    label = "e-mail"

    def __init__(
        self,
        settings: EmailSettings,
        password: str | None,
        hide: Callable[[str], str],
        context: ssl.SSLContext | None = None,
    ) -> None:
        """password: SMTP_PASSWORD, a secret; needed when smtp_user is set. hide: takes secrets out of a text.

        context: which mail servers to trust, None = those that this PC trusts.
        """
        self._settings = settings
        self._password = password
        self._hide = hide
        self._context = context or ssl.create_default_context()

    def send(self, message: Message) -> None:
        """Raises DeliveryError."""
        try:
            refused = self._deliver(email_of(message, self._settings))
        except smtplib.SMTPRecipientsRefused as error:
            raise self._receivers_refused(error.recipients) from None
        except UnicodeError:
            raise DeliveryError(
                "the mail server cannot take letters outside A to Z in an address, in smtp_user or in "
                "SMTP_PASSWORD",
                permanent=True,
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            raise self._in_words(error) from None
        if refused:
            raise self._receivers_refused(refused)

    def _deliver(self, email: EmailMessage) -> dict:
        """Returns the receivers that were refused; the others have it then."""
        server = self._connect()
        try:
            if self._settings.use_tls and self._settings.smtp_port != SSL_PORT:
                server.starttls(context=self._context)
            if self._settings.smtp_user:
                server.login(self._settings.smtp_user, self._password)
            return server.send_message(email)
        finally:
            # The server has the e-mail by now, or has refused it: how it says good-bye changes nothing.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        where = {
            "host": self._settings.smtp_host,
            "port": self._settings.smtp_port,
            "local_hostname": OWN_NAME,
            "timeout": TIMEOUT_SECONDS,
        }
        if self._settings.use_tls and self._settings.smtp_port == SSL_PORT:
            return smtplib.SMTP_SSL(**where, context=self._context)
        return smtplib.SMTP(**where)

    def _receivers_refused(self, refused: dict) -> DeliveryError:
        who = ", ".join(sorted(refused))
        words = "; ".join(sorted({_reply(code, text) for code, text in refused.values()}))
        permanent = all(code >= 500 for code, _ in refused.values())
        return DeliveryError(
            self._hide(
                f"the mail server refused the receiver {who}: {words}. Check notify: email: to_addrs."
            ),
            permanent,
        )

    def _in_words(self, error: smtplib.SMTPException | OSError) -> DeliveryError:
        server = f"the mail server {self._settings.smtp_host}:{self._settings.smtp_port}"
        permanent = isinstance(error, smtplib.SMTPNotSupportedError)
        if isinstance(error, smtplib.SMTPResponseException):
            permanent = error.smtp_code >= 500
            words = f"{server} refused it: {_reply(error.smtp_code, error.smtp_error)}"
            if isinstance(error, smtplib.SMTPAuthenticationError):
                words += ". Check smtp_user and SMTP_PASSWORD"
        elif permanent:
            words = f"{server} cannot do what the settings ask for: {error}. "
            words += "Check use_tls, smtp_port and smtp_user"
        elif isinstance(error, smtplib.SMTPServerDisconnected):
            # smtplib also says "disconnected" when the time is up.
            timed_out = "timed out" in str(error)
            words = f"{server} " + (
                f"did not answer within {TIMEOUT_SECONDS} s" if timed_out else "broke off"
            )
        elif isinstance(error, TimeoutError):
            words = f"{server} did not answer within {TIMEOUT_SECONDS} s"
        elif isinstance(error, socket.gaierror):
            words = f"{server} was not found. Is the network up, and smtp_host right?"
        elif isinstance(error, ssl.SSLCertVerificationError):
            words = (
                f"{server} could not prove who it is ({error.verify_message}). Is the clock of this PC right?"
            )
        elif isinstance(error, ssl.SSLError):
            words = f"{server} could not be spoken to safely. smtp_port is 587 for STARTTLS, 465 for SSL"
        elif isinstance(error, OSError):
            words = (
                f"{server} cannot be reached ({error.strerror or type(error).__name__}). Is the network up?"
            )
        else:
            words = f"{server} did not take it ({type(error).__name__})"
        return DeliveryError(self._hide(words), permanent)


def email_of(message: Message, settings: EmailSettings) -> EmailMessage:
    """The e-mail: plain text, and the same with the picture in it. A repetition has the same Message-ID."""
    email = EmailMessage()
    email["Subject"] = message.subject
    email["From"] = settings.from_addr
    email["To"] = ", ".join(settings.to_addrs)
    email["Date"] = format_datetime(message.created_at)
    email["Message-ID"] = f"<{message.message_id}@leak-monitor.invalid>"
    email["Auto-Submitted"] = "auto-generated"  # so that no out-of-office reply comes back
    email.set_content(message.text)
    if message.picture:
        email.add_alternative(_html(message), subtype="html")
        email.get_payload()[1].add_related(
            message.picture,
            "image",
            "jpeg",
            cid="<picture>",
            filename=f"leak_{message.message_id}.jpg",
            disposition="inline",
        )
    return email


def _html(message: Message) -> str:
    first, *rest = (f"<p>{html.escape(part)}</p>" for part in message.text.split("\n\n"))
    picture = '<p><img src="cid:picture" alt="The picture of the camera" style="max-width: 100%"></p>'
    return f"<html><body>{first}{picture}{''.join(rest)}</body></html>"


def _reply(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", errors="replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())[:160]}"
