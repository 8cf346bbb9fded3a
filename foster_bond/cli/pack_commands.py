"""Commands that fill an agency: import-families, load, save-pack."""

from dataclasses import asdict

import click

from foster_bond.cli.opening import (
    Progress,
    agency_option,
    answer,
    counted,
    dry_run_option,
    file_content,
    json_option,
    opened,
)
from foster_bond.errors import InvalidInput


@click.command("import-families")
@click.argument("file", metavar="FILE.csv")
@agency_option
@dry_run_option
@json_option
def import_families(file: str, slug: str, dry_run: bool, as_json: bool) -> None:
    """Families and members from a file: all rows, or none."""
    from foster_bond.steps.keeping.act_as_operator import act_as_operator
    from foster_bond.steps.keeping.import_families import import_families as take_in

    content = file_content(file)
    with opened() as runtime:
        viewer = act_as_operator(runtime.store, slug=slug)
        done = take_in(
            runtime.store, viewer=viewer, content=content, now=runtime.clock.now(), dry_run=dry_run,
            progress=Progress("Importing"),
        )  # fmt: skip
    would = "Would import" if dry_run else "Imported"
    answer(
        as_json, asdict(done) | {"dry_run": dry_run},
        f"{would} {counted(done.rows, 'row')}: {counted(done.families_new, 'new family', 'new families')}, "
        f"{counted(done.members_new, 'new member')}, {done.families_changed} families and {done.members_changed} "
        "members changed.",
        f"{counted(done.active, 'number')} turned active, {done.asked} to be asked by text, "
        f"{counted(done.enrolled, 'new place')} in schedules.",
        *done.notes,
    )  # fmt: skip


@click.command()
@click.argument("file", metavar="PACK.toml")
@agency_option
@click.option("--draft", is_flag=True, help="Leave all of it for review instead of in force.")
@dry_run_option
@json_option
def load(file: str, slug: str, draft: bool, dry_run: bool, as_json: bool) -> None:
    """Prompts, programmes and schedules from a file; in force at once."""
    from foster_bond.steps.keeping.act_as_operator import act_as_operator
    from foster_bond.steps.keeping.load_pack import load_pack

    try:
        text = file_content(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(f"{file} is not UTF-8 text.") from None
    with opened() as runtime:
        viewer = act_as_operator(runtime.store, slug=slug)
        done = load_pack(
            runtime.store, viewer=viewer, toml_text=text, now=runtime.clock.now(), draft=draft, dry_run=dry_run
        )
    would = "Would load" if dry_run else "Loaded"
    parts = [
        f"{part}: {counted(len(new), 'new one')}, {len(changed)} changed"
        for part, new, changed in (
            ("prompts", done.prompts_new, done.prompts_changed),
            ("programmes", done.programmes_new, done.programmes_changed),
            ("schedules", done.schedules_new, done.schedules_changed),
        )
    ]
    force = "They wait as drafts." if draft else f"In force; {counted(done.enrolled, 'new place')} in schedules."
    answer(as_json, asdict(done) | {"dry_run": dry_run}, f"{would} {file}.", *parts, force, *done.notes)


@click.command("save-pack")
@agency_option
def save_pack(slug: str) -> None:
    """An agency's prompts, programmes and schedules as a pack, on stdout."""
    from foster_bond.steps.keeping.act_as_operator import act_as_operator
    from foster_bond.steps.keeping.save_pack import save_pack as save

    with opened() as runtime:
        click.echo(save(runtime.store, viewer=act_as_operator(runtime.store, slug=slug)), nl=False)


COMMANDS: tuple[click.Command, ...] = (import_families, load, save_pack)
