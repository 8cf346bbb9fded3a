"""One run of chaos by one seed: a town lives two evenings while whatever can go wrong does; then it comes to rest."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from tests.blackbox.driver import Product, Running, inbound, instant, new_sid, wait_for
from tests.blackbox.harbor import DENVER_EVENING, HARBOR, LATER
from tests.chaos.hardship import gone, held, no_room, stopped
from tests.chaos.invariants import Evidence, broken, readable
from tests.chaos.town import CANARY, HOUR, NUMBERS, ZONE
from tests.databases import PostgresServer
from tests.loopback_carrier.ledger import read_ledger

QUICK = {  # seconds; a carrier on this machine may be asked sooner than Twilio
    "FOSTER_BOND_HTTP_TIMEOUT_SECONDS": "2",
    "FOSTER_BOND_SEND_LEASE_SECONDS": "3",
    "FOSTER_BOND_LOOKUP_GRACE_SECONDS": "4",
}
FAULTS = (
    "accept_then_hang", "hang", "reset_before", "reset_mid", "reset_after_accept", "error_500_before",
    "error_500_after_accept", "429", "garbage_body", "wrong_sid", "no_sid", "slow_drip:0.0005",
)  # fmt: skip
LOOK_UP_FAULTS = {"500": 0.1, "garbage_body": 0.05, "429": 0.05}
SAYINGS = (
    "It went fine, {n} laughs at dinner", "HELP", "BASE", "STOP", "START", "PAUSE 2", "I want to kill myself",
    "Nothing to tell {n}", "ok 👍", CANARY,
)  # fmt: skip
ENDS_WITHIN = 15.0  # seconds
HELD_LONG = 11.5  # SQLite's writers give up after 10
LONG = 20  # rounds; a short run keeps its clock going forward, so that instants can be compared
RESTS_WITHIN = 90.0


@dataclass
class Outcome:
    """What a run came to."""

    seed: int
    engine: str
    broken: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    idle_kills: int = 0  # nothing had been done since the last one: they prove nothing and do not count
    texts: int = 0
    heard: int = 0
    seconds: float = 0.0


class Campaign:
    """A town under fire. `run()` lives through it and looks at what is left."""

    def __init__(
        self, product: Product, seed: int, *, rounds: int, clocks: int = 1, server: PostgresServer | None = None
    ) -> None:
        self.product, self.rounds, self.server = product, rounds, server
        self.engine = "sqlite" if product.is_sqlite else "postgresql"
        self.outcome = Outcome(seed, self.engine)
        self.chance = random.Random(f"{self.engine}:{seed}")
        self.wanted_clocks = 1 if product.is_sqlite else clocks
        self.clocks: list[Running] = []
        self.web: Running | None = None
        self.owed: list[tuple[str, str, str]] = []  # sender, words, sid: what the carrier's fallback still has to bring
        self.said: list[str] = []
        self.worked = 0
        self.forward = True

    def run(self) -> Outcome:
        begun = time.monotonic()
        self.product.change(**QUICK)
        self.product.go_to(LATER)
        self.product.start_carrier()
        reports = {"statuses": ["sent", "delivered"], "delay": 0.2, "copies": 2, "shuffle": True}
        self.product.carried._control("callbacks", reports | {"seed": self.outcome.seed})
        self._keep_running()
        self._new_faults()
        evenings = {self.rounds // 4: DENVER_EVENING, self.rounds * 5 // 8: DENVER_EVENING + timedelta(days=1)}
        for number in range(self.rounds):
            if number in evenings:
                self.product.go_to(evenings[number] + timedelta(seconds=2))
                self.outcome.done["evening"] += 1
            self._act()
        self._come_to_rest()
        self._look()
        self.outcome.seconds = time.monotonic() - begun
        return self.outcome

    # What may happen

    def _act(self) -> None:
        acts: list[tuple[Callable[[], None], int]] = [
            (self._talk, 3), (self._fifty_copies, 1), (self._kill_clock, 3), (self._kill_at_a_barrier, 3),
            (self._kill_web, 1), (self._kill_web_mid_request, 1), (self._hold_database, 1), (self._new_faults, 1),
            (self._let_time_pass, 1),
        ]  # fmt: skip
        if self.product.is_sqlite:
            acts += [(self._starve_clock, 1), (self._starve_web, 1)]
        else:
            acts += [(self._take_database_away, 1), (self._stop_the_server, 2)]
        if self.rounds >= LONG:
            acts += [(self._set_clock_back, 1), (self._hold_database_long, 1)]
        act = self.chance.choices([one for one, _ in acts], [weight for _, weight in acts])[0]
        self.outcome.done[act.__name__.strip("_")] += 1
        act()
        self._keep_running()
        time.sleep(self.chance.uniform(0.1, 0.6))

    def _talk(self) -> None:
        """A few people text at once."""
        some = [(self.chance.choice(NUMBERS), self.chance.choice(SAYINGS)) for _ in range(self.chance.randint(2, 6))]
        with ThreadPoolExecutor(8) as phones:
            list(phones.map(lambda one: self._say(*one), some))

    def _say(self, sender: str, words: str) -> None:
        words = words.format(n=self.chance.randint(1, 10**6))
        self.said.append(words)
        told = {"url": f"{self.product.url}/hooks/twilio/inbound", "from": sender, "to": HARBOR, "body": words}
        answer = self.product.carried._control("inbound", told)
        if answer["status"] != 200:
            self.owed.append((sender, words, answer["sid"]))

    def _fifty_copies(self) -> None:
        """The carrier repeats itself, all at once; whatever each is told, the text is there once."""
        sender, words, sid = self.chance.choice(NUMBERS), "copy copy copy", new_sid()
        form = inbound(sender, HARBOR, words, sid)
        with ThreadPoolExecutor(25) as lines:
            answers = list(lines.map(lambda _: self.product.post_inbound(form), range(50)))
        if 200 not in answers:
            self.owed.append((sender, words, sid))

    def _new_faults(self) -> None:
        some = self.chance.sample(FAULTS, 4)
        rates = {fault: self.chance.uniform(0.02, 0.15) for fault in some}
        self.product.carried.misbehave(rates=rates, look_up_rates=LOOK_UP_FAULTS, seed=self.chance.randrange(10**6))

    def _kill_clock(self) -> None:
        victim = self.chance.choice(self.clocks)
        if self._worked():
            self._kill(victim)

    def _kill_at_a_barrier(self) -> None:
        """Exactly between two steps of the protocol: claimed, taken by the carrier, answered but not written down."""
        barrier = self.chance.choice(["hang", "accept_then_hang", "slow_drip:0.0005"])
        self.product.carried.misbehave(first=[barrier] * 3)
        self._say(self.chance.choice(NUMBERS), "HELP")
        with self._sending():
            if barrier.startswith("slow"):
                with held(self.product):
                    time.sleep(0.7)  # the answer is here, and cannot be settled
                    self._kill(self.chance.choice(self.clocks))
            else:
                self._kill(self.chance.choice(self.clocks))

    @contextmanager
    def _sending(self) -> Iterator[None]:
        """From the moment that a text is in somebody's hands, if there is one soon."""
        until = time.monotonic() + 4
        while time.monotonic() < until:
            if self._rows("SELECT id FROM v_outbound WHERE state = 'sending' LIMIT 1"):
                yield
                return
            time.sleep(0.02)
        yield

    def _kill_web(self) -> None:
        if self.web is not None and self._worked():
            self._kill(self.web)

    def _kill_web_mid_request(self) -> None:
        with ThreadPoolExecutor(1) as line:
            with held(self.product, "inbound_texts"):
                asked = line.submit(self._say, self.chance.choice(NUMBERS), "Nothing to tell {n}")
                time.sleep(0.3)
                if self.web is not None:
                    self._kill(self.web)
            asked.result()

    def _hold_database(self) -> None:
        with held(self.product):
            time.sleep(self.chance.uniform(0.3, 1.5))

    def _hold_database_long(self) -> None:
        """Longer than anybody waits: the doors say so, and the carrier keeps what it could not hand over."""
        with ThreadPoolExecutor(1) as line, held(self.product, "inbound_texts"):
            asked = line.submit(self._say, self.chance.choice(NUMBERS), "BASE")
            time.sleep(HELD_LONG)
        asked.result()

    def _take_database_away(self) -> None:
        with gone(self.product):
            time.sleep(self.chance.uniform(0.3, 1.5))

    def _stop_the_server(self) -> None:
        """PostgreSQL stops, politely or at once, while people text and prompts are under way."""
        assert self.server is not None
        how: Literal["fast", "immediate"] = self.chance.choice(["fast", "immediate"])
        with ThreadPoolExecutor(4) as phones:
            told = [phones.submit(self._say, self.chance.choice(NUMBERS), "Nothing to tell {n}") for _ in range(4)]
            with stopped(self.server, how):
                self._say(self.chance.choice(NUMBERS), "BASE")
                time.sleep(self.chance.uniform(0.3, 1.5))
            for one in told:
                one.result()

    def _starve_clock(self) -> None:
        with no_room(self.product, self.chance.choice(self.clocks), self.chance.uniform(0.5, 1.5)):
            self._say(self.chance.choice(NUMBERS), "BASE")

    def _starve_web(self) -> None:
        assert self.web is not None
        with no_room(self.product, self.web, 0.2):
            self._say(self.chance.choice(NUMBERS), "It went fine, {n} laughs at dinner")

    def _let_time_pass(self) -> None:
        self.product.go_on(timedelta(minutes=self.chance.uniform(0.5, 6)))

    def _set_clock_back(self) -> None:
        """Somebody corrects the clock; from here on the instants of different texts say nothing of their order."""
        self.product.go_on(-timedelta(minutes=self.chance.uniform(0.5, 4)))
        self.forward = False

    # Processes

    def _keep_running(self) -> None:
        self.clocks = [one for one in self.clocks if one.process.poll() is None]
        while len(self.clocks) < self.wanted_clocks:
            self.clocks.append(self.product.start("clock"))
        if self.web is None or self.web.process.poll() is not None:
            self.web = self.product.open_doors("web", "--workers", "2")

    def _kill(self, victim: Running) -> None:
        work = self._work()
        counts = work > self.worked
        self.outcome.kills += counts
        self.outcome.idle_kills += not counts
        self.worked = work
        victim.kill()

    def _worked(self) -> bool:
        """Whether something has been done since the last kill, waiting a little for it."""
        until = time.monotonic() + 3
        while time.monotonic() < until:
            if self._work() > self.worked:
                return True
            time.sleep(0.05)
        return False

    def _work(self) -> int:
        found = self._rows(
            "SELECT (SELECT count(*) FROM v_state_log) + (SELECT count(*) FROM v_inbound) "
            "+ (SELECT count(*) FROM v_callback) AS work"
        )
        return int(found[0]["work"])

    def _rows(self, query: str) -> list[dict[str, Any]]:
        return self.product.rows(query)

    # And then

    def _come_to_rest(self) -> None:
        """Nothing goes wrong any more; what is owed is brought, and everything ends."""
        self.product.carried.misbehave()
        self._keep_running()
        wait_for(self._bring_what_is_owed, "the door takes what the carrier still owes", RESTS_WITHIN)
        for _ in range(3):
            self.product.go_on(timedelta(minutes=6))  # past every back-off
            wait_for(self._is_at_rest, "everything comes to rest", RESTS_WITHIN)
        for one in self.clocks:
            took = one.stop()
            if took > ENDS_WITHIN:
                self.outcome.broken.append(f"a clock took {took:.0f} s to end")
        self.product.once()

    def _bring_what_is_owed(self) -> bool:
        self.owed = [
            (sender, words, sid)
            for sender, words, sid in self.owed
            if self.product.post_inbound(inbound(sender, HARBOR, words, sid)) != 200
        ]
        return not self.owed

    def _is_at_rest(self) -> bool:
        now = self.product.now()
        rows = self._rows(
            "SELECT state, reason, due_at FROM v_outbound WHERE state IN ('scheduled', 'sending', 'unknown')"
        )
        told = self._rows("SELECT id FROM v_alert WHERE priority = 'now' AND first_notified_at IS NULL")
        waits = [row for row in rows if row["state"] == "scheduled" and _held(row["reason"])]
        open_rows = [
            row for row in rows if row not in waits and (row["state"] != "scheduled" or instant(row["due_at"]) <= now)
        ]
        return not open_rows and not told

    def _look(self) -> None:
        product, outcome = self.product, self.outcome
        carried = product.carried.sent()
        knocked = [one for one in read_ledger(product.carried.path) if one.direction == "inbound"]
        evidence = Evidence(
            product.rows, product.now(), carried=carried, knocked=knocked, forward=self.forward, zone=ZONE, hour=HOUR
        )
        outcome.broken += broken(evidence)
        outcome.broken += [f"the carrier's description was broken: {one}" for one in product.carried.violations()]
        outcome.broken += self._chain()
        secrets = [*NUMBERS, CANARY, *[words for words in set(self.said) if len(words) > 20]]
        outcome.broken += [f"in the clear in the database: {one}" for one in readable(product.stored_bytes(), secrets)]
        outcome.broken += [f"in the clear in a log: {one}" for one in readable(product.everything_said(), secrets)]
        outcome.texts, outcome.heard = len(carried), len(self._rows("SELECT id FROM v_inbound"))

    def _chain(self) -> list[str]:
        said = self.product.run("audit", "verify")
        return [] if said.code == 0 else [f"audit verify: {said.err or said.out}"]


def _held(reason: str | None) -> bool:
    """It waits for the gate, not for us: an open alert, a cap, a pause, the welcome texts, polite hours."""
    return reason is not None and "tried again" not in reason
