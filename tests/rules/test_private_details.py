"""Which replies get the privacy nudge: surely an address, a phone number or a date of birth, and nothing else."""

import pytest

from foster_bond.rules.private_details import names_private_detail

CARELESS = [
    "His mom is at 742 Evergreen Terrace now",
    "we moved to 12 oak hill lane last week",
    "Pick her up at 1450 N 16th St please",
    "she lives on 98 Maple Drive",
    "5 main street, the blue door",
    "her number is 303-555-0142",
    "call grandma (303) 555 0142 tonight",
    "+1 303 555 0142 is his dad",
    "text 3035550142",
    "his aunt is on 07700 900123",
    "DOB 3/14/2016",
    "her date of birth is March 14",
    "he was born on May 2nd 2015",
    "vive en la calle Benito Juárez 145",
    "Avenida de los Pinos #12",
    "calle Hidalgo número 8",
    "fecha de nacimiento 14/03/2016",
    "nació el 2 de mayo",
    "su tía es el 303 555 0142",
]
CAREFUL = [
    "It was a 20 minute drive and he slept",
    "5 times down the road and back",
    "We walked 10 minutes on the street",
    "2 kids in the street playing",
    "30 mph on our road and still carsick",
    "Told her we have 1 way to do this",
    "He had 3 good days in court week",
    "4, she hugged me",
    "I called 1-800-422-4453 like you said",
    "called 988 and 911",
    "Bed at 7:30, up at 6:15",
    "visit was 11/12 at 4",
    "He turned 9 and cried",
    "she was born to dance",
    "Out on the street till 10 at night",
    "They owe me $303 555 times over",
    "en la calle con mis 3 hijos",
    "estuvo en la calle por 20 minutos",
    "corrió por la calle dos veces",
    "la calle Juárez 20 minutos caminando",
    "nació para bailar",
    "",
]


@pytest.mark.parametrize("said", CARELESS)
def test_what_should_stay_out_of_a_text_is_seen(said: str) -> None:
    assert names_private_detail(said)


@pytest.mark.parametrize("said", CAREFUL)
def test_an_ordinary_reply_is_not_chided(said: str) -> None:
    assert not names_private_detail(said)
