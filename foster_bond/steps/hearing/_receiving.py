"""What the hearing steps share: one text in and all that it sets off, as one transaction."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from foster_bond.errors import InvalidInput, NotYours
from foster_bond.rules.filing import Reaction, strip_reaction
from foster_bond.rules.keywords import Meaning, read
from foster_bond.rules.phone_numbers import phone_number
from foster_bond.rules.private_details import names_private_detail
from foster_bond.rules.states import Consent
from foster_bond.rules.warning_signs import READ, Sign, find, with_earlier
from foster_bond.steps.hearing import _after_no, _alarms, _answers, _filing, _own_record, _walking, _wishes
from foster_bond.steps.hearing._heard import FLOOD_SPAN, Heard, Stored, author, questions
from foster_bond.store import agencies, alerts, families, hearing_facts, lately, outbox, staff
from foster_bond.store.agencies import Agency
from foster_bond.store.ids import new_id
from foster_bond.store.inbound import file, once
from foster_bond.store.open_store import Session, Store
from foster_bond.store.sealing import Place

ONE_BREATH = timedelta(minutes=10)  # texts of one number within it may be one sentence
QUOTABLE = 30  # texts back: nobody taps back on an older one

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Post:
    """One text as the carrier hands it in. `opt_out_type` is set where the carrier already answered STOP or HELP."""

    sid: str
    sender: str
    to: str
    body: str
    media_count: int = 0
    opt_out_type: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """What became of it. `copy`: it had been stored before, and nothing happened a second time."""

    kind: str
    copy: bool = False
    crisis: bool = False


def receive(store: Store, post: Post, now: datetime, *, came_at: datetime | None = None) -> Received:
    """Store one text with everything that it sets off; when this returns, it is committed.

    `came_at` is given for a text that was found in the carrier's list after an outage.
    Raises: NotYours where `To` is no number of ours: nothing is stored.
    """
    own_words, reaction, signs, failed = _read_words(post.body)
    with store.write() as session:
        agency = agencies.addressed(session, store.vault, _number(post.to))
        if agency is None:
            raise NotYours("sender")
        heard = _listen(session, store, agency, post, (now, came_at or now), own_words, reaction, signs, failed)
        if not _keep(heard, post, recovered=came_at is not None):
            return Received("copy", copy=True)
        return _decide(heard)


def _read_words(body: str) -> tuple[str, Reaction | None, tuple[Sign, ...], bool]:
    """The person's own words, without what they only quote, and the warning signs in them."""
    stripped = strip_reaction(body)
    signs, failed = _signs_of(stripped.own_words)
    return stripped.own_words, stripped.reaction, signs, failed


def _signs_of(words: str) -> tuple[tuple[Sign, ...], bool]:
    try:
        return find(words), len(words) > READ
    except Exception as broken:  # a reader that breaks must raise an alert, never lose a text
        log.error("warning_signs_failed", error=type(broken).__name__)
        return (), True


_ALREADY_E164 = re.compile(r"\+1[2-9][0-9]{9}", re.ASCII)  # how the carrier writes nearly every number


def _number(typed: str) -> str:
    """E.164 where it is a number at all; a short code or an odd sender stays as it came."""
    if _ALREADY_E164.fullmatch(typed):
        return typed  # valid or not, reading it would give it back unchanged
    try:
        return phone_number(typed)
    except InvalidInput:
        return typed.strip()


