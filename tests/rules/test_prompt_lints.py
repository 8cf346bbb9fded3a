"""What a prompt's author is told: labelled lines, and every text we ship."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.library import prompts, system_texts
from foster_bond.library.lint_words import lint_exceptions
from foster_bond.rules.prompt_lints import Lint, lint_prompt, without_exceptions

NAME, YES_NO, IDEAS, RESERVED = Lint.CHILD_NAME, Lint.YES_NO, Lint.MANY_IDEAS, Lint.RESERVED_WORD
UNKNOWN, ADVICE, TOLD, CLAIM, LINK = Lint.UNKNOWN_WORD, Lint.ADVICE, Lint.TOLD_FEELING, Lint.CLAIM, Lint.LINK

ENGLISH = [
    # a child's name
    ("What did Maya do today that made you smile?", {NAME}),
    ("Maya came home late. What did you see first?", {NAME}),
    ("Think of Jayden's face at the door. What did it say?", {NAME}),
    ("What did Xochitlalli do today?", {NAME}),  # on no list: the capital gives it away
    ("School called. What was your first feeling?", set()),  # a capital that only begins a sentence
    ("It was Monday. What stayed with you?", set()),
    ("What do you think {child} thinks YOU feel?", set()),
    ("What went well at Christmas?", set()),
    # a yes-or-no question
    ("Did {child} sleep well?", {YES_NO}),
    ("When it gets loud, do you leave the room?", {YES_NO}),
    ("And could you see it coming?", {YES_NO}),
    ("Too much?", {YES_NO}),
    ("You felt that, right?", {YES_NO}),
    ("Was it a hard day? Answer yes or no.", {YES_NO}),
    ("Is it tight, tired or calm in you?", set()),  # a choice, not a yes or no
    ("When it gets loud, what do you do first?", set()),
    ("If the door could talk, what might it say?", set()),
    ("At what point did it turn?", set()),
    ("How is today, in one word?", set()),
    # one idea
    ("What did you see? What did you hear? What did you do?", {IDEAS}),
    ("What did you see? By the way, how is the garden?", {IDEAS}),
    ("Breathe. Sit. Look. Listen. Wait. Rest. What is there?", {IDEAS}),
    ("What did you see? What did you hear?", set()),
    # words that carriers keep for themselves
    ("Text END when you are done. What stays with you?", {RESERVED}),
    ("What stays? Reply 'help' for more.", {RESERVED}),
    ("What stays? Text HOME to rest.", {RESERVED}),
    ("What stays? Text BASE to rest.", set()),
    ("In the end, what stayed?", set()),
    ("What stays? Text CALM to rest.", {UNKNOWN}),
    # advice
    ("You should stay calm. What helps?", {ADVICE}),
    ("Try to listen first. What did you hear?", {ADVICE}),
    ("Set clear limits. What happened then?", {ADVICE}),
    ("Remember to praise {child}. What did they say?", {ADVICE}),
    ("You don't have to fix it. What was hard?", set()),
    ("Try it the other way round: what if it was fear?", set()),
    # the child's feelings as a fact; what we are not; links
    ("{child} feels alone. What could you do?", {TOLD}),
    ("What might {child} feel?", set()),
    ("This therapy asks: what did you see?", {CLAIM}),
    ("Your score is 4. What changed?", {CLAIM}),
    ("Look at www.example.com first. What stays?", {LINK}),
]
SPANISH = [
    ("¿Qué hizo Mateo hoy?", {NAME}),
    ("Sofía llegó tarde. ¿Qué vio usted primero?", {NAME}),
    ("¿Qué hizo {child} en Navidad?", set()),
    ("¿Ha dormido bien {child}?", {YES_NO}),
    ("¿Cree que {child} siente algo parecido?", {YES_NO}),
    ("Fue un buen momento, ¿verdad?", {YES_NO}),
    ("¿Se siente usted tenso o en calma?", set()),
    ("¿Y usted qué siente?", set()),
    ("¿De que manera lo supo?", set()),  # typed without its accent
    ("Mire al revés: ¿y si no fue 'malo' sino 'miedo'?", set()),
    ("¿Qué vio? ¿Qué escuchó? ¿Qué hizo?", {IDEAS}),
    ("¿Qué vio? Por cierto, ¿qué tal el jardín?", {IDEAS}),
    ("¿Qué queda? Escriba FIN para terminar.", {RESERVED}),
    ("¿Qué queda? Escriba AYUDA.", {RESERVED}),
    ("¿Qué queda? SALTAR para pasar.", set()),
    ("¿Qué queda? Escriba CALMA.", {UNKNOWN}),
    ("Hay que poner límites. ¿Qué pasó?", {ADVICE}),
    ("Tiene que escuchar primero. ¿Qué dijo?", {ADVICE}),
    ("Trate de escuchar. ¿Qué dijo?", {ADVICE}),
    ("No tiene que arreglar nada. ¿Qué le ha pesado?", set()),
    ("{child} tiene miedo. ¿Qué ve usted?", {TOLD}),
    ("¿Qué puede sentir {child}?", set()),
    ("Esta terapia pregunta: ¿qué vio?", {CLAIM}),
]


@pytest.mark.parametrize(
    ("language", "text", "lints"),
    [*(("en", text, lints) for text, lints in ENGLISH), *(("es", text, lints) for text, lints in SPANISH)],
)
def test_labelled_lines(language: str, text: str, lints: set[Lint]) -> None:
    assert {one.lint for one in lint_prompt(text, language)} == lints


def test_every_shipped_prompt_passes_or_says_why() -> None:
    found = {
        (prompt.id, language): without_exceptions(prompt.id, lint_prompt(text, language))
        for prompt in prompts().values()
        for language, text in prompt.texts.items()
    }
    assert len(found) > 130 and {where: one for where, one in found.items() if one} == {}


def test_every_exception_is_needed() -> None:
    """One that covers nothing would hide the next fault in that prompt."""
    for one in lint_exceptions().values():
        texts = prompts()[one.prompt].texts.items()
        found = {finding.lint.value for language, text in texts for finding in lint_prompt(text, language)}
        assert found == set(one.lints) and one.why, one.prompt


def test_no_fixed_text_names_a_child_claims_or_links() -> None:
    """They may ask YES, say STOP and tell people to call for help; these four hold for them, too."""
    never = {NAME, CLAIM, TOLD, LINK}
    found = [
        (text.id, language, one)
        for text in system_texts().values()
        for language, words in text.texts.items()
        for one in lint_prompt(words, language)
        if one.lint in never
    ]
    assert found == []


@given(st.text(max_size=300), st.sampled_from(["en", "es"]))
def test_anything_typed_can_be_read(text: str, language: str) -> None:
    """Half a sentence comes in on every stroke; each finding names words to look at."""
    assert all(one.words and one.language == language for one in lint_prompt(text, language))
