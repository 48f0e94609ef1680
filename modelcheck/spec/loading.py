"""Specs found by what a user types: ``path.py``, ``path.py:Class``, ``module`` or ``module:Class``.

A file is imported under the dotted name that it has below its root, so that ``specs/consensus/raft.py`` and ``from specs.consensus.raft
import Raft`` mean one module and one class. The root is the nearest folder above that holds a ``pyproject.toml``;
else the folder that the command runs in, if the file is below it; else the file's own folder (above its package). The
root goes to the front of the import path and the file's own folder to the end, where a ``queue.py`` beside the spec
cannot hide the standard library's.

*Choices.* Of several specs in a file, the one that bears the file's name is meant (``two_phase_commit.py`` or
``spec_two_phase_commit.py``: ``TwoPhaseCommit``), else the only one from which no other spec of the file is derived.
Classes whose names begin with an underscore are never meant.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import inspect
import os
import re
import sys
import zlib
from pathlib import Path
from types import ModuleType

from modelcheck.errors import ModelcheckError, SpecError, UsageError
from modelcheck.spec.choice import Disabled, is_stray
from modelcheck.spec.run import user_place
from modelcheck.spec.spec import Spec

_TARGET = re.compile(r"^(?P<where>.+?)(?:::?(?P<name>[A-Za-z_][A-Za-z_0-9]*))?$", re.DOTALL)
_PACKAGE = str(Path(__file__).resolve().parent.parent) + os.sep


def load_spec(target: str | Path) -> type[Spec]:
    """The spec class that a text names.

    Args:
        target: ``path.py``, ``path.py:Class``, ``module`` or ``module:Class``; ``::`` means the same, as pytest writes it.

    Raises:
        UsageError: if there is no such file, module or class, or several specs could be meant.
        SpecError: if the file cannot be imported.
    """
    match = _TARGET.match(str(target))
    if match is None:
        raise UsageError(
            "no spec was named", remedy="Name a file or a module, for example specs/consensus/raft.py or specs.consensus.raft:Raft."
        )
    where, name = match["where"], match["name"]
    is_path = where.endswith(".py") or os.sep in where or "/" in where or Path(where).exists()
    module = load_file(Path(where)) if is_path else _load_module(where)
    return _pick(module, where, name)


def load_file(path: Path) -> ModuleType:
    """The module that a file holds, imported once under its name below the root.

    Raises:
        UsageError: if there is no such file.
        SpecError: if it cannot be imported.
    """
    if not path.is_file():
        raise UsageError(f"no such file: {path}", remedy=_near_file(path))
    full = path.resolve()
    root = import_root(full)
    if root != full.parent and str(root) not in sys.path:
        sys.path.insert(0, str(root))
    if str(full.parent) not in sys.path:
        sys.path.append(str(full.parent))
    name = ".".join(full.relative_to(root).with_suffix("").parts)
    for loaded in list(sys.modules.values()):
        if getattr(loaded, "__file__", None) == str(full) and loaded.__name__ != "__main__":
            return loaded
    importable = all(part.isidentifier() for part in name.split(".")) and name not in sys.modules
    if importable and _found_at(name) == full:
        return _imported(lambda: importlib.import_module(name), str(path))
    return _imported(lambda: _load_alone(full), str(path))


def specs_in(module: ModuleType) -> list[type[Spec]]:
    """The specs that a module defines, in its order, but for those that are abstract, begin with an underscore, or say ``__test__ = False``."""
    return [
        found
        for name, found in vars(module).items()
        if isinstance(found, type)
        and issubclass(found, Spec)
        and found.__module__ == module.__name__
        and found.__name__ == name
        and not name.startswith("_")
        and not inspect.isabstract(found)
        and found.__dict__.get("__test__", True)
    ]


def import_root(path: Path) -> Path:
    """The folder below which a file's dotted module name begins."""
    top = path.parent
    while (top / "__init__.py").exists() and top.parent != top:
        top = top.parent
    marked = next((folder for folder in [top, *top.parents] if (folder / "pyproject.toml").exists()), None)
    if marked is not None:
        return marked
    here = Path.cwd().resolve()
    return here if here in top.parents else top


def shown_path(path: str | Path) -> str:
    """A path as people type it: relative where it lies below the folder that the command runs in, or in this package."""
    full = Path(path).resolve()
    for folder in (Path.cwd().resolve(), Path(_PACKAGE).parent):
        if folder in full.parents:
            return str(full.relative_to(folder))
    return str(path)


def source_file(cls: type) -> str:
    """The file that a class is written in, or the name of its module."""
    try:
        return inspect.getsourcefile(cls) or cls.__module__
    except (OSError, TypeError):
        return cls.__module__


def _found_at(name: str) -> Path | None:
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return None
    except Exception:  # noqa: BLE001 - a package of the user's that fails is reported when the file itself is imported.
        return None
    return Path(found.origin).resolve() if found is not None and found.origin else None


