"""The whole conversation in any order: what anybody may type, decide or lose, beside a small model of what must hold.

Hypothesis chooses who texts what, what staff do, how the carrier answers and how time goes by; after each step the
product is compared with the model, and every few steps the invariants of the chaos runs are asked, too.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from foster_bond.carriers.carrier import CarrierInbound
from foster_bond.errors import Conflict, InvalidInput, NotYours
from foster_bond.rules.page_values.delivery import UnplacedRow
from foster_bond.rules.page_values.family import AlertMoment, Reflection
from foster_bond.steps.hearing.acknowledge_alert import take_alert
from foster_bond.steps.hearing.place_text import place_text
from foster_bond.steps.hearing.receive_text import Post, Received, receive
from foster_bond.steps.hearing.refile_reply import OWN, refile_reply, undo_refile
from foster_bond.steps.hearing.resolve_alert import resolve_alert
from foster_bond.steps.keeping.decide_hold import decide_hold
from foster_bond.steps.keeping.record_consent import Recorded, ask_by_text, record_consent, record_stop
from foster_bond.steps.reading.read_timeline import read_family
from foster_bond.steps.reading.read_unplaced import read_unplaced
from foster_bond.store.ids import new_id
from foster_bond.store.notes_due import NEVER_LEFT
from tests.chaos.invariants import Evidence, broken
from tests.stories.conversation_model import (
    CONFIRMS_A_STOP,
    DAY,
    DENVER,
    HOUR,
    MINUTE,
    SAYINGS,
    Effect,
    Left,
    Saying,
)
from tests.stories.conversation_town import BEN, GRACE, MINA_PHONE, NEW_YORK, NORA, ROSA, SENDER, UNKNOWN, settle

SECOND = MINUTE / 60
LOOK_CLOSELY_EVERY = 8  # steps
ORDER = ("plan", "fill", "remind", "again", "settle", "look up", "poll", "recover", "order", "escalate", "holds",
         "reconfirm", "monthly", "send", "chain")  # fmt: skip
OFTEN = ("reply", "reply", "reply", "stop", "start", "unclear", "pause", "delete", "open question", "cry")
SPANS = (MINUTE, 16 * MINUTE, 2 * HOUR, 6 * HOUR, DAY, 3 * DAY, 20 * DAY)
WHO = {GRACE: "grace", BEN: "joy", ROSA: "rosa", NORA: "nora"}

ANSWERED_TWICE = (
    "SELECT inbound_id, count(*) FROM outbox_messages WHERE inbound_id IS NOT NULL "
    "AND kind IN ('keyword_reply', 'ack', 'crisis_reply') GROUP BY inbound_id HAVING count(*) > 1"
)

phones = st.sampled_from((GRACE, GRACE, BEN, BEN, ROSA, ROSA, NORA, UNKNOWN))
members = st.sampled_from(tuple(WHO))
topics = st.sampled_from((*SAYINGS, *OFTEN))
picks = st.integers(0, 9999)


class Conversation(RuleBasedStateMachine):
    """One town from its first morning on."""

    new_database: Callable[[], AbstractContextManager[str]]

    @initialize()
    def settle_in(self) -> None:
        self.ends = ExitStack()
        self.town, self.model = settle(self.ends.enter_context(self.new_database()))
        self.ends.callback(self.town.close)
        self.posts: list[Post] = []
        self.missed: list[tuple[CarrierInbound, Saying]] = []
        self.overtaken: list[tuple[str, str]] = []
        self.moves: list[tuple[str, str]] = []  # family and move
        self.steps = self.read_until = self.notes_until = 0
        self._beat()

    # What people type

    @rule(number=phones, topic=topics, pick=picks)
    def text(self, number: str, topic: str, pick: int) -> None:
        self._say(number, _one_of(SAYINGS[topic], pick))

    @rule(number=members, stops=st.booleans())
    def text_a_word_that_the_carrier_answers(self, number: str, stops: bool) -> None:
        saying, kind = (SAYINGS["stop"][0], "STOP") if stops else (SAYINGS["start"][0], "START")
        self._say(number, saying, opt_out_type=kind)

    @rule(number=members, words=st.sampled_from(("Liked “{}”", "Le gustó “{}”", "Reacted 👍 to “{}”")))
    def tap_back(self, number: str, words: str) -> None:
        ours = [out.body for out, _, taken in self.town.network.handed if out.to == number and taken]
        if ours:
            self._say(number, Saying(words.format(ours[-1]), "reaction"))

    @rule(number=st.sampled_from((BEN, ROSA)))
    def send_a_photo(self, number: str) -> None:
        self._say(number, Saying("", "photo"), media_count=1)

    @precondition(lambda self: self.posts)
    @rule(pick=picks)
    def the_carrier_delivers_a_text_twice(self, pick: int) -> None:
        before = self._everything_out()
        assert self._receive(_one_of(self.posts, pick)).copy
        assert self._everything_out() == before

    @rule(number=members, topic=st.sampled_from(("reply", "stop", "start", "unclear", "cry")), pick=picks)
    def a_text_is_missed(self, number: str, topic: str, pick: int) -> None:
        """Our door was down; the carrier's list has it."""
        saying = _one_of(SAYINGS[topic], pick)
        self.missed.append((self._typed(number, saying), saying))

    @rule(number=members)
    def a_text_overtakes_another(self, number: str) -> None:
        first = self._typed(number, Saying("First he shouted,", "reply"))
        self._say(number, Saying("then he sat down.", "reply"))
        self._hear(number, first, Saying(first.body, "reply"))
        self.overtaken.append((first.sid, self.posts[-2].sid))

    # What staff do

    @rule(number=members, stop=st.booleans())
    def somebody_decides(self, number: str, stop: bool) -> None:
        held = self.model.phones[number].consent == "hold"
        try:
            decide_hold(self.town.house.store, self.town.boss, self._member(number), self.town.now, stop=stop)
        except Conflict:
            assert not held
        else:
            assert held
            self.model.staff_decides(number, stop=stop)

    @rule(number=members)
    def consent_is_recorded(self, number: str) -> None:
        allowed = self.model.consent_recorded(number, self.town.now)
        home = ZoneInfo(self.model.zones_of(number)[0])
        given = Recorded("paper", self.town.now.astimezone(home).date(), "Form 7")
        try:
            record_consent(self.town.house.store, self.town.boss, self._member(number), given, self.town.now)
        except Conflict:
            assert not allowed
        else:
            assert allowed

    @rule(number=members)
    def a_stop_is_said_to_a_person(self, number: str) -> None:
        stopped = self.model.phones[number].consent == "stopped"
        try:
            record_stop(self.town.house.store, self.town.boss, self._member(number), "On the phone", self.town.now)
        except Conflict:
            assert stopped
        else:
            self.model.staff_stops(number)

    @rule()
    def nora_is_asked_by_text(self) -> None:
        asked = self.model.phones[NORA].consent != "none"
        try:
            ask_by_text(self.town.house.store, self.town.boss, self._member(NORA), self.town.now)
        except Conflict:
            assert asked
        else:
            self.model.asked_by_text(NORA)

    @rule(takes=st.booleans())
    def alerts_are_closed(self, takes: bool) -> None:
        waiting = "SELECT a.id FROM v_alert a WHERE a.priority = 'now' AND a.state IN ('raised', 'notified')"
        for row in self.town.rows(waiting):
            take_alert(self.town.house.store, self.town.boss, row["id"], self.town.now)
        if takes:
            return
        for row in self.town.rows("SELECT id FROM v_alert WHERE state <> 'resolved' ORDER BY id"):
            try:
                resolve_alert(self.town.house.store, self.town.boss, row["id"], "Called and visited.", self.town.now)
            except Conflict:  # one of the same trouble has closed it
                continue
        closed = (
            "SELECT i.carrier_sid FROM v_alert a JOIN v_inbound i ON i.id = a.inbound_id WHERE a.state = 'resolved'"
        )
        self.model.alerts_closed({row["carrier_sid"] for row in self.town.rows(closed)})

    @rule()
    def mina_takes_what_she_was_told(self) -> None:
        self._receive(Post(_sid(), MINA_PHONE, SENDER, "1"))

    @rule(home=st.sampled_from(("okafor", "reyes")), zone=st.sampled_from((DENVER, NEW_YORK, "Pacific/Honolulu")))
    def a_family_moves(self, home: str, zone: str) -> None:
        self.town.move_home(home, zone)
        self.model.zones[home] = zone

    @rule(pick=picks, where=picks, part=st.booleans(), back=st.booleans())
    def a_reply_is_moved(self, pick: int, where: int, part: bool, back: bool) -> None:
        replies = self.town.rows("SELECT id, family_id FROM v_reflection ORDER BY id")
        if not replies:
            return
        reply = _one_of(replies, pick)
        slots = "SELECT id FROM occurrences WHERE family_id = :family AND state = 'written' ORDER BY id"
        places = [OWN, *(row["id"] for row in self.town.rows(slots, family=reply["family_id"]))]
        texts = self.town.rows("SELECT id FROM v_inbound WHERE reflection_id = :id ORDER BY id", id=reply["id"])
        before, chosen = self._standing(), _one_of(texts, pick)["id"] if part else ""
        try:
            move = refile_reply(
                self.town.house.store, self.town.boss, reply["family_id"], reply["id"], self.town.now,
                to=_one_of(places, where), part=chosen,
            )  # fmt: skip
        except (InvalidInput, NotYours, Conflict):  # asked later than it was said, or never
            assert self._standing() == before
            return
        self.moves.append((reply["family_id"], move))
        if back:
            self._undo(len(self.moves) - 1)
            assert self._standing() == before

    @precondition(lambda self: self.moves)
    @rule(pick=picks)
    def a_move_is_taken_back(self, pick: int) -> None:
        before = self._standing()
        try:
            self._undo(pick % len(self.moves))
        except Conflict:
            assert self._standing() == before

    @rule(number=members, pick=picks)
    def a_text_of_nobody_is_placed(self, number: str, pick: int) -> None:
        waiting = self._unplaced()
        if waiting:
            row = _one_of(waiting, pick)
            place_text(self.town.house.store, self.town.boss, row.inbound_id, self._member(number), self.town.now)

    # How time goes by

    @rule(span=st.sampled_from(SPANS))
    def time_goes_by(self, span: Any) -> None:
        self.town.clock.move(span)
        self._beat()

    @rule()
    def something_comes_due(self) -> None:
        self.town.clock.move(self.town.next_moment() - self.town.now)
        self._beat()

    @rule(names=st.lists(st.sampled_from(ORDER), min_size=1, max_size=4))
    def some_jobs_run(self, names: list[str]) -> None:
        for name in names:
            self._run(name)

    @rule(moods=st.lists(st.sampled_from(("well", "silent", "swallowed", "busy", "well", "stopped")), max_size=3))
    def the_carrier_has_moods(self, moods: list[str]) -> None:
        self.town.network.moods[:] = moods

    # What must hold

    @invariant()
    def the_model_agrees(self) -> None:
        for number, phone in self.model.phones.items():
            assert self.town.consent(number) == phone.consent, number
        self.model.look(self.town.now)
        stored = {row["carrier_sid"] for row in self.town.rows("SELECT carrier_sid FROM v_inbound")}
        assert {post.sid for post in self.posts} <= stored
        assert self.town.rows(ANSWERED_TWICE) == []
        self.steps += 1
        if self.steps % LOOK_CLOSELY_EVERY == 0:
            self._look_closely()

    def teardown(self) -> None:
        if hasattr(self, "town"):
            try:
                self._look_closely()
            finally:
                self.ends.close()

    # How it is done

    def _member(self, number: str) -> str:
        return self.town.members[WHO[number]]

    def _typed(self, number: str, saying: Saying, media_count: int = 0) -> CarrierInbound:
        self.town.clock.move(SECOND)
        typed = CarrierInbound(_sid(), number, SENDER, saying.words, self.town.now, media_count)
        self.town.network.typed.append(typed)
        return typed

    def _say(self, number: str, saying: Saying, *, media_count: int = 0, opt_out_type: str | None = None) -> None:
        self._hear(number, self._typed(number, saying, media_count), saying, opt_out_type=opt_out_type)

    def _hear(self, number: str, typed: CarrierInbound, saying: Saying, *, opt_out_type: str | None = None) -> None:
        """A text reaches our door now, and the model, and they have to agree on what it sets off."""
        self.town.clock.move(SECOND)
        before = self._everything_out()
        post = Post(typed.sid, number, SENDER, typed.body, typed.media_count, opt_out_type)
        received = self._receive(post)
        assert not received.copy
        assert received.crisis or not saying.cry
        now = self.town.now
        effect = self.model.hear(number, typed.sid, saying, now, now, carrier_answered=opt_out_type == "STOP")
        self._compare(number, effect, self._everything_out()[len(before) :])

    def _compare(self, number: str, effect: Effect, answers: list[dict[str, Any]]) -> None:
        mine = [one for one in answers if one["to_bidx"] == self.town.bidx[number]]
        if effect.confirmations is not None:
            confirmed = [one for one in mine if one["text_id"] in CONFIRMS_A_STOP]
            assert len(confirmed) == effect.confirmations, mine
        assert not (effect.silent and mine), mine

    def _receive(self, post: Post) -> Received:
        if post not in self.posts and post.sender != MINA_PHONE:
            self.posts.append(post)
        return receive(self.town.house.store, post, self.town.now)

    def _everything_out(self) -> list[dict[str, Any]]:
        return self.town.rows("SELECT id, to_bidx, text_id, kind FROM outbox_messages ORDER BY created_at, id")

    def _beat(self) -> None:
        for name in ORDER:
            self._run(name)

    def _run(self, name: str) -> None:
        if name == "reconfirm":
            self._no_answer_yet()
        self.town.jobs[name]()
        if name in ("reconfirm", "monthly"):
            self._noted()
        elif name == "recover":
            self._recovered()
        elif name == "holds":
            self.model.days_pass(self.town.now)
        elif name == "send":
            self._sent()

    def _no_answer_yet(self) -> None:
        """What became of each number's last N1; the model says whether the texts end with that."""
        newest = {note.to_bidx: note for note in self.town.notes() if note.text_id == "N1"}
        for bidx, note in newest.items():
            lost = note.state in NEVER_LEFT
            self.model.still_no_answer(self.town.number(bidx), note.accepted_at, self.town.now, lost=lost)

    def _noted(self) -> None:
        notes = self.town.notes()
        for note in notes[self.notes_until :]:
            written = self.model.asked_whether_still if note.text_id == "N1" else self.model.reminded
            assert written(self.town.number(note.to_bidx), self.town.now) == [], note
        self.notes_until = len(notes)

    def _recovered(self) -> None:
        due = [one for one in self.missed if one[0].received_at <= self.town.now - MINUTE]
        self.missed = [one for one in self.missed if one not in due]
        for typed, saying in sorted(due, key=lambda one: one[0].received_at):
            self.posts.append(Post(typed.sid, typed.sender, SENDER, typed.body))
            self.model.hear(typed.sender, typed.sid, saying, typed.received_at, self.town.now)

    def _sent(self) -> None:
        network = self.town.network
        by_ref = {
            row["ref"]: row
            for row in self.town.rows(
                "SELECT ref, kind, text_id, zone FROM outbox_messages WHERE claimed_at IS NOT NULL"
            )
        }
        for out, at, taken in network.handed[self.read_until :]:
            row = by_ref[out.ref]
            left = Left(row["kind"], row["text_id"], out.to, row["zone"], at, taken)
            if out.to == MINA_PHONE:
                continue
            assert self.model.wrong_to_send(left) == [], left
            if taken:
                self.model.phones[out.to].got.append(left)
        self.read_until = len(network.handed)
        for number in network.refused:
            self.model.network_stops(number)
        network.refused.clear()

    def _undo(self, which: int) -> None:
        family, move = self.moves.pop(which)
        undo_refile(self.town.house.store, self.town.boss, family, move, self.town.now)

    def _standing(self) -> list[tuple[Any, ...]]:
        """Every text with the prompt under which it stands and the company it has there."""
        rows = self.town.rows(
            "SELECT i.id, r.id AS reflection_id, r.occurrence_id, r.rating, r.late, r.maybe_other "
            "FROM inbound_texts i JOIN reflections r ON r.id = i.reflection_id ORDER BY i.id"
        )
        company: dict[str, list[str]] = {}
        for row in rows:
            company.setdefault(row["reflection_id"], []).append(row["id"])
        return [
            (row["id"], company[row["reflection_id"]], row["occurrence_id"], row["rating"], row["late"]) for row in rows
        ]

    def _look_closely(self) -> None:
        refs = [out.ref for out, _, taken in self.town.network.handed if taken]
        assert len(set(refs)) == len(refs), "a text reached a phone twice"
        knocked = [SimpleNamespace(sid=post.sid) for post in self.posts]
        assert broken(Evidence(rows=self.town.ask, now=self.town.now, knocked=knocked, quiet=False)) == []
        cries = {
            row["carrier_sid"]
            for row in self.town.rows(
                "SELECT i.carrier_sid FROM v_alert a JOIN v_inbound i ON i.id = a.inbound_id WHERE a.priority = 'now'"
            )
        }
        said = [one for phone in self.model.phones.values() for one in phone.said]
        assert {one.sid for one in said if one.cry} <= cries
        self._read_every_page()

    def _read_every_page(self) -> None:
        words, order = self._words()
        sids = {row["id"]: row["carrier_sid"] for row in self.town.rows("SELECT id, carrier_sid FROM v_inbound")}
        assert {sids[text_id]: one for text_id, one in words.items() if one} == self.model.readable()
        at = {sids[text_id]: place for text_id, place in order.items()}
        for first, second in self.overtaken:
            if first in at and second in at and at[first][0] == at[second][0] and at[first][2]:
                assert at[first][1] < at[second][1]

    def _unplaced(self) -> list[UnplacedRow]:
        """Every text that waits for a person to say whose it is, page by page."""
        rows, page = [], read_unplaced(self.town.house.store, self.town.boss, self.town.now)
        while True:
            rows += page.rows
            if not page.earlier:
                return rows
            page = read_unplaced(self.town.house.store, self.town.boss, self.town.now, before=page.earlier)

    def _words(self) -> tuple[dict[str, str], dict[str, tuple[str, int, bool]]]:
        """The words of every reply as pages show them, by text; and where each stands in its reply, in order or not."""
        store, viewer, now = self.town.house.store, self.town.boss, self.town.now
        ordered = {
            row["id"]: row["ordered_at"] is not None for row in self.town.rows("SELECT id, ordered_at FROM reflections")
        }
        alerts = {row["id"]: row["inbound_id"] for row in self.town.rows("SELECT id, inbound_id FROM v_alert")}
        words = {row.inbound_id: row.text for row in self._unplaced()}
        places: dict[str, tuple[str, int, bool]] = {}
        for family in self.town.homes.values():
            before = ""
            while True:
                page = read_family(store, viewer, family, now, before=before)
                for moment in (one for week in page.weeks for one in week.moments):
                    if isinstance(moment, AlertMoment):
                        words[alerts[moment.alert_id]] = moment.words
                    elif isinstance(moment, Reflection):
                        for place, part in enumerate(moment.parts):
                            assert part.id not in places, "a reply stands in two places"
                            words[part.id], places[part.id] = part.text, (moment.id, place, ordered[moment.id])
                before = page.earlier
                if not before:
                    break
        return words, places


def _one_of(several: Any, pick: int) -> Any:
    return several[pick % len(several)]


def _sid() -> str:
    return "SM" + new_id().replace("-", "")


def converse(new_database: Any, *, examples: int, steps: int, **more: Any) -> None:
    machine = type("Conversation", (Conversation,), {"new_database": staticmethod(new_database)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, database=None, print_blob=True,
            suppress_health_check=list(HealthCheck), **more,
            phases=(Phase.generate,),  # to shrink a town takes longer than a test may; the whole story is printed
        ),
    )  # fmt: skip


@pytest.mark.timeout(900)  # 18 s of a core; a busy machine takes longer
def test_five_hundred_steps(new_database: Callable[[], AbstractContextManager[str]]) -> None:
    converse(new_database, examples=10, steps=50, derandomize=True)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_ten_thousand_steps(new_database: Callable[[], AbstractContextManager[str]]) -> None:
    converse(new_database, examples=100, steps=100)
