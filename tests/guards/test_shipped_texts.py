"""Every text we ship fits one GSM-7 segment with its fills, and every programme names prompts for the right people."""

import re
from collections.abc import Iterator
from hashlib import sha256

import pytest

from foster_bond.library import (
    LANGUAGES,
    PROMPT_ROLES,
    REPLIES,
    TARGETS,
    TECHNIQUES,
    LibraryProgramme,
    LibraryPrompt,
    SystemText,
    programmes,
    prompts,
    system_texts,
)
from foster_bond.rules.message_text import CHILD_WORDS, SAMPLES, UK_SAMPLES, child_word, fills_in, render
from foster_bond.rules.segments import Measure, measure, plain

SENDER_PREFIX = "x" * 29  # the longest sender name that a prompt may carry in front, as the texts promise
MESSAGES, TEXTS = 142, 276
REVIEWED_PROMPTS, SYSTEM_TEXTS = 67, 75
BOTH = {"N5", "D-BASE"}  # prompt and system text at once; the words stand once

LITERAL_CHILD = {"PRIVACY", "MEDIA"}  # these two speak of the words themselves and of any child
WRITTEN = "c428f5176a1195ee7820bd6bd9029ac0496b3276dd30e1956101eec7eb6c06bf"


def one_segment(text: str) -> bool:
    cost = measure(text)
    return (cost.encoding, cost.parts) == ("GSM-7", 1)


def every_text() -> Iterator[tuple[str, str, str]]:
    """Id, language, words; what is both prompt and system text comes once."""
    for prompt in prompts().values():
        yield from ((prompt.id, language, words) for language, words in prompt.texts.items())
    for text in system_texts().values():
        if text.id not in BOTH:
            yield from ((text.id, language, words) for language, words in text.texts.items())


def filled(text: SystemText, words: str) -> str:
    samples = UK_SAMPLES if text.country == "GB" else SAMPLES
    return render(words, {name: "x" * room for name, room in samples.items()})


def test_nothing_was_lost_on_the_way() -> None:
    """The counts of the source: 142 messages, 276 texts, 67 prompts and 75 system texts."""
    assert len(set(prompts()) | set(system_texts())) == MESSAGES
    assert len(list(every_text())) == TEXTS
    assert len(set(prompts()) - {"N5"}) == REVIEWED_PROMPTS
    assert len(set(system_texts()) - {"D-BASE"}) == SYSTEM_TEXTS


@pytest.mark.parametrize("prompt", prompts().values(), ids=lambda prompt: prompt.id)
def test_a_prompt_fits_with_a_sender_in_front_and_any_child_word(prompt: LibraryPrompt) -> None:
    assert set(prompt.texts) == set(LANGUAGES)
    for language, words in prompt.texts.items():
        assert set(fills_in(words)) <= {"child"}
        for word in CHILD_WORDS[language]:
            said = child_word(words, language, word)
            assert one_segment(said), (said, measure(said))
            if prompt.id not in BOTH:
                assert one_segment(SENDER_PREFIX + said), (said, measure(said))


@pytest.mark.parametrize("text", system_texts().values(), ids=lambda text: text.id)
def test_a_system_text_fits_with_its_longest_fills(text: SystemText) -> None:
    assert set(text.texts) == ({"en"} if text.country == "GB" else set(LANGUAGES))
    for words in text.texts.values():
        assert one_segment(filled(text, words)), (words, measure(filled(text, words)))


@pytest.mark.parametrize("text", [text for text in system_texts().values() if text.id.startswith("ST")],
                         ids=lambda text: text.id)  # fmt: skip
def test_a_staff_text_fits_in_a_drill_too(text: SystemText) -> None:
    for language, mark in (("en", "DRILL. "), ("es", "SIMULACRO. ")):
        assert one_segment(mark + filled(text, text.texts[language]))


@pytest.mark.parametrize("text", system_texts().values(), ids=lambda text: text.id)
def test_both_languages_hold_the_same_fills(text: SystemText) -> None:
    held = {frozenset(fills_in(words)) for words in text.texts.values()}
    assert len(held) == 1
    assert held.pop() <= set(SAMPLES) - {"child"}


