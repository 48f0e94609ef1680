"""Values and specs as Python source, with the imports that it needs.

What is printed for a user to run must run: enum members and objects are written with their classes, which are imported by name where the module can
be imported, and taken from the spec's file where it cannot. Classes that a function makes have no name outside of it; a comment says where the
program can be run.
"""

from __future__ import annotations

import importlib.util
import keyword
import sys
from collections.abc import Mapping
from enum import Enum
from math import isfinite
from pathlib import Path
from types import BuiltinFunctionType, FunctionType
from typing import Any

import attrs

from modelcheck.spec import Spec, Step
from modelcheck.spec.loading import shown_path
from modelcheck.values import Bag, FrozenDict, Interchangeable, ordered, show
from modelcheck.values.interchangeable import number_of

_MODULE = "spec_module"


class Script:
    """Writes values as source, and remembers what that needs to import.

    >>> source = Script()
    >>> source.value((1, frozenset({2}), None)), source.imports()
    ('(1, frozenset({2}), None)', [])
    """

    def __init__(self) -> None:
        self._names: dict[Any, str] = {}
        self._imports: dict[str, dict[str, str]] = {}
        self._files: dict[str, str] = {}
        self._modules: set[str] = set()
        self._local: dict[str, list[str]] = {}
        self._told: set[str] = set()

    def imports(self) -> list[str]:
        """The import statements that what was written since the last call needs."""
        new = {module: sorted(names.keys() - self._told) for module, names in sorted(self._imports.items())}
        modules = sorted(self._modules - self._told)
        lines = [f"import {module}" for module in modules]
        lines += [f"from {module} import {', '.join(names)}" for module, names in new.items() if names]
        files = [(file, name) for file, name in self._files.items() if name not in self._told]
        if files:
            lines = ["from pathlib import Path", "", "from modelcheck.spec.loading import load_file", *lines, ""]
            lines += [f"{name} = load_file(Path({file!r}))" for file, name in files]
        local = {where: [name for name in names if name not in self._told] for where, names in self._local.items()}
        lines = [f"# To be run in {where}, which makes {' and '.join(names)}." for where, names in local.items() if names] + lines
        self._told |= {name for names in (*new.values(), *local.values()) for name in names} | {name for _, name in files} | set(modules)
        return lines

    def uses(self, module: str, name: str) -> None:
        """Note that the source uses a name of a module."""
        self._imports.setdefault(module, {})[name] = name

    def spec(self, spec: Spec) -> str:
        """A spec with its constants."""
        constants = ((name, value) for name, value in spec.__dict__.items() if not name.startswith("_"))
        return f"{self.name(type(spec))}({', '.join(f'{name}={self.value(value)}' for name, value in constants)})"

    def step(self, step: Step) -> str:
        """The arguments with which ``spec.step(state, ...)`` or ``state.step(...)`` takes a step."""
        parts = [repr(step.action), *map(self.value, step.choices)]
        plain = all(name.isidentifier() for name in step.arguments)
        assert plain, step
        return ", ".join([*parts, *(f"{name}={self.value(value)}" for name, value in step.arguments.items())])

    def value(self, value: Any) -> str:
        """A value."""
        if isinstance(value, Enum):
            return self._member(value)
        if isinstance(value, Interchangeable):
            return f"{self.name(type(value))}.several({number_of(value) + 1})[{number_of(value)}]"
        if isinstance(value, (type, FunctionType, BuiltinFunctionType)):
            return self.name(value)
        if isinstance(value, frozenset):
            return f"frozenset({{{', '.join(map(self.value, ordered(value)))}}})" if value else "frozenset()"
        if type(value) is tuple:
            return "(" + ", ".join(map(self.value, value)) + ("," if len(value) == 1 else "") + ")"
        if isinstance(value, (FrozenDict, Bag)):
            self.uses("modelcheck.values", type(value).__name__)
            return f"{type(value).__name__}({self._mapping(value)})"
        return self._object(value)

    def _member(self, value: Enum) -> str:
        cls, name = self.name(type(value)), value.name
        if name not in type(value).__members__:
            return f"{cls}({value.value!r})"
        return f"{cls}.{name}" if name.isidentifier() and not keyword.iskeyword(name) else f"{cls}[{name!r}]"

    def _mapping(self, value: Mapping[Any, Any]) -> str:
        return "{" + ", ".join(f"{self.value(key)}: {self.value(inner)}" for key, inner in value.items()) + "}"

    def _object(self, value: Any) -> str:
        kind = type(value)
        if attrs.has(kind):
            fields = [(field.alias, getattr(value, field.name)) for field in attrs.fields(kind) if field.init]
        elif hasattr(kind, "__dataclass_fields__"):
            fields = [(name, getattr(value, name)) for name, field in kind.__dataclass_fields__.items() if field.init]
        elif isinstance(value, tuple) and hasattr(kind, "_fields"):
            fields = [(name, getattr(value, name)) for name in kind._fields]
        else:
            return self._text(value)
        return f"{self.name(kind)}({', '.join(f'{name}={self.value(inner)}' for name, inner in fields)})"

    def _text(self, value: Any) -> str:
        """What a value says of itself, with the import of its class or of the module that it names."""
        kind, text = type(value), repr(value)
        if isinstance(value, float) and not isfinite(value):
            return f"float({text!r})"
        if kind.__module__ == "builtins":
            return text
        if text.startswith(f"{kind.__name__}("):
            return self.name(kind) + text.removeprefix(kind.__name__)
        self._modules.add(kind.__module__)
        return text

    def name(self, cls: type | FunctionType | BuiltinFunctionType) -> str:
        """What the source calls a class or function."""
        if cls.__module__ == "builtins":
            return cls.__qualname__
        if cls not in self._names:
            self._names[cls] = self._named(cls)
        return self._names[cls]

    def _named(self, cls: type | FunctionType | BuiltinFunctionType) -> str:
        function, local, name = cls.__qualname__.rpartition(".<locals>.")
        if local:
            file = getattr(sys.modules.get(cls.__module__), "__file__", None)
            where = f"{function.replace('.<locals>.', '.')}(){f' of {shown_path(file)}' if file else ''}"
            self._local.setdefault(where, []).append(name.partition(".")[0])
            return name
        top, _, inner = cls.__qualname__.partition(".")
        rest = f".{inner}" if inner else ""
        if not is_importable(cls.__module__):
            file = getattr(sys.modules.get(cls.__module__), "__file__", None)
            if file is None:
                return cls.__qualname__
            number = len(self._files) + 1
            module = self._files.setdefault(shown_path(file), _MODULE if number == 1 else f"{_MODULE}_{number}")
            return f"{module}.{top}{rest}"
        taken = {name: module for module, names in self._imports.items() for name in names.values()}
        alias = top if taken.get(top, cls.__module__) == cls.__module__ else f"{top}_{len(self._names)}"
        self._imports.setdefault(cls.__module__, {})[top if alias == top else f"{top} as {alias}"] = alias
        return f"{alias}{rest}"


def is_importable(module: str) -> bool:
    """Whether another program can import a module by its name."""
    if module == "__main__":
        return False
    try:
        found = importlib.util.find_spec(module)
    except (ImportError, ValueError, AttributeError):
        return False
    if found is None or found.origin is None:
        return False
    loaded = getattr(sys.modules.get(module), "__file__", None)
    return loaded is None or Path(loaded).resolve() == Path(found.origin).resolve()


def shown_arguments(arguments: Mapping[str, Any]) -> str:
    """Arguments as people read them."""
    return ", ".join(f"{name}={show(value)}" for name, value in arguments.items())
