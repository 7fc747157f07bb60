"""`Response` -> the bytes that the client reads (RFC 9112, sections 4, 6 and 7)."""

import io
import itertools
import re

import six

from ._compat import remembering, to_bytes
from ._descriptor import hung_up_fileno
from ._errors import CutOff
from ._settings import package, trace

CONTINUE = b'HTTP/1.1 100 Continue\r\n\r\n'
COMPLETE_LIMIT = 1 << 16    # bytes of a body that is put together in memory
JOIN_LIMIT = 1 << 12        # bytes of a chunk that goes with what is around it

REMEMBERED = 16             # lengths of bodies that a head is remembered with

LENGTH_LINE = r'(?im)^content-length:.*\r\n'


class CompleteResponse(io.BytesIO):
    """The bytes of a response, which are all there."""

    __slots__ = ()

    def fileno(self):
        """That of the fake socket."""
        return hung_up_fileno()

    def peek(self, size=0):
        """What is left; as with `io.BufferedReader`, it may be more than `size`."""
        position = self.tell()
        try:
            return self.read()
        finally:
            self.seek(position)


class Stream(io.RawIOBase):
    """Bytes for a client to read."""

    def readable(self):
        return True

    def fileno(self):
        """That of the fake socket."""
        return hung_up_fileno()


class ResponseStream(Stream):
    """The bytes of a response, made from the application's chunks as they are read.

    :param response: a `wsgi_intercept._gateway.Response`
    :param head: the bytes of its status line and header section
    :param chunked: whether the body is sent in chunks (RFC 9112, section 7.1)
    :param length: how many bytes of body there may be, ``None`` for any number
    """

    def __init__(self, response, head, chunked=False, length=None):
        Stream.__init__(self)
        self._response = response
        self._pieces = (in_chunks(response) if chunked else
                        up_to_length(response, length))
        first = next(self._pieces, b'')     # with it, the application may be at its end
        if len(first) > JOIN_LIMIT:
            # An iterator, which lets go of what it has given.
            self._pieces = itertools.chain(iter([first]), self._pieces)
            first = b''
        self._rest = head + first

    def readinto(self, buffer):
        """Put one piece into `buffer`, or what fits there: `io` asks for more.

        So a chunk as large as what the client reads is copied once, to its place.
        """
        try:
            piece = self._rest or next(self._pieces, b'')
        except CutOff:
            return 0
        size, room = len(piece), len(buffer)
        if size > room:
            piece = memoryview(piece)
            self._rest = piece[room:]
            buffer[:] = piece[:room]
            return room
        self._rest = b''
        buffer[:size] = piece
        return size

    def stop(self):
        """Nothing more is read, also where another thread reads: the end has come."""
        self._pieces, self._rest = iter(()), b''

    def close(self):
        """The client has read all, or wants no more: the application is closed."""
        if not self.closed:
            Stream.close(self)
            self.stop()
            self._response.close()
            self._response.forget()


def up_to_length(response, length):
    """The chunks of an application, ``None`` for `length`: all of them.

    The chunk that reaches the length ends the application, before it is given.
    """
    left = float('inf') if length is None else length
    chunk = response.take_first()
    while chunk:
        if package.debuglevel:
            trace(2, 'body: %r', chunk)
        if len(chunk) >= left:
            try:
                response.finish()
            except CutOff:      # the client has all that it is to get
                pass
            yield chunk[:left]
            return
        left -= len(chunk)
        yield chunk
        chunk = None            # it is gone when the next is made
        chunk = response.next_chunk()


def in_chunks(response):
    """The chunks of an application with what goes around them, and the last chunk."""
    chunk = response.take_first()
    while chunk:
        if package.debuglevel:
            trace(2, 'body: %r', chunk)
        line = size_line(len(chunk))
        if len(chunk) > JOIN_LIMIT:
            yield line
            yield chunk
            yield b'\r\n'
        else:
            yield line + chunk + b'\r\n'
        chunk = None            # it is gone when the next is made
        chunk = response.next_chunk()
    yield b'0\r\n\r\n'


@remembering(REMEMBERED)
def size_line(size):
    """The line before the data of a chunk (RFC 9112, section 7.1)."""
    return ('%x\r\n' % size).encode('ascii')


