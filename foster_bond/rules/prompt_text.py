"""Rules of the river, at its head: may these words be a prompt's text, and what will they cost?"""

import unicodedata
from dataclasses import dataclass

from foster_bond.rules.message_text import CHILD_WORDS, child_word, fills_in
from foster_bond.rules.segments import Measure, foreign_signs, measure, plain

MOST_PARTS = 3  # past this a prompt is a letter, and each part is billed


@dataclass(frozen=True, slots=True)
class PromptTextCheck:
    """The text as it would be kept, what forbids it (`problems`) and what its author should know (`notes`)."""

    text: str
    cost: Measure  # with the longest child word of its language
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def check_prompt_text(typed: str, language: str) -> PromptTextCheck:
    """Read one prompt's text in one language: plain signs put in, fills and length judged."""
    smoothed = plain(typed)
    text = smoothed.text.strip()
    longest = max(CHILD_WORDS[language], key=len)
    cost = measure(child_word(text, language, longest))
    problems = _problems(text, cost)
    notes = (*smoothed.changes, *_cost_notes(text, cost))
    return PromptTextCheck(text, cost, problems, notes)


def _problems(text: str, cost: Measure) -> tuple[str, ...]:
    if not text:
        return ("the text is empty",)
    found = [f"{{{name}}} is not a fill that a prompt may hold, only {{child}}" for name in _foreign_fills(text)]
    if _has_stray_brace(text):
        found.append("a brace stands alone; the only fill is {child}")
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign != "\n" for sign in text):
        found.append("the text holds a control sign")
    if cost.parts > MOST_PARTS:
        found.append(f"the text takes {cost.parts} segments; the most is {MOST_PARTS}")
    return tuple(found)


def _foreign_fills(text: str) -> tuple[str, ...]:
    return tuple(name for name in fills_in(text) if name != "child")


def _has_stray_brace(text: str) -> bool:
    for name in fills_in(text):
        text = text.replace(f"{{{name}}}", "")
    return "{" in text or "}" in text


def _cost_notes(text: str, cost: Measure) -> tuple[str, ...]:
    notes = []
    if cost.encoding == "UCS-2" and text:
        signs = " ".join(foreign_signs(text))
        notes.append(f"{signs} cut the room of a segment from 160 signs to 70")
    if 1 < cost.parts <= MOST_PARTS:
        notes.append(f"the text takes {cost.parts} segments")
    return tuple(notes)
