"""Questions of the chat through Gradio's queue; the only module that imports Gradio.

The queue takes questions in order, runs a few at once and tells each visitor when theirs is
answered.
"""

from __future__ import annotations

import logging

import gradio
import gradio.events
from fastapi import FastAPI

from errors import DocentError
from interface import quick_gradio
from interface.asking import LONGEST_QUESTION, Asking, why_not
from interface.escaping import sendable
from interface.render import Renderer
from interface.turns import new_id
from interface.wording import Wordings, preferred

QUESTIONS_AT_ONCE = 4  # more threads than this only take turns on two cores

_log = logging.getLogger(__name__)


class Conversation:
    """Turns of the conversation as the page shows them."""

    def __init__(self, asking: Asking, wordings: Wordings) -> None:
        self._asking = asking
        self._wordings = wordings

    def ask(self, question: str, turn_id: str, language: str) -> dict[str, str]:
        """HTML of the turn, the id to follow it up, and what a screen reader says.

        `language` is the code of the page's. Whatever goes wrong becomes a sentence: no visitor
        sees a traceback.
        """
        question, turn_id = sendable(str(question)), str(turn_id)
        wording = preferred(self._wordings, str(language))
        renderer = Renderer(self._asking.library, wording)
        try:
            answer, new_turn_id = self._asking.ask(
                question, turn_id, door="chat", language=wording.code
            )
            html = renderer.answer(answer, new_turn_id)
            said = sendable(renderer.announcement(answer))
        except DocentError as error:
            return _refused(renderer, question, why_not(error, question, wording))
        except Exception:
            _log.exception("A question could not be answered")
            return _refused(renderer, question, wording.failed)
        return {"html": html, "turn_id": new_turn_id, "announcement": said}


def _refused(renderer: Renderer, question: str, why: str) -> dict[str, str]:
    # An id of its own, which nothing is kept under: the page may show several refusals.
    html = renderer.refusal(question[:LONGEST_QUESTION], why, new_id())
    return {"html": html, "turn_id": "", "announcement": sendable(why)}


def add_questions(app: FastAPI, asking: Asking, wordings: Wordings) -> None:
    quick_gradio.without_plots()
    conversation = Conversation(asking, wordings)
    with gradio.Blocks(analytics_enabled=False, mode="server") as blocks:
        gradio.events.api(
            conversation.ask,
            api_name="ask",
            api_visibility="undocumented",
            concurrency_limit=QUESTIONS_AT_ONCE,
        )
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
