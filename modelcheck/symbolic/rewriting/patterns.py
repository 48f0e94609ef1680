"""Patterns of a ``match`` statement: what they look at."""

from __future__ import annotations

import ast

from modelcheck.symbolic.rewriting.nodes import OPERATORS


def looked_at(node: ast.Match) -> tuple[ast.expr, list[ast.expr]]:
    """What the patterns of a statement look at, for `modelcheck.symbolic.operators.patterns.matched`.

    Returns:
        The names of the attributes, None if no pattern looks into the subject; and the classes that are asked for.
    """
    patterns = [each for case in node.cases for each in ast.walk(case.pattern)]
    classes: list[ast.expr] = [each.cls for each in patterns if isinstance(each, ast.MatchClass)]
    inside = any(isinstance(each, ast.MatchClass) and (each.patterns or each.kwd_patterns) for each in patterns)
    if any(isinstance(each, ast.MatchSequence) for each in patterns):
        inside = True
        classes.append(ast.Attribute(ast.Name(OPERATORS, ast.Load()), "Sequence", ast.Load()))
    named = [name for each in patterns if isinstance(each, ast.MatchClass) for name in each.kwd_attrs]
    names = ast.Tuple([ast.Constant(name) for name in dict.fromkeys(named)], ast.Load())
    return (names if inside else ast.Constant(None)), classes
