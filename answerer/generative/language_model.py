"""A language model behind any OpenAI-compatible server: Ollama, llama.cpp, vLLM, a hosted one.

Only the configured address is ever called, with nothing but the request and the key: `openai`
would take an address, a key and headers from the environment, a proxy too, and say which system
it runs on. Redirects are not followed.
"""

from __future__ import annotations

import asyncio
import email.utils
import logging
import queue
import threading
import time
from collections.abc import AsyncIterator, Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from errors import ModelError, SettingError

if TYPE_CHECKING:
    import httpx2
    import openai

_Form = dict[str, Any]
"""The body of a request."""
FaultKind = Literal["unreachable", "slow", "refused", "busy", "failed", "broke_off", "stopped"]

_LONGEST_RETRY_S = 10.0  # a visitor waits
_LOOK_S = 0.05  # how often a thread looks whether it shall stop
_HEADERS = ("host", "accept", "content-type", "content-length", "connection", "accept-encoding")
_NOT_UNDERSTOOD = frozenset((400, 415, 422, 501))

_log = logging.getLogger(__name__)


class LanguageModelError(ModelError):
    """The model did not answer, or not to the end."""

    def __init__(self, kind: FaultKind, what: str) -> None:
        super().__init__(what, "Look after the server, or mend --llm-url and --llm-model.")
        self.kind = kind


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """`url` is the base address, such as http://127.0.0.1:11434/v1. Times are in seconds.

    `window`: tokens that the model reads and writes at once. `first_token_s` is also the longest
    silence between two tokens and the longest wait for a free place among `at_once`.
    """

    url: str
    model: str
    key: str | None = field(default=None, repr=False)
    window: int = 4096
    first_token_s: float = 30.0
    answer_s: float = 120.0
    at_once: int = 2

    def __post_init__(self) -> None:
        """Raises SettingError for an address that cannot be called."""
        try:
            address = urlsplit(self.url)
            wrong = address.scheme not in ("http", "https") or not address.hostname
            wrong = wrong or address.port == 0 or "@" in address.netloc or bool(address.query)
        except ValueError:
            wrong = True
        if wrong:
            raise SettingError(
                "The address of the language model is not http(s)://HOST[:PORT]/PATH.",
                "Mend --llm-url, for example: http://127.0.0.1:11434/v1",
            )
        if not self.model.strip():
            raise SettingError("The language model has no name.", "Name it with --llm-model.")
        if self.key is not None and not (self.key.isascii() and self.key.isprintable()):
            raise SettingError("The key of the language model is not one line.", "Mend the file.")


class LanguageModel:
    """Safe from many threads. `openai` is imported, and a thread started, at the first request."""

    def __init__(self, settings: ModelSettings) -> None:
        self.settings = settings
        self._places = asyncio.Semaphore(settings.at_once)
        self._starting = threading.Lock()
        self._runs_on: tuple[asyncio.AbstractEventLoop, openai.AsyncOpenAI] | None = None
        self._form = 0

    def stream(
        self,
        messages: Sequence[Mapping[str, str]],
        *,
        most_tokens: int,
        schema: Mapping[str, Any] | None = None,
        stop: threading.Event | None = None,
    ) -> Generator[str]:
        """The reply in pieces. With a `schema`, JSON that holds to it where the server has that.

        Raises LanguageModelError, after the pieces that came. Closing the iterator or setting
        `stop` ends the request at the server.
        """
        pieces: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        loop, client = self._running()
        request = {"model": self.settings.model, "messages": list(messages)}
        forms = _forms(request, most_tokens, schema)
        running = asyncio.run_coroutine_threadsafe(self._reply(client, forms, pieces.put), loop)
        running.add_done_callback(lambda _: pieces.put(None))
        try:
            while (piece := _next(pieces, stop)) is not None:
                yield piece
            running.result()
        finally:
            running.cancel()

    def complete(
        self,
        messages: Sequence[Mapping[str, str]],
        *,
        most_tokens: int,
        stop: threading.Event | None = None,
    ) -> str:
        """The whole reply. Raises LanguageModelError."""
        return "".join(self.stream(messages, most_tokens=most_tokens, stop=stop))

    def _running(self) -> tuple[asyncio.AbstractEventLoop, openai.AsyncOpenAI]:
        with self._starting:
            if self._runs_on is None:
                loop, client = asyncio.new_event_loop(), _client(self.settings)
                threading.Thread(target=loop.run_forever, name="requests", daemon=True).start()
                self._runs_on = loop, client
            return self._runs_on

    async def _reply(
        self, client: openai.AsyncOpenAI, forms: Sequence[_Form], put: Callable[[str], None]
    ) -> None:
        """Puts the pieces, when there is a place."""
        try:
            async with asyncio.timeout(self.settings.first_token_s):
                await self._places.acquire()
        except TimeoutError as error:
            raise LanguageModelError("busy", "The language model is busy with others.") from error
        try:
            async with asyncio.timeout(self.settings.answer_s):
                async for piece in self._pieces(client, forms):
                    put(piece)
        except TimeoutError as error:
            raise LanguageModelError("slow", "The language model took too long.") from error
        finally:
            self._places.release()

    async def _pieces(
        self, client: openai.AsyncOpenAI, forms: Sequence[_Form]
    ) -> AsyncIterator[str]:
        import openai

        ended, silence = False, self.settings.first_token_s
        try:
            async with asyncio.timeout(silence) as patience:
                async with await self._opened(client, forms, self._form) as stream:
                    async for chunk in stream:
                        patience.reschedule(asyncio.get_running_loop().time() + silence)
                        for choice in chunk.choices or ():
                            ended = ended or choice.finish_reason is not None
                            if choice.delta is not None and choice.delta.content:
                                yield choice.delta.content
                            if choice.finish_reason == "length":
                                raise LanguageModelError("broke_off", "The answer is too long.")
        except openai.APIStatusError as error:
            raise _of_status(error.status_code) from None
        except openai.APIConnectionError:  # its text may name what was sent
            raise LanguageModelError(
                "unreachable", "The language model cannot be reached."
            ) from None
        except (openai.OpenAIError, ValueError, TypeError, AttributeError):
            raise LanguageModelError("failed", "The server's reply is malformed.") from None
        if not ended:
            raise LanguageModelError("broke_off", "The reply ends before its end.")

    async def _opened(
        self, client: openai.AsyncOpenAI, forms: Sequence[_Form], number: int
    ) -> openai.AsyncStream[Any]:
        """The reply's stream, in the first form from `number` on that the server understands."""
        import openai

        try:
            opened: openai.AsyncStream[Any] = await client.chat.completions.create(
                stream=True, **forms[number]
            )
        except openai.APIStatusError as error:
            if error.status_code not in _NOT_UNDERSTOOD or forms[number] is forms[-1]:
                raise
            _log.info("The server refuses form %d of requests (%d)", number, error.status_code)
            return await self._opened(client, forms, number + 1)
        self._form = number
        return opened


