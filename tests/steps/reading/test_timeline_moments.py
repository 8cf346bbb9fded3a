"""What stands on a timeline: each kind of moment with its words, its time on the family's wall and its reason."""

from datetime import timedelta

import pytest

from foster_bond.errors import NotYours
from foster_bond.rules.kinds import Kind
from foster_bond.rules.page_values.family import (
    AlertMoment,
    ConsentMoment,
    FamilyPage,
    HoldMoment,
    Moment,
    NoteMoment,
    Reflection,
    SaidMoment,
    SentMoment,
)
from foster_bond.rules.states import Consent
from foster_bond.steps.hearing.acknowledge_alert import take_alert
from foster_bond.steps.keeping.note_look import note_look
from foster_bond.steps.reading.read_timeline import read_family, read_news
from foster_bond.store import consents
from foster_bond.store.families import Member
from foster_bond.store.open_store import Store
from tests.cast import BEN, MONDAY, Cast
from tests.past import Past, new_family

EVENING = MONDAY + timedelta(days=7, hours=10)  # Monday 9 November, 7 pm in Denver
NOW = EVENING + timedelta(days=1)


def read(store: Store, cast: Cast, past: Past, **more: str) -> FamilyPage:
    return read_family(store, cast.mina.viewer, past.family_id, NOW, **more)


def newest(page: FamilyPage) -> Moment:
    return page.weeks[0].moments[0]


def find(page: FamilyPage, moment_id: str) -> Moment:
    return next(one for week in page.weeks for one in week.moments if one.id == moment_id)


def test_a_prompt_and_its_reply_are_one_moment(store: Store, cast: Cast, past: Past) -> None:
    asked = past.asked(EVENING, "What was small and good?")
    answer = past.wrote(EVENING + timedelta(minutes=40), "She hummed.", "In the kitchen.", to=asked)
    page = read(store, cast, past)
    one = newest(page)
    assert isinstance(one, Reflection) and one.id == answer
    assert one.asked is not None and one.asked.text == "What was small and good?"
    assert (one.asked.technique, one.asked.level) == ("support", 1)
    assert [part.text for part in one.parts] == ["She hummed.", "In the kitchen."]
    assert one.when.words == "Mon 9 Nov, 7:40 pm" and one.when.iso == "2026-11-10T02:40:00Z"
    assert one.minutes_after == 40 and one.open_prompt
    assert one.delivery is not None and one.delivery.state == "delivered"
    assert asked not in {moment.id for week in page.weeks for moment in week.moments}
    assert page.local_now.words == "Tue 10 Nov, 7:00 pm in Denver"
    assert page.weeks[0].words == "This week"


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("scheduled", "Another text to this number is on its way."),
        ("unknown", "The carrier did not answer."),
        ("unresolved", "Nobody can tell."),
        ("failed", "A landline."),
        ("undelivered", "The phone was off."),
        ("suppressed", "This person has stopped the texts."),
        ("expired", "Its time passed."),
        ("delivered", None),
    ],
)
def test_an_unanswered_prompt_says_where_it_stands_and_why(
    store: Store, cast: Cast, past: Past, state: str, why: str | None
) -> None:
    message = past.asked(EVENING, state=state, why=why)
    one = find(read(store, cast, past), message)
    assert isinstance(one, SentMoment)
    assert one.delivery.state == state
    assert one.delivery.why == (why if why and state != "scheduled" else "")
    assert (one.answer_until is not None) is (state == "delivered")
    assert one.message_id == (message if state == "unresolved" else "")


def test_a_question_closes(store: Store, cast: Cast, past: Past) -> None:
    message = past.asked(EVENING - timedelta(days=3))
    one = find(read(store, cast, past), message)
    assert isinstance(one, SentMoment) and one.answer_until is None


def test_a_text_whose_time_is_to_come_stands_under_coming_up_only(store: Store, cast: Cast, past: Past) -> None:
    waiting = past.asked(NOW + timedelta(minutes=8), "Nearly time.", state="scheduled")
    past.slot(NOW + timedelta(days=2), key="own-1", who="Ben")
    past.slot(NOW + timedelta(days=3), why="A hearing that day.")
    page = read(store, cast, past)
    assert waiting not in {moment.id for week in page.weeks for moment in week.moments}
    assert [(one.member_name, one.text, one.held, one.why) for one in page.coming_up] == [
        ("Grace", "Nearly time.", False, ""),
        ("Ben", "How was today?", False, ""),
        ("Grace", "", True, "A hearing that day."),  # its programme has one prompt, and that is Ben's
    ]


