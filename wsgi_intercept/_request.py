"""The bytes of a request -> `Request` (RFC 9112, sections 2 to 7).

A `RequestReader` is fed with bytes, cut at any place, and gives one `Request`, or
raises `BadRequest` with a text that says what was wrong.  It never waits: what has
not come by the time of `RequestReader.finish` will not come.
"""

import io
import re

from ._body import ChunkedBody, LengthBody, Spool
from ._compat import from_bytes, remembering
from ._errors import BadRequest
from ._grammar import FIELD_LINE, NUMBER, TOKEN, Rule, in_bytes

HEAD_LIMIT = 1 << 20        # bytes of a request line and header section
# Fields of the protocol, for which no other name is taken.
FRAMING = frozenset(['CONTENT_LENGTH', 'CONTENT_TYPE', 'TRANSFER_ENCODING'])
REMEMBERED = 256            # heads and header sections that are remembered, and
REMEMBERED_SIZE = 1 << 12   # how many bytes one may have

# request-line = method SP request-target SP HTTP-version   RFC 9112, 3
# Bytes in a target that are not ASCII are let pass.
REQUEST_LINE = r'(' + TOKEN + r') ([\x21-\x7e\x80-\xff]+) (HTTP/1\.[0-9])\Z'

heads = {}                  # bytes -> RequestHead: clients repeat themselves

_request_line = Rule(REQUEST_LINE)
_field_lines = Rule(in_bytes(r'(?:' + FIELD_LINE + r')*\Z'))
_field_line = Rule(in_bytes(FIELD_LINE + r'\Z'))
_number = Rule(NUMBER + r'\Z')
# obs-fold: replaced with a space                           RFC 9112, 5.2
OBS_FOLD = br'(?<![\t ])[\t ]*\r\n[\t ]+'


class HeaderSection(object):
    """A header section; many requests may share one, so nothing changes it.

    :ivar fields: a list of ``(name, value)``, native strings
    :ivar environ: the part of an environ that they are
    :ivar chunked: whether the message body comes in chunks
    :ivar length: the number of bytes that ``Content-Length`` gives, or ``None``
    :ivar expects_continue: whether the client may wait before it sends the body
    """

    __slots__ = ('fields', 'environ', 'chunked', 'length', 'expects_continue')


class RequestHead(object):
    """A request line and header section; many requests may share one, too.

    :ivar method, target, version: of the request line, native strings
    :ivar section: the `HeaderSection`
    :ivar data: the bytes that these were made of, without the empty line
    :ivar size: the number of bytes that follow, or ``None`` if they come in chunks
    :ivar short: the same, where such a request may go the short way; else ``None``
    :ivar environs: what is remembered of the environs of its requests, a dict
    """

    __slots__ = (
        'method', 'target', 'version', 'section', 'data', 'size', 'short', 'environs')


class Request(object):
    """One request.

    :ivar head: the `RequestHead`
    :ivar body: a binary file with the message body (its chunks put together)
    :ivar data: the message body, bytes, or ``None`` if it is a large one
    :ivar length: the number of its bytes
    """

    __slots__ = ('head', 'body', 'data', 'length')

    def __init__(self, head, data):
        self.head, self.data = head, data
        self.body, self.length = io.BytesIO(data), len(data)

    def as_file(self):
        """The request as a binary file, with a message body that is not chunked."""
        import shutil           # it takes long, and few need it

        copy = Spool()
        data = self.head.data
        if self.head.section.chunked:
            lines = [line for line in data.split(b'\r\n')
                     if not line.lower().startswith((b'transfer-encoding:',
                                                     b'content-length:'))]
            length = 'Content-Length: %d' % self.length
            data = b'\r\n'.join(lines + [length.encode('ascii')])
        copy.write(data + b'\r\n\r\n')
        shutil.copyfileobj(self.body, copy)
        self.body.seek(0)
        return copy.finish()[0]


def complete_head(data):
    """The head of nearly every request: it comes in one piece, and is as it should be.

    Whatever is otherwise is for a `RequestReader`, which can tell what is wrong.

    :param data: what the client has sent first, bytes, or ``None``
    :returns: the `RequestHead` whose bytes these are, with the empty line, and no
        others; or ``None``
    """
    if not data or len(data) > REMEMBERED_SIZE:
        return None
    if data.find(b'\r\n\r\n') != len(data) - 4:
        return None
    try:
        return read_head(data[:-4])
    except BadRequest:
        return None


def remember(data):
    """`complete_head`, with the result in `heads`, so that it is parsed once."""
    head = complete_head(data)
    if head is not None:
        if len(heads) >= REMEMBERED:
            heads.clear()
        heads[data] = head
    return head


