# distutils: language = c++
"""A reader of EDN, the notation of Clojure, fast enough for histories of a hundred thousand operations.

Vectors and lists become tuples, sets frozensets, maps dicts (frozensets of pairs inside sets and as keys). Keywords and
symbols become strings of types of their own, a keyword with its colon, so that ``:read``, ``read`` and ``"read"`` stay
apart; so do characters, with their backslash, and tagged strings, such as ``#inst "2020-01-01"``, with their tag. Any other tagged value is read as the value.
"""

from decimal import Decimal, InvalidOperation
from fractions import Fraction

from modelcheck.consistency._equality import kept
from modelcheck.limits.raising import pause


class Keyword(str):
    """A keyword, with its colon."""

    __slots__ = ()


class Symbol(str):
    """A symbol."""

    __slots__ = ()


class Character(str):
    """A character, with its backslash."""

    __slots__ = ()


class TaggedString(str):
    """A string with a tag before it: a moment, or an identifier."""

    __slots__ = ()


class EdnError(ValueError):
    """Text that is not EDN; ``line`` says where."""

    def __init__(self, message, line):
        super().__init__(message)
        self.line = line


cdef enum:
    DEEPEST = 200
    LONGEST = 3000
    AT_ONCE = 2048


cdef inline bint is_space(unsigned char c) noexcept:
    return c == 32 or c == 44 or (9 <= c <= 13)


cdef inline bint ends_token(unsigned char c) noexcept:
    return c <= 32 or c == 44 or c == 40 or c == 41 or c == 91 or c == 93 or c == 123 or c == 125 or c == 34 or c == 59


