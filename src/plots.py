"""Plots as PNG bytes, drawn without a screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from io import BytesIO
from textwrap import fill
from typing import Sequence

import numpy as np
from matplotlib import dates
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MultipleLocator, NullFormatter

BLUE, ORANGE, RED, GREY, DARK = "#2a6fb0", "#d98300", "#c62828", "#b8b8b8", "#333333"
FILLS = {
    "gap": {"facecolor": "#9e9e9e", "alpha": 0.45, "label": "gap: nobody was watching"},
    "blind": {
        "facecolor": "none",
        "edgecolor": "#8d6e63",
        "hatch": "////",
        "linewidth": 0.0,
        "label": "blind: camera problem",
    },
    "doubtful": {"facecolor": "#e3d5f2", "label": "watched less well: camera problem"},
    "not_armed": {"facecolor": "#eeeeee", "label": "not armed"},
    "lighting": {"facecolor": "#fff3c4", "label": "light that the training did not show"},
}
SMALLEST_RATIO = 0.01
TITLE_WIDTH = 105  # characters; a longer title goes on in a second line
ROOM_FOR_A_TIME = 0.06
NARROWEST_VISIBLE = 0.001  # share of the time axis, about one pixel
HISTOGRAM_BINS = 60
MANY_DOTS = 300
TIME_STEPS_SECONDS = (1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600)


@dataclass(frozen=True)
class Shade:
    """A stretch of the time axis, of a kind in FILLS; start and end in the units of that axis."""

    kind: str
    start: float | datetime
    end: float | datetime


def night_scores(
    times: Sequence[datetime],
    ratios: Sequence[float],
    alerts: Sequence[datetime],
    shades: Sequence[Shade],
    start: datetime,
    end: datetime,
    title: str,
) -> bytes:
    """Highest score of each minute as a share of the alarm threshold, from `start` to `end`.

    times: aware. ratios: score / threshold, above 1 = alarm trigger.
    """
    figure, axes = _figure(height=3.6)
    clock = start.tzinfo
    axes.set_xlim(_number(start), _number(end))
    _shade(axes, [Shade(shade.kind, _number(shade.start), _number(shade.end)) for shade in shades])
    x = np.array([_number(time) for time in times])
    _dots(axes, x, _drawable(ratios), BLUE, "highest score of each minute")
    _mark_alerts(
        axes, [_number(time) for time in alerts], [f"{time.astimezone(clock):%H:%M}" for time in alerts]
    )
    _clock_axis(axes, clock)
    if start.utcoffset() != end.utcoffset():
        axes.set_xlabel("time of day, as it was before the clock change")
    _ratio_axis(axes)
    return _finish(figure, axes, title)


def replay_timeline(
    seconds: Sequence[float],
    score_ratios: Sequence[float],
    spot_ratios: Sequence[float],
    alerts: Sequence[float],
    shades: Sequence[Shade],
    title: str,
) -> bytes:
    """Both triggers over recorded footage.

    seconds: time of each picture. score_ratios: score / threshold; spot_ratios: largest spot / its threshold.
    alerts: times of the alerts in seconds.
    """
    figure, axes = _figure(height=3.6)
    axes.set_xlim(min(seconds), max(max(seconds), min(seconds) + 1.0))
    _shade(axes, shades)
    spots = np.asarray(spot_ratios, dtype=float)
    _dots(axes, seconds, np.where(spots >= SMALLEST_RATIO, spots, np.nan), ORANGE, "largest spot")
    _dots(axes, seconds, _drawable(score_ratios), BLUE, "score")
    _mark_alerts(axes, alerts, [_running(time) for time in alerts])
    _running_time_axis(axes)
    _ratio_axis(axes)
    return _finish(figure, axes, title)


def score_histogram(scores: Sequence[float], threshold: float, title: str) -> bytes:
    """How the scores of normal pictures are spread, and where the alarm threshold is.

    Scores above the threshold are drawn in red: each of them is a picture that would count as suspect.
    """
    figure, axes = _figure(height=3.6)
    values = np.asarray(scores, dtype=float)
    edges = _edges_around(threshold, values)
    over = values > threshold
    axes.hist(values[~over], edges, color=BLUE, label=f"at or below the threshold: {np.count_nonzero(~over)}")
    axes.hist(values[over], edges, color=RED, label=f"above the threshold: {np.count_nonzero(over)}")
    axes.axvline(threshold, color=DARK, linewidth=1.2, linestyle="--", label=f"threshold {threshold:.4g}")
    axes.set_yscale("log")  # a single picture above the threshold must be seen beside hundreds below it
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))
    axes.set_ylim(bottom=0.7)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_xlabel("score (0 = exactly as expected)")
    axes.set_ylabel("pictures")
    return _finish(figure, axes, title)


def _edges_around(threshold: float, values: np.ndarray) -> np.ndarray:
    """Edges of about 60 bins, one of them exactly at the threshold, so no bar straddles it."""
    low, high = min(values.min(), threshold), max(values.max(), threshold)
    width = (high - low) / HISTOGRAM_BINS or 0.01 * abs(high) or 1.0
    first, last = np.floor((low - threshold) / width) - 1, np.ceil((high - threshold) / width) + 1
    return threshold + width * np.arange(first, last + 1)


def _dots(axes: Axes, x: Sequence[float], y: np.ndarray, colour: str, label: str) -> None:
    # Not clipped: half of the first and last dot lies outside of the axes.
    axes.plot(x, y, ".", color=colour, markersize=2.5 if len(x) > MANY_DOTS else 5.0, label=label, clip_on=False)


def _figure(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(10.0, height), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#e0e0e0", linewidth=0.6)
    axes.set_axisbelow(True)
    return figure, axes


def _shade(axes: Axes, shades: Sequence[Shade]) -> None:
    """Shaded stretches, each kind that can be seen with its name. The x range must be set."""
    low, high = axes.get_xlim()
    named: set[str] = set()
    for shade in shades:
        style = dict(FILLS[shade.kind])
        visible = min(shade.end, high) - max(shade.start, low) >= NARROWEST_VISIBLE * (high - low)
        if shade.kind in named or not visible:
            style.pop("label")
        else:
            named.add(shade.kind)
        axes.axvspan(shade.start, shade.end, zorder=0.5, **style)


def _mark_alerts(axes: Axes, positions: Sequence[float], texts: Sequence[str]) -> None:
    """Red lines, each with its time where there is room for it. The x range must be set."""
    low, high = axes.get_xlim()
    free_from = -np.inf
    for number, (position, text) in enumerate(zip(positions, texts)):
        axes.axvline(position, color=RED, linewidth=1.2, label="leak alert" if number == 0 else None)
        if position >= free_from:
            axes.annotate(
                text,
                (position, 1.0),
                xycoords=("data", "axes fraction"),
                xytext=(3, -2),
                textcoords="offset points",
                color=RED,
                fontsize=8,
                va="top",
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.6},
            )
            free_from = position + ROOM_FOR_A_TIME * (high - low)


def _ratio_axis(axes: Axes) -> None:
    axes.axhline(1.0, color=DARK, linewidth=1.0, linestyle="--", label="alarm threshold")
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, 0.5), max(high, 2.0))
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 50 * low else (1,)))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g} %"))
    axes.set_ylabel("share of the alarm threshold")


def _clock_axis(axes: Axes, clock: tzinfo | None) -> None:
    locator = dates.AutoDateLocator(tz=clock, minticks=4, maxticks=13)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.DateFormatter("%H:%M", tz=clock))
    axes.set_xlabel("time of day")


def _running_time_axis(axes: Axes) -> None:
    low, high = axes.get_xlim()
    step = next((step for step in TIME_STEPS_SECONDS if (high - low) / step <= 12), TIME_STEPS_SECONDS[-1])
    axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _running(value)))
    axes.set_xlabel("time in the footage (h:min:s)")


def _finish(figure: Figure, axes: Axes, title: str) -> bytes:
    axes.set_title(fill(title, TITLE_WIDTH), loc="left", fontsize=11, color=DARK)
    figure.legend(loc="outside lower left", ncols=4, frameon=False, fontsize=8.5, markerscale=2.0)
    buffer = BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _drawable(ratios: Sequence[float]) -> np.ndarray:
    """A log axis has no zero: everything below one percent is drawn at one percent."""
    return np.maximum(np.asarray(ratios, dtype=float), SMALLEST_RATIO)


def _number(time: datetime) -> float:
    return float(dates.date2num(time))


def _running(seconds: float) -> str:
    whole = int(round(seconds))
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