@pytest.mark.parametrize(
    ("state", "outcome"), [("planned", "held"), ("dropped", "dropped"), ("expired", "expired"), ("skipped", "skipped")]
)
def test_a_slot_that_did_not_leave_says_why(store: Store, cast: Cast, past: Past, state: str, outcome: str) -> None:
    slot = past.slot(EVENING, state=state, key="own-1", why="Challenging waits for a better evening.")
    one = find(read(store, cast, past), slot)
    assert isinstance(one, HoldMoment)
    assert (one.outcome, one.why, one.text) == (outcome, "Challenging waits for a better evening.", "How was today?")
    assert one.was_due.words == "Mon 9 Nov, 7:00 pm"


def test_a_wish_stands_with_our_fixed_answer_and_a_thank_you_is_a_small_fact(
    store: Store, cast: Cast, past: Past
) -> None:
    wish = past.wished(EVENING, "pausa 3", "pause", answer="OK, no texts for 3 days.")
    answer = past.wrote(EVENING + timedelta(hours=1), "Fine.", to=past.asked(EVENING))
    page = read(store, cast, past)
    one = find(page, wish)
    assert isinstance(one, SaidMoment) and one.answer is not None
    assert (one.words, one.meaning, one.answer.text) == ("pausa 3", "pause", "OK, no texts for 3 days.")
    thanked = find(page, answer)
    assert isinstance(thanked, Reflection) and thanked.notes == ()
    assert len([m for week in page.weeks for m in week.moments if isinstance(m, SentMoment)]) == 1  # the cast's reply


def test_a_change_of_consent_shows_the_exact_words_once(store: Store, cast: Cast, past: Past) -> None:
    past.consent(EVENING, Consent.STOPPED, words="no more texts please")
    page = read(store, cast, past)
    said = [
        moment
        for week in page.weeks
        for moment in week.moments
        if getattr(moment, "words", "") == "no more texts please"
    ]
    assert len(said) == 1
    one = said[0]
    assert isinstance(one, ConsentMoment)
    assert (one.before, one.after, one.how, one.member_name) == ("active", "stopped", "text", "Grace")
    grace = next(card for card in page.members if card.name == "Grace")
    assert (grace.consent, grace.consent_how) == ("stopped", "text")
    assert grace.consent_since is not None and grace.consent_since.words == "Mon 9 Nov"


def test_a_shared_number_shows_the_change_but_not_the_words_of_the_other_family(
    store: Store, cast: Cast, past: Past
) -> None:
    other = new_family(store, cast.harbor, "Adeyemi", {"Ife": BEN}, MONDAY, worker="Cal")
    other.consent(EVENING, Consent.STOPPED, words="stop, it is Ife", who="Ife")
    page = read(store, cast, past)
    stops = [m for week in page.weeks for m in week.moments if isinstance(m, ConsentMoment) and m.after == "stopped"]
    assert [(one.member_name, one.words) for one in stops] == [("Ben", "")]


def test_an_alert_says_who_was_told_and_who_took_it(store: Store, cast: Cast, past: Past) -> None:
    alert = past.alarm(EVENING, "She has not come back.", sign="not come back")
    page = read(store, cast, past)
    first = find(page, alert)
    assert isinstance(first, AlertMoment) and first.may_take and first.state == "raised"
    past.sent(
        EVENING + timedelta(seconds=8), "Harbor: call 911 now.", kind=Kind.CRISIS_REPLY, alert_id=alert
    )  # fmt: skip
    take_alert(store, cast.mina.viewer, alert, EVENING + timedelta(minutes=4))
    one = find(read(store, cast, past), alert)
    assert isinstance(one, AlertMoment)
    assert (one.words, one.category, one.taken_by, one.may_take) == (
        "She has not come back.", "missing", "Mina Vale", False,
    )  # fmt: skip
    assert one.answer is not None and one.answer.state == "delivered"
    kinds = [moment.kind for week in read(store, cast, past).weeks for moment in week.moments]
    assert kinds.count("alert") == 2  # the cast's own is the other one: no text of ours stands a second time


def test_a_note_is_the_authors_own(store: Store, cast: Cast, past: Past) -> None:
    past.note(EVENING, "Open the visit with this.", by="Tom")
    mine = newest(read(store, cast, past))
    assert isinstance(mine, NoteMoment) and (mine.author, mine.mine) == ("Tom Vale", False)
    his = newest(read_family(store, cast.tom.viewer, past.family_id, NOW))
    assert isinstance(his, NoteMoment) and his.mine


