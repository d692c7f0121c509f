"""Spanish."""

from __future__ import annotations

from language.base import Language, forms, words

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
)
