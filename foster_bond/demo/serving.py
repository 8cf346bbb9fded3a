"""The demo's present: pages, phones and clock over the agency that has lived, in one process."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from wsgiref.types import WSGIApplication

from foster_bond.app import create_app
from foster_bond.demo.history import OwnDoor
from foster_bond.demo.mover import Mover
from foster_bond.demo.places import is_reached_over_loopback, set_clock, settings_of_demo
from foster_bond.library.demo_story import demo_story
from foster_bond.migrations import upgrade
from foster_bond.runtime import build, open_store
from foster_bond.settings import Settings
from foster_bond.steps.reading.read_ahead import last_beat
from jobs import clockwork


@dataclass(frozen=True, slots=True)
class SignIn:
    """One of the made-up people who can sign in to the demo."""

    name: str
    role: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that runs: the app to serve, and how to end it."""

    app: WSGIApplication
    stop: Callable[[], None]
    now: Callable[[], datetime]


def sign_ins() -> tuple[SignIn, ...]:
    """Everybody who can sign in, caseworkers first."""
    people = sorted(demo_story().staff, key=lambda one: one.role != "caseworker")
    return tuple(SignIn(one.name, one.role, one.email, one.password) for one in people)


def take_up(settings: Settings) -> None:
    """Bring the schema up to date and set the clock to where it stood when the demo last ran."""
    store = open_store(settings, pool_size=1)
    try:
        upgrade(store.database)
        stood = last_beat(store)
    finally:
        store.close()
    if stood is not None and settings.clock_file is not None:
        set_clock(settings.clock_file, stood)


def open_demo(folder: Path, *, host: str, port: int) -> Demo:
    """The running demo over a folder whose agency has lived. Called in the process that serves it."""
    settings = settings_of_demo(folder, port=port)
    door = None if is_reached_over_loopback(host) else OwnDoor()
    runtime = build(settings, post=door, keeps_mail=True)
    clock = clockwork.start(runtime)
    app = create_app(
        runtime,
        demo_doors=[(one.email, one.password) for one in sign_ins()],
        demo_clock=Mover(runtime, clock),
    )
    if door is not None:
        door.client = app.test_client()

    def stop() -> None:
        clock.stop()
        runtime.close()

    return Demo(app=app, stop=stop, now=runtime.clock.now)
