"""Rules of the record: the record and the summary on paper, as PDF; the one file that prints."""

import io
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any
from xml.sax.saxutils import escape  # it writes markup and reads none

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import HRFlowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer

from foster_bond.rules.local_time import local_day, zone_of
from foster_bond.rules.record.as_files import shown
from foster_bond.rules.record.printable import printable
from foster_bond.rules.record.values import Entry, Person, Quote, Record, Summary
from foster_bond.rules.record.words import caveat, word
from foster_bond.rules.spoken_time import city, spoken_day, when

_INK, _QUIET, _LINE = HexColor("#23211e"), HexColor("#5c5750"), HexColor("#c9c2b6")
_BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=14, textColor=_INK)
_WORDS = ParagraphStyle("words", parent=_BODY, fontName="Times-Roman", fontSize=11.5, leading=15.5, leftIndent=8 * mm)
_ASKED = ParagraphStyle("asked", parent=_BODY, fontName="Times-Italic", textColor=_QUIET, leftIndent=8 * mm)
_SMALL = ParagraphStyle("small", parent=_BODY, fontSize=8.5, leading=11.5, textColor=_QUIET)
_TITLE = ParagraphStyle("title", parent=_BODY, fontName="Helvetica-Bold", fontSize=18, leading=23, spaceAfter=2 * mm)
_HEAD = ParagraphStyle("head", parent=_BODY, fontName="Helvetica-Bold", fontSize=12.5, leading=17, spaceBefore=6 * mm)
_WHEN = ParagraphStyle("when", parent=_SMALL, spaceBefore=3 * mm, keepWithNext=1)


def record_pdf(record: Record, *, country: str = "US") -> bytes:
    """The whole record, each member under their own heading, times on the family's wall."""
    say = partial(word, language=record.language)
    told: list[Any] = [
        _p(say("record"), _TITLE),
        *_about(record),
        _p(caveat(record.language), _SMALL),
        _p(say("signs"), _SMALL),
    ]
    for person in record.people:
        told += [_p(f"{person.name} · {person.ref}", _HEAD), _p(_facts(record, person), _SMALL)]
        told += _lines(record, person.entries)
    for heading, entries in (("about_family", record.family), ("seen", record.seen)):
        told += [_p(say(heading), _HEAD), *_lines(record, entries)]
    return _printed(told, say("record"), record, country)


def summary_pdf(summary: Summary, *, country: str = "US") -> bytes:
    """The chosen quotes, each with its date and the prompt beside it, under the fixed caveat."""
    say = partial(word, language=summary.language)
    title = say(f"summary_{summary.purpose}")
    told: list[Any] = [_p(title, _TITLE), *_about(summary), _p(caveat(summary.language), _BODY)]
    if summary.note:
        told += [Spacer(1, 3 * mm), _p(summary.note, _BODY)]
    told += [Spacer(1, 2 * mm), HRFlowable(width="100%", thickness=0.6, color=_LINE)]
    told += [_quote(summary, one) for one in summary.quotes] or [_p(say("none_chosen"), _BODY)]
    return _printed(told, title, summary, country)


def _about(paper: Record | Summary) -> Iterable[Any]:
    say = partial(word, language=paper.language)
    made = _long(paper.made_at, paper.zone, paper.language)
    lines = [
        f"{say('family')}: {paper.family_name} · {paper.family_ref}",
        f"{say('agency')}: {paper.agency}",
        f"{say('made')}: {made}, {say('made_by')} {paper.made_by}",
        say("times", zone=city(paper.zone)),
    ]
    if isinstance(paper, Record):
        lines.insert(2, f"{say('open')}: {_day(paper.opened_at, paper)}")
        lines += [f"{say('worker')}: {paper.worker}"] if paper.worker else []
        lines += [f"{say('closed')}: {_day(paper.closed_at, paper)}"] if paper.closed_at else []
    elif paper.since and paper.until:
        lines.insert(2, f"{_day(paper.since, paper)} – {_day(paper.until, paper)}")
    yield from (_p(line, _BODY) for line in lines)
    if paper.redacted:
        yield _p(say("redacted_copy"), _BODY)
    yield Spacer(1, 3 * mm)


