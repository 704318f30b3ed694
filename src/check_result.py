"""The outcome of one check, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from src.errors import UserError

# What goes on in the next line stands right of "OK   - ".
HANG = 7


@dataclass(frozen=True)
class CheckResult:
    """name: what was checked. text: what was found. advice: what to do now, "" when there is nothing to do.

    ok: it works. warning: it works, but not as most people want it.
    """

    name: str
    ok: bool
    text: str
    advice: str = ""
    warning: bool = False

    @property
    def line(self) -> str:
        """For the console."""
        text = f"{self.name}: {self.text}" + (f"\n{self.advice}" if self.advice else "")
        state = "FAIL" if not self.ok else "WARN" if self.warning else "OK  "
        return f"{state} - " + text.replace("\n", "\n" + HANG * " ")


def conclusion(results: Sequence[CheckResult]) -> str:
    """All results in one sentence."""
    failed = sum(not result.ok for result in results)
    if failed:
        return f"{failed} of {len(results)} checks failed. What to do stands beside each."
    warnings = [f"{result.name}: {result.text}" for result in results if result.warning]
    if warnings:
        lines = "line" if len(warnings) == 1 else "lines"
        return f"It works, but read the {lines} with WARN. {' '.join(warnings)}"
    return "All is fine."


def checked(name: str, check: Callable[[], CheckResult]) -> CheckResult:
    """The result of the check; what it refuses with a UserError is a failure in the same words."""
    try:
        return check()
    except UserError as error:
        return CheckResult(name, False, str(error))
    except OSError as error:
        return CheckResult(name, False, f"{error.strerror or error}: {error.filename or 'no file'}.",
                           "Close programs that use it, check that it is not write-protected, then try again.")
