"""Steps, shared floor: consent turned active → W1 and W2 wait in the outbox. Any room may import it."""

from datetime import datetime, timedelta

from foster_bond.library import system_texts
from foster_bond.rules.kinds import Kind
from foster_bond.rules.message_text import system_text, system_text_id
from foster_bond.rules.segments import measure
from foster_bond.store import agency_numbers, consents, outbox
from foster_bond.store.agencies import Agency
from foster_bond.store.sealing import Vault
from foster_bond.store.session import Session

LEAVES_WITHIN = timedelta(days=7)  # a welcome or an opt-in text that found no polite hour in a week is stale
BETWEEN = timedelta(seconds=1)  # W2 is due after W1, so that they arrive in this order


def welcome(
    session: Session,
    vault: Vault,
    *,
    agency: Agency,
    to: str,
    to_bidx: str,
    language: str,
    zone: str,
    now: datetime,
    event_id: str,
    family_id: str | None = None,
    member_id: str | None = None,
    inbound_id: str | None = None,
) -> None:
    """Write W1 and W2 for a number that has just turned active, once per consent event, and mark it as being welcomed.

    `inbound_id` is the text that said yes, where there is one: its answer may leave at any hour.
    """
    fills = {"agency": agency.text_name, "max": str(agency.texts_a_week)}
    numbers = agency_numbers.own_values(session, vault, agency.id)
    for place, name in enumerate(_names(agency.country)):
        body = system_text(name, language, fills, country=agency.country, numbers=numbers)
        outbox.compose(
            session, vault, agency_id=agency.id, kind=Kind.WELCOME, to=to, to_bidx=to_bidx, body=body, now=now,
            due_at=now + place * BETWEEN, not_after=now + LEAVES_WITHIN, zone=zone, family_id=family_id,
            member_id=member_id, inbound_id=inbound_id, language=language, parts=measure(body).parts,
            text_id=system_text_id(name, country=agency.country), once_key=f"{name}:{event_id}",
        )  # fmt: skip
    row = consents.of_number(session, agency.id, to_bidx)
    if row is not None:
        row.welcomed_at = now


def _names(country: str) -> tuple[str, ...]:
    """W2 names 911 and 988, which help nobody in the UK: there it waits until it has words of its own."""
    if country == "GB" and "UK-W2" not in system_texts():
        return ("W1",)
    return ("W1", "W2")
