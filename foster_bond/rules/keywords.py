"""Inbound text → what the person wants of us: the keyword table, its order and its one answer per text.

The caller takes quoted parts out first (`filing.strip_reaction`) and looks for warning signs beside this, not after it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import time
from functools import cache

from foster_bond.library.keywords import keyword_words
from foster_bond.rules.folding import fold, unsigned
from foster_bond.rules.keyword_arguments import Argument, asked_hour, asked_language, pause_length
from foster_bond.rules.keyword_table import (
    RANK,
    Meaning,
    language_of,
    listed,
    meanings_of,
    polite_words,
    without_polite,
)
from foster_bond.rules.stop_wishes import asks_to_stop, is_quoted, plain_request, sentences_of, unclear_wish

__all__ = ["Meaning", "OpenQuestions", "Reading", "read", "stop_set_off_at_start"]

USUAL_HOURS = (time(9), time(20))
_LONGEST = 12  # words; a longer text is never "nothing but keywords"


@dataclass(frozen=True, slots=True)
class OpenQuestions:
    """What of ours waits for this person's answer; it decides which words are live.

    consent_ask: W0. reconfirm: N1. hold: K11 ("did you want these texts to stop?"). flow: a Dream Journey.
    prompt: a reflection prompt. staff_alert: an alert text to this staff number.
    after_no: their last text, up to 15 minutes ago, was a bare NO.
    """

    consent_ask: bool = False
    reconfirm: bool = False
    hold: bool = False
    flow: bool = False
    prompt: bool = False
    staff_alert: bool = False
    after_no: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text means. Everything but `meaning` is there only where the text says it.

    days: length of a PAUSE. hour: of TIME; None = ask back. language: target of LANGUAGE; None = the other one.
    said_in: language of the keyword, None where both share it. signed: the signature as written.
    answers: which question a YES or NO answers ("hold", "consent_ask", "reconfirm"); a YES to `hold` arrives as `stop`.
    note: what staff should know: "pause_until", "pause_too_long", "records_request".
    also: lower meanings said in the same text ("Stop. Help me" is a stop that also asks for help).
    """

    meaning: Meaning
    days: int | None = None
    hour: time | None = None
    language: str | None = None
    said_in: str | None = None
    signed: str | None = None
    answers: str | None = None
    note: str | None = None
    also: tuple[Meaning, ...] = ()


def read(
    text: str,
    *,
    asked: OpenQuestions,
    names: Sequence[str] = (),
    hours: tuple[time, time] = USUAL_HOURS,
) -> Reading:
    """What the text means, by the keyword table and its order; a near miss is a reply, which a person reads.

    `names` are the names on record for this phone; `hours` the polite hours, for "TIME 7" without am or pm.
    """
    ear = _Ear(asked, hours)
    letter = unsigned(text, names)
    signed = letter.signed if letter.known else None
    whole, bared = fold(text), fold(letter.text)
    for folded, name in dict.fromkeys(((whole, None), (bared, letter.signed if bared != whole else None))):
        hits = ear.keywords_only(folded)
        if hits:
            return _reading(hits, name)
    if any(form in listed("records_request", "any") for form in (whole, bared, *without_polite(bared))):
        return Reading(Meaning.REPLY, note="records_request", signed=signed)
    hits = ear.every_sentence(text) or ear.every_sentence(letter.text)
    if hits:
        return _reading(hits, letter.signed)
    wish = unclear_wish(letter.text)
    if wish:
        return Reading(Meaning.UNCLEAR_STOP, said_in=wish.language, signed=signed)
    return Reading(Meaning.REPLY, signed=signed)


def stop_set_off_at_start(text: str) -> bool:
    """A stop word or plain request stands as the first sentence, whatever follows: `Stop. I want to die`."""
    first = next(iter(sentences_of(text)), "")
    return not is_quoted(first) and (asks_to_stop(first) or Meaning.STOP in meanings_of(fold(first)))


_NONE = Argument()


@dataclass(frozen=True, slots=True)
class _Hit:
    meaning: Meaning
    argument: Argument = _NONE
    said_in: str | None = None
    answers: str | None = None


