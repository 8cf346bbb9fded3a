"""A text's state is written in one file, through the table of moves: nothing else assigns it."""

import ast
from typing import TypeGuard

from tests.guards.tree import dotted, product, tree_of

MOVER = "foster_bond/store/outbox.py"


def state_writes(path: str) -> list[int]:
    """The lines on which a file writes a text's state: an attribute set, or a value of an UPDATE of the outbox."""
    return [node.lineno for node in ast.walk(tree_of(path)) if isinstance(node, ast.stmt | ast.expr) and _writes(node)]


def _writes(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        return any(_is_a_texts_state(target) for target in node.targets)
    if isinstance(node, ast.Call):
        return dotted_end(node.func) == "values" and _moves_the_outbox(node)
    return isinstance(node, ast.Constant) and "UPDATE outbox_messages SET state" in str(node.value)


def dotted_end(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else dotted(node)


def _is_a_texts_state(target: ast.expr) -> bool:
    return isinstance(target, ast.Attribute) and target.attr == "state" and dotted(target.value) in ("message", "text")


def _moves_the_outbox(values: ast.Call) -> bool:
    """`update(OutboxMessage)....values(state=...)`, whatever stands between."""
    if "state" not in {keyword.arg for keyword in values.keywords}:
        return False
    of = {dotted(argument) for call in ast.walk(values) if _is_update(call) for argument in call.args}
    return bool({"OutboxMessage", "outbox.OutboxMessage", "_OUTBOX"} & of)


def _is_update(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "update"


def test_the_outbox_is_moved_in_one_file() -> None:
    found = {path: state_writes(path) for path in product()}
    assert found[MOVER]  # the guard sees what it guards
    assert {path: lines for path, lines in found.items() if lines and path != MOVER} == {}


def test_the_log_is_written_in_one_file_and_never_changed() -> None:
    writers = []
    for path in product():
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.Call):
                continue
            verb = dotted(node.func).rpartition(".")[2]
            if verb in ("insert", "update", "delete") and {"StateMove", "_LOG"} & {dotted(one) for one in node.args}:
                writers.append((path, verb))
    assert writers == [(MOVER, "insert")]
