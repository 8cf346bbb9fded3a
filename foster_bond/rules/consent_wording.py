"""Rules: which wording somebody agreed to: the fixed texts of an opt-in, each with a mark of its exact words."""

import hashlib

from foster_bond.library import system_texts
from foster_bond.rules.message_text import system_text_id

OPT_IN = ("W0", "W1", "W2")
ASKED_BY_TEXT = OPT_IN  # W0 asked, W1 and W2 answered the YES
RECORDED = ("W1", "W2")  # paper or spoken consent: the form's own wording, then our two texts


def version_of(name: str, country: str) -> str:
    """`W0 3f2a91c0`: the text's id and the first 8 hex of the SHA-256 of its words in every language."""
    text_id = system_text_id(name, country=country)
    texts = system_texts()[text_id].texts
    words = "\n".join(f"{language}: {texts[language]}" for language in sorted(texts))
    return f"{text_id} {hashlib.sha256(words.encode()).hexdigest()[:8]}"


def versions(names: tuple[str, ...], country: str) -> str:
    """The versions of several texts, as the ledger keeps them; a text that a country does not have is left out."""
    return ", ".join(version_of(name, country) for name in names if _has(name, country))


def _has(name: str, country: str) -> bool:
    return not (name == "W2" and country == "GB" and "UK-W2" not in system_texts())  # as steps/welcoming.py leaves it
