"""Spanish."""

from __future__ import annotations

from language.base import Comparison, Language, forms, words

SPANISH = Language(
    code="es",
    stemmer="spanish",
    function_words=words(
        "el la los las un una unos unas de del al a en con por para sobre y o es son era eran ser "
        "ha han fue fueron que quién quiénes qué cuál cuáles cuándo dónde cómo cuánto cuántos "
        "cuántas este esta estos estas ese esa lo se su sus no"
    ),
    negations=words("no nunca jamás sin ningún ninguno ninguna tampoco nada nadie"),
    articles=words("el la los las un una"),
    months=forms(
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
    ),
    date_forms=("{day} de {month} de {year}",),
    number_words={"dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8}
    | {"nueve": 9, "diez": 10, "doce": 12, "veinte": 20, "treinta": 30},
    units={
        "%": ("por ciento",),
        "km": ("kilómetros",),
        "m": ("metros",),
        "ton": ("toneladas",),
        "year": ("años",),
        "month": ("meses",),
        "week": ("semanas",),
        "day": ("días",),
        "hour": ("horas",),
        "minute": ("minutos",),
        "times": ("veces",),
    },
    comparison=Comparison(
        scales={"mil": 1e3, "millones": 1e6},
        fractions={"mitad": 1 / 2},
        ordinal_marks=("º",),
        range_words=words("y al"),
        one=words("un una"),
        conjunctions=words("y pero"),
        pointing_back=words("él ella ellos su sus este esta"),
    ),
)
