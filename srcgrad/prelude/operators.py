"""What `operator.itemgetter` and its like return, as functions of one more argument."""

from __future__ import annotations

from typing import Any


def item(key: Any, owner: Any) -> Any:
    return owner[key]


def attribute(name: Any, owner: Any) -> Any:
    return getattr(owner, name)


def method(name: Any, arguments: Any, owner: Any) -> Any:
    return getattr(owner, name)(*arguments)


def second(first: Any, other: Any) -> Any:
    return other


def items(keys: Any, owner: Any) -> Any:
    return tuple([owner[k] for k in keys])
