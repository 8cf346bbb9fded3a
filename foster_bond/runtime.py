"""The things with a life of their own, built once by a door: settings, clock, store, carrier."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import TypeVar

import structlog

from foster_bond.carriers.carrier import Carrier
from foster_bond.carriers.mail_carrier import KeptMail, MailCarrier, SmtpCarrier
from foster_bond.carriers.simulated_carrier import SimulatedCarrier
from foster_bond.carriers.simulated_network import Post, SimulatedNetwork
from foster_bond.carriers.twilio_signature import is_genuine
from foster_bond.clock import Clock, SystemClock
from foster_bond.errors import Away, SetupWrong
from foster_bond.migrations import current, head
from foster_bond.settings import Settings
from foster_bond.steps.keeping.carry_simulated import SealedLedger
from foster_bond.store.open_store import Store
from foster_bond.store.sealing import Vault
from foster_bond.store.session import Database, DatabaseAway

__all__ = ["DatabaseAway", "Runtime", "Store", "build", "once_it_answers", "open_store"]

FIRST_WAIT, LONGEST_WAIT = 0.5, 5.0  # seconds between two looks at a database that is away

_log = structlog.stdlib.get_logger(__name__)
_Opened = TypeVar("_Opened")


@dataclass(frozen=True, slots=True)
class Runtime:
    """Handed to `create_app` and to the clock."""

    settings: Settings
    clock: Clock
    store: Store
    carrier: Carrier  # the sender's own: its connections live in the sender's event loop
    look_ups: Carrier  # for every question about texts: a second set of connections
    mail: MailCarrier | None = None  # the second channel to staff; None where no mail server is set
    network: SimulatedNetwork | None = None  # the simulated carrier's way back to our doors; None with a real one

    def is_genuine(self, path_with_query: str, form: dict[str, list[str]], signature: str | None) -> bool:
        """True where the carrier signed this request against our own public address."""
        url = self.settings.public_url.rstrip("/") + path_with_query
        return is_genuine(url, form, signature, self.settings.webhook_token.get_secret_value())

    def close(self) -> None:
        self.store.close()


def open_store(settings: Settings, *, pool_size: int = 10) -> Store:
    """The store of these settings, not yet looked at."""
    return Store(Database(settings.database_url, pool_size=pool_size), Vault(settings.master_keys, settings.index_key))


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    pool_size: int = 10,
    post: Post | None = None,
    keeps_mail: bool = False,
) -> Runtime:
    """A runtime over a schema that is current and keys that fit it.

    `post` is how the simulated carrier knocks at our doors; over HTTP at the public address where none is given.
    `keeps_mail`: mail to staff is written and taken, and stays on this machine.
    Raises: SetupWrong, having changed nothing.
    """
    store = open_store(settings, pool_size=pool_size)
    try:
        _check(store)
    except Exception:
        store.close()  # nobody else holds it yet
        raise
    clock = clock or SystemClock(settings.clock_file)
    carrier, look_ups = _carrier(settings, store, clock), _carrier(settings, store, clock)
    network = _network(settings, store, post)
    mail = KeptMail() if keeps_mail else _mail(settings)
    return Runtime(
        settings=settings, clock=clock, store=store, carrier=carrier, look_ups=look_ups, mail=mail, network=network
    )


def once_it_answers(ask: Callable[[], _Opened], stop: Event) -> _Opened | None:
    """What `ask` gives as soon as the database lets it, however long that takes; None where we are told to stop first.

    Raises: whatever `ask` raises but for an absent database.
    """
    wait = FIRST_WAIT
    while not stop.is_set():
        try:
            opened = ask()
        except (*DatabaseAway, Away) as away:
            _log.warning("database_away", error=type(away).__name__, look_at="FOSTER_BOND_DATABASE_URL", again_in=wait)
            stop.wait(wait)
            wait = min(wait * 2, LONGEST_WAIT)
        else:
            if wait > FIRST_WAIT:
                _log.info("database_back")
            return opened
    return None


def _check(store: Store) -> None:
    version = current(store.database)
    if version != head():
        raise SetupWrong((f"The database's schema is {version or 'empty'}, this program needs {head()}: run migrate.",))
    with store.read() as session:
        store.vault.check(session)


def _carrier(settings: Settings, store: Store, clock: Clock) -> Carrier:
    if settings.carrier == "twilio":
        from foster_bond.carriers.twilio_carrier import TwilioCarrier  # half a second that only Twilio's users pay

        assert settings.twilio_account_sid is not None and settings.twilio_auth_token is not None
        return TwilioCarrier(
            settings.twilio_account_sid,
            settings.twilio_auth_token.get_secret_value(),
            api_url=settings.twilio_api_url,
            timeout=settings.http_timeout,
            in_flight=settings.senders,
        )
    return SimulatedCarrier(SealedLedger(store), clock)


def _mail(settings: Settings) -> MailCarrier | None:
    if settings.smtp_url is None or settings.mail_from is None:
        return None
    url, timeout = settings.smtp_url.get_secret_value(), settings.http_timeout.total_seconds()
    return SmtpCarrier(url, settings.mail_from, timeout=timeout)


def _network(settings: Settings, store: Store, post: Post | None) -> SimulatedNetwork | None:
    if settings.carrier != "simulated":
        return None
    token = settings.webhook_token.get_secret_value()
    return SimulatedNetwork(SealedLedger(store), public_url=settings.public_url, token=token, post=post)
