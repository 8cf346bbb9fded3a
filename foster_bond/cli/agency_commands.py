"""Commands that begin an agency and name its people: migrate, setup, add-staff."""

from dataclasses import asdict

import click

from foster_bond.cli.opening import agency_option, answer, json_option, migrated, opened, password_in, settings_of

ROLES = ("caseworker", "supervisor", "lead", "admin")


@click.command()
@json_option
def migrate(as_json: bool) -> None:
    """Bring the database's schema up to date."""
    from foster_bond.migrations import head

    with migrated(settings_of()):
        version = head()
    answer(as_json, {"schema": version}, f"The schema is at {version}.")


@click.command()
@click.option("--agency", "name", required=True, metavar="NAME", help="The agency's name on pages.")
@click.option("--slug", required=True, help="Its short name in commands: small letters, digits, hyphens.")
@click.option("--zone", required=True, help="Its time zone, like America/Denver.")
@click.option("--admin", required=True, metavar="EMAIL", help="The first admin's e-mail address.")
@click.option(
    "--password-file", metavar="FILE", help="A file whose first line is the admin's password; else one is made."
)
@click.option("--text-name", metavar="SHORT", help="How texts name the agency: at most 17 plain signs.")
@click.option(
    "--sender", metavar="NUMBER", help="The number it texts from; the first agency's may come from the settings."
)
@click.option("--phone", metavar="NUMBER", help="Its office line, given in the HELP answer.")
@click.option("--oncall", metavar="NUMBER", help="A line that is answered at any hour.")
@click.option("--hotline", metavar="NUMBER", help="The state's line for reporting abuse.")
@json_option
def setup(
    name: str, slug: str, zone: str, admin: str, password_file: str | None, text_name: str | None, sender: str | None,
    phone: str | None, oncall: str | None, hotline: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Make an agency and its first admin; it may send at once."""
    from foster_bond.clock import SystemClock
    from foster_bond.rules.new_agency import read_new_agency
    from foster_bond.settings import create_local_keys
    from foster_bond.steps.keeping.set_up_agency import set_up_agency
    from foster_bond.steps.passwords import check_password

    agency = read_new_agency(
        name=name, slug=slug, zone=zone, admin=admin, text_name=text_name, sender=sender, phone=phone, oncall=oncall,
        hotline=hotline,
    )  # fmt: skip
    password = password_in(password_file)
    if password is not None:
        check_password(password)
    create_local_keys()
    settings = settings_of()
    with migrated(settings) as store:
        made = set_up_agency(
            store, agency=agency, now=SystemClock(settings.clock_file).now(), password=password,
            carrier_sender=settings.twilio_from_number, simulated=settings.carrier == "simulated",
        )  # fmt: skip
    shown = [f"Password: {made.password}  (shown this once)"] if made.password else []
    answer(
        as_json, asdict(made),
        f"{name} is set up as {made.slug}; texts call it {made.text_name} and come from {made.sender}.",
        f"Sign in at {settings.public_url}/sign-in as {made.admin_email}.", *shown,
        f"{made.prompts} prompts and {made.programmes} programmes of the library are its own now.",
    )  # fmt: skip


@click.command("add-staff")
@agency_option
@click.option("--email", required=True, help="What they sign in with.")
@click.option("--name", required=True, help="Their name on pages.")
@click.option("--role", required=True, type=click.Choice(ROLES), help="What they do here.")
@click.option("--phone", metavar="NUMBER", help="Where alerts reach them.")
@click.option("--password-file", metavar="FILE", help="A file whose first line is their password; else a link is made.")
@click.option("--on-call", is_flag=True, help="Alerts reach them whoever's family it is.")
@json_option
def add_staff(
    slug: str, email: str, name: str, role: str, phone: str | None, password_file: str | None, on_call: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Add a person to an agency."""
    from foster_bond.steps.keeping.act_as_operator import act_as_operator
    from foster_bond.steps.keeping.add_staff import add_staff as add

    password = password_in(password_file)
    with opened() as runtime:
        added = add(
            runtime.store, viewer=act_as_operator(runtime.store, slug=slug), email=email, name=name, role=role,
            phone=phone, on_call=on_call, password=password, now=runtime.clock.now(),
        )  # fmt: skip
        link = added.link
        url = None if link is None else f"{runtime.settings.public_url}/password/{link.token}"
    facts = {"staff_id": added.staff_id, "email": added.email, "role": role, "link": url}
    invite = () if link is None else (f"They choose a password at {url} until {link.until:%Y-%m-%d %H:%M} UTC, once.",)
    answer(as_json, facts, f"{added.email} is a {role} of {slug}.", *invite)


COMMANDS: tuple[click.Command, ...] = (migrate, setup, add_staff)
