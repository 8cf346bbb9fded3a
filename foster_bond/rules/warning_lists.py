"""The shipped warning phrases, made ready to match once per process."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

from foster_bond.library.warning_phrases import LANGUAGES, warning_phrases
from foster_bond.rules.phrases import PhraseBook
from foster_bond.rules.sounds import sound_of

_SHORTEST_RESPELT = 7  # letters; shorter words have too many honest neighbours (hit, hat, hid)
_SHORTEST_BEGINNING = 4  # letters: `haha*`


@dataclass(frozen=True, slots=True)
class Pattern:
    """One phrase pattern. Its id stays the same until its wording changes.

    firm: only a denial lowers it. hint: a single word or so, which an idiom beside it explains away.
    denies: it names a word of denial itself ("does not breathe").
    """

    id: str
    category: str
    priority: str
    firm: bool
    hint: bool
    denies: bool


@dataclass(frozen=True, slots=True)
class WarningLists:
    """Everything `warning_signs.find` compares with."""

    book: PhraseBook
    patterns: Mapping[str, Pattern]
    idioms: Mapping[str, frozenset[str]]  # with the categories that each can stand for
    denial: frozenset[str]
    not_denied: frozenset[str]
    softening: Mapping[str, frozenset[str]]

    def softened_by(self, word: str) -> frozenset[str]:
        """The categories of hit that this word softens by standing in the same sentence."""
        found = self.softening.get(word, frozenset())
        for length in range(_SHORTEST_BEGINNING, len(word) + 1):
            found |= self.softening.get(word[:length] + "*", frozenset())
        return found


@cache
def warning_lists() -> WarningLists:
    """Both languages in one tree, so that a text is read once."""
    patterns: dict[str, Pattern] = {}
    lines: dict[str, str] = {}
    classes: dict[str, list[str]] = {}
    spelt: dict[str, str] = {}
    idioms: dict[str, frozenset[str]] = {}
    for language in LANGUAGES:
        data = warning_phrases(language)
        classes |= {f"{language}.{name}": _own(language, words) for name, words in data["classes"].items()}
        for category, strengths in data["patterns"].items():
            for strength, texts in strengths.items():
                for line in texts:
                    pattern = _pattern(language, category, strength, line)
                    patterns[pattern.id] = pattern
                    lines[pattern.id] = _localised(language, line)
        for kinds, texts in data["softeners"]["idioms"].items():
            for number, line in enumerate(texts):
                lines[f"{language}.idiom.{kinds}.{number}"] = _localised(language, line)
                idioms[f"{language}.idiom.{kinds}.{number}"] = _categories(kinds)
        for number, line in enumerate(data["softeners"]["found"]):
            lines[f"{language}.found.{number}"] = _localised(language, line)
        spelt |= {wrong: right for right, wrongs in data["misspellings"].items() for wrong in wrongs}
    return WarningLists(
        book=PhraseBook(lines, classes, lambda vocabulary: _respelt(vocabulary) | spelt, _sounding),
        patterns=patterns,
        idioms=idioms,
        denial=_gathered("denial", "words"),
        not_denied=_gathered("denial", "not_before"),
        softening=_softening(),
    )


def _pattern(language: str, category: str, strength: str, line: str) -> Pattern:
    mark = blake2b(line.encode(), digest_size=4).hexdigest()
    priority = {"firm": "now", "hint": "review"}.get(strength, strength)
    named = line.replace("|", " ").replace("?", "").split()
    denies = "<not>" in named or not _gathered("denial", "words").isdisjoint(named)
    return Pattern(f"{language}.{category}.{mark}", category, priority, strength == "firm", strength == "hint", denies)


def _categories(kinds: str) -> frozenset[str]:
    """The categories an idiom stands for; `harm` is both abuse and violence."""
    return frozenset(kinds.replace("harm", "abuse violence").split())


def _localised(language: str, line: str) -> str:
    """Word classes belong to a language: `<him>` in the English file is `<en.him>` in the common tree."""
    return line.replace("<", f"<{language}.")


def _own(language: str, words: Sequence[str]) -> list[str]:
    return [_localised(language, word) for word in words]


@cache
def _gathered(section: str, name: str) -> frozenset[str]:
    return frozenset(word for language in LANGUAGES for word in warning_phrases(language)[section][name])


def _respelt(vocabulary: frozenset[str]) -> dict[str, str]:
    """Long words with one letter left out or two changed places, as typed in a hurry; never another listed word."""
    spelt: dict[str, str] = {}
    for word in sorted(word for word in vocabulary if len(word) >= _SHORTEST_RESPELT and "*" not in word):
        for at in range(1, len(word) - 1):
            spelt.setdefault(word[:at] + word[at + 1 :], word)
            if at < len(word) - 2:
                spelt.setdefault(word[:at] + word[at + 1] + word[at] + word[at + 2 :], word)
    return {wrong: right for wrong, right in spelt.items() if wrong not in vocabulary and wrong not in _honest()}


def _sounding(vocabulary: frozenset[str]) -> Callable[[str], str]:
    """What names the listed word of the same language that an unlisted one sounds like; a shared sound names none."""
    by_sound: dict[tuple[str, str], str] = {}
    honest = _honest()
    for language in LANGUAGES:
        for word in sorted((vocabulary & _spoken(language)) - honest):
            sound = (language, sound_of(word, language))
            known = by_sound.setdefault(sound, word)
            if not word.startswith(known):  # choke and choked stand side by side in the patterns anyway
                by_sound[sound] = ""

    def listed(word: str) -> str:
        if word in honest:
            return ""
        sounds = ((language, sound_of(word, language)) for language in LANGUAGES)
        return next((found for sound in sounds if sound[1] and (found := by_sound.get(sound, ""))), "")

    return listed


@cache
def _spoken(language: str) -> frozenset[str]:
    """Every word that the patterns of a language name."""
    data = warning_phrases(language)
    lines = [line for strengths in data["patterns"].values() for texts in strengths.values() for line in texts]
    lines += [word for words in data["classes"].values() for word in words]
    return frozenset(word for line in lines for word in line.replace("|", " ").replace("?", "").split())


def _honest() -> frozenset[str]:
    """Words that look like a slip of a listed one and are not."""
    return _gathered("honest_words", "words")


# Which words, standing in the same sentence, soften which hits. A film may just run while somebody stops breathing, so
# tales say nothing about medical hits; who hit whom among children is read within the day, sexual abuse never is.
_SOFTENED_BY = {
    "jokes": ("suicide", "violence"),
    "tales": ("suicide", "missing", "violence"),
    "make_believe": ("suicide", "missing", "violence", "medical"),
    "peers": ("abuse",),
}


def _softening() -> Mapping[str, frozenset[str]]:
    """Word → the categories it softens; a word that ends in `*` stands for every word that begins so."""
    softening: dict[str, set[str]] = {}
    for name, categories in _SOFTENED_BY.items():
        for language in LANGUAGES:
            for word in warning_phrases(language)["softeners"][name]:
                softening.setdefault(word, set()).update(categories)
    return {word: frozenset(categories) for word, categories in softening.items()}
