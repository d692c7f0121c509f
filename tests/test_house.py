"""What the house promises about itself: versions, pins, licence, and its one document."""

from __future__ import annotations

import datetime
import importlib.metadata
import re
import tomllib
import warnings
from hashlib import sha256
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from index.storage.recipe import DOCENT_VERSION

ROOT = Path(__file__).parents[1]
NAME = "1963-06-20-gdr-embassy-on-kwp-policy.md"
DOCUMENT = ROOT / "documents" / NAME
DOCUMENT_SHA256 = "b23f7f95dd00bf7f8b3e7d1460bd183bf524727ee216a75bbc6e32a8da9fcef8"
APACHE_2_SHA256 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
"""Of the licence's text as the Apache Software Foundation gives it out."""

PIN = re.compile(r"[\w.-]+==[\w.]+")


def pins(name: str) -> list[str]:
    lines = (ROOT / name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def pinned() -> dict[str, str]:
    """Versions by name, of what it runs on and what checks it."""
    lines = [*pins("requirements.txt"), *pins("requirements-dev.txt")[1:]]
    split = (line.split("==") for line in lines)
    return {canonicalize_name(name): version for name, version in split}


def project() -> dict[str, str]:
    table: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return table


def test_one_version_is_said_everywhere() -> None:
    assert project()["version"] == DOCENT_VERSION


def test_the_licence_is_apache_2() -> None:
    assert sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == APACHE_2_SHA256
    assert project()["license"] == "Apache-2.0"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_once(name: str) -> None:
    first, *others = pins(name)
    assert first == {"requirements.txt": "torch==2.13.0"}.get(name, "-r requirements.txt")
    assert [line for line in others if not PIN.fullmatch(line)] == []
    names = [canonicalize_name(line.partition("==")[0]) for line in others]
    assert len(set(names)) == len(names)


def test_nothing_is_pinned_for_checking_that_runs_already() -> None:
    run = {line.partition("==")[0].casefold() for line in pins("requirements.txt")}
    assert not run & {line.partition("==")[0].casefold() for line in pins("requirements-dev.txt")}


def test_what_a_pinned_package_needs_is_pinned_too() -> None:
    known = pinned()
    missing = set()
    for name in known:
        for line in importlib.metadata.requires(name) or ():
            needed = Requirement(line)
            wanted = needed.marker is None or needed.marker.evaluate({"extra": ""})
            if wanted and canonicalize_name(needed.name) not in {*known, "setuptools"}:
                missing.add(f"{needed.name} for {name}")
    assert not missing


def test_the_tests_run_with_what_is_pinned() -> None:
    """Another patch release is worth a word, another release may behave otherwise."""
    for name, version in pinned().items():
        installed = Version(importlib.metadata.version(name))
        if installed.public != version:
            difference = f"{name} is pinned at {version}, and {installed} is installed"
            assert installed.release[:2] == Version(version).release[:2], difference
            warnings.warn(difference, stacklevel=1)


def test_the_document_is_the_one_that_was_given() -> None:
    assert sha256(DOCUMENT.read_bytes()).hexdigest() == DOCUMENT_SHA256


def said_of_the_document() -> list[tuple[str, str]]:
    tables = tomllib.loads((ROOT / "documents" / "collection.toml").read_text())
    assert list(tables["documents"]) == [NAME]
    return [
        (field, each)
        for field, value in tables["documents"][NAME].items()
        for each in (value if isinstance(value, list) else [value])
    ]


def plain(text: str) -> str:
    return " ".join(text.replace(",", " ").replace("*", " ").casefold().split())


@pytest.mark.parametrize(("field", "value"), said_of_the_document())
def test_everything_said_of_the_document_stands_in_it(
    field: str, value: str | datetime.date
) -> None:
    text = plain(DOCUMENT.read_text())
    if isinstance(value, datetime.date):
        assert plain(f"{value:%B} {value.day}, {value.year}") in text
        assert plain(f"{value.day} {value:%B} {value.year}") in text
    else:
        assert plain(value) in text, field


def test_every_term_of_the_glossary_stands_in_the_document() -> None:
    tables = tomllib.loads((ROOT / "documents" / "collection.toml").read_text())
    text = DOCUMENT.read_text()
    assert [term for term in tables["collection"]["glossary"] if term not in text] == []
