"""Rules, beside the head of the river: a pack as a TOML file that another agency can load."""

from collections.abc import Iterable
from datetime import time, timedelta

from foster_bond.rules.pack_values import COUNTED_FROM, Audience, Pack, PackProgramme, PackPrompt, PackSchedule

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
    if programme.repeats:
        yield "repeats = true"


def _schedule_lines(schedule: PackSchedule) -> Iterable[str]:
    between = schedule.between
    fields = (
        ("id", _text(schedule.id)),
        ("name", _text(schedule.name)),
        ("audience", _audience(schedule.audience)),
        ("rule", _text(schedule.rule)),
        ("at", _hour(schedule.at)),
        ("between", "" if between is None else f"[{', '.join(_hour(clock) for clock in between)}]"),
        ("programme", _text(schedule.programme)),
        ("starts", "" if schedule.starts is None else schedule.starts.isoformat()),
        ("ends", "" if schedule.ends is None else schedule.ends.isoformat()),
        ("counted_from", "" if schedule.counted_from == COUNTED_FROM[0] else _text(schedule.counted_from)),
        ("nudge_after", "" if schedule.nudge_after is None else _length(schedule.nudge_after)),
        ("nudge_from", _hour(schedule.nudge_from)),
        ("nudge_until", _hour(schedule.nudge_until)),
        ("closes_after", _length(schedule.closes_after)),
        ("send_within", _length(schedule.send_within)),
    )
    return [f"{name} = {value}" for name, value in fields if value]


def _audience(audience: Audience) -> str:
    if not audience.tags:
        return _list(audience.roles)
    return f"{{roles = {_list(audience.roles)}, tags = {_list(audience.tags)}}}"


def _hour(clock: time | None) -> str:
    return "" if clock is None else _text(f"{clock.hour:02d}:{clock.minute:02d}")


def _length(span: timedelta) -> str:
    minutes = span // timedelta(minutes=1)
    return _text(f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m")


def _list(items: Iterable[str]) -> str:
    return f"[{', '.join(_text(item) for item in items)}]"


def _text(value: str) -> str:
    return f'"{"".join(_escaped(sign) for sign in value)}"'


def _escaped(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    return f"\\u{ord(sign):04x}" if ord(sign) < 32 or ord(sign) == 127 else sign