def _listen(
    session: Session, store: Store, agency: Agency, post: Post, when: tuple[datetime, datetime], own_words: str,
    reaction: Reaction | None, signs: tuple[Sign, ...], failed: bool,
) -> Heard:  # fmt: skip
    now, said_at = when
    sender = _number(post.sender)
    bidx = store.vault.blind_index(agency.id, sender)
    hearing_facts.lock_number(session, agency.id, bidx)
    stands = hearing_facts.standing(session, agency.id, bidx, said_at - FLOOD_SPAN)
    people = hearing_facts.everybody_with(session, agency.id, bidx)
    members = [member for member, _ in people]
    asks = stands.written_to or bool(members)
    prompts = hearing_facts.asked_prompts(session, agency.id, bidx, said_at) if asks else []
    walk = _walking.walk_of(session, agency.id, bidx, said_at) if stands.walks else None
    if walk is None or not walk.run.is_open:
        walk = _walking.begun_by_slot(session, agency.id, bidx, prompts, said_at) or walk
    member = author(members, _walking.among(prompts, walk), said_at)
    colleague = None if stands.staff_id is None else staff.find(session, agency.id, stands.staff_id)
    consent = stands.consent
    heard = Heard(
        session=session, vault=store.vault, agency=agency, now=now, said_at=said_at, sender=sender, bidx=bidx,
        body=post.body, own_words=own_words, reaction=reaction, signs=signs, failed_to_read=failed,
        opt_out_type=post.opt_out_type,
        colleague=colleague, members=members, member=member,
        family=next((family for one, family in people if one is member), None), prompts=prompts, consent=consent,
        open_alert=alerts.open_for_number(session, agency.id, bidx) if stands.alert_open else None,
        asked=questions(session, agency, colleague, consent, prompts, said_at, reconfirm=stands.reconfirming,
                        flow=walk is not None and walk.open),
        walk=walk,
        texts_lately=stands.texts,
        media_count=post.media_count,
    )  # fmt: skip
    _take_back_foreign_quotes(heard)
    names = tuple(families.member_name(session, store.vault, one).split()[0] for one in members)
    _after_no.read_together(heard)
    heard.reading = read(
        heard.own_words, asked=heard.asked, names=names, hours=(agency.polite_from, agency.polite_until)
    )
    _read_on(heard)
    return heard


def _take_back_foreign_quotes(heard: Heard) -> None:
    """`Loved "Coco"` is about a film: where the quoted words are none of ours, the text is a reply.

    It may still be a reaction to something else on their phone, so nothing answers it.
    """
    if heard.reaction is None:
        return
    ours = outbox.newest_to(heard.session, heard.agency.id, heard.bidx, QUOTABLE)
    if any(heard.reaction.quotes(outbox.body_of(heard.session, heard.vault, message)) for message in ours):
        return
    heard.own_words, heard.reaction, heard.quotes_others = heard.body, None, True
    heard.signs, heard.failed_to_read = _signs_of(heard.body)


def _read_on(heard: Heard) -> None:
    """A cry may be split over texts: a phrase that began in what this number sent a moment before counts, too.

    A command goes on from nothing but a cry: "No", then "VOLVER", tells of nobody who has not come back.
    """
    if not heard.texts_lately or heard.failed_to_read or heard.reaction is not None:
        return
    since = heard.said_at - ONE_BREATH
    said = lately.said_lately(heard.session, heard.vault, heard.agency.id, heard.bidx, since)
    before = [one for one in said if one != heard.body]  # a phone that sends a text again does not go on from it
    if not before:
        return
    try:
        signs = with_earlier(heard.signs, " ".join(before), heard.own_words)
    except Exception as broken:
        log.error("warning_signs_failed", error=type(broken).__name__)
        heard.failed_to_read = True
        return
    command = _wishes.is_wish(heard) and heard.reading.meaning is not Meaning.UNCLEAR_STOP  # which is a sentence
    heard.signs = tuple(one for one in signs if not command or one.priority == "now" or one in heard.signs)


