"""Until the answering pipeline is there, the tests of the whole app wait for it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from predictable import PredictableEmbedder

from datatypes import Document
from index.build import build_index
from index.embedder import Embedder, load_embedder
from index.passage_index import PassageIndex

DOCUMENTS = Path(__file__).parent.parent / "documents"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if importlib.util.find_spec("answerer.pipeline") is None:
        for item in items:
            if "test_the_app_answers" in item.name or "test_no_documents" in item.name:
                item.add_marker(pytest.mark.skip(reason="answerer.pipeline is not written yet"))


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
    (document_id,) = default_index.document_ids()
    document = default_index.document(document_id)
    assert document is not None
    return document


@pytest.fixture
def embedder() -> PredictableEmbedder:
    """A model whose vectors can be worked out by hand, and which counts what it reads."""
    return PredictableEmbedder()
