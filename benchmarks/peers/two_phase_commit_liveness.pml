/*
 * Two-phase commit, for Spin, with a process for each manager so that weak fairness, which Spin has of processes, means what it should. The protocol
 * of specs/commit/two_phase_commit.py, with the same states; messages are never consumed.
 *
 *   spin -a -DN=7 two_phase_commit_liveness.pml && gcc -O2 -DNFAIR=3 -o pan pan.c && ./pan -a -f -m100000 -w24
 *
 * With -DREPEATS the steps are there that change nothing, and a safety run ("gcc -DSAFETY -DNOCLAIM") has the same counts as
 * the spec's: seven managers 296448 states and 2744706 transitions, the initial state included. For what must happen they are left
 * out, since a process that repeats itself would count as one that goes on.
 */

#ifndef N
#define N 7
#endif
#define ALL ((1 << N) - 1)
#ifdef REPEATS
#define UNLESS(done) true
#else
#define UNLESS(done) !(done)
#endif

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
#define BECOME(r, mask) prepared = prepared & (ALL ^ BIT(r)); committed = committed & (ALL ^ BIT(r)); aborted = aborted & (ALL ^ BIT(r)); mask = mask | BIT(r)
#define HEARS(r) :: d_step { !done && (sent & BIT(r)) && UNLESS(heard & BIT(r)) -> heard = heard | BIT(r) }
#define ME (_pid - 1)

active proctype transaction_manager() {
    do
    :: d_step { !done && heard == ALL -> done = 1; commit_sent = 1 }
    :: d_step { !done -> done = 1; abort_sent = 1 }
    HEARS(0)
#if N > 1
    HEARS(1)
#endif
#if N > 2
    HEARS(2)
#endif
#if N > 3
    HEARS(3)
#endif
#if N > 4
    HEARS(4)
#endif
#if N > 5
    HEARS(5)
#endif
#if N > 6
    HEARS(6)
#endif
#if N > 7
    HEARS(7)
#endif
#if N > 8
    HEARS(8)
#endif
    od
}

active [N] proctype resource_manager() {
    do
    :: d_step { WORKING(ME) -> BECOME(ME, prepared); sent = sent | BIT(ME) }
    :: d_step { WORKING(ME) -> BECOME(ME, aborted) }
    :: d_step { commit_sent && UNLESS(committed & BIT(ME)) -> BECOME(ME, committed) }
    :: d_step { abort_sent && UNLESS(aborted & BIT(ME)) -> BECOME(ME, aborted) }
    od
}

ltl decided { <> ((committed | aborted) == ALL) }
