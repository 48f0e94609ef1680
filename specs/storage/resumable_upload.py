"""A resumable upload: a large file arrives whole, piece by piece, over a connection that breaks.

The tus protocol for resumable uploads, version 1.0, 2016; "Resumable Uploads for HTTP",
draft-ietf-httpbis-resumable-upload, section on offsets. The client asks the server how much it has, and sends the
next piece with the offset where it goes; the server takes a piece only at the offset where it is. When all is there
the server compares the checksum, and commits the file under its name in one step.

*Choices.* Pieces are numbered, and a whole file is all of them in order. A request or its answer may be lost, and a
request may be delayed and come when the client has already asked anew. The server keeps what it has on disk; the
client may crash and begin again by asking.

*Bounds.* ``pieces``, ``losses``, ``attempts`` for each piece.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from modelcheck import Network, Spec, action, invariant, reachable, require, terminal


@frozen
class Piece:
    """A piece, and the offset where it goes."""

    offset: int
    number: int


class ResumableUpload(Spec):
    """A client, a server, and a file of some pieces."""

    pieces: int = 3
    losses: int = 1
    attempts: int = 2

    def init(self) -> None:
        """Nothing is uploaded."""
        self.network: Network[Piece] = Network(losses=self.losses)
        self.stored: tuple[int, ...] = ()
        self.file: tuple[int, ...] | None = None
        self.position: int | None = None
        self.left = dict.fromkeys(range(self.pieces), self.attempts)

    def arriving(self) -> Iterable[Piece]:
        """The pieces under way."""
        return self.network.deliverable()

    @action
    def ask(self) -> None:
        """The client asks for the offset, at the start and whenever the connection was broken."""
        require(self.position is None)
        require(self.file is None)
        self.position = len(self.stored)

    @action
    def send(self) -> None:
        """The client sends the next piece."""
        require(self.position is not None)
        position = self.position or 0
        require(position < self.pieces)
        require(self.left[position] > 0)
        self.left[position] -= 1
        self.network.send(Piece(position, position))
        self.position = position + 1

    @action
    def break_off(self) -> None:
        """The connection breaks; what is under way may still arrive."""
        require(self.position is not None)
        self.position = None

    @action(arriving)
    def store(self, m: Piece) -> None:
        """The server takes a piece that fits."""
        self.network.receive(m)
        if self.file is None and self.fits(m):
            self.stored = (*self.stored, m.number)

    def fits(self, m: Piece) -> bool:
        """Upload-Offset is the current offset; else 409 Conflict."""
        return m.offset == len(self.stored)

    @action
    def commit(self) -> None:
        """The upload is complete: the file is there, all at once."""
        require(self.file is None)
        require(self.is_complete())
        self.file = self.stored

    def is_complete(self) -> bool:
        """The checksum of what is stored is that of the file."""
        return self.stored == tuple(range(self.pieces))

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant
    def whole_or_not_at_all(self) -> bool:
        """The file that is there is the client's."""
        return self.file is None or self.file == tuple(range(self.pieces))

    @invariant
    def what_is_stored_is_a_beginning(self) -> bool:
        """So an upload can always go on."""
        return self.stored == tuple(range(len(self.stored)))

    @reachable
    def resumes(self) -> bool:
        """The file can be there although a piece was sent twice."""
        return self.file is not None and min(self.left.values()) == 0

    @terminal
    def may_end(self) -> bool:
        """The upload is done, or the attempts are over."""
        return True
