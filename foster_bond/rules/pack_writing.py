"""Rules, beside the head of the river: a pack as a TOML file that another agency can load."""

from collections.abc import Iterable
from datetime import time, timedelta

from foster_bond.rules.pack_values import Audience, Pack, PackProgramme, PackPrompt, PackSchedule

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}


def write_pack(pack: Pack) -> str:
    """The pack as TOML: reading it again gives the same pack. What a reader would assume anyway is written out too."""
    tables = [
        *(_table("prompts", _prompt_lines(prompt)) for prompt in pack.prompts),
        *(_table("programmes", _programme_lines(programme)) for programme in pack.programmes),
        *(_table("schedules", _schedule_lines(schedule)) for schedule in pack.schedules),
    ]
    return "\n".join(tables)


def _table(name: str, lines: Iterable[str]) -> str:
    return "\n".join([f"[[{name}]]", *lines, ""])


def _prompt_lines(prompt: PackPrompt) -> Iterable[str]:
    yield f"id = {_text(prompt.id)}"
    yield f"technique = {_text(prompt.technique)}"
    yield f"level = {prompt.level}"
    yield f"target = {_text(prompt.target)}"
    yield f"reply = {_text(prompt.reply)}"
    yield f"for = {_list(prompt.roles)}"
    for language, text in prompt.texts.items():
        yield f"text.{language} = {_text(text)}"


def _programme_lines(programme: PackProgramme) -> Iterable[str]:
    yield f"id = {_text(programme.id)}"
    yield f"name = {_text(programme.name)}"
    yield f"kind = {_text(programme.kind)}"
    yield f"prompts = {_list(programme.prompts)}"


def _schedule_lines(schedule: PackSchedule) -> Iterable[str]:
    yield f"id = {_text(schedule.id)}"
    yield f"name = {_text(schedule.name)}"
    yield f"audience = {_audience(schedule.audience)}"
    yield f"rule = {_text(schedule.rule)}"
    if schedule.at is not None:
        yield f"at = {_text(_hour(schedule.at))}"
    if schedule.between is not None:
        yield f"between = {_list(_hour(clock) for clock in schedule.between)}"
    yield f"programme = {_text(schedule.programme)}"
    if schedule.starts is not None:
        yield f"starts = {schedule.starts.isoformat()}"
    if schedule.ends is not None:
        yield f"ends = {schedule.ends.isoformat()}"
    if schedule.nudge_after is not None:
        yield f"nudge_after = {_text(_length(schedule.nudge_after))}"
    yield f"closes_after = {_text(_length(schedule.closes_after))}"
    yield f"send_within = {_text(_length(schedule.send_within))}"


def _audience(audience: Audience) -> str:
    if not audience.tags:
        return _list(audience.roles)
    return f"{{roles = {_list(audience.roles)}, tags = {_list(audience.tags)}}}"


def _hour(clock: time) -> str:
    return f"{clock.hour:02d}:{clock.minute:02d}"


def _length(span: timedelta) -> str:
    minutes = span // timedelta(minutes=1)
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"


def _list(items: Iterable[str]) -> str:
    return f"[{', '.join(_text(item) for item in items)}]"


def _text(value: str) -> str:
    return f'"{"".join(_escaped(sign) for sign in value)}"'


def _escaped(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    return f"\\u{ord(sign):04x}" if ord(sign) < 32 or ord(sign) == 127 else sign
