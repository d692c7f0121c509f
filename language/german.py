"""German."""

from __future__ import annotations

from language.base import Comparison, Language, forms, words

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
    number_words={"zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8}
    | {"neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "zwanzig": 20, "dreißig": 30}
    | {"vierzig": 40, "fünfzig": 50},
    units={
        "%": ("prozent",),
        "mile": ("meilen",),
        "ft": ("fuß",),
        "cm": ("zentimeter",),
        "ha": ("hektar",),
        "kg": ("kilogramm",),
        "g": ("gramm",),
        "ton": ("tonnen",),
        "year": words("jahre jahren jahr"),
        "month": words("monate monaten"),
        "week": words("wochen woche"),
        "day": words("tage tagen tag"),
        "hour": words("stunden stunde"),
        "minute": ("minuten",),
        "century": ("jahrhunderte",),
        "decade": ("jahrzehnte",),
        "times": ("mal",),
    },
    comparison=Comparison(
        scales={"hundert": 1e2, "tausend": 1e3, "mio": 1e6, "millionen": 1e6, "milliarden": 1e9},
        fractions={"hälfte": 1 / 2},
        range_words=words("und bis"),
        one=words("ein eine"),
        pairs=words("beide beiden"),
        conjunctions=words("und aber"),
        pointing_back=words("er sie es ihr"),
    ),
)
