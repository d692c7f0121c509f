"""Real files for the tests: small PDFs written by hand, and a folder read whole."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from datatypes import Document
from errors import Problem
from index.readers.folder import Loaded, load_folder

PICTURE = "q 100 0 0 100 72 600 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q"
"""A page's content that is a picture and no text."""


@dataclass(frozen=True, slots=True)
class Read:
    documents: dict[str, Document]
    """By source; the lines of a corpus by source and id."""
    problems: list[Problem]

    @property
    def document(self) -> Document:
        (document,) = self.documents.values()
        return document


def read(folder: Path) -> Read:
    """Everything that `load_folder` yields."""
    documents, problems = {}, []
    for each in load_folder(folder):
        if isinstance(each, Loaded):
            document_id = each.document.document_id
            lines = each.source.endswith((".jsonl", ".srt"))
            documents[f"{each.source} {document_id}" if lines else each.source] = each.document
        else:
            problems.append(each)
    return Read(documents, problems)


def read_one(path: Path, content: str | bytes) -> Document:
    """The document of a file with this content, which must be read without any doubt."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    found = read(path)
    assert not found.problems, [str(problem) for problem in found.problems]
    return found.document


def pdf(
    pages: Sequence[Sequence[str] | str],
    *,
    labels: str = "",
    title: str = "",
    password: str | None = None,
    meanings: Mapping[str, str] | None = None,
) -> bytes:
    """A PDF. A page is its lines ("" leaves one free), or raw page content.

    `labels` is a number tree, such as `0 << /S /r >>`. `password` is what opens the file: "" for
    one that anybody can read and only printing is forbidden. `meanings` are signs that stand for
    other characters in the text layer.
    """
    n_fixed = 4
    kids = " ".join(f"{n_fixed + 2 * index} 0 R" for index in range(len(pages)))
    bodies = [
        f"<< /Type /Catalog /Pages 2 0 R /PageLabels << /Nums [{labels}] >> >>"
        if labels
        else "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding"
        f"{f' /ToUnicode {n_fixed + 2 * len(pages)} 0 R' if meanings else ''} >>",
    ]
    key = None if password is None else _key(password)
    for index, page in enumerate(pages):
        number = n_fixed + 2 * index
        content = (page if isinstance(page, str) else _lines(page)).encode("cp1252")
        if key is not None:
            content = _rc4(_object_key(key, number + 1), content)
        bodies.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {number + 1} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        stream = content.decode("latin-1")
        bodies.append(f"<< /Length {len(content)} >>\nstream\n{stream}\nendstream")
    if meanings:
        given = _map_to_unicode({chr(code): chr(code) for code in range(32, 127)} | {**meanings})
        bodies.append(f"<< /Length {len(given)} >>\nstream\n{given}\nendstream")
    trailer = f"/Size {len(bodies) + 2} /Root 1 0 R"
    if key is not None:
        proof = _rc4(key, _PADDING).hex()
        trailer += f" /ID [<{_FILE_ID.hex()}> <{_FILE_ID.hex()}>] /Encrypt << /Filter /Standard"
        trailer += f" /V 1 /R 2 /P -4 /O <{_OWNER.hex()}> /U <{proof}> >>"
    if title:
        bodies.append(f"<< /Title ({title}) >>")
        trailer += f" /Info {len(bodies)} 0 R"
    return _file(bodies, trailer)


def _lines(lines: Sequence[str]) -> str:
    shown = " ".join(f"({line}) Tj T*" if line else "T*" for line in lines)
    return f"BT /F1 11 Tf 14 TL 72 760 Td {shown} ET" if lines else ""


def _map_to_unicode(meanings: Mapping[str, str]) -> str:
    lines = [f"<{ord(sign):02X}> <{ord(means):04X}>" for sign, means in meanings.items()]
    return (
        "/CIDInit /ProcSet findresource begin begincmap /CMapType 2 def\n"
        "1 begincodespacerange <00> <FF> endcodespacerange\n"
        f"{len(lines)} beginbfchar\n" + "\n".join(lines) + "\nendbfchar endcmap end"
    )


def _file(bodies: Sequence[str], trailer: str) -> bytes:
    data, places = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    tail = f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}"
    tail += f"trailer\n<< {trailer} >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + tail.encode("ascii")


# PDF's first encryption (ISO 32000-1, 7.6.3, revision 2): RC4 with a key of 40 bits.

_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
_OWNER = bytes(range(32))
_FILE_ID = bytes(range(16))
_RIGHTS = (-4).to_bytes(4, "little", signed=True)


def _key(password: str) -> bytes:
    padded = (password.encode("latin-1") + _PADDING)[:32]
    return hashlib.md5(padded + _OWNER + _RIGHTS + _FILE_ID).digest()[:5]


def _object_key(key: bytes, number: int) -> bytes:
    return hashlib.md5(key + number.to_bytes(3, "little") + b"\0\0").digest()[:10]


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
