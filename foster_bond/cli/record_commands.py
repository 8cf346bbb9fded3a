"""The command that takes a family's record out of the house."""

import os
from pathlib import Path

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

    with opened() as runtime:
        viewer = act_as_operator(runtime.store, slug=slug)
        family_id = find_family(runtime.store, viewer, family)
        made = take_out(
            runtime.store, viewer, family_id, runtime.clock.now(), form=form, members=members
        )  # fmt: skip
    if out is None:
        click.echo(made.content, nl=False)
    else:
        _write(out, made.content)


def _write(out: Path, content: bytes) -> None:
    """For the eyes of whoever typed it only."""
    try:
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            if out.is_file():  # one that was there before keeps its mode; a device is nobody's to close
                os.fchmod(file.fileno(), 0o600)
            file.write(content)
    except OSError as off:
        raise Unwell(f"{out} cannot be written: {off.strerror or type(off).__name__}.") from None


COMMANDS: tuple[click.Command, ...] = (export_family,)
