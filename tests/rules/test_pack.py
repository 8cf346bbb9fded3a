"""A pack is read whole or refused whole, with every problem in one plain sentence; what is written reads the same."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, time, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.errors import InvalidInput
from foster_bond.library import LANGUAGES, PROMPT_ROLES, REPLIES, ROLES, TARGETS, TECHNIQUES
from foster_bond.library import prompts as library_prompts
from foster_bond.rules.pack import Audience, Pack, PackProgramme, PackPrompt, PackSchedule, read_pack, write_pack
from foster_bond.rules.prompt_text import check_prompt_text

TODAY = date(2026, 11, 3)

PROMPT = """
[[prompts]]
id = "calm"
technique = "secure_base"
level = 0
target = "self"
reply = "word"
text.en = "What feels calm near {child}?"
text.es = "¿Qué le da calma cerca de {child}?"
"""
PROGRAMME = """
[[programmes]]
id = "evenings"
name = "Quiet evenings"
kind = "ordered"
prompts = ["calm", "calm"]
"""
SCHEDULE = """
[[schedules]]
id = "tue-thu"
name = "Two evenings"
audience = ["foster_parent"]
rule = "FREQ=WEEKLY;BYDAY=TU,TH"
at = "19:00"
programme = "evenings"
"""


def problems_of(toml: str, **known: frozenset[str]) -> tuple[str, ...]:
    with pytest.raises(InvalidInput) as off:
        read_pack(toml, today=TODAY, **known)
    return off.value.problems


def test_a_small_pack_reads_with_its_defaults() -> None:
    pack = read_pack(PROMPT + PROGRAMME + SCHEDULE, today=TODAY)
    assert pack.prompts == (
        PackPrompt(
            id="calm",
            technique="secure_base",
            level=0,
            target="self",
            reply="word",
            roles=("foster_parent", "kin_carer"),
            texts={"en": "What feels calm near {child}?", "es": "¿Qué le da calma cerca de {child}?"},
        ),
    )
    assert pack.programmes == (PackProgramme("evenings", "Quiet evenings", "ordered", ("calm", "calm")),)
    (schedule,) = pack.schedules
    assert (schedule.at, schedule.between, schedule.starts, schedule.ends) == (time(19), None, None, None)
    assert schedule.nudge_after is None
    assert (schedule.closes_after, schedule.send_within) == (timedelta(hours=48), timedelta(minutes=60))
    assert pack.notes == ()


def test_every_field_of_a_schedule_is_read() -> None:
    toml = (
        PROMPT
        + PROGRAMME
        + """
