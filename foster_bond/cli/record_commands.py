"""The command that takes a family's record out of the house."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

import click

from foster_bond.cli.opening import Unwell, agency_option, opened


@click.command("export-family")
@click.argument("family", metavar="REF_OR_ID")
@agency_option
@click.option("--format", "form", required=True, type=click.Choice(("csv", "json", "pdf")), help="What to write.")
@click.option(
    "--member",
    "members",
    metavar="REF",
    multiple=True,
    help="Only this member; may be given several times. A teen's own words are left out unless the teen is named.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file; else to stdout.")
def export_family(family: str, slug: str, form: str, members: tuple[str, ...], out: Path | None) -> None:
    """The record of a family: every text with its delivery, consent, what was held and why, and who viewed it.

    That it was taken out is on the record, too.
    """
    from foster_bond.steps.keeping.act_as_operator import act_as_operator
    from foster_bond.steps.reading.export_family import export_family as take_out
    from foster_bond.steps.reading.export_family import find_family

    with _place(out) as write, opened() as runtime:
        viewer = act_as_operator(runtime.store, slug=slug)
        family_id = find_family(runtime.store, viewer, family)
        made = take_out(runtime.store, viewer, family_id, runtime.clock.now(), form=form, members=members)
        write(made.content)


@contextmanager
def _place(out: Path | None) -> Iterator[Callable[[bytes], None]]:
    """Where the file goes, opened before the record is: what cannot be written has not left the house."""
    if out is None:
        yield lambda content: click.echo(content, nl=False)
        return
    was_there = out.exists()
    try:
        file = os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT, 0o600), "wb")
    except OSError as off:
        raise _cannot_write(out, off) from None
    try:
        with file:
            yield partial(_write, out, file)
    except BaseException:
        if not was_there:
            out.unlink(missing_ok=True)
        raise


def _write(out: Path, file: BinaryIO, content: bytes) -> None:
    """For the eyes of whoever typed it only."""
    try:
        if out.is_file():  # one that was there before keeps its mode and its length; a device is nobody's to close
            os.fchmod(file.fileno(), 0o600)
            os.ftruncate(file.fileno(), 0)
        file.write(content)
        file.flush()
    except OSError as off:
        raise _cannot_write(out, off) from None


def _cannot_write(out: Path, off: OSError) -> Unwell:
    return Unwell(f"{out} cannot be written: {off.strerror or type(off).__name__}.")


COMMANDS: tuple[click.Command, ...] = (export_family,)
