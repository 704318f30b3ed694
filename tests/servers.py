"""Real servers on this PC, for tests of everything that is sent."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Callable, Iterator

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

CERTIFICATE = Path(__file__).with_name("localhost.pem")


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict:
        return json.loads(self.body)


@dataclass
class WebServer:
    """Answers every request with `answer(request)`: (status, body)."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    answer: Callable[[Request], tuple[int, str]] = lambda request: (200, "ok")


@contextmanager
def web_server(
    answer: Callable[[Request], tuple[int, str]] | None = None, port: int = 0
) -> Iterator[WebServer]:
    """port: 0 = any that is free."""
    served = WebServer()
    if answer is not None:
        served.answer = answer

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = Request(self.command, self.path, dict(self.headers), body)
            served.requests.append(request)
            status, words = served.answer(request)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(words.encode())))
            self.end_headers()
            self.wfile.write(words.encode())

        do_GET = do_POST = handle_any

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # a client that was killed in mid-sentence
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def silent_server(port: int = 0) -> Iterator[int]:
    """A server that takes every connection and then says nothing at all. Gives its port."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        yield listener.getsockname()[1]


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@dataclass
class MailServer:
    """A mail server that keeps what it is given. refused: receivers it does not know."""

    port: int = 0
    emails: list[EmailMessage] = field(default_factory=list)
    passwords_seen: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    answer_to_data: str = "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if address in self.refused:
            return "550 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        if self.answer_to_data.startswith("250"):
            self.emails.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.answer_to_data


@contextmanager
def mail_server(
    password: str | None = None, starttls: bool = False, ssl_only: bool = False, port: int = 0
) -> Iterator[MailServer]:
    """password: what must be given to log in, None = nobody needs to. port: 0 = any that is free."""
    served = MailServer(port=port or free_port())

    def check(server, session, envelope, mechanism, data) -> AuthResult:
        given = data.password.decode()
        served.passwords_seen.append(given)
        return AuthResult(success=given == password, handled=False)

    options: dict[str, object] = {"hostname": "127.0.0.1", "port": served.port}
    if starttls:
        options |= {"tls_context": _server_side(), "require_starttls": True}
    if ssl_only:
        options["ssl_context"] = _server_side()
    if password is not None:
        options |= {"authenticator": check, "auth_required": True, "auth_require_tls": starttls}
    controller = Controller(served, **options)
    controller.start()
    try:
        yield served
    finally:
        controller.stop()


def _server_side() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def trusting_client() -> ssl.SSLContext:
    """As on a PC that knows the certificate of the mail server."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))
