"""Rules, at the prompt desk: a prompt and a signature as somebody filled them in, or every field that is off."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from foster_bond.library import LANGUAGES, PROMPT_ROLES, REPLIES, TARGETS, TECHNIQUES
from foster_bond.rules.agency_form import OffFields
from foster_bond.rules.prompt_text import check_prompt_text
from foster_bond.rules.prompt_words import PromptWords

LONGEST_TEXT, LONGEST_NAME, LONGEST_REASON = 500, 120, 300
HARD = 4  # challenging and relationship patterns: never to a minor
Off = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Signature:
    """The clinician who has read a version: name, credential as they give it, and the day."""

    name: str
    credential: str
    on: date


def read_prompt_form(typed: Mapping[str, str], before: PromptWords | None = None) -> PromptWords:
    """What was filled in, checked as a whole. `before`: the words that are being changed.

    Raises: OffFields, each problem beside its field.
    """
    off: Off = {}
    technique = _one_of(typed, "technique", TECHNIQUES, "Choose what the prompt is meant to do.", off)
    level = TECHNIQUES.index(technique) if technique in TECHNIQUES else 0
    if before is not None and before.technique == technique:
        level = before.level  # a shipped one may stand on another rung than its technique's own
    words = PromptWords(
        technique=technique,
        level=level,
        target=_one_of(typed, "target", TARGETS, "Choose what it asks about.", off),
        reply=_one_of(typed, "reply", REPLIES, "Choose how people answer.", off),
        roles=_roles(typed, level, off),
        texts=_texts(typed, off),
        reason=_reason(typed, off),
    )
    if off:
        raise OffFields(off)
    return words


def _one_of(typed: Mapping[str, str], name: str, allowed: tuple[str, ...], said: str, off: Off) -> str:
    value = typed.get(name, "").strip()
    if value not in allowed:
        off[name] = (said,)
    return value


def _roles(typed: Mapping[str, str], level: int, off: Off) -> tuple[str, ...]:
    roles = tuple(role for role in PROMPT_ROLES if typed.get(f"role_{role}"))
    if not roles:
        off["roles"] = ("Choose at least one kind of person; as it stands nobody would be asked.",)
    elif "teen" in roles and level >= HARD:
        off["roles"] = ("Challenging and relationship prompts never go to a teen.",)
    return roles


def _texts(typed: Mapping[str, str], off: Off) -> dict[str, str]:
    texts = {}
    for language in LANGUAGES:
        given = typed.get(f"text_{language}", "").strip()
        if not given:
            continue
        check = check_prompt_text(given[: LONGEST_TEXT + 1], language)
        problems = [f"{said[0].upper()}{said[1:]}." for said in check.problems]
        if len(given) > LONGEST_TEXT:
            problems = ["This is longer than three texts in any alphabet; say less."]
        if problems:
            off[f"text_{language}"] = tuple(problems)
        texts[language] = check.text
    if not texts and not any(name.startswith("text_") for name in off):
        off["text_en"] = ("Write the text in one language at least.",)
    return texts


def _reason(typed: Mapping[str, str], off: Off) -> str:
    reason = " ".join(typed.get("reason", "").split())
    if len(reason) > LONGEST_REASON or _has_control(reason):
        off["reason"] = ("One plain sentence is enough: at most 300 signs.",)
    return reason


def as_typed(words: PromptWords) -> dict[str, str]:
    """What the form shows for a prompt: reading it gives the same words back."""
    fields = {
        "technique": words.technique, "target": words.target, "reply": words.reply, "reason": words.reason,
    } | {f"text_{language}": words.texts.get(language, "") for language in LANGUAGES}  # fmt: skip
    return fields | {f"role_{role}": "on" for role in words.roles}


def read_signature(typed: Mapping[str, str], today: date) -> Signature:
    """The signature as it was written down. Raises: OffFields."""
    off: Off = {}
    name = _line(typed, "signed_name", "Write the name of the clinician who has read it.", off)
    credential = _line(typed, "signed_as", "Write their credential, as they give it, like LCSW or psychologist.", off)
    day = today
    try:
        day = date.fromisoformat(typed.get("signed_on", "").strip())
    except ValueError:
        off["signed_on"] = ("Write the day like 2026-11-30.",)
    if "signed_on" not in off and day > today:
        off["signed_on"] = ("That day is still to come.",)
    if not typed.get("sure"):
        off["sure"] = ("Tick this once the clinician has read every language below.",)
    if off:
        raise OffFields(off)
    return Signature(name, credential, day)


def _line(typed: Mapping[str, str], name: str, said: str, off: Off) -> str:
    value = " ".join(typed.get(name, "").split())
    if not value:
        off[name] = (said,)
    elif len(value) > LONGEST_NAME or _has_control(value):
        off[name] = ("One line, at most 120 signs.",)
    return value


def _has_control(text: str) -> bool:
    return any(unicodedata.category(sign) == "Cc" for sign in text)
