"""Reply → does it name what should stay out of a text: a street address, a phone number, a date of birth.

Certain, or silent: names and schools are not looked for, because no list of them is complete and a wrong guess chides.
"""

import re

from foster_bond.rules.folding import plain

_READ = 2000  # signs; longer texts are read so far

# Ten digits as people write them, and UK mobiles. Toll-free numbers belong to help lines, not to a child.
_PHONE = re.compile(
    r"(?<![\d+])(?:\+?1[ .-]?)?(?:\((?!8(?:00|88|77|66|55|44|33))[2-9]\d\d\)|(?!8(?:00|88|77|66|55|44|33))[2-9]\d\d)"
    r"[ .-]?[2-9]\d\d[ .-]?\d{4}(?!\d)|(?<![\d+])(?:\+44 ?|0)7\d{3} ?\d{3} ?\d{3}(?!\d)",
    re.ASCII,
)
_BORN = re.compile(
    r"\b(?:d\.?o\.?b\.?|date of birth|birth ?date|born on|fecha de nacimiento|naci[oó] el|nacid[oa] el)"
    r"[ :=-]{0,3}(?:is |es |el |the |on |[a-z]{3,10}\.? ){0,2}\d{1,4}(?:st|nd|rd|th)?\b",
    re.IGNORECASE,
)
# A number, a name of one to three words, and a word that says street; where that word says more, it needs its capital.
_NAME = (
    r"(?!(?:a|and|at|by|cars?|days?|down|feet|foot|for|from|hours?|hrs?|houses?|in|kids?|miles?|minutes?|mins?|mph|of|off"
    r"|on|our|out|people|per|the|their|times?|to|up|weeks?|yards?|years?)\b)[A-Za-z0-9.]+ "
)
_STREET = re.compile(
    rf"(?<![\d:.,/$-])\d{{1,5}} (?:{_NAME}){{1,3}}(?:street|avenue|ave|boulevard|blvd|road|rd|lane|ln|parkway|pkwy)\b",
    re.IGNORECASE,
)
_STREET_BY_CAPITALS = re.compile(
    r"(?<![\d:.,/$-])\d{2,5} (?:[NSEW]\.? )?(?:[A-Z][a-z]+ |\d{1,3}(?:st|nd|rd|th) ){1,3}"
    r"(?:Drive|Dr|Court|Ct|Way|Place|Pl|Circle|Cir|Terrace|St|Trail|Close|Crescent)\b"
)
_CALLE = re.compile(
    r"\b(?:calle|avenida|av\.|bulevar|boulevard|carrera) (?:(?!(?:a|al|con|durante|en|hasta|mas|mi|mis|no|para|por|que"
    r"|se|si|sin|sus?|un|una|y)\b)[^\W\d_]+\.? ){1,4}(?:#|n[uú]mero |num\. ?|no\. ?)? ?\d{1,5}\b"
    r"(?! ?(?:a[nñ]os|d[ií]as|horas|minutos|ni[nñ]os|veces|semanas|metros|cuadras))",
    re.IGNORECASE,
)


def names_private_detail(text: str) -> bool:
    """True where the text surely holds an address, a phone number or a date of birth."""
    seen = " ".join(plain(text[:_READ]).split())
    return any(one.search(seen) for one in (_PHONE, _BORN, _STREET, _STREET_BY_CAPITALS, _CALLE))
