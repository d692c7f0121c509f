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
from interface.asking import Asking
from interface.escaping import sendable
from interface.render import Renderer
from interface.turns import new_id
from interface.wording import Wording

QUESTIONS_AT_ONCE = 4  # more threads than this only take turns on two cores

_log = logging.getLogger(__name__)


class Conversation:
    """Turns of the conversation as the page shows them."""

    def __init__(self, asking: Asking, wording: Wording) -> None:
        self._asking = asking
        self._renderer = Renderer(asking.library, wording)
        self._wording = wording

    def ask(self, question: str, turn_id: str) -> dict[str, str]:
        """HTML of the turn, the id to follow it up, and what a screen reader says.

        Whatever goes wrong becomes a sentence: no visitor sees a traceback.
        """
        question, turn_id = sendable(str(question)), str(turn_id)
        try:
            answer, new_turn_id = self._asking.ask(question, turn_id, door="chat")
            html = self._renderer.answer(answer, new_turn_id)
            said = sendable(self._renderer.announcement(answer))
        except DocentError as error:
            return self._refused(question, str(error))
        except Exception:
            _log.exception("A question could not be answered")
            return self._refused(question, self._wording.failed)
        return {"html": html, "turn_id": new_turn_id, "announcement": said}

    def _refused(self, question: str, why: str) -> dict[str, str]:
        # An id of its own, which nothing is kept under: the page may show several refusals.
        html = self._renderer.refusal(question[:500], why, new_id())
        return {"html": html, "turn_id": "", "announcement": sendable(why)}


def add_questions(app: FastAPI, asking: Asking, wording: Wording) -> None:
    quick_gradio.without_plots()
    conversation = Conversation(asking, wording)
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
