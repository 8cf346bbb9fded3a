"""The command that foresees: what would go to whom and when, and why."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from foster_bond.cli.opening import agency_option, json_option, opened

if TYPE_CHECKING:
    from foster_bond.rules.page_values.plan import PlannedText


@click.command()
@agency_option
@click.option("--weeks", default=6, show_default=True, type=click.IntRange(1, 53), help="How far to look.")
@click.option("--family", "family_ref", metavar="REF", help="One family only, by its reference.")
@json_option
def plan(slug: str, weeks: int, family_ref: str | None, as_json: bool) -> None:
    """What would go to whom and when, with reasons; nothing is written or sent."""
    from foster_bond.rules.page_values.plan import as_json as row_of
    from foster_bond.steps.asking.preview_schedule import preview
    from foster_bond.steps.keeping.act_as_operator import act_as_operator

    with opened() as runtime:
        agency_id = act_as_operator(runtime.store, slug=slug).agency_id
        texts = preview(
            runtime.store, agency_id=agency_id, family_ref=family_ref, weeks=weeks, now=runtime.clock.now()
        )  # fmt: skip
    if as_json:
        click.echo(json.dumps([row_of(text) for text in texts], ensure_ascii=False, indent=2, default=str))
    else:
        _print(texts)


def _print(texts: "Iterable[PlannedText]") -> None:
    day = None
    for text in texts:
        if text.local_date != day:
            day = text.local_date
            click.echo(f"{day:%a %d %b %Y}")
        name = f"{text.prompt_id} {text.technique}" if text.prompt_id else "no prompt"
        click.echo(
            f"  {text.local_time} {text.zone}  {text.family_ref}/{text.member_ref}  {text.state}: {name}. {text.why}"
        )
    if day is None:
        click.echo("Nothing is planned in these weeks.")


COMMANDS: tuple[click.Command, ...] = (plan,)
