"""Store → phones page (demo only): simulated phones as message threads, and when the next text is due."""

import hashlib
from dataclasses import replace
from datetime import datetime

from foster_bond.rules.access import Viewer
from foster_bond.rules.mail_text import mail_text
from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState
from foster_bond.rules.page_values.phones import Bubble, MailItem, PhonesPage, PhoneThread
from foster_bond.rules.phone_numbers import spoken_number
from foster_bond.rules.spoken_time import hour_and_day, when
from foster_bond.rules.states import Consent
from foster_bond.steps.simulated_phones import Phone, phones_held
from foster_bond.store import agencies, coming, consents, mails, simulated_texts, staff
from foster_bond.store.agencies import Agency
from foster_bond.store.open_store import Store
from foster_bond.store.session import Session

NEWEST = 40  # texts shown of one phone
MAILS = 20


def read_phones(
    store: Store,
    viewer: Viewer,
    now: datetime,
    *,
    public_url: str,
    moving: bool = False,
    form: FormState = NOTHING_TYPED,
    form_phone: str = "",
) -> PhonesPage:
    """The phones that the viewer may pick up, with their newest texts. `moving`: the clock is on its way."""
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        phones = phones_held(session, store.vault, viewer)
        standing = consents.states_of(session, agency.id, [phone.to_bidx for phone in phones])
        following = coming.next_text(session, viewer, now)
        threads = tuple(
            _thread(session, store, viewer, phone, standing.get(phone.to_bidx) is Consent.STOPPED, now)
            for phone in phones
        )
        kept = _mail(session, viewer, agency, public_url, now)
    page = PhonesPage(
        now=when(now, agency.zone, language=viewer.language, now=now),
        threads=threads,
        next_text=None if following is None else when(following, agency.zone, language=viewer.language, now=now),
        mail=kept,
        moving=moving,
    )
    seen = hashlib.sha256(repr(page).encode()).hexdigest()[:16]
    return replace(page, seen=seen, form=form, form_phone=form_phone)


def next_text(store: Store, viewer: Viewer, now: datetime) -> datetime | None:
    """When the next text to the viewer's families is due; None where nothing is planned."""
    with store.read() as session:
        return coming.next_text(session, viewer, now)


def _mail(
    session: Session, viewer: Viewer, agency: Agency, public_url: str, now: datetime
) -> tuple[MailItem, ...]:  # fmt: skip
    """The mail that was kept instead of sent: the viewer's own, or everybody's for who sees all families."""
    people = {one.id: one for one in staff.of_agency(session, agency.id)}
    mine = None if viewer.sees_all_families else viewer.staff_id
    found = []
    for mail in mails.taken(session, agency.id, mine, MAILS):
        to = people[mail.staff_id]
        fills = {"agency": agency.text_name, "link": f"{public_url}/alerts"}
        subject, body = mail_text(mail.words, to.language, fills)
        at = mail.accepted_at or mail.written_at
        spoken = when(at, agency.zone, language=viewer.language, place=False, now=now)
        found.append(MailItem(id=mail.id, to=to.name, subject=subject, body=body, when=spoken))
    return tuple(found)


def _thread(session: Session, store: Store, viewer: Viewer, phone: Phone, stopped: bool, now: datetime) -> PhoneThread:
    texts = simulated_texts.of_phone(session, viewer.agency_id, phone.to_bidx, NEWEST)
    bubbles: list[Bubble] = []
    shown = ""
    for text in texts:
        spoken, day = hour_and_day(text.at, phone.zone, language=viewer.language, now=now)
        bubbles.append(
            Bubble(
                id=text.id,
                mine=not text.outgoing,
                text=simulated_texts.words_of(session, store.vault, text),
                when=spoken,
                day="" if day == shown else day,
                language=phone.language,
            )
        )
        shown = day
    return PhoneThread(
        phone_id=phone.id,
        number=spoken_number(phone.number),
        member_name=phone.name,
        family_name=phone.family_name,
        family_id="" if phone.family is None else phone.family.id,
        language=phone.language,
        bubbles=tuple(bubbles),
        local_now=when(now, phone.zone, language=viewer.language, now=now),
        stopped=stopped,
        staff=phone.staff,
    )
