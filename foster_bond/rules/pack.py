"""Rules, beside the head of the river: a pack file is read whole, or refused with every problem named at once."""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

from foster_bond.errors import InvalidInput
from foster_bond.library import CARERS, LANGUAGES, PROMPT_ROLES, REPLIES, ROLES, TARGETS, TECHNIQUES
from foster_bond.rules.pack_fields import LONGEST_RULE, FieldReader, shown
from foster_bond.rules.pack_values import (
    CLOSES_AFTER,
    COUNTED_FROM,
    SEND_WITHIN,
    Audience,
    Pack,
    PackProgramme,
    PackPrompt,
    PackSchedule,
)
from foster_bond.rules.pack_writing import write_pack
from foster_bond.rules.prompt_text import check_prompt_text
from foster_bond.rules.recurrence import parse_rhythm

__all__ = ["Audience", "Pack", "PackProgramme", "PackPrompt", "PackSchedule", "read_pack", "write_pack"]

KINDS = ("ladder", "ordered")
_PROMPT_FIELDS = ("id", "technique", "level", "target", "reply", "for", "text")
_PROGRAMME_FIELDS = ("id", "name", "kind", "prompts", "repeats")
_SCHEDULE_FIELDS = (
    *("id", "name", "audience", "rule", "at", "between", "programme"),
    *("starts", "ends", "nudge_after", "nudge_from", "nudge_until", "closes_after", "send_within", "counted_from"),
)

_FOR_NOBODY = "for names nobody; leave it out for foster_parent and kin_carer"
_NO_AUDIENCE = "audience names neither a role nor a tag, so nobody would get anything"

_Part = TypeVar("_Part", PackPrompt, PackProgramme, PackSchedule)


@dataclass(slots=True)
class _Reading:
    """What one reading has found to be off, and what the author should know."""

    today: date
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_pack(
    toml_text: str,
    *,
    today: date,
    known_prompts: frozenset[str] = frozenset(),
    known_programmes: frozenset[str] = frozenset(),
) -> Pack:
    """The pack that a TOML text holds. `today` anchors schedules without `starts`; the known ids are what the agency
    already has, so that a pack may build on them.

    Raises: InvalidInput with every problem, one plain sentence each that names the table, its id and the field.
    """
    tables = _toml(toml_text)
    reading = _Reading(today)
    for name in sorted(set(tables) - {"prompts", "programmes", "schedules"}):
        reading.problems.append(f"{name} is no part of a pack; it holds prompts, programmes and schedules.")
    prompts = _parts(tables, "prompts", _read_prompt, reading)
    programmes = _parts(tables, "programmes", _read_programme, reading)
    schedules = _parts(tables, "schedules", _read_schedule, reading)
    _check_links(tables, programmes, schedules, known_prompts, known_programmes, reading.problems)
    if not reading.problems and not (prompts or programmes or schedules):
        reading.problems.append("The pack is empty: it holds no prompts, no programmes and no schedules.")
    if reading.problems:
        raise InvalidInput(" ".join(reading.problems), tuple(reading.problems))
    return Pack(prompts, programmes, schedules, tuple(reading.notes))


