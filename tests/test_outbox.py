"""The outbox: nothing that was queued is lost."""

from __future__ import annotations

import json
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from src.clock import Clock
from src.delivery import DeliveryError, Message
from src.messages import MessageText
from src.outbox import Outbox
from src.outbox_folder import OutboxFolder

ALERT = MessageText("POSSIBLE LEAK in the lower left", "Possible leak.")


class Receiver:
    """A channel that keeps what it gets. `mood`: an error to raise instead."""

    def __init__(self, name: str = "slack") -> None:
        self.name = name
        self.label = name.capitalize()
        self.mood: Exception | None = None
        self.tries = 0
        self.got: list[Message] = []

    def send(self, message: Message) -> None:
        self.tries += 1
        if self.mood is not None:
            raise self.mood
        self.got.append(message)


TRY_AGAIN = DeliveryError("no answer", permanent=False)
REFUSED = DeliveryError("no_service", permanent=True)


class Bench:
    """An outbox with a clock that moves by hand, delivering when told to."""

    def __init__(self, folder: Path, clock, *receivers: Receiver, files: OutboxFolder | None = None) -> None:
        self.folder = folder
        self.clock = clock
        self.events: list[dict] = []
        self.said: list[str] = []
        self.outbox = Outbox(files or OutboxFolder(folder), receivers, clock, self.note, chance=lambda: 0.0,
                             say=self.said.append)

    def note(self, event: str, **fields: object) -> None:
        self.events.append({"event": event, **fields})

    def of(self, event: str) -> list[dict]:
        return [found for found in self.events if found["event"] == event]

    def after(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.outbox.deliver()

    @property
    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


def test_a_message_is_on_disk_before_anything_is_sent_and_gone_when_it_has_arrived(tmp_path, clock):
    slack, email = Receiver("slack"), Receiver("email")
    bench = Bench(tmp_path, clock, slack, email)
    message_id = bench.outbox.queue(ALERT, picture=b"\xff\xd8 jpeg")
    assert bench.files == [f"{message_id}.email.json", f"{message_id}.slack.json"]
    assert slack.got == []
    bench.outbox.deliver()
    assert bench.files == []
    for receiver in (slack, email):
        (got,) = receiver.got
        assert (got.message_id, got.subject, got.picture) == (message_id, ALERT.subject, b"\xff\xd8 jpeg")
    assert [event["channel"] for event in bench.of("notify_queued")] == ["slack", "email"]
    assert [event["message_id"] for event in bench.of("notify_sent")] == [message_id] * 2


def test_messages_arrive_in_order_also_after_an_outage(tmp_path, clock):
    slack = Receiver()
    bench = Bench(tmp_path, clock, slack)
    slack.mood = TRY_AGAIN
    ids = []
    for _ in range(5):
        ids.append(bench.outbox.queue(ALERT))
        bench.after(1.0)
    slack.mood = None
    bench.after(900)
    assert [message.message_id for message in slack.got] == ids


def test_a_channel_that_fails_is_said_once_and_once_more_when_it_works_again(tmp_path, clock):
    slack, email = Receiver(), Receiver("email")
    bench = Bench(tmp_path, clock, slack, email)
    for slack.mood in (None, TRY_AGAIN, TRY_AGAIN, None, None, TRY_AGAIN, REFUSED, REFUSED, None):
        bench.outbox.queue(ALERT)
        bench.after(900)
    assert [line.split(" ", 1)[1].partition(". ")[0] for line in bench.said] == [
        "WARNING: nothing gets through by Slack: no answer",
        "Messages get through by Slack again.",
        "WARNING: nothing gets through by Slack: no answer",
        "WARNING: Slack has refused a message: no_service",
        "Messages get through by Slack again.",
    ]
    assert bench.said[0].startswith("03:45:02 ")


def test_failed_tries_come_after_5_10_20_seconds_and_each_is_an_event(tmp_path, clock):
    slack = Receiver()
    slack.mood = TRY_AGAIN
    bench = Bench(tmp_path, clock, slack)
    message_id = bench.outbox.queue(ALERT)
    tried_at = []
    for second in range(100):
        before = slack.tries
        bench.outbox.deliver()
        if slack.tries > before:
            tried_at.append(second)
        clock.advance(1.0)
    assert tried_at == [0, 5, 15, 35, 75]
    assert (
        bench.of("notify_error")
        == [
            {
                "event": "notify_error",
                "channel": "slack",
                "message_id": message_id,
                "reason": "no answer",
                "permanent": False,
            }
        ]
        * 5
    )


def test_a_late_message_says_how_late_it_is(tmp_path, clock):
    slack = Receiver()
    slack.mood = TRY_AGAIN
    bench = Bench(tmp_path, clock, slack)
    bench.outbox.queue(ALERT)
    bench.outbox.deliver()
    slack.mood = None
    bench.after(3 * 3600 + 12 * 60)
    assert (
        slack.got[0].text
        == "Possible leak.\n\nThis message waited 3 h 12 min, because it could not be delivered earlier."
    )


def test_messages_older_than_a_day_come_as_one(tmp_path, clock):
    slack = Receiver()
    slack.mood = TRY_AGAIN
    bench = Bench(tmp_path, clock, slack)
    ids = []
    for _ in range(4):
        ids.append(bench.outbox.queue(ALERT, picture=b"jpeg"))
        bench.after(60)
    clock.advance(86400)
    ids.append(bench.outbox.queue(ALERT))
    slack.mood = None
    bench.outbox.deliver()
    digest, fresh = slack.got
    assert digest.subject == "4 late messages of the leak monitor"
    assert digest.text.count(ALERT.subject) == 4 and digest.picture is None
    assert fresh.message_id == ids[4]
    assert [event["message_id"] for event in bench.of("notify_sent")] == ids
    assert bench.files == []


def test_a_single_old_message_keeps_its_picture(tmp_path, clock):
    slack = Receiver()
    bench = Bench(tmp_path, clock, slack)
    bench.outbox.queue(ALERT, picture=b"jpeg")
    bench.after(2 * 86400)
    assert slack.got[0].picture == b"jpeg" and "waited 2 d" in slack.got[0].text


def test_a_refused_message_is_kept_as_failed_and_told_once_through_the_other_channel(tmp_path, clock):
    slack, email = Receiver("slack"), Receiver("email")
    slack.mood = REFUSED
    bench = Bench(tmp_path, clock, slack, email)
    bench.outbox.queue(ALERT)
    bench.outbox.deliver()
    (failed,) = bench.files
    assert failed.startswith("failed/")
    assert json.loads((tmp_path / failed).read_text())["refused_because"] == "no_service"
    assert bench.of("notify_error")[0]["permanent"] is True
    assert [str(problem) for problem in bench.outbox.problems()] == [
        "Note: Slack refused the last message at 03:15 on 23 Nov: no_service"
    ]
    slack.mood = None
    for _ in range(2):
        bench.outbox.queue(ALERT)
        bench.after(10)
    assert ["Slack refused" in message.text for message in email.got] == [True, False, False]
    assert bench.outbox.problems() == ()


def test_a_long_outage_is_told_through_the_other_channel(tmp_path, clock):
    slack, email = Receiver("slack"), Receiver("email")
    slack.mood = TRY_AGAIN
    bench = Bench(tmp_path, clock, slack, email)
    for _ in range(2):
        bench.outbox.queue(ALERT)
        bench.after(20 * 60)
    bench.outbox.queue(ALERT)
    bench.outbox.deliver()
    assert "Slack" not in email.got[0].text
    assert "nothing has got through by Slack since 03:35 on 23 Nov: no answer" in email.got[2].text


def test_a_refusal_does_not_hold_up_the_next_message(tmp_path, clock):
    slack = Receiver()
    slack.mood = REFUSED
    bench = Bench(tmp_path, clock, slack)
    bench.outbox.queue(ALERT)
    bench.outbox.deliver()
    slack.mood = None
    second = bench.outbox.queue(ALERT)
    bench.after(5)
    assert [message.message_id for message in slack.got] == [second]


def started_and_closed(folder, clock, *receivers):
    """A restart of the program: a new outbox on the same folder."""
    bench = Bench(folder, clock, *receivers)
    bench.outbox.start()
    bench.outbox.close()
    return bench


def wait_until(true, seconds=10.0):
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.01)


