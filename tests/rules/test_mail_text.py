"""Mails to staff say that somebody is needed, and nothing about whom or why."""

import pytest

from foster_bond.errors import InvalidInput
from foster_bond.library.mail_words import mail_words
from foster_bond.rules.mail_text import mail_text
from foster_bond.store.mails import WORDS

FILLS = {"agency": "Harbor", "link": "https://harbor.example/alerts"}


@pytest.mark.parametrize("kind", WORDS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_kind_is_whole_in_both_languages(kind: str, language: str) -> None:
    subject, body = mail_text(kind, language, FILLS)
    assert "\n" not in subject and "Harbor" in subject and FILLS["link"] in body
    assert "{" not in subject + body
    assert ("DRILL" in subject or "SIMULACRO" in subject) == kind.startswith("drill")


def test_every_mail_has_a_kind_and_a_stranger_has_none() -> None:
    assert set(mail_words()) == set(WORDS)
    with pytest.raises(InvalidInput):
        mail_text("rumour", "en", FILLS)
