"""Alembic's own door: runs the migrations on the connection that `upgrade` hands over."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from sqlalchemy.dialects import postgresql

from foster_bond.store.tables import METADATA


def render_item(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Types by their plain SQLAlchemy names: autogenerate writes SQLModel's own without their imports."""
    if kind != "type":
        return False
    if isinstance(item, sa.JSON | postgresql.JSONB):
        return "sa.JSON()"
    if isinstance(item, sa.types.TypeDecorator) and isinstance(item.impl_instance, sa.DateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, sa.String) or (
        isinstance(item, sa.types.TypeDecorator) and isinstance(item.impl_instance, sa.String)
    ):
        length = getattr(item, "length", None) or getattr(getattr(item, "impl", None), "length", None)
        return f"sa.String(length={length})" if length else "sa.Text()"
    return False


def include_object(_object: Any, name: str | None, kind: str, _reflected: bool, _compare: Any) -> bool:
    return not (kind == "table" and name is not None and name.startswith("v_"))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=True,
    render_item=render_item,
    include_object=include_object,
    compare_type=True,
    transaction_per_migration=False,
)
context.run_migrations()
