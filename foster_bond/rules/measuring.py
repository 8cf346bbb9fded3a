"""Labelled lines → how well stop words and warning signs are read: figures that the command line prints as they are."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from foster_bond.rules.keywords import Meaning, OpenQuestions, read
from foster_bond.rules.labelled_rows import HELD_OUT
from foster_bond.rules.warning_signs import CRISES, HARD_DAY, Sign, find, find_across

ORDINARY = "none"
_URGENCY = ("now", "review", "task")
_STOPS = ("stop", "hold", "reply")


@dataclass(frozen=True, slots=True)
class Figure:
    """`hits` of `cases`; the share is None where there was no case."""

    hits: int
    cases: int

    @property
    def share(self) -> float | None:
        """Units: 0 to 1."""
        return self.hits / self.cases if self.cases else None

    def __str__(self) -> str:
        share = self.share
        return "-" if share is None else f"{self.hits}/{self.cases} ({share:.1%})"


@dataclass(frozen=True, slots=True)
class Miss:
    """A labelled line that was read otherwise."""

    language: str
    category: str
    expected: str
    found: str
    text: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A table to print: named columns, a row of cells per category and language, and every miss."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    overall: Mapping[str, Figure]
    misses: tuple[Miss, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    row: Mapping[str, str]
    found: Mapping[str, str]  # category → its most urgent priority

    @property
    def group(self) -> tuple[str, str]:
        return self.row["category"], self.row["language"]


def measure_warning_signs(rows: Iterable[Mapping[str, str]]) -> Measure:
    """Recall, precision and misses per category and language, and alarms on ordinary replies.

    Rows have text, language, category (a crisis, hard_day or none) and expected (now, review, task, none). A line of
    several texts has them on lines of their own. "found" = a sign of its category, "any sign" = a crisis sign of any
    kind, "now" = of the lines that should wake somebody, those that do; "any alert" = of any category and priority.
    """
    cases = [_Case(row, _heard(row["text"])) for row in rows]
    crises = [case for case in cases if case.row["category"] in CRISES]
    ordinary = [case for case in cases if case.row["category"] == ORDINARY]
    urgent = [case for case in crises if case.row["expected"] == "now"]
    hard = [case for case in cases if case.row["category"] == HARD_DAY]
    overall = {
        "recall": _figure(crises, _in_category),
        "recall of any crisis sign": _figure(crises, _any_crisis),
        "urgent lines with any alert": _figure(urgent, _any_crisis),
        "urgent lines found as now": _figure(urgent, lambda case: case.found.get(case.row["category"]) == "now"),
        "ordinary replies that alarm now": _figure(ordinary, lambda case: "now" in case.found.values()),
        "ordinary replies to review": _figure(ordinary, _any_crisis),
        "lines to be read that alarm now": _figure(
            [case for case in crises if case.row["expected"] == "review"], lambda case: "now" in case.found.values()
        ),
        "hard days found": _figure(hard, _in_category),
        "hard days that alarm now": _figure(hard, lambda case: "now" in case.found.values()),
    }
    overall |= _held_out(urgent, ordinary)
    groups = sorted(
        {case.group for case in cases}, key=lambda group: ((*CRISES, HARD_DAY, ORDINARY).index(group[0]), group)
    )
    return Measure(
        "Warning signs",
        ("category", "language", "lines", "found", "now", "precision"),
        tuple(_row(group, [case for case in cases if case.group == group], cases) for group in groups),
        overall,
        tuple(_miss(case) for case in cases if not _as_expected(case)),
    )


def _held_out(urgent: list[_Case], ordinary: list[_Case]) -> dict[str, Figure]:
    """The same of the lines that nothing was ever changed for; nothing where no line says so."""
    urgent = [case for case in urgent if case.row.get(HELD_OUT) == "yes"]
    ordinary = [case for case in ordinary if case.row.get(HELD_OUT) == "yes"]
    if not urgent:
        return {}
    return {
        "held out: urgent lines with any alert": _figure(urgent, _any_crisis),
        "held out: urgent lines that alarm now": _figure(urgent, lambda case: "now" in case.found.values()),
        "held out: ordinary replies that alarm now": _figure(ordinary, lambda case: "now" in case.found.values()),
        "held out: ordinary replies to review": _figure(ordinary, _any_crisis),
    }


def measure_stop_words(rows: Iterable[Mapping[str, str]]) -> Measure:
    """Recall and false stops per language.

    Rows have text, language and expected (stop, hold, reply), read with none of our questions open. "heard" = stopped
    or held; a false stop is a reply read as stop, a false hold a reply read as an unclear wish.
    """
    cases = [(row, _stop_reading(row["text"])) for row in rows]
    overall = {
        "stops at once": _share(cases, "stop", ("stop",)),
        "stops heard": _share(cases, "stop", ("stop", "hold")),
        "unclear wishes heard": _share(cases, "hold", ("stop", "hold")),
        "false stops": _share(cases, "reply", ("stop",)),
        "false holds": _share(cases, "reply", ("hold",)),
        "unclear wishes stopped at once": _share(cases, "hold", ("stop",)),
    }
    groups = sorted(
        {(row["expected"], row["language"]) for row, _ in cases}, key=lambda group: (_STOPS.index(group[0]), group)
    )
    table = []
    for expected, language in groups:
        found = [read_as for row, read_as in cases if (row["expected"], row["language"]) == (expected, language)]
        table.append(
            (expected, language, str(len(found)), *(str(Figure(found.count(kind), len(found))) for kind in _STOPS))
        )
    misses = tuple(
        Miss(row["language"], row["expected"], row["expected"], read_as, row["text"])
        for row, read_as in cases
        if read_as != row["expected"]
    )
    return Measure("Stop words", ("expected", "language", "lines", *_STOPS), tuple(table), overall, misses)


def _heard(text: str) -> Mapping[str, str]:
    """Every category a line is heard as, with its most urgent priority; its parts may stand on several lines."""
    parts = text.split("\n")
    signs: list[Sign] = [sign for part in parts for sign in find(part)]
    for before, part in pairwise(parts):
        signs.extend(find_across(before, part))
    found: dict[str, str] = {}
    for sign in signs:
        found[sign.category] = min(found.get(sign.category, sign.priority), sign.priority, key=_URGENCY.index)
    return found


def _in_category(case: _Case) -> bool:
    return case.row["category"] in case.found


def _any_crisis(case: _Case) -> bool:
    return any(category in CRISES for category in case.found)


def _as_expected(case: _Case) -> bool:
    if case.row["category"] == ORDINARY:
        return "now" not in case.found.values()
    return _in_category(case)


def _figure(cases: list[_Case], hit: Callable[[_Case], bool]) -> Figure:
    return Figure(sum(1 for case in cases if hit(case)), len(cases))


def _row(group: tuple[str, str], own: list[_Case], cases: list[_Case]) -> tuple[str, ...]:
    category, language = group
    if category == ORDINARY:
        quiet = _figure(own, lambda case: not _any_crisis(case))
        return (
            category,
            language,
            str(len(own)),
            f"quiet {quiet}",
            str(_figure(own, lambda c: "now" in c.found.values())),
            "-",
        )
    named = [case for case in cases if case.row["language"] == language and category in case.found]
    urgent = [case for case in own if case.row["expected"] == "now"]
    return (
        category,
        language,
        str(len(own)),
        str(_figure(own, _in_category)),
        str(_figure(urgent, lambda case: case.found.get(category) == "now")),
        str(_figure(named, lambda case: case.row["category"] == category)),
    )


def _miss(case: _Case) -> Miss:
    row = case.row
    found = ", ".join(f"{category} {priority}" for category, priority in case.found.items()) or "nothing"
    return Miss(row["language"], row["category"], row["expected"], found, row["text"])


def _stop_reading(text: str) -> str:
    meaning = read(text, asked=OpenQuestions(prompt=True)).meaning
    return {Meaning.STOP: "stop", Meaning.UNCLEAR_STOP: "hold"}.get(meaning, "reply")


def _share(cases: list[tuple[Mapping[str, str], str]], expected: str, counted: tuple[str, ...]) -> Figure:
    found = [read_as for row, read_as in cases if row["expected"] == expected]
    return Figure(sum(1 for read_as in found if read_as in counted), len(found))
