"""What the reading steps share: what stands beside a timeline: what comes, who is here, asked and answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from foster_bond.rules.local_time import local_day, week_start
from foster_bond.rules.message_text import hour_words
from foster_bond.rules.page_values.family import ComingUp, MemberCard, WeekBar
from foster_bond.rules.page_values.frame import When
from foster_bond.rules.page_values.plan import PlannedText
from foster_bond.rules.spoken_time import when
from foster_bond.rules.week_words import month_short, week_heading
from foster_bond.steps.reading._events import prompt_words
from foster_bond.steps.reading._moments import Telling, by_staff
from foster_bond.store.consents import NumberConsent
from foster_bond.store.families import Member, member_phone
from foster_bond.store.moment_facts import AskedOnce, Planned
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.prompts import Prompt

WEEKS = 12


def coming_up(
    tell: Telling, planned: Sequence[Planned], leaving: Sequence[OutboxMessage], prompts: Mapping[str, Prompt],
    foreseen: Mapping[str, PlannedText],
) -> tuple[ComingUp, ...]:  # fmt: skip
    """What leaves next, soonest first: texts that are written, then slots; a held one says why.

    `foreseen`: what becomes of a slot by all rules, by the slot's id; without it a slot says what it knows itself.
    """
    found = [(message.due_at, _leaving(tell, message, prompts)) for message in leaving]
    turn: dict[str, int] = {}
    for one in planned:
        slot = one.occurrence
        if slot.id in foreseen:
            text = foreseen[slot.id]
            found.append((text.leaves_at or text.due_at, _foreseen(tell, text)))
            continue
        ahead = turn.get(slot.enrolment_id, 0)
        turn[slot.enrolment_id] = ahead + 1
        key = slot.prompt_key or next(iter(one.prompt_keys[one.position + ahead : one.position + ahead + 1]), None)
        prompt = prompts.get(key or "")
        found.append(
            (
                slot.due_at,
                ComingUp(
                    when=tell.say(slot.due_at),
                    member_name=tell.name(slot.member_id),
                    technique="" if prompt is None else prompt.technique,
                    text=prompt_words(prompt, tell.page.members.get(slot.member_id)),
                    held=slot.why is not None,
                    why=slot.why or "",
                ),
            )
        )
    return tuple(one for _, one in sorted(found, key=lambda pair: pair[0]))


def _foreseen(tell: Telling, text: PlannedText) -> ComingUp:
    held = text.state in ("held", "dropped")
    return ComingUp(
        when=tell.say(text.leaves_at or text.due_at),
        member_name=tell.name(text.member_id),
        technique=text.technique or "",
        text=text.text,
        held=held,
        why=text.why if held else "",
        depends=text.depends_on_replies and not held,
    )


def _leaving(tell: Telling, message: OutboxMessage, prompts: Mapping[str, Prompt]) -> ComingUp:
    prompt = prompts.get(message.prompt_key or "")
    staff = by_staff(tell, message)
    return ComingUp(
        when=tell.say(message.due_at),
        member_name=tell.name(message.member_id),
        technique="" if prompt is None else prompt.technique,
        text=tell.body(message),
        held=message.reason is not None,
        why=message.reason or "",
        by=staff["by"] if staff else "",
        take_back_id=staff["take_back_id"] if staff else "",
    )


def keys_of(planned: Sequence[Planned], leaving: Sequence[OutboxMessage]) -> list[str]:
    """The prompts that these may carry."""
    keys = {one.occurrence.prompt_key for one in planned} | {message.prompt_key for message in leaving}
    keys |= {key for one in planned for key in one.prompt_keys[one.position : one.position + len(planned)]}
    return sorted(key for key in keys if key)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the numbers of a family stand with the agency, and how they came there."""

    consents: Mapping[str, NumberConsent]
    ways: Mapping[str, str]
    most_texts: int  # a week, by the agency's cap


def member_cards(tell: Telling, standing: Standing) -> tuple[MemberCard, ...]:
    """Who is here: consent, language, their own hour, and what stands in a text's way."""
    here = [one for one in tell.page.members.values() if one.left_at is None]
    return tuple(_card(tell, one, here, standing) for one in here)


def _card(tell: Telling, member: Member, here: Sequence[Member], standing: Standing) -> MemberCard:
    consent = standing.consents.get(member.to_bidx)
    paused = member.paused_until is not None and member.paused_until > tell.page.now
    return MemberCard(
        member_id=member.id,
        name=tell.name(member.id),
        role=member.role,
        language=member.language,
        consent="none" if consent is None else consent.state,
        consent_since=None if consent is None else _day(tell, consent.since),
        consent_how=standing.ways.get(member.to_bidx, ""),
        hour="" if member.hour is None else hour_words(member.hour).replace(":00", ""),
        phone_end=member_phone(tell.session, tell.vault, member)[-4:],
        paused_until=tell.say(member.paused_until) if paused and member.paused_until is not None else None,
        trouble=member.number_bad_why or "",
        facts=_card_facts(tell, member, here, standing.most_texts),
    )


def _day(tell: Telling, at: datetime) -> When:
    said = tell.say(at)
    return When(said.words.rpartition(",")[0] or said.words, said.iso)


def _card_facts(tell: Telling, member: Member, here: Sequence[Member], agency_most: int) -> tuple[str, ...]:
    facts = []
    if member.texts_a_week is not None and member.texts_a_week < agency_most:
        facts.append(f"asked for at most {member.texts_a_week} texts a week")
    sharing = [tell.name(one.id) for one in here if one.id != member.id and one.to_bidx == member.to_bidx]
    if sharing:
        facts.append(f"shares a phone with {' and '.join(sharing)}")
    elif member.shared_phone:
        facts.append("others may read this phone")
    if member.zone is not None and member.zone != tell.page.family.zone:
        facts.append(when(tell.page.now, member.zone, language=tell.page.viewer.language).words)
    return tuple(facts)


def bars(asked: Sequence[AskedOnce], zone: str, now: datetime, language: str) -> tuple[WeekBar, ...]:
    """Asked and answered, week by week, oldest first; empty before the first prompt."""
    if not asked:
        return ()
    today = local_day(now, zone)
    first = week_start(today) - timedelta(weeks=WEEKS - 1)
    weeks = [first + timedelta(weeks=number) for number in range(WEEKS)]
    counts = {monday: [0, 0] for monday in weeks}
    for one in asked:
        count = counts.get(week_start(local_day(one.accepted_at, zone)))
        if count is not None:
            count[0] += 1
            count[1] += one.answered
    return tuple(
        WeekBar(
            words=week_heading(monday, today, language),
            asked=counts[monday][0],
            answered=counts[monday][1],
            month=month_short(monday, language) if _names_month(weeks, number) else "",
        )
        for number, monday in enumerate(weeks)
    )


def _names_month(weeks: Sequence[date], number: int) -> bool:
    """A month's first week names it; so does the very first bar, where the next name does not stand too close."""
    return weeks[number].day <= 7 or (number == 0 and all(monday.day > 7 for monday in weeks[1:3]))
