"""Web: the runtime that this app was made with, and the one instant of this request."""

from datetime import datetime
from typing import Protocol, cast

from flask import Flask, current_app, g

from foster_bond.errors import NotYours
from foster_bond.runtime import Runtime

_KEY = "foster_bond"
_DEMO = "foster_bond_demo"
_DEMO_CLOCK = "foster_bond_demo_clock"


class DemoClock(Protocol):
    """The demo's virtual clock, as the phones page moves it."""

    @property
    def moving(self) -> bool:
        """True while it is on its way."""
        ...

    def move_to(self, instant: datetime) -> None:
        """Live on until then; comes back when it is there, or after a few seconds while it goes on by itself."""
        ...


def keep_runtime(
    app: Flask, runtime: Runtime, demo_doors: tuple[tuple[str, str], ...], demo_clock: DemoClock | None = None
) -> None:
    """Give every request of this app the runtime, and where this is the demo its made-up sign-ins and its clock."""
    app.extensions[_KEY] = runtime
    app.extensions[_DEMO] = demo_doors
    app.extensions[_DEMO_CLOCK] = demo_clock


def demo_doors() -> tuple[tuple[str, str], ...]:
    """E-mail and password of the demo's made-up staff; empty outside the demo."""
    return cast(tuple[tuple[str, str], ...], current_app.extensions[_DEMO])


def demo_clock() -> DemoClock:
    """The clock of the demo. Raises: NotYours outside the demo."""
    clock = cast("DemoClock | None", current_app.extensions[_DEMO_CLOCK])
    if clock is None:
        raise NotYours("clock")
    return clock


def runtime() -> Runtime:
    """The things with a life of their own."""
    return cast(Runtime, current_app.extensions[_KEY])


def now() -> datetime:
    """The product's instant of this request: the clock is asked once."""
    if "now" not in g:
        g.now = runtime().clock.now()
    return cast(datetime, g.now)