[[schedules]]
id = "window"
name = "In the evening"
audience = {roles = ["teen", "carer"], tags = ["north", "north"]}
rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"
between = ["18:00", 20:00:00]
programme = "evenings"
starts = 2026-11-10
ends = "2027-02-01"
nudge_after = "20h"
closes_after = "2d"
send_within = "90m"
"""
    )
    (schedule,) = read_pack(toml, today=TODAY).schedules
    assert schedule.audience == Audience(("teen", "foster_parent", "kin_carer"), ("north",))
    assert schedule.between == (time(18), time(20))
    assert (schedule.starts, schedule.ends) == (date(2026, 11, 10), date(2027, 2, 1))
    assert schedule.nudge_after == timedelta(hours=20)
    assert (schedule.closes_after, schedule.send_within) == (timedelta(days=2), timedelta(minutes=90))


def test_a_pack_may_build_on_what_the_agency_already_has() -> None:
    own = PROGRAMME.replace('"calm", "calm"', '"S1", "B2"') + SCHEDULE.replace('"evenings"', '"restart"')
    known = {"known_prompts": frozenset({"S1", "B2"}), "known_programmes": frozenset({"restart"})}
    assert read_pack(own, today=TODAY, **known).programmes[0].prompts == ("S1", "B2")
    assert problems_of(own) == (
        'programmes "evenings": prompts names "S1", which is neither in the pack nor known here.',
        'programmes "evenings": prompts names "B2", which is neither in the pack nor known here.',
        'schedules "tue-thu": programme names "restart", which is neither in the pack nor known here.',
    )


@pytest.mark.parametrize(
    ("change", "to", "said"),
    [
        # prompts
        ('id = "calm"', "", "prompts number 1: id is missing."),
        ('id = "calm"', 'id = "my calm"', 'prompts "my calm": id may not hold blanks.'),
        ('id = "calm"', "id = 7", "prompts number 1: id must be a text in quotes, not 7."),
        ('id = "calm"', f'id = "{"x" * 41}"', f'prompts "{"x" * 41}": id is longer than 40 signs.'),
        (
            '"secure_base"',
            '"hypnosis"',
            'prompts "calm": technique is one of secure_base, support, clarification, exploration, challenging, '
            'transference, not "hypnosis".',
        ),
        ("level = 0", "level = 6", 'prompts "calm": level must be a whole number from 0 to 5, not 6.'),
        ("level = 0", "level = true", 'prompts "calm": level must be a whole number from 0 to 5, not True.'),
        ("level = 0", "", 'prompts "calm": level is missing; it is a whole number from 0 to 5.'),
        (
            'reply = "word"',
            'reply = "yes"',
            'prompts "calm": reply is one of text, word, 1-5, 1-7, 0-10, 1-5+text, not "yes".',
        ),
        (
            "level = 0",
            'level = 0\nfor = ["other"]',
            'prompts "calm": for may hold carer, foster_parent, kin_carer, teen, birth_parent, not "other".',
        ),
        (
            "level = 0",
            "level = 0\nfor = []",
            'prompts "calm": for names nobody; leave it out for foster_parent and kin_carer.',
        ),
        ("level = 0", 'level = 0\nlevle = "x"', 'prompts "calm": "levle" is not a field we know.'),
        (
            'text.en = "What',
            'text.en = "{agency} What',
            'prompts "calm": text.en: {agency} is not a fill that a prompt may hold, only {child}.',
        ),
        (
            "text.es =",
            "text.fr =",
            'prompts "calm": text.fr is in no language we know; they are en, es.',
        ),
        ('text.en = "What feels calm near {child}?"', "text.en = 3",
         'prompts "calm": text.en must be a text in quotes, not 3.'),
        # programmes
        ('kind = "ordered"', 'kind = "random"', 'programmes "evenings": kind is one of ladder, ordered, not "random".'),
        ('["calm", "calm"]', "[]", 'programmes "evenings": prompts is empty; a programme needs at least one.'),
        ('["calm", "calm"]', "[1]", 'programmes "evenings": prompts must be a list of texts, not [1].'),
        ('prompts = ["calm", "calm"]', "", 'programmes "evenings": prompts is missing.'),
        ('name = "Quiet evenings"', 'name = "a\\u0007b"',
         'programmes "evenings": name holds a line break or another control sign.'),
        # schedules
        (
            'audience = ["foster_parent"]',
            "",
            'schedules "tue-thu": audience is missing; write roles like ["foster_parent"], or {roles = [], tags = []}.',
        ),
        (
            'audience = ["foster_parent"]',
            "audience = {roles = [], tags = []}",
            'schedules "tue-thu": audience names neither a role nor a tag, so nobody would get anything.',
        ),
        (
            'audience = ["foster_parent"]',
            "audience = []",
            'schedules "tue-thu": audience names neither a role nor a tag, so nobody would get anything.',
        ),
        (
            'audience = ["foster_parent"]',
            'audience = "foster_parent"',
            'schedules "tue-thu": audience must be a list of texts, not "foster_parent".',
        ),
        (
            'audience = ["foster_parent"]',
            'audience = {role = ["teen"], tags = ["x"]}',
            'schedules "tue-thu": audience.role is not a field we know.',
        ),
        ('at = "19:00"', 'at = "7 pm"', 'schedules "tue-thu": at must be an hour like "19:00", not "7 pm".'),
        ('at = "19:00"', "at = 19", 'schedules "tue-thu": at must be an hour like "19:00", not 19.'),
        (
            'at = "19:00"',
            'between = ["18:00"]',
            "schedules \"tue-thu\": between must be two hours like [\"18:00\", \"20:00\"], not ['18:00'].",
        ),
        (
            'at = "19:00"',
            'at = "19:00"\nstarts = "next week"',
            'schedules "tue-thu": starts must be a day like 2026-11-03, not "next week".',
        ),
        (
            'at = "19:00"',
            'at = "19:00"\nstarts = 2026-11-03T10:00:00Z',
            'schedules "tue-thu": starts must be a day like 2026-11-03, not 2026-11-03 10:00:00+00:00.',
        ),
        (
            'at = "19:00"',
            'at = "19:00"\nnudge_after = "soon"',
            'schedules "tue-thu": nudge_after must be a length of time like "60m", "20h" or "2d", not "soon".',
        ),
        (
            'at = "19:00"',
            'at = "19:00"\nsend_within = "0m"',
            'schedules "tue-thu": send_within must be a length of time like "60m", "20h" or "2d", not "0m".',
        ),
        (
            'at = "19:00"',
            'at = "19:00"\nnudge_after = "48h"',
            'schedules "tue-thu": nudge_after must be shorter than closes_after, '
            "or the nudge comes to a closed question.",
        ),
    ],
)  # fmt: skip
def test_one_thing_off_is_one_plain_sentence(change: str, to: str, said: str) -> None:
    whole = PROMPT + PROGRAMME + SCHEDULE
    assert change in whole
    found = problems_of(whole.replace(change, to, 1), known_prompts=frozenset({"calm"}))
    assert found == (said,)


@pytest.mark.parametrize(
    "to",
    [
        'rule = "FREQ=SOMETIMES"',
        'rule = "every tuesday"',
        'rule = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"',
        'rule = "FREQ=DAILY"\nbetween = ["18:00", "20:00"]',  # beside `at`
        'rule = "FREQ=DAILY"\nends = "2026-01-01"',  # before today, which is when it would start
    ],
)
def test_a_rhythm_that_cannot_be_is_named_with_its_schedule(to: str) -> None:
    toml = PROMPT + PROGRAMME + SCHEDULE.replace('rule = "FREQ=WEEKLY;BYDAY=TU,TH"', to)
    found = problems_of(toml)
    assert found
    assert all(said.startswith('schedules "tue-thu": ') and said.endswith(".") for said in found)
    assert not any(said.endswith("..") for said in found)


def test_all_problems_are_named_at_once() -> None:
    toml = (PROMPT + PROGRAMME + SCHEDULE).replace("level = 0", "level = 9").replace('"ordered"', '"other"')
    found = problems_of(toml.replace('"19:00"', '"25:00"'))
    assert [said.split(":")[0] for said in found] == ['prompts "calm"', 'programmes "evenings"', 'schedules "tue-thu"']


def test_an_id_may_stand_once() -> None:
    assert problems_of(PROMPT + PROMPT) == ('prompts "calm": the id stands 2 times; each may stand once.',)


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("", "The pack is empty: it holds no prompts, no programmes and no schedules."),
        ("[[prompt]]\nid = 'x'", "prompt is no part of a pack; it holds prompts, programmes and schedules."),
        ("prompts = 3", "prompts must be a list of tables; begin each one with [[prompts]]."),
        ("[prompts]\nid = 'x'", "prompts must be a list of tables; begin each one with [[prompts]]."),
        ("prompts = [1]", "prompts number 1 is not a table; begin it with [[prompts]]."),
    ],
)
def test_what_is_no_pack_is_refused(toml: str, said: str) -> None:
    assert said in problems_of(toml)


@pytest.mark.parametrize(
    "toml",
    ["[[prompts", "x = ", "\x00", "a = 2026-13-45", f"a = {'9' * 5000}", "a = " + "[" * 3000 + "]" * 3000],
)
def test_what_is_no_toml_is_refused_in_one_sentence(toml: str) -> None:
    (said,) = problems_of(toml)
    assert said.startswith("The pack is not valid TOML: ")


def test_a_prompt_without_any_text_is_refused() -> None:
    bare = "\n".join(line for line in PROMPT.splitlines() if not line.startswith("text."))
    assert problems_of(bare) == ('prompts "calm": text.en and text.es are both missing.',)


def test_the_author_hears_what_it_costs_and_what_was_changed() -> None:
    toml = PROMPT.replace("¿Qué le da calma", "¿Qué está en calma").replace("What feels", "What’s")
    pack = read_pack(toml, today=TODAY)
    assert pack.prompts[0].texts["en"] == "What's calm near {child}?"
    assert pack.notes == (
        'prompts "calm": text.en: curly apostrophes became \'.',
        'prompts "calm": text.es: á cut the room of a segment from 160 signs to 70.',
    )
    english = "\n".join(line for line in PROMPT.splitlines() if not line.startswith("text.es"))
    assert read_pack(english, today=TODAY).notes == (
        'prompts "calm": text.es is missing; who reads that language gets nothing.',
    )


def test_a_schedule_that_has_ended_is_loaded_with_a_note() -> None:
    toml = PROMPT + PROGRAMME + SCHEDULE + "starts = 2026-01-06\nends = 2026-03-01\n"
    assert read_pack(toml, today=TODAY).notes == (
        'schedules "tue-thu": it ended on 2026-03-01, so nothing will go out.',
    )


def test_hostile_ids_cannot_write_on_a_terminal() -> None:
    (said,) = problems_of('[[programmes]]\nid = "\\u001b[31mred"\nname = "n"\nkind = "ladder"\nprompts = ["S1"]',
                          known_prompts=frozenset({"S1"}))  # fmt: skip
    assert said.isprintable()


@pytest.mark.parametrize(
    ("audience", "role", "tags", "belongs"),
    [
        (Audience(("teen",)), "teen", [], True),
        (Audience(("teen",)), "kin_carer", [], False),
        (Audience(("teen",), ("north",)), "teen", ["South", " North "], True),
        (Audience(("teen",), ("north",)), "teen", [], False),
        (Audience((), ("north", "south")), "birth_parent", ["south"], True),
        (Audience((), ("north",)), "birth_parent", ["south"], False),
    ],
)
def test_whom_an_audience_includes(audience: Audience, role: str, tags: list[str], belongs: bool) -> None:
    assert audience.includes(role, tags) is belongs


KEYS = st.from_regex(r"[A-Za-z0-9._-]{1,40}", fullmatch=True)
LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=120).map(str.strip).filter(bool)
ROLE_LISTS = st.lists(st.sampled_from(PROMPT_ROLES), min_size=1, max_size=3, unique=True).map(tuple)
MINUTES = st.integers(1, 9000).map(lambda minutes: timedelta(minutes=minutes))


def kept(text: str) -> str:
    return check_prompt_text(text, "en").text


TEXTS = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="{}"), min_size=1, max_size=60)
    .map(lambda text: kept(text + " {child}"))
    .filter(lambda text: not check_prompt_text(text, "en").problems)
)


@st.composite
def prompt_of_a_pack(draw: Callable[..., object], key: str) -> PackPrompt:
    languages = draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, unique=True).map(sorted))
    return PackPrompt(
        id=key,
        technique=draw(st.sampled_from(TECHNIQUES)),  # type: ignore[arg-type]
        level=draw(st.integers(0, 5)),  # type: ignore[arg-type]
        target=draw(st.sampled_from(TARGETS)),  # type: ignore[arg-type]
        reply=draw(st.sampled_from(REPLIES)),  # type: ignore[arg-type]
        roles=draw(ROLE_LISTS),  # type: ignore[arg-type]
        texts=MappingProxyType({language: draw(TEXTS) for language in languages}),  # type: ignore[attr-defined]
    )


@st.composite
def packs(draw: Callable[..., object]) -> Pack:
    keys: list[str] = draw(st.lists(KEYS, min_size=1, max_size=3, unique=True))  # type: ignore[assignment]
    prompts = tuple(draw(prompt_of_a_pack(key)) for key in keys)
    programme = PackProgramme(
        id=draw(KEYS),  # type: ignore[arg-type]
        name=draw(LINES),  # type: ignore[arg-type]
        kind=draw(st.sampled_from(["ladder", "ordered"])),  # type: ignore[arg-type]
        prompts=tuple(draw(st.lists(st.sampled_from(keys), min_size=1, max_size=6))),  # type: ignore[arg-type]
    )
    windowed = draw(st.booleans())
    closes: timedelta = draw(MINUTES)  # type: ignore[assignment]
    nudge: timedelta | None = draw(st.none() | MINUTES)  # type: ignore[assignment]
    starts: date | None = draw(st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)))  # type: ignore[assignment]
    schedule = PackSchedule(
        id=draw(KEYS),  # type: ignore[arg-type]
        name=draw(LINES),  # type: ignore[arg-type]
        audience=Audience(
            tuple(draw(st.lists(st.sampled_from(ROLES), min_size=1, unique=True))),  # type: ignore[arg-type]
            tuple(draw(st.lists(LINES, max_size=2, unique=True))),  # type: ignore[arg-type]
        ),
        rule="FREQ=WEEKLY;BYDAY=TU",
        at=None if windowed else time(draw(st.integers(0, 23)), draw(st.integers(0, 59))),  # type: ignore[arg-type]
        between=(time(18, 5), time(20)) if windowed else None,
        programme=programme.id,
        starts=starts,
        ends=draw(st.none() | st.just(date(2028, 1, 1))),  # type: ignore[arg-type]
        nudge_after=nudge if nudge is None or nudge < closes else None,
        closes_after=closes,
        send_within=draw(MINUTES),  # type: ignore[arg-type]
    )
    return Pack(prompts, (programme,), (schedule,))  # type: ignore[arg-type]


@given(packs())
def test_what_is_written_reads_the_same(pack: Pack) -> None:
    assert read_pack(write_pack(pack), today=TODAY) == pack


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_is_read_or_refused_and_never_breaks_the_reader(text: str) -> None:
    assert_read_or_refused(text)


@given(st.sampled_from(range(60)), st.sampled_from(["", "3", "[]", '"x"', "{}", "true", "1.5", "2026-01-01"]))
def test_any_value_in_any_place_is_read_or_refused(place: int, value: str) -> None:
    lines = (PROMPT + PROGRAMME + SCHEDULE).splitlines()
    number = place % len(lines)
    lines[number] = f"{lines[number].split(' = ')[0]} = {value}" if " = " in lines[number] else value
    assert_read_or_refused("\n".join(lines))


def assert_read_or_refused(toml: str) -> None:
    with suppress(InvalidInput):
        read_pack(toml, today=TODAY)


def test_the_whole_library_survives_a_pack() -> None:
    shipped = tuple(
        PackPrompt(one.id, one.technique, one.level, one.target, one.reply, one.roles, one.texts)
        for one in library_prompts().values()
    )
    pack = read_pack(write_pack(Pack(prompts=shipped)), today=TODAY)
    assert pack.prompts == shipped
    assert pack.notes == ()
