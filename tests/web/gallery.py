"""Every page template with sample values, without Flask; `python -m tests.web.gallery DIR` writes them to look at."""

import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from foster_bond.rules.page_values.alerts import AlertsPage
from foster_bond.rules.page_values.delivery import TasksPage, UnplacedPage
from foster_bond.rules.page_values.frame import Flash, Frame
from foster_bond.rules.page_values.programmes import ProgrammesPage
from foster_bond.rules.page_values.prompts import PromptsPage
from foster_bond.rules.page_values.schedules import SchedulesPage
from tests.web import (
    activity_samples,
    calendar_samples,
    leaving_samples,
    ledger_samples,
    practice_samples,
    prompt_samples,
    samples,
    schedule_samples,
    visit_samples,
)
from tests.web import more_samples as more

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "foster_bond" / "web" / "static"

# The views that the templates link to, with what each takes in its address; further words become the query.
ENDPOINTS = {
    "sign_in_pages.show": "/sign-in",
    "sign_in_pages.enter": "/sign-in",
    "sign_in_pages.leave": "/sign-out",
    "sign_in_pages.choose_password": "/sign-in/with/{token}",
    "frame_pages.live": "/live",
    "frame_pages.stay": "/frame/stay",
    "frame_pages.speak": "/language",
    "caseload_pages.show": "/",
    "family_pages.show": "/families/{family_id}",
    "family_pages.moments": "/families/{family_id}/moments",
    "family_pages.note": "/families/{family_id}/notes",
    "writing_pages.write": "/families/{family_id}/write",
    "writing_pages.unsay": "/families/{family_id}/written/{message_id}/take-back",
    "writing_pages.read": "/families/{family_id}/replies/{reflection_id}/read",
    "writing_pages.draft": "/families/{family_id}/drafts",
    "writing_pages.here": "/families/{family_id}/here",
    "search_pages.show": "/search",
    "search_pages.everywhere": "/search",
    "search_pages.show_family": "/families/{family_id}/search",
    "search_pages.in_family": "/families/{family_id}/search",
    "family_pages.move_reply": "/families/{family_id}/replies/{reflection_id}/move",
    "family_pages.move_back": "/families/{family_id}/moves/{move_id}/undo",
    "alerts_pages.show": "/alerts",
    "alerts_pages.take": "/alerts/{alert_id}/take",
    "alerts_pages.resolve": "/alerts/{alert_id}/resolve",
    "alerts_pages.hand_over": "/alerts/{alert_id}/hand-over",
    "alerts_pages.dismiss": "/alerts/{alert_id}/dismiss",
    "alerts_pages.drill": "/alerts/drill",
    "alerts_pages.judged": "/alerts/judged.csv",
    "rota_pages.show": "/agency/rota",
    "rota_pages.add": "/agency/rota",
    "rota_pages.remove": "/agency/rota/{row_id}/remove",
    "numbers_pages.show": "/agency/numbers",
    "numbers_pages.checked": "/agency/numbers/checked",
    "numbers_pages.change": "/agency/numbers",
    "numbers_pages.duties": "/agency/duties",
    "numbers_pages.change_duties": "/agency/duties",
    "people_pages.add": "/people",
    "consent_pages.show": "/agency/consent",
    "consent_pages.check": "/agency/consent/check",
    "consent_pages.stop": "/agency/consent/stop",
    "consent_pages.export": "/agency/consent/opt-outs.csv",
    "ledger_pages.show": "/people/members/{member_id}",
    "ledger_pages.proof": "/people/members/{member_id}/proof",
    "ledger_pages.scan": "/people/members/{member_id}/scans/{scan_id}",
    "ledger_pages.record": "/people/members/{member_id}/consent",
    "clearances_pages.confirm": "/people/members/{member_id}/clearances",
    "clearances_pages.take_back": "/people/members/{member_id}/clearances/{kind}/take-back",
    "ledger_pages.ask": "/people/members/{member_id}/ask",
    "ledger_pages.stop": "/people/members/{member_id}/stop",
    "ledger_pages.decide": "/people/members/{member_id}/hold",
    "people_pages.change_role": "/people/{staff_id}/role",
    "people_pages.disable": "/people/{staff_id}/disable",
    "people_pages.enable": "/people/{staff_id}/enable",
    "people_pages.new_link": "/people/{staff_id}/link",
    "schedules_pages.plan": "/schedules/{schedule_id}",
    "schedules_pages.new": "/schedules/new",
    "schedules_pages.make": "/schedules/new",
    "schedules_pages.new_plan": "/schedules/new/plan",
    "schedules_pages.change": "/schedules/{schedule_id}",
    "schedules_pages.live_plan": "/schedules/{schedule_id}/plan",
    "schedules_pages.move": "/schedules/{schedule_id}/state",
    "members_pages.show": "/schedules/{schedule_id}/members",
    "members_pages.pick": "/schedules/{schedule_id}/members",
    "members_pages.out": "/schedules/{schedule_id}/members/{member_id}/out",
    "phones_pages.threads": "/phones/threads",
    "phones_pages.answer": "/phones/{phone_id}/answer",
    "phones_pages.move": "/phones/move",
    "delivery_pages.ask_carrier": "/delivery/{message_id}/ask",
    "delivery_pages.send_again": "/delivery/{message_id}/again",
    "delivery_pages.let_go": "/delivery/{message_id}/let-go",
    "delivery_pages.resume": "/delivery/resume",
    "tasks_pages.show": "/tasks",
    "tasks_pages.finish": "/tasks/{task_id}/finish",
    "tasks_pages.reopen": "/tasks/{task_id}/reopen",
    "tasks_pages.finish_follow_up": "/tasks/follow-ups/{follow_up_id}/finish",
    "tasks_pages.reopen_follow_up": "/tasks/follow-ups/{follow_up_id}/reopen",
    "visits_pages.show": "/families/{family_id}/visits",
    "visits_pages.made": "/families/{family_id}/visits",
    "visits_pages.plan": "/families/{family_id}/visits/plan",
    "visits_pages.cancel": "/families/{family_id}/visits/{visit_id}/cancel",
    "visits_pages.undo": "/families/{family_id}/visits/{visit_id}/undo",
    "visits_pages.pin": "/families/{family_id}/pins",
    "visits_pages.unpin": "/families/{family_id}/pins/{moment_id}/remove",
    "visits_pages.follow_up": "/families/{family_id}/follow-ups",
    "unplaced_pages.show": "/unplaced",
    "unplaced_pages.file": "/unplaced/{inbound_id}/file",
    "unplaced_pages.wrong_number": "/unplaced/{inbound_id}/wrong-number",
    "unplaced_pages.set_aside": "/unplaced/{inbound_id}/set-aside",
    "leaving_pages.show": "/families/{family_id}/leaving",
    "leaving_pages.decide": "/families/{family_id}/leaving/{departure_id}/decide",
    "leaving_pages.undo": "/families/{family_id}/leaving/{departure_id}/undo",
    "leaving_pages.leave": "/families/{family_id}/members/{member_id}/leave",
    "leaving_pages.month": "/families/{family_id}/members/{member_id}/month",
    "record_pages.show": "/families/{family_id}/record",
    "record_pages.take": "/families/{family_id}/record",
    "record_pages.choose": "/families/{family_id}/summary",
    "record_pages.summarise": "/families/{family_id}/summary",
    "hand_over_pages.show": "/hand-over",
    "hand_over_pages.hand": "/hand-over",
    "hand_over_pages.sheet": "/hand-over/sheet",
    "hand_over_pages.cover": "/hand-over/cover",
    "hand_over_pages.end": "/hand-over/cover/{cover_id}/end",
    "hand_over_pages.telling": "/hand-over/telling",
    "calendar_pages.show": "/families/{family_id}/calendar",
    "calendar_pages.add": "/families/{family_id}/calendar",
    "calendar_pages.remove": "/families/{family_id}/calendar/{date_id}/remove",
    "calendar_pages.told": "/families/{family_id}/calendar/{date_id}/told",
    "calendar_pages.record": "/families/{family_id}/placement",
    "calendar_pages.came": "/families/{family_id}/placement/day",
    "calendar_pages.undo": "/families/{family_id}/placement/{event_id}/remove",
    "texts_pages.show": "/families/{family_id}/texts",
    "texts_pages.skip": "/families/{family_id}/texts/{occurrence_id}/skip",
    "texts_pages.restore": "/families/{family_id}/texts/{occurrence_id}/restore",
    "texts_pages.send_now": "/families/{family_id}/texts/{occurrence_id}/now",
    "texts_pages.move": "/families/{family_id}/texts/{occurrence_id}/move",
    "practice_pages.show": "/families/{family_id}/practice",
    "practice_pages.choose": "/families/{family_id}/practice/{member_id}/next",
    "practice_pages.take_back": "/families/{family_id}/practice/overrides/{override_id}/take-back",
    "practice_pages.relationship": "/families/{family_id}/practice/relationship",
    "activities_pages.show": "/families/{family_id}/activities",
    "activities_pages.offer": "/families/{family_id}/activities/{member_id}",
    "activities_pages.end": "/families/{family_id}/activities/{run_id}/end",
    "pictures_pages.show": "/families/{family_id}/pictures",
    "held_pages.show": "/schedules/held",
    "schedules_pages.show": "/schedules",
    "prompts_pages.show": "/prompts",
    "prompts_pages.one": "/prompts/{prompt_id}",
    "prompts_pages.new": "/prompts/new",
    "prompts_pages.make": "/prompts/new",
    "prompts_pages.edit": "/prompts/{prompt_id}/edit",
    "prompts_pages.change": "/prompts/{prompt_id}/edit",
    "prompts_pages.look": "/prompts/{prompt_id}/look",
    "prompts_pages.look_new": "/prompts/look",
    "prompts_pages.sign": "/prompts/{prompt_id}/sign",
    "prompts_pages.retire": "/prompts/{prompt_id}/retire",
    "prompts_pages.back": "/prompts/{prompt_id}/back",
    "prompts_pages.drop": "/prompts/{prompt_id}/drop",
    "programmes_pages.show": "/programmes",
    "programmes_pages.one": "/programmes/{programme_id}",
    "programmes_pages.review": "/programmes/{programme_id}/review",
    "programmes_pages.how": "/how-it-works",
    "agency_calendar_pages.show": "/agency/calendar",
    "agency_calendar_pages.change": "/agency/calendar",
    "agency_calendar_pages.holidays": "/agency/calendar/holidays",
    "agency_calendar_pages.close": "/agency/calendar/days",
    "agency_calendar_pages.reopen": "/agency/calendar/days/open",
    "agency_calendar_pages.mark": "/agency/calendar/dates",
    "agency_calendar_pages.unmark": "/agency/calendar/dates/{date_id}/remove",
    "agency_pages.show": "/agency",
    "agency_pages.change": "/agency",
    "audit_pages.show": "/audit",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """One template with one set of values."""

    name: str
    template: str
    frame: Frame
    page: Any = None


OUTSIDE = Frame(simulated=True)
DONE = (Flash("Tom has been added. The link below is shown once."),)
SCENES = (
    Scene("sign-in", "sign_in/sign_in.html", OUTSIDE, more.DOOR),
    Scene("sign-in-refused", "sign_in/sign_in.html", OUTSIDE, more.DOOR_REFUSED),
    Scene("sign-in-wait", "sign_in/sign_in.html", OUTSIDE, more.DOOR_WAIT),
    Scene("sign-in-ended", "sign_in/sign_in.html", OUTSIDE, more.DOOR_ENDED),
    Scene("set-password", "sign_in/set_password.html", OUTSIDE, more.PASSWORD),
    Scene("set-password-gone", "sign_in/set_password.html", OUTSIDE, more.GONE),
    Scene("visits", "visits/visits.html", samples.frame(), visit_samples.VISITS),
    Scene("visits-none", "visits/visits.html", samples.frame(), visit_samples.NO_VISITS),
    Scene("caseload", "caseload/caseload.html", samples.frame(banner=samples.BANNER), samples.CASELOAD),
    Scene("caseload-empty", "caseload/caseload.html", samples.frame(), samples.NO_FAMILIES),
    Scene("caseload-search", "caseload/caseload.html", samples.frame(), samples.NOT_FOUND),
    Scene("family", "family/family.html", samples.frame(), samples.FAMILY),
    Scene("family-new", "family/family.html", samples.frame(), samples.NEW_FAMILY),
    Scene("leaving", "leaving/leaving.html", samples.frame(), leaving_samples.LEAVING),
    Scene("leaving-none", "leaving/leaving.html", samples.frame(), leaving_samples.STAYING),
    Scene("record", "leaving/record.html", samples.frame(), leaving_samples.RECORD),
    Scene("summary", "leaving/summary.html", samples.frame(), leaving_samples.SUMMARY),
    Scene("summary-none", "leaving/summary.html", samples.frame(), leaving_samples.NO_QUOTES),
    Scene("hand-over", "leaving/hand_over.html", samples.frame(), leaving_samples.HAND_OVER),
    Scene("hand-over-none", "leaving/hand_over.html", samples.frame(), leaving_samples.NOTHING_TO_HAND),
    Scene("hand-over-sheet", "leaving/sheet.html", samples.frame(), leaving_samples.SHEET),
    Scene("calendar", "calendar/family.html", samples.frame(), calendar_samples.CALENDAR),
    Scene("calendar-none", "calendar/family.html", samples.frame(), calendar_samples.NO_DATES),
    Scene("texts", "calendar/texts.html", samples.frame(), calendar_samples.TEXTS),
    Scene("texts-none", "calendar/texts.html", samples.frame(), calendar_samples.NO_TEXTS),
    Scene("practice", "practice/practice.html", samples.frame(), practice_samples.LADDER),
    Scene("practice-none", "practice/practice.html", samples.frame(), practice_samples.NOBODY),
    Scene("activities", "activities/activities.html", samples.frame(), activity_samples.ACTIVITIES),
    Scene("family-activities", "family/family.html", samples.frame(), activity_samples.FAMILY),
    Scene("activities-none", "activities/activities.html", samples.frame(), activity_samples.NONE),
    Scene("pictures", "practice/pictures.html", samples.frame(), practice_samples.YEAR),
    Scene("pictures-none", "practice/pictures.html", samples.frame(), practice_samples.NO_YEAR),
    Scene("held", "calendar/held.html", samples.frame("schedules"), calendar_samples.HELD),
    Scene("held-none", "calendar/held.html", samples.frame("schedules"), calendar_samples.NOTHING_HELD),
    Scene("agency-calendar", "calendar/agency.html", samples.frame("agency"), calendar_samples.AGENCY),
    Scene("agency-calendar-read", "calendar/agency.html", samples.frame("agency"), calendar_samples.AGENCY_READ),
    Scene("alerts", "alerts/alerts.html", samples.frame("alerts"), samples.ALERTS),
    Scene("alerts-none", "alerts/alerts.html", samples.frame("alerts"), AlertsPage((), ())),
    Scene("people", "people/people.html", samples.frame("people", flashes=DONE), more.PEOPLE),
    Scene("ledger", "people/member.html", samples.frame(""), ledger_samples.HELD),
    Scene("ledger-refused", "people/member.html", samples.frame(""), ledger_samples.REFUSED),
    Scene("ledger-none", "people/member.html", samples.frame(""), ledger_samples.NOBODY_ASKED),
    Scene("ledger-asked-again", "people/member.html", samples.frame(""), ledger_samples.ASKED_AGAIN),
    Scene("proof", "people/proof.html", samples.frame(""), ledger_samples.PROOF),
    Scene("consent", "agency/consent.html", samples.frame("agency"), ledger_samples.CHECKED),
    Scene("consent-refused", "agency/consent.html", samples.frame("agency"), ledger_samples.BAD_LIST),
    Scene("schedules", "schedules/schedules.html", samples.frame("schedules"), more.SCHEDULES),
    Scene("schedules-none", "schedules/schedules.html", samples.frame("schedules"), SchedulesPage(())),
    Scene("plan", "schedules/plan.html", samples.frame("schedules"), more.PLAN),
    Scene("editor", "schedules/editor.html", samples.frame("schedules"), schedule_samples.EDITOR),
    Scene("editor-off", "schedules/editor.html", samples.frame("schedules"), schedule_samples.OFF),
    Scene("editor-ending", "schedules/editor.html", samples.frame("schedules"), schedule_samples.ENDING),
    Scene("members", "schedules/members.html", samples.frame("schedules"), schedule_samples.MEMBERS),
    Scene("plan-nobody", "schedules/plan.html", samples.frame("schedules"), more.NOBODY_PLANNED),
    Scene("prompts", "prompts/prompts.html", samples.frame("prompts"), more.PROMPTS),
    Scene("prompts-none", "prompts/prompts.html", samples.frame("prompts"), PromptsPage((), 0, 0, ())),
    Scene("prompt", "prompts/one.html", samples.frame("prompts"), prompt_samples.DESK),
    Scene("prompt-retired", "prompts/one.html", samples.frame("prompts"), prompt_samples.RETIRED),
    Scene("prompt-draft", "prompts/one.html", samples.frame("prompts"), prompt_samples.DRAFT),
    Scene("prompt-edit", "prompts/edit.html", samples.frame("prompts"), prompt_samples.EDITOR),
    Scene("prompt-new", "prompts/edit.html", samples.frame("prompts"), prompt_samples.EMPTY),
    Scene("programmes", "programmes/programmes.html", samples.frame("prompts"), prompt_samples.PROGRAMMES),
    Scene("programmes-none", "programmes/programmes.html", samples.frame("prompts"), ProgrammesPage(())),
    Scene("programme", "programmes/one.html", samples.frame("prompts"), prompt_samples.PROGRAMME),
    Scene("programme-reviewed", "programmes/one.html", samples.frame("prompts"), prompt_samples.REVIEWED),
    Scene("how-it-works", "programmes/how_it_works.html", samples.frame("prompts"), prompt_samples.HOW),
    Scene("phones", "phones/phones.html", samples.frame("phones"), more.PHONES),
    Scene("phones-none", "phones/phones.html", samples.frame("phones"), more.NO_PHONES),
    Scene("delivery", "delivery/delivery.html", samples.frame("delivery"), more.DELIVERY),
    Scene("delivery-paused", "delivery/delivery.html", samples.frame("delivery"), more.PAUSED),
    Scene("tasks", "tasks/tasks.html", samples.frame("tasks"), more.TASKS),
    Scene("tasks-none", "tasks/tasks.html", samples.frame("tasks"), TasksPage(())),
    Scene("unplaced", "unplaced/unplaced.html", samples.frame("unplaced"), more.UNPLACED),
    Scene("unplaced-none", "unplaced/unplaced.html", samples.frame("unplaced"), UnplacedPage(())),
    Scene("agency", "agency/agency.html", samples.frame("agency"), more.AGENCY),
    Scene("numbers", "agency/numbers.html", samples.frame("agency"), more.NUMBERS),
    Scene("duties", "agency/duties.html", samples.frame("agency"), more.DUTIES),
    Scene("audit", "audit/audit.html", samples.frame("audit"), more.AUDIT),
    *(Scene(f"error-{one.status}", "error.html", samples.frame(""), one) for one in more.TROUBLES),
    Scene("error-outside", "error.html", OUTSIDE, more.TROUBLES[0]),
)
FRAGMENTS = (
    Scene("live", "frame/live.html", samples.frame(banner=samples.BANNER)),
    Scene("moments", "family/moments.html", samples.frame(), samples.FAMILY),
    Scene("threads", "phones/threads.html", samples.frame("phones"), more.PHONES),
)


def url_for(endpoint: str, **words: str) -> str:
    """The address of a view as the contract names it. Raises: KeyError for a view that nobody promised."""
    rule = ENDPOINTS[endpoint]
    inside = {name: value for name, value in words.items() if "{" + name + "}" in rule}
    query = urlencode({name: value for name, value in words.items() if name not in inside})
    path = rule.format(**{name: quote(value, safe="") for name, value in inside.items()})
    return f"{path}?{query}" if query else path


def asset(path: str) -> str:
    assert (STATIC / path).is_file(), path
    return f"/static/{path}"


@cache
def environment() -> Environment:
    """Jinja as the product sets it up: escaping on, nothing undefined, translation as a no-op."""
    jinja = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    jinja.filters["told"] = lambda sentence: sentence
    jinja.globals.update(url_for=url_for, asset=asset, csrf_token=lambda: "token-for-the-picture")
    jinja.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # the i18n extension adds it
    return jinja


def render(scene: Scene) -> str:
    return environment().get_template(f"pages/{scene.template}").render(frame=scene.frame, page=scene.page)


def write_all(folder: Path) -> None:
    """Writes every page and the static files under a folder that any file server can show."""
    shutil.copytree(STATIC, folder / "static", dirs_exist_ok=True)
    for scene in SCENES:
        (folder / f"{scene.name}.html").write_text(render(scene), encoding="utf-8")


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
