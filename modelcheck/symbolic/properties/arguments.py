"""What the parameters of an action or a property range over, on symbolic values."""

from __future__ import annotations

from typing import Any

from modelcheck.spec.code import code_of
from modelcheck.symbolic import operators


def options(domain: Any, subject: Any, arguments: list[Any]) -> Any:
    """What a parameter ranges over in a state, given the arguments before it.

    Args:
        domain: As it stands in the decorator: an iterable, a type, or a method.
        subject: The live spec or part that the action or property belongs to.
        arguments: The arguments before it.
    """
    if not callable(domain) or isinstance(domain, type):
        return domain
    bound = getattr(subject, domain.__name__, None)
    function = bound if bound is not None else domain.__get__(subject)
    takes = code_of(function.__func__).co_argcount - 1
    return operators.call(function, *arguments[:takes])
