"""The monitor is killed again and again while the servers misbehave: no alert may be lost."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import ContextManager

import numpy as np

from soak.camera_server import camera_server
from soak.lab import PASSWORD, Lab, channels, end_calmly, files_with_secrets, make_lab, secrets
from soak.report import Proof
from tests.bench import bench
from tests.servers import Request, free_port, mail_server, silent_server, web_server

MOODS = ("fine", "fine", "500", "404", "hangs", "absent")
LEAK_SECONDS, DRY_SECONDS = 2.5, 2.0
LONGEST_LIFE_SECONDS, BUSY_SECONDS = 4.5, 0.15
DRAIN_SECONDS = 120.0
# The outbox has to stay empty for so many looks of a tenth of a second: a leak that ends is told, too.
QUIET_LOOKS = 30
SETTINGS = {
    "frame_interval_seconds": 0.1,
    "consecutive_anomalies": 2,
    "alert_cooldown_seconds": 0,
    "reminder_seconds": 1,
    "resolve_seconds": 1,
    "heartbeat_seconds": 1,
    "save_context": {"enabled": False},
}
EVENT_ID = re.compile(r"number (\d{8}_\d{6}_\d{3})")
SLACK_ID = re.compile(r"_Message (\S+)_$")


@dataclass
class Servers:
    """A Slack and a mail server with moods, and what has arrived at them for good."""

    slack_port: int = field(default_factory=free_port)
    mail_port: int = field(default_factory=free_port)
    slack: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    message_ids: dict[str, Counter[str]] = field(
        default_factory=lambda: {"slack": Counter(), "email": Counter()}
    )

    def slack_in(self, mood: str) -> ContextManager:
        """Slack while the block runs."""
        if mood == "absent":
            return nullcontext()
        if mood == "hangs":
            return silent_server(self.slack_port)
        return web_server(self._answer(mood), self.slack_port)

    def mail_in(self, mood: str) -> ContextManager:
        """The mail server while the block runs; 500 and 404 mean "later" and "never"."""
        if mood == "absent":
            return nullcontext()
        if mood == "hangs":
            return silent_server(self.mail_port)
        return mail_server(password=PASSWORD, port=self.mail_port)

    def take(self, mail: object) -> None:
        """Keep what a mail server has got, once it is closed."""
        for email in mail.emails:
            self.message_ids["email"][email["Message-ID"].strip("<>").split("@")[0]] += 1
            self.emails.append(email.get_body(("plain",)).get_content())

    def _answer(self, mood: str):
        def answer(request: Request) -> tuple[int, str]:
            if "/services/" not in request.path:
                return 200, "pong"
            if mood != "fine":
                return int(mood), "no"
            text = request.json["text"]
            self.message_ids["slack"][SLACK_ID.search(text)[1]] += 1
            self.slack.append(text)
            return 200, "ok"

        return answer


def leaks_that_come_and_go(number: int) -> np.ndarray:
    """The bench by the time of the PC: wet for a while, dry for a while."""
    wet = time.monotonic() % (LEAK_SECONDS + DRY_SECONDS) < LEAK_SECONDS
    return bench(number, leak_radius=14 if wet else 0)


def kill_rounds(folder: Path, rounds: int, seed: int = 20261123) -> list[Proof]:
    """Start the monitor and kill it `rounds` times; then let it deliver what waits."""
    dice, servers = random.Random(seed), Servers()
    moods: Counter[str] = Counter()
    on_disk: set[tuple[str, str]] = set()
    with camera_server(leaks_that_come_and_go) as camera:
        lab = make_lab(
            folder,
            {"camera": {"source": camera.url}, "monitor": SETTINGS, "notify": channels(servers.mail_port)},
        )
        for _ in range(rounds):
            slack_mood, mail_mood = dice.choice(MOODS), dice.choice(MOODS)
            moods.update((slack_mood, mail_mood))
            _live_and_die(lab, servers, slack_mood, mail_mood, dice)
            on_disk.update(_ids_on_disk(lab))
        waiting = len(_ids_on_disk(lab))
        camera.picture = bench
        exit_code = _deliver_the_rest(lab, servers)
    return [_judge(lab, servers, rounds, moods, on_disk, waiting, exit_code), _secrets_of(lab, rounds)]


def _live_and_die(lab: Lab, servers: Servers, slack_mood: str, mail_mood: str, dice: random.Random) -> None:
    with ExitStack() as stack:
        stack.enter_context(servers.slack_in(slack_mood))
        mail = stack.enter_context(servers.mail_in(mail_mood))
        if mail_mood in ("500", "404"):
            mail.answer_to_data = {"500": "451 try again later", "404": "554 no, never"}[mail_mood]
        process = lab.start(secrets(servers.slack_port))
        if dice.random() < 0.5:
            time.sleep(dice.uniform(0.0, LONGEST_LIFE_SECONDS))
        else:
            # While it queues, delivers and writes the log: that is where something could get lost.
            _wait_for_a_new_message(lab)
            time.sleep(dice.uniform(0.0, BUSY_SECONDS))
        process.kill()
        process.wait()
    if hasattr(mail, "emails"):
        servers.take(mail)


def _wait_for_a_new_message(lab: Lab) -> None:
    known, give_up = _ids_on_disk(lab), time.monotonic() + LONGEST_LIFE_SECONDS
    while _ids_on_disk(lab) <= known and time.monotonic() < give_up:
        time.sleep(0.003)


def _deliver_the_rest(lab: Lab, servers: Servers) -> int:
    with servers.slack_in("fine"), servers.mail_in("fine") as mail:
        starts = len(lab.events("monitor_started"))
        process = lab.start(secrets(servers.slack_port))
        give_up, quiet = time.monotonic() + DRAIN_SECONDS, 0
        while quiet < QUIET_LOOKS and time.monotonic() < give_up:
            time.sleep(0.1)
            nothing_left = not _ids_on_disk(lab) and len(lab.events("monitor_started")) > starts
            quiet = quiet + 1 if nothing_left else 0
        exit_code = end_calmly(process)
    servers.take(mail)
    return exit_code


def _ids_on_disk(lab: Lab) -> set[tuple[str, str]]:
    """(channel, message id) of what waits or was refused."""
    outbox = lab.config.paths.state_mode_file.parent / "outbox"
    names = [path.name for folder in (outbox, outbox / "failed") for path in folder.glob("[!.]*.json")]
    return {(channel, message_id) for message_id, channel, _ in (name.rsplit(".", 2) for name in names)}


def _judge(
    lab: Lab,
    servers: Servers,
    rounds: int,
    moods: Counter[str],
    on_disk: set[tuple[str, str]],
    waiting: int,
    exit_code: int,
) -> Proof:
    alerts = {event["event_id"] for event in lab.events("alert")}
    arrived = {"slack": _event_ids(servers.slack), "email": _event_ids(servers.emails)}
    queued = {(event["channel"], event["message_id"]) for event in lab.events("notify_queued")} | on_disk
    lost = [pair for pair in queued if pair[1] not in servers.message_ids[pair[0]]]
    faults = [
        f"{len(alerts - ids)} alerts never reached {name}" for name, ids in arrived.items() if alerts - ids
    ]
    if lost:
        faults.append(f"{len(lost)} messages lost, for example {lost[0]}")
    if _ids_on_disk(lab):
        faults.append(f"{len(_ids_on_disk(lab))} messages were still waiting at the end")
    if not alerts:
        faults.append("no alert was decided")
    if exit_code != 0:
        faults.append(f"the last monitor ended with exit code {exit_code}")
    repeated = sum(count - 1 for ids in servers.message_ids.values() for count in ids.values())
    return Proof(
        f"{rounds} times killed (SIGKILL) at a random moment and started again, while Slack and the mail "
        "server were fine, answered 500, 404, hung or were absent at random",
        f"{len(alerts)} alerts decided, {len(queued)} messages queued, {waiting} waited after the last kill, "
        f"{len(lost)} lost, {repeated} repeated with the same id; servers: "
        + ", ".join(f"{mood} {count}" for mood, count in sorted(moods.items())),
        tuple(faults),
    )


def _event_ids(texts: list[str]) -> set[str]:
    return {found for text in texts for found in EVENT_ID.findall(text)}


def _secrets_of(lab: Lab, rounds: int) -> Proof:
    found = files_with_secrets([lab.folder])
    count = sum(1 for path in lab.folder.rglob("*") if path.is_file())
    return Proof(
        f"Secrets searched for in every file that {rounds + 1} monitors left, with all they printed",
        f"{count} files, {len(found)} with a secret",
        tuple(f"a secret stands in {path.relative_to(lab.folder)}" for path in found),
    )
