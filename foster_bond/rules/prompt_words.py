"""Rules of the river, at its head: what one version of a prompt says, as a value, and what stands open in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from foster_bond.library import LANGUAGES, prompts
from foster_bond.rules.prompt_lints import Finding, lint_prompt, without_exceptions


@dataclass(frozen=True, slots=True)
class PromptWords:
    """Everything a version says. `reason`: why its author leaves in what a lint speaks against."""

    technique: str
    level: int
    target: str
    reply: str
    roles: tuple[str, ...]
    texts: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


def to_record(words: PromptWords) -> dict[str, Any]:
    """The version as JSON values."""
    return {
        "technique": words.technique, "level": words.level, "target": words.target, "reply": words.reply,
        "roles": list(words.roles), "texts": dict(words.texts), "reason": words.reason,
    }  # fmt: skip


def from_record(record: Mapping[str, Any]) -> PromptWords:
    return PromptWords(
        technique=str(record["technique"]), level=int(record["level"]), target=str(record["target"]),
        reply=str(record["reply"]), roles=tuple(record["roles"]), texts=dict(record["texts"]),
        reason=str(record.get("reason", "")),
    )  # fmt: skip


def findings(key: str, texts: Mapping[str, str]) -> tuple[Finding, ...]:
    """What the lints see in these texts. A shipped text keeps its stated exceptions while its words are the shipped."""
    shipped = prompts().get(key)
    found: list[Finding] = []
    for language in LANGUAGES:
        text = texts.get(language, "")
        seen = lint_prompt(text, language)
        is_shipped = shipped is not None and shipped.texts.get(language) == text
        found += without_exceptions(key, seen) if is_shipped else seen
    return tuple(found)


def difference(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """Word by word what changed: ("same" | "gone" | "new", words), in the order they are read."""
    old, new = before.split(), after.split()
    pieces: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(("same", " ".join(old[a:b])))
            continue
        if b > a:
            pieces.append(("gone", " ".join(old[a:b])))
        if d > c:
            pieces.append(("new", " ".join(new[c:d])))
    return tuple(pieces)