def test_what_was_refused_yesterday_is_tried_again_at_the_next_start(tmp_path, clock):
    slack = Receiver()
    slack.mood = REFUSED
    bench = Bench(tmp_path, clock, slack)
    message_id = bench.outbox.queue(ALERT)
    bench.outbox.deliver()
    slack.mood = None
    clock.advance(3600)
    again = Bench(tmp_path, clock, slack)
    again.outbox.start()
    wait_until(lambda: slack.got)
    again.outbox.close()
    assert slack.got[0].message_id == message_id
    assert again.files == []


def test_what_was_refused_long_ago_stays_failed_and_is_forgotten_in_the_end(tmp_path, clock):
    slack = Receiver()
    slack.mood = REFUSED
    bench = Bench(tmp_path, clock, slack)
    bench.outbox.queue(ALERT)
    bench.outbox.deliver()
    clock.advance(2 * 86400)
    assert len(started_and_closed(tmp_path, clock, slack).files) == 1
    clock.advance(31 * 86400)
    assert started_and_closed(tmp_path, clock, slack).files == []
    assert slack.tries == 1


@pytest.mark.parametrize("rubbish", [b"", b"{", b"\x00" * 100, b"[]", b'{"message_id": 1}', b"\xff\xfe"])
def test_a_damaged_file_is_put_aside_and_reported_and_stops_nothing(tmp_path, clock, rubbish):
    slack = Receiver()
    bench = Bench(tmp_path, clock, slack)
    (tmp_path / "20200101-000000-000000-aaaaaaaa.slack.json").write_bytes(rubbish)
    bench.outbox.queue(ALERT)
    bench.outbox.deliver()
    assert len(slack.got) == 1
    assert bench.files == ["unreadable/20200101-000000-000000-aaaaaaaa.slack.json"]
    assert "damaged" in bench.of("notify_error")[0]["reason"]


