"""What the step rooms share: an agency's people as an alert finds them, and over which channels they are reached."""

from dataclasses import dataclass
from datetime import datetime

from foster_bond.rules.alert_ladder import Colleague
from foster_bond.rules.states import Consent
from foster_bond.store import channels, consents, rota, staff
from foster_bond.store.agencies import Agency
from foster_bond.store.session import Session
from foster_bond.store.staff import Staff


@dataclass(frozen=True, slots=True)
class Watch:
    """Everybody who works there now. `reached` are those whom a text or a mail finds, who is on call first."""

    reached: tuple[Staff, ...]
    colleagues: tuple[Colleague, ...]  # of those reached
    texted: frozenset[str]  # who has a phone that takes our texts
    stopped: tuple[Staff, ...]  # who has sent STOP from their phone: no text may go to it
    mailed: bool

    def has_rota(self, named: frozenset[str] = frozenset()) -> bool:
        """True where somebody of the rota can be reached now: only then may a text say that the team is told."""
        return any(one.on_call and not one.away and one.id not in named for one in self.colleagues)


def watch_of(session: Session, agency: Agency, now: datetime) -> Watch:
    """The agency's people at this moment, by its rota, time off, and the state of their numbers."""
    everybody = [person for person in staff.of_agency(session, agency.id) if person.disabled_at is None]
    on_call, away = rota.on_call_and_away(rota.of_agency(session, agency), everybody, now)
    numbers = consents.states_of(session, agency.id, [one.phone_bidx for one in everybody if one.phone_bidx])
    stopped = tuple(one for one in everybody if one.phone_bidx and numbers.get(one.phone_bidx) is Consent.STOPPED)
    texted = frozenset(one.id for one in everybody if one.phone_bidx and one not in stopped)
    mailed = channels.is_set_up(session, channels.MAIL)
    place = {staff_id: number for number, staff_id in enumerate(on_call)}
    reached = sorted((one for one in everybody if mailed or one.id in texted), key=lambda one: place.get(one.id, 999))
    return Watch(
        reached=tuple(reached),
        colleagues=tuple(Colleague(one.id, one.role, one.id in place, one.id in away) for one in reached),
        texted=texted, stopped=stopped, mailed=mailed,
    )  # fmt: skip
