"""What the hearing steps share: texts move from one reply to another, and all that hangs on them follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from foster_bond.rules.filing import strip_reaction
from foster_bond.rules.ladder_corrections import after_unanswered
from foster_bond.rules.ladder_state import after_answer
from foster_bond.steps.hearing import _rung
from foster_bond.steps.hearing._filing import closes_at, rating_for, thermometer_of
from foster_bond.steps.rhythms import zone_for
from foster_bond.store import inbound, ladder_rows, refiling_facts
from foster_bond.store.families import Family
from foster_bond.store.hearing_facts import AskedPrompt
from foster_bond.store.ids import new_id
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.open_store import Session
from foster_bond.store.sealing import Vault


@dataclass(frozen=True, slots=True)
class Mover:
    """Where texts are moved: one family, one transaction."""

    session: Session
    vault: Vault
    family: Family
    now: datetime

    def move(
        self, source: Reflection, texts: Sequence[InboundText], to: AskedPrompt | None, *, named: str | None = None,
        doubtful: bool = False,
    ) -> Reflection:  # fmt: skip
        """The reply that these texts of `source` make up, or join, at that prompt; None = on its own.

        `named`: the id that a reply on its own had before. Where nothing of `source` is left, its row is gone.
        """
        left, gives = self._asked(source), source.member_id
        whole = len(texts) == source.parts
        target = self._there(to, named, source)
        if target is None and whole:
            target = source
            self._stand(target, to)
        elif target is None:
            target = self._begin(source, to, texts, named)
        for text in texts:
            text.reflection_id, text.member_id = target.id, target.member_id
        self.session.flush()
        self._recount(target, to, doubtful)
        if target is not source:
            self._leave(source, left)
        self._climb(gives, left, target, to, texts)
        return target

    def rate(self, reflection: Reflection) -> None:
        """Read the person's own number again, from the words that stand."""
        parts = inbound.parts_of(self.session, reflection.agency_id, [reflection.id])
        reflection.rating = self._rating(parts, self._asked(reflection))

    def _asked(self, reflection: Reflection) -> AskedPrompt | None:
        if reflection.occurrence_id is None:
            return None
        return refiling_facts.asked_slot(self.session, reflection.agency_id, reflection.occurrence_id)

    def _there(self, to: AskedPrompt | None, named: str | None, source: Reflection) -> Reflection | None:
        """The reply that stands there already."""
        if to is not None:
            return refiling_facts.reflection_of_slot(self.session, source.agency_id, to.occurrence_id)
        if named is None or named == source.id:
            return None
        known = inbound.reflections_by_id(self.session, source.agency_id, [named]).get(named)
        return known if known is not None and known.occurrence_id is None else None

    def _stand(self, reflection: Reflection, to: AskedPrompt | None) -> None:
        reflection.occurrence_id = None if to is None else to.occurrence_id
        reflection.prompt_key = None if to is None else to.prompt_key
        reflection.member_id = reflection.member_id if to is None else to.member_id

    def _begin(
        self, source: Reflection, to: AskedPrompt | None, texts: Sequence[InboundText], named: str | None
    ) -> Reflection:
        taken = named is None or inbound.reflections_by_id(self.session, source.agency_id, [named])
        target = Reflection(
            id=new_id() if taken or named is None else named, agency_id=source.agency_id, family_id=source.family_id,
            member_id=source.member_id, first_at=texts[0].received_at, last_at=texts[-1].received_at,
            ordered_at=source.ordered_at,
        )  # fmt: skip
        self._stand(target, to)
        self.session.add(target)
        self.session.flush()
        return target

    def _recount(self, reflection: Reflection, asked: AskedPrompt | None, doubtful: bool) -> None:
        """What a reply says of itself, from the texts that it is made of now."""
        parts = inbound.parts_of(self.session, reflection.agency_id, [reflection.id])
        times = [part.received_at for part in parts]
        reflection.parts, reflection.first_at, reflection.last_at = len(parts), min(times), max(times)
        reflection.late = asked is not None and reflection.first_at >= closes_at(asked)
        reflection.rating, reflection.maybe_other = self._rating(parts, asked), doubtful
        self.session.flush()

    def _rating(self, parts: Sequence[InboundText], asked: AskedPrompt | None) -> int | None:
        numbers = (rating_for(asked, self._own_words(part)) for part in parts if part.withdrawn_at is None)
        return next((number for number in numbers if number is not None), None)

    def _own_words(self, text: InboundText) -> str:
        return strip_reaction(inbound.said(self.session, self.vault, text)).own_words

    def _leave(self, source: Reflection, left: AskedPrompt | None) -> None:
        if inbound.parts_of(self.session, source.agency_id, [source.id]):
            self._recount(source, left, source.maybe_other)
        else:
            self.session.delete(source)
            self.session.flush()

    def _climb(
        self, gives: str, left: AskedPrompt | None, target: Reflection, to: AskedPrompt | None,
        texts: Sequence[InboundText],
    ) -> None:  # fmt: skip
        """The ladder forgets the answer that was none, and takes the one that is."""
        emptied = left is not None and not refiling_facts.reflection_of_slot(
            self.session, target.agency_id, left.occurrence_id
        )
        for member_id in {gives, target.member_id}:
            member = refiling_facts.member_of(self.session, target.agency_id, member_id)
            held = ladder_rows.hold(self.session, target.agency_id, member_id)
            past = _rung.past_of(held)
            if left is not None and emptied and member_id == gives:
                past = after_unanswered(past, left.prompt_key, [text.received_at for text in texts])
            if to is not None and member_id == target.member_id:
                left_over = thermometer_of(to, target.rating)
                past = after_answer(past, to.prompt_key, target.first_at, thermometer=left_over)
            _rung.keep(self.session, held, past, zone_for(member, self.family), self.now)
