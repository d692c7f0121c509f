"""A turn for the chat in a frame: what leads into a document leads out of the frame."""

from __future__ import annotations

from dataclasses import dataclass

from datatypes import Answer, Citation, Passage, Quote, Span
from interface.chat.render import Renderer, badge, words_of
from interface.server.escaping import attribute, shown

_FORMATS = ("note", "bibliography", "bibtex")  # all of them stand on the page behind the link


@dataclass(frozen=True, slots=True)
class EmbedRenderer(Renderer):
    """Without votes, reasons and receipts: there is little room, and no storage for a vote."""

    def _receipt(self, turn_id: str) -> str:
        return ""

    def _votes(self, answer: Answer) -> str:
        return ""

    def _quote(
        self, citation: Citation, answer: Answer | None = None, *, again: bool = False
    ) -> str:
        quote = citation.quote
        formats = self.library.cite(quote)
        return (
            f'<figure class="quote">{words_of(quote)}<figcaption>'
            '<p class="source"><span class="note" lang="en" dir="auto">'
            f"{shown(formats['short_note' if again else 'note'])}</span>"
            f'{badge(self._status(quote))}</p><div class="drawers">{self._link(quote)}'
            f"{self._formats(quote, _few(formats))}</div></figcaption></figure>"
        )

    def _way_to(self, passage: Passage, opening: Span) -> str:
        return self._link(Quote(passage.document, opening))

    def _link(self, quote: Quote) -> str:
        """To the quote on Docent's own page, in its document."""
        address = f"./{self.library.permalink(quote)}&lang={self.wording.code}"
        return (
            f'<a class="permalink" target="_blank" rel="noopener" href="{attribute(address)}">'
            f"{shown(self.wording.show_in_document)}</a>"
        )


def _few(formats: dict[str, str]) -> dict[str, str]:
    return {name: formats[name] for name in _FORMATS}
