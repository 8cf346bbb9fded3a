"""What the hearing steps share: the one fixed answer to a text, written in the same transaction."""

from datetime import datetime, timedelta

from foster_bond.rules.kinds import Kind
from foster_bond.rules.local_time import local_day
from foster_bond.rules.message_text import LANGUAGE_NAMES, says_public_line, system_text
from foster_bond.rules.segments import measure
from foster_bond.rules.send_gate import ANSWER_LIVES
from foster_bond.steps.hearing import _loops
from foster_bond.steps.hearing._calling import DRILL
from foster_bond.steps.hearing._heard import Heard
from foster_bond.store import agency_numbers, outbox
from foster_bond.store.agencies import number_of

CRISIS_LIVES = timedelta(hours=24)  # a late word about 988 is still worth having; a day later a person has called
ACK_LIVES = timedelta(minutes=30)
TELL_AGAIN = timedelta(
    days=30
)  # about pictures, or what to leave out: often enough to be known, too seldom to be a nuisance
COUNTED = ("HELP", "STOP", "WRONG-NUMBER")  # never crowded out by a flood


def fills(heard: Heard, **more: str) -> dict[str, str]:
    """What the fixed texts may name. No office line: the on-call line stands in, else our number."""
    numbers = {
        name: number_of(heard.session, heard.vault, heard.agency, name) for name in ("oncall", "hotline", "phone")
    }
    office = numbers["phone"] or numbers["oncall"] or number_of(heard.session, heard.vault, heard.agency, "sender")
    known = {name: number for name, number in numbers.items() if number}
    limit = heard.agency.texts_a_week
    if heard.member is not None and heard.member.texts_a_week is not None:
        limit = min(limit, heard.member.texts_a_week)
    return {**known, "phone": office or "", "agency": heard.agency.text_name, "max": str(limit), **more}


def answer(heard: Heard, text_id: str, *, spoken: str | None = None, **more: str) -> bool:
    """Write the one answer to this text; False where a machine, a flood or an earlier answer forbids it."""
    if heard.now - heard.said_at > ANSWER_LIVES or _loops.is_nobody(heard) or _loops.goes_round(heard):
        return False
    once = f"answer:{heard.id}"
    if heard.flooding and text_id not in COUNTED:
        text_id, once = "X5", f"flood:{heard.bidx}:{heard.now:%Y%m%d%H}"
    if text_id == "X1":
        once = f"unknown:{heard.bidx}:{local_day(heard.now, heard.zone).isoformat()}"
    return _write(heard, Kind.KEYWORD_REPLY, text_id, once, heard.said_at + ANSWER_LIVES, spoken, **more)


def crisis_answer(heard: Heard, text_id: str, alert_id: str, group_id: str) -> bool:
    """Write the answer to a cry for help, once per open alert, at any hour."""
    if _loops.is_nobody(heard):
        return False
    once = f"crisis:{group_id}"
    return _write(heard, Kind.CRISIS_REPLY, text_id, once, heard.now + CRISIS_LIVES, None, alert_id=alert_id)


def thank(heard: Heard, reflection_id: str, *, hard_day: bool) -> bool:
    """Write the thank-you for a reflection, once, where the agency wants it."""
    text_id = "ACK-HARD" if hard_day else "ACK"
    return heard.agency.sends_acks and _acknowledge(heard, text_id, f"ack:{reflection_id}")


def ask_for_privacy(heard: Heard) -> bool:
    """Ask to leave out names and addresses, in place of the thank-you; at most once in a while."""
    since = heard.now - TELL_AGAIN
    if outbox.said_since(heard.session, heard.agency.id, heard.bidx, "PRIVACY", since):
        return False
    return _acknowledge(heard, "PRIVACY", f"privacy:{heard.id}")


def _acknowledge(heard: Heard, text_id: str, once_key: str) -> bool:
    stale = heard.now - heard.said_at > ACK_LIVES
    if stale or heard.flooding or _loops.is_nobody(heard) or _loops.goes_round(heard):
        return False
    return _write(heard, Kind.ACK, text_id, once_key, heard.said_at + ACK_LIVES, None)


def tell_about_pictures(heard: Heard) -> bool:
    """Say that pictures are not taken here; at most once in a while, and words that came with one are kept."""
    since = heard.now - TELL_AGAIN
    if outbox.said_since(heard.session, heard.agency.id, heard.bidx, "MEDIA", since):
        return False
    return answer(heard, "MEDIA")


def _write(
    heard: Heard, kind: Kind, text_id: str, once_key: str, not_after: datetime, spoken: str | None,
    *, alert_id: str | None = None, **more: str,
) -> bool:  # fmt: skip
    chosen = spoken or heard.language
    country = heard.agency.country
    said = text_id.removeprefix("DRILL-")
    numbers = {}
    if says_public_line(said, country=country):
        numbers = agency_numbers.own_values(heard.session, heard.vault, heard.agency.id)
    body = system_text(said, chosen, fills(heard, **more), country=country, numbers=numbers)
    body = body if said == text_id else DRILL[chosen] + body
    message = outbox.compose(
        heard.session, heard.vault, agency_id=heard.agency.id, kind=kind, to=heard.sender, to_bidx=heard.bidx,
        body=body, now=heard.now, due_at=heard.now, not_after=not_after,
        zone=heard.zone, family_id=None if heard.family is None else heard.family.id,
        member_id=None if heard.member is None else heard.member.id, inbound_id=heard.id, alert_id=alert_id,
        language=chosen, text_id=text_id, once_key=once_key, parts=measure(body).parts,
    )  # fmt: skip
    return message is not None


def language_name(language: str) -> str:
    """A language as its own speakers write it."""
    return LANGUAGE_NAMES[language]
