"""A whole day of virtual time through the real monitor, with everything that can go wrong sprinkled in."""

from __future__ import annotations

import io
import random
from collections import Counter
from contextlib import nullcontext
from datetime import datetime, time
from pathlib import Path
from typing import Sequence

from soak.day import Day, DayCamera, DayClock
from soak.day_proofs import (
    DAY,
    a_sign_of_life_every_minute,
    all_written_down,
    every_alert_delivered,
    every_blindness_named,
    every_leak_alerted,
    it_came_to_its_end,
    page_truthful,
)
from soak.full_disk import can_mount, small_disk
from soak.kill_rounds import EVENT_ID
from soak.lab import PASSWORD, channels, make_lab, secrets
from soak.meter import Meter, handles_flat, memory_flat
from soak.report import Proof
from soak.schedule import Episode, outages, troubles
from src.counter_line import CounterLine
from src.monitoring import put_together
from src.outbox import Outbox
from tests.servers import free_port, mail_server, web_server

EVIDENCE_SETTINGS = {"save_context": {"enabled": True, "pre_frames": 3, "post_frames": 3}}


def long_day(
    folder: Path, seconds: float = 86_400.0, seed: int = 20261123, plan: Sequence[Episode] | None = None
) -> list[Proof]:
    """Live through `seconds` of the day. plan: the troubles, None = all kinds, at random."""
    disk = folder / "disk"
    with_disk = can_mount(folder / "try")
    with small_disk(disk) if with_disk else nullcontext():
        return _live(disk, seconds, seed, plan, disk if with_disk else None)


def _live(
    folder: Path, seconds: float, seed: int, plan: Sequence[Episode] | None, disk: Path | None
) -> list[Proof]:
    dice = random.Random(seed)
    clock = DayClock(datetime.combine(DAY, time()).astimezone())
    mail_port = free_port()
    lab = make_lab(folder, {"notify": channels(mail_port), "monitor": EVIDENCE_SETTINGS})
    wanted = list(plan) if plan is not None else troubles(seconds, dice, disk is not None)
    day = Day(clock, seconds, list(wanted), outages(seconds, dice), lab, disk)
    arrived: dict[str, Counter[str]] = {"Slack": Counter(), "e-mail": Counter()}

    def slack(request) -> tuple[int, str]:
        if "/services/" not in request.path:
            return 200, "pong"
        if day.down("Slack"):
            return 503, "down"
        arrived["Slack"].update(EVENT_ID.findall(request.json["text"]))
        return 200, "ok"

    with web_server(slack) as slack_server, mail_server(password=PASSWORD, port=mail_port) as mail:
        environment = secrets(int(slack_server.url.rsplit(":", 1)[1]))
        console = io.StringIO()
        line = CounterLine(console)
        monitor, outbox = put_together(lab.config, clock, environment, line, lambda *_: DayCamera(day))
        meter = Meter(seconds)

        def pass_time() -> None:
            day.move_on()
            mail.answer_to_data = "451 later" if day.down("e-mail") else "250 OK"
            outbox.deliver()
            for email in mail.emails:
                arrived["e-mail"].update(EVENT_ID.findall(email.get_body(("plain",)).get_content()))
            mail.emails.clear()
            slack_server.requests.clear()
            console.truncate(0)
            meter.read(clock.monotonic())

        clock.on_sleep = pass_time
        reason = monitor.run()
        _deliver_the_rest(outbox, clock)
    return [
        it_came_to_its_end(day, wanted, reason, lab),
        memory_flat(meter),
        handles_flat(meter),
        a_sign_of_life_every_minute(lab),
        every_leak_alerted(lab, day),
        every_alert_delivered(lab, arrived, outbox, day),
        every_blindness_named(lab, day),
        all_written_down(lab, day),
        page_truthful(lab, day, clock),
    ]


def _deliver_the_rest(outbox: Outbox, clock: DayClock) -> None:
    clock.on_sleep = lambda: None
    for _ in range(200):
        if not any(outbox.waiting().values()):
            return
        clock.advance(60.0)
        outbox.deliver()