cdef class Reader:
    """Reads one value after the other from UTF-8 bytes."""

    cdef bytes text
    cdef const unsigned char* data
    cdef Py_ssize_t at, end, counted
    cdef readonly int line
    cdef dict words

    def __cinit__(self, bytes text):
        self.text = text
        self.data = text
        self.at = 0
        self.end = len(text)
        self.line = 1
        self.counted = 0
        self.words = {
            b"nil": None, b"true": True, b"false": False,
            b"#NaN": float("nan"), b"#Inf": float("inf"), b"#-Inf": float("-inf"),
        }

    cdef int where(self):
        while self.counted < self.at:
            if self.data[self.counted] == 10:
                self.line += 1
            self.counted += 1
        return self.line

    cdef fail(self, message):
        raise EdnError(message, self.where())

    cdef void skip(self) noexcept:
        while self.at < self.end:
            if is_space(self.data[self.at]):
                self.at += 1
            elif self.data[self.at] == 59:
                while self.at < self.end and self.data[self.at] != 10:
                    self.at += 1
            else:
                return

    def forms(self):
        """The values at the top, each with its line; those of the only vector or list at the top if it holds values
        that are collections themselves."""
        found = []
        cdef unsigned char closing = 0
        self.skip()
        if self.at < self.end and (self.data[self.at] == 91 or self.data[self.at] == 40):
            start = self.at
            closing = 93 if self.data[self.at] == 91 else 41
            self.at += 1
            self.skip()
            if self.at < self.end and self.data[self.at] not in b"{[(#" + bytes([closing]):
                self.at = start
                closing = 0
        while True:
            self.skip()
            if self.at >= self.end:
                if closing:
                    self.fail("the history ends before its closing bracket")
                return found
            if closing and self.data[self.at] == closing:
                self.at += 1
                self.skip()
                if self.at < self.end:
                    self.fail("something follows the closing bracket of the history")
                return found
            if self.data[self.at] == 35 and self.at + 1 < self.end and self.data[self.at + 1] == 95:
                self.at += 2
                self.value(0)
                continue
            line = self.where()
            found.append((line, self.value(0)))
            if len(found) % AT_ONCE == 0:
                pause()

    cdef value(self, int depth):
        cdef unsigned char c
        self.skip()
        if self.at >= self.end:
            self.fail("the text ends in the middle of a value")
        if depth > DEEPEST:
            self.fail(f"values are nested more than {DEEPEST} deep")
        c = self.data[self.at]
        if c == 91 or c == 40:
            self.at += 1
            return tuple(self.many(93 if c == 91 else 41, depth))
        if c == 123:
            self.at += 1
            return self.map(depth)
        if c == 34:
            return self.string()
        if c == 35:
            return self.dispatch(depth)
        if c == 92:
            return self.character()
        if c == 93 or c == 41 or c == 125:
            self.fail(f"a closing {chr(c)!r} that nothing opened")
        return self.word()

    cdef list many(self, unsigned char closing, int depth):
        cdef list items = []
        while True:
            self.skip()
            if self.at >= self.end:
                self.fail(f"the text ends before a closing {chr(closing)!r}")
            if self.data[self.at] == closing:
                self.at += 1
                return items
            if self.data[self.at] == 35 and self.at + 1 < self.end and self.data[self.at + 1] == 95:
                self.at += 2
                self.value(depth + 1)
            else:
                items.append(self.value(depth + 1))

    cdef map(self, int depth):
        cdef list items = self.many(125, depth)
        cdef dict found = {}
        cdef Py_ssize_t at
        if len(items) % 2:
            self.fail("a map has a key without a value")
        for at in range(0, len(items), 2):
            key = frozen(items[at])
            found[key if isinstance(key, str) else kept(key)] = items[at + 1]
        return found

    cdef dispatch(self, int depth):
        self.at += 1
        if self.at < self.end and self.data[self.at] == 123:
            self.at += 1
            return frozenset([kept(frozen(part)) for part in self.many(125, depth)])
        if self.at < self.end and self.data[self.at] == 35:
            return self.word()
        start = self.at
        self.word()
        tag = self.text[start:self.at].decode("utf-8", "replace")
        value = self.value(depth + 1)
        return TaggedString(f"#{tag} {value}") if type(value) is str else value

    cdef string(self):
        cdef Py_ssize_t start
        cdef bint escaped = False
        self.at += 1
        start = self.at
        while self.at < self.end and self.data[self.at] != 34:
            if self.data[self.at] == 92:
                escaped = True
                self.at += 1
            self.at += 1
        if self.at >= self.end:
            self.fail("a string has no end")
        text = self.text[start:self.at].decode("utf-8", "replace")
        self.at += 1
        return unescape(text) if escaped else text

    cdef character(self):
        cdef Py_ssize_t start = self.at
        self.at += 2
        while self.at < self.end and not ends_token(self.data[self.at]):
            self.at += 1
        return Character(self.text[start:self.at].decode("utf-8", "replace"))

    cdef word(self):
        cdef Py_ssize_t start = self.at
        cdef long long number = 0
        cdef bint negative = self.data[self.at] == 45
        cdef Py_ssize_t digits
        if negative or self.data[self.at] == 43:
            self.at += 1
        digits = self.at
        while self.at < self.end and 48 <= self.data[self.at] <= 57:
            number = number * 10 + (self.data[self.at] - 48) if self.at - digits < 18 else 0
            self.at += 1
        if digits < self.at <= digits + 18 and (self.at == self.end or ends_token(self.data[self.at])):
            return -number if negative else number
        while self.at < self.end and not ends_token(self.data[self.at]):
            self.at += 1
        if self.at == start:
            self.fail(f"an unexpected {chr(self.data[self.at])!r}")
        token = self.text[start:self.at]
        try:
            return self.words[token]
        except KeyError:
            try:
                found = symbol(token.decode("utf-8", "replace"))
            except ValueError as error:
                self.fail(str(error))
            if len(self.words) < 100_000:
                self.words[token] = found
            return found


cdef frozen(value):
    if isinstance(value, dict):
        return frozenset((key, frozen(part)) for key, part in value.items())
    if isinstance(value, tuple):
        return tuple(map(frozen, value))
    return value


cdef unescape(str text):
    simple = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
    parts = []
    cdef Py_ssize_t at = 0
    while at < len(text):
        if text[at] != "\\" or at + 1 == len(text):
            parts.append(text[at])
            at += 1
        elif text[at + 1] == "u" and at + 6 <= len(text):
            try:
                parts.append(chr(int(text[at + 2:at + 6], 16)))
            except ValueError:
                parts.append(text[at:at + 6])
            at += 6
        else:
            parts.append(simple.get(text[at + 1], text[at + 1]))
            at += 2
    return "".join(parts)


cdef symbol(str token):
    if token[0] == ":":
        return Keyword(token)
    digits = token[1:] if token[0] in "+-" else token
    if not digits[:1].isdigit():
        return Symbol(token)
    if len(token) > LONGEST:
        raise ValueError(f"a number of {len(token):,} characters is too long")
    try:
        if "/" in token:
            return Fraction(token)
        if token.endswith("M"):
            return Decimal(token[:-1])
        if digits.removesuffix("N").isdigit():
            return int(token.removesuffix("N"))
        return float(token)
    except (ValueError, ZeroDivisionError, InvalidOperation):
        raise ValueError(f"{token!r} is no number") from None


def read_edn(bytes text):
    """All values of a text, each as a pair of its line and itself.

    A text that is one vector or list of collections gives those.
    """
    return Reader(text).forms()
