"""The program is killed at random moments: every message that was decided arrives, with the same id.

A longer search: KILL_ROUNDS=200.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from tests.servers import mail_server, web_server

ROUNDS = int(os.environ.get("KILL_ROUNDS", "4"))
PROGRAM = Path(__file__).with_name("queue_until_killed.py")


def started(folder: Path, url: str, mail_port: int, task: str) -> subprocess.Popen:
    program = subprocess.Popen(
        [sys.executable, str(PROGRAM), str(folder), url, str(mail_port), task], stdout=subprocess.PIPE
    )
    assert program.stdout.readline().strip() == b"ready"
    return program


def test_every_message_that_was_decided_arrives_although_the_program_is_killed_again_and_again(tmp_path):
    dice = random.Random(20261123)
    healthy = False

    def answer(request) -> tuple[int, str]:
        time.sleep(dice.random() * 0.05)
        return (200, "ok") if healthy or dice.random() < 0.9 else (500, "oops")

    with web_server(answer) as slack, mail_server() as mail:
        for _ in range(ROUNDS):
            program = started(tmp_path, slack.url, mail.port, "queue")
            time.sleep(dice.random())
            program.kill()
            program.communicate()
        waiting = len(list((tmp_path / "outbox").glob("*.json")))
        healthy = True
        program = started(tmp_path, slack.url, mail.port, "drain")
        program.communicate(timeout=120)

    decided = (tmp_path / "decided.txt").read_text().split()
    by_slack = Counter(request.json["text"].split("_Message ")[1].rstrip("_") for request in slack.requests)
    by_email = Counter(email["Message-ID"].strip("<>").split("@")[0] for email in mail.emails)
    repeated = sum(count - 1 for count in by_email.values())
    print(
        f"{ROUNDS} kills, {len(decided)} messages decided, {waiting} files waited after the last kill, lost "
        f"{len(set(decided) - set(by_slack))} (Slack) and {len(set(decided) - set(by_email))} (e-mail), "
        f"{repeated} e-mails repeated"
    )
    assert len(decided) > ROUNDS
    assert set(decided) <= set(by_slack) and set(decided) <= set(by_email)
    assert repeated <= ROUNDS  # at most the one on its way at each kill
    assert not (tmp_path / "outbox" / "unreadable").exists()
    left = [path for path in (tmp_path / "outbox").iterdir() if path.suffix != ".tmp"]
    assert left == []
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or b"verysecretpath" not in path.read_bytes()
