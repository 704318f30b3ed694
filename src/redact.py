"""Texts without secrets, for everything that is kept or shown."""

from __future__ import annotations

import re
from typing import Mapping

SECRET_NAMES = ("SLACK_WEBHOOK_URL", "SLACK_BOT_TOKEN", "SMTP_PASSWORD", "ALERT_URLS", "HEARTBEAT_URL")
HIDDEN = "***"
SHORTEST_PART = 6  # shorter parts of an address are ordinary words, too
# user:password@ in any address; a Slack webhook's path and a Slack token are secrets by themselves.
_PATTERNS = (
    re.compile(r"(?<=://)[^/\s@]+(?=@)"),
    re.compile(r"(?<=/services/)[^\s'\")]+"),
    re.compile(r"xox[a-z]-[\w-]+"),
)


def redact(text: str, environment: Mapping[str, str]) -> str:
    """`text` with every secret replaced by ***.

    environment: where the secrets are (os.environ); their values are looked for word by word, since an
    exception may quote only the path of an address.
    """
    for secret in _secret_parts(environment):
        text = text.replace(secret, HIDDEN)
    for pattern in _PATTERNS:
        text = pattern.sub(HIDDEN, text)
    return text


def _secret_parts(environment: Mapping[str, str]) -> list[str]:
    """What must not be seen, longest first."""
    parts: set[str] = set()
    for name in SECRET_NAMES:
        value = environment.get(name, "").strip()
        parts.add(value)
        for address in value.replace(",", " ").split():
            parts.add(address)
            parts.update(part for part in _inside(address) if len(part) >= SHORTEST_PART)
    return sorted(parts - {""}, key=len, reverse=True)


def _inside(address: str) -> list[str]:
    """The secret parts of an address: what follows the host of a web address, all of tgram://token/chat."""
    scheme, _, rest = address.partition("://")
    if scheme in ("http", "https"):
        return [rest.partition("/")[2]]
    return re.split(r"[/:@?&=]+", rest)