def _toml(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as off:  # TOMLDecodeError is a ValueError, and so is a number of 5,000 digits
        raise InvalidInput(f"The pack is not valid TOML: {off}.") from None


def _parts(
    tables: Mapping[str, Any], name: str, read: Callable[[FieldReader, _Reading], _Part | None], reading: _Reading
) -> tuple[_Part, ...]:
    rows = tables.get(name, [])
    if not isinstance(rows, list):
        reading.problems.append(f"{name} must be a list of tables; begin each one with [[{name}]].")
        return ()
    found = []
    for number, raw in enumerate(rows, start=1):
        if not isinstance(raw, Mapping):
            reading.problems.append(f"{name} number {number} is not a table; begin it with [[{name}]].")
            continue
        part = read(FieldReader(name, number, raw, reading.problems), reading)
        if part is not None:
            found.append(part)
    for twice, times in Counter(_ids(tables, name)).items():
        if times > 1:
            reading.problems.append(f'{name} "{twice}": the id stands {times} times; each may stand once.')
    return tuple(found)


def _read_prompt(row: FieldReader, reading: _Reading) -> PackPrompt | None:
    row.only(_PROMPT_FIELDS)
    prompt = PackPrompt(
        id=row.key("id"),
        technique=row.one_of("technique", TECHNIQUES),
        level=row.whole("level", 0, 5),
        target=row.one_of("target", TARGETS),
        reply=row.one_of("reply", REPLIES),
        roles=_roles(row, "for", PROMPT_ROLES, row.raw("for"), empty=_FOR_NOBODY) if row.has("for") else CARERS,
        texts=_texts(row, reading),
    )
    return prompt if row.clean else None


def _texts(row: FieldReader, reading: _Reading) -> Mapping[str, str]:
    given = row.table("text") if row.has("text") else {}
    if row.clean and not set(given) & set(LANGUAGES):
        row.problem("text.en and text.es are both missing")
    for strange in sorted(set(given) - set(LANGUAGES)):
        row.problem(f"text.{strange} is in no language we know; they are {', '.join(LANGUAGES)}")
    texts = {}
    for language in LANGUAGES:
        if language not in given:
            reading.notes.append(f"{row.where}: text.{language} is missing; who reads that language gets nothing.")
        elif not isinstance(given[language], str):
            row.problem(f"text.{language} must be a text in quotes, not {shown(given[language])}")
        else:
            texts[language] = _text(row, language, given[language], reading)
    return MappingProxyType(texts)


def _text(row: FieldReader, language: str, typed: str, reading: _Reading) -> str:
    check = check_prompt_text(typed, language)
    for said in check.problems:
        row.problem(f"text.{language}: {said}")
    reading.notes.extend(f"{row.where}: text.{language}: {said}." for said in check.notes)
    return check.text


def _roles(
    row: FieldReader, name: str, allowed: tuple[str, ...], raw: object, empty: str | None = None
) -> tuple[str, ...]:
    """Roles, each once; `carer` stands for both carers, as in the shipped tables."""
    named = row.list_of(name, raw=raw, allowed=("carer", *allowed), empty=empty)
    return tuple(dict.fromkeys(role for word in named for role in (CARERS if word == "carer" else (word,))))


def _read_programme(row: FieldReader, _reading: _Reading) -> PackProgramme | None:
    row.only(_PROGRAMME_FIELDS)
    programme = PackProgramme(
        id=row.key("id"),
        name=row.words("name"),
        kind=row.one_of("kind", KINDS),
        prompts=row.list_of("prompts", empty="prompts is empty; a programme needs at least one"),
        repeats=row.flag("repeats"),
    )
    if programme.repeats and programme.kind == "ladder":
        row.problem("repeats is for an ordered programme; a ladder comes back to its prompts by itself")
    return programme if row.clean else None


def _read_schedule(row: FieldReader, reading: _Reading) -> PackSchedule | None:
    row.only(_SCHEDULE_FIELDS)
    schedule = PackSchedule(
        id=row.key("id"),
        name=row.words("name"),
        audience=_audience(row),
        rule=row.words("rule", most=LONGEST_RULE),
        at=row.hour("at"),
        between=row.window("between"),
        programme=row.words("programme"),
        starts=row.day("starts"),
        ends=row.day("ends"),
        nudge_after=row.duration("nudge_after"),
        closes_after=row.duration("closes_after") or CLOSES_AFTER,
        send_within=row.duration("send_within") or SEND_WITHIN,
        counted_from=row.one_of("counted_from", COUNTED_FROM) if row.has("counted_from") else COUNTED_FROM[0],
        nudge_from=row.hour("nudge_from"),
        nudge_until=row.hour("nudge_until"),
    )
    for said in nudge_problems(schedule):
        row.problem(said)
    if row.clean:
        _check_rhythm(row, schedule, reading)
    return schedule if row.clean else None


def nudge_problems(schedule: PackSchedule) -> list[str]:
    """What is off about a schedule's reminder, without full stops."""
    problems = []
    if schedule.nudge_after and schedule.nudge_after >= schedule.closes_after:
        problems.append("nudge_after must be shorter than closes_after, or the nudge comes to a closed question")
    if schedule.nudge_after is None and (schedule.nudge_from or schedule.nudge_until):
        problems.append("nudge_from and nudge_until need nudge_after: without it there is no nudge")
    if schedule.nudge_from and schedule.nudge_until and schedule.nudge_from >= schedule.nudge_until:
        problems.append("nudge_until must be later than nudge_from")
    return problems


def _check_rhythm(row: FieldReader, schedule: PackSchedule, reading: _Reading) -> None:
    try:
        parse_rhythm(
            schedule.rule,
            at=schedule.at,
            between=schedule.between,
            starts=schedule.starts or reading.today,
            ends=schedule.ends,
        )
    except InvalidInput as off:
        for said in off.problems:
            row.problem(said.rstrip("."))
    if row.clean and schedule.ends is not None and schedule.ends < reading.today:
        reading.notes.append(f"{row.where}: it ended on {schedule.ends}, so nothing will go out.")


def _audience(row: FieldReader) -> Audience:
    """A list of roles, or a table of roles and tags."""
    given = row.raw("audience")
    if given is None:
        row.problem('audience is missing; write roles like ["foster_parent"], or {roles = [], tags = []}')
        return Audience()
    if not isinstance(given, Mapping):
        return Audience(_roles(row, "audience", ROLES, given, empty=_NO_AUDIENCE))
    for strange in sorted(set(given) - {"roles", "tags"}):
        row.problem(f"audience.{strange} is not a field we know")
    roles = _roles(row, "audience.roles", ROLES, given.get("roles", []))
    tags = row.list_of("audience.tags", raw=given.get("tags", []))
    if given.get("roles", []) == given.get("tags", []) == []:
        row.problem(_NO_AUDIENCE)
    return Audience(roles, tuple(dict.fromkeys(tags)))


def _check_links(
    tables: Mapping[str, Any],
    programmes: Iterable[PackProgramme],
    schedules: Iterable[PackSchedule],
    known_prompts: frozenset[str],
    known_programmes: frozenset[str],
    problems: list[str],
) -> None:
    """What is named must exist. An id that stands in the pack counts even when the rest of its table is off."""
    prompt_ids = known_prompts | set(_ids(tables, "prompts"))
    programme_ids = known_programmes | set(_ids(tables, "programmes"))
    for programme in programmes:
        for missing in dict.fromkeys(prompt for prompt in programme.prompts if prompt not in prompt_ids):
            problems.append(
                f'programmes "{programme.id}": prompts names "{missing}", which is neither in the pack nor known here.'
            )
    for schedule in schedules:
        if schedule.programme not in programme_ids:
            problems.append(
                f'schedules "{schedule.id}": programme names "{schedule.programme}", '
                "which is neither in the pack nor known here."
            )


def _ids(tables: Mapping[str, Any], name: str) -> list[str]:
    rows = tables.get(name, [])
    found = [row.get("id") for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return [key.strip() for key in found if isinstance(key, str)]
