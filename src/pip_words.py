"""What pip says, in words for somebody who has never heard of it."""

from __future__ import annotations

import re

LARGE_MEGABYTES = 5
_DOWNLOAD = re.compile(
    r"\s*(?:Downloading|Using cached) ([A-Za-z0-9_.]+?)-\d\S* \((\d+(?:\.\d+)?) ([MG])B\)")
# First match wins. Pip ends with the same last line for most of them, so the whole output is searched.
_REASONS = (
    (
        r"No space left on device|Errno 28|WinError 112|not enough space",
        "The packages could not be installed: the disk is full. They need 3 GB. "
        "Free some space, then start again.",
    ),
    (
        r"Long Path support|path too long|WinError 206",
        "The packages could not be installed: the path of this folder is too long for Windows. "
        r"Move the whole folder to a short place such as C:\LeakMonitor, then start again.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError",
        "The packages could not be downloaded: the network's certificate is not accepted. "
        "Ask your IT department to allow the download of Python packages, or try another network.",
    ),
    (
        r"ProxyError|407 Proxy",
        "The packages could not be downloaded: the proxy of this network refuses. "
        "Ask your IT department how Python packages are downloaded here, or try another network.",
    ),
    (
        r"name resolution|getaddrinfo failed|Name or service not known|NewConnectionError|ConnectTimeout"
        r"|ReadTimeout|Network is unreachable|Connection (?:refused|reset|aborted)|Max retries exceeded",
        "The packages could not be downloaded: there is no connection to the internet, or it broke off. "
        "Connect this PC (only this first step needs it), then start again.",
    ),
    (
        r"WinError 5|WinError 32|Errno 13|Permission denied",
        "The packages could not be installed: this PC does not allow writing into the folder, or a program "
        "has it open. Close every window of the leak monitor and move the folder to a place of your own, "
        "then start again.",
    ),
)
_UNKNOWN = (
    "The packages could not be installed. Start again; when it happens again, show somebody the details.")


def narrate(line: str) -> str:
    """What to show for one line of pip's output; an empty text for the many that say nothing to a user."""
    download = _DOWNLOAD.match(line)
    if download:
        name, size, unit = download.groups()
        megabytes = float(size) * (1000 if unit == "G" else 1)
        return f"{name.replace('_', '-')} ({megabytes:.0f} MB)" if megabytes >= LARGE_MEGABYTES else ""
    if line.startswith("Installing collected packages"):
        return "Everything is here. Unpacking takes another 1 to 5 minutes ..."
    return ""


def reason_of_failure(output: str) -> str:
    """Why pip failed and what to do now. output: everything it said."""
    for pattern, words in _REASONS:
        if re.search(pattern, output):
            return words
    return _UNKNOWN
