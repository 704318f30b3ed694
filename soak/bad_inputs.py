"""Damaged and senseless files, thousands of them: words for the user, no traceback, and nothing is lost."""

from __future__ import annotations

import os
import random
import sys
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from soak.bad_files import KINDS, Try
from soak.lab import make_lab
from soak.report import Proof
from src.errors import UserError

WORDS = [
    b"",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"NaN",
    b"-1",
    b"1e999",
    b"null",
    b"[]",
    b"{}",
    b'"',
    b"'",
    b"\n",
    b"\r\n",
    b"\t",
    b": ",
    b"- ",
    b"&a",
    b"*a",
    b"!!python/object:os.system",
    b"<<",
    b"\xf0\x9f\x92\xa7",
    b"9" * 400,
    b"[" * 3000,
    b"true",
    b"MONITOR",
    b"2026-13-45",
    b"PK\x03\x04",
    b"\x93NUMPY",
    b"../" * 20,
    b"%s%n",
    b"\\u0000",
]
# How many of a hundred inputs go to each kind of file.
SHARES = {
    "config.yaml": 22,
    "mode.txt": 13,
    "threshold.json": 13,
    "detector.npz": 10,
    "events.jsonl": 13,
    "pictures": 13,
    "incident.json": 10,
    "outbox": 6,
}


def bad_inputs(folder: Path, count: int, seed: int = 20261123) -> list[Proof]:
    """Feed `count` bad inputs in all."""
    lab = make_lab(folder, {})
    with _decoders_silenced():
        return [
            _feed(name, max(2, count * share // 100), random.Random(seed), *KINDS[name](lab))
            for name, share in SHARES.items()
        ]


@contextmanager
def _decoders_silenced() -> Iterator[None]:
    """The picture decoders comment on every damaged file, past Python, on the console."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _feed(name: str, count: int, dice: random.Random, originals: list[bytes], attempt: Try) -> Proof:
    refused, faults = 0, []
    for number in range(count):
        bad = _spoilt(dice.choice(originals), dice)
        try:
            attempt(bad)
        except UserError as error:
            refused += 1
            if "Traceback" in str(error) or not str(error).strip():
                faults.append(f"input {number} was refused without words")
        except Exception as error:  # what a user would see as a traceback; that none gets here is the point
            where = traceback.extract_tb(error.__traceback__)[-1]
            faults.append(
                f"{type(error).__name__} in {Path(where.filename).name} line {where.lineno} ({error!s:.80})"
            )
    return Proof(
        f"{count} bad inputs: {name}",
        f"{refused} refused in words, {count - refused} usable or passed over",
        tuple(sorted(set(faults))[:5]),
    )


def _spoilt(data: bytes, dice: random.Random) -> bytes:
    """Cut off, with other bytes, words put in, parts doubled or taken out; or something else."""
    kind = dice.random()
    if kind < 0.05:
        return b""
    if kind < 0.10:
        return dice.randbytes(dice.randrange(1, 300))
    spoilt = bytearray(data)
    if kind < 0.30:
        return bytes(spoilt[: dice.randrange(len(spoilt))])
    for _ in range(dice.choice((1, 1, 2, 5, 30))):
        place = dice.randrange(len(spoilt) + 1)
        what = dice.random()
        if what < 0.4 and place < len(spoilt):
            spoilt[place] = dice.randrange(256)
        elif what < 0.7:
            spoilt[place : place + dice.choice((0, 0, 1, 8))] = dice.choice(WORDS)
        elif what < 0.85:
            del spoilt[place : place + dice.randrange(1, 40)]
        else:
            spoilt[place:place] = spoilt[place : place + dice.randrange(1, 200)]
    return bytes(spoilt)