class RaisingStream(Stream):
    """Raises an error to the client when it reads the response.

    Not before: a client's response object that has got no file is not whole, and
    fails once more when it is destroyed (Python 3.13's http.client tells).

    :param exc_info: of the error, as :func:`sys.exc_info` gives it
    """

    def __init__(self, exc_info):
        Stream.__init__(self)
        self._exc_info = exc_info

    def readinto(self, buffer):
        exc_info, self._exc_info = self._exc_info, None
        if exc_info is None:
            return 0
        try:
            six.reraise(*exc_info)
        finally:
            del exc_info


class InterimStream(Stream):
    """``100 Continue``, and what follows when the client has read that.

    :param respond: called then; returns the binary file of the final response
    """

    def __init__(self, respond):
        Stream.__init__(self)
        self._respond = respond
        self._file = io.BytesIO(CONTINUE)

    def readinto(self, buffer):
        data = self._file.read1(len(buffer))
        if not data and self._respond is not None:
            self._file, self._respond = self._respond(), None
            data = self._file.read1(len(buffer))
        buffer[:len(data)] = data
        return len(data)

    def close(self):
        """The final response is closed with it."""
        if not self.closed:
            Stream.close(self)
            self._respond = None
            self._file.close()


def respond(response, request_head):
    """Frame a response (RFC 9112, section 6.3).

    :param response: a `wsgi_intercept._gateway.Response`
    :param request_head: that of the request that it answers
    :returns: a binary file
    """
    head, chunks = response.head, response.chunks
    if package.debuglevel:
        trace(1, 'response: %s', head.status)
        trace(2, '%s', head.field_lines)
    if request_head.method == 'HEAD' or head.has_no_body:
        response.close()
        response.forget()
        return CompleteResponse(head_data(head) + b'\r\n')
    if chunks is None:
        return respond_in_pieces(response, head_data(head), request_head.version)
    size = sum(map(len, chunks))
    data = head.complete.get(size) or complete_data(head, size)
    if size > COMPLETE_LIMIT:
        response.take_chunks()
        length = size if head.length is None else head.length
        return io.BufferedReader(ResponseStream(response, data, False, length))
    body = b''.join(chunks)
    response.chunks = None      # as forget() does
    if package.debuglevel:
        trace(2, 'body: %r', body)
    return CompleteResponse(data + body[:head.length])


def complete_data(head, size):
    """The bytes before a body of so many bytes, which is sent at once."""
    data = head_data(head)
    if head.length is None:
        data += ('Content-Length: %d\r\n' % size).encode('ascii')
    data += b'\r\n'
    whole = head.length is None or head.length >= size
    if whole and size <= COMPLETE_LIMIT and len(head.complete) < REMEMBERED:
        head.complete[size] = data
    return data


def respond_in_pieces(response, data, version):
    """Frame a response whose chunks come as they are asked for.

    :param data: the status line and header section, without the empty line
    :param version: the version of HTTP in the request
    """
    length = response.head.length
    chunked = length is None and version != 'HTTP/1.0'
    data += b'Transfer-Encoding: chunked\r\n\r\n' if chunked else b'\r\n'
    return io.BufferedReader(ResponseStream(response, data, chunked, length))


def head_data(head):
    """The bytes of the status line and header section, without the empty line."""
    status, lines = head.status, head.field_lines
    if len(status) == 3:
        status += ' '       # the space is there without a reason, too
    if status.startswith(('1', '204')):
        # RFC 9110, section 8.6: it must not be sent; servers drop it.
        lines = re.sub(LENGTH_LINE, '', lines)
    return to_bytes('HTTP/1.1 %s\r\n%s' % (status, lines))


def refuse(error):
    """The response to a request that is none.

    :param error: a `wsgi_intercept._errors.BadRequest`
    :returns: a binary file
    """
    body = ('%s\n' % error.reason).encode('utf-8')
    head = ('HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\n'
            'Content-Length: %d\r\nConnection: close\r\n\r\n'
            % (error.status, len(body)))
    return CompleteResponse(head.encode('ascii') + body)
