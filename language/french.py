"""French."""

from __future__ import annotations

from language.base import Language, forms, words

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
)
