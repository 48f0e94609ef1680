"""Python text as code: lemmas as methods of a class, and conditions as functions."""

from __future__ import annotations

import ast
import itertools
import linecache
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from modelcheck.spec import lemma
from modelcheck.spec.spec import Spec
from modelcheck.symbolic.proof.every_size.vocabulary import Variable

_numbers = itertools.count()
_WIDTH = 110


@frozen
class Clause:
    """A lemma: one of some conditions is true of all names.

    Attributes:
        literals: The conditions, each with whether it is to be true.
        variables: The names that they speak of.
    """

    literals: tuple[tuple[str, bool], ...]
    variables: tuple[Variable, ...]

    @property
    def text(self) -> str:
        """The condition as Python text: what is excluded, or what follows from what."""
        given = [atom for atom, positive in self.literals if not positive]
        then = [atom for atom, positive in self.literals if positive]
        if not given:
            return " or ".join(then)
        excluded = f"not ({' and '.join(map(_bare, given))})" if len(given) > 1 else negated(given[0])
        return " or ".join([excluded, *then])


_OPPOSITES: dict[type, str] = {ast.In: "not in", ast.Is: "is not", ast.Eq: "!=", ast.IsNot: "is"}


def negated(text: str) -> str:
    """The opposite of a condition, as somebody would write it."""
    tree = ast.parse(text, mode="eval").body
    if isinstance(tree, ast.Compare) and len(tree.ops) == 1 and type(tree.ops[0]) in _OPPOSITES:
        left, right = ast.get_source_segment(text, tree.left), ast.get_source_segment(text, tree.comparators[0])
        return f"{left} {_OPPOSITES[type(tree.ops[0])]} {right}"
    return f"not {text}" if isinstance(tree, (ast.Attribute, ast.Subscript, ast.Call)) else f"not ({_bare(text)})"


def _bare(text: str) -> str:
    """A condition without the parentheses around it, where others are joined to it by ``and``."""
    is_joined = isinstance(ast.parse(text, mode="eval").body, ast.BoolOp) and text.startswith("(") and text.endswith(")")
    return text[1:-1] if is_joined and isinstance(_parsed(text[1:-1]), ast.BoolOp) else text


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        return None


def compiled(cls: type, classes: Mapping[str, type], text: str) -> dict[str, Any]:
    """What module text defines that knows what the modules of a spec's class know; its source can be found."""
    namespace: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if base.__module__ != "builtins":
            namespace |= vars(sys.modules[base.__module__])
    namespace |= {"lemma": lemma, "Iterable": Iterable, **classes, cls.__name__: cls}
    file = f"<lemmas {next(_numbers)} of {cls.__name__}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    exec(compile(text, file, "exec"), namespace)  # noqa: S102 - the text is made here.
    return namespace


def conditions(cls: type, classes: Mapping[str, type], variables: Sequence[Variable], atoms: Sequence[str]) -> list[Callable[..., Any]]:
    """Functions of a state and of names, one for each condition."""
    parameters = ", ".join(["self", *(each.name for each in variables)])
    text = "\n".join(f"def atom_{at}({parameters}):\n    return {atom}\n" for at, atom in enumerate(atoms))
    namespace = compiled(cls, classes, text)
    return [namespace[f"atom_{at}"] for at in range(len(atoms))]


def lemmas_text(spec: Spec, name: str, clauses: Sequence[Clause]) -> str:
    """A subclass of a spec's class that has clauses as its lemmas, as Python text."""
    sizes = dict.fromkeys(each.size for clause in clauses for each in clause.variables)
    lines = [f"class {name}({type(spec).__name__}):"]
    for size in sizes:
        lines += [f"    def {_every(size)}(self) -> Iterable[int]:", f"        return range(self.{size})", ""]
    for at, clause in enumerate(clauses):
        decorated = f"@lemma({', '.join(_every(each.size) for each in clause.variables)})" if clause.variables else "@lemma"
        parameters = "".join(f", {each.name}: int" for each in clause.variables)
        lines += [f"    {decorated}", f"    def found_{at + 1}(self{parameters}) -> bool:", *_body(clause), ""]
    return "\n".join(lines)


def imports_text(cls: type, classes: Mapping[str, type]) -> str:
    """What the text of lemmas imports, as Python text."""
    needed: dict[str, set[str]] = {cls.__module__: {cls.__name__}}
    for name, each in classes.items():
        needed.setdefault(each.__module__, set()).add(name)
    own = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(needed.items())]
    return "\n".join(["from collections.abc import Iterable", "", "from modelcheck import lemma", *own, "", "", ""])


def _body(clause: Clause) -> list[str]:
    """The condition on one line, or what is excluded on one and what follows on the next."""
    if len(clause.text) <= _WIDTH:
        return [f"        return {clause.text}"]
    given = [atom for atom, positive in clause.literals if not positive]
    then = [atom for atom, positive in clause.literals if positive]
    if not given:
        return [f"        return {clause.text}"]
    return [f"        if {' and '.join(map(_bare, given))}:", f"            return {' or '.join(then) or 'False'}", "        return True"]


def _every(size: str) -> str:
    return f"every_{size.removesuffix('s')}"
