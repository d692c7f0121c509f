"""German."""

from __future__ import annotations

from language.base import Language, forms, words

GERMAN = Language(
    code="de",
    stemmer="german",
    function_words=words(
        "der die das den dem des ein eine einer eines einem einen und oder in im an am auf aus bei "
        "mit nach von vom zu zum zur für über unter ist sind war waren sein wird werden wurde "
        "wurden hat haben hatte hatten was wer wen wem wessen wann wo warum wie viele viel welche "
        "welcher welches dass es er sie ihr sein nicht kein keine"
    ),
    negations=words(
        "nicht kein keine keinen keiner keines keinem nie niemals ohne weder kaum nichts niemand"
    ),
    articles=words("der die das ein eine"),
    sentence_abbreviations=words("Ing Dipl Abt Hrsg bzw"),
    before_ordinals=words("am bis dem den der des die im und vom von zum"),
    months=forms(
        "Januar|Jänner|Jan Februar|Feb März April|Apr Mai Juni|Jun Juli|Jul August|Aug "
        "September|Sept|Sep Oktober|Okt November|Nov Dezember|Dez"
    ),
    date_forms=("{day}. {month} {year}",),
)
