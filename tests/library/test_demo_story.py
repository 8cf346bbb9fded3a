"""The demo's story: invented people whose words fit, fictional numbers, and one cry for help, at its end."""

import re

from foster_bond import library
from foster_bond.library.demo_story import Person, demo_story
from foster_bond.rules.keywords import Meaning, OpenQuestions, read
from foster_bond.rules.message_text import child_word
from foster_bond.rules.phone_numbers import phone_number
from foster_bond.rules.warning_signs import find
from foster_bond.steps.passwords import check_password

STORY = demo_story()
PEOPLE = [person for home in STORY.homes for person in home.people]
FICTIONAL = re.compile(r"\+1[2-9]\d\d55501\d\d")
MISBEHAVING = ("0197", "0198", "0199")  # what the simulated carrier does with these is for a visitor to try


def texts(person: Person) -> list[str]:
    answers = [words for several in person.answers.values() for one in several for words in (one.text, one.then)]
    return [words for words in (*answers, *(said.text for said in person.said)) if words]


def test_every_number_is_fictional_valid_and_belongs_to_one_phone() -> None:
    numbers = [
        *STORY.numbers.values(),
        *(person.phone for person in PEOPLE),
        *(one.phone for one in STORY.staff if one.phone),
        *(phone for phone, _ in STORY.strangers),
    ]
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        assert FICTIONAL.fullmatch(number), number
        assert phone_number(number) == number
        assert not number.endswith(MISBEHAVING)


def test_everybody_answers_prompts_that_exist_with_texts_a_phone_can_send() -> None:
    for person in PEOPLE:
        assert set(person.answers) <= set(library.prompts())
        assert child_word("a {child}", person.language, person.child_word) == f"a {person.child_word}"
        assert all(len(words) <= 480 for words in texts(person))


def test_only_the_last_text_is_a_cry_for_help() -> None:
    cries = [words for person in PEOPLE for words in texts(person) if any(one.priority == "now" for one in find(words))]
    assert len(cries) == 1
    assert "no ha vuelto de la escuela" in cries[0]


def test_the_story_has_what_a_visitor_should_see() -> None:
    said = {read(one.text, asked=OpenQuestions()).meaning for person in PEOPLE for one in person.said}
    assert {Meaning.STOP, Meaning.START, Meaning.HELP, Meaning.PAUSE, Meaning.BACK} <= said
    answers = [one for person in PEOPLE for several in person.answers.values() for one in several]
    assert any(one.then for one in answers)
    assert any(one.tapback for one in answers)
    assert any(one.after and one.after.total_seconds() > 48 * 3600 for one in answers)  # later than its question
    assert {person.language for person in PEOPLE} == {"en", "es"}
    assert {person.consent for person in PEOPLE} == {"recorded", "ask"}
    assert STORY.strangers


def test_the_staff_have_the_roles_and_passwords_that_open_the_demo() -> None:
    assert sorted(one.role for one in STORY.staff) == ["admin", "caseworker", "caseworker", "supervisor"]
    assert {home.worker for home in STORY.homes} == {one.key for one in STORY.staff if one.role == "caseworker"}
    for one in STORY.staff:
        check_password(one.password)
