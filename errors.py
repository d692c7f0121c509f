"""What a person can put right. Each error says what is wrong and, as `remedy`, what to do."""

from __future__ import annotations


class DocentError(Exception):
    """A fault that a person can mend; its text is one line: what is wrong, then the remedy."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what} {remedy}")
        self.what = what
        self.remedy = remedy


class DocumentError(DocentError):
    """A file that cannot be read as a document."""


class IndexMissing(DocentError):
    """There is no index where one was looked for."""


class IndexDamaged(DocentError):
    """An index is there and cannot be trusted: truncated, altered, or written by a newer Docent."""


class IndexBusy(DocentError):
    """Another process is building the same index."""


class ModelError(DocentError):
    """A model is missing, altered, or not the one the index was made with."""


class QuestionError(DocentError):
    """A question, or a file of questions, that cannot be read."""


class SettingError(DocentError):
    """A setting given by flag, environment or collection.toml that cannot be used."""
