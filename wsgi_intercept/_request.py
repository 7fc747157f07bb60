"""The bytes of a request -> `Request` (RFC 9112, sections 2 to 7).

A `RequestReader` is fed with bytes, cut at any place, and gives one `Request`, or
raises `BadRequest` with a text that says what was wrong.  It never waits: what has
not come by the time of `RequestReader.finish` will not come.
"""

import io
import re
import shutil

from ._body import ChunkedBody, LengthBody, Spool
from ._compat import from_bytes
from ._errors import BadRequest
from ._grammar import FIELD_LINE, METHOD, NUMBER, in_bytes

HEAD_LIMIT = 1 << 20        # bytes of a request line and header section

# request-line = method SP request-target SP HTTP-version   RFC 9112, 3
# Bytes in a target that are not ASCII are let pass.
REQUEST_LINE = r'(' + METHOD + r') ([\x21-\x7e\x80-\xff]+) (HTTP/1\.[0-9])\r\n'

_head = re.compile(in_bytes(REQUEST_LINE + r'((?:' + FIELD_LINE + r')*)\r\n\Z'))
_request_line = re.compile(in_bytes(REQUEST_LINE))
_field_line = re.compile(in_bytes(FIELD_LINE + r'\Z'))
_number = re.compile(NUMBER + r'\Z')
# obs-fold: replaced with a space                           RFC 9112, 5.2
_obs_fold = re.compile(br'(?<![\t ])[\t ]*\r\n[\t ]+')


class Request(object):
    """One request.

    :ivar method, target, version: of the request line, native strings
    :ivar fields: the header section, a list of ``(name, value)``, native strings
    :ivar head: the bytes that these were made of
    :ivar chunked: whether the message body came in chunks
    :ivar length: the number of bytes of the message body, or ``None``
    :ivar body: a binary file with the message body (its chunks put together)
    """

    __slots__ = ('method', 'target', 'version', 'fields', 'head', 'chunked', 'length',
                 'body')

    def as_file(self):
        """The request as a binary file, with a message body that is not chunked."""
        copy = Spool()
        head = self.head
        if self.chunked:
            lines = [line for line in head.split(b'\r\n')
                     if not line.lower().startswith((b'transfer-encoding:',
                                                     b'content-length:'))]
            length = 'Content-Length: %d' % self.length
            lines[-2:] = [length.encode('ascii'), b'', b'']
            head = b'\r\n'.join(lines)
        copy.write(head)
        shutil.copyfileobj(self.body, copy)
        self.body.seek(0)
        return copy.finish()


def parse_head(head):
    """Parse a request line and header section, without body.

    :param head: bytes up to and with the empty line
    :raises BadRequest: if they are not as RFC 9112 says
    """
    match = _head.match(head)
    if match is None:
        match = _head.match(_unfolded(head))
        if match is None:
            raise BadRequest(_complaint(head))
    method, target, version, lines = match.groups()
    request = Request()
    request.head = head
    request.method = from_bytes(method)
    request.target = from_bytes(target)
    request.version = from_bytes(version)
    request.fields = fields = []
    for line in from_bytes(lines).split('\r\n'):
        if line:
            name, _colon, value = line.partition(':')
            fields.append((name, value.strip('\t ')))
    _read_framing(request)
    return request


def _unfolded(head):
    """`head` with each obs-fold of its field lines replaced with a space."""
    first, line_end, rest = head.partition(b'\r\n')
    name, colon, value = rest.partition(b':')
    return first + line_end + name + colon + _obs_fold.sub(b' ', value)


def _complaint(head):
    """What is wrong with `head`, which does not match."""
    line_end = head.find(b'\r\n') + 2
    if not _request_line.match(head[:line_end]):
        return ('bad request line: %r; it must be a method in upper case, a target '
                'and HTTP/1.0 or HTTP/1.1' % (head[:line_end - 2],))
    for line in _unfolded(head)[line_end:-2].split(b'\r\n')[:-1]:
        if not _field_line.match(line + b'\r\n'):
            return ('bad header field: %r; it must be a name, a colon and a value '
                    'without control characters' % (line,))
    return 'bad header section: %r' % (head,)


