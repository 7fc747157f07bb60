"""The message body of a request (RFC 9112, sections 6 and 7), taken piece by piece.

`LengthBody` and `ChunkedBody` are fed with what comes after the header section, and
give the payload as a binary file.
"""

import io

from ._errors import BadRequest
from ._grammar import CHUNK_LINE, FIELD_LINE, Rule, in_bytes

MEMORY_LIMIT = 1 << 20      # bytes of a message body; beyond, it is in a file
LINE_LIMIT = 1 << 16        # bytes of a chunk-size or trailer line

_chunk_line = Rule(in_bytes(CHUNK_LINE + r'\Z'))
_field_line = Rule(in_bytes(FIELD_LINE + r'\Z'))


class Spool(object):
    """Takes bytes in pieces; in memory, until there are more than `MEMORY_LIMIT`."""

    def __init__(self):
        self.size = 0
        self._pieces = []
        self._file = None

    def write(self, data):
        self.size += len(data)
        if self._file is not None:
            self._file.write(data)
            return
        self._pieces.append(data)
        if self.size > MEMORY_LIMIT:
            from ._body_file import BodyFile        # few bodies are so large
            self._file = BodyFile()
            self._file.rollover()       # on the disk: nothing is copied in memory
            self._file.writelines(self._pieces)
            self._pieces = []

    def finish(self):
        """A binary file of all that was written, and its bytes or ``None``."""
        if self._file is None:
            data = b''.join(self._pieces)
            return io.BytesIO(data), data
        self._file.seek(0)
        return self._file, None


class LengthBody(object):
    """A message body of a known number of bytes (RFC 9112, section 6.2)."""

    def __init__(self, length):
        self._missing = self._length = length
        self._spool = Spool()
        self._whole = None

    @property
    def complete(self):
        return not self._missing

    def feed(self, data):
        if len(data) > self._missing:       # what follows is no part of the message
            data = data[:self._missing]
        self._missing -= len(data)
        if len(data) == self._length:
            self._whole = data              # nothing is copied, or goes to a file
        elif data:
            self._spool.write(data)

    def finish(self):
        if self._missing:
            raise BadRequest('the message body ended after %d bytes of the %d that '
                             'Content-Length gives'
                             % (self._length - self._missing, self._length))
        if self._whole is None:
            file, data = self._spool.finish()
        else:
            file, data = io.BytesIO(self._whole), self._whole
        return file, data, self._length


class ChunkedBody(object):
    """A message body in chunks (RFC 9112, section 7.1); trailers are dropped."""

    def __init__(self):
        self._spool = Spool()
        self._rest = b''        # the start of a line whose end has not come
        self._missing = 0       # bytes of the chunk's data that have not come
        self._data_end = False  # whether the line end after the data is to come
        self._trailers = False  # whether the last chunk has come
        self.complete = False

    def feed(self, data):
        data = self._rest + data if self._rest else data
        position, size = 0, len(data)
        pieces = []
        while position < size and not self.complete:
            if self._missing:
                piece = data[position:position + self._missing]
                pieces.append(piece)
                position += len(piece)
                self._missing -= len(piece)
                self._data_end = True
                continue
            after = self._read_line(data, position)
            if after == position:
                break
            position = after
        self._rest = data[position:]
        if pieces:
            self._spool.write(b''.join(pieces))

    def _read_line(self, data, position):
        """Read the line at `position`; return the place after it, or `position`."""
        if self._data_end:
            if not b'\r\n'.startswith(data[position:position + 2]):
                raise BadRequest('bad chunk: %r where its data should end with a '
                                 'line end' % (data[position:position + 2],))
            if position + 2 > len(data):
                return position
            self._data_end = False
            return position + 2
        end = data.find(b'\n', position) + 1
        if (end or len(data)) - position > LINE_LIMIT:
            raise BadRequest('bad chunk: a line of more than %d bytes' % LINE_LIMIT)
        if not end:
            return position
        line = data[position:end]
        if not self._trailers:
            match = _chunk_line.match(line)
            if match is not None:
                self._missing = int(match.group(1), 16)
                self._trailers = not self._missing
                return end
            raise BadRequest('bad chunk size: %r; it must be a hexadecimal number'
                             % (line[:80],))
        if line == b'\r\n':
            self.complete = True
        elif not _field_line.match(line):
            raise BadRequest('bad trailer field: %r' % (line[:80],))
        return end

    def finish(self):
        if not self.complete:
            raise BadRequest('the message body ended before its last chunk, after %d '
                             'bytes' % self._spool.size)
        file, data = self._spool.finish()
        return file, data, self._spool.size


class Reread(io.RawIOBase):
    """Reads a file from its start, and leaves it at the place where it is."""

    def __init__(self, file):
        io.RawIOBase.__init__(self)
        self._file = file
        self._position = 0

    def readable(self):
        return True

    def readinto(self, buffer):
        place = self._file.tell()
        try:
            self._file.seek(self._position)
            data = self._file.read(len(buffer))
        finally:
            self._file.seek(place)
        self._position += len(data)
        buffer[:len(data)] = data
        return len(data)


def reread(body):
    """A new binary file, at its start, of a message body that may have been read.

    :param body: what ``finish()`` of a body has given
    """
    return io.BufferedReader(Reread(body))
