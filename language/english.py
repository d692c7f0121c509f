"""English."""

from __future__ import annotations

from language.base import Comparison, Drafts, FollowUps, Language, forms, words

_MONTHS = forms(
    "January|Jan February|Feb March|Mar April|Apr May June|Jun July|Jul August|Aug "
    "September|Sept|Sep October|Oct November|Nov December|Dec"
)
_CARDINALS = words(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
_ORDINALS = words(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_TENS = words("thirty forty fifty sixty seventy eighty ninety")
_POINTING = words("this these that those it its they their them he his him she her")

_MONTH = rf"(?:{'|'.join(form for month in _MONTHS for form in month)})\b\.?"
_YEAR = r"(?:1[0-9]{3}|20[0-9]{2})"
_NTH = r"\d{1,2}(?:st|nd|rd|th)"
_WORD_NUMBER = (
    rf"(?:{'|'.join((*_CARDINALS, *_TENS))}|(?:hundred|thousand|million|billion|dozen)s?"
    r"|half|twice|thrice|once|single|double)"
)
_UNIT = (
    r"(?:\s*(?:%|percent|per cent|million|billion|trillion|thousand|hundred|times|years?|months?|"
    r"weeks?|days?|hours?|minutes?|km|kilomet\w+|miles?|met(?:er|re)s?|feet|tons?|kg|°C|°F)\b)*"
)
_CAPITAL = r"[A-ZÀ-Þ][\w'’.-]*"
_NAME = (
    rf"(?<![\w'’-]){_CAPITAL}"
    r"(?:\s+(?:(?:of|the|de|von|van|da|la|and)\s+)*[A-ZÀ-Þ][\w'’-]*)*"
)

_FULL_MONTH = f"(?:{'|'.join(month[0] for month in _MONTHS)})"
_FULL_DATE = (
    rf"(?:\d{{1,2}} {_FULL_MONTH} \d{{4}}|{_FULL_MONTH} \d{{1,2}}, \d{{4}}|{_FULL_MONTH} \d{{4}}"
    r"|1\d{3}|20\d{2})"
)
_FIGURE = r"(?:\d[\d,.]*\d|\d)(?: (?:percent|per cent|million|billion|thousand)\b| ?%)?"
_PLAIN_NAME = r"[A-Z][\w'’-]+(?: (?:of |de |von |van )?[A-Z][\w'’-]+)"
_VERB = "(?:was|were|is|are|has|have|had|will|did|does|can|could|would|should|must)"

_FOLLOW_UPS = FollowUps(
    opening=r"(?i)\s*(?:and|but|so|what about|how about|what else|who else)\b",
    pointing=(*_POINTING, "theirs", "hers", "there"),
    persons=words("he she him her his hers"),
    owners=words("its their theirs his hers"),
    owner_or_person="her",
    plurals=words("they them their theirs these those"),
    demonstratives=words("this that these those"),
    more=words("more else since until again further exactly really"),
    place=("there", "at {topic}"),
    clause_joiner="that",
    before_pointer=r"(?i)(?:\A|\b(?:is|was|are|were|does|did|do|has|had|can|will|would|could|in|of|"
    r"at|on|to|for|from|by|with|about|after|before|since|during|under))\s*\Z",
    dummy=r"(?i)\b(?:is|was|are|were|will|does|did|do|has|have)\s+(?:it|there)\b",
    before_verb=r"(?i)\b(?:do|does|did|can|could|will|would|should|may|might|must|have|has|had)\s+\Z",
    before_noun=r"(?i)\b(?:a|an|the|what\s+(?:is|are|was|were))\s+\Z",
    before_plural_verb=r"(?i)\bwho\s+\Z",
    participle=r"\w(?:ed|en)\Z",
    plural=r"[^\W_A-Zsiu]s\Z",
    who_is=r"\s*(?i:who)\s+(?:is|was|are|were)\s+(?:the\s+)?[A-ZÀ-Þ]",
    name=rf"(?<!\w)(?P<before>(?:the\s+)?(?:\d+(?:st|nd|rd|th)\s+)?)(?P<name>{_CAPITAL}"
    rf"(?:\s+(?:(?:of|the|and|de|von)\s+)*{_CAPITAL})*)(?P<after>\s+[a-z][\w-]+)?",
    origin=r"(?:an|ese|ish|viet|ench|utch)\Z",
    possessive=("{topic}’s", "{topic}’"),
)

_HOW_MANY = (
    r"(?:Currently |Today |Now )?(?:(?:[Aa]bout|[Ss]ome|[Oo]ver|[Nn]early) )?"
    rf"(?P<answer>{_FIGURE}) (?P<subject>(?:[a-z-]+ )?[a-z]+s) (?P<rest>(?:{_VERB}|\w+ed) .+?)\.?$"
)
_WHEN = (
    rf"(?P<subject>(?:The |A |An )?[^,;:]{{3,60}}?) (?P<verb>{_VERB}) (?P<rest>[^,;:]+?)"
    rf" (?:in|on) (?P<answer>{_FULL_DATE})\.?$"
)
_WHO = (
    rf"(?P<answer>(?:The )?(?!The\b)(?:{_PLAIN_NAME}+|[A-Z]{{2,}})) "
    rf"(?P<rest>(?:{_VERB}|[a-z]+ed) [^;:]+?)\.?$"
)
_DRAFTS = Drafts(
    statements=(
        ("how many", _HOW_MANY, "How many {subject} {rest}?"),
        ("when", _WHEN, "When {verb} {subject} {rest}?"),
        ("who", _WHO, "{who} {rest}?"),
    ),
    facts={
        "date": rf"\b{_FULL_DATE}\b",
        "number": rf"(?<![\w.,-]){_FIGURE}(?![\w-])",
        "name": rf"(?<=[a-z,] )(?:{_PLAIN_NAME}*)\b",
    },
    title=r"\b(?:Comrade|Mr|Mrs|Ms|Dr|President|Minister|General|Ambassador|Professor|Mayor|King"
    r"|Queen|Bishop)\b",
    who=("Who", "Who or what"),
    leaning=r"(?:It|They|He|She|This|That|These|Those|His|Her|Their|Its|In this|At the same|However"
    r"|But|And|Also|Both|Such|Here|There|Another)\b",
)

_REFUSALS = words(
    "fail refuse unable unwilling prevent forbid forbidden forbade prohibit stop cease avoid "
    "reluctant refusal failure inability bar ban"
)
_COMPARISON = Comparison(
    scales={"dozen": 12, "hundred": 1e2, "thousand": 1e3, "million": 1e6, "millions": 1e6}
    | {"mn": 1e6, "billion": 1e9, "billions": 1e9, "bn": 1e9, "trillion": 1e12},
    fractions={"half": 1 / 2, "halves": 1 / 2, "quarter": 1 / 4, "quarters": 1 / 4}
    | {
        f"{word}{s}": 1 / n
        for n, word in enumerate(_ORDINALS[:10], start=1)
        for s in ("", "s")
        if n > 2
    },
    multiples={"twice": 2, "doubled": 2, "doubling": 2, "twofold": 2, "thrice": 3, "tripled": 3}
    | {"trebled": 3, "threefold": 3, "quadrupled": 4, "fourfold": 4}
    | {f"{word}fold": n for n, word in enumerate(_CARDINALS[:10], start=1)},
    ordinal_marks=words("st nd rd th"),
    range_words=words("to and or until through"),
    one=words("a an"),
    pairs=words("both either neither pair couple twice"),
    conjunctions=words(
        "and but while whereas although though because so which who whom whose where when since "
        "unless if yet"
    ),
    prepositions=words(
        "to from by with against for in at on under into over after before between during through "
        "towards toward until as than about upon among off near of within across along"
    ),
    light_words=words(
        "make take get go come become keep put use thing lot number part side year way kind form "
        "place time day one two there here now then today current present very quite rather still "
        "already even just well however thus therefore hence while although though because since "
        "when where whether regard according concern certain several many most all every each both "
        "other another only own such same more less much few fewer some any include especially "
        "particular mainly mostly largely actually apparently probably perhaps reportedly roughly "
        "approximately around nearly almost must need let remain be mean new newer old older great "
        "greater large larger small smaller big bigger long high higher low lower good better last "
        "next previous former late later early earlier again ever never always often nobody "
        "nothing none nowhere everyone everybody anyone someone somebody usually out up down away "
        "back nor"
    ),
    positive_before=words("by until only doubt just merely later more less least wonder"),
    until=words("until till"),
    refusals=_REFUSALS,
    near_negations=(
        *_REFUSALS,
        *words(
            "lack deny denied absent absence reject rejection prevention impossible unlikely "
            "unsuccessful unclear exempt exclude ignore silent silence omit miss aside apart less "
            "least cautious rare rarity disagree decline"
        ),
    ),
    faint_negations=words(
        "but however yet only against weak low limited unless despite except instead rather beyond "
        "away end abandon abolish eliminate former closed dissolve history reserve loss "
        "questionable wrong mistaken incorrect false void"
    ),
    negative_pronouns=words("none nobody nothing nowhere neither"),
    negative_prefixes=words("un in im ir il dis non mis"),
    sure_prefixes=words("un non"),
    not_negated=words("unit unif univ uniq unio unan uncle under unrest until unless"),
    pointing_back=(
        *words("he she her his they their it its him them this these that those such both there"),
        *words("addition also thus therefore however moreover furthermore same previous former"),
        *words("other another instead similarly then"),
    ),
    persons=words("he she her his they their"),
    name_particles=words("of the and for de la le von van der den del di da du"),
    name_endings=words(
        "a ai an ans dy e er ers ese i ia ian ians ic im ine ines is ish ism ist istan ists ium "
        "land n ns o s um us y"
    ),
    common_endings=words(
        "es ts rs ns ls ds ks ps gs ms hs ys ws ly tion ment ness ity ing ism ed ance ence ship"
    ),
    same_names=(
        ("dprk", "north korea", "north korean", "democratic people republic of korea"),
        ("rok", "south korea", "south korean"),
        ("prc", "china", "chinese", "people republic of china", "pr china"),
        ("gdr", "east germany", "east german", "german democratic republic"),
        ("frg", "west germany", "west german", "federal republic of germany"),
        ("ussr", "soviet union", "soviet", "soviets"),
        ("us", "u s", "usa", "united states", "america", "american", "americans"),
        ("uk", "united kingdom", "great britain", "britain", "british", "briton", "britons"),
        ("eu", "european union"),
        ("un", "united nations"),
        ("sri lanka", "ceylon"),
        *forms("romania|romanian|rumania myanmar|burma|burmese france|french|frenchman|frenchmen"),
        *forms("czechoslovakia|czechoslovak|czech|czechs denmark|danish|dane|danes ireland|irish"),
        *forms("england|english|englishman|englishmen finland|finnish|finn|finns peru|peruvian"),
        *forms("flanders|flemish|fleming|flemings florence|florentine greece|greek|greeks"),
        *forms("iran|iranian|persia|persian|persians islam|islamic|muslim|muslims"),
        *forms("judaism|jewish|jew|jews netherlands|dutch|dutchman|holland portugal|portuguese"),
        *forms("norway|norwegian|norwegians philippines|philippine|filipino poland|polish|pole"),
        *forms("rome|roman|romans scotland|scottish|scot|scots spain|spanish|spaniard|spaniards"),
        *forms("sweden|swedish|swede|swedes switzerland|swiss turkey|turkish|turk|turks"),
        *forms("venice|venetian|venetians wales|welsh|welshman"),
    ),
)

ENGLISH = Language(
    code="en",
    stemmer="english",
    function_words=words(
        "a an the of in on at to for by with from and or is are was were be been being am do does "
        "did has have had having what which who whom whose when where why how many much that this "
        "these those it its as than then there their they them he she his her him we our us you "
        "your i my me not no if can could would should may might will shall about into over s t "
        "tell give please say says said so also any some such"
    ),
    negations=words(
        "not never no cannot neither nor none nobody nothing nowhere without hardly barely "
        "scarcely seldom rarely"
    ),
    denial="not",
    auxiliaries=words("is are was were did does do has had can could will would should"),
    articles=words("the a an"),
    joining_words=words("of and or for in on at to by with"),
    before_abbreviation=(
        *("abbreviated as", "in short"),
        *words("hereafter hereinafter abbreviated short or"),
    ),
    sentence_abbreviations=words("Lt Cmdr Cde"),
    months=_MONTHS,
    date_forms=("{day} {month} {year}", "{month} {day}, {year}"),
    number_words={word: n for n, word in enumerate(_CARDINALS, start=1)}
    | {word: 10 * n for n, word in enumerate(_TENS, start=3)},
    ordinals={word: n for n, word in enumerate(_ORDINALS, start=1)}
    | {"thirtieth": 30, "fortieth": 40, "fiftieth": 50, "hundredth": 100},
    units={
        "%": ("percent", "per cent", "percentage", "pct", "percentage points"),
        "km": words("kilometre kilometres kilometer kilometers"),
        "km2": ("square kilometres", "square kilometers", "square kilometre", "square km", "sq km"),
        "m": words("metre metres meter meters"),
        "m3": ("cubic metres", "cubic meters"),
        "mile": words("mile miles mi"),
        "mile2": ("square miles", "square mile", "sq mi"),
        "ft": words("ft foot feet"),
        "cm": words("centimetres centimeters"),
        "mm": words("millimetres millimeters"),
        "inch": words("inch inches"),
        "ha": words("hectares hectare"),
        "acre": words("acre acres"),
        "kg": words("kilograms kilogram kilos"),
        "g": words("grams gram"),
        "ton": words("ton tons tonne tonnes"),
        "lb": words("lb lbs"),
        "year": words("year years yr yrs year-old -year"),
        "month": words("month months"),
        "week": words("week weeks"),
        "day": words("day days"),
        "hour": words("hour hours hr hrs"),
        "minute": words("minute minutes min mins"),
        "century": words("centuries century"),
        "decade": words("decade decades"),
        "times": words("times fold -fold x"),
        "°C": ("degrees celsius", "degrees centigrade"),
        "°F": ("degrees fahrenheit",),
        "$": ("dollars", "dollar", "usd", "us dollars"),
        "€": words("euro euros eur"),
        "£": ("pounds", "pounds sterling", "gbp"),
        "mark": words("mark marks dm"),
    },
    opening_back=(*_POINTING, "such", "both"),
    pointing_back=(*_POINTING, "such"),
    question_kinds={
        "date": r"(?i)\bwhen\b|\bhow long ago\b|\bsince when\b"
        r"|\b(?:what|which)\s+(?:\w+\s+)?(?:year|date|day|month|century|decade|time)s?\b",
        "number": r"(?i)\bhow (?:many|much|long|old|far|tall|large|big|often|high|deep|fast)\b"
        r"|\b(?:what|which)\s+(?:\w+\s+){0,2}"
        r"(?:number|share|amount|proportion|fraction|rate|sum)\b|\bnumber of\b|\bpercent",
        "reason": r"(?i)\bwhy\b|\bfor what reason|\bwhat (?:caused|reasons?|led)\b|\bhow come\b",
        "person": r"(?i)\bwho\b|\bwhom\b|\bwhose\b"
        r"|\b(?:name|which|what) (?:person|man|woman|author)\b",
        "place": r"(?i)\bwhere\b|\b(?:what|which)\s+(?:\w+\s+)?"
        r"(?:city|country|countries|town|state|place|region|location|village|capital)\b",
    },
    asks_for_count=r"(?i)\bhow many\b|\bper ?cent",
    expressions={
        "number": rf"(?i)(?:[$£€]\s?)?(?<![\w.,-])\d+(?:[.,]\d+)*(?:x\b)?(?!\w){_UNIT}%?"
        rf"|\b{_WORD_NUMBER}(?:[\s-]+{_WORD_NUMBER})*\b{_UNIT}",
        "date": rf"\b(?:(?:early|mid|late)[\s-]+)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s+"
        rf"(?:and\s+\d{{1,2}}\s+)?)?{_MONTH}(?:\s+\d{{1,2}}(?:st|nd|rd|th)?\b)?(?:,?\s+{_YEAR})?"
        rf"|\b(?:between\s+)?{_YEAR}(?:\s*(?:-|–|and|to)\s*{_YEAR})?s?\b"
        rf"|\b{_NTH}(?:\s+and\s+{_NTH})?\s+centur(?:y|ies)\b"
        r"|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
        r"|\b\d{1,4}(?:\s*-\s*\d{1,4})?\s*(?:BCE?|CE|AD)\b",
        **{"person": _NAME, "place": _NAME},
        "reason": r"(?i)\b(?:because|due to|owing to|since|in order to|so that|so as to|therefore"
        r"|thus|hence|this is why|that is why|reasons?|as a result|caused?|causing|leads? to|led to"
        r"|consequently|results? (?:in|from)|resulting|for fear|thanks to|on account of"
        r"|given that|to avoid|purpose|aim|objective)\b",
    },
    field_words={
        "recipients": "recipient received receive copy copies sent addressed distribution list",
        "creator": "author wrote written writer drew drawn prepared issued office",
        "date": "date dated day written",
        "translator": "translated translator translation",
        "translated_for": "translated behalf project",
        "original_language": "original language written",
        "archive": "archive archival kept held stored preserved",
        "reference_code": "archival signature reference code shelfmark number archive kept",
        "digital_source": "digital archive online published website internet",
        "url": "address link website online internet",
        "credits": "support supported sponsor sponsored funded paid money credit possible",
        "rights": "rights copyright licence",
    },
    comparison=_COMPARISON,
    follow_ups=_FOLLOW_UPS,
    drafts=_DRAFTS,
)
