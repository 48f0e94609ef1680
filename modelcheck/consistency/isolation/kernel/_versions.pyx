# distutils: language = c++
"""What transactions wrote and read: the versions of keys, as far as possible in order, and anomalies that need no cycle.

A *version* of a key is what one write left. List-append reveals the whole order of a key's versions, because every read
of a list contains those before it; for registers only the first version is known, and the order is searched for.

*Choices*, as Elle's (Kingsbury and Alvaro, "Elle", VLDB 2020): values are unique per key; what an aborted transaction
wrote must not be read (G1a), nor what its writer overwrote itself (G1b); a transaction must see its own writes
(``internal``). A value that nobody wrote is taken to be written by somebody outside the history, at any time. A
transaction whose outcome is unknown counts as committed once something that it wrote was seen. A value that one
transaction wrote and aborted, and another wrote again, is the other's.
"""

from libc.stdint cimport int32_t, uint8_t
from libcpp cimport bool as boolean
from libcpp.vector cimport vector

from modelcheck.consistency.isolation.kernel._steps cimport WRITES, steps_of, told_apart
from modelcheck.consistency.isolation.kernel.native cimport Final, Read

from modelcheck.consistency.history import Operation
from modelcheck.consistency.objects.sequential import UNKNOWN
from modelcheck.errors import HistoryError

CHECKED = 1024  # transactions between two looks at the clock


