/*
 * Two-phase commit, for Spin: the protocol of specs/commit/two_phase_commit.py, with the same states and transitions.
 *
 *   spin -a -DN=7 two_phase_commit.pml && gcc -O2 -DSAFETY -o pan pan.c && ./pan -m100000 -w24
 *
 * "states, stored" is the number of states, and "transitions (= stored+matched)" the number generated, the initial
 * state included. Seven managers: 296448 and 2744706.
 *
 * One process whose loop has one option per action and manager, each a single transition, so that the state holds no
 * program counters. Sets of managers are bit masks. The assertion is the invariant "consistent".
 */

#ifndef N
#define N 7
#endif
#define ALL ((1 << N) - 1)

unsigned prepared : N;  /* resource managers that are prepared; those in no mask are working */
unsigned committed : N;
unsigned aborted : N;
unsigned heard : N;     /* managers that the transaction manager knows to be prepared */
unsigned sent : N;      /* managers whose message "prepared" was sent */
bit done;               /* the transaction manager has decided */
bit commit_sent;
bit abort_sent;

#define BIT(r) (1 << (r))
#define WORKING(r) (!((prepared | committed | aborted) & BIT(r)))
#define BECOME(r, mask) prepared = prepared & (ALL ^ BIT(r)); committed = committed & (ALL ^ BIT(r)); aborted = aborted & (ALL ^ BIT(r)); mask = mask | BIT(r); assert(!(committed && aborted))

#define MANAGER(r) \
    :: d_step { !done && (sent & BIT(r)) -> heard = heard | BIT(r) } \
    :: d_step { WORKING(r) -> BECOME(r, prepared); sent = sent | BIT(r) } \
    :: d_step { WORKING(r) -> BECOME(r, aborted) } \
    :: d_step { commit_sent -> BECOME(r, committed) } \
    :: d_step { abort_sent -> BECOME(r, aborted) }

active proctype protocol() {
    do
    :: d_step { !done && heard == ALL -> done = 1; commit_sent = 1 }
    :: d_step { !done -> done = 1; abort_sent = 1 }
    MANAGER(0)
#if N > 1
    MANAGER(1)
#endif
#if N > 2
    MANAGER(2)
#endif
#if N > 3
    MANAGER(3)
#endif
#if N > 4
    MANAGER(4)
#endif
#if N > 5
    MANAGER(5)
#endif
#if N > 6
    MANAGER(6)
#endif
#if N > 7
    MANAGER(7)
#endif
#if N > 8
    MANAGER(8)
#endif
#if N > 9
    MANAGER(9)
#endif
    od
}
