"""Library: the demo's invented agency and the story of its families, as data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

HOMES = (
    "okafor", "reyes", "whitcombe", "lindqvist", "hollis", "brandt", "osei", "tran", "delgado", "novak", "abara",
    "kowalski",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of the demo's staff. The password is made up and printed; it opens the demo and nothing else."""

    key: str
    name: str
    email: str
    role: str
    password: str
    phone: str | None = None
    on_call: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person writes to one prompt. `tapback` reacts to it; no text and no tapback = they stay silent."""

    text: str = ""
    after: timedelta | None = None  # None: their usual time
    then: str = ""  # a second part
    then_after: timedelta = timedelta(0)
    tapback: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A text that answers no prompt: so many days before the story's last one, at the writer's own hour."""

    days_before: int
    at: time
    text: str


@dataclass(frozen=True, slots=True)
class Person:
    """A member of a family, and what they write. `answers` by prompt id, one after the other as it is asked again."""

    name: str
    role: str
    phone: str
    language: str
    child_word: str
    consent: str
    usual: timedelta
    answers: Mapping[str, tuple[Answer, ...]]
    said: tuple[Said, ...]
    says_yes_after: timedelta | None = None
    age_band: str = ""  # of a teen, with who has custody and agreed
    guardian_consent: str = ""
    tags: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """What a colleague did on a family's pages: so many days before the story's last one, at the family's own hour."""

    does: str
    days_before: int
    at: time
    by: str
    words: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Home:
    """A family of the demo; `joined` in weeks before the story's end."""

    family: str
    zone: str
    worker: str
    joined: int
    people: tuple[Person, ...]
    acts: tuple[Act, ...] = ()

    @property
    def ref(self) -> str:
        """The name by which scripts call it."""
        return self.family.lower()


@dataclass(frozen=True, slots=True)
class Visit:
    """A day on which a colleague signed in."""

    staff: str
    days_before: int
    at: time


@dataclass(frozen=True, slots=True)
class Story:
    """The whole story. It ends on a given weekday (Monday = 0) and hour, on the agency's wall."""

    name: str
    slug: str
    text_name: str
    zone: str
    numbers: Mapping[str, str]
    ends_on: int
    ends_at: time
    staff: tuple[Colleague, ...]
    visits: tuple[Visit, ...]
    strangers: tuple[tuple[str, Said], ...]
    homes: tuple[Home, ...]
    pack: str


@cache
def demo_story() -> Story:
    """The story that ships."""
    folder = files("foster_bond.library").joinpath("demo")
    table = tomllib.loads(folder.joinpath("agency.toml").read_text(encoding="utf-8"))
    homes = folder.joinpath("homes")
    return Story(
        name=table["name"],
        slug=table["slug"],
        text_name=table["text_name"],
        zone=table["zone"],
        numbers={which: table[which] for which in ("sender", "phone", "oncall", "hotline")},
        ends_on=table["ends_on"],
        ends_at=time.fromisoformat(table["ends_at"]),
        staff=tuple(Colleague(**row) for row in table["staff"]),
        visits=tuple(Visit(row["staff"], row["days_before"], time.fromisoformat(row["at"])) for row in table["visits"]),
        strangers=tuple((row["phone"], _said(row)) for row in table["strangers"]),
        homes=tuple(_home(tomllib.loads(homes.joinpath(f"{name}.toml").read_text(encoding="utf-8"))) for name in HOMES),
        pack=folder.joinpath("pack.toml").read_text(encoding="utf-8"),
    )


def _home(table: Mapping[str, Any]) -> Home:
    people = tuple(_person(row) for row in table["people"])
    acts = tuple(_act(row) for row in table.get("acts", ()))
    return Home(table["family"], table["zone"], table["worker"], table["joined"], people, acts)


def _act(row: Mapping[str, Any]) -> Act:
    known = {"does", "days_before", "at", "by"}
    words = {name: value for name, value in row.items() if name not in known}
    return Act(row["does"], row["days_before"], time.fromisoformat(row["at"]), row["by"], words)


def _person(row: Mapping[str, Any]) -> Person:
    return Person(
        name=row["name"],
        role=row["role"],
        phone=row["phone"],
        language=row["language"],
        child_word=row["child_word"],
        consent=row["consent"],
        usual=timedelta(minutes=row["minutes"]),
        answers={key: tuple(_answer(one) for one in answers) for key, answers in row["answers"].items()},
        said=tuple(_said(one) for one in row.get("events", ())),
        says_yes_after=_span(row.get("says_yes_after")),
        age_band=row.get("age_band", ""),
        guardian_consent=row.get("guardian_consent", ""),
        tags=row.get("tags", ""),
    )


def _answer(row: str | Mapping[str, str]) -> Answer:
    if isinstance(row, str):
        return Answer(row)
    then_after = _span(row.get("then_after")) or timedelta(0)
    return Answer(row.get("text", ""), _span(row.get("after")), row.get("then", ""), then_after, row.get("tapback", ""))


def _said(row: Mapping[str, Any]) -> Said:
    return Said(row["days_before"], time.fromisoformat(row["at"]), row["text"])


def _span(words: str | None) -> timedelta | None:
    """ "21h" or "3m"."""
    if words is None:
        return None
    many = int(words[:-1])
    return timedelta(hours=many) if words.endswith("h") else timedelta(minutes=many)
