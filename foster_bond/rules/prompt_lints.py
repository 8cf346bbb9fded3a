"""Rules of the river, at its head: what a clinician would cross out in a prompt, said to its author while typing.

A lint is a hint with a reason, no judge: it reads words, not meaning. Its finding is the lint and the words it means;
the page says why, in the reader's language.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from foster_bond.library.lint_words import lint_exceptions, lint_list, lint_patterns
from foster_bond.rules.folding import bare, fold
from foster_bond.rules.keyword_table import meanings_of

MOST_QUESTIONS = 2
MOST_SENTENCES = 6  # the longest shipped ones have five and a counter like "2 of 5."


class Lint(StrEnum):
    """What a prompt must not do without a stated reason."""

    CHILD_NAME = "child_name"  # a real name: it would reach everybody, and stand on a carrier's machines
    YES_NO = "yes_no"  # YES is an opt-in word at several carriers, and yes or no reflects nothing
    MANY_IDEAS = "many_ideas"  # one idea per text: who is tired answers one thing
    RESERVED_WORD = "reserved_word"  # a carrier or a crisis line acts on this word
    UNKNOWN_WORD = "unknown_word"  # a word to text back that this service does not know
    ADVICE = "advice"  # nothing is advised: the carer's own thinking is the point
    TOLD_FEELING = "told_feeling"  # nobody tells a carer what the child feels
    CLAIM = "claim"  # no therapy, no score, no diagnosis
    LINK = "link"  # never in one message with a link: it looks like fraud and it is tracked


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: which lint, in which language, and the words it is about."""

    lint: Lint
    language: str
    words: str


_SENTENCE = re.compile(r"[^.!?]*[.!?]+|[^.!?]+$")
_CLAUSE = re.compile(r"[,:;¿]|(?<=\s)-(?=\s)")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(?:com|org|net|gov|edu|info|io|me|us)\b", re.IGNORECASE)
_SENDS = r"(?:reply|text|send|write|type|answer|responda|responde|escriba|escribe|mande|manda|envíe|envie|ponga|poner)"
_COMMAND = re.compile(
    rf"\b{_SENDS}\s+(?:back\s+|with\s+|the word\s+|con\s+|la palabra\s+)?[\"'¡(]?([A-ZÁÉÍÓÚÑ]{{2,}})\b"
)
_ASKED_WORD = re.compile(rf"\b{_SENDS}\s+(?:back\s+|with\s+|con\s+)?[\"']([\w ]{{2,12}})[\"']", re.IGNORECASE)
_CAPITALS = re.compile(r"(?<![\w'’])[A-ZÁÉÍÓÚÑ]{2,}(?![\w'’])")

_AUXILIARY = frozenset(
    "do does did is are am was were have has had can could will would shall should may might must don't doesn't didn't "
    "isn't aren't wasn't weren't haven't hasn't can't couldn't won't wouldn't ok okay ready".split()
)
_ASKING = frozenset("what who whom whose which when where why how".split())
_LEADS = frozenset(
    "and so but then still now well to at in on for from with by of about until y e pero entonces de a con por".split()
)
_PREGUNTA = frozenset("que quien quienes como cuando donde cual cuales cuanto cuantos cuanta cuantas adonde".split())
_YES_OR_NO = re.compile(r"\b(?:yes or no|y/n|yes/no|si o no|si/no)\b|\b(?:right|verdad|no es asi|isn.?t it)\s*\?")
_OTHER_IDEA = re.compile(
    r"\b(?:also|by the way|on another note|another thing|one more thing|ademas|por cierto|otra cosa:|otra pregunta)\b"
)


def lint_prompt(text: str, language: str) -> tuple[Finding, ...]:
    """Everything to look at in one text of a prompt, in the order of the list above."""
    found: list[Finding] = []
    for lint, words in (
        (Lint.CHILD_NAME, _names(text)),
        (Lint.YES_NO, _yes_no(text, language)),
        (Lint.MANY_IDEAS, _ideas(text)),
        (Lint.RESERVED_WORD, _reserved(text)),
        (Lint.UNKNOWN_WORD, _unknown(text)),
        (Lint.ADVICE, _matches("advice", text, language)),
        (Lint.TOLD_FEELING, _told(text, language)),
        (Lint.CLAIM, _matches("claims", text, language)),
        (Lint.LINK, [one[0] for one in _LINK.finditer(text)]),
    ):
        found += [Finding(lint, language, one) for one in dict.fromkeys(words)]
    return tuple(found)


