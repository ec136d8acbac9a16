"""Whole numbers as floats where floats are meant, containers looked into."""

from __future__ import annotations

from typing import Any


def as_float(value: Any) -> Any:
    """Python ints become floats, in containers too; anything else stays the same object."""
    if type(value) is int:
        return float(value)
    found = parts(value)
    if found is None:
        return value
    new = {key: as_float(part) for key, part in found.items()}
    return _rebuilt(value, new) if any(new[k] is not found[k] for k in new) else value


def parts(value: Any) -> dict[Any, Any] | None:
    """The parts of a container by index, key or field."""
    if type(value) is dict:
        return value
    if type(value) in (tuple, list) or (isinstance(value, tuple) and hasattr(value, "_fields")):
        return dict(enumerate(value))
    fields = getattr(type(value), "__dataclass_fields__", None)
    return None if fields is None else {n: getattr(value, n) for n in fields if hasattr(value, n)}


def _rebuilt(value: Any, parts: dict[Any, Any]) -> Any:
    """A container like `value` with other parts."""
    if type(value) is dict:
        return parts
    if isinstance(value, tuple | list):
        return (
            type(value)(*parts.values())
            if hasattr(value, "_fields")
            else type(value)(parts.values())
        )
    new = object.__new__(type(value))
    for name, part in parts.items():
        object.__setattr__(new, name, part)
    return new
