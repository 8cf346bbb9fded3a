"""What the import shares: a row's consent → the ledger, and the texts that follow from it."""

from dataclasses import dataclass
from datetime import datetime

from foster_bond.rules.access import Viewer
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
        event = self._change(row, member, Consent.ACTIVE, "recorded", said=row.consent_wording)
        if event is None:
            return Outcome()
        welcome(
            self._session, self._vault, agency=self._agency, to=row.phone, to_bidx=member.to_bidx,
            language=member.language, zone=member.zone or family.zone, now=self._now, event_id=event.id,
            family_id=family.id, member_id=member.id,
        )  # fmt: skip
        return Outcome(active=True)

    def _ask(self, row: FamilyRow, member: Member, family: Family) -> Outcome:
        self._change(row, member, Consent.PENDING, "asked")
        known = consents.of_number(self._session, self._agency.id, member.to_bidx)
        if known is not None:
            known.asked_at = self._now
        fills = {"agency": self._agency.text_name, "max": str(self._agency.texts_a_week)}
        body = system_text("W0", member.language, fills, country=self._agency.country)
        message = outbox.compose(
            self._session, self._vault, agency_id=self._agency.id, kind=Kind.CONSENT_ASK, to=row.phone,
            to_bidx=member.to_bidx, body=body, now=self._now, due_at=self._now, not_after=self._now + LEAVES_WITHIN,
            zone=member.zone or family.zone, family_id=family.id, member_id=member.id, language=member.language,
            text_id=system_text_id("W0", country=self._agency.country), parts=measure(body).parts,
            once_key=f"ask:{member.to_bidx}",
        )  # fmt: skip
        return Outcome(asked=message is not None)

    def _change(
        self, row: FamilyRow, member: Member, to: Consent, how: str, *, said: str | None = None
    ) -> consents.ConsentEvent | None:
        return consents.change(
            self._session, self._vault, agency_id=self._agency.id, to_bidx=member.to_bidx, to=to, at=self._now,
            how=how, said=said, given_on=row.consent_date, language=member.language, family_id=member.family_id,
            member_id=member.id, staff_id=self._viewer.by,
        )  # fmt: skip
