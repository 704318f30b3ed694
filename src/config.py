"""The settings: one table of all keys, their types, ranges, defaults and what they mean.

To add a key, add one line to its section here, one to config/config.yaml and one to its copy,
config/config_as_delivered.yaml.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from src.config_text import parse
from src.config_values import (
    Corner, EmailAddress, EmailAddresses, FilePath, Section, Share, Source, Text, TimeOfDay, empty_as, key
)
from src.config_words import rule
from src.yaml_text import YamlError, read_yaml

SMALLEST_ROI_PIXELS = 32
LONGEST_DOWN_SECONDS = 3600
ROUNDING = 1e-6  # 0.7 + 0.3 may be a little more than 1 for a computer
# Keys that older settings files have. The secret itself comes from the environment.
SECRET_KEYS = {
    ("notify", "slack", "webhook_url"): "SLACK_WEBHOOK_URL",
    ("notify", "slack", "bot_token"): "SLACK_BOT_TOKEN",
    ("notify", "email", "smtp_password"): "SMTP_PASSWORD",
}


class CameraSettings(Section):
    """Where the pictures come from."""

    index: int = key(0, "0 is the first camera, 1 the second", ge=0, le=99)
    backend: Literal["DSHOW", "MSMF", "V4L2", "DEFAULT"] = key("DSHOW", "how Windows talks to the camera")
    width: int = key(1280, "pixels", ge=32, le=20000)
    height: int = key(720, "pixels", ge=32, le=20000)
    fps: float = key(30, "pictures a second", gt=0, le=1000)
    source: Annotated[Source | None, empty_as(None)] = key(None, "video, picture folder or address")


class IgnoredArea(Section):
    """A part of the picture that is not looked at: a rectangle or a polygon, relative to the full picture."""

    x: Share | None = key(None, "left edge, 0 to 1")
    y: Share | None = key(None, "top edge, 0 to 1")
    width: Share | None = key(None, "0 to 1")
    height: Share | None = key(None, "0 to 1")
    polygon: Annotated[tuple[Corner, ...], Field(strict=False)] | None = key(
        None, "corners [x, y], each 0 to 1"
    )

    @model_validator(mode="after")
    def _one_shape(self) -> IgnoredArea:
        rectangle = (self.x, self.y, self.width, self.height)
        given = sum(value is not None for value in rectangle)
        if (self.polygon is None) != (given == 4) or (self.polygon is not None and given):
            raise rule("an area needs either x, y, width and height, or polygon.")
        if self.polygon is not None and len(self.polygon) < 3:
            raise rule("a polygon needs at least 3 corners.", "polygon")
        return self

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """The corners (x, y), relative to the full picture, of either shape."""
        if self.polygon is not None:
            return self.polygon
        right, bottom = min(self.x + self.width, 1.0), min(self.y + self.height, 1.0)
        return ((self.x, self.y), (right, self.y), (right, bottom), (self.x, bottom))


class RoiSettings(Section):
    """The part of the camera picture that is looked at."""

    enabled: bool = key(False, "false: the whole picture is looked at")
    units: Literal["relative", "pixels"] = key("relative", "relative: shares of the picture from 0 to 1")
    x: float = key(0, "left edge", ge=0)
    y: float = key(0, "top edge", ge=0)
    width: float = key(1, "width of the part looked at", gt=0)
    height: float = key(1, "height of the part looked at", gt=0)
    ignore: Annotated[tuple[IgnoredArea, ...], Field(strict=False), empty_as(())] = key(
        (), "areas that are not looked at"
    )

    @model_validator(mode="after")
    def _inside_the_picture(self) -> RoiSettings:
        for start, length in (("x", "width"), ("y", "height")):
            end = getattr(self, start) + getattr(self, length)
            if self.enabled and self.units == "relative" and end > 1 + ROUNDING:
                raise rule(f"{start} + {length} is {end:g}, so the part looked at leaves the picture. With "
                           "units: relative it is at most 1. For numbers in pixels write units: pixels.",
                           length)
            if self.enabled and self.units == "pixels" and getattr(self, length) < SMALLEST_ROI_PIXELS:
                raise rule(f"with units: pixels, {length} is at least {SMALLEST_ROI_PIXELS}. "
                           "For shares of the picture write units: relative.", length)
        return self


class ImageSettings(Section):
    """The size to which the part looked at is scaled."""

    width: int = key(400, "pixels", ge=32, le=2048)
    height: int = key(225, "pixels", ge=32, le=2048)


class CaptureSettings(Section):
    """Taking pictures of the normal state."""

    interval_seconds: float = key(1.5, "time between two pictures", ge=0.05, le=86400)
    jpg_quality: int = key(95, "JPEG quality", ge=1, le=100)


class AugmentSettings(Section):
    """Small random changes to the training pictures."""

    enabled: bool = key(False, "change the training pictures at random")
    rotation: float = key(0.0, "share of a full turn", ge=0, le=0.5)
    translation: float = key(0.0, "share of the picture", ge=0, le=0.5)
    contrast: float = key(0.1, "share of the contrast", ge=0, le=0.9)
    brightness: float = key(0.1, "share of the brightness", ge=0, le=0.9)


class TrainingSettings(Section):
    """Learning the normal state."""

    batch_size: int = key(16, "pictures at a time", ge=1, le=1024)
    epochs: int = key(30, "rounds through all pictures", ge=1, le=10000)
    learning_rate: float = key(0.001, "size of the learning steps", gt=0, le=1)
    validation_split: float = key(0.2, "share of the pictures kept for checking", ge=0.05, le=0.5)
    seed: int = key(42, "same number, same result", ge=0, le=2**32 - 1)
    augment: AugmentSettings = AugmentSettings()


class ThresholdSettings(Section):
    """How unusual a picture may be and still count as normal."""

    percentile: float = key(99.5, "share of the normal pictures below the threshold, percent", ge=50, le=100)


class ScoringSettings(Section):
    """From the error map to one number a picture."""

    method: Literal["mean", "topk"] = key("topk", "mean: of all pixels, topk: of the highest ones")
    topk_percent: float = key(0.01, "share of the highest pixels, percent", gt=0, le=100)
    topk_min_pixels: int = key(1, "at least so many pixels", ge=1, le=2048 * 2048)


class HeatmapTriggerSettings(Section):
    """The second way to find a leak: a connected spot of unusual pixels."""

    enabled: bool = key(True, "look for connected spots")
    pixel_error_percentile: float = key(99.9, "from here on a pixel is unusual, percent", ge=50, le=100)
    blob_area_percentile: float = key(99.5, "spots up to this size are normal, percent", ge=50, le=100)
    connectivity: Literal[4, 8] = key(8, "8: pixels that touch at a corner belong together")
    min_blob_area: int = key(16, "smallest spot, pixels of the scaled picture", ge=1, le=2048 * 2048)


class SaveReconstructionSettings(Section):
    """Pictures of what the model expected."""

    enabled: bool = key(True, "save the expected picture")
    heatmap: bool = key(True, "save the picture of the differences")


class SaveContextSettings(Section):
    """Pictures from before and after an alert."""

    enabled: bool = key(True, "save pictures from before and after the alert")
    pre_frames: int = key(3, "pictures before", ge=0, le=100)
    post_frames: int = key(3, "pictures after", ge=0, le=100)


class MonitorSettings(Section):
    """Watching."""

    frame_interval_seconds: float = key(1.0, "time between two looks", ge=0.05, le=3600)
    consecutive_anomalies: int = key(3, "pictures with a spot in the same place before an alert", ge=1, le=1000)
    alert_cooldown_seconds: float = key(300, "least time between two alerts about the same place", ge=0, le=86400)
    reminder_seconds: float = key(1800, "time between reminders while a leak stays", ge=1, le=7 * 86400)
    resolve_seconds: float = key(120, "quiet time after which a leak counts as gone", ge=1, le=86400)
    heartbeat_seconds: float = key(60, "time between two signs of life in the log", ge=1, le=3600)
    camera_down_seconds: float = key(30, "no picture for so long: the camera is lost", ge=1, le=LONGEST_DOWN_SECONDS)
    expect_armed_after: TimeOfDay | None = key(None, "time of day such as 19:00")
    save_reconstruction: SaveReconstructionSettings = SaveReconstructionSettings()
    save_compare_image: bool = key(True, "save seen and expected side by side")
    save_input_resized: bool = key(False, "save the scaled picture")
    save_context: SaveContextSettings = SaveContextSettings()


class SlackSettings(Section):
    """Alerts to Slack."""

    enabled: bool = key(False, "send alerts to Slack")
    channel: Text = key("", "channel for alerts with a picture")


class EmailSettings(Section):
    """Alerts by e-mail."""

    enabled: bool = key(False, "send alerts by e-mail")
    smtp_host: Text = key("", "name of the mail server")
    smtp_port: int = key(587, "587 for STARTTLS, 465 for SSL", ge=1, le=65535)
    smtp_user: Text = key("", "user name at the mail server")
    from_addr: EmailAddress = key("", "e-mail address of the sender")
    to_addrs: EmailAddresses = key((), "e-mail addresses of the receivers")
    use_tls: bool = key(True, "encrypt the connection")

    @model_validator(mode="after")
    def _complete(self) -> EmailSettings:
        missing = [name for name in ("smtp_host", "from_addr", "to_addrs") if not getattr(self, name)]
        if self.enabled and missing:
            raise rule(f"e-mail is enabled, but these keys are empty: {', '.join(missing)}. "
                       "Fill them in, or write enabled: false.", "enabled")
        return self


class AppriseSettings(Section):
    """Alerts through other services."""

    enabled: bool = key(False, "send alerts to the addresses in ALERT_URLS")


class NotifySettings(Section):
    """Who is told."""

    slack: SlackSettings = SlackSettings()
    email: EmailSettings = EmailSettings()
    apprise: AppriseSettings = AppriseSettings()


class PathSettings(Section):
    """Where things are kept. After `load_config` all of them are absolute."""

    data_normal_dir: FilePath = key(Path("data/normal"), "folder")
    data_anomalies_dir: FilePath = key(Path("data/anomalies"), "folder")
    model_dir: FilePath = key(Path("model"), "folder")
    logs_dir: FilePath = key(Path("logs"), "folder")
    reports_dir: FilePath = key(Path("reports"), "folder")
    state_mode_file: FilePath = key(Path("state/mode.txt"), "file")

    @model_validator(mode="after")
    def _evidence_is_not_normal(self) -> PathSettings:
        if self.data_anomalies_dir == self.data_normal_dir:
            raise rule("is the same folder as data_normal_dir. A leak would be learned as normal. "
                       "Choose two folders.", "data_anomalies_dir")
        return self


class StorageSettings(Section):
    """How much room pictures and logs may take."""

    max_gigabytes: float = key(20, "room for pictures and logs", gt=0, le=100000)
    keep_days: float = key(90, "older evidence may be deleted", ge=1, le=36500)


class CameraHealthSettings(Section):
    """When the camera no longer tells the truth."""

    frozen_seconds: float = key(30, "identical pictures for so long: frozen", ge=1, le=3600)
    moved_percent: float = key(0.2, "shift that counts as moved, percent of the longer side", gt=0, le=50)


class Config(Section):
    """All settings."""

    camera: CameraSettings = CameraSettings()
    roi: RoiSettings = RoiSettings()
    image: ImageSettings = ImageSettings()
    capture: CaptureSettings = CaptureSettings()
    training: TrainingSettings = TrainingSettings()
    threshold: ThresholdSettings = ThresholdSettings()
    scoring: ScoringSettings = ScoringSettings()
    heatmap_trigger: HeatmapTriggerSettings = HeatmapTriggerSettings()
    monitor: MonitorSettings = MonitorSettings()
    camera_health: CameraHealthSettings = CameraHealthSettings()
    notify: NotifySettings = NotifySettings()
    storage: StorageSettings = StorageSettings()
    paths: PathSettings = PathSettings()


def parse_config(text: str, name: str) -> Config:
    """The settings that `text`, YAML, holds. Keys that are missing have their defaults.

    name: what the file is called, for the error text.
    Raises ConfigError that lists everything that is wrong, each with key, line, value and what is allowed.
    """
    return parse(text, name, Config, SECRET_KEYS)


def parse_paths(text: str) -> PathSettings:
    """The section paths of settings that have a mistake; the usual paths when it cannot be understood."""
    try:
        return PathSettings.model_validate(read_yaml(text).value["paths"])
    except (YamlError, ValidationError, KeyError, TypeError):
        return PathSettings()
