"""Invariants that were found, in the spec's own terms."""

from __future__ import annotations

import pytest
import z3

from modelcheck.spec import machine_of
from modelcheck.symbolic.proof.wording import term_text
from modelcheck.symbolic.system import System
from specs.proofs.ticket_lock import TicketLock

SYSTEM = System(machine_of(TicketLock()))
LEAVES = {leaf.text: leaf.constant for leaf in SYSTEM.leaves.all.values()}
NEXT, SERVING, HOLDS, OTHER = (LEAVES[text] for text in ("next_ticket", "now_serving", "holds[0]", "holds[1]"))
ANY = z3.Int("x")


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (z3.Or(z3.Not(HOLDS), z3.Not(OTHER)), "not (holds[0] and holds[1])"),
        (z3.Or(z3.Not(HOLDS), OTHER), "if holds[0] then holds[1]"),
        (z3.Or(HOLDS, OTHER), "holds[0] or holds[1]"),
        (z3.Or(z3.Not(HOLDS), z3.Not(NEXT + -1 * SERVING <= 0)), "if holds[0] then next_ticket > now_serving"),
        (z3.Or(z3.Not(HOLDS), NEXT - SERVING >= 2), "if holds[0] then next_ticket >= now_serving + 2"),
        (z3.Not(NEXT == SERVING), "next_ticket != now_serving"),
        (NEXT + 2 * SERVING >= -3, "next_ticket + 2 * now_serving + 3 >= 0"),
        (z3.Not(z3.And(HOLDS, NEXT < 0)), "if holds[0] then next_ticket >= 0"),
        (z3.Or(HOLDS, z3.ForAll([ANY], ANY != NEXT)), "holds[0] or ForAll(x, x != next_ticket)"),
    ],
)
def test_a_clause_is_said_as_an_implication(term, text):
    """Premises are what is denied, comparisons have no minus, and names are those of the spec."""
    assert term_text(SYSTEM, term) == text
