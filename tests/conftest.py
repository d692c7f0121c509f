"""Until the answering pipeline is there, the tests of the whole app wait for it."""

import importlib.util

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if importlib.util.find_spec("answerer.pipeline") is None:
        for item in items:
            if "test_the_app_answers" in item.name or "test_no_documents" in item.name:
                item.add_marker(pytest.mark.skip(reason="answerer.pipeline is not written yet"))