def _read_framing(request):
    """Set how the message body is delimited (RFC 9112, section 6.3)."""
    request.chunked = False
    request.length = None
    lengths = []
    codings = []
    hosts = 0
    for name, value in request.fields:
        name = name.lower()
        if name == 'content-length':
            lengths.append(value)
        elif name == 'transfer-encoding':
            codings.extend(item.strip('\t ').lower() for item in value.split(','))
        elif name == 'host':
            hosts += 1
    if hosts > 1:       # RFC 9112, section 3.2
        raise BadRequest('%d Host fields; there must be one' % hosts)
    if codings:
        _check_codings([coding for coding in codings if coding], request.version)
        request.chunked = True
    elif lengths:
        if len(lengths) > 1 or not _number.match(lengths[0]):
            raise BadRequest('bad Content-Length: %r; it must be one number'
                             % (', '.join(lengths),))
        request.length = int(lengths[0])


def _check_codings(codings, version):
    """Refuse all but one ``chunked`` in HTTP/1.1 (RFC 9112, sections 6.1 and 7)."""
    text = ', '.join(codings)
    if version == 'HTTP/1.0':
        raise BadRequest('bad Transfer-Encoding: %r; HTTP/1.0 has none' % (text,))
    if set(codings) != set(['chunked']):
        raise BadRequest('unknown Transfer-Encoding: %r; only chunked is known'
                         % (text,), '501 Not Implemented')
    if len(codings) > 1:
        raise BadRequest('bad Transfer-Encoding: %r; chunked is applied once' % (text,))


class RequestReader(object):
    """Reads one request from bytes that are cut at any place."""

    def __init__(self):
        self._head = b''
        self._request = None
        self._body = None
        self._error = None

    @property
    def empty(self):
        """Whether nothing has come."""
        return not self._head and self._request is None and self._error is None

    @property
    def awaits_continue(self):
        """Whether the client waits for ``100 Continue`` before it sends the body."""
        return (self._request is not None and self._error is None
                and self._body is not None and not self._body.complete
                and self._request.version != 'HTTP/1.0'
                and any(name.lower() == 'expect' and value.lower() == '100-continue'
                        for name, value in self._request.fields))

    def feed(self, data):
        """Take more bytes of the request; what follows its end is dropped."""
        if self._error is None:
            try:
                self._feed(data)
            except BadRequest as error:
                self._error = error

    def _feed(self, data):
        if self._request is None:
            # RFC 9112, section 2.2: empty lines before the request line are ignored.
            data = self._head + data if self._head else data.lstrip(b'\r\n')
            end = data.find(b'\r\n\r\n', max(0, len(self._head) - 3)) + 4
            if max(end, len(data) if end < 4 else 0) > HEAD_LIMIT:
                raise BadRequest(
                    'the header section has more than %d bytes' % HEAD_LIMIT,
                    '431 Request Header Fields Too Large')
            if end < 4:
                self._head = data
                return
            self._request = request = parse_head(data[:end])
            if request.chunked:
                self._body = ChunkedBody()
            elif request.length:
                self._body = LengthBody(request.length)
            data = data[end:]
        if data and self._body is not None:
            self._body.feed(data)

    def finish(self):
        """The request.

        :raises BadRequest: if what came is none, or not the whole of one
        """
        if self._error is not None:
            raise self._error
        request = self._request
        if request is None:
            raise BadRequest('the header section is not complete: %r; its lines, and '
                             'the empty one at its end, end with CR LF'
                             % (self._head[:200],))
        if self._body is None:
            request.body = io.BytesIO()
        else:
            request.body, request.length = self._body.finish()
        return request
