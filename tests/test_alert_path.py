"""The whole way of an alert: settings, outbox, real servers that misbehave, the event log."""

from __future__ import annotations

import time

from src.clock import Clock
from src.config import NotifySettings
from src.event_log import EventLog, read_events
from src.messages import MessageText
from src.notify import channels_from
from src.outbox import Outbox
from src.outbox_folder import OutboxFolder
from tests.servers import mail_server, silent_server, web_server

ALERT = MessageText("POSSIBLE LEAK in the lower left", "Possible leak.")
SECRETS = {
    "SLACK_WEBHOOK_URL": "{slack}/services/T00AAA/B00BBB/verysecretwebhook",
    "SMTP_PASSWORD": "verysecretpassword",
    "ALERT_URLS": "json://user:verysecretuser@127.0.0.1:{other}/verysecretservice",
}


class Lab:
    """An outbox as the monitor has it, on this PC's own servers."""

    def __init__(self, folder, slack_url, mail_port, other_port, smtp_user=""):
        settings = NotifySettings.model_validate(
            {
                "slack": {"enabled": True},
                "apprise": {"enabled": True},
                "email": {
                    "enabled": True,
                    "smtp_host": "127.0.0.1",
                    "smtp_port": mail_port,
                    "use_tls": False,
                    "smtp_user": smtp_user,
                    "from_addr": "monitor@lab.example",
                    "to_addrs": ["anna@lab.example"],
                },
            }
        )
        environment = {
            name: value.format(slack=slack_url, other=other_port) for name, value in SECRETS.items()
        }
        found = channels_from(settings, environment)
        assert found.problems == ()
        self.folder = folder
        self.outbox = Outbox(
            OutboxFolder(folder / "outbox"),
            found.channels,
            Clock(),
            EventLog(folder / "logs", Clock()).append,
        )
        self.outbox.start()

    def events(self, name):
        return [event for event in read_events(self.folder / "logs") if event["event"] == name]

    def wait_for(self, name, count, seconds=15.0):
        give_up = time.monotonic() + seconds
        while len(self.events(name)) < count:
            assert time.monotonic() < give_up, list(read_events(self.folder / "logs"))
            time.sleep(0.02)
        return self.events(name)

    def assert_no_secrets(self):
        texts = [path.read_bytes() for path in self.folder.rglob("*") if path.is_file()]
        texts += [str(problem).encode() for problem in self.outbox.problems()]
        assert not any(b"verysecret" in text for text in texts)


def port_of(server):
    return int(server.url.rsplit(":", 1)[1])


def test_an_alert_reaches_every_channel_with_its_picture(tmp_path):
    with web_server() as slack, mail_server() as mail, web_server() as other:
        lab = Lab(tmp_path, slack.url, mail.port, port_of(other))
        message_id = lab.outbox.queue(ALERT, picture=b"\xff\xd8 the panel")
        sent = lab.wait_for("notify_sent", 3)
        lab.outbox.close()
    assert {event["channel"] for event in sent} == {"slack", "email", "alert_url_1"}
    assert {event["message_id"] for event in sent} == {message_id}
    assert message_id in slack.requests[0].json["text"] and message_id in mail.emails[0]["Message-ID"]
    assert [part for part in mail.emails[0].walk() if part.get_content_type() == "image/jpeg"]
    lab.assert_no_secrets()


def test_servers_that_hang_cost_ten_seconds_at_most_and_delay_nobody_else(tmp_path):
    with silent_server() as slack_port, silent_server() as mail_port, web_server() as other:
        lab = Lab(tmp_path, f"http://127.0.0.1:{slack_port}", mail_port, port_of(other))
        began = time.monotonic()
        lab.outbox.queue(ALERT)
        assert time.monotonic() - began < 1.0
        lab.wait_for("notify_sent", 1)
        assert time.monotonic() - began < 8.0  # the first use of Apprise loads it
        errors = lab.wait_for("notify_error", 2)
        assert time.monotonic() - began < 13.0
        lab.outbox.close(patience_seconds=0.1)
    assert {(event["channel"], event["permanent"]) for event in errors} == {
        ("slack", False),
        ("email", False),
    }
    assert all("did not answer within 10 s" in event["reason"] for event in errors)
    assert len(list((tmp_path / "outbox").glob("*.json"))) == 2
    lab.assert_no_secrets()


def test_what_one_channel_refuses_the_next_message_through_another_tells(tmp_path):
    def gone(request):
        return 404, f"no_service at {request.path}"

    with web_server(gone) as slack, mail_server() as mail, web_server(gone) as other:
        lab = Lab(tmp_path, slack.url, mail.port, port_of(other))
        lab.outbox.queue(ALERT)
        lab.wait_for("notify_error", 2)
        lab.wait_for("notify_sent", 1)
        lab.outbox.queue(ALERT)
        lab.wait_for("notify_sent", 2)
        lab.outbox.close(patience_seconds=0.1)
    told = "".join(email.get_content() for email in mail.emails)
    assert told.count("Slack refused the last message") == 1 and "no_service" in told
    assert len(list((tmp_path / "outbox" / "failed").glob("*.json"))) == 2
    assert "verysecret" not in told
    lab.assert_no_secrets()
