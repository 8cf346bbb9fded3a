"""The demo at a terminal: an invented agency lives through its weeks, then pages, clock and phones in one process."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from foster_bond.cli.serve_commands import host_option, port_option, ready_to_listen

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from foster_bond.demo.serving import Demo
    from foster_bond.settings import Settings

Told = Callable[[float, datetime], None]
LINES = 4  # plain lines of progress where there is no terminal


@click.command()
@host_option
@port_option
@click.option(
    "--weeks", default=12, show_default=True, type=click.IntRange(1, 52), help="How many weeks the agency has lived."
)
@click.option("--fresh", is_flag=True, help="Throw the demo's state away and begin again.")
def demo(host: str, port: int, weeks: int, fresh: bool) -> None:
    """An invented agency to try everything on: nothing leaves this machine, nobody in it is real."""
    from foster_bond.demo.places import alone_in, demo_folder, empty, has_lived, settings_of_demo
    from foster_bond.demo.serving import take_up

    folder = demo_folder()
    with alone_in(folder):
        if fresh or has_lived(folder) is None:
            empty(folder)
        settings = settings_of_demo(folder, port=port)
        ready_to_listen(settings, host, port)
        _quiet(settings)
        lived = has_lived(folder)
        if lived is None:
            _live(settings, folder, weeks)
        else:
            click.echo(f"The demo goes on where it stood, after {lived} weeks; --fresh begins again.")
        take_up(settings)
        _serve(settings, folder, host, port)


def _live(settings: "Settings", folder: Path, weeks: int) -> None:
    from foster_bond.clock import SystemClock
    from foster_bond.demo.history import live_through

    with _progress(f"An invented agency lives through {weeks} weeks") as told:
        live_through(settings, folder, weeks=weeks, real_now=SystemClock().real(), told=told)


def _serve(settings: "Settings", folder: Path, host: str, port: int) -> None:
    from foster_bond.cli.server import serve_alone
    from foster_bond.demo.serving import open_demo

    opened: list[Demo] = []

    def load() -> "WSGIApplication":
        _quiet(settings)  # again: the server sets up logs of its own in the process that serves
        opened.append(open_demo(folder, host=host, port=port))
        return opened[0].app

    def stop() -> None:
        for one in opened:
            one.stop()

    _welcome(host, port)
    serve_alone(load, stop, host, port)


def _welcome(host: str, port: int) -> None:
    from foster_bond.demo.places import is_reached_over_loopback
    from foster_bond.demo.serving import sign_ins

    address = "127.0.0.1" if is_reached_over_loopback(host) else host
    people = sign_ins()
    wide, long = max(len(f"{one.name}, {one.role}") for one in people), max(len(one.email) for one in people)
    click.echo(f"\nFoster Bond is open at http://{address}:{port}   (Ctrl-C closes it)\n")
    for one in people:
        click.echo(f"  {one.name + ', ' + one.role:<{wide}}   {one.email:<{long}}   {one.password}")
    click.echo("\nThe families' phones and the virtual clock are under Phones. No text leaves this machine.")


def _quiet(settings: "Settings") -> None:
    """Only what is wrong is said: hundreds of virtual evenings would fill the terminal."""
    from foster_bond.logs import set_up_logs

    set_up_logs(settings.log_format)
    logging.getLogger().setLevel(logging.WARNING)


@contextmanager
def _progress(what: str) -> Iterator[Told]:
    """A bar on a terminal, a few plain lines elsewhere."""
    if not sys.stderr.isatty():
        yield _lines(what)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[day]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=1.0, day="")
        yield lambda share, now: bar.update(task, completed=share, day=f"{now:%d %b %Y}")


def _lines(what: str) -> Told:
    said = [0]
    click.echo(f"{what} ...", err=True)

    def told(share: float, now: datetime) -> None:
        if share * LINES >= said[0] + 1:
            said[0] = int(share * LINES)
            click.echo(f"{said[0] * 100 // LINES} %, {now:%d %b %Y}", err=True)

    return told


COMMANDS: tuple[click.Command, ...] = (demo,)