def read_head(data):
    """Parse a request line and header section.

    :param data: their bytes, without the empty line
    :returns: a `RequestHead`
    :raises BadRequest: if they are not as RFC 9112 says
    """
    line, line_end, lines = data.partition(b'\r\n')
    match = _request_line.match(from_bytes(line))
    if match is None:
        raise BadRequest('bad request line: %r; it must be a method, a target and '
                         'HTTP/1.0 or HTTP/1.1' % (line,))
    head = RequestHead()
    head.data = data
    head.method, head.target, head.version = match.groups()
    read = remembered_section if len(lines) <= REMEMBERED_SIZE else read_section
    head.section = section = read(lines + line_end)
    if section.chunked and head.version == 'HTTP/1.0':
        raise BadRequest('bad Transfer-Encoding: HTTP/1.0 has none, but the request '
                         'says chunked')
    head.size = None if section.chunked else section.length or 0
    head.short = None if head.method == 'HEAD' else head.size
    head.environs = {}
    return head


def read_section(lines):
    """Parse the field lines of a header section.

    :param lines: bytes, each line with its end
    :returns: a `HeaderSection`
    :raises BadRequest: if they are not as RFC 9112 says
    """
    if not _field_lines.match(lines):
        name, colon, rest = lines.partition(b':')
        lines = name + colon + re.sub(OBS_FOLD, b' ', rest)
        if not _field_lines.match(lines):
            raise BadRequest(_complaint(lines))
    section = HeaderSection()
    section.fields = fields = []
    for line in from_bytes(lines).split('\r\n')[:-1]:
        name, _colon, value = line.partition(':')
        fields.append((name, value.strip('\t ')))
    section.environ = environ_of(fields)
    _read_framing(section)
    return section


#: What one client asks has mostly the same header section.
remembered_section = remembering(REMEMBERED)(read_section)


def _complaint(lines):
    """What is wrong with field lines that do not match."""
    for line in lines.split(b'\r\n')[:-1]:
        if not _field_line.match(line + b'\r\n'):
            return ('bad header field: %r; it must be a name, a colon and a value '
                    'without control characters' % (line,))
    return 'bad header section: %r' % (lines,)


def environ_of(fields):
    """Header fields as an environ has them (RFC 3875, section 4.1.18)."""
    environ = {}
    hyphenated = set(name.upper().replace('-', '_') for name, _value in fields
                     if '_' not in name)
    for name, value in fields:
        key = name.upper().replace('-', '_')
        # Servers drop all such names.  Clients under test may send them: here X_A is
        # dropped where it would be taken for another field, as for X-A.
        if '_' in name and (key in hyphenated or key in FRAMING):
            continue
        if key not in ('CONTENT_TYPE', 'CONTENT_LENGTH'):
            key = 'HTTP_' + key
        if key in environ:
            separator = '; ' if key == 'HTTP_COOKIE' else ','
            value = environ[key] + separator + value
        environ[key] = value
    return environ


def _read_framing(section):
    """Set how the message body is delimited (RFC 9112, section 6.3)."""
    section.chunked = False
    section.length = None
    section.expects_continue = False
    lengths = []
    codings = []
    hosts = 0
    for name, value in section.fields:
        name = name.lower()
        if name == 'content-length':
            lengths.append(value)
        elif name == 'transfer-encoding':
            codings.extend(item.strip('\t ').lower() for item in value.split(','))
        elif name == 'expect' and value.lower() == '100-continue':
            section.expects_continue = True
        elif name == 'host':
            hosts += 1
    if hosts > 1:       # RFC 9112, section 3.2
        raise BadRequest('%d Host fields; there must be one' % hosts)
    if codings:
        _check_codings([coding for coding in codings if coding])
        section.chunked = True
    elif lengths:
        if len(lengths) > 1 or not _number.match(lengths[0]):
            raise BadRequest('bad Content-Length: %r; it must be one number'
                             % (', '.join(lengths),))
        section.length = int(lengths[0])


def _check_codings(codings):
    """Refuse all but one ``chunked`` (RFC 9112, sections 6.1 and 7)."""
    text = ', '.join(codings)
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
                and self._request.head.version != 'HTTP/1.0'
                and self._request.head.section.expects_continue)

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
            head = read_head(data[:end - 4])
            self._request = Request(head, b'')
            if head.section.chunked:
                self._body = ChunkedBody()
            elif head.size:
                self._body = LengthBody(head.size)
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
        if self._body is not None:
            request.body, request.data, request.length = self._body.finish()
        return request
