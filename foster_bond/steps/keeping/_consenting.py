"""What the ledger's steps share: a row's consent, or a person's, → the ledger, and the texts that follow from it."""

from dataclasses import dataclass
from datetime import date, datetime

from foster_bond.rules.access import Viewer
from foster_bond.rules.consent_wording import RECORDED, versions
from foster_bond.rules.family_rows import FamilyRow
from foster_bond.rules.kinds import Kind
from foster_bond.rules.message_text import system_text, system_text_id
from foster_bond.rules.segments import measure
from foster_bond.rules.states import Consent
from foster_bond.steps.welcoming import LEAVES_WITHIN, welcome
from foster_bond.store import consents, outbox
from foster_bond.store.agencies import Agency
from foster_bond.store.families import Family, Member
from foster_bond.store.sealing import Vault
from foster_bond.store.session import Session

STOPPED = (
    "this number has stopped all texts, and an import does not open it again: "
    "START from that phone does, or consent that a person records anew."
)
ON_HOLD = "this number may have asked us to stop; a person decides that first."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one row's consent did."""

    active: bool = False
    asked: bool = False
    note: str | None = None


class Consenting:
    """Consent from a file. It only ever goes up: an import never stops a number and never opens a stopped one."""

    def __init__(self, session: Session, vault: Vault, agency: Agency, viewer: Viewer, now: datetime) -> None:
        self._session, self._vault, self._agency, self._viewer, self._now = session, vault, agency, viewer, now

    def apply(self, row: FamilyRow, member: Member, family: Family) -> Outcome:
        """Turn the number active, ask it, or leave it."""
        known = consents.of_number(self._session, self._agency.id, member.to_bidx)
        state = Consent.NONE if known is None else Consent(known.state)
        if row.consent == "none":
            return Outcome()
        if state in (Consent.STOPPED, Consent.HOLD):
            return Outcome(note=STOPPED if state is Consent.STOPPED else ON_HOLD)
        if row.consent == "recorded" and state is not Consent.ACTIVE:
            return self._activate(row, member, family)
        if row.consent == "ask" and state is Consent.NONE and (known is None or known.asked_at is None):
            return self._ask(row, member, family)
        return Outcome()

    def _activate(self, row: FamilyRow, member: Member, family: Family) -> Outcome:
        event = consents.change(
            self._session, self._vault, agency_id=self._agency.id, to_bidx=member.to_bidx, to=Consent.ACTIVE,
            at=self._now, how="recorded", said=row.consent_wording, given_on=row.consent_date,
            wording=versions(RECORDED, self._agency.country), language=member.language, family_id=member.family_id,
            member_id=member.id, staff_id=self._viewer.by,
        )  # fmt: skip
        if event is None:
            return Outcome()
        welcome(
            self._session, self._vault, agency=self._agency, to=row.phone, to_bidx=member.to_bidx,
            language=member.language, zone=member.zone or family.zone, now=self._now, event_id=event.id,
            family_id=family.id, member_id=member.id,
        )  # fmt: skip
        return Outcome(active=True)

    def _ask(self, row: FamilyRow, member: Member, family: Family) -> Outcome:
        asked = ask_number(
            self._session, self._vault, self._agency, member, family, self._now, to=row.phone,
            staff_id=self._viewer.by, given_on=row.consent_date,
        )  # fmt: skip
        return Outcome(asked=asked)


def ask_number(
    session: Session, vault: Vault, agency: Agency, member: Member, family: Family, now: datetime, *, to: str,
    staff_id: str | None, given_on: date | None = None,
) -> bool:  # fmt: skip
    """Write W0, once ever per number, and note in the ledger that it was asked with these words."""
    consents.change(
        session, vault, agency_id=agency.id, to_bidx=member.to_bidx, to=Consent.PENDING, at=now, how="asked",
        wording=versions(("W0",), agency.country), given_on=given_on, language=member.language,
        family_id=member.family_id, member_id=member.id, staff_id=staff_id,
    )  # fmt: skip
    stands = consents.of_number(session, agency.id, member.to_bidx)
    if stands is not None:
        stands.asked_at = now
    fills = {"agency": agency.text_name, "max": str(agency.texts_a_week)}
    body = system_text("W0", member.language, fills, country=agency.country)
    message = outbox.compose(
        session, vault, agency_id=agency.id, kind=Kind.CONSENT_ASK, to=to, to_bidx=member.to_bidx, body=body, now=now,
        due_at=now, not_after=now + LEAVES_WITHIN, zone=member.zone or family.zone, family_id=family.id,
        member_id=member.id, language=member.language, text_id=system_text_id("W0", country=agency.country),
        parts=measure(body).parts, once_key=f"ask:{member.to_bidx}",
    )  # fmt: skip
    return message is not None
