"""`Response` -> the bytes that the client reads (RFC 9112, sections 4, 6 and 7)."""

import collections
import io
import re

import six

from . import _settings
from ._compat import to_bytes
from ._errors import CutOff

CONTINUE = b'HTTP/1.1 100 Continue\r\n\r\n'
COMPLETE_LIMIT = 1 << 16    # bytes of a body that is put together in memory

_length_line = re.compile(r'^content-length:.*\r\n', re.IGNORECASE | re.MULTILINE)


class ResponseStream(io.RawIOBase):
    """The bytes of a response, made from the application's chunks as they are read.

    :param response: a `wsgi_intercept._gateway.Response`
    :param head: the bytes of its status line and header section
    :param chunked: whether the body is sent in chunks (RFC 9112, section 7.1)
    :param length: how many bytes of body there may be, ``None`` for any number
    """

    def __init__(self, response, head, chunked=False, length=None):
        io.RawIOBase.__init__(self)
        self._response = response
        self._chunked = chunked
        self._left = length
        self._ended = False
        self._pending = collections.deque([memoryview(head)])
        self._take(response.take_first())

    def readable(self):
        return True

    def readinto(self, buffer):
        """Fill `buffer` with what is there; ask the application if there is nothing."""
        while not self._pending:
            if self._ended:
                return 0
            self._ended = True      # also when the application raises
            try:
                chunk = self._response.next_chunk()
            except CutOff:
                return 0
            self._ended = False
            self._take(chunk)
        filled, size = 0, len(buffer)
        while self._pending and filled < size:
            piece = self._pending.popleft()
            if len(piece) > size - filled:
                self._pending.appendleft(piece[size - filled:])
                piece = piece[:size - filled]
            buffer[filled:filled + len(piece)] = piece
            filled += len(piece)
        return filled

    def _take(self, chunk):
        """Put one chunk of the application, ``b''`` at the end, in line."""
        pending = self._pending
        if not chunk:
            self._ended = True
            if self._chunked:
                pending.append(memoryview(b'0\r\n\r\n'))
            return
        if _settings.package.debuglevel:
            _settings.trace(2, 'body: %r', chunk)
        piece = memoryview(chunk)
        if self._chunked:
            pending.append(memoryview(('%x\r\n' % len(chunk)).encode('ascii')))
            pending.append(piece)
            pending.append(memoryview(b'\r\n'))
            return
        if self._left is not None:
            piece = piece[:self._left]
            self._left -= len(piece)
            if not self._left:
                self._ended = True
                self._finish()
        if piece:
            pending.append(piece)

    def _finish(self):
        try:
            self._response.finish()
        except CutOff:          # the client has all that it is to get
            pass

    def close(self):
        """The client has read all, or wants no more: the application is closed."""
        if not self.closed:
            io.RawIOBase.close(self)
            self._ended = True
            self._pending.clear()
            self._response.close()
            self._response.forget()


class RaisingStream(io.RawIOBase):
    """Raises an error to the client when it reads the response.

    Not before: a client's response object that has got no file is not whole, and
    fails once more when it is destroyed (Python 3.13's http.client tells).

    :param exc_info: of the error, as :func:`sys.exc_info` gives it
    """

    def __init__(self, exc_info):
        io.RawIOBase.__init__(self)
        self._exc_info = exc_info

    def readable(self):
        return True

    def readinto(self, buffer):
        exc_info, self._exc_info = self._exc_info, None
        if exc_info is None:
            return 0
        try:
            six.reraise(*exc_info)
        finally:
            del exc_info


class InterimStream(io.RawIOBase):
    """``100 Continue``, and what follows when the client has read that.

    :param respond: called then; returns the binary file of the final response
    """

    def __init__(self, respond):
        io.RawIOBase.__init__(self)
        self._respond = respond
        self._file = io.BytesIO(CONTINUE)

    def readable(self):
        return True

    def readinto(self, buffer):
        data = self._file.read1(len(buffer))
        if not data and self._respond is not None:
            self._file, self._respond = self._respond(), None
            data = self._file.read1(len(buffer))
        buffer[:len(data)] = data
        return len(data)


def respond(response, request):
    """Frame a response (RFC 9112, section 6.3).

    :param response: a `wsgi_intercept._gateway.Response`
    :param request: the request that it answers
    :returns: a binary file
    """
    head = response.head
    data = head.data
    if data is None:
        head.data = data = head_data(head)
    if request.method == 'HEAD' or head.has_no_body:
        response.close()
        response.forget()
        return io.BytesIO(data + b'\r\n')
    chunks = response.chunks
    if chunks is None:
        return respond_in_pieces(response, data, request.version)
    size = sum(map(len, chunks))
    length = head.length
    if length is None:
        length = size
        data += ('Content-Length: %d\r\n\r\n' % size).encode('ascii')
    else:
        data += b'\r\n'
    if size > COMPLETE_LIMIT:
        response.take_chunks()
        return io.BufferedReader(ResponseStream(response, data, False, length))
    body = b''.join(chunks)
    response.chunks = None      # as forget() does
    if _settings.package.debuglevel:
        _settings.trace(2, 'body: %r', body)
    return io.BytesIO(data + (body if size <= length else body[:length]))


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
        lines = _length_line.sub('', lines)
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
    return io.BytesIO(head.encode('ascii') + body)
