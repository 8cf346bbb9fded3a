"""The demo's families: they read what arrives on their phones and answer as the story has it."""

import heapq
import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from itertools import count

from foster_bond.library import prompts
from foster_bond.library.demo_story import Answer, Home, Person, Story
from foster_bond.rules.local_time import local_day, local_instant
from foster_bond.rules.message_text import child_word
from foster_bond.runtime import Runtime
from foster_bond.steps.reading.read_ahead import arrived_after

Act = Callable[[datetime], None]
Text = Callable[[str, str, datetime], None]  # from a phone, these words, at that instant


class Storyteller:
    """Everybody in the story but the staff's pages: keeps what is to be done next, in order of time."""

    def __init__(self, runtime: Runtime, story: Story, *, begins: datetime, ends: datetime, text: Text) -> None:
        self._store, self._begins, self._text = runtime.store, begins, text
        self._last_day = local_day(ends, story.zone)
        self._coming: list[tuple[datetime, int, Act]] = []
        self._order = count()
        self._heard = ""
        self._asked: Counter[tuple[str, str]] = Counter()
        self._people = {person.phone: person for home in story.homes for person in home.people}
        self._words = {person.phone: _prompts_by_words(person) for person in self._people.values()}
        for home in story.homes:
            self._plan_home(home)
        for phone, said in story.strangers:
            self._say_at(self.moment(said.days_before, said.at, story.zone), phone, said.text)

    def moment(self, days_before: int, at: time, zone: str) -> datetime:
        """That hour on that zone's walls, so many days before the story's last one."""
        return local_instant(self._day(days_before), at, zone)

    def do_at(self, at: datetime, act: Act) -> None:
        """Have something done then; what would lie before the story began is left out."""
        if at >= self._begins:
            heapq.heappush(self._coming, (at, next(self._order), act))

    def next(self) -> datetime | None:
        """When something is done next."""
        return self._coming[0][0] if self._coming else None

    def live(self, now: datetime) -> bool:
        """Do what is due, then read what arrived and decide what to answer; True where anything was done."""
        done = False
        while self._coming and self._coming[0][0] <= now:
            heapq.heappop(self._coming)[2](now)
            done = True
        for arrived in arrived_after(self._store, self._heard):
            self._heard = arrived.id
            person = self._people.get(arrived.phone)
            if person is not None:
                self._read(person, arrived.body, arrived.at)
        return done

    def _day(self, days_before: int) -> date:
        return self._last_day - timedelta(days=days_before)

    def _plan_home(self, home: Home) -> None:
        for person in home.people:
            for said in person.said:
                self._say_at(self.moment(said.days_before, said.at, home.zone), person.phone, said.text)

    def _say_at(self, at: datetime, phone: str, words: str) -> None:
        self.do_at(at, lambda now: self._text(phone, words, now))

    def _read(self, person: Person, body: str, at: datetime) -> None:
        prompt_id = self._words[person.phone].get(body)
        nth = self._asked[person.phone, prompt_id or "first"]
        self._asked[person.phone, prompt_id or "first"] += 1
        if prompt_id is None:
            if nth == 0 and person.says_yes_after is not None:
                self._say_at(at + person.says_yes_after, person.phone, "YES")
            return
        answers = person.answers.get(prompt_id, ())
        if nth < len(answers):
            self._answer(person, answers[nth], body, at, random.Random(f"{person.phone}:{prompt_id}:{nth}"))

    def _answer(self, person: Person, answer: Answer, body: str, at: datetime, dice: random.Random) -> None:
        first = at + (answer.after or person.usual * dice.uniform(0.5, 1.7))
        words = f"{answer.tapback} “{body}”" if answer.tapback else answer.text
        if words:
            self._say_at(first, person.phone, words)
        if answer.then:
            self._say_at(first + answer.then_after, person.phone, answer.then)


def _prompts_by_words(person: Person) -> Mapping[str, str]:
    """Every prompt this person may be sent, by its words as they arrive."""
    return {
        child_word(prompt.texts[person.language], person.language, person.child_word): prompt.id
        for prompt in prompts().values()
        if person.language in prompt.texts
    }