@dataclass(frozen=True, slots=True)
class _Ear:
    """What one person's words can mean just now."""

    asked: OpenQuestions
    hours: tuple[time, time]

    def keywords_only(self, folded: str) -> list[_Hit]:
        """Every keyword of a text that is nothing but keywords and polite words, or one plain request; else nothing."""
        said = folded.split()
        if not 1 <= len(said) <= _LONGEST:
            return []
        exact = self._hits_of(tuple(said))
        if exact:
            return exact
        wrong = _wrong_number(said)
        if wrong:
            return [wrong]
        split = self._split(tuple(said))
        wish = next((wish for form in (folded, *without_polite(folded)) if (wish := plain_request(form))), None)
        return [_Hit(Meaning.STOP, said_in=wish.language), *split] if wish else split

    def every_sentence(self, text: str) -> list[_Hit]:
        """The keywords of a text whose every sentence is one, or a plain request, or polite; else nothing."""
        sentences = [fold(sentence) for sentence in sentences_of(text)[: _LONGEST + 1]]
        if not 2 <= len(sentences) <= _LONGEST:
            return []
        found = [self.keywords_only(sentence) for sentence in sentences if sentence not in polite_words()]
        return [hit for hits in found for hit in hits] if all(found) else []

    def _split(self, said: tuple[str, ...]) -> list[_Hit]:
        """The text cut into keywords and polite words without a rest, longer keywords first."""
        best: dict[int, list[_Hit]] = {len(said): []}
        for at in range(len(said) - 1, -1, -1):
            for end in range(len(said), at, -1):
                piece = said[at:end]
                hits = self._hits_of(piece) if end in best else []
                if end in best and (hits or " ".join(piece) in polite_words()):
                    best[at] = hits + best[end]
                    break
        return best.get(0, [])

    def _hits_of(self, said: tuple[str, ...]) -> list[_Hit]:
        """The highest live meaning of exactly these words, or nothing."""
        folded = " ".join(said)
        hits = [hit for meaning in meanings_of(folded) if (hit := self._live(meaning, folded))]
        if folded == "1" and self.asked.staff_alert:
            hits.append(_Hit(Meaning.TAKE_ALERT))
        if folded in listed("without_a_flow", "unclear_stop") and not self.asked.flow:
            hits.append(_Hit(Meaning.UNCLEAR_STOP, said_in="es"))
        if folded in listed("after_a_no", "unclear_stop") and self.asked.after_no:
            hits.append(_Hit(Meaning.UNCLEAR_STOP))
        if not hits and len(said) > 1:
            hits = self._with_argument(said[0], said[1:])
        return sorted(hits, key=_rank)[:1]

    def _live(self, meaning: Meaning, folded: str) -> _Hit | None:
        """The meaning as this person's open questions make it, or None where the word is not live."""
        hit = _Hit(meaning, said_in=language_of(folded, meaning))
        if meaning in (Meaning.YES, Meaning.NO):
            return self._answer(hit)
        if meaning in (Meaning.GO, Meaning.DONE):
            return hit if self.asked.flow else None
        if meaning is Meaning.WRONG_NUMBER and folded in listed("only_while_asked", "wrong_number"):
            return hit if self.asked.consent_ask or self.asked.reconfirm else None
        if meaning is Meaning.PAUSE:
            return replace(hit, argument=pause_length(()) or Argument())
        if meaning is Meaning.LANGUAGE:
            return replace(hit, argument=asked_language((folded,)) or Argument())
        return hit

    def _answer(self, hit: _Hit) -> _Hit | None:
        """A YES or NO to our open question: K11, then W0, then N1. With none open it is a reply."""
        if self.asked.hold:
            meaning = Meaning.STOP if hit.meaning is Meaning.YES else hit.meaning
            return replace(hit, meaning=meaning, answers="hold")
        if self.asked.consent_ask:
            return replace(hit, answers="consent_ask")
        return replace(hit, answers="reconfirm") if self.asked.reconfirm else None

    def _with_argument(self, word: str, rest: tuple[str, ...]) -> list[_Hit]:
        """PAUSE, TIME or LANGUAGE with what follows it."""
        parsed: Iterator[tuple[Meaning, Argument | None]] = iter(
            (
                (Meaning.PAUSE, pause_length(rest)),
                (Meaning.TIME, asked_hour(rest, self.hours)),
                (Meaning.LANGUAGE, asked_language(rest)),
            )
        )
        meanings = meanings_of(word)
        return [_Hit(m, argument, language_of(word, m)) for m, argument in parsed if argument and m in meanings]


def _rank(hit: _Hit) -> int:
    return RANK[hit.meaning]


@cache
def _wrong_number_phrases() -> tuple[tuple[str, frozenset[str], tuple[tuple[str, ...], ...]], ...]:
    """By language: the words that may stand around, and the phrases of more than one word."""
    lists = keyword_words()
    found = []
    for language in ("en", "es"):
        phrases = [fold(word) for word in lists["meanings"]["wrong_number"][language]]
        phrases += lists["around_wrong_number"]["also"] if language == "es" else []
        several = tuple(tuple(words.split()) for words in phrases if " " in words)
        found.append((language, frozenset(lists["around_wrong_number"][language]), several))
    return tuple(found)


def _wrong_number(said: list[str]) -> _Hit | None:
    """`Sorry, you have the wrong number`: the phrase and nothing but the words that usually stand around it."""
    words = tuple(said)
    for language, around, phrases in _wrong_number_phrases():
        for phrase in phrases:
            for at in range(len(words) - len(phrase) + 1):
                if words[at : at + len(phrase)] != phrase:
                    continue
                if all(word in around for word in words[:at] + words[at + len(phrase) :]):
                    return _Hit(Meaning.WRONG_NUMBER, said_in=language)
    return None


def _reading(hits: list[_Hit], signed: str | None) -> Reading:
    """One reading for several hits: the highest is the meaning, the others are kept beside it."""
    first, *others = sorted(hits, key=_rank)
    return Reading(
        first.meaning,
        days=first.argument.days,
        hour=first.argument.hour,
        language=first.argument.language,
        said_in=first.said_in,
        signed=signed,
        answers=first.answers,
        note=first.argument.note,
        also=tuple(dict.fromkeys(hit.meaning for hit in others if hit.meaning is not first.meaning)),
    )
