"""Korean: words carry their endings, so there is neither a stemmer nor a list to leave out."""

from __future__ import annotations

from language.base import Language, words

KOREAN = Language(
    code="ko",
    negations=words("않다 않았다 아니다 없다 없었다 못하다 못했다"),
    months=tuple((f"{n}월",) for n in range(1, 13)),
    date_forms=("{year}년 {month} {day}일",),
)
