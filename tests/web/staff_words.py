"""All that staff pages say → the catalogues that translators fill: `make words` writes them and counts what is open.

Marked words come from the templates and the web's code, as gettext knows them. Sentences that rules and steps make
in English are read from their code: what stands in braces becomes a gap, named after what is put there.
"""

import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
FILE = ROOT / "foster_bond" / "translations" / "es" / "LC_MESSAGES" / "messages.po"
MARKS = {"_": None, "gettext": None, "ngettext": (1, 2)}
MAKERS = ("rules", "steps", "carriers/twilio_codes.py")  # of sentences that reach a page
# They speak both languages themselves, or only to families, operators and machines.
OTHERS = {
    "act_as_operator.py", "as_files.py", "audit_chain.py", "back_up.py", "family_rows.py", "labelled_rows.py",
    "mail_text.py", "measuring.py", "message_text.py", "named_workers.py", "new_worker.py", "pack.py",
    "pack_fields.py", "pack_writing.py", "phrases.py", "recurrence_words.py", "restore.py", "retry.py",
    "save_pack.py", "schedule_words.py", "scripts.py", "warning_lists.py", "week_words.py", "words.py",
}  # fmt: skip
WIDTH = 116  # letters a line

_WORDS = re.compile(r"[^\W\d_]{2,}")
_TOLD_TO_MACHINES = {
    "cast",
    "getLogger",
    "get_logger",
    "compile",
    "NotImplementedError",
    "AssertionError",
    "RuntimeError",
}


def said() -> Catalog:
    """Everything a staff page may say, in English, with the files that say it."""
    found = Catalog(locale="en", charset="utf-8")
    for path in sorted((ROOT / "templates").rglob("*.html")):
        _add_marked(found, path, "jinja2.ext:babel_extract")
    for path in sorted((ROOT / "foster_bond" / "web").glob("*.py")):
        _add_marked(found, path, "python")
    for maker in MAKERS:
        for path in _modules(ROOT / "foster_bond" / maker):
            for sentence in sentences(path.read_text(encoding="utf-8")):
                found.add(sentence, locations=[(_short(path), 1)], flags=_flags(sentence))
    return found


def merged() -> Catalog:
    """The Spanish catalogue with all that is said now, and nothing that is not."""
    with FILE.open("rb") as written:
        catalogue = read_po(written, locale="es")
    catalogue.update(said(), no_fuzzy_matching=True, update_header_comment=False, update_creation_date=False)
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """The catalogue as its file holds it."""
    out = BytesIO()
    write_po(out, catalogue, width=WIDTH, sort_output=True, ignore_obsolete=True, include_lineno=False)
    return out.getvalue()


def open_in(catalogue: Catalog) -> list[str]:
    """What has no translation yet, in English."""
    return [_first(one.id) for one in catalogue if one.id and not all(_both(one.string))]


def sentences(code: str) -> Iterator[str]:
    """The sentences that a module makes, with named gaps: two words and more that no machine reads."""
    tree = ast.parse(code)
    passed_over = set(_passed_over(tree))
    for node in ast.walk(tree):
        if id(node) in passed_over:
            continue
        if isinstance(node, ast.JoinedStr):
            sentence = _with_gaps(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            sentence = re.sub(r"\{(\w+)\}", r"%(\1)s", node.value.replace("%", "%%"))
        else:
            continue
        if len(_WORDS.findall(re.sub(r"%\(\w+\)s", " ", sentence))) >= 2 and " " in sentence.strip():
            yield sentence


def _modules(maker: Path) -> list[Path]:
    paths = sorted(maker.rglob("*.py")) if maker.is_dir() else [maker]
    return [path for path in paths if path.name not in OTHERS]


def _passed_over(tree: ast.AST) -> Iterator[int]:
    """Docstrings, the pieces of a sentence with gaps, and what is told to machines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            yield id(node.value)
        elif isinstance(node, ast.JoinedStr):
            yield from (id(piece) for piece in ast.walk(node) if piece is not node and isinstance(piece, ast.Constant))
        elif isinstance(node, ast.Call) and (_name(node.func) in _TOLD_TO_MACHINES or _is_split(node.func)):
            yield from (id(piece) for piece in ast.walk(node))


def _is_split(called: ast.expr) -> bool:
    """A list of words that is written as one string."""
    return isinstance(called, ast.Attribute) and called.attr == "split" and isinstance(called.value, ast.Constant)


def _with_gaps(node: ast.JoinedStr) -> str:
    pieces: list[str] = []
    names: list[str] = []
    for value in node.values:
        if isinstance(value, ast.Constant):
            pieces.append(str(value.value).replace("%", "%%"))
        elif isinstance(value, ast.FormattedValue):
            name = _name(value.value) or "part"
            names.append(name)
            pieces.append(f"%({name}{names.count(name) if names.count(name) > 1 else ''})s")
    return "".join(pieces)


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return _name(node.func) if isinstance(node, ast.Call) else ""


def _add_marked(found: Catalog, path: Path, method: str) -> None:
    with path.open("rb") as source:
        for _line, message, comments, _context in extract(method, source, MARKS, options={"silent": "false"}):
            if message:
                flags = _flags(_first(message))
                found.add(message, locations=[(_short(path), 1)], auto_comments=comments, flags=flags)


def _flags(sentence: str) -> tuple[str, ...]:
    return ("python-format",) if re.search(r"%\(\w+\)[sd]", sentence) else ()


def _short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _both(words: object) -> tuple[str, ...]:
    return tuple(words) if isinstance(words, tuple | list) else (str(words or ""),)


def _first(words: object) -> str:
    return _both(words)[0]


def main() -> None:
    catalogue = merged()
    FILE.write_bytes(written(catalogue))
    todo = open_in(catalogue)
    sys.stdout.write(f"{len(catalogue)} sentences and words, {len(todo)} without Spanish.\n")
    for one in todo:
        sys.stdout.write(f"  {one}\n")


if __name__ == "__main__":
    main()
