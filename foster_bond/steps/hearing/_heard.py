"""What the hearing steps share: one inbound text with everybody and everything it is read against."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from foster_bond.library import LANGUAGES
from foster_bond.rules.filing import Reaction
from foster_bond.rules.keywords import Meaning, OpenQuestions, Reading
from foster_bond.rules.states import Consent
from foster_bond.rules.warning_signs import Sign
from foster_bond.steps.hearing._walking import Said, Walk
from foster_bond.store import alert_calls
from foster_bond.store.agencies import Agency
from foster_bond.store.alerts import Alert
from foster_bond.store.hearing_facts import AskedPrompt, Home, Person
from foster_bond.store.open_store import Session
from foster_bond.store.sealing import Vault
from foster_bond.store.staff import Staff

FLOOD_SPAN = timedelta(hours=1)
FLOOD = 10  # texts in an hour, past which one answer an hour is enough
SHORT_CODE = 7  # digits: a shorter sender is a machine, and is never answered


@dataclass(slots=True)
class Stored:
    """The text's own row, once it is stored, and what became of it so far."""

    id: str
    kind: str
    crisis: bool = False
    reflection_id: str | None = None


@dataclass(slots=True)
class Heard:
    """One text, who may have sent it and what stands open between them and us."""

    session: Session
    vault: Vault
    agency: Agency
    now: datetime
    said_at: datetime  # earlier than now where the text was found in the carrier's list after an outage
    sender: str
    bidx: str
    body: str
    own_words: str
    reaction: Reaction | None
    signs: tuple[Sign, ...]
    failed_to_read: bool  # the reader of warning signs broke on this text: a person has to read it
    opt_out_type: str | None
    colleague: Staff | None
    members: list[Person]
    member: Person | None
    family: Home | None
    prompts: list[AskedPrompt]
    consent: Consent
    open_alert: Alert | None
    asked: OpenQuestions
    texts_lately: int
    media_count: int = 0
    walk: Walk | None = None  # the guided activity that it may belong to
    quotes_others: bool = False  # it looks like a reaction, to words that are none of ours
    reading: Reading = field(default_factory=lambda: Reading(Meaning.REPLY))
    text: Stored | None = None

    @property
    def id(self) -> str:
        assert self.text is not None
        return self.text.id

    @property
    def on_the_way(self) -> Said:
        """This text, as a guided activity hears it."""
        return Said(self.session, self.agency, self.zone, self.said_at, self.now)

    @property
    def zone(self) -> str:
        if self.member is not None and self.member.zone:
            return self.member.zone
        return self.agency.zone if self.family is None else self.family.zone

    @property
    def language(self) -> str:
        """Theirs; of an unknown number the language it wrote in, else the agency's."""
        if self.member is not None:
            return self.member.language
        written = next((sign.pattern_id[:2] for sign in self.signs), None)  # pattern ids begin with their language
        return self.reading.said_in or (written if written in LANGUAGES else None) or self.agency.language

    @property
    def is_picture(self) -> bool:
        """Nothing but photos or videos, which nobody here opens."""
        return bool(self.media_count) and not self.own_words.strip()

    @property
    def is_machine(self) -> bool:
        return len(self.sender.lstrip("+")) < SHORT_CODE or not self.sender.lstrip("+").isdigit()

    @property
    def flooding(self) -> bool:
        return self.texts_lately >= FLOOD


def author(members: list[Person], prompts: list[AskedPrompt], now: datetime) -> Person | None:
    """Who wrote, where it can be told: of several families only the one with the one open question, else nobody."""
    present = [member for member in members if member.left_at is None] or members
    if not present:
        return None
    by_id = {member.id: member for member in present}
    if len({member.family_id for member in present}) == 1:
        return next((by_id[prompt.member_id] for prompt in prompts if prompt.member_id in by_id), present[0])
    waiting = [prompt for prompt in prompts if is_open(prompt, now) and prompt.member_id in by_id]
    homes = {prompt.family_id for prompt in waiting}
    return by_id[waiting[0].member_id] if len(homes) == 1 else None


def is_open(prompt: AskedPrompt, now: datetime) -> bool:
    """True while an answer to it is not late."""
    return now < prompt.sent_at + timedelta(seconds=prompt.closes_after_s)


def questions(
    session: Session,
    agency: Agency,
    colleague: Staff | None,
    consent: Consent,
    prompts: list[AskedPrompt],
    now: datetime,
    *,
    reconfirm: bool = False,
    flow: bool = False,
) -> OpenQuestions:
    """What of ours waits for this number's answer."""
    told = colleague is not None and bool(alert_calls.untaken_of(session, agency.id, colleague.id))
    return OpenQuestions(
        consent_ask=consent is Consent.PENDING,
        reconfirm=reconfirm and consent is Consent.ACTIVE,
        hold=consent is Consent.HOLD,
        flow=flow,
        prompt=any(is_open(prompt, now) and prompt.reflection_id is None for prompt in prompts),
        staff_alert=told,
    )