def without_exceptions(prompt_key: str, found: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that no stated exception of a shipped prompt covers."""
    stated = lint_exceptions().get(prompt_key)
    return tuple(one for one in found if stated is None or one.lint.value not in stated.lints)


def _sentences(text: str) -> list[str]:
    return [one.strip() for one in _SENTENCE.findall(text) if one.strip()]


def _questions(text: str) -> list[str]:
    return [one for one in _sentences(text) if one.endswith("?")]


def _names(text: str) -> list[str]:
    """Words that look like a person's name: a capital in mid-sentence, or a known name at its beginning."""
    allowed = lint_list("not_names")
    found = []
    for sentence in _sentences(text):
        opens = True
        for word in _WORD.finditer(sentence):
            stem = re.sub(r"['’]s?$", "", word[0])
            before = sentence[: word.start()].rstrip()
            opens = opens or before.endswith((":", '"', "'", "“", "(", "¿", "¡"))
            shouted = len(stem) > 1 and stem.isupper()
            capital = stem[0].isupper() and not shouted and stem not in allowed and not stem.startswith("I'")
            if capital and (not opens or bare(stem) in _known_names()):
                found.append(stem)
            opens = False
    return found


@cache
def _known_names() -> frozenset[str]:
    return frozenset(bare(name) for name in lint_list("names"))


def _yes_no(text: str, language: str) -> list[str]:
    found = [one for one in _questions(text) if _YES_OR_NO.search(bare(one))]
    asks = _is_closed_es if language == "es" else _is_closed_en
    return [*found, *(one for one in _questions(text) if asks(one))]


def _is_closed_en(question: str) -> bool:
    """Whether the clause that asks begins like a yes-or-no question and offers no choice."""
    kind = ""
    for clause in _CLAUSE.split(bare(question).replace("’", "'")):
        words = re.findall(r"[\w'{}]+", clause)
        while len(words) > 1 and words[0] in _LEADS:
            words = words[1:]
        if words and words[0] in _ASKING:
            kind = "open"
        elif words and words[0] in _AUXILIARY:
            kind = "choice" if re.search(r"\bor\b(?! (?:no|not)\b)", question) else "closed"
    return kind in ("closed", "")


def _is_closed_es(question: str) -> bool:
    """The same between ¿ and ?: an asking word among its first three, a "what if", or a choice keeps it open."""
    asked = question.rpartition("¿")[2].casefold()
    words = re.findall(r"[\w{}/]+", asked)
    accented = any(bare(word) in _PREGUNTA and word != bare(word) for word in words[:3])
    first = next((word for word in words if word not in _LEADS), "")  # writers leave accents out: que for qué
    opens = accented or first in _PREGUNTA or words[:2] == ["y", "si"]
    return not opens and not re.search(r"\b[ou]\b(?! no\b)", re.sub(r"\w/\w", "", asked))


def _ideas(text: str) -> list[str]:
    questions = _questions(text)
    found = [one[0] for one in _OTHER_IDEA.finditer(bare(text))]
    if len(questions) > MOST_QUESTIONS:
        found.append(questions[MOST_QUESTIONS])
    if len(_sentences(text)) > MOST_SENTENCES:
        found.append(_sentences(text)[MOST_SENTENCES])
    return found


def _reserved(text: str) -> list[str]:
    reserved = {fold(word) for word in lint_list("reserved")}
    spoken = [one[0] for one in _CAPITALS.finditer(text)] + [one[1] for one in _ASKED_WORD.finditer(text)]
    return [one for one in spoken if fold(one) in reserved]


def _unknown(text: str) -> list[str]:
    reserved = {fold(word) for word in lint_list("reserved")}
    told = [one[1] for one in _COMMAND.finditer(_spoken_small(text))]
    return [one for one in told if fold(one) not in reserved and not meanings_of(fold(one))]


def _spoken_small(text: str) -> str:
    """The text with the verb that asks for a word in small letters, so that only that word has capitals."""
    return re.sub(rf"\b{_SENDS}\b", lambda one: one[0].lower(), text, flags=re.IGNORECASE)


def _told(text: str, language: str) -> list[str]:
    told = [one for one in _sentences(text) if not one.endswith("?")]
    return [found for one in told for found in _matches("told", one, language)]


def _matches(kind: str, text: str, language: str) -> list[str]:
    said = bare(text)
    return [one[0].strip() for pattern in _compiled(kind, language) for one in pattern.finditer(said)]


@cache
def _compiled(kind: str, language: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(one) for one in lint_patterns(kind, language))