def _keep(heard: Heard, post: Post, *, recovered: bool) -> bool:
    """Store the raw text, once per carrier id. False where it was there already."""
    stored = Stored(new_id(), _kind(heard))
    family_id = None if heard.family is None else heard.family.id

    def seal(words: str, column: str) -> bytes:
        place = Place("inbound_texts", column, stored.id)
        return heard.vault.seal(heard.session, words, place, agency_id=heard.agency.id, family_id=family_id)

    new = once(
        heard.session,
        id=stored.id, agency_id=heard.agency.id, family_id=family_id,
        member_id=None if heard.member is None else heard.member.id, reflection_id=None, carrier_sid=post.sid,
        from_sealed=seal(heard.sender, "from_sealed"), from_bidx=heard.bidx, body=seal(post.body, "body"),
        kind=stored.kind, meaning=heard.reading.meaning.value, crisis=False, hard_day=_alarms.is_hard_day(heard),
        media_count=post.media_count, received_at=heard.said_at, recovered=recovered,
    )  # fmt: skip
    heard.text = stored if new else None
    return new


def _kind(heard: Heard) -> str:
    if heard.reaction is not None:
        return "reaction"
    if _wishes.is_wish(heard):
        return "keyword"
    if heard.member is None:
        return "staff" if heard.colleague is not None else "unplaced"
    return "photo" if heard.is_picture else "reply"


def _decide(heard: Heard) -> Received:
    """Warning signs first, then the wish, then the filing: one answer at most."""
    assert heard.text is not None
    alert = _alarms.alarm(heard)
    urgent = alert is not None and alert.priority == "now"
    heard.text.crisis = urgent  # a review item wakes nobody
    if urgent:
        _walking.end_at_home(
            heard.session, heard.agency.id, None if heard.family is None else heard.family.id, heard.bidx, heard.now
        )
    _obey_or_file(heard, urgent)
    text = heard.text
    if text.crisis or text.reflection_id is not None:
        file(heard.session, heard.agency.id, text.id, crisis=text.crisis, reflection_id=text.reflection_id)
    return Received(text.kind, crisis=urgent)


def _obey_or_file(heard: Heard, urgent: bool) -> None:
    if heard.reaction is not None:
        return
    if urgent and _alarms.stops_too(heard):
        _wishes.stop(heard)
        _file(heard, urgent)
    elif not _wishes.obey(heard, silent=urgent):
        _file(heard, urgent)


def _file(heard: Heard, urgent: bool) -> None:
    if heard.member is None:
        _unplaced(heard, urgent)
        return
    quiet = urgent or heard.open_alert is not None or heard.consent is not Consent.ACTIVE
    told = bool(heard.media_count) and not quiet and _answers.tell_about_pictures(heard)
    if heard.is_picture:  # shown on the timeline, but no answer to anything
        return
    if heard.reading.note == "records_request":
        _own_record.note_request(heard)
    hard_day = _alarms.is_hard_day(heard)
    reflection_id, new = _filing.file_reply(heard, hard_day=hard_day)
    silent = quiet or told or heard.quotes_others
    if _goes_on(heard, reflection_id, hard_day, silent=silent) or silent:
        return
    careless = not hard_day and names_private_detail(heard.own_words)
    if not (careless and _answers.ask_for_privacy(heard)) and new:
        _answers.thank(heard, reflection_id, hard_day=hard_day)


def _goes_on(heard: Heard, reflection_id: str, hard_day: bool, *, silent: bool) -> bool:
    """Whether a guided activity goes on from this reply: then its next step, or its base, is the answer."""
    if heard.walk is None or heard.quotes_others:
        return False
    onward, text_id = _walking.answered(heard.on_the_way, heard.walk, reflection_id, hard_day=hard_day)
    if text_id is not None and not silent:
        _answers.answer(heard, text_id)
    return onward


def _unplaced(heard: Heard, urgent: bool) -> None:
    """Nobody's, or more than one family's: kept, shown to staff, never guessed."""
    if heard.colleague is not None:
        return
    alerts.add_task(
        heard.session, heard.agency.id, "unplaced", "A text came in that belongs to no one family yet.", heard.now,
        once_key=f"unplaced:{heard.id}", inbound_id=heard.id,
    )  # fmt: skip
    if not urgent and not heard.members and heard.consent is not Consent.STOPPED:
        _answers.answer(heard, "X1")
