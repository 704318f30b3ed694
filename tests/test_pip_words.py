"""What pip says, for people."""

from __future__ import annotations

import pytest

from src.pip_words import narrate, reason_of_failure


@pytest.mark.parametrize(
    "line, shown",
    [
        ("Downloading tensorflow-2.20.0-cp311-cp311-win_amd64.whl (331.9 MB)\n", "tensorflow (332 MB)"),
        ("  Downloading opencv_python-4.14.0.94-cp37-abi3-win_amd64.whl (39.2 MB)\n", "opencv-python (39 MB)"),
        ("  Using cached numpy-2.2.6-cp311-cp311-win_amd64.whl (12.9 MB)\n", "numpy (13 MB)"),
        ("Downloading tqdm-4.70.1-py3-none-any.whl (78 kB)\n", ""),
        ("Downloading six-1.17.0-py2.py3-none-any.whl (1.1 MB)\n", ""),
        ("Collecting numpy==2.2.6\n", ""),
        ("\n", ""),
    ],
)
def test_only_large_downloads_are_shown(line, shown):
    assert narrate(line) == shown


def test_the_long_silence_of_unpacking_is_announced():
    assert "Unpacking" in narrate("Installing collected packages: six, numpy, tensorflow\n")


@pytest.mark.parametrize(
    "output, words",
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n", "disk is full"),
        ("OSError: [WinError 112] There is not enough space on the disk\n", "disk is full"),
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(\"Failed to establish a "
            "new connection: [Errno 11001] getaddrinfo failed\")'\nERROR: No matching distribution found for numpy\n",
            "no connection to the internet",
        ),
        ("ReadTimeoutError: Read timed out. (read timeout=15)\n", "no connection to the internet"),
        ("ProxyError('Cannot connect to proxy.')\n", "proxy"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] self-signed\n", "certificate"),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 2] No such file or directory\nHINT: This error "
            "might have occurred since this system does not have Windows Long Path support enabled.\n",
            "too long for Windows",
        ),
        ("OSError: [WinError 5] Access is denied: 'c:\\\\x\\\\cv2.pyd'\n", "does not allow writing"),
        ("something new\n", "Start again"),
    ],
)
def test_a_failure_is_told_with_the_way_out(output, words):
    assert words in reason_of_failure(output)
