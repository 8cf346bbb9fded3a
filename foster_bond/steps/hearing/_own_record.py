"""What the hearing steps share: DELETE and STORY, which are about what somebody wrote before."""

from datetime import timedelta

from foster_bond.rules.local_time import local_day
from foster_bond.steps.hearing._heard import Heard
from foster_bond.steps.hearing._moving import Mover
from foster_bond.steps.hearing._wishing import Answer, leave_task
from foster_bond.store import alerts, audit, exports, families, inbound, task_list
from foster_bond.store.inbound import InboundText

STILL_THEIRS = timedelta(hours=24)  # how long DELETE takes the newest reply back


def take_back(heard: Heard) -> Answer:
    """The newest reply of the last day leaves every page. It stays sealed on file, and so does the fact."""
    text = inbound.newest_reply(heard.session, heard.agency.id, heard.bidx, heard.said_at - STILL_THEIRS, heard.said_at)
    if text is None:
        return "K10", {}
    if _must_stay(heard, text):
        return "K9-KEPT", {}
    text.withdrawn_at = heard.now
    heard.session.flush()
    _forget_rating(heard, text)
    task_list.close_unplaced(heard.session, heard.agency.id, text.id, heard.now, "withdrawn")
    audit.write(
        heard.session, heard.agency.id, "reply_withdrawn", heard.now, subject=("inbound", text.id),
        detail=f"asked by text {heard.id}",
    )  # fmt: skip
    return "K9", {}


def _must_stay(heard: Heard, text: InboundText) -> bool:
    """Words stay that left with an export, and words about danger: an alert of this number is open, or was theirs."""
    raised = alerts.of_text(heard.session, heard.agency.id, text.id)
    waits = raised is not None and (raised.priority == "now" or raised.state in alerts.OPEN_STATES)
    return heard.open_alert is not None or waits or _has_left(heard, text)


def _has_left(heard: Heard, text: InboundText) -> bool:
    """A file that holds them has been taken out: nobody can call that back."""
    if text.family_id is None or text.member_id is None:
        return False
    return exports.has_left(heard.session, heard.agency.id, text.family_id, text.member_id, text.received_at)


def _forget_rating(heard: Heard, text: InboundText) -> None:
    """A number that was in the withdrawn words is no rating any more."""
    if text.reflection_id is None or text.family_id is None:
        return
    family = families.of_agency(heard.session, heard.agency.id, text.family_id)
    reflection = inbound.reflections_by_id(heard.session, heard.agency.id, [text.reflection_id])[text.reflection_id]
    Mover(heard.session, heard.vault, family, heard.now).rate(reflection)


def story(heard: Heard) -> Answer:
    """A page of their own words to keep: a person makes it, with their say in it. Asked twice a day is asked once."""
    day = local_day(heard.now, heard.zone)
    leave_task(
        heard, "story", "They would like a page of their own words to keep. Choose with them what goes on it.",
        f"story:{heard.bidx}:{day.isoformat()}",
    )  # fmt: skip
    return "K12", {}


def note_request(heard: Heard) -> None:
    """They asked for everything to go: that is a request about records, which a person has to answer."""
    leave_task(
        heard, "records", "They asked for all of their texts to be deleted. Answer it as a request about records."
    )