def test_only_who_holds_the_family_reads_it(store: Store, cast: Cast, past: Past) -> None:
    for holder in (cast.mina, cast.tom, cast.ada):
        assert read_family(store, holder.viewer, past.family_id, NOW).name == "Okafor"
    for other in (cast.cal, cast.lena, cast.rex, cast.sue, cast.eve):
        for look in (read_family, note_look):
            with pytest.raises(NotYours):
                look(store, other.viewer, past.family_id, NOW)  # type: ignore[operator]
        with pytest.raises(NotYours):
            read_news(store, other.viewer, past.family_id, NOW, seen="")
    with pytest.raises(NotYours):
        read_family(store, cast.mina.viewer, past.family_id, NOW, member=cast.elsewhere.home.members["Ivo"])


def test_what_came_since_the_last_reading_is_new(store: Store, cast: Cast, past: Past) -> None:
    old = past.wrote(EVENING, "Before.")
    assert note_look(store, cast.mina.viewer, past.family_id, EVENING + timedelta(hours=1)) is None
    new = past.wrote(EVENING + timedelta(hours=2), "After.")
    since = note_look(store, cast.mina.viewer, past.family_id, NOW)
    again = note_look(store, cast.mina.viewer, past.family_id, NOW + timedelta(minutes=5))  # a reload: the same reading
    assert since == again == EVENING + timedelta(hours=1)
    page = read_family(store, cast.mina.viewer, past.family_id, NOW, new_since=since)
    before, after = find(page, old), find(page, new)
    assert isinstance(before, Reflection) and isinstance(after, Reflection)
    assert (before.unread, after.unread) == (False, True)
    assert note_look(store, cast.tom.viewer, past.family_id, NOW) is None  # each reader has their own


def test_a_poll_notices_whatever_changes(store: Store, cast: Cast, past: Past) -> None:
    message = past.asked(EVENING, state="accepted")
    seen = read(store, cast, past).seen

    def changed(now: str) -> str:
        news = read_news(store, cast.mina.viewer, past.family_id, NOW, seen=now)
        assert news is not None and news.seen != now
        assert read_news(store, cast.mina.viewer, past.family_id, NOW, seen=news.seen) is None
        return news.seen

    from foster_bond.rules.states import Outbound
    from foster_bond.store import outbox

    with store.write() as session:
        outbox.move(session, message, cast.harbor.agency_id, Outbound.ACCEPTED, Outbound.DELIVERED, NOW)
    seen = changed(seen)
    past.wrote(EVENING + timedelta(minutes=3), "Fine.", to=message)
    seen = changed(seen)
    past.note(EVENING + timedelta(minutes=9), "Read it.")
    changed(seen)


def test_nobody_has_been_asked_yet(store: Store, cast: Cast) -> None:
    family = new_family(store, cast.harbor, "Adeyemi", {"Ife": "+13035550160"}, NOW - timedelta(hours=1), worker="Mina")
    family.slot(NOW + timedelta(days=1))
    page = read(store, cast, family)
    assert page.opening is not None
    assert (page.opening.reading.people, page.opening.reading.last_words, page.opening.visit) == ((), None, None)
    assert page.bars == ()


def test_who_is_here_names_what_stands_in_a_texts_way(store: Store, cast: Cast, past: Past) -> None:
    with store.write() as session:
        grace = session.get(Member, cast.harbor.home.members["Grace"])
        assert grace is not None
        grace.paused_until, grace.texts_a_week = NOW + timedelta(days=2), 2
        grace.number_bad_why = "The carrier calls it a landline."
    card = next(one for one in read(store, cast, past).members if one.name == "Grace")
    assert card.paused_until is not None and card.paused_until.words == "Thu 12 Nov, 7:00 pm"
    assert (card.trouble, card.phone_end) == ("The carrier calls it a landline.", "0111")
    assert card.facts == ("asked for at most 2 texts a week",)


def test_asked_and_answered_counts_weeks_on_the_familys_own_calendar(store: Store, cast: Cast, past: Past) -> None:
    sunday_night = EVENING - timedelta(hours=21)  # Sunday 10 pm in Denver, Monday already in UTC
    past.wrote(EVENING, "Fine.", to=past.asked(sunday_night))
    past.asked(EVENING)
    past.asked(EVENING, state="failed", why="A landline.")
    bars = read(store, cast, past).bars
    assert len(bars) == 12
    assert [(one.asked, one.answered) for one in bars[-2:]] == [(1, 1), (1, 0)]


def test_the_number_counts_not_the_person(store: Store, cast: Cast, past: Past) -> None:
    with store.read() as session:
        found = consents.last_ways(session, cast.harbor.agency_id, [past.members["Grace"].to_bidx])
    assert list(found.values()) == ["recorded"]
