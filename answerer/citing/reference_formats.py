"""BibTeX, RIS and CSL-JSON: what Zotero and other reference managers read in.

All three call the document a manuscript, the type that has an archive and a shelfmark. Names are
literal (never split into family and given name). The page goes into the note: those types have
no field for a place in the document.
"""

from __future__ import annotations

import json

from answerer.citing.source import Source

LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        # \{ and \} would do for LaTeX, but BibTeX counts every brace, escaped or not.
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{character: f"\\{character}" for character in "$&#_%"},
    }
)
# A web address is read verbatim, so what would end the field is percent-encoded instead.
BIBTEX_URL = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C"})


def bibtex(source: Source) -> str:
    iso_date = "-".join(f"{part:02}" for part in source.date_parts)
    held = (source.held, source.digital_source, *_remarks(source))
    fields = {
        "author": _bibtex_names(source.values("creator")),
        "title": _bibtex_names((source.title,)),
        "date": iso_date,
        "year": iso_date[:4] or source.date.translate(LATEX),
        "type": source.value("document_type").translate(LATEX),
        "translator": _bibtex_names(source.values("translator")),
        "address": source.value("place").translate(LATEX),
        "language": source.value("language").translate(LATEX),
        "note": ". ".join(part for part in held if part).translate(LATEX),
        "url": source.url.translate(BIBTEX_URL),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@unpublished{{{source.key},", *lines, "}"]) + "\n"


def ris(source: Source) -> str:
    year, month, day = (*(f"{part:02}" for part in source.date_parts), "", "", "")[:3]
    # RIS reads slashes as year/month/day/rest.
    date = f"{year}/{month}/{day}/" if year else source.date.replace("/", "-")
    lines = [
        ("TY", "MANSCPT"),
        ("ID", source.key),
        *(("AU", name) for name in source.values("creator")),
        ("TI", source.title),
        ("DA", date),
        ("PY", year),
        ("M3", source.value("document_type")),
        *(("A4", name) for name in source.values("translator")),
        ("AN", source.shelfmark),
        ("DB", source.value("archive")),
        ("CY", source.value("place")),
        ("DP", source.value("digital_source")),
        ("LA", source.value("language")),
        *(("N1", remark) for remark in _remarks(source)),
        ("UR", source.url),
    ]
    return "".join(f"{tag}  - {value}\n" for tag, value in lines if value) + "ER  - \n"


def csl_json(source: Source) -> str:
    """A list of one item, as CSL's input schema has it."""
    item = {
        "id": source.key,
        "type": "manuscript",
        "title": source.title,
        "author": _csl_names(source.values("creator")),
        "recipient": _csl_names(source.values("recipients")),
        "translator": _csl_names(source.values("translator")),
        "issued": _csl_date(source),
        "genre": source.value("document_type"),
        "archive": source.value("archive"),
        "archive_location": source.shelfmark,
        "archive-place": source.value("place"),
        "source": source.value("digital_source"),
        "language": source.value("language"),
        "note": ". ".join(_remarks(source)),
        "URL": source.url,
    }
    return json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False)


def _remarks(source: Source) -> tuple[str, ...]:
    """What has no field of its own: the text's status and the page."""
    page = source.pinpoint and f"Quoted from {source.pinpoint}"
    return tuple(part for part in (source.text_status, page) if part)


def _bibtex_names(names: tuple[str, ...]) -> str:
    return " and ".join(f"{{{name.translate(LATEX)}}}" for name in names)


def _csl_names(names: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"literal": name} for name in names]


def _csl_date(source: Source) -> dict[str, object]:
    if source.date_parts:
        return {"date-parts": [list(source.date_parts)]}
    return {"literal": source.date} if source.date else {}
