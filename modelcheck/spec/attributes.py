"""The attributes of a spec: its constants, its variables, and what its classes hold and all states share."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from modelcheck.errors import SpecError
from modelcheck.spec.constants.declared import constant_types
from modelcheck.spec.record import is_mutable
from modelcheck.spec.shapes.stored import record_in
from modelcheck.values import show

if TYPE_CHECKING:
    from modelcheck.spec.spec import Spec


def place_of(cls: type) -> str:
    """Where a class is written. Finding it out means reading its file, so only errors ask."""
    try:
        return f"{inspect.getsourcefile(cls)}:{inspect.getsourcelines(cls)[1]}"
    except (OSError, TypeError, SyntaxError):
        return cls.__module__


def constants_of(spec: Spec) -> dict[str, Any]:
    """The constants of a spec object, by name.

    Raises:
        SpecError: if one has no value, or if the object has attributes that are none.
    """
    cls = type(spec)
    names = constant_types(cls)
    odd = [name for name in spec.__dict__ if name not in names and not name.startswith("_")]
    missing = [name for name in names if not hasattr(spec, name)]
    if odd or missing:
        what = f"sets {odd[0]}, which is no constant" if odd else f"leaves the constant {missing[0]} without a value"
        remedy = "Write init(self) for the variables; constants are annotated class attributes."
        raise SpecError(f"__init__ of {cls.__name__} {what}", place=place_of(cls), remedy=remedy)
    if len(inspect.signature(cls.init).parameters) != 1:
        remedy = "Annotate a class attribute, servers: int = 3, and read self.servers."
        raise SpecError(f"init of {cls.__name__} takes more than self", place=place_of(cls), remedy=remedy)
    return {name: getattr(spec, name) for name in names}


def check_records(cls: type, variables: Iterable[str]) -> None:
    """Refuse a record that is an attribute of the class: all states would share it, and its actions would be nobody's."""
    for base in cls.__mro__:
        for name, value in base.__dict__.items():
            if name not in variables and record_in(value) is not None:
                raise SpecError(
                    f"{name} is an attribute of the class {base.__name__}, which all states share, and holds a record",
                    place=place_of(cls),
                    remedy=f"Set self.{name} in init.",
                )


def check_name(cls: type, variable: str) -> None:
    """Refuse a variable that hides a method."""
    hidden = inspect.getattr_static(cls, variable, None)
    if callable(hidden) or isinstance(hidden, (property, staticmethod, classmethod)):
        raise SpecError(
            f"the variable {variable!r} hides the method {variable!r} of {cls.__name__}",
            place=place_of(cls),
            remedy="Rename one of the two.",
        )


class Shared:
    """What may change and is shared by all states: attributes of classes, tables to look things up in, it is hoped.

    Args:
        classes: The spec's class, and those of its records.
        constants: Names that are the spec's constants.
    """

    def __init__(self, classes: Iterable[type], constants: Iterable[str]) -> None:
        self._classes = list(dict.fromkeys(classes))
        self._constants = frozenset(constants)
        self._before = {key: show(value) for key, value in self._objects()}

    def _objects(self) -> Iterator[tuple[tuple[str, str], Any]]:
        for cls in self._classes:
            for name, value in ((n, v) for base in reversed(cls.__mro__) for n, v in base.__dict__.items()):
                if is_mutable(value) and not name.startswith("__") and name not in self._constants:
                    yield (f"{name} is an attribute of the class {cls.__name__}", name), value

    def check(self) -> None:
        """Make sure that nothing of it has changed.

        Raises:
            SpecError: if something has.
        """
        for (what, name), value in self._objects():
            if show(value) != self._before.get((what, name)):
                raise SpecError(
                    f"{what}, which all states share, and an action changed it",
                    place=place_of(self._classes[0]),
                    remedy=f"Set {name} in init, on self or on the record; let a constant be a tuple or frozenset.",
                )