def test_messages_for_a_channel_that_was_switched_off_do_not_wait_for_ever(tmp_path, clock):
    Bench(tmp_path, clock, Receiver("email")).outbox.queue(ALERT)
    bench = started_and_closed(tmp_path, clock, Receiver("slack"))
    assert bench.files[0].startswith("failed/")
    assert bench.of("notify_error")[0]["reason"] == "this way of sending is switched off"


def test_half_written_files_of_a_killed_program_are_swept_away(tmp_path, clock):
    (tmp_path / ".20200101.slack.json.123-456.tmp").write_bytes(b"{")
    clock.advance(10 * 365 * 86400)
    assert started_and_closed(tmp_path, clock, Receiver()).files == []


class FullDisk(OutboxFolder):
    """room: what still fits, in bytes of the picture; None = everything does."""

    room: int | None = 0

    def add(self, message: Message, channel: str) -> None:
        if self.room is not None and len(message.picture or b"x") > self.room:
            raise OSError(28, "No space left on device")
        super().add(message, channel)


def test_a_full_disk_does_not_silence_the_alert(tmp_path, clock):
    slack = Receiver()
    bench = Bench(tmp_path, clock, slack, files=FullDisk(tmp_path))
    message_id = bench.outbox.queue(ALERT, picture=b"jpeg")
    assert bench.files == [] and bench.outbox.waiting() == {"slack": 1}
    assert "could not be saved (No space left on device)" in bench.of("notify_error")[0]["reason"]
    bench.outbox.deliver()
    assert slack.got[0].message_id == message_id and slack.got[0].picture == b"jpeg"
    assert bench.outbox.waiting() == {"slack": 0}


def test_a_nearly_full_disk_keeps_the_words_without_the_picture(tmp_path, clock):
    files = FullDisk(tmp_path)
    files.room = 1
    bench = Bench(tmp_path, clock, Receiver(), files=files)
    message_id = bench.outbox.queue(ALERT, picture=b"jpeg")
    assert bench.files == [f"{message_id}.slack.json"]


def test_a_message_in_memory_is_saved_when_the_disk_has_room_again(tmp_path, clock):
    slack = Receiver()
    slack.mood = TRY_AGAIN
    files = FullDisk(tmp_path)
    bench = Bench(tmp_path, clock, slack, files=files)
    message_id = bench.outbox.queue(ALERT, picture=b"jpeg")
    files.room = None
    bench.outbox.deliver()
    assert bench.files == [f"{message_id}.slack.json"]


