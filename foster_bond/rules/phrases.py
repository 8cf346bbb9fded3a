"""Words + phrase patterns → where they match: one pass, no going back, however the text is made.

A pattern is a line of elements: `word`, `one|other`, `<class>`, `start*` (any word that begins so), `~3` (up to three
words in between, within one sentence), `^` and `$` (begin and end of a sentence); a `?` behind an element =
it may be left out.
All patterns share one tree, and the matcher holds a set of places in it; each word moves every place at most once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from foster_bond.errors import InvalidInput
from foster_bond.rules.words import Words, spellings

_REMEMBERED = 5_000  # words whose symbol is known already: most texts are made of the same few hundred
_LONGEST_REMEMBERED = 24  # characters
_KEPT = 16  # matches kept per pattern and text: a text made of one phrase 5,000 times says nothing new after that


@dataclass(frozen=True, slots=True)
class Match:
    """`pattern` matched the words from `start` to `end` (exclusive)."""

    pattern: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Scan:
    """All matches of a text, and how many moves it took (what the linear-time test counts)."""

    matches: tuple[Match, ...]
    steps: int


@dataclass(slots=True)
class _Node:
    edges: dict[str, tuple[int, ...]] = field(default_factory=dict)
    children: dict[tuple[str, ...], int] = field(default_factory=dict)
    gap: int = -1
    in_gap: bool = False
    accepts: list[str] = field(default_factory=list)


def _mute(_word: str) -> str:
    return ""


class PhraseBook:
    """Patterns made ready to match. Build once, use for every text; its patterns never change afterwards."""

    def __init__(
        self,
        patterns: Mapping[str, str],
        classes: Mapping[str, Sequence[str]] | None = None,
        spelt: Callable[[frozenset[str]], Mapping[str, str]] | None = None,
        sounds: Callable[[frozenset[str]], Callable[[str], str]] | None = None,
    ) -> None:
        """`spelt` answers, for the words the patterns name, which other spellings count as them; `sounds` makes of
        those words what names one for any word that sounds like it, or nothing."""
        self._nodes = [_Node()]
        self._merges: dict[tuple[int, ...], int] = {}
        self._ends: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._classes = classes or {}
        for name, line in patterns.items():
            self._add(name, line.split())
        self._prefixes = self._settle_prefixes()
        atoms = {atom for node in self._nodes for atom in node.edges if atom not in ("^", "$")}
        self._vocabulary = frozenset(atom for atom in atoms if not atom.endswith("*"))
        other = spelt(self._vocabulary) if spelt else {}
        self._spelt = {wrong: right for wrong, right in other.items() if wrong not in self._vocabulary}
        self._sounding = sounds(self._vocabulary) if sounds else _mute
        self._merge_first_words()
        self._opening = self._nodes[0].edges.get("^", ())
        self._symbols: dict[str, str] = {}
        self._edges = [node.edges for node in self._nodes]
        self._gaps = [node.gap for node in self._nodes]
        self._accepts = [tuple(node.accepts) for node in self._nodes]

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every whole word that some pattern names."""
        return self._vocabulary

    def scan(self, words: Words) -> Scan:
        """Every match in the text, in order of its end. Cost: words × places held, never more."""
        found: list[Match] = []
        kept: dict[str, int] = {}
        active: dict[int, int] = {}
        steps = 0
        opening = True
        for at, word in enumerate(words.folded):
            symbol = self._symbols.get(word)
            if symbol is None:
                symbol = self._learnt(word)
            steps += 1 + len(active)
            moved = self._moved(active, symbol, at, gaps=not opening)
            if opening and self._opening:
                begun = self._moved(dict.fromkeys(self._opening, at), symbol, at, gaps=True)
                moved = begun | moved
            active = moved
            if active:
                self._collect(active, at + 1, found, kept)
            opening = words.stops[at]
            if opening and active:
                steps += len(active)
                self._close_sentence(active, at + 1, found, kept)
                active = {place: start for place, start in active.items() if not self._nodes[place].in_gap}
        return Scan(tuple(found), steps)

    def _moved(self, active: dict[int, int], symbol: str, at: int, *, gaps: bool) -> dict[int, int]:
        """Every place moved by one word; of two ways to one place the earlier begun is kept. `gaps` = gaps are open."""
        after: dict[int, int] = {}
        edges, gap_of = self._edges, self._gaps
        for place, start in active.items():
            if symbol in edges[place]:
                for target in edges[place][symbol]:
                    after.setdefault(target, start)
            if gaps and gap_of[place] >= 0:
                after.setdefault(gap_of[place], start)
        for target in edges[0].get(symbol, ()):
            after.setdefault(target, at)
        return after

    def _collect(self, active: dict[int, int], end: int, found: list[Match], kept: dict[str, int]) -> None:
        for place, start in active.items():
            for name in self._accepts[place]:
                kept[name] = kept.get(name, 0) + 1
                if kept[name] <= _KEPT:
                    found.append(Match(name, start, end))

    def _close_sentence(self, active: dict[int, int], end: int, found: list[Match], kept: dict[str, int]) -> None:
        closed = {target: start for place, start in active.items() for target in self._nodes[place].edges.get("$", ())}
        self._collect(closed, end, found, kept)

    def _learnt(self, word: str) -> str:
        """A word's symbol, remembered for the texts to come: single words without their texts, in memory only."""
        symbol = self._symbol(word)
        if len(word) <= _LONGEST_REMEMBERED:
            if len(self._symbols) >= _REMEMBERED:
                self._symbols.clear()
            self._symbols[word] = symbol
        return symbol

    def _symbol(self, word: str) -> str:
        """What a word counts as: itself, a known misspelling's word, or the longest listed beginning; "" = none."""
        for said in (word, *spellings(word)):
            said = self._spelt.get(said, said)
            if said in self._vocabulary:
                return said
            for length in range(min(len(said), self._prefixes[1]), self._prefixes[0] - 1, -1):
                if said[:length] + "*" in self._prefixes[2]:
                    return said[:length] + "*"
        return self._sounding(word)

    def _add(self, name: str, line: Sequence[str]) -> None:
        places = [0]
        for element in line:
            optional = element.endswith("?")
            element = element.removesuffix("?")
            reached = self._gap(places, element) if element.startswith("~") else self._step(places, element)
            places = list(dict.fromkeys([*places, *reached] if optional else reached))
        if 0 in places or line[-1].startswith("~"):
            raise InvalidInput(f"The phrase pattern {name} would match every text, or ends in a gap.")
        for place in places:
            self._nodes[place].accepts.append(name)

    def _gap(self, places: list[int], element: str) -> list[int]:
        reached = list(places)
        for place in places:
            at = place
            for _ in range(int(element[1:])):
                if self._nodes[at].gap < 0:
                    self._nodes[at].gap = self._new(in_gap=True)
                at = self._nodes[at].gap
                reached.append(at)
        return reached

    def _step(self, places: list[int], element: str) -> list[int]:
        atoms = self._atoms(element)
        reached = []
        for place in places:
            node = self._nodes[place]
            if atoms not in node.children:
                node.children[atoms] = self._new()
                one = (node.children[atoms],)
                for atom in atoms:
                    self._lead(node, atom, one)
            reached.append(node.children[atoms])
        return reached

    def _atoms(self, element: str) -> tuple[str, ...]:
        atoms: list[str] = []
        for part in element.split("|"):
            if part.startswith("<") and part.endswith(">"):
                if part[1:-1] not in self._classes:
                    raise InvalidInput(f"The phrase patterns name {part}, which is no word class.")
                atoms.extend(atom for word in self._classes[part[1:-1]] for atom in self._atoms(word))
            else:
                atoms.append(part)
        return tuple(dict.fromkeys(atoms))

    def _lead(self, node: _Node, atom: str, targets: tuple[int, ...]) -> None:
        """Let `atom` go to `targets` as well. Equal tuples are kept once: there are 670,000 edges, and few ends."""
        known = node.edges.get(atom)
        if known is not None:
            targets = tuple(dict.fromkeys(known + targets))
        node.edges[atom] = self._ends.setdefault(targets, targets)

    def _new(self, *, in_gap: bool = False) -> int:
        self._nodes.append(_Node(in_gap=in_gap))
        return len(self._nodes) - 1

    def _merge_first_words(self) -> None:
        """One place per first word instead of one per pattern group: texts made of first words move few places."""
        root = self._nodes[0]
        for atom, targets in root.edges.items():
            if len(targets) > 1:
                root.edges[atom] = (self._merged(targets),)

    def _merged(self, places: tuple[int, ...]) -> int:
        """A place that goes on wherever any of `places` does, down their gaps as well."""
        if len(places) == 1:
            return places[0]
        if places not in self._merges:
            together = self._merges[places] = self._new(in_gap=all(self._nodes[place].in_gap for place in places))
            node = self._nodes[together]
            for old in (self._nodes[place] for place in places):
                node.accepts.extend(old.accepts)
                for atom, targets in old.edges.items():
                    self._lead(node, atom, targets)
            gaps = tuple(self._nodes[place].gap for place in places if self._nodes[place].gap >= 0)
            if gaps:
                node.gap = self._merged(gaps)
        return self._merges[places]

    def _settle_prefixes(self) -> tuple[int, int, frozenset[str]]:
        """Let a listed word also go where its listed beginnings go, so that one symbol per word is enough."""
        atoms = {atom for node in self._nodes for atom in node.edges if atom not in ("^", "$")}
        starts = frozenset(atom for atom in atoms if atom.endswith("*"))
        begun: dict[str, list[str]] = {start: [] for start in starts}
        for atom in sorted(atoms):
            for length in range(1, len(atom)):
                if atom[:length] + "*" in starts and atom[:length] + "*" != atom:
                    begun[atom[:length] + "*"].append(atom)
        for node in self._nodes:
            for start in sorted((atom for atom in node.edges if atom in starts), key=len):
                for atom in begun[start]:
                    self._lead(node, atom, node.edges[start])
        lengths = [len(start) - 1 for start in starts]
        return min(lengths, default=1), max(lengths, default=0), starts
