"""French."""

from __future__ import annotations

from language.base import Comparison, Language, forms, words

FRENCH = Language(
    code="fr",
    stemmer="french",
    function_words=words(
        "le la les l un une des du de d au aux à en dans sur sous par pour avec et ou est sont "
        "était étaient être a ont avait qui que quoi quel quelle quels quelles quand où pourquoi "
        "comment combien ce cet cette ces il elle ils elles on se ne pas"
    ),
    negations=words("pas jamais aucun aucune sans ni nullement rien personne"),
    articles=words("le la les un une"),
    months=forms(
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    ),
    date_forms=("{day} {month} {year}",),
    number_words={"deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9}
    | {"dix": 10, "onze": 11, "douze": 12, "vingt": 20, "trente": 30, "quarante": 40}
    | {"cinquante": 50},
    units={
        "%": ("pour cent",),
        "km": ("kilomètres",),
        "m": ("mètres",),
        "year": words("ans années"),
        "month": ("mois",),
        "week": ("semaines",),
        "day": ("jours",),
        "hour": ("heures",),
        "times": ("fois",),
    },
    comparison=Comparison(
        scales={"cent": 1e2, "mille": 1e3, "millions": 1e6, "milliards": 1e9},
        fractions={"moitié": 1 / 2},
        ordinal_marks=("er",),
        range_words=words("et au"),
        one=words("un une"),
        conjunctions=words("et mais"),
        pointing_back=words("il elle ils elles leur ce cette ces"),
    ),
)