def _load_alone(path: Path) -> ModuleType:
    """Import a file under a name that nothing else can have."""
    name = f"_spec_{zlib.crc32(str(path).encode()):08x}_{re.sub(r'[^A-Za-z0-9_]', '_', path.stem)}"
    found = importlib.util.spec_from_file_location(name, path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    try:
        found.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _load_module(name: str) -> ModuleType:
    here = str(Path.cwd())
    if here not in sys.path and "" not in sys.path:
        sys.path.insert(0, here)
    try:
        return _imported(lambda: importlib.import_module(name), name)
    except SpecError as error:
        missing = error.__cause__
        if isinstance(missing, ModuleNotFoundError) and missing.name and (name + ".").startswith(missing.name + "."):
            near = Path(name.replace(".", "/") + ".py")
            hint = (
                f"Did you mean the file {near}?"
                if near.is_file()
                else "Name a file (specs/consensus/raft.py) or a module that can be imported from here."
            )
            raise UsageError(f"no such file or module: {name}", remedy=hint) from missing
        raise


def _imported(load: object, what: str) -> ModuleType:
    try:
        module: ModuleType = load()  # type: ignore[operator]
    except ModelcheckError as error:
        if error.place is None:
            error.place = user_place(error)
        raise
    except SyntaxError as error:
        place = f"{error.filename or what}:{error.lineno}"
        text = (error.text or "").strip()
        raise SpecError(
            f"{error.msg}{f': {text}' if text else ''}", place=place, remedy="The file is not valid Python."
        ) from error
    except ImportError as error:
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        remedy = (
            f"Is {missing!r} installed in this environment, or is its folder on the import path?" if missing else None
        )
        raise SpecError(f"cannot import {what}: {error}", place=user_place(error), remedy=remedy) from error
    except Disabled as error:
        raise SpecError(
            "require() was called outside of a run", place=user_place(error), remedy="Call it in an action or in init."
        ) from error
    except BaseException as error:
        if not (isinstance(error, Exception) or is_stray(error)):
            raise
        shown = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise SpecError(f"importing {what} raised {shown}", place=user_place(error)) from error
    return module


def _near_file(path: Path) -> str | None:
    if path.is_dir():
        specs = sorted(path.glob("*.py"))
        return f"{path} is a folder; name one of its files{f', for example {specs[0]}' if specs else ''}."
    folder = path.parent
    names = sorted(entry.name for entry in folder.glob("*.py")) if folder.is_dir() else []
    near = difflib.get_close_matches(path.name, names, n=1) or difflib.get_close_matches(path.name + ".py", names, n=1)
    if near:
        return f"Did you mean {folder / near[0]}?"
    return f"{folder} holds {', '.join(names)}." if names else None


def _pick(module: ModuleType, where: str, name: str | None) -> type[Spec]:
    defined = {
        key: value
        for key, value in vars(module).items()
        if isinstance(value, type)
        and issubclass(value, Spec)
        and value is not Spec
        and value.__module__ == module.__name__
    }
    if name is not None:
        return _named(module, where, name, defined)
    candidates = {key: cls for key, cls in defined.items() if not key.startswith("_") and key == cls.__name__ and not inspect.isabstract(cls)}
    candidates = candidates or {key: cls for key, cls in defined.items() if inspect.isabstract(cls)}
    if not candidates:
        raise UsageError(f"{where} defines no spec", remedy="Write a class that derives from modelcheck.Spec.")
    stem = module.__name__.rsplit(".", 1)[-1]
    file_stem = Path(getattr(module, "__file__", None) or stem).stem.removeprefix("spec_")
    for key, cls in candidates.items():
        if key.lower() == file_stem.replace("_", "").lower():
            return cls
    leaves = [
        cls
        for cls in candidates.values()
        if not any(other is not cls and issubclass(other, cls) for other in candidates.values())
    ]
    if len(leaves) == 1:
        return leaves[0]
    listed = "".join(f"\n    {where}:{key}" for key in candidates)
    raise UsageError(f"{where} defines {len(candidates)} specs", remedy=f"Say which one:{listed}")


def _named(module: ModuleType, where: str, name: str, defined: dict[str, type[Spec]]) -> type[Spec]:
    found = getattr(module, name, None)
    if isinstance(found, type) and issubclass(found, Spec) and found is not Spec:
        return found
    if found is not None:
        raise UsageError(
            f"{name} in {where} is not a spec", remedy="A spec is a class that derives from modelcheck.Spec."
        )
    near = difflib.get_close_matches(name, list(defined), n=1)
    listed = f"It defines {', '.join(defined)}." if defined else "It defines no spec."
    raise UsageError(f"{where} has no class {name}", remedy=f"Did you mean {where}:{near[0]}?" if near else listed)
