"""How figures, months, ordinal numbers and units are written, in four languages."""

from __future__ import annotations

import re


def _list(text: str) -> list[str]:
    return text.split()


def _forms(table: dict[str, str]) -> dict[str, str]:
    return {form: name for name, forms in table.items() for form in forms.split("|")}


MONTHS = {
    form: number
    for number, forms in enumerate(
        (
            "january|jan|januar|jänner|janvier|enero",
            "february|feb|februar|février|febrero",
            "march|mar|märz|mars|marzo",
            "april|apr|avril|abril",
            "may|mai|mayo",
            "june|jun|juni|juin|junio",
            "july|jul|juli|juillet|julio",
            "august|aug|août|agosto",
            "september|sept|sep|septembre|septiembre",
            "october|oct|oktober|okt|octobre|octubre",
            "november|nov|novembre|noviembre",
            "december|dec|dezember|dez|décembre|diciembre",
        ),
        start=1,
    )
    for form in forms.split("|")
}

SCALES: dict[str, float] = {
    "hundred": 1e2,
    "hundert": 1e2,
    "cent": 1e2,
    "thousand": 1e3,
    "tausend": 1e3,
    "mille": 1e3,
    "mil": 1e3,
    "million": 1e6,
    "millions": 1e6,
    "mio": 1e6,
    "mn": 1e6,
    "millionen": 1e6,
    "millones": 1e6,
    "billion": 1e9,
    "billions": 1e9,
    "bn": 1e9,
    "milliarden": 1e9,
    "milliards": 1e9,
    "trillion": 1e12,
}

SMALL_NUMBERS = {
    word: number
    for number, words in {
        1: "one a",
        2: "two zwei deux dos",
        3: "three drei trois tres",
        4: "four vier quatre cuatro",
        5: "five fünf cinq cinco",
        6: "six sechs seis",
        7: "seven sieben sept siete",
        8: "eight acht huit ocho",
        9: "nine neun neuf nueve",
        10: "ten zehn dix diez",
        11: "eleven elf onze",
        12: "twelve zwölf douze doce dozen",
        13: "thirteen",
        14: "fourteen",
        15: "fifteen",
        16: "sixteen",
        17: "seventeen",
        18: "eighteen",
        19: "nineteen",
        20: "twenty zwanzig vingt veinte",
        30: "thirty dreißig trente treinta",
        40: "forty vierzig quarante",
        50: "fifty fünfzig cinquante",
        60: "sixty",
        70: "seventy",
        80: "eighty",
        90: "ninety",
    }.items()
    for word in words.split()
}

_ONES = _list("zeroth first second third fourth fifth sixth seventh eighth ninth")
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
ORDINALS = {word: number for number, word in enumerate(_ONES) if number} | {
    word: number
    for number, word in enumerate(
        _list(
            "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth "
            "eighteenth nineteenth twentieth"
        ),
        start=10,
    )
}
ORDINALS |= {
    f"{tens}{mark}{_ONES[one]}": number + one
    for tens, number in _TENS.items()
    for one in range(1, 10)
    for mark in "- "
}
ORDINALS |= {"thirtieth": 30, "fortieth": 40, "fiftieth": 50, "hundredth": 100}

TIMES = {"twice": 2, "doubled": 2, "doubling": 2, "thrice": 3, "tripled": 3, "trebled": 3}
TIMES |= {"quadrupled": 4}

FRACTIONS = {
    "half": 0.5,
    "halves": 0.5,
    "hälfte": 0.5,
    "moitié": 0.5,
    "mitad": 0.5,
    "third": 1 / 3,
    "thirds": 1 / 3,
    "quarter": 0.25,
    "quarters": 0.25,
    "fourth": 0.25,
    "fourths": 0.25,
    "fifth": 0.2,
    "fifths": 0.2,
    "sixth": 1 / 6,
    "eighth": 0.125,
    "eighths": 0.125,
    "tenth": 0.1,
    "tenths": 0.1,
}

UNITS = _forms(
    {
        "%": "%|percent|per cent|percentage|pct|prozent|pour cent|por ciento|percentage points",
        "km": "km|kilometre|kilometres|kilometer|kilometers|kilomètres|kilómetros",
        "km2": "km2|km²|square kilometres|square kilometers|square kilometre|square km|sq km",
        "m": "m|metre|metres|meter|meters|mètres|metros",
        "m3": "m3|m³|cubic metres|cubic meters",
        "mile": "mile|miles|mi|meilen",
        "mile2": "square miles|square mile|sq mi",
        "ft": "ft|foot|feet|fuß",
        "cm": "cm|centimetres|centimeters|zentimeter",
        "mm": "mm|millimetres|millimeters",
        "inch": "inch|inches",
        "ha": "ha|hectares|hectare|hektar",
        "acre": "acre|acres",
        "kg": "kg|kilograms|kilogram|kilos|kilogramm",
        "g": "g|grams|gram|gramm",
        "ton": "t|ton|tons|tonne|tonnes|tonnen|toneladas",
        "lb": "lb|lbs|pounds of weight",
        "year": "year|years|yr|yrs|year-old|jahre|jahren|jahr|ans|années|años|-year",
        "month": "month|months|monate|monaten|mois|meses",
        "week": "week|weeks|wochen|woche|semaines|semanas",
        "day": "day|days|tage|tagen|tag|jours|días",
        "hour": "hour|hours|hr|hrs|stunden|stunde|heures|horas",
        "minute": "minute|minutes|min|mins|minuten|minutos",
        "century": "centuries|century|jahrhunderte",
        "decade": "decade|decades|jahrzehnte",
        "times": "times|fold|-fold|x|mal|fois|veces",
        "°C": "°c|degrees celsius|degrees centigrade",
        "°F": "°f|degrees fahrenheit",
        "$": "dollars|dollar|usd|us dollars",
        "€": "euro|euros|eur",
        "£": "pounds|pounds sterling|gbp",
        "mark": "mark|marks|dm",
    }
)

_GROUPED = re.compile(r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+")


def readings(figure: str) -> frozenset[float]:
    """The numbers that a figure may mean: "1.4" one, "3.000" and "1,204" two each."""
    values = set()
    if _GROUPED.fullmatch(figure):
        values.add(float(re.sub(r"\D", "", figure)))
        if figure.count(".") + figure.count(",") == 1 and len(figure) <= 7:
            values.add(float(figure.replace(",", ".")))
        return frozenset(values)
    marks = [sign for sign in figure if not sign.isdigit()]
    if len(marks) > 1:  # thousands, then a decimal mark
        whole, _, part = figure.rpartition(marks[-1])
        return frozenset((float(re.sub(r"\D", "", whole) + "." + part),))
    return frozenset((float(figure.replace(",", ".")),))


def is_number_word(word: str) -> bool:
    return word in SMALL_NUMBERS or word in SCALES


def word_value(words: str) -> float | None:
    """The number that words name: "twenty-eight", "three million", "a hundred and five"."""
    total = current = 0.0
    for word in re.findall(r"[^\W\d_]+", words.casefold()):
        if word == "and":
            continue
        if word == "dozen":
            current = (current or 1) * 12
        elif word in SMALL_NUMBERS:
            current += SMALL_NUMBERS[word]
        elif word in SCALES:
            scale = SCALES[word]
            current = (current or 1) * scale
            if scale > 100:
                total, current = total + current, 0.0
        else:
            return None
    return total + current or None
