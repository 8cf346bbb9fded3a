"""Rules of the pages: the shipped prompts that stand as examples where the practice is explained."""

from collections.abc import Mapping

from foster_bond.library import prompts
from foster_bond.rules.message_text import child_word

SHOWN = ("B1", "S1", "S2", "C1", "E1", "E5", "H3", "T4", "D1", "D3", "D4", "P2A", "P2B", "TN8", "R1")


def examples(language: str) -> Mapping[str, str]:
    """Shipped prompts by id, as they stand on a phone, in the reader's language where there is one."""
    texts = {key: prompts()[key].texts for key in SHOWN}
    spoken = {key: language if language in found else "en" for key, found in texts.items()}
    return {key: child_word(texts[key][spoken[key]], spoken[key]) for key in SHOWN}
