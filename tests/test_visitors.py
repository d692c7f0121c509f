"""Fifty visitors at once, over HTTP, against the real app in a process of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

import pytest

from benchmarks.visitors import Visit, memory_mb, serving, towns, visit_together

N_VISITORS = 50
MOST_GROWTH_MB = 150.0  # one more embedding model with its runtime would be more


@dataclass(frozen=True, slots=True)
class Rush:
    """What the visitors saw, and the server's memory when it had answered two and all of them."""

    visits: list[Visit]
    before_mb: float
    after_mb: float


@pytest.fixture(scope="module")
def rush(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rush]:
    asked_about = towns(N_VISITORS)
    with serving(asked_about, tmp_path_factory.mktemp("visitors")) as (address, process):
        visit_together(address, asked_about[:2])
        before = memory_mb(process.pid)
        visits = visit_together(address, asked_about)
        yield Rush(visits, before, memory_mb(process.pid))


def quotes(html: str) -> list[str]:
    found = re.findall(r'<blockquote><p class="words"[^>]*>(.*?)</p>', html, re.DOTALL)
    return [unescape(re.sub("<[^>]*>", "", words)) for words in found]


def test_each_visitor_is_answered_about_his_own_town(rush: Rush) -> None:
    assert len(rush.visits) == N_VISITORS
    for visit in rush.visits:
        assert f"takes place in {visit.town.month}" in quotes(visit.first)[0]
        assert visit.town.name in quotes(visit.first)[0]


def test_no_follow_up_takes_up_another_visitors_question(rush: Rush) -> None:
    names = {visit.town.name for visit in rush.visits}
    for visit in rush.visits:
        understood = re.findall(r'<p class="understood"[^>]*>.*?<q>(.*?)</q>', visit.second)
        assert [name for name in names if name in understood[0]] == [visit.town.name]
        assert visit.town.founder in quotes(visit.second)[0]


def test_the_models_are_loaded_once_for_all(rush: Rush) -> None:
    if rush.before_mb != rush.before_mb:
        pytest.skip("this system does not tell a process's memory in /proc")
    assert rush.after_mb - rush.before_mb < MOST_GROWTH_MB