def test_the_signs_are_plain() -> None:
    for key, language, words in every_text():
        assert plain(words).changes == (), (key, language)
        assert words == words.strip()
        assert "  " not in words


def test_the_default_child_word_gives_the_words_as_they_were_written() -> None:
    """The digest was made from the source itself, not from our files. Changing a word on purpose changes it too: have
    the new words read by a person who knows families, in both languages, and then put the new digest here.
    """
    lines = sorted((key, language, child_word(words, language)) for key, language, words in every_text())
    digest = sha256("\n".join("\t".join(line) for line in lines).encode()).hexdigest()
    assert digest == WRITTEN


def test_the_child_is_named_by_the_token_only() -> None:
    assert child_word(prompts()["P6A"].texts["en"], "en").startswith("The child's birthday, your side:")
    for key, _language, words in every_text():
        if key not in LITERAL_CHILD:
            assert not re.search(r"\bthe child\b|\bsu niño/a\b", words, re.IGNORECASE), key


# The longest of each kind, as measured when the texts were checked: a changed word shows here.
@pytest.mark.parametrize(
    ("key", "language", "septets"),
    [
        ("S1", "en", 129),
        ("C2", "es", 131),
        ("T4", "es", 122),
        ("H1", "es", 105),
        ("TN4", "es", 125),
        ("P2B", "es", 126),
    ],
)
def test_the_longest_prompts_keep_their_measured_length(key: str, language: str, septets: int) -> None:
    assert measure(child_word(prompts()[key].texts[language], language)) == Measure("GSM-7", septets, 1)


@pytest.mark.parametrize("prompt", prompts().values(), ids=lambda prompt: prompt.id)
def test_a_prompt_is_described_in_our_words(prompt: LibraryPrompt) -> None:
    assert prompt.technique in TECHNIQUES
    assert 0 <= prompt.level <= 5
    assert prompt.target in TARGETS
    assert prompt.reply in REPLIES
    assert prompt.roles and set(prompt.roles) <= set(PROMPT_ROLES)


@pytest.mark.parametrize("prompt", [one for one in prompts().values() if "teen" in one.roles], ids=lambda one: one.id)
def test_a_teen_never_gets_the_hard_rungs_or_a_dream_journey(prompt: LibraryPrompt) -> None:
    assert prompt.level < 4
    assert prompt.flow is None


@pytest.mark.parametrize("programme", programmes().values(), ids=lambda programme: programme.id)
def test_a_programme_names_prompts_for_the_people_who_get_them(programme: LibraryProgramme) -> None:
    assert programme.kind in ("ladder", "ordered")
    assert [week.week for week in programme.weeks] == list(range(1, len(programme.weeks) + 1))
    for slot in (slot for week in programme.weeks for slot in week.slots):
        for key in filter(None, (slot.prompt, slot.if_held)):
            assert set(slot.roles) <= set(prompts()[key].roles), (key, slot.roles)
        assert set(slot.roles) <= set(programme.roles)
        if slot.if_held:
            assert prompts()[slot.if_held].level < prompts()[slot.prompt].level


@pytest.mark.parametrize("programme", programmes().values(), ids=lambda programme: programme.id)
def test_a_programme_says_what_its_readers_must_know(programme: LibraryProgramme) -> None:
    assert not programme.reviewed  # no clinician has signed one yet: changing this needs a name
    for words in (programme.intent, programme.dose, programme.gates, programme.limits, programme.evidence):
        assert len(words) > 20


def test_the_first_twelve_weeks_keep_their_gates() -> None:
    """Nothing above L2 in the first two weeks; L4 from week 4 on, in the third slot only; S2 opens each week."""
    weeks = programmes()["first-twelve-weeks"].weeks
    assert sum(len(week.slots) for week in weeks) == 36
    for week in weeks:
        levels = [prompts()[slot.prompt].level for slot in week.slots]
        assert max(levels) <= (2 if week.week <= 2 else 3 if week.week <= 3 else 4)
        assert 4 not in levels[:2] and 5 not in levels
        assert "S2" in [slot.prompt for slot in week.slots[:2]]