def _facts(record: Record, person: Person) -> str:
    say = partial(word, language=record.language)
    facts = [person.role.replace("_", " "), person.language]
    facts += [f"{say('phone')} {person.phone_end}"] if person.phone_end else []
    facts += [f"{say('consent')}: {person.consent}"]
    facts += [f"{say('left')} {_day(person.left_at, record)}"] if person.left_at else []
    return " · ".join(facts)


def _lines(record: Record, entries: Iterable[Entry]) -> list[Any]:
    told = [one for entry in entries for one in _entry(record, entry)]
    return told or [_p(word("nothing", record.language), _SMALL)]


def _entry(record: Record, entry: Entry) -> list[Any]:
    say = partial(word, language=record.language)
    state = f"{entry.state_before} → {entry.state}" if entry.state_before else entry.state
    head = [_long(entry.at, record.zone, record.language), say(entry.kind.value), entry.what.replace("_", " ")]
    head += [entry.by, entry.prompt_id, state, *entry.marks, *([say("guess")] if entry.guess else [])]
    told = [_p(" · ".join(one for one in head if one), _WHEN)]
    if entry.asked:
        told.append(_p(f"{say('asked')}: {entry.asked}", _ASKED))
    if entry.words or entry.kept_back:
        told.append(_p(shown(entry, record.language), _WORDS))
    if entry.why:
        told.append(_p(entry.why, _SMALL))
    return told


def _quote(summary: Summary, one: Quote) -> Any:
    say = partial(word, language=summary.language)
    head = [one.who, _long(one.said_at, summary.zone, summary.language), *([say("guess")] if one.guess else [])]
    asked = f"{say('asked')}: {one.asked}" if one.asked else say("unasked")
    if one.asked and one.asked_at:
        asked += f" ({_long(one.asked_at, summary.zone, summary.language)})"
    return KeepTogether([_p(" · ".join(head), _WHEN), _p(asked, _ASKED), _p(f"“{one.words}”", _WORDS)])


def _p(text: str, style: ParagraphStyle) -> Any:
    return Paragraph(escape(printable(text)).replace("\n", "<br/>"), style)


def _day(at: datetime, paper: Record | Summary) -> str:
    return spoken_day(local_day(at, paper.zone), language=paper.language, year=True)


def _long(at: datetime, zone: str, language: str) -> str:
    """The moment with its year: a paper is read long after."""
    wall = at.astimezone(zone_of(zone))
    day = spoken_day(wall.date(), language=language, year=True)
    return f"{day}, {when(at, zone, language=language, place=False).words.rpartition(', ')[2]}"


def _printed(told: list[Any], title: str, paper: Record | Summary, country: str) -> bytes:
    """The same paper gives the same bytes, so that its fingerprint can be compared."""
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=LETTER if country == "US" else A4, leftMargin=20 * mm, rightMargin=20 * mm, topMargin=18 * mm,
        bottomMargin=20 * mm, title=printable(f"{title}: {paper.family_ref}"), author=printable(paper.agency),
        lang=paper.language, invariant=1,
    )  # fmt: skip
    foot = partial(_foot, paper=paper)
    document.build(told, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _foot(canvas: Any, document: Any, *, paper: Record | Summary) -> None:
    canvas.saveState()
    canvas.setFont("Helvetica", 8)
    canvas.setFillColor(_QUIET)
    made = f"{paper.agency} · {paper.family_ref} · {_long(paper.made_at, paper.zone, paper.language)}"
    canvas.drawString(20 * mm, 12 * mm, printable(made)[:110])
    number = word("page", paper.language, number=document.page)
    canvas.drawRightString(document.pagesize[0] - 20 * mm, 12 * mm, number)
    canvas.restoreState()
