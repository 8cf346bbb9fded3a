"""Commands that look after an installation: audit verify, keys rotate."""

from dataclasses import asdict

import click

from foster_bond.cli.opening import Progress, Unwell, answer, counted, json_option, opened


@click.group()
def audit() -> None:
    """The record of who did what."""


@audit.command()
@json_option
def verify(as_json: bool) -> None:
    """Walk every agency's chain of audit events and say where it first breaks."""
    from foster_bond.steps.keeping.verify_audit import verify_audit

    with opened() as runtime:
        reports = verify_audit(runtime.store)
    lines = [
        f"{one.slug}: broken at {one.broken_at}: {one.why}."
        if one.broken_at is not None
        else f"{one.slug}: {counted(one.links, 'link')} whole, {one.unchained} not chained yet; "
        f"last {one.last_hash[:16] or 'none'}."
        for one in reports
    ]
    answer(as_json, {"agencies": [asdict(one) for one in reports]}, *lines)
    broken = [one.slug for one in reports if one.broken_at is not None]
    if broken:
        raise Unwell(f"The audit chain of {', '.join(broken)} is broken.")


@click.group()
def keys() -> None:
    """The keys that seal what is stored."""


@keys.command()
@json_option
def rotate(as_json: bool) -> None:
    """Wrap every data key under the first master key; texts go on meanwhile."""
    from foster_bond.steps.keeping.rotate_keys import rotate_keys

    with opened() as runtime:
        done = rotate_keys(runtime.store, progress=Progress("Wrapping"))
    answer(
        as_json, done, f"{counted(done['rewrapped'], 'data key')} wrapped anew; older master keys may go."
    )  # fmt: skip


COMMANDS: tuple[click.Command, ...] = (audit, keys)
