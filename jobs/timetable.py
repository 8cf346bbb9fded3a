"""The clock's timetable: one row per job, how often it runs and why."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from foster_bond.runtime import Runtime
from foster_bond.steps.asking.ask_again import ask_again
from foster_bond.steps.asking.close_prompts import close_prompts
from foster_bond.steps.asking.fill_outbox import fill_outbox
from foster_bond.steps.asking.plan_occurrences import plan_occurrences
from foster_bond.steps.asking.reconfirm import reconfirm
from foster_bond.steps.asking.remind_monthly import remind_monthly
from foster_bond.steps.asking.say_farewell import say_farewell
from foster_bond.steps.asking.walk_flows import walk_flows
from foster_bond.steps.hearing.escalate_alert import escalate_alerts
from foster_bond.steps.hearing.order_parts import order_parts
from foster_bond.steps.hearing.reconcile import reconcile
from foster_bond.steps.hearing.recover_missed import recover_missed
from foster_bond.steps.keeping.chain_audit import chain_audit
from foster_bond.steps.keeping.end_holds import end_holds
from foster_bond.steps.keeping.end_texts import come_of_age, follow_placements
from foster_bond.steps.keeping.remind_numbers import remind_numbers
from foster_bond.steps.sending.look_up_unknown import look_up
from foster_bond.steps.sending.note_channel import note_texts
from foster_bond.steps.sending.poll_final import poll_final
from foster_bond.steps.sending.send_mails import send_mails
from foster_bond.steps.sending.send_outbox import Sender
from foster_bond.steps.sending.settle_outbox import settle_outbox

Tally = dict[str, int]


@dataclass(frozen=True, slots=True)
class Job:
    """One job: a name for its pulse, how often, what it does, and why it exists."""

    name: str
    every: timedelta
    run: Callable[[Runtime, Sender], Tally]
    why: str


def _send(runtime: Runtime, sender: Sender) -> Tally:
    tally = sender.send_due()
    note_texts(runtime.store, tally, runtime.clock.now())
    return tally


def _mail(runtime: Runtime, _sender: Sender) -> Tally:
    return send_mails(runtime.store, runtime.mail, runtime.clock, public_url=runtime.settings.public_url)


def _plan(runtime: Runtime, _sender: Sender) -> Tally:
    return plan_occurrences(runtime.store, runtime.clock.now())


def _fill(runtime: Runtime, _sender: Sender) -> Tally:
    return fill_outbox(runtime.store, runtime.clock.now())


def _remind(runtime: Runtime, _sender: Sender) -> Tally:
    return close_prompts(runtime.store, runtime.clock.now())


def _ask_again(runtime: Runtime, _sender: Sender) -> Tally:
    return ask_again(runtime.store, runtime.clock.now())


def _walk(runtime: Runtime, _sender: Sender) -> Tally:
    return walk_flows(runtime.store, runtime.clock.now())


def _settle(runtime: Runtime, _sender: Sender) -> Tally:
    return settle_outbox(runtime.store, runtime.clock, runtime.settings.lookup_grace)


def _look_up(runtime: Runtime, _sender: Sender) -> Tally:
    grace = runtime.settings.lookup_grace
    return asyncio.run(_with_carrier(runtime, look_up(runtime.store, runtime.look_ups, runtime.clock, grace)))


def _poll(runtime: Runtime, _sender: Sender) -> Tally:
    return asyncio.run(_with_carrier(runtime, poll_final(runtime.store, runtime.look_ups, runtime.clock)))


def _recover(runtime: Runtime, _sender: Sender) -> Tally:
    return asyncio.run(_with_carrier(runtime, recover_missed(runtime.store, runtime.look_ups, runtime.clock)))


def _order(runtime: Runtime, _sender: Sender) -> Tally:
    return asyncio.run(_with_carrier(runtime, order_parts(runtime.store, runtime.look_ups, runtime.clock)))


def _chain(runtime: Runtime, _sender: Sender) -> Tally:
    return {"chained": chain_audit(runtime.store)}


def _receipts(runtime: Runtime, _sender: Sender) -> Tally:
    return {} if runtime.network is None else {"reported": runtime.network.deliver_receipts(runtime.clock.now())}


def _escalate(runtime: Runtime, _sender: Sender) -> Tally:
    return escalate_alerts(runtime.store, runtime.clock.now())


def _holds(runtime: Runtime, _sender: Sender) -> Tally:
    return end_holds(runtime.store, runtime.clock.now())


def _reconfirm(runtime: Runtime, _sender: Sender) -> Tally:
    return reconfirm(runtime.store, runtime.clock.now())


def _monthly(runtime: Runtime, _sender: Sender) -> Tally:
    return remind_monthly(runtime.store, runtime.clock.now())


def _endings(runtime: Runtime, _sender: Sender) -> Tally:
    now = runtime.clock.now()
    over = follow_placements(runtime.store, now)["ended"]
    return {"over": over, "of_age": come_of_age(runtime.store, now)["ended"]}


def _farewells(runtime: Runtime, _sender: Sender) -> Tally:
    return say_farewell(runtime.store, runtime.clock.now())


def _numbers(runtime: Runtime, _sender: Sender) -> Tally:
    return remind_numbers(runtime.store, runtime.clock.now())


def _reconcile(runtime: Runtime, _sender: Sender) -> Tally:
    return asyncio.run(_with_carrier(runtime, reconcile(runtime.store, runtime.look_ups, runtime.clock)))


async def _with_carrier(runtime: Runtime, work: Awaitable[Tally]) -> Tally:
    try:
        return await work
    finally:
        await runtime.look_ups.aclose()  # its connections belong to this event loop


TIMETABLE: tuple[Job, ...] = (
    Job("send", timedelta(seconds=1), _send, "A due text is acted on within 5 s; an answer to BASE within seconds."),
    Job("mail", timedelta(seconds=2), _mail, "An alert reaches staff by mail, too, when the carrier is away."),
    Job("fill", timedelta(seconds=2), _fill, "A slot becomes a text at most ten minutes before its time."),
    Job("remind", timedelta(seconds=10), _remind, "An open question gets its one reminder when its delay is over."),
    Job("again", timedelta(seconds=10), _ask_again, "A question that got LATER for an answer is asked once more."),
    Job("walk", timedelta(seconds=2), _walk, "The next step of a guided activity follows its answer within seconds."),
    Job("plan", timedelta(seconds=5), _plan, "A new enrolment shows its week at once; slots are rows a week ahead."),
    Job(
        "settle", timedelta(seconds=2), _settle, "A killed sender's texts become unknown; what nobody may send expires."
    ),
    Job("look_up", timedelta(seconds=5), _look_up, "An unanswered send is asked about as soon as its grace is over."),
    Job("poll", timedelta(minutes=5), _poll, "A final status whose callback was lost is fetched after four hours."),
    Job("recover", timedelta(minutes=5), _recover, "A text that our door missed is found in the carrier's list."),
    Job("order", timedelta(minutes=5), _order, "The parts of an answer stand as they were sent, not as they arrived."),
    Job("escalate", timedelta(seconds=5), _escalate, "An alert that nobody has taken calls the next person."),
    Job("reconcile", timedelta(seconds=10), _reconcile, "A restored copy catches up with the carrier before it sends."),
    Job("holds", timedelta(minutes=1), _holds, "An unclear wish to stop is a stop once one working day has passed."),
    Job("reconfirm", timedelta(minutes=10), _reconfirm, "Who is silent for 60 days is asked once more, and then left."),
    Job("monthly", timedelta(minutes=30), _monthly, "Once a month a text of its own tells how to stop and to pause."),
    Job("endings", timedelta(minutes=1), _endings, "An ending written down ahead, or an 18th birthday, stops texts."),
    Job("farewells", timedelta(minutes=1), _farewells, "The closing note leaves once, aftercare only where chosen."),
    Job("numbers", timedelta(hours=1), _numbers, "Once a month somebody checks the numbers that our texts name."),
    Job("chain", timedelta(seconds=10), _chain, "The audit's tail that is not chained yet stays short."),
)

SIMULATED: tuple[Job, ...] = (
    Job(
        "receipts", timedelta(seconds=1), _receipts, "Simulated phones report a text as delivered through our webhook."
    ),
)


def timetable_of(runtime: Runtime) -> tuple[Job, ...]:
    """The jobs of this installation: the simulated carrier has nobody else to post its receipts."""
    return TIMETABLE if runtime.network is None else (*TIMETABLE, *SIMULATED)
