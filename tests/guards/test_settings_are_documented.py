"""Guard: an operator finds every setting, and every `make` word, in the documents."""

import re

import pytest

from foster_bond.settings import SETTING_NAMES
from tests.guards.tree import ROOT, files, text_of


def documents() -> str:
    return "".join(text_of(path) for path in files() if path == "README.md" or path.startswith("docs/"))


@pytest.mark.parametrize("name", SETTING_NAMES)
def test_a_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in documents()


def test_no_document_names_a_setting_that_is_none() -> None:
    named = set(re.findall(r"\b(?:FOSTER_BOND|TWILIO)_[A-Z_]+[A-Z]\b", documents()))
    assert named <= set(SETTING_NAMES)


@pytest.mark.parametrize("word", re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
def test_a_make_word_is_documented(word: str) -> None:
    assert f"`make {word}" in documents()
