"""Commands that keep running: serve, web, clock."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from foster_bond.cli.opening import answering, migrated, opened, settings_of
from foster_bond.errors import Away, InvalidInput

if TYPE_CHECKING:
    from foster_bond.settings import Settings

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
port_option = click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on."
)


CLOCK_POOL = 8  # connections: its jobs run beside each other, and the sender beside them


@click.command()
@host_option
@port_option
def serve(host: str, port: int) -> None:
    """Migrate, then pages and clock in one process: the way to run on SQLite."""
    from foster_bond.cli.server import serve_with_clock

    settings = settings_of()
    ready_to_listen(settings, host, port)
    with unless_away(settings):
        with migrated(settings):
            pass
        with opened() as runtime:
            from jobs.clockwork import only_clock

            lock = only_clock(runtime)  # said here in one line rather than by a worker that does not come up
            if lock is not None:
                lock.close()
    serve_with_clock(host, port)


@click.command()
@host_option
@port_option
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="How many processes.")
def web(host: str, port: int, workers: int) -> None:
    """The pages and webhooks alone; the clock runs beside them as `foster-bond clock`."""
    from foster_bond.cli.server import serve_pages

    settings = settings_of()
    ready_to_listen(settings, host, port)
    with unless_away(settings), opened():
        pass  # schema and keys are looked at once here, not by each worker in turn
    serve_pages(host, port, workers, on_sqlite=settings.is_sqlite)


@click.command()
@click.option("--once", is_flag=True, help="Run every job once and print the tallies as JSON.")
def clock(once: bool) -> None:
    """The clock alone: it plans, writes and sends what is due."""
    from foster_bond.runtime import build
    from jobs import clockwork

    if once:
        with opened(pool_size=CLOCK_POOL) as runtime:
            click.echo(json.dumps(clockwork.run_once(runtime), indent=2))
        return
    settings = settings_of()
    with unless_away(settings):
        answering(settings)
    clockwork.run_forever(lambda: build(settings, pool_size=CLOCK_POOL))


@contextmanager
def unless_away(settings: "Settings") -> Iterator[None]:
    """A look before we keep running. PostgreSQL that is away is waited for; a file that cannot be opened is not.

    Raises: what the look raises, Away on SQLite.
    """
    try:
        yield
    except Away:
        if settings.is_sqlite:
            raise


def ready_to_listen(settings: "Settings", host: str, port: int) -> None:
    """Nothing, where the port is free. Raises: InvalidInput."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as off:
        raise InvalidInput(f"{host}:{port} cannot be listened on: {off.strerror or 'no such address'}.") from None


COMMANDS: tuple[click.Command, ...] = (serve, web, clock)
