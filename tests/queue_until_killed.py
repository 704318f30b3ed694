"""A program that queues and delivers messages until it is killed; run by test_kill_and_restart.py.

Arguments: folder, address of a web server, port of a mail server, "queue" or "drain".
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from src.clock import Clock
from src.config import NotifySettings
from src.event_log import EventLog
from src.messages import MessageText
from src.notify import channels_from
from src.outbox import Outbox
from src.outbox_folder import OutboxFolder


def main(folder: Path, url: str, mail_port: int, task: str) -> None:
    settings = NotifySettings.model_validate(
        {
            "slack": {"enabled": True},
            "email": {
                "enabled": True,
                "smtp_host": "127.0.0.1",
                "smtp_port": mail_port,
                "use_tls": False,
                "from_addr": "monitor@lab.example",
                "to_addrs": ["anna@lab.example"],
            },
        }
    )
    channels = channels_from(
        settings, {"SLACK_WEBHOOK_URL": f"{url}/services/T00AAA/B00BBB/verysecretpath"}
    ).channels
    log = EventLog(folder / "logs", Clock())
    outbox = Outbox(OutboxFolder(folder / "outbox"), channels, Clock(), log.append)
    print("ready", flush=True)
    outbox.start()
    if task == "drain":
        while any(outbox.waiting().values()):
            time.sleep(0.02)
        outbox.close()
        return
    with open(folder / "decided.txt", "ab", buffering=0) as decided:
        while True:
            message_id = outbox.queue(
                MessageText("POSSIBLE LEAK", "Possible leak."), picture=os.urandom(20_000)
            )
            decided.write(f"{message_id}\n".encode())
            time.sleep(0.05)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4])
