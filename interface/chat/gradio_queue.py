"""Questions of the chat through Gradio's queue; the only module that imports Gradio.

The queue takes questions in order, runs a few at once and tells each visitor when theirs is
answered.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

import gradio
import gradio.events
from fastapi import FastAPI

from errors import DocentError
from interface.chat import quick_gradio
from interface.chat.growing import Stops
from interface.chat.render import Renderer
from interface.server.asking import LONGEST_QUESTION, Asking, why_not
from interface.server.escaping import sendable
from interface.server.limits import QUESTIONS_AT_ONCE
from interface.server.turns import new_id
from interface.wording.wordings import Wordings, preferred

WITH_A_MODEL_AT_ONCE = 16  # most of these only wait for the language model

_SESSIONS = 100  # more than ask at once: the others would only fill the memory

_log = logging.getLogger(__name__)


class Conversation:
    """Turns of the conversation as the page shows them."""

    def __init__(self, asking: Asking, wordings: Wordings, stops: Stops) -> None:
        self._asking = asking
        self._wordings = wordings
        self._stops = stops

    def ask(self, question: str, turn_id: str, language: str) -> Iterator[dict[str, str]]:
        """HTML of the turn, the id to follow it up, and what a screen reader says.

        While a language model writes, the HTML of what is there comes each time there is more, and
        only the last has an id or an announcement. `language` is the code of the page's. Whatever
        goes wrong becomes a sentence: no visitor sees a traceback.
        """
        question, turn_id = sendable(str(question)), str(turn_id)
        wording = preferred(self._wordings, str(language))
        renderer = Renderer(self._asking.library, wording)
        stop_id, stop = self._stops.new()
        try:
            if self._asking.library.model_name:
                yield _unfinished(renderer.growing(question, None, stop_id))
            turns = self._asking.answers(
                question, turn_id, door="chat", language=wording.code, stop=stop
            )
            for answer, new_turn_id in turns:
                if new_turn_id:
                    html = renderer.answer(answer, new_turn_id)
                    said = sendable(renderer.announcement(answer))
                    yield {"html": html, "turn_id": new_turn_id, "announcement": said}
                elif answer.model:
                    yield _unfinished(renderer.growing(question, answer, stop_id))
        except DocentError as error:
            yield _refused(renderer, question, why_not(error, question, wording))
        except Exception:
            _log.exception("A question could not be answered")
            yield _refused(renderer, question, wording.failed)
        finally:
            self._stops.done(stop_id)


def _unfinished(html: str) -> dict[str, str]:
    return {"html": html, "turn_id": "", "announcement": ""}


def _refused(renderer: Renderer, question: str, why: str) -> dict[str, str]:
    # An id of its own, which nothing is kept under: the page may show several refusals.
    html = renderer.refusal(question[:LONGEST_QUESTION], why, new_id())
    return {"html": html, "turn_id": "", "announcement": sendable(why)}


def add_questions(app: FastAPI, asking: Asking, wordings: Wordings, stops: Stops) -> None:
    quick_gradio.without_plots()
    conversation = Conversation(asking, wordings, stops)
    at_once = WITH_A_MODEL_AT_ONCE if asking.library.model_name else QUESTIONS_AT_ONCE
    with gradio.Blocks(analytics_enabled=False, mode="server") as blocks:
        gradio.events.api(
            conversation.ask,
            api_name="ask",
            api_visibility="undocumented",
            concurrency_limit=at_once,
        )
    # A copy of the page's components for each of the last visitors; ours has no state in them.
    blocks.state_session_capacity = _SESSIONS
    gradio.mount_gradio_app(
        app,
        blocks,
        path="/questions",
        footer_links=[],
        run_history=False,
        blocked_paths=["/"],
        show_error=False,
        max_file_size=0,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
    )
