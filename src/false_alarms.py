"""How many false alarms to expect, and how many cannot be excluded, from pictures that were all normal.

The upper bounds are the exact ones: for a share of pictures Clopper and Pearson (Biometrika 26, 1934), for a
number of events in a time Garwood (Biometrika 28, 1936). With nothing seen, the second is the rule of three:
at most 3 / time (Hanley and Lippman-Hand, JAMA 249, 1983).
"""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import betaincinv, gammaincinv

from src.messages import duration

CONFIDENCE = 0.95
SECONDS_PER_DAY = 86_400.0
NIGHT_HOURS = 10


@dataclass(frozen=True)
class PerDay:
    """How often something happens in a day: as seen, and at most (with 95 % confidence)."""

    seen: int
    hours: float
    expected: float
    at_most: float


def share_at_most(hits: int, of: int) -> float:
    """The largest share (0 to 1) that `hits` out of `of` independent pictures do not exclude.

    Raises ValueError unless 0 <= hits <= of and of is at least 1.
    """
    if not 0 <= hits <= of or of < 1:
        raise ValueError(f"expected 0 <= hits <= of and of >= 1, got hits={hits}, of={of}")
    return 1.0 if hits == of else float(betaincinv(hits + 1, of - hits, CONFIDENCE))


def frames_per_day(hits: int, of: int, frame_interval_seconds: float) -> PerDay:
    """Pictures over the threshold in a day of watching, from `hits` out of `of` held-out normal pictures."""
    pictures_per_day = SECONDS_PER_DAY / frame_interval_seconds
    return PerDay(
        seen=hits,
        hours=of * frame_interval_seconds / 3600.0,
        expected=pictures_per_day * hits / of,
        at_most=pictures_per_day * share_at_most(hits, of),
    )


def alarms_per_day(alarms: int, hours: float) -> PerDay:
    """False alarms in a day, from `alarms` in `hours` of normal footage. Raises ValueError for no footage."""
    if alarms < 0 or hours <= 0:
        raise ValueError(f"expected alarms >= 0 and hours > 0, got alarms={alarms}, hours={hours}")
    most = float(gammaincinv(alarms + 1, CONFIDENCE))
    return PerDay(seen=alarms, hours=hours, expected=24.0 * alarms / hours, at_most=24.0 * most / hours)


def in_words(hits: int, alarms: int, of: int, frame_interval_seconds: float) -> tuple[str, str]:
    """What `of` normal pictures prove, looked at in this interval: `hits` over the threshold, `alarms` in all."""
    frames = frames_per_day(hits, of, frame_interval_seconds)
    return frames_in_words(frames), alarms_in_words(alarms_per_day(alarms, frames.hours))


def alarms_in_words(rate: PerDay) -> str:
    """What the footage proves about false alarms, in a few sentences."""
    alarms = {0: "No false alarm", 1: "1 false alarm"}.get(rate.seen, f"{rate.seen} false alarms")
    words = (
        f"{alarms} in {duration(3600 * rate.hours)} of normal pictures: expect about {_number(rate.expected)} a day"
        f"{_bound(rate, 'So short a time')}"
    )
    if rate.seen or rate.hours >= NIGHT_HOURS:
        return f"{words}."
    quiet_night = _number(alarms_per_day(0, NIGHT_HOURS).at_most)
    return f"{words}; that is no forecast. A quiet night of {NIGHT_HOURS} h will say at most {quiet_night} a day."


def frames_in_words(rate: PerDay) -> str:
    """What held-out pictures prove about single pictures over the threshold, in a few sentences."""
    tried = f"the normal pictures it was tried on, {duration(3600 * rate.hours)} of watching,"
    over = f"{rate.seen or 'None'} of {tried} {'were' if rate.seen > 1 else 'was'} over the threshold"
    return (
        f"{over}: expect about {_number(rate.expected)} such pictures a day{_bound(rate, 'So few pictures')}. "
        "A single one is no alarm: an alarm needs several in the same place."
    )


def _bound(rate: PerDay, so_little: str) -> str:
    """The upper bound; that of a little footage without any sounds like a threat and is none."""
    at_most = f"at most {_number(rate.at_most)}"
    if rate.seen == 0 and rate.hours < NIGHT_HOURS:
        return f". {so_little} cannot say more than {at_most} a day (95 % sure)"
    return f", {at_most} (95 % sure)"


def _number(value: float) -> str:
    """Two digits are more than is known: "0.3", "24", "9800"."""
    return f"{float(f'{value:.2g}'):g}" if value < 100_000 else f"{float(f'{value:.2g}'):.0f}"
