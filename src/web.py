"""One request to a web server, with an end to its patience and no secret in its complaints."""

from __future__ import annotations

from urllib.parse import urlsplit

import requests

from src.delivery import DeliveryError

TIMEOUT_SECONDS = (10, 10)  # to connect, to answer
# Answers that stay the same until somebody changes the address or the secret.
PERMANENT_STATUS = {400, 401, 403, 404, 405, 410}


def call(method: str, url: str, **content: object) -> requests.Response:
    """One HTTP request, of at most ten seconds. Redirects are not followed: they are log-in pages.

    Raises DeliveryError. Its text never quotes the address, which is a secret.
    """
    host = urlsplit(url).hostname
    try:
        return requests.request(method, url, timeout=TIMEOUT_SECONDS, allow_redirects=False, **content)
    except requests.exceptions.Timeout:
        raise DeliveryError(f"{host} did not answer within 10 s", permanent=False) from None
    except requests.exceptions.SSLError:
        raise DeliveryError(
            f"there is no safe connection to {host}. Is the clock of this PC right?", permanent=False
        ) from None
    except (
        requests.exceptions.InvalidURL,
        requests.exceptions.InvalidSchema,
        requests.exceptions.MissingSchema,
    ):
        raise DeliveryError(
            "the address is no web address, it must begin with https://", permanent=True
        ) from None
    except requests.exceptions.ConnectionError:
        raise DeliveryError(f"{host} cannot be reached. Is the network up?", permanent=False) from None
    except requests.exceptions.RequestException as error:
        raise DeliveryError(f"the request failed ({type(error).__name__})", permanent=False) from None
