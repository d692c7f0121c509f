"""What many tests need: an index of the default documents, and a model that can be predicted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, expect, sync_playwright
from predictable import PredictableEmbedder

from datatypes import Document
from index.build import build_index
from index.embedder import Embedder, load_embedder
from index.storage.passage_index import PassageIndex

# A busy machine is slow, not wrong.
expect.set_options(timeout=30_000)
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

DOCUMENTS = Path(__file__).parent.parent / "documents"


@pytest.fixture(scope="session")
def default_embedder() -> Embedder:
    """The real model."""
    return load_embedder()


@pytest.fixture(scope="session")
def default_folder(tmp_path_factory: pytest.TempPathFactory, default_embedder: Embedder) -> Path:
    """An index of the default documents, made with the real model; not to be built over."""
    folder = tmp_path_factory.mktemp("default") / "index"
    build_index(DOCUMENTS, folder, embedder=default_embedder)
    return folder


@pytest.fixture(scope="session")
def default_index(default_folder: Path) -> PassageIndex:
    return PassageIndex.load(default_folder)


@pytest.fixture(scope="session")
def default_document(default_index: PassageIndex) -> Document:
    (document_id,) = default_index.texts.document_ids()
    document = default_index.texts.document(document_id)
    assert document is not None
    return document


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium. Ends with each module: beside it no other event loop can run."""
    from browsing import CHROMIUM_FLAGS, chromium

    path = chromium()
    if path is None:
        pytest.skip("no browser: install chromium, chromium-browser or google-chrome")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def embedder() -> PredictableEmbedder:
    """A model whose vectors can be worked out by hand, and which counts what it reads."""
    return PredictableEmbedder()
