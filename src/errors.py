"""What a user can mend, told apart from what only a programmer can."""

from __future__ import annotations


class UserError(Exception):
    """Something the user can put right.

    Its text is what the user reads: what happened, what was expected, what to do now. It needs no traceback.
    """


class ConfigError(UserError):
    """The settings file cannot be used. The text lists everything that is wrong with it."""