cdef class Versions:
    """What the transactions of a history read and wrote.

    Args:
        history: Its transactions.
        is_lists: Whether they append to lists; else they write registers.
        deadline: For all that is asked of them.

    Raises:
        HistoryError: An operation is no transaction, or a value was written twice.
        LimitReached: The time was up, or the memory used up.
    """

    def __init__(self, history, bint is_lists, deadline):
        self.is_lists, self.deadline = is_lists, deadline
        self.transactions = [told_apart(operation, is_lists) for operation in history.operations]
        self.anomalies = {}
        self.keys, self.values, self.versions, self.longest = [], [], [], []
        self.key_numbers, self.aborted, self.sessions = {}, {}, 0
        try:
            self._collect(history)
            for at in range(len(history.operations)):
                if at % CHECKED == 0:
                    self.deadline.check()
                if self.numbers.committed[at]:
                    if is_lists:
                        self._read_lists(at)
                    else:
                        self._read_registers(at)
        except TypeError as error:
            raise HistoryError(
                f"a transaction holds what cannot be a key or a value: {error}",
                place=history.source,
                remedy="Keys and values are numbers, texts and tuples of them.",
            ) from error
        self._check_orders()
        self._check_intermediate()
        self.deadline.check()

    cdef _report(self, str name, str message, tuple operations):
        self.anomalies.setdefault(name, (message, operations))

    # What was written.

    cdef int32_t _key(self, key) except -1:
        """The number of a key."""
        cdef object found = self.key_numbers.get(key)
        if found is not None:
            return found
        cdef int32_t number = self.numbers.add_key()
        self.key_numbers[key] = number
        self.keys.append(key)
        self.values.append(None)
        self.versions.append({})
        self.longest.append(((), None))
        return number

    cdef int32_t _add_version(self, int32_t key, value, int32_t writer) except -1:
        cdef int32_t version = self.numbers.add_version(key, writer)
        (<dict>self.versions[key])[value] = version
        self.values.append(value)
        return version

    cdef int32_t _session(self, dict sessions, process, bint is_lost) except -1:
        """The number of a transaction's client. One that did not return is followed by nobody: its client is a new one."""
        cdef object client = sessions.get(process)
        if client is None:
            client = sessions[process] = self.sessions
            self.sessions += 1
        self.clients.push_back(client)
        if not is_lost:
            return client
        self.sessions += 1
        return self.sessions - 1

    cdef _collect(self, history):
        cdef int32_t at = 0
        cdef uint8_t committed
        cdef object step, kind, operation
        cdef dict sessions = {}
        cdef vector[int32_t] last_writer, last_final
        for operation in self.transactions:
            if at % CHECKED == 0:
                self.deadline.check()
            committed = operation.finish is not None and operation.result is not UNKNOWN
            self.numbers.committed.push_back(committed)
            self.numbers.session.push_back(self._session(sessions, operation.process, operation.finish is None))
            for step in steps_of(operation, self.is_lists):
                kind = step[0]
                if kind in WRITES:
                    self._collect_write(at, self._key(step[1]), step[2], last_writer, last_final)
            at += 1
        self.inside = at
        for final in self.numbers.finals:
            self.numbers.is_final[final.version] = 1
        for operation in history.failed:
            for step in steps_of(told_apart(operation, self.is_lists), self.is_lists):
                if step[0] in WRITES:
                    key = self._key(step[1])
                    if step[2] not in self.versions[key]:
                        self.aborted[self._add_version(key, step[2], -1)] = operation

    cdef _collect_write(
        self, int32_t at, int32_t key, value, vector[int32_t]& last_writer, vector[int32_t]& last_final
    ):
        cdef object known = (<dict>self.versions[key]).get(value)
        cdef int32_t version
        cdef Final final
        if known is None:
            version = self._add_version(key, value, at)
        else:
            version = known
            if self.numbers.writer[version] != at or self.is_lists:
                other, operation = self.transactions[self.numbers.writer[version]], self.transactions[at]
                raise HistoryError(
                    f"the value {value!r} is written to the key {self.keys[key]!r} twice, by {other} and by another",
                    place=operation.place,
                    remedy="Dependencies between transactions can only be read off when every value is written once "
                    "per key.",
                )
        last_writer.resize(self.numbers.first.size(), -1)
        last_final.resize(self.numbers.first.size(), -1)
        if last_writer[key] == at:
            self.numbers.previous[version] = self.numbers.finals[last_final[key]].version
            self.numbers.finals[last_final[key]].version = version
            return
        last_writer[key] = at
        last_final[key] = <int32_t>self.numbers.finals.size()
        final.writer, final.version = at, version
        self.numbers.finals.push_back(final)

    cdef int32_t _version(self, int32_t key, value) except -1:
        """The version with a value; one that nobody wrote was written by somebody outside the history."""
        cdef object found
        cdef Final final
        if value is None:
            return self.numbers.first[key]
        found = (<dict>self.versions[key]).get(value)
        if found is not None:
            return found
        cdef int32_t at = <int32_t>len(self.transactions)
        self.transactions.append(Operation(("outside", at), "txn", (("w", self.keys[key], value),), UNKNOWN))
        self.numbers.committed.push_back(0)
        self.numbers.session.push_back(self.sessions)
        self.sessions += 1
        final.writer, final.version = at, self._add_version(key, value, at)
        self.numbers.finals.push_back(final)
        self.numbers.is_final[final.version] = 1
        return final.version

    cdef _add_read(self, int32_t reader, int32_t version):
        cdef Read read
        read.reader, read.version = reader, version
        self.numbers.reads.push_back(read)

    # What was read from lists.

    cdef _read_lists(self, int32_t at):
        cdef object operation = self.transactions[at]
        cdef dict own = {}, known = {}
        cdef object step, value, kind
        cdef tuple seen, base
        cdef list added
        cdef int32_t key
        for step in operation.argument or ():
            kind, key = step[0], self._key(step[1])
            if kind in WRITES:
                if known:
                    self._check_future(at, key, step[2], known.get(key))
                added = own.get(key)
                if added is None:
                    own[key] = [step[2]]
                else:
                    added.append(step[2])
                continue
            value = step[2] if len(step) > 2 else None
            seen = () if value is None else value if type(value) is tuple else tuple(value)
            added = own.get(key) if own else None
            base = seen[: max(0, len(seen) - len(added))] if added else seen
            if added and seen[len(base):] != tuple(added):
                message = f"a read of {self.keys[key]!r} disagrees with what the transaction did before"
                self._report("internal", message, (operation,))
                continue
            if known.setdefault(key, base) != base:
                message = f"a read of {self.keys[key]!r} disagrees with what the transaction saw before"
                self._report("unrepeatable-read", message, (operation,))
            if added and any([mine in base for mine in added]):
                self._report_duplicate(key, seen, operation)
            self._see_list(at, key, base)

    cdef _see_list(self, int32_t at, int32_t key, tuple seen):
        cdef object operation = self.transactions[at]
        cdef tuple longest = (<tuple>self.longest[key])[0]
        cdef Py_ssize_t length = len(seen), known = len(longest), place
        cdef int32_t version
        if length <= known:
            is_prefix = seen == longest[:length]
        else:
            is_prefix = longest == seen[:known]
            if is_prefix:
                self.longest[key] = (seen, operation)
                self._extend(at, key, seen[known:])
        if not is_prefix:
            message = f"{self.keys[key]!r} was read as {list(seen)} and as {list(longest)}"
            self._report("incompatible-order", message, (operation, (<tuple>self.longest[key])[1]))
            if len(set(seen)) != length:
                self._report_duplicate(key, seen, operation)
        version = self.numbers.first[key]
        if length > 0:
            place = length - 1
            if is_prefix and length <= <Py_ssize_t>self.numbers.order[key].size():
                version = self.numbers.order[key][place]
            else:
                version = self._version(key, seen[place])
        self._add_read(at, version)

    cdef _extend(self, int32_t at, int32_t key, tuple values):
        """Lists show more of a key's order."""
        cdef int32_t version
        for value in values:
            version = self._version(key, value)
            if self.numbers.place[version] >= 0:
                self._report_duplicate(key, (<tuple>self.longest[key])[0], self.transactions[at])
            self.numbers.extend(key, version)

    cdef _report_duplicate(self, int32_t key, tuple seen, operation):
        message = f"a read of {self.keys[key]!r} has an element twice: {list(seen)}"
        self._report("duplicate-elements", message, (operation,))

    cdef _check_future(self, int32_t at, int32_t key, value, known):
        if known is not None and value in <tuple>known:
            message = f"a read of {self.keys[key]!r} has what the transaction appends later"
            self._report("future-read", message, (self.transactions[at],))

    cdef _check_parts(self):
        """What one transaction appended to a list follows each other."""
        cdef int32_t version, before
        for key in range(len(self.keys)):
            before = -1
            for version in self.numbers.order[key]:
                if self.numbers.previous[version] >= 0 and self.numbers.previous[version] != before:
                    message = (
                        f"{self.values[version]!r} in {self.keys[key]!r} does not follow "
                        f"{self.values[self.numbers.previous[version]]!r}, which the same transaction appended before it"
                    )
                    writer = self.transactions[self.numbers.writer[version]]
                    self._report("incompatible-order", message, (writer, (<tuple>self.longest[key])[1]))
                before = version

    cdef _check_orders(self):
        """No list may hold what an aborted transaction appended."""
        cdef int32_t version
        if self.is_lists:
            self._check_parts()
        if not self.aborted:
            return
        for key in range(len(self.keys) if self.is_lists else 0):
            dirty, operation = None, (<tuple>self.longest[key])[1]
            for version in self.numbers.order[key]:
                if version in self.aborted:
                    dirty = self.aborted[version]
                    self._report_aborted(version, dirty, operation)
                elif dirty is not None:
                    writer = self.transactions[self.numbers.writer[version]]
                    message = f"{self.keys[key]!r} kept a value of an aborted transaction"
                    self._report("dirty-update", message, (dirty, writer))
        for read in self.numbers.reads:
            if read.version in self.aborted:
                self._report_aborted(read.version, self.aborted[read.version], self.transactions[read.reader])

    cdef _report_aborted(self, int32_t version, writer, operation):
        key = self.keys[self.numbers.key[version]]
        self._report("G1a", f"{self.values[version]!r} in {key!r} was read, but its writer aborted", (writer, operation))

    # What was read from registers.

    cdef _read_registers(self, int32_t at):
        cdef object operation = self.transactions[at]
        cdef dict now = {}
        cdef set own = set()
        cdef object step, value
        cdef int32_t key, version
        for step in operation.argument or ():
            key = self._key(step[1])
            value = step[2] if len(step) > 2 else None
            if step[0] in WRITES:
                now[key] = value
                own.add(key)
                continue
            if key in now:
                if now[key] == value and (now[key] is None) == (value is None):
                    continue
                message = f"a read of {self.keys[key]!r} disagrees with what the transaction {'did' if key in own else 'saw'} before"
                self._report("internal" if key in own else "unrepeatable-read", message, (operation,))
            version = self._version(key, value)
            if self.numbers.writer[version] != at:
                self._add_read(at, version)
            elif key not in now:
                message = f"{value!r} was read from {self.keys[key]!r} before the transaction wrote it"
                self._report("future-read", message, (operation,))
            now.setdefault(key, value)

    cdef _check_intermediate(self):
        cdef Read read
        cdef int32_t writer
        for read in self.numbers.reads:
            writer = self.numbers.writer[read.version]
            if writer < 0 or writer == read.reader or self.numbers.is_final[read.version]:
                continue
            key = self.keys[self.numbers.key[read.version]]
            message = f"{self.values[read.version]!r} was read from {key!r}, which its writer overwrote itself"
            self._report("G1b", message, (self.transactions[writer], self.transactions[read.reader]))
            return
