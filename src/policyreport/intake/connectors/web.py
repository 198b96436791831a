"""Ask a publisher over HTTPS: limited in time and size, retried with back-off, one message on failure."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from time import monotonic, sleep

import httpx
import tenacity

from policyreport.errors import ConnectError
from policyreport.params.connectors import Http
from policyreport.records.digits import as_published

BY_HAND = "Try again later, or save the answer by hand and add it as a file."
_REDIRECTS = 10
# 429 and these of the 5xx mean "not now"; every other refusal would be repeated.
_NOT_NOW = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Answer:
    """What a publisher sent: final address, media type, character set, and the bytes."""

    address: str
    media_type: str
    charset: str
    body: bytes


class _NotNow(Exception):
    """A temporary refusal, with what the publisher said and how long it asked to wait."""

    def __init__(self, message: str, wait: float) -> None:
        super().__init__(message)
        self.wait = wait


class Web(AbstractContextManager["Web"]):
    """A connection to one publisher, which keeps cookies; tests replace `transport` and `pause`."""

    def __init__(
        self,
        settings: Http,
        transport: httpx.BaseTransport | None = None,
        pause: Callable[[float], None] = sleep,
    ) -> None:
        self._settings = settings
        self._pause = pause
        self._client = httpx.Client(
            timeout=settings.timeout_seconds,
            transport=transport,
            follow_redirects=False,
            headers={"User-Agent": "policyreport (official statistics; one request at a time)"},
        )

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, address: str, media_types: Sequence[str], query: Mapping[str, str] | None = None) -> Answer:
        """Ask for a document of one of some media types, such as ``application/json``.

        Raises ConnectError if there is no connection or no answer in time, or if it is a refusal, another kind of
        document, empty or too large.
        """
        return self._ask(self._client.build_request("GET", address, params=query), media_types)

    def post(self, address: str, media_types: Sequence[str], form: Mapping[str, str | list[str]]) -> Answer:
        """Send a filled-in form, a list as several values of its field; raises as `get`."""
        return self._ask(self._client.build_request("POST", address, data=form), media_types)

    def _ask(self, request: httpx.Request, media_types: Sequence[str]) -> Answer:
        """Send a request until it is answered or the attempts are used up."""
        attempts = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._settings.attempts),
            wait=self._wait,
            retry=tenacity.retry_if_exception_type((httpx.TransportError, _NotNow)),
            sleep=self._pause,
            reraise=True,
        )
        where = f"{request.method} {request.url}"
        try:
            return attempts(self._once, request, tuple(media_types))
        except (httpx.TransportError, _NotNow) as error:
            tries = f"{self._settings.attempts} attempt{'s' if self._settings.attempts > 1 else ''}"
            got = f"{self._trouble(error)} in {tries}"
            todo = BY_HAND
            if isinstance(error, httpx.ConnectError):
                todo = f"Check the network, and HTTPS_PROXY where one is needed. {BY_HAND}"
            raise ConnectError(where, "an answer", got, todo) from None
        except httpx.HTTPError as error:
            raise ConnectError(where, "an answer", _words(error), BY_HAND) from None

    def _once(self, request: httpx.Request, media_types: tuple[str, ...]) -> Answer:
        """Send a request once and read the answer, up to the largest size allowed."""
        where = f"{request.method} {request.url}"
        response = self._client.send(request, stream=True)
        for _ in range(_REDIRECTS):
            if response.next_request is None:
                break
            response.close()
            _require_same_site(response.request.url, response.next_request.url, where)
            response = self._client.send(response.next_request, stream=True)
        try:
            if response.next_request is not None:
                raise ConnectError(where, "a document", f"more than {_REDIRECTS} redirects", BY_HAND)
            code = response.status_code
            if code in _NOT_NOW:
                # Retry-After may be a date too, which is ignored.
                wait = response.headers.get("retry-after", "")
                raise _NotNow(_state(response), float(wait) if wait.isdigit() else 0.0)
            if code != httpx.codes.OK:
                todo = "The address in params/connectors.yaml may have moved. " + BY_HAND
                raise ConnectError(where, "status 200", _state(response), todo)
            media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            if media_type not in media_types:
                kind = f'"{media_type}"' if media_type else "no media type"
                todo = "The publisher may show a notice or a log-in instead of data. " + BY_HAND
                raise ConnectError(where, " or ".join(media_types), kind, todo)
            charset = response.charset_encoding or "utf-8"
            return Answer(str(response.url), media_type, charset, self._read(response, where))
        finally:
            response.close()

    def _read(self, response: httpx.Response, where: str) -> bytes:
        """The body, refused as soon as it is larger than allowed."""
        largest, body = self._settings.largest_answer_bytes, bytearray()
        until = monotonic() + self._settings.longest_answer_seconds
        for piece in response.iter_bytes():
            body += piece
            if monotonic() > until:
                expected = f"a whole answer within {as_published(self._settings.longest_answer_seconds)} seconds"
                raise ConnectError(where, expected, f"{len(body)} bytes by then", BY_HAND)
            if len(body) > largest:
                todo = "Ask for fewer years, or raise http.largest_answer_bytes in params/connectors.yaml."
                raise ConnectError(where, f"at most {largest} bytes", "a larger answer", todo)
        if not body:
            raise ConnectError(where, "a document", "an empty answer", BY_HAND)
        return bytes(body)

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """Seconds before the next attempt: doubled each time, or what the publisher asked for."""
        error = state.outcome.exception() if state.outcome else None
        requested = error.wait if isinstance(error, _NotNow) else 0.0
        doubled = self._settings.first_wait_seconds * 2.0 ** (state.attempt_number - 1)
        return min(max(requested, doubled), self._settings.longest_wait_seconds)

    def _trouble(self, error: Exception) -> str:
        if isinstance(error, httpx.TimeoutException):
            return f"no answer within {self._settings.timeout_seconds:g} seconds"
        if isinstance(error, httpx.ConnectError):
            return f"no connection ({_words(error)})"
        return _words(error)


def _require_same_site(origin: httpx.URL, target: httpx.URL, where: str) -> None:
    """Stop at a redirect to another host or away from encryption: nobody vouches for what answers there."""
    if target.host != origin.host or target.scheme not in ("https", origin.scheme) or target.userinfo:
        todo = "The address in params/connectors.yaml may have moved: look there, and correct it. " + BY_HAND
        raise ConnectError(where, f"an answer of {origin.host} over {origin.scheme}", f"a redirect to {target}", todo)


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__


def _state(response: httpx.Response) -> str:
    """``status 503 (Service Unavailable)``."""
    return f"status {response.status_code}" + (f" ({response.reason_phrase})" if response.reason_phrase else "")