class HeldOpen(OutboxFolder):
    """As on Windows, when a virus scanner has every file open."""

    held = True

    def put_away(self, name: str, where: str) -> None:
        if self.held:
            raise PermissionError(13, "used by another process")
        super().put_away(name, where)


def test_a_file_that_cannot_be_removed_is_not_sent_twice(tmp_path, clock):
    slack = Receiver()
    files = HeldOpen(tmp_path)
    bench = Bench(tmp_path, clock, slack, files=files)
    bench.outbox.queue(ALERT)
    for _ in range(5):
        bench.after(60)
    assert len(slack.got) == 1 and bench.outbox.waiting() == {"slack": 0}
    files.held = False
    bench.after(60)
    assert bench.files == []


def test_a_log_without_room_does_not_stop_the_delivery(tmp_path, clock):
    def full_log(event: str, **fields: object) -> None:
        raise OSError(28, "No space left on device")

    slack = Receiver()
    outbox = Outbox(OutboxFolder(tmp_path), [slack], clock, full_log)
    outbox.queue(ALERT)
    outbox.deliver()
    assert len(slack.got) == 1


def test_a_fault_in_the_program_of_one_channel_does_not_end_the_deliveries(tmp_path, clock):
    slack = Receiver()
    slack.mood = KeyError("secret things")
    bench = Bench(tmp_path, clock, slack)
    bench.outbox.queue(ALERT)
    bench.outbox.deliver()
    (error,) = bench.of("notify_error")
    assert "fault in the program, KeyError in test_outbox.py, line" in error["reason"]
    assert "secret" not in error["reason"]
    slack.mood = None
    bench.outbox.queue(ALERT)
    bench.after(5)
    assert len(slack.got) == 1


def test_a_clock_that_is_set_back_delays_nothing(tmp_path, clock):
    slack = Receiver()
    Bench(tmp_path, clock, slack).outbox.queue(ALERT)
    earlier = type(clock)(clock.now() - timedelta(days=3))
    Bench(tmp_path, earlier, slack).outbox.deliver()
    assert slack.got[0].text == ALERT.text


def test_without_channels_queueing_is_harmless(tmp_path, clock):
    bench = Bench(tmp_path, clock)
    bench.outbox.queue(ALERT)
    assert bench.files == [] and bench.events == []


class Hanging(Receiver):
    """A server that never answers, until the test lets it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.let_go = threading.Event()

    def send(self, message: Message) -> None:
        self.let_go.wait(30)
        raise TRY_AGAIN


def test_a_channel_that_hangs_blocks_neither_the_monitor_nor_the_others(tmp_path):
    slack, email = Hanging("slack"), Receiver("email")
    bench = Bench(tmp_path, Clock(), slack, email)
    bench.outbox.start()
    began = time.monotonic()
    for _ in range(3):
        bench.outbox.queue(ALERT)
    wait_until(lambda: len(email.got) == 3)
    bench.outbox.close(patience_seconds=0.1)
    assert time.monotonic() - began < 5.0
    assert len([name for name in bench.files if name.endswith(".slack.json")]) == 3
    slack.let_go.set()


def test_closing_delivers_what_can_be_delivered(tmp_path):
    slack = Receiver()
    bench = Bench(tmp_path, Clock(), slack)
    bench.outbox.start()
    for _ in range(20):
        bench.outbox.queue(ALERT)
    bench.outbox.close()
    assert len(slack.got) == 20 and bench.files == []


def test_two_programs_may_use_the_same_folder(tmp_path):
    slack = Receiver()
    outboxes = [Outbox(OutboxFolder(tmp_path), [slack], Clock(), lambda *_, **__: None) for _ in range(2)]
    for outbox in outboxes:
        outbox.start()
    ids = [outboxes[number % 2].queue(ALERT) for number in range(40)]
    wait_until(lambda: not list(tmp_path.glob("*.json")))
    for outbox in outboxes:
        outbox.close()
    assert {message.message_id for message in slack.got} == set(ids)
