"""Kinds of values that a settings key can hold."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from src.config_words import rule

T = TypeVar("T")


def _one_as_list(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _address(value: str) -> str:
    if value and not re.fullmatch(r"[^@\r\n]+@[^@\s]+", value):
        raise rule(f'"{value[:60]}" is no e-mail address. Expected something like name@example.org.')
    return value


def _usable_path(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not value.strip():
        raise rule("a folder or file name is missing.")
    return Path(_no_control_characters(value))


def _no_control_characters(value: object) -> object:
    if isinstance(value, str) and any(ord(character) < 32 for character in value):
        raise rule("holds a character that no file name has. In double quotes \\t means a tab: "
                   "use single quotes ('C:\\temp') or forward slashes (C:/temp).")
    return value


def _time_of_day(value: object) -> object:
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", value, re.ASCII) if isinstance(value, str) else None
    if value is not None and match is None:
        raise rule("expected a time of day such as 19:00, or null.")
    return time(int(match[1]), int(match[2])) if match else None


def empty_as(replacement: object) -> BeforeValidator:
    """A key with nothing behind it counts as `replacement`."""
    return BeforeValidator(lambda value: replacement if value in (None, "") else value)


Text = Annotated[str, empty_as("")]
EmailAddress = Annotated[str, AfterValidator(_address), empty_as("")]
EmailAddresses = Annotated[
    tuple[EmailAddress, ...], Field(strict=False), BeforeValidator(_one_as_list), empty_as(())
]
Source = Annotated[str, BeforeValidator(_no_control_characters)]
FilePath = Annotated[Path, BeforeValidator(_usable_path)]
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
Share = Annotated[float, Field(ge=0, le=1, description="share of the picture")]
Corner = Annotated[tuple[Share, Share], Field(strict=False, description="a corner: [x, y], each 0 to 1")]


def key(default: T, meaning: str, **limits: object) -> T:
    """One line of the table. meaning: unit or purpose, as shown to the user. limits: gt, ge, lt, le."""
    return Field(default, description=meaning, validate_default=True, **limits)


class Section(BaseModel):
    """Part of the settings. It cannot be changed after it is read."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _nothing_means_defaults(cls, value: object) -> object:
        return {} if value is None else value
