from __future__ import annotations

import os

from src.heartbeat_file import HeartbeatFile


def test_every_beat_changes_the_stamp(tmp_path):
    heartbeat = HeartbeatFile(tmp_path / "state")
    assert heartbeat.stamp() is None
    heartbeat.beat()
    first = heartbeat.stamp()
    os.utime(tmp_path / "state" / "heartbeat", (1, 1))
    heartbeat.beat()
    assert first is not None and heartbeat.stamp() > first - 10**9


def test_a_beat_after_the_first_writes_nothing(tmp_path):
    heartbeat = HeartbeatFile(tmp_path)
    heartbeat.beat()
    inode = (tmp_path / "heartbeat").stat().st_ino
    heartbeat.beat()
    assert (tmp_path / "heartbeat").stat().st_ino == inode
    assert (tmp_path / "heartbeat").stat().st_size == 0
