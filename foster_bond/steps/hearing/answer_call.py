"""A call to the text line → one spoken sentence, the office where it has a line, and the fact on the timeline."""

from dataclasses import dataclass
from datetime import datetime

from foster_bond.carriers.twilio_voice import spoken_answer
from foster_bond.errors import InvalidInput, NotYours
from foster_bond.rules.message_text import system_text
from foster_bond.rules.phone_numbers import phone_number
from foster_bond.store import agencies, agency_numbers, hearing_facts, voice_calls
from foster_bond.store.agencies import number_of
from foster_bond.store.hearing_facts import Home, Person
from foster_bond.store.open_store import Store


@dataclass(frozen=True, slots=True)
class Call:
    """One call, as the carrier announces it."""

    sid: str
    caller: str
    to: str


NO_LINE_TO_NAME = "CRISIS-SUICIDE-U"  # needs no number of the agency's: 988 and 911, and that nobody may see it now


def answer_call(store: Store, call: Call, now: datetime) -> str:
    """The answer to a call, as the carrier reads it. Of a known number the fact is kept, once per call; else nothing.

    Raises: NotYours where `to` is no number of ours.
    """
    with store.write() as session:
        agency = agencies.by_sender(session, store.vault, _number(call.to))
        if agency is None:
            raise NotYours("sender")
        bidx = store.vault.blind_index(agency.id, _number(call.caller))
        known = [(one, home) for one, home in hearing_facts.everybody_with(session, agency.id, bidx) if not one.left_at]
        caller = _one_person(known)
        if caller is not None:
            voice_calls.note(session, caller, call.sid, now)
        language = known[0][0].language if known else agency.language
        office = number_of(session, store.vault, agency, "phone")
        named = office or number_of(session, store.vault, agency, "oncall")
        own = agency_numbers.own_values(session, store.vault, agency.id)
        text_id, fills = ("X2", {"phone": named}) if named else (NO_LINE_TO_NAME, {})
        words = system_text(text_id, language, fills, country=agency.country, numbers=own)
    return spoken_answer(words, language, office)


def _one_person(known: list[tuple[Person, Home]]) -> Person | None:
    """Whose timeline it belongs to; a number of two families is never guessed into one."""
    return known[0][0] if len({home.id for _, home in known}) == 1 else None


def _number(typed: str) -> str:
    """E.164 where it is a number at all; a caller who hides theirs stays what the carrier calls them."""
    try:
        return phone_number(typed)
    except InvalidInput:
        return typed.strip()
