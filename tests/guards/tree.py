"""What the guards look at: the files of this repository and the Python in them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOT_OURS = ("foster_bond/web/static/vendor/", "tests/twilio/")
PRODUCT = ("foster_bond/", "jobs/", "wsgi.py")


@cache
def files() -> tuple[str, ...]:
    """Every file that is tracked or about to be, as a path from the root, without what others wrote."""
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    found = {path for path in listed if path and not path.startswith(NOT_OURS) and (ROOT / path).is_file()}
    return tuple(sorted(found))


@cache
def text_of(path: str) -> str:
    """The file's text; bytes that are no UTF-8 (pictures) come out as marks that match nothing."""
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


@cache
def tree_of(path: str) -> ast.Module:
    return ast.parse(text_of(path), path)


def product() -> tuple[str, ...]:
    """The Python that ships."""
    return tuple(path for path in files() if path.endswith(".py") and path.startswith(PRODUCT))


def python() -> tuple[str, ...]:
    return tuple(path for path in files() if path.endswith(".py"))


def imports(path: str) -> Iterator[tuple[int, str]]:
    """Each imported name, dotted in full, with its line."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module or ''}.{alias.name}") for alias in node.names)


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a chain of attributes, else nothing."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""