def _forms(request: _Form, most_tokens: int, schema: Mapping[str, Any] | None) -> list[_Form]:
    """From the most wanted to what every server takes; some know neither schema nor temperature."""
    plain = {**request, "temperature": 0.0, "max_tokens": most_tokens}
    named = {"name": "answer", "strict": True, "schema": schema}
    made = {"response_format": {"type": "json_schema", "json_schema": named}} if schema else {}
    return [plain | made, plain, {**request, "max_completion_tokens": most_tokens}]


def _next(pieces: queue.SimpleQueue[str | None], stop: threading.Event | None) -> str | None:
    while True:
        if stop is not None and stop.is_set():
            raise LanguageModelError("stopped", "The reader stopped the language model.")
        try:
            return pieces.get(timeout=_LOOK_S)
        except queue.Empty:
            continue


def _of_status(status: int) -> LanguageModelError:
    """The server's own words are left out: they may repeat the key."""
    if status in (401, 403):
        return LanguageModelError("refused", f"The server refuses the key ({status}).")
    if 300 <= status < 400:
        return LanguageModelError("failed", f"The server sends elsewhere ({status}).")
    kind: FaultKind = "busy" if status in (429, 503) else "failed"
    return LanguageModelError(kind, f"The server answers with an error ({status}).")


def _is_soon(retry_after: str) -> bool:
    """Whether the time of a Retry-After header, in seconds or a date, is worth waiting for."""
    try:
        wait_s = float(retry_after)
    except ValueError:
        try:
            wait_s = email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time()
        except (TypeError, ValueError, OverflowError):
            return True
    return wait_s <= _LONGEST_RETRY_S


def _client(settings: ModelSettings) -> openai.AsyncOpenAI:
    import httpx2
    import openai

    address = urlsplit(settings.url)
    allowed = (address.scheme, address.hostname, address.port)

    async def only_what_is_needed(request: httpx2.Request) -> None:
        if (request.url.scheme, request.url.host, request.url.port) != allowed:
            raise openai.OpenAIError("a request to another address")
        for name in [name for name in request.headers if name.lower() not in _HEADERS]:
            del request.headers[name]
        if settings.key:
            request.headers["Authorization"] = f"Bearer {settings.key}"

    async def no_long_wait(response: httpx2.Response) -> None:
        if not _is_soon(response.headers.get("retry-after", "0")):
            response.headers["x-should-retry"] = "false"  # which `openai` obeys

    return openai.AsyncOpenAI(
        api_key="none",  # else the environment's; the hook sets ours
        base_url=settings.url,
        max_retries=1,  # of what may pass: no connection, 429, 5xx
        timeout=None,  # counted here, over all of an answer
        http_client=httpx2.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            timeout=None,
            event_hooks={"request": [only_what_is_needed], "response": [no_long_wait]},
        ),
    )
