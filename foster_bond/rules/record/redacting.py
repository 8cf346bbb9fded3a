"""Rules of the record: a copy in which chosen words cannot be read; the record it was made of stays as it is."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from foster_bond.errors import InvalidInput
from foster_bond.rules.folding import bare
from foster_bond.rules.record.values import Entry, EntryKind, Person, Quote, Record, Summary
from foster_bond.rules.record.words import word

MOST, LONGEST, SHORTEST = 200, 80, 2
_LETTER = r"[^\W_]"


def read_words(typed: str) -> tuple[str, ...]:
    """What to take out, one a line. Raises: InvalidInput where a line says too little or too much."""
    lines = [" ".join(line.split()) for line in typed.splitlines()]
    wanted = tuple(dict.fromkeys(line for line in lines if line))
    if len(wanted) > MOST:
        raise InvalidInput(f"At most {MOST} words or phrases can be taken out of one copy.")
    if any(not SHORTEST <= len(line) <= LONGEST for line in wanted):
        raise InvalidInput(f"Each line has {SHORTEST} to {LONGEST} signs.")
    return wanted


def redacted(record: Record, words: Sequence[str]) -> Record:
    """The same record without these words and without the names of the family.

    They go by their references, or, where a reference is made of a name, by their place in it.
    """
    names = _parts((*(one.name for one in record.people), *(name for name, _ref in record.household)))
    named = _parts((record.family_name, *names))
    family = _opaque(record.family_ref, named, "family")
    cut = _cutter((*words, record.family_name, *names), word("redacted", record.language))
    return replace(
        record,
        redacted=True,
        agency=cut(record.agency),
        worker=cut(record.worker),
        made_by=cut(record.made_by),
        family_name=family,
        family_ref=family,
        household=(),
        people=tuple(
            _person(one, cut, _opaque(one.ref, named, f"person-{number}"))
            for number, one in enumerate(record.people, 1)
        ),
        family=tuple(_entry(one, cut) for one in record.family),
        seen=tuple(_entry(one, cut) for one in record.seen),
    )


def redacted_summary(summary: Summary, words: Sequence[str], names: Iterable[tuple[str, str]]) -> Summary:
    """The same summary without these words; `names` = each person's name and reference."""
    listed = tuple(names)
    named = _parts((summary.family_name, *(name for name, _ref in listed)))
    known = {name: _opaque(ref, named, f"person-{number}") for number, (name, ref) in enumerate(listed, 1)}
    cut = _cutter((*words, summary.family_name, *_parts(known)), word("redacted", summary.language))
    family = _opaque(summary.family_ref, named, "family")
    return replace(
        summary, redacted=True, agency=cut(summary.agency), made_by=cut(summary.made_by),
        family_name=family, family_ref=family, note=cut(summary.note),
        quotes=tuple(_quote(one, cut, known) for one in summary.quotes),
    )  # fmt: skip


def _parts(names: Iterable[str]) -> list[str]:
    """The names and each of their parts: a reply says "Ben", not "Ben Okafor"."""
    return [part for name in names for part in (name, *name.split()) if len(part) >= SHORTEST]


def _opaque(ref: str, names: Iterable[str], otherwise: str) -> str:
    """The reference, unless a name of the family can be read in it."""
    read = bare(ref)
    return otherwise if any(len(one) > SHORTEST and bare(one) in read for one in names) else ref


def _quote(one: Quote, cut: Callable[[str], str], known: dict[str, str]) -> Quote:
    return replace(one, who=known.get(one.who, cut(one.who)), words=cut(one.words), asked=cut(one.asked))


def _person(one: Person, cut: Callable[[str], str], ref: str) -> Person:
    return replace(one, name=ref, ref=ref, phone_end="", entries=tuple(_entry(entry, cut) for entry in one.entries))


def _entry(one: Entry, cut: Callable[[str], str]) -> Entry:
    what = cut(one.what) if one.kind is EntryKind.HAND_OVER else one.what  # of the others it is a word of ours
    return replace(one, words=cut(one.words), asked=cut(one.asked), why=cut(one.why), by=cut(one.by), what=what)


def _cutter(words: Iterable[str], mark: str) -> Callable[[str], str]:
    """Takes whole words out, whatever their case and accents."""
    wanted = sorted({bare(one) for one in words if one.strip()}, key=len, reverse=True)
    if not wanted:
        return lambda text: text
    joined = "|".join(r"\s+".join(re.escape(piece) for piece in one.split()) for one in wanted)
    pattern = re.compile(rf"(?<!{_LETTER})(?:{joined})(?!{_LETTER})")
    return lambda text: _cut(text, pattern, mark)


def _cut(text: str, pattern: re.Pattern[str], mark: str) -> str:
    """Found in a copy without case and accents, cut in the text itself, sign by sign."""
    folded, origin = [], []
    for place, sign in enumerate(text):
        for piece in bare(sign) or "":
            folded.append(piece)
            origin.append(place)
    found = list(pattern.finditer("".join(folded)))
    for one in reversed(found):
        start, end = origin[one.start()], origin[one.end() - 1] + 1
        text = text[:start] + mark + text[end:]
    return text
