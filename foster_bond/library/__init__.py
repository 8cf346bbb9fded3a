"""Data we ship, for the head of the river: prompts, system texts and programmes, per language, read from TOML.

How the tables of texts became fields:
- technique follows the level: L0 secure_base, L1 support, L2 clarification, L3 exploration, L4 challenging. So S is
  support, C clarification, E exploration, H challenging, B secure base; the Dream Journey, the pairs, the own ratings
  and the teen prompts each take the technique of their level. T is transference at any level (T6 is L2, allowed early).
- target "direct" = the other person is asked directly (P3D, TN7 ...): about the own mind, level 2.
- D-BASE and N5 are both prompts and system texts; the words stand once, among the system texts.
- "the child" / "su niño/a" stands as {child}, so that the member's own child word fills it.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

LANGUAGES = ("en", "es")
TECHNIQUES = ("secure_base", "support", "clarification", "exploration", "challenging", "transference")
REPLIES = ("text", "word", "1-5", "1-7", "0-10", "1-5+text")
TARGETS = (
    "self",
    "child",
    "moment",
    "programme",
    "worker",
    "other",
    "direct",
    "child-of-self",
    "other-of-self",
    "self+child",
    "self-past",
    "child-past",
)
CARERS = ("foster_parent", "kin_carer")
PROMPT_ROLES = (*CARERS, "teen", "birth_parent")  # `other` gets no prompts until staff set a role
ROLES = (*PROMPT_ROLES, "other")


@dataclass(frozen=True, slots=True)
class LibraryPrompt:
    """One shipped prompt. `texts` by language; `pair`/`side` for two minds, `flow`/`step` for a guided activity."""

    id: str
    technique: str
    level: int
    target: str
    reply: str
    roles: tuple[str, ...]
    texts: Mapping[str, str]
    pair: str | None = None
    side: str | None = None  # A = own mind, B = imagines the other's (only after A), D = asked directly
    home: str | None = None  # "teen" or "child_under_13": the only homes it fits
    flow: str | None = None
    step: int | None = None
    stands_in_for: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class SystemText:
    """One fixed text of the service. `country` None = everywhere; a GB text exists in English only."""

    id: str
    title: str
    texts: Mapping[str, str]
    country: str | None = None


@dataclass(frozen=True, slots=True)
class LibrarySlot:
    """One cell of a programme's table: who gets which prompt in that place of the week."""

    slot: int  # counts per person within the week, from 1
    roles: tuple[str, ...]
    prompt: str
    when: str | None = None  # before, after, later (a visit); first, second (a shared moment)
    if_held: str | None = None  # asked instead when the prompt is held


@dataclass(frozen=True, slots=True)
class LibraryWeek:
    """One week of a programme, counted from the person's own start."""

    week: int
    slots: tuple[LibrarySlot, ...]
    plain: str | None = None
    moment: str | None = None
    start_only_if: str | None = None


@dataclass(frozen=True, slots=True)
class LibraryProgramme:
    """One shipped programme with what its readers must know. `reviewed` = signed by a named clinician."""

    id: str
    name: str
    kind: str  # ladder or ordered
    reviewed: bool
    roles: tuple[str, ...]
    intent: str
    dose: str
    gates: str
    limits: str
    evidence: str
    weeks: tuple[LibraryWeek, ...]
    timing: str | None = None
    held: str | None = None

    def prompts_for(self, role: str) -> tuple[str, ...]:
        """The prompt ids that one role gets, in the order of the table."""
        return tuple(slot.prompt for week in self.weeks for slot in week.slots if role in slot.roles)


def tables(folder: str) -> Iterable[Mapping[str, Any]]:
    """Every TOML file of one folder of the library, in the order of file names. Works from an installed wheel too."""
    for file in sorted(files(__name__).joinpath(folder).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            yield tomllib.loads(file.read_text(encoding="utf-8"))


@cache
def system_texts() -> Mapping[str, SystemText]:
    """Every fixed text of the service, by id (`W1`, `STOP`, `CRISIS-ABUSE-NU`, `UK-HELP` ...)."""
    texts = [
        SystemText(row["id"], row["title"], MappingProxyType(row["text"]), row.get("country"))
        for table in tables("system_texts")
        for row in table["texts"]
    ]
    return MappingProxyType({text.id: text for text in texts})


@cache
def prompts() -> Mapping[str, LibraryPrompt]:
    """Every shipped prompt, by id (`S1`, `P2B`, `TN7` ...), with {child} where the member's child word goes."""
    found = [_prompt(row) for table in tables("prompts") for row in table["prompts"]]
    return MappingProxyType({prompt.id: prompt for prompt in found})


@cache
def programmes() -> Mapping[str, LibraryProgramme]:
    """The programmes that ship, by id. None is reviewed by a clinician yet."""
    found = [_programme(table) for table in tables("programmes")]
    return MappingProxyType({programme.id: programme for programme in found})


def _prompt(row: Mapping[str, Any]) -> LibraryPrompt:
    texts = row["text"] if "text" in row else system_texts()[row["system_text"]].texts
    return LibraryPrompt(
        id=row["id"],
        technique=row["technique"],
        level=row["level"],
        target=row["target"],
        reply=row["reply"],
        roles=tuple(row["for"]),
        texts=MappingProxyType(dict(texts)),
        pair=row.get("pair"),
        side=row.get("side"),
        home=row.get("home"),
        flow=row.get("flow"),
        step=row.get("step"),
        stands_in_for=tuple(row.get("stands_in_for", ())),
        note=row.get("note"),
    )


def _programme(table: Mapping[str, Any]) -> LibraryProgramme:
    return LibraryProgramme(
        id=table["id"],
        name=table["name"],
        kind=table["kind"],
        reviewed=table["reviewed"],
        roles=tuple(table["for"]),
        intent=table["intent"],
        dose=table["dose"],
        gates=table["gates"],
        limits=table["limits"],
        evidence=table["evidence"],
        weeks=tuple(_week(row) for row in table["weeks"]),
        timing=table.get("timing"),
        held=table.get("held"),
    )


def _week(row: Mapping[str, Any]) -> LibraryWeek:
    slots = tuple(
        LibrarySlot(cell["slot"], tuple(cell["for"]), cell["prompt"], cell.get("when"), cell.get("if_held"))
        for cell in row["slots"]
    )
    return LibraryWeek(row["week"], slots, row.get("plain"), row.get("moment"), row.get("start_only_if"))
