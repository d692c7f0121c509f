"""Names that the guard knows: other names of countries and peoples, and words that are no names."""

from __future__ import annotations

from answerer.support.cues import words

SAME_NAMES = tuple(
    tuple(group.split("|"))
    for group in (
        "dprk|north korea|north korean|north koreans|democratic people republic of korea",
        "rok|south korea|south korean|south koreans",
        "prc|china|chinese|people republic of china|pr china",
        "gdr|east germany|east german|east germans|german democratic republic",
        "frg|west germany|west german|west germans|federal republic of germany",
        "ussr|soviet union|soviet|soviets",
        "us|u s|usa|united states|america|american|americans",
        "uk|united kingdom|great britain|britain|british",
        "eu|european union",
        "un|united nations",
        "romania|romanian|rumania",
        "sri lanka|ceylon",
        "myanmar|burma|burmese",
    )
)
"""Names of one thing, folded. A group is taken whole where one of its names is in the text."""

_PEOPLES = (
    "albania albanian albanians",
    "algeria algerian algerians",
    "africa african africans",
    "asia asian asians",
    "australia australian australians",
    "austria austrian austrians",
    "belgium belgian belgians",
    "britain british briton britons",
    "bulgaria bulgarian bulgarians",
    "cambodia cambodian cambodians",
    "china chinese",
    "cuba cuban cubans",
    "denmark danish dane danes",
    "egypt egyptian egyptians",
    "england english englishman englishmen",
    "europe european europeans",
    "finland finnish finn finns",
    "flanders flemish fleming flemings",
    "france french frenchman frenchmen franco",
    "germany german germans",
    "greece greek greeks",
    "hungary hungarian hungarians",
    "iceland icelandic",
    "india indian indians",
    "indonesia indonesian indonesians",
    "ireland irish",
    "italy italian italians",
    "japan japanese",
    "korea korean koreans",
    "mongolia mongol mongols mongolian",
    "netherlands dutch dutchman holland",
    "normandy norman normans",
    "norway norwegian norwegians",
    "poland polish pole poles",
    "portugal portuguese",
    "rome roman romans",
    "russia russian russians",
    "scandinavia scandinavian scandinavians",
    "scotland scottish scots scot scotsman",
    "sicily sicilian sicilians",
    "spain spanish spaniard spaniards",
    "sweden swedish swede swedes",
    "switzerland swiss",
    "turkey turkish turk turks",
    "uganda ugandan ugandans",
    "victoria victorian victorians",
    "vietnam vietnamese",
    "wales welsh welshman",
    "yemen yemeni yemenis",
    "catholicism catholic catholics",
    "protestantism protestant protestants",
    "christianity christian christians",
    "islam islamic muslim muslims",
    "judaism jewish jew jews",
    "afghanistan afghan afghans",
    "arabia arab arabs arabian arabic",
    "argentina argentine argentinian",
    "armenia armenian armenians",
    "bavaria bavarian bavarians",
    "berlin berliner berliners",
    "bohemia bohemian bohemians",
    "brazil brazilian brazilians",
    "byzantium byzantine byzantines",
    "canada canadian canadians",
    "castile castilian castilians",
    "catalonia catalan catalans",
    "chile chilean chileans",
    "crimea crimean",
    "croatia croatian croat croats",
    "czechoslovakia czechoslovak czech czechs",
    "estonia estonian estonians",
    "ethiopia ethiopian ethiopians",
    "florence florentine florentines",
    "genoa genoese",
    "georgia georgian georgians",
    "iran iranian iranians persia persian persians",
    "iraq iraqi iraqis",
    "israel israeli israelis",
    "latvia latvian latvians",
    "lebanon lebanese",
    "libya libyan libyans",
    "lithuania lithuanian lithuanians",
    "london londoner londoners",
    "mexico mexican mexicans",
    "milan milanese",
    "morocco moroccan moroccans",
    "nigeria nigerian nigerians",
    "pakistan pakistani pakistanis",
    "palestine palestinian palestinians",
    "paris parisian parisians",
    "peru peruvian peruvians",
    "philippines filipino philippine",
    "prussia prussian prussians",
    "saxony saxon saxons",
    "serbia serbian serb serbs",
    "slovakia slovak slovaks",
    "syria syrian syrians",
    "taiwan taiwanese",
    "thailand thai",
    "tunisia tunisian tunisians",
    "ukraine ukrainian ukrainians",
    "venice venetian venetians",
    "vienna viennese",
    "yugoslavia yugoslav yugoslavs",
    "communism communist communists",
    "buddhism buddhist buddhists",
    "hinduism hindu hindus",
)
DEMONYMS = {
    form: tuple(other for other in forms.split() if other != form)
    for forms in _PEOPLES
    for form in forms.split()
}

PLAIN_OPENINGS = words(
    "the a an this that these those it its he she they we you his her their our one two some many "
    "most all each every both no none nor neither fewer nobody not only in on at by for from with "
    "without of to "
    "as and or "
    "but so yet if when while where what who which why how there here then thus therefore hence "
    "however moreover although though because since after before during under over about around "
    "according despite besides beyond between among until later earlier currently today now "
    "also even still instead first second third finally initially originally eventually overall "
    "additionally furthermore meanwhile nevertheless such other another several few much more less "
    "within into through throughout against along across near like unlike unless once whether "
    "apparently perhaps maybe der die das ein eine im in am und oder aber nicht kein keine le la "
    "les un une des du el los las una"
)
"""Words that are capitalised only where a sentence begins with them."""
