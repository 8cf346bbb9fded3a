"""The command that looks an installation over and names what to fix."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from foster_bond.cli.opening import Unwell, answer, answering, json_option, settings_of
from foster_bond.errors import Away, FosterBondError

if TYPE_CHECKING:
    from foster_bond.settings import Settings
    from foster_bond.steps.reading.read_health import Health


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    about: str
    well: bool
    says: str


@click.command()
@json_option
@click.option(
    "--health-token", is_flag=True, help="Print the token that opens /readyz and /metrics elsewhere, and nothing else."
)
def doctor(as_json: bool, health_token: bool) -> None:
    """Look at settings, database, carrier, clock, sending and addresses, and name what to fix."""
    settings = settings_of()
    if health_token:
        click.echo(settings.health_token.get_secret_value())
        return
    findings = [Finding("settings", True, "all are there and well formed"), *_look(settings)]
    facts = {"well": all(one.well for one in findings), "findings": [asdict(one) for one in findings]}
    answer(as_json, facts, *(f"{'ok ' if one.well else 'FIX'} {one.about}: {one.says}." for one in findings))
    off = [one.about for one in findings if not one.well]
    if off:
        raise Unwell(f"To fix: {', '.join(off)}.")


def _look(settings: "Settings") -> Iterator[Finding]:
    yield _drive(settings)
    try:
        answering(settings)
    except Away as away:
        yield Finding("database", False, str(away).rstrip("."))
        return
    health, keys = _health(settings)
    yield Finding(
        "database", health.database_writable, "can be written" if health.database_writable else "is read-only"
    )
    yield _schema(health)
    yield keys
    yield _skew(health)
    yield _clock(health)
    if health.schema_current and keys.well:
        yield _copy(settings)
        yield _sending(health)
        yield _carrier(settings)
    yield _addresses(settings)


def _drive(settings: "Settings") -> Finding:
    from foster_bond.settings.drives import network_drive

    if not settings.is_sqlite:
        return Finding("drive", True, "the database is a server")
    path = Path(settings.database_url.removeprefix("sqlite:///").partition("?")[0])
    kind = network_drive(path.parent)
    if kind is None:
        return Finding("drive", True, "the database file is on this machine")
    return Finding(
        "drive", False, f"the database file is on a network drive ({kind}); SQLite's locks do not hold there"
    )


def _health(settings: "Settings") -> "tuple[Health, Finding]":
    from foster_bond.clock import SystemClock
    from foster_bond.runtime import open_store
    from foster_bond.steps.reading.read_health import read_health

    clock = SystemClock(settings.clock_file)
    store = open_store(settings, pool_size=2)
    try:
        health = read_health(store, clock.now(), clock.real(), settings.lookup_grace)
        keys = Finding("keys", True, "they fit this database")
        if health.schema is not None:
            try:
                with store.read() as session:
                    store.vault.check(session)
            except FosterBondError as wrong:
                keys = Finding("keys", False, str(wrong).rstrip("."))
        return health, keys
    finally:
        store.close()


def _schema(health: "Health") -> Finding:
    if health.schema_current:
        return Finding("schema", True, f"version {health.schema} is current")
    return Finding("schema", False, f"version {health.schema or 'none'} is not current; run foster-bond migrate")


def _skew(health: "Health") -> Finding:
    if health.skew is None:
        return Finding("skew", False, "the database's clock could not be read")
    seconds = health.skew.total_seconds()
    said = f"this machine and the database are {abs(seconds):.1f} s apart"
    return Finding("skew", health.skew_small, said if health.skew_small else f"{said}; set the clocks by NTP")


def _clock(health: "Health") -> Finding:
    """A clock that does not run yet is worth a word and no fault: serve or clock starts it."""
    if health.pulse_young:
        return Finding("clock", True, "it beats")
    return Finding("clock", True, "no clock is running now; foster-bond serve or foster-bond clock starts it")


_TO_DO = {
    "sending_refused": "the carrier refuses our credentials and nothing is sent; look at TWILIO_ACCOUNT_SID and _TOKEN",
    "senders_paused": "a sender rests; its agency's /delivery says why, and an admin resumes it there",
    "in_doubt_long": "texts are in doubt for longer than the carrier needs to tell; look whether it can be reached",
    "agencies_late": "texts are due for more than a minute and do not leave; look at the clock's log",
}


def _sending(health: "Health") -> Finding:
    if health.alarms is None:
        return Finding("sending", False, "how it goes could not be read")
    ringing = [_TO_DO[name] for name in health.alarms.ringing]
    return Finding("sending", not ringing, ". ".join(ringing) or "nothing is refused, paused, in doubt or late")


def _copy(settings: "Settings") -> Finding:
    """A restored copy is silent on purpose: worth a word and no fault."""
    from foster_bond.runtime import open_store
    from foster_bond.steps.keeping.settle_in import may_send

    store = open_store(settings, pool_size=1)
    try:
        if may_send(store):
            return Finding("copy", True, "this installation may send")
        return Finding(
            "copy", True, "it is in recovery and sends nothing until its clock has caught up with the carrier"
        )
    finally:
        store.close()


def _carrier(settings: "Settings") -> Finding:
    from foster_bond.runtime import build

    runtime = build(settings, pool_size=2)

    async def ask() -> None:
        try:
            await runtime.carrier.check()
        finally:
            await runtime.carrier.aclose()

    try:
        asyncio.run(ask())
    except FosterBondError as off:
        return Finding("carrier", False, f"{settings.carrier}: {str(off).rstrip('.')}")
    finally:
        runtime.close()
    known = "it knows this account" if settings.carrier == "twilio" else "no text leaves this machine"
    return Finding("carrier", True, f"{settings.carrier}: {known}")


def _addresses(settings: "Settings") -> Finding:
    from foster_bond.settings import is_loopback

    inbound = f"{settings.public_url}/hooks/twilio/inbound"
    hidden = settings.carrier == "twilio" and is_loopback(settings.public_url)
    if hidden and not is_loopback(settings.twilio_api_url):
        return Finding("webhooks", False, f"Twilio cannot reach {inbound}; set FOSTER_BOND_PUBLIC_URL")
    return Finding(
        "webhooks", True, f"texts come in at {inbound}, receipts at {settings.public_url}/hooks/twilio/status"
    )


COMMANDS: tuple[click.Command, ...] = (doctor,)
