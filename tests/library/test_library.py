"""The data we ship reads into frozen values, from wherever the package lies."""

from dataclasses import FrozenInstanceError

import pytest

from foster_bond.library import CARERS, programmes, prompts, system_texts, tables


def test_a_prompt_carries_all_that_the_rules_ask_about() -> None:
    prompt = prompts()["H2"]
    assert (prompt.technique, prompt.level, prompt.target, prompt.reply) == ("challenging", 4, "self", "1-5+text")
    assert prompt.roles == CARERS
    assert prompt.texts["en"].startswith("How sure are you about why {child} did that")


@pytest.mark.parametrize(
    ("key", "technique", "level"),
    [
        ("S1", "support", 1),
        ("C6", "clarification", 2),
        ("E5", "exploration", 3),
        ("H1", "challenging", 4),
        ("T1", "transference", 5),
        ("T6", "transference", 2),  # allowed early, still a look at the relationship
        ("B4", "secure_base", 0),
        ("D1", "secure_base", 0),
        ("D3", "exploration", 3),
        ("D4", "challenging", 4),
        ("D5", "support", 1),
        ("P1A", "clarification", 2),
        ("P2B", "exploration", 3),
        ("P5B", "challenging", 4),
        ("P6D", "clarification", 2),  # asked directly: about the own mind
        ("R1", "support", 1),
        ("R3", "clarification", 2),
        ("TN1", "secure_base", 0),
        ("TN8", "clarification", 2),
        ("N5", "support", 1),
    ],
)
def test_technique_follows_the_level_but_for_the_relationship_prompts(key: str, technique: str, level: int) -> None:
    assert (prompts()[key].technique, prompts()[key].level) == (technique, level)


def test_pairs_flows_and_stand_ins_are_named() -> None:
    assert (prompts()["P3B"].pair, prompts()["P3B"].side, prompts()["P3B"].home) == ("P3", "B", "teen")
    assert (prompts()["TN7"].pair, prompts()["TN7"].side) == ("P1", "D")
    assert [prompts()[f"D{step}"].step for step in range(1, 6)] == [1, 2, 3, 4, 5]
    assert prompts()["TN3"].stands_in_for == ("S3", "S5")
    assert prompts()["P1B"].home == "child_under_13"


@pytest.mark.parametrize("key", ["N5", "D-BASE"])
def test_two_texts_are_both_prompt_and_system_text_with_the_same_words(key: str) -> None:
    assert prompts()[key].texts == system_texts()[key].texts


def test_a_programme_reads_as_its_table() -> None:
    programme = programmes()["first-twelve-weeks"]
    assert (programme.kind, programme.reviewed, len(programme.weeks)) == ("ladder", False, 12)
    assert len(programme.prompts_for("kin_carer")) == 36
    assert programme.prompts_for("kin_carer")[:6] == ("S1", "S2", "B1", "S2", "C1", "R3")
    assert programme.prompts_for("teen") == ()
    assert [slot.if_held for slot in programme.weeks[1].slots] == [None, None, "S5"]


def test_each_person_has_an_own_column() -> None:
    visits = programmes()["visits-and-hellos"]
    assert visits.prompts_for("birth_parent") == ("S5", "B1", "S2", "B3")
    assert visits.prompts_for("teen") == ("TN8", "TN1", "TN8", "TN2")
    assert [slot.when for slot in visits.weeks[0].slots] == ["before", "after", "later", "after", "after"]
    assert programmes()["same-moment"].weeks[1].start_only_if == "the home has such a rule"
    assert programmes()["gentle-restart"].prompts_for("foster_parent") == ("N5", "B1", "S2")


def test_what_is_read_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        prompts()["S1"].level = 5  # type: ignore[misc]
    with pytest.raises(TypeError):
        prompts()["S1"].texts["en"] = "other words"  # type: ignore[index]


def test_no_id_stands_twice_in_the_files() -> None:
    ids = [row["id"] for table in tables("prompts") for row in table["prompts"]]
    assert len(ids) == len(set(ids)) == len(prompts())
    texts = [row["id"] for table in tables("system_texts") for row in table["texts"]]
    assert len(texts) == len(set(texts)) == len(system_texts())
