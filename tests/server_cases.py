"""The cases of test_against_server.py: requests, and applications that answer them.

An application here takes a third argument, ``note``, with which it writes down what
it saw; its notes are compared like all else.  Nothing but the standard library is
imported: the servers' processes import this module.
"""

import collections
import hashlib
import io
import tempfile

CASES = collections.OrderedDict()

TEXT = ('Content-Type', 'text/plain')
HOST = b'Host: example.org'
CLOSE = b'Connection: close'
CHUNKED = b'Transfer-Encoding: chunked'

#: In the parts of a raw request: wait for an interim response before the next.
WAIT = object()


class Oops(Exception):
    """An error of an application."""


def shown(data):
    """Bytes in the terms of JSON; of many bytes, how many and which."""
    if len(data) > 300:
        return '%d bytes: %s' % (len(data), hashlib.md5(data).hexdigest())
    return data.decode('latin-1')


# The applications.

def tell(environ, start_response, note):
    """Reads the message body to its end; a plain answer."""
    note(shown(environ['wsgi.input'].read()))
    start_response('200 OK', [TEXT, ('Content-Length', '4')])
    return [b'told']


def answer(status='200 OK', headers=(TEXT,), chunks=(b'told',), kind=list):
    """An application that answers just so."""
    def app(environ, start_response, note):
        start_response(status, list(headers))
        return kind(chunks, note) if kind is Closing else kind(chunks)
    return app


def generator(chunks):
    for chunk in chunks:
        yield chunk


class Closing(object):
    """An iterable that notes when it is closed; an exception among its items is raised.
    """

    def __init__(self, chunks, note):
        self.chunks = iter(chunks)
        self.note = note

    def __iter__(self):
        return self

    def __next__(self):
        chunk = next(self.chunks)
        if isinstance(chunk, Exception):
            raise chunk
        return chunk

    next = __next__

    def close(self):
        self.note('closed')


class Sized(list):
    """A list by another name."""


class Indexed(object):
    """An iterable of the old kind."""

    def __init__(self, chunks):
        self.chunks = chunks

    def __getitem__(self, index):
        return self.chunks[index]


def reading(*calls):
    """An application that reads the message body by `calls`, and notes the results."""
    def app(environ, start_response, note):
        body = environ['wsgi.input']
        for call in calls:
            result = (list(body) if call[0] == 'iterate'
                      else getattr(body, call[0])(*call[1:]))
            note(shown(result) if isinstance(result, bytes)
                 else [shown(line) for line in result])
        start_response('200 OK', [TEXT, ('Content-Length', '4')])
        return [b'told']
    return app


def writing(*chunks, **options):
    """An application that uses ``write()`` for `chunks`."""
    def app(environ, start_response, note):
        write = start_response('200 OK', [TEXT] + options.get('headers', []))
        for chunk in chunks:
            write(chunk)
        return list(options.get('returned', ()))
    return app


def start_in_generator(environ, start_response, note):
    start_response('200 OK', [TEXT])
    yield b'late'


def start_after_empty_chunk(environ, start_response, note):
    yield b''
    start_response('200 OK', [TEXT])
    yield b'later'


def never_start(environ, start_response, note):
    return [b'told']


def start_twice(environ, start_response, note):
    start_response('200 OK', [TEXT])
    try:
        start_response('404 Not Found', [TEXT])
    except Exception:
        note('refused')
    return [b'told']


def start_again_with_exc_info(environ, start_response, note):
    start_response('200 OK', [TEXT, ('X-First', '1')])
    try:
        raise Oops()
    except Oops as error:
        start_response('500 Oops', [TEXT, ('X-Second', '2')],
                       (Oops, error, None))
    return [b'instead']


def start_too_late(environ, start_response, note):
    start_response('200 OK', [TEXT])
    yield b'before'
    try:
        start_response('500 Oops', [TEXT], (Oops, Oops('too late'), None))
    except Oops:
        note('raised')
        raise


def start_again_after_empty_chunk(environ, start_response, note):
    start_response('200 OK', [TEXT, ('X-First', '1')])
    yield b''
    start_response('500 Oops', [TEXT, ('X-Second', '2')], (Oops, Oops(), None))
    yield b'instead'


def change_headers(environ, start_response, note):
    headers = [TEXT, ('X-First', '1')]
    start_response('200 OK', headers)
    headers.append(('X-Second', '2'))
    return [b'told']


def raise_at_once(environ, start_response, note):
    raise Oops()


def raise_after_start(environ, start_response, note):
    start_response('200 OK', [TEXT])
    raise Oops()


def raise_after_write(environ, start_response, note):
    start_response('200 OK', [TEXT])(b'told')
    raise Oops()


def raise_after_write_with_length(environ, start_response, note):
    start_response('200 OK', [TEXT, ('Content-Length', '5')])(b'told')
    raise Oops()


def raise_in_close(environ, start_response, note):
    class Broken(Closing):
        def close(self):
            Closing.close(self)
            raise Oops()
    start_response('200 OK', [TEXT, ('Content-Length', '4')])
    return Broken([b'to', b'ld'], note)


def headers_given(headers):
    """An application that gives ``start_response`` this object as headers."""
    def app(environ, start_response, note):
        start_response('200 OK', headers())
        return [b'told']
    return app


def returning(value):
    """An application that returns this object."""
    def app(environ, start_response, note):
        start_response('200 OK', [TEXT])
        return value
    return app


def wrapped(make, headers=(), block=None):
    """An application that returns ``wsgi.file_wrapper`` of the file ``make(note)``."""
    def app(environ, start_response, note):
        content = make(note)
        start_response('200 OK', [TEXT] + list(headers))
        wrapper = environ['wsgi.file_wrapper']
        return wrapper(content, block) if block else wrapper(content)
    return app


def on_disk(data, position=0):
    def make(note):
        content = tempfile.TemporaryFile()
        content.write(data)
        content.seek(position)
        return content
    return make


def in_memory(data, position=0):
    def make(note):
        content = io.BytesIO(data)
        content.seek(position)
        return content
    return make


class OnlyReads(object):
    """A file-like object of the least: ``read(size)``."""

    def __init__(self, data):
        self._file = io.BytesIO(data)

    def read(self, size):
        return self._file.read(size)


class NotesClose(OnlyReads):
    def __init__(self, data, note):
        OnlyReads.__init__(self, data)
        self._note = note

    def close(self):
        self._note('closed')


def file_wrapper_by_hand(environ, start_response, note):
    wrapper = environ['wsgi.file_wrapper']
    chunks = list(wrapper(io.BytesIO(b'abcdefgh'), 3))
    note([shown(chunk) for chunk in chunks])
    start_response('200 OK', [TEXT])
    return chunks


# The cases.

class Case(object):
    """One request, and the application that answers it.

    The request is either told by its parts, so that every client can send it, or is
    `raw`, a list of bytes that are sent one after the other.

    :param cut: whether the client says no more after `raw`: it is not all of a request
    :param clients: whether to send it by every client, too
    :param raises: the name of the error that the interception raises for the
        application's; a server answers 500 then, or ends the connection
    :ivar follows: where the servers differ, whom to follow; see `follow`
    """

    def __init__(self, name, app=tell, method='GET', target='/', headers=(), body=None,
                 raw=None, cut=False, clients=True, raises=None):
        self.name = name
        self.app = app
        self.method = method
        self.target = target
        self.headers = list(headers)
        self.body = body
        self.parts = self._parts() if raw is None else raw
        self.cut = cut
        self.clients = clients and raw is None and raises is None
        self.raises = raises
        self.follows = {}

    def _parts(self):
        head = ['%s %s HTTP/1.1' % (self.method, self.target), 'Host: example.org',
                'Connection: close']
        head += ['%s: %s' % header for header in self.headers]
        body = b''
        if isinstance(self.body, bytes):
            head.append('Content-Length: %d' % len(self.body))
            body = self.body
        elif self.body is not None:
            head.append('Transfer-Encoding: chunked')
            body = b''.join(chunk(data) for data in self.body if data) + b'0\r\n\r\n'
        return ['\r\n'.join(head + ['', '']).encode('latin-1') + body]


class Own(object):
    """What this library does and no server; for the aspect ``*``, a dict of aspects."""

    def __init__(self, value):
        self.value = value


REFUSED = Own({'status': '400', 'reason': 'Bad Request', 'called': 0, 'notes': []})


def follow(whom, aspect, why, *names):
    """Say whom the interception follows in cases in which the servers differ.

    :param whom: the servers that are right, ``+`` between them, or an `Own`
    :param aspect: of the outcome, see test_against_server.py; ``*`` for all those that
        are not named themselves
    :param why: the reason
    :param names: of the cases
    """
    for name in names:
        assert aspect not in CASES[name].follows, (name, aspect)
        CASES[name].follows[aspect] = whom, why


def case(name, *args, **options):
    assert name not in CASES, name
    CASES[name] = Case(name, *args, **options)


def raw(name, *lines, **options):
    """A case whose request is told in lines, and a ``body``."""
    body = options.pop('body', b'')
    case(name, raw=[b'\r\n'.join(lines + (b'', b'')) + body], **options)


def post(name, *lines, **options):
    raw(name, b'POST / HTTP/1.1', HOST, CLOSE, *lines, **options)


def get(name, *lines, **options):
    raw(name, b'GET / HTTP/1.1', HOST, CLOSE, *lines, **options)


def chunk(data):
    return ('%x\r\n' % len(data)).encode('ascii') + data + b'\r\n'


# The request target.

for name, target in [
        ('root', '/'), ('path', '/path'), ('empty-query', '/?'), ('query', '/a?b=c&d'),
        ('query-only', '/?x'), ('question-mark-in-query', '/a?b?c'),
        ('encoded-slash', '/a%2Fb'), ('encoded-space', '/a%20b'),
        ('encoded-latin-1', '/%e4%F6'), ('encoded-utf-8', '/%C3%A9'),
        ('encoded-percent', '/%25zz'), ('encoded-nul', '/%00'), ('percent-alone', '/%'),
        ('percent-and-no-hex', '/%zz%2'), ('encoded-line-end', '/a%0d%0ab'),
        ('encoded-question-mark', '/a%3Fb?c'), ('encoded-number-sign', '/a%23b'),
        ('parameter', '/a;b=c'), ('parameter-and-query', '/a;b?c;d'),
        ('two-slashes', '//a'), ('two-slashes-and-query', '//a/b?c'),
        ('two-slashes-alone', '//'), ('three-slashes', '///a'),
        ('slashes-within', '/a//b'), ('end-slash', '/a/'), ('dot-dot', '/a/../b'),
        ('dot', '/./a'), ('encoded-dots', '/%2e%2e/a'), ('plus', '/a+b?c+d'),
        ('encoded-query', '/?a%20b=%e4&%2F'), ('colon', '/a:b'), ('at', '/a@b'),
        ('url-in-path', '/http://b/c'), ('url-in-query', '/?a=http://b/c?d'),
        ('sub-delims', "/-._~!$&'()*+,;=:@"), ('no-uri-characters', '/|{}^`<>"\\'),
        ('brackets', '/[::1]?[x]'), ('bracket-after-slashes', '//[x'),
        ('fragment', '/a#b'), ('fragment-after-query', '/a?b#c?d'),
        ('long', '/' + 'x' * 4000), ('long-query', '/?' + 'x' * 4000)]:
    case('target-' + name, target=target)

for name, line in [
        ('asterisk', b'OPTIONS * HTTP/1.1'), ('asterisk-of-get', b'GET * HTTP/1.1'),
        ('absolute', b'GET http://example.com/a?b HTTP/1.1'),
        ('absolute-without-path', b'GET http://example.com HTTP/1.1'),
        ('absolute-with-query-only', b'GET http://example.com?a=b HTTP/1.1'),
        ('absolute-https', b'GET https://example.com/a HTTP/1.1'),
        ('absolute-upper-case', b'GET HTTP://EXAMPLE.com/A HTTP/1.1'),
        ('absolute-with-port', b'GET http://me@example.com:81/a%2Fb HTTP/1.1'),
        ('absolute-two-slashes', b'GET http://example.com//a HTTP/1.1'),
        ('absolute-ftp', b'GET ftp://example.com/a HTTP/1.1'),
        ('absolute-with-fragment', b'GET http://example.com/a#b HTTP/1.1'),
        ('absolute-without-host', b'GET http:///a HTTP/1.1'),
        ('authority', b'CONNECT example.com:443 HTTP/1.1'),
        ('authority-of-get', b'GET example.com:443 HTTP/1.1'),
        ('relative', b'GET a/b HTTP/1.1'), ('relative-query', b'GET ?x HTTP/1.1'),
        ('latin-1', b'GET /\xe4 HTTP/1.1'), ('utf-8', b'GET /\xc3\xa9 HTTP/1.1'),
        ('latin-1-query', b'GET /?\xe4 HTTP/1.1'),
        ('delete-character', b'GET /\x7f HTTP/1.1'), ('nul', b'GET /\0 HTTP/1.1'),
        ('tab', b'GET /a\tb HTTP/1.1'), ('space', b'GET /a b HTTP/1.1'),
        ('empty', b'GET  HTTP/1.1'), ('missing', b'GET HTTP/1.1')]:
    raw('target-' + name, line, HOST, CLOSE)

follow('gunicorn', 'PATH_INFO', 'slashes are the application\'s to make one of',
       'target-two-slashes', 'target-two-slashes-and-query', 'target-two-slashes-alone',
       'target-three-slashes', 'target-bracket-after-slashes',
       'target-absolute-two-slashes')
LET_PASS = 'they arrive as latin-1 (PEP 3333, Unicode Issues), as from older servers'
follow(Own({'status': '200', 'called': 1}), '*', LET_PASS, 'target-latin-1',
       'target-utf-8', 'target-latin-1-query')
follow(Own(('str', b'/\xe4'.decode('latin-1'))), 'PATH_INFO', LET_PASS,
       'target-latin-1')
follow(Own(('str', b'/\xc3\xa9'.decode('latin-1'))), 'PATH_INFO', LET_PASS,
       'target-utf-8')
follow(Own(('str', b'\xe4'.decode('latin-1'))), 'QUERY_STRING', LET_PASS,
       'target-latin-1-query')
follow(Own(('str', 'example.com:443')), 'PATH_INFO',
       'urlsplit() takes the host for a scheme, and leaves the port',
       'target-authority', 'target-authority-of-get')
follow('waitress', '*', 'of no form that RFC 9112, 3.2 has for the method, but not '
       'ambiguous: the application may see it', 'target-asterisk-of-get',
       'target-authority-of-get', 'target-relative', 'target-relative-query')
follow('gunicorn', '*', 'RFC 9112, 3.2: no control characters in a target',
       'target-delete-character', 'target-nul', 'target-tab')
follow('gunicorn+cheroot', '*', 'RFC 9112, 3: the target is not left out',
       'target-missing')

# The method and the version.

for method in ['HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND',
               'M-SEARCH']:
    case('method-' + method.lower(), method=method)

for name, line in [
        ('lower-case', b'get / HTTP/1.1'), ('mixed-case', b'Get / HTTP/1.1'),
        ('one-letter', b'G / HTTP/1.1'), ('all-tchar', b"A!$%&'*+-.^_`|~1 / HTTP/1.1"),
        ('no-token', b'G@T / HTTP/1.1'), ('latin-1', b'G\xcbT / HTTP/1.1'),
        ('empty', b' / HTTP/1.1')]:
    raw('method-' + name, line, HOST, CLOSE)

for name, line in [
        ('1.0', b'GET / HTTP/1.0'), ('1.2', b'GET / HTTP/1.2'),
        ('2.0', b'GET / HTTP/2.0'), ('0.9', b'GET / HTTP/0.9'), ('none', b'GET /'),
        ('lower-case', b'GET / http/1.1'), ('two-digits', b'GET / HTTP/1.10'),
        ('no-point', b'GET / HTTP/11'), ('trailing-space', b'GET / HTTP/1.1 '),
        ('other-protocol', b'GET / SIP/2.0'), ('two-spaces', b'GET /  HTTP/1.1'),
        ('trailing-words', b'GET / HTTP/1.1 x'), ('bare-cr', b'GET / HTTP/1.1\rx'),
        ('letters', b'GET / HTTP/a.b')]:
    raw('version-' + name, line, HOST, CLOSE)

follow('waitress+cheroot', '*', 'RFC 9110, 9.1: a method is any token',
       'method-one-letter')
follow(Own({'status': '200', 'called': 1}), '*', 'RFC 9110, 9.1: a method is any '
       'token; suites of 1.13.1 send such methods', 'method-lower-case',
       'method-mixed-case')
for name, method in [('method-lower-case', 'get'), ('method-mixed-case', 'Get')]:
    follow(Own(('str', method)), 'REQUEST_METHOD', 'as it was sent', name)
follow('gunicorn', 'body', 'RFC 9110, 9.3.2: no content after HEAD', 'method-head')
follow('gunicorn', 'SERVER_PROTOCOL', 'RFC 3875, 4.1.16: as the client sent it',
       'version-1.2')
follow(Own('HTTP/1.1'), 'version', 'RFC 9112, 2.3: the version that is conformed to',
       'version-1.2')
follow('gunicorn', '*', 'RFC 9112, 2.3 and 3: not a version of HTTP/1', 'version-2.0',
       'version-0.9', 'version-none', 'version-trailing-space')

raw('version-1.0-without-fields', b'GET / HTTP/1.0')
raw('version-1.0-kept-alive', b'GET / HTTP/1.0', b'Connection: keep-alive')
raw('version-1.0-with-body', b'POST / HTTP/1.0', b'Content-Length: 3', body=b'abc')
raw('version-1.0-generator', b'GET / HTTP/1.0', app=answer(chunks=[b'a', b'b'],
                                                           kind=generator))
raw('version-1.0-list', b'GET / HTTP/1.0', app=answer())
raw('version-1.0-chunked-body', b'POST / HTTP/1.0', CHUNKED,
    body=b'1\r\na\r\n0\r\n\r\n')
case('start-empty-line', raw=[b'\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close'
                              b'\r\n\r\n'])
case('start-two-empty-lines', raw=[b'\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n'
                                   b'Connection: close\r\n\r\n'])
case('start-space', raw=[b' GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'])
case('line-feeds-only', raw=[b'GET / HTTP/1.1\nHost: a\nConnection: close\n\n'],
     cut=True)
case('line-feed-in-fields', raw=[b'GET / HTTP/1.1\r\nHost: a\nX-A: b\r\n'
                                 b'Connection: close\r\n\r\n'], cut=True)
case('nonsense', raw=[b'nonsense\r\n\r\n'], cut=True)
case('tls-hello', raw=[b'\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n'],
     cut=True)
case('nothing', raw=[b''], cut=True)
case('head-cut', raw=[b'GET / HTTP/1.1\r\nHost: a\r\n'], cut=True)
case('cut-in-pieces', raw=[b'PO', b'ST /a%2', b'Fb HT', b'TP/1.1\r', b'\nHost: a\r\n',
                           b'Connection: close\r\nContent-', b'Length: 3\r\n\r', b'\na',
                           b'b', b'c'])

follow('cheroot', 'version', 'RFC 9110, 6.2: the version of the server, not the '
       'request\'s', 'version-1.0', 'version-1.0-without-fields',
       'version-1.0-kept-alive', 'version-1.0-with-body', 'version-1.0-generator',
       'version-1.0-list')
follow('gunicorn', '*', 'RFC 9112, 6.1: chunks in HTTP/1.0 are faulty framing',
       'version-1.0-chunked-body')
follow('waitress', '*', 'RFC 9112, 2.2: at least one empty line is ignored',
       'start-two-empty-lines')
follow('gunicorn', '*', 'RFC 9112, 3: a request line begins with the method',
       'start-space')
follow('gunicorn+cheroot', '*', 'RFC 9112, 2.2: lines end with CRLF', 'line-feeds-only')
follow('cheroot', '*', 'a server waits for the rest; here it is known that none comes',
       'head-cut')

# Header fields of the request.

for name, fields in [
        ('simple', [('X-Field', 'value')]), ('lower-case', [('x-field', 'Value')]),
        ('digits', [('X-1', '2')]), ('all-tchar', [("X!#$%&'*+-.^`|~1", 'a')]),
        ('empty', [('X-Field', '')]), ('spaces-within', [('X-Field', 'a  b\tc')]),
        ('punctuation', [('X-Field', '"a, b"; c=\'d\' (e) \\f')]),
        ('content-type', [('Content-Type', 'text/plain; charset=utf-8')]),
        ('content-length-0', [('Content-Length', '0')]),
        ('cookie', [('Cookie', 'a=b; c="d"')]), ('authorization',
                                                 [('Authorization', 'Basic YTpi')]),
        ('conditions', [('If-None-Match', '"x", W/"y"'), ('Range', 'bytes=0-1'),
                        ('If-Modified-Since', 'Sat, 01 Jan 2000 00:00:00 GMT')]),
        ('te', [('TE', 'trailers')]), ('upgrade', [('Upgrade', 'h2c')]),
        ('proxy', [('Proxy', 'http://evil.example')]),
        ('forwarded-for', [('X-Forwarded-For', '10.0.0.1')]),
        ('forwarded-proto', [('X-Forwarded-Proto', 'https')]),
        ('forwarded', [('Forwarded', 'for=10.0.0.1;proto=https')]),
        ('environ-names', [('Path-Info', '/x'), ('Request-Method', 'X'),
                           ('Script-Name', '/y'), ('Wsgi.Input', 'z')]),
        ('8000-bytes', [('X-Field', 'x' * 8000)]),
        ('8-kib', [('X-Field', 'x' * 8192)]), ('64-kib', [('X-Field', 'x' * 65000)]),
        ('90', [('X-Field-%d' % number, str(number)) for number in range(90)])]:
    case('field-' + name, headers=fields)

for name, lines in [
        ('100', [('X-%d: y' % number).encode('ascii') for number in range(98)]),
        ('101', [('X-%d: y' % number).encode('ascii') for number in range(99)]),
        ('500', [('X-%d: y' % number).encode('ascii') for number in range(498)]),
        ('repeated', [b'X-A: 1', b'X-B: 2', b'X-A: 3']),
        ('repeated-in-other-case', [b'X-A: 1', b'x-a: 2', b'X-a: 3']),
        ('repeated-empty', [b'X-A:', b'X-A: 2', b'X-A: ']),
        ('repeated-cookie', [b'Cookie: a=b', b'Cookie: c=d']),
        ('repeated-accept', [b'Accept: a/b, c/d', b'Accept: e/f']),
        ('repeated-content-type', [b'Content-Type: a/b', b'Content-Type: c/d']),
        ('repeated-host', [b'Host: example.com']),
        ('repeated-host-the-same', [HOST]),
        ('no-space', [b'X-A:1']), ('spaces-around', [b'X-A:  \t 1 \t ']),
        ('latin-1', [b'X-A: \xe4\xff\x80']), ('utf-8', [b'X-A: \xc3\xa9']),
        ('underscore', [b'X_A: 1']),
        ('underscore-and-hyphen', [b'X-A: 1', b'X_A: 2']),
        ('underscore-content-length', [b'Content_Length: 5']),
        ('colon-in-value', [b'X-A: b: c:']),
        ('space-before-colon', [b'X-A : 1']), ('tab-before-colon', [b'X-A\t: 1']),
        ('space-in-name', [b'X A: 1']), ('no-colon', [b'X-A']),
        ('no-name', [b': 1']), ('latin-1-name', [b'X-\xc4: 1']),
        ('no-token', [b'X@A: 1']), ('nul', [b'X-A: a\0b']),
        ('control-character', [b'X-A: a\x01b']), ('vertical-tab', [b'X-A: a\x0bb']),
        ('delete-character', [b'X-A: a\x7fb']), ('bare-cr', [b'X-A: a\rb']),
        ('bare-lf', [b'X-A: a\nb']), ('folded', [b'X-A: a', b'  b']),
        ('folded-with-tab', [b'X-A: a', b'\tb', b'\tc']),
        ('next-line-character', [b'X-A: a\x85b']),
        ('no-break-space-around', [b'X-A: \xa0a\xa0'])]:
    get('field-' + name, *lines)

for name, key in [('for', 'HTTP_X_FORWARDED_FOR'), ('proto', 'HTTP_X_FORWARDED_PROTO')]:
    follow('gunicorn+cheroot', key, 'a field like others', 'field-forwarded-' + name)
follow('gunicorn+cheroot', 'HTTP_FORWARDED', 'a field like others', 'field-forwarded')
follow('waitress+cheroot', 'wsgi.url_scheme', 'the client is no proxy',
       'field-forwarded-proto')
follow('waitress+cheroot', '*', 'a limit that is in gunicorn\'s settings',
       'field-8-kib', 'field-64-kib', 'field-101', 'field-500')
follow('gunicorn', 'HTTP_X_A', 'joined with a comma, and no more', 'field-repeated',
       'field-repeated-in-other-case', 'field-repeated-empty')
follow('gunicorn', 'HTTP_ACCEPT', 'joined with a comma, and no more',
       'field-repeated-accept')
follow(Own(('str', 'a=b; c=d')), 'HTTP_COOKIE', 'RFC 6265, 4.2.1: with a comma it '
       'would be another cookie', 'field-repeated-cookie')
follow(Own(('str', '1')), 'HTTP_X_A', 'suites of 1.13.1 send such a field; it is '
       'dropped where it would be taken for another', 'field-underscore')
follow('gunicorn', '*', 'RFC 9112, 3.2: refused with 400', 'field-repeated-host',
       'field-repeated-host-the-same')
follow('waitress+cheroot', '*', 'a field like others', 'field-repeated-content-type')
follow(Own(('str', 'a/b,c/d')), 'CONTENT_TYPE', 'joined with a comma, and no more',
       'field-repeated-content-type')
follow('waitress+cheroot', '*', 'RFC 9112, 5.2: may be refused or read', 'field-folded',
       'field-folded-with-tab')
follow(Own(('str', 'a b')), 'HTTP_X_A', 'RFC 9112, 5.2: replaced with a space',
       'field-folded')
follow(Own(('str', 'a b c')), 'HTTP_X_A', 'RFC 9112, 5.2: replaced with a space',
       'field-folded-with-tab')

raw('field-folded-first', b'GET / HTTP/1.1', b' X-A: 1', HOST, CLOSE)
raw('host-missing', b'GET / HTTP/1.1', CLOSE)
raw('host-empty', b'GET / HTTP/1.1', b'Host:', CLOSE)
raw('host-other', b'GET / HTTP/1.1', b'Host: example.com:81', CLOSE)
raw('host-ipv6', b'GET / HTTP/1.1', b'Host: [::1]:81', CLOSE)
raw('host-with-nonsense', b'GET / HTTP/1.1', b'Host: a b@c/d', CLOSE)
raw('connection-keep-alive', b'GET / HTTP/1.1', HOST, b'Connection: keep-alive')
raw('connection-unsaid', b'GET / HTTP/1.1', HOST)
raw('connection-fields', b'GET / HTTP/1.1', HOST, b'Connection: close, X-A', b'X-A: 1')

# The message body.

BODY = b'one\ntwo\n\nfour'

case('body', method='POST', body=b'a\0b\xff')
case('body-form', method='POST', body=b'a=b&c=d',
     headers=[('Content-Type', 'application/x-www-form-urlencoded')])
case('body-empty', method='POST', body=b'')
case('body-of-get', method='GET', body=b'abc')
case('body-of-delete', method='DELETE', body=b'abc')
case('body-100-kb', method='PUT', body=b'0123456789' * 10000)
case('body-2-mb', method='PUT', body=b'0123456789' * 200000)
case('body-like-a-request', method='POST', body=b'GET / HTTP/1.1\r\n\r\n')
post('body-none')

for name, calls in [
        ('all', [('read',), ('read',)]), ('by-3', [('read', 3)] * 6),
        ('0', [('read', 0), ('read',)]), ('minus-1', [('read', -1), ('read', -1)]),
        ('more-than-there-is', [('read', 100), ('read', 100)]),
        ('lines', [('readline',)] * 5), ('lines-by-2', [('readline', 2)] * 4),
        ('all-lines', [('readlines',), ('readlines',)]),
        ('some-lines', [('readlines', 5), ('read',)]),
        ('iterated', [('iterate',), ('read',)]),
        ('line-then-rest', [('readline',), ('read', 2), ('readlines',)]),
        ('nothing', [])]:
    case('read-' + name, reading(*calls), method='POST', body=BODY,
         clients=len(calls) < 3)
    case('read-chunked-' + name, reading(*calls), method='POST',
         body=[BODY[:2], BODY[2:7], BODY[7:]], clients=len(calls) < 2)

follow('waitress+cheroot', 'notes', 'a hint is a hint, but not to be ignored',
       'read-some-lines')
follow('waitress', 'notes', 'a hint is a hint, but not to be ignored',
       'read-chunked-some-lines')

for name, lines, body in [
        ('longer', [b'Content-Length: 3'], b'abcdef'),
        ('plus', [b'Content-Length: +3'], b'abc'),
        ('minus', [b'Content-Length: -3'], b'abc'),
        ('hexadecimal', [b'Content-Length: 0x3'], b'abc'),
        ('letters', [b'Content-Length: abc'], b'abc'),
        ('empty', [b'Content-Length:'], b'abc'),
        ('point', [b'Content-Length: 3.0'], b'abc'),
        ('underscore', [b'Content-Length: 1_0'], b'0123456789'),
        ('superscript', [b'Content-Length: \xb3'], b'abc'),
        ('space-within', [b'Content-Length: 3 3'], b'abc'),
        ('leading-zero', [b'Content-Length: 03'], b'abc'),
        ('spaces-around', [b'Content-Length:  3\t'], b'abc'),
        ('two-alike', [b'Content-Length: 3', b'Content-Length: 3'], b'abc'),
        ('two-that-differ', [b'Content-Length: 3', b'Content-Length: 4'], b'abcd'),
        ('list-alike', [b'Content-Length: 3, 3'], b'abc'),
        ('list-that-differs', [b'Content-Length: 3, 4'], b'abcd'),
        ('and-chunked', [b'Content-Length: 3', CHUNKED], b'4\r\nabcd\r\n0\r\n\r\n')]:
    post('length-' + name, *lines, body=body)
post('length-too-large', b'Content-Length: 5', body=b'abc', cut=True)
post('length-without-body', b'Content-Length: 5', cut=True)

follow('waitress+cheroot', '*', 'RFC 9112, 6.3: Transfer-Encoding overrides '
       'Content-Length', 'length-and-chunked')
follow(REFUSED, '*', 'a server waits for the rest; here it is known that none comes',
       'length-too-large', 'length-without-body')

for name, body in [
        ('one', b'3\r\nabc\r\n0\r\n\r\n'), ('two', b'3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n'),
        ('none', b'0\r\n\r\n'), ('upper-case', b'A\r\n0123456789\r\n0\r\n\r\n'),
        ('leading-zeros', b'0003\r\nabc\r\n000\r\n\r\n'),
        ('with-line-ends-inside', b'6\r\n\r\n0\r\n\r\r\n0\r\n\r\n'),
        ('extension', b'3;a\r\nabc\r\n0;b\r\n\r\n'),
        ('extension-value', b'3;a=b;c="d"\r\nabc\r\n0\r\n\r\n'),
        ('extension-spaces', b'3 ; a = b\r\nabc\r\n0\r\n\r\n'),
        ('extension-quoted', b'3;a="b;c"\r\nabc\r\n0\r\n\r\n'),
        ('trailer', b'3\r\nabc\r\n0\r\nX-A: 1\r\n\r\n'),
        ('trailers', b'3\r\nabc\r\n0\r\nX-A: 1\r\nX-B: 2\r\nX-A: 3\r\n\r\n'),
        ('trailer-content-length', b'3\r\nabc\r\n0\r\nContent-Length: 9\r\n\r\n'),
        ('trailer-without-colon', b'3\r\nabc\r\n0\r\nX-A\r\n\r\n'),
        ('more-after', b'3\r\nabc\r\n0\r\n\r\nmore'),
        ('size-letters', b'xyz\r\nabc\r\n0\r\n\r\n'),
        ('size-empty', b'\r\nabc\r\n0\r\n\r\n'),
        ('size-minus', b'-3\r\nabc\r\n0\r\n\r\n'),
        ('size-plus', b'+3\r\nabc\r\n0\r\n\r\n'),
        ('size-0x', b'0x3\r\nabc\r\n0\r\n\r\n'),
        ('size-underscore', b'0_3\r\nabc\r\n0\r\n\r\n'),
        ('size-space-before', b' 3\r\nabc\r\n0\r\n\r\n'),
        ('size-space-after', b'3 \r\nabc\r\n0\r\n\r\n'),
        ('data-longer', b'3\r\nabcd\r\n0\r\n\r\n'),
        ('line-feeds', b'3\nabc\n0\n\n')]:
    post('chunked-' + name, CHUNKED, body=body,
         cut=name in ('line-feeds', 'size-empty'))

post('chunked-cut-in-data', CHUNKED, body=b'5\r\nabc', cut=True)
post('chunked-cut-before-last', CHUNKED, body=b'3\r\nabc\r\n', cut=True)
post('chunked-cut-in-trailer', CHUNKED, body=b'3\r\nabc\r\n0\r\n', cut=True)
case('chunked-in-pieces', raw=[
    b'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n'
    b'\r', b'\n3', b'\r', b'\na', b'bc', b'\r', b'\n0', b'\r\nX-', b'A: 1\r\n\r',
    b'\n'])
case('chunked-100-kb', method='POST', body=[b'x' * 1000] * 100)
case('chunked-by-iterator', method='PUT', body=[b'abc', b'def'])

follow('gunicorn+cheroot', '*', 'RFC 9112, 7.1.1: there may be space around extensions',
       'chunked-extension-spaces')
follow('waitress+cheroot', '*', 'trailers are dropped, whatever is in them',
       'chunked-trailer-content-length')
follow(REFUSED, '*', 'RFC 9112, 7.1.2: a trailer is a field; gunicorn is of this mind',
       'chunked-trailer-without-colon')
follow('waitress', '*', 'the message body is read before the application is called',
       'chunked-size-letters', 'chunked-size-minus', 'chunked-size-plus',
       'chunked-size-0x', 'chunked-size-underscore', 'chunked-size-space-before',
       'chunked-size-space-after', 'chunked-data-longer')
follow(REFUSED, '*', 'a server waits for the rest; here it is known that none comes',
       'chunked-size-empty', 'chunked-line-feeds', 'chunked-cut-in-data',
       'chunked-cut-before-last', 'chunked-cut-in-trailer')

for name, lines in [
        ('upper-case', [b'Transfer-Encoding: CHUNKED']),
        ('spaces', [b'Transfer-Encoding: \tchunked ']),
        ('twice', [CHUNKED, CHUNKED]),
        ('chunked-chunked', [b'Transfer-Encoding: chunked, chunked']),
        ('gzip', [b'Transfer-Encoding: gzip']),
        ('gzip-chunked', [b'Transfer-Encoding: gzip, chunked']),
        ('chunked-gzip', [b'Transfer-Encoding: chunked, gzip']),
        ('identity', [b'Transfer-Encoding: identity']),
        ('unknown', [b'Transfer-Encoding: xchunked']),
        ('control-character', [b'Transfer-Encoding: \x0bchunked']),
        ('empty', [b'Transfer-Encoding:']),
        ('empty-item', [b'Transfer-Encoding: , chunked'])]:
    post('coding-' + name, *lines, body=b'3\r\nabc\r\n0\r\n\r\n')

follow('gunicorn', '*', 'RFC 9112, 6.1: chunked is not applied twice', 'coding-twice',
       'coding-chunked-chunked')
follow('waitress+cheroot', '*', 'RFC 9112, 6.1: 501 for an unknown coding',
       'coding-gzip', 'coding-gzip-chunked', 'coding-chunked-gzip', 'coding-identity')
follow('waitress', 'reason', 'RFC 9110, 15.6.2', 'coding-gzip', 'coding-gzip-chunked',
       'coding-chunked-gzip', 'coding-identity', 'coding-unknown')
follow('gunicorn', '*', 'no coding is no known coding', 'coding-empty')
follow(Own('Not Implemented'), 'reason', 'RFC 9110, 15.6.2', 'coding-empty')
follow('waitress+cheroot', '*', 'RFC 9110, 5.6.1.2: empty list elements are ignored',
       'coding-empty-item')

EXPECT = b'Expect: 100-continue'
HEAD = b'\r\n'.join([b'POST / HTTP/1.1', HOST, CLOSE, EXPECT, b''])
case('expect-and-wait', raw=[HEAD + b'Content-Length: 3\r\n\r\n', WAIT, b'abc'])
case('expect-and-wait-chunked', raw=[HEAD + b'Transfer-Encoding: chunked\r\n\r\n', WAIT,
                                     b'3\r\nabc\r\n0\r\n\r\n'])
case('expect-and-wait-upper-case', raw=[
    b'\r\n'.join([b'POST / HTTP/1.1', HOST, CLOSE, b'EXPECT: 100-Continue',
                  b'Content-Length: 3', b'', b'']), WAIT, b'abc'])
post('expect-and-send', EXPECT, b'Content-Length: 3', body=b'abc')
post('expect-without-body', EXPECT, cut=True)
post('expect-empty-body', EXPECT, b'Content-Length: 0', cut=True)
post('expect-other', b'Expect: miracles', b'Content-Length: 3', body=b'abc')
raw('expect-of-1.0', b'POST / HTTP/1.0', EXPECT, b'Content-Length: 3', body=b'abc')

follow(Own([]), 'interim', 'RFC 9110, 10.1.1: needless when the content has come',
       'expect-and-send', 'expect-without-body', 'expect-empty-body')
follow('gunicorn+cheroot', '*', 'the request is complete', 'expect-without-body',
       'expect-empty-body')
follow('waitress+cheroot', '*', 'RFC 9110, 10.1.1: 417 is optional', 'expect-other')
follow('cheroot', 'version', 'RFC 9110, 6.2: the version of the server, not the '
       'request\'s', 'expect-of-1.0')
DECODED = 'the body is decoded for the application, so its length is known'
follow(Own(('str', '3')), 'CONTENT_LENGTH', DECODED, 'chunked-extension-spaces')
follow(Own(None), 'HTTP_TRANSFER_ENCODING', DECODED, 'chunked-extension-spaces')
for name in CASES:
    if (name.startswith(('read-chunked-', 'chunked-', 'coding-'))
            and 'CONTENT_LENGTH' not in CASES[name].follows
            and CASES[name].follows.get('*', ('',))[0] is not REFUSED
            and name not in ('coding-twice', 'coding-chunked-chunked')
            or name in ('expect-and-wait-chunked', 'length-and-chunked')):
        follow('waitress', 'CONTENT_LENGTH', DECODED, name)
        follow('waitress', 'HTTP_TRANSFER_ENCODING', DECODED, name)

# The response: status and header fields.

for name, status in [
        ('created', '201 Created'), ('own-reason', '200 As You Like It'),
        ('unknown', '299 Unknown'), ('not-found', '404 Not Found'),
        ('teapot', "418 I'm a teapot"), ('unavailable', '503 Service Unavailable'),
        ('found', '302 Found'), ('reset', '205 Reset Content'),
        ('no-reason', '200 '), ('no-space', '200'), ('latin-1', '200 \xe4\xf6'),
        ('tab', '200 a\tb'), ('two-spaces', '200  OK'), ('999', '999 Beyond'),
        ('unauthorized', '401 Unauthorized'), ('partial', '206 Partial Content')]:
    case('status-' + name, answer(status))

for name, status in [
        ('letters', 'abc OK'), ('two-digits', '20 OK'), ('four-digits', '2000 OK'),
        ('empty', ''), ('line-end', '200 OK\r\nX-A: 1'), ('line-feed', '200 OK\nX'),
        ('control-character', '200 O\x01K'), ('no-latin-1', '200 ' + b'\xe2\x82\xac'
                                              .decode('utf-8'))]:
    case('status-' + name, answer(status), raises='WSGIAppError')
case('status-bytes', answer(b'200 OK'), raises='PEP3333TypeError')
case('status-number', answer(200), raises='PEP3333TypeError')

for name, headers in [
        ('none', []), ('several', [TEXT, ('X-B', '1'), ('X-A', '2'), ('X-C', '3')]),
        ('repeated', [TEXT, ('Set-Cookie', 'a=b'), ('X-A', '1'), ('Set-Cookie', 'c=d'),
                      ('Set-Cookie', 'a=e')]),
        ('letter-case', [('content-TYPE', 'text/plain'), ('x-lower', '1'),
                         ('X-UPPER', '2'), ('ETag', '"x"'), ('WWW-Authenticate', 'a')]),
        ('empty', [TEXT, ('X-A', '')]), ('latin-1', [TEXT, ('X-A', '\xe4\xff')]),
        ('c1-control-character', [TEXT, ('X-A', 'a\x85b')]),
        ('spaces-around', [TEXT, ('X-A', '  a \t')]),
        ('tab', [TEXT, ('X-A', 'a\tb')]),
        ('comma', [TEXT, ('X-A', 'a, b'), ('X-A', 'c')]),
        ('long', [TEXT, ('X-A', 'x' * 8192)]),
        ('90', [('X-%03d' % number, 'y') for number in range(90)]),
        ('date-and-server', [TEXT, ('Date', 'Sat, 01 Jan 2000 00:00:00 GMT'),
                             ('Server', 'mine')]),
        ('content-length', [('Content-Length', '4'), TEXT]),
        ('content-length-letter-case', [('content-length', '4'), TEXT]),
        ('content-length-spaces', [('Content-Length', ' 4 '), TEXT]),
        ('location', [TEXT, ('Location', '/a?b#c')]),
        ('trailer', [TEXT, ('Trailer', 'X-A')]),
        ('content-encoding', [TEXT, ('Content-Encoding', 'x-none')])]:
    case('header-' + name, answer(headers=headers))

for name, header in [
        ('line-end', ('X-A', 'a\r\nX-B: b')), ('line-feed', ('X-A', 'a\nb')),
        ('folded', ('X-A', 'a\r\n b')), ('end-line-feed', ('X-A', 'a\n')),
        ('control-character', ('X-A', 'a\x01b')), ('nul', ('X-A', 'a\0b')),
        ('no-latin-1', ('X-A', b'\xe2\x82\xac'.decode('utf-8'))),
        ('empty-name', ('', 'a')), ('space-in-name', ('X A', 'a')),
        ('colon-in-name', ('X:A', 'a')), ('line-end-in-name', ('X\r\nA', 'a')),
        ('latin-1-name', ('X-\xe4', 'a')),
        ('connection', ('Connection', 'close')), ('keep-alive', ('Keep-Alive', '5')),
        ('transfer-encoding', ('Transfer-Encoding', 'chunked')),
        ('upgrade', ('Upgrade', 'h2c')), ('te', ('TE', 'trailers')),
        ('proxy-authenticate', ('Proxy-Authenticate', 'Basic')),
        ('content-length-letters', ('Content-Length', 'abc')),
        ('content-length-minus', ('Content-Length', '-4')),
        ('content-length-empty', ('Content-Length', ''))]:
    case('header-' + name, answer(headers=[TEXT, header]), raises='WSGIAppError')

case('header-content-length-twice', answer(headers=[
    TEXT, ('Content-Length', '4'), ('Content-Length', '4')]))
case('header-content-length-differs', answer(headers=[
    TEXT, ('Content-Length', '4'), ('Content-Length', '3')]), raises='WSGIAppError')
case('header-bytes', answer(headers=[TEXT, (b'X-A', b'a')]))
case('header-number', answer(headers=[TEXT, ('X-A', 1)]), raises='PEP3333TypeError')
case('header-of-none', answer(headers=[TEXT, ('X-A', None)]),
     raises='PEP3333TypeError')
case('headers-tuple', headers_given(lambda: (TEXT,)), raises='PEP3333TypeError')
case('headers-of-dict', headers_given(lambda: dict([TEXT]).items()),
     raises='PEP3333TypeError')
case('headers-of-lists', headers_given(lambda: [list(TEXT)]), raises='PEP3333TypeError')
case('headers-of-three', headers_given(lambda: [('a', 'b', 'c')]),
     raises='PEP3333TypeError')
case('headers-missing', headers_given(lambda: None), raises='PEP3333TypeError')

follow('gunicorn', 'failed', 'PEP 3333: three digits, a space and a reason',
       'status-letters', 'status-two-digits', 'status-four-digits', 'status-empty',
       'status-control-character')
follow('gunicorn', 'failed', 'RFC 9110, 5: not a field name or value',
       'header-control-character', 'header-nul', 'header-empty-name',
       'header-space-in-name', 'header-colon-in-name', 'header-latin-1-name')
follow('waitress', 'failed', 'PEP 3333: hop-by-hop fields are a fatal error',
       'header-connection', 'header-keep-alive', 'header-transfer-encoding',
       'header-upgrade', 'header-te', 'header-proxy-authenticate')
follow(Own(True), 'failed', 'the client cannot tell where the body ends',
       'header-content-length-minus', 'header-content-length-differs')
follow(Own(True), 'failed', 'PEP 3333: "a list of (header_name, header_value) tuples"',
       'headers-tuple', 'headers-of-dict', 'headers-of-lists')
follow(Own({'status': '200', 'fields': [['content-type', 'text/plain'], ['x-a', 'a']]}),
       '*', 'STRICT_RESPONSE_HEADERS is off', 'header-bytes')
follow('waitress+cheroot', 'fields', 'a test sees what its application sent',
       'header-date-and-server', 'header-spaces-around', 'header-content-length-spaces')
follow('cheroot', 'names', 'a test sees what its application sent',
       'header-date-and-server')

# The response: the body.

for kind in (list, tuple, generator, iter, Closing, Sized, Indexed):
    name = kind.__name__.lower()
    clients = kind in (list, generator, Closing)    # the others differ in no byte
    for content, length, chunks in [
            ('none', None, []), ('empty', None, [b'']), ('one', None, [b'a']),
            ('several', None, [b'a', b'', b'bc', b'd']),
            ('empty-first', None, [b'', b'', b'a', b'b']),
            ('length', '3', [b'a', b'bc']),
            ('length-too-small', '2', [b'a', b'bc', b'd']),
            ('length-too-large', '5', [b'a', b'bc']), ('length-0', '0', [b'a'])]:
        headers = [TEXT, ('Content-Length', length)] if length else [TEXT]
        case('body-%s-%s' % (name, content), answer('200 OK', headers, chunks, kind),
             clients=clients)

case('body-large-list', answer(chunks=[b'x' * 1000] * 200))
case('body-large-generator', answer(chunks=[b'x' * 1000] * 200, kind=generator))
case('body-large-chunk', answer(chunks=[b'y' * 500000], kind=generator))
case('body-text', returning(['text' if str is not bytes else b'text'.decode('ascii')]),
     raises='PEP3333TypeError')
case('body-text-late', answer(chunks=[b'a', b'a'.decode('ascii')], kind=generator),
     raises='PEP3333TypeError')
case('body-missing', returning(None), raises='PEP3333TypeError')
case('body-number', returning(4), raises='PEP3333TypeError')
case('body-bytes', returning(b'told'), raises='PEP3333TypeError')
case('body-bytearray', returning([bytearray(b'told')]), raises='PEP3333TypeError')

follow('gunicorn+cheroot', 'failed', 'PEP 3333: bytestrings, of type bytes',
       'body-bytearray')

for status in ('204 No Content', '304 Not Modified'):
    code = status[:3]
    for method in ('GET', 'HEAD', 'POST'):
        case('%s-%s' % (code, method.lower()), answer(status, [('X-A', 'b')], []),
             method=method)
    case('%s-list' % code, answer(status, [TEXT], [b'told']))
    case('%s-generator' % code, answer(status, [TEXT], [b'to', b'ld'], Closing))
    case('%s-length' % code, answer(status, [TEXT, ('Content-Length', '4')], [b'told']))
    case('%s-length-0' % code, answer(status, [TEXT, ('Content-Length', '0')], []))

case('head-list', answer(), method='HEAD')
case('head-empty', answer(chunks=[]), method='HEAD')
case('head-generator', answer(chunks=[b'to', b'ld'], kind=Closing), method='HEAD')
case('head-length', answer(headers=[TEXT, ('Content-Length', '4')]), method='HEAD')
case('head-length-and-nothing', answer(headers=[TEXT, ('Content-Length', '4')],
                                       chunks=[]), method='HEAD')
case('head-write', writing(b'told'), method='HEAD')
case('head-404', answer('404 Not Found'), method='HEAD')

follow('gunicorn+cheroot', 'fields', 'RFC 9110, 8.6: 304 may have a Content-Length',
       '304-length', '304-length-0')
follow('gunicorn', 'body', 'RFC 9110, 9.3.2: no content after HEAD', 'head-list',
       'head-empty', 'head-generator', 'head-length', 'head-write', 'head-404')

# start_response and write().

case('start-in-generator', start_in_generator)
case('start-after-empty-chunk', start_after_empty_chunk)
case('start-never', never_start, raises='WSGIAppError')
case('start-twice', start_twice)
case('start-again-with-exc-info', start_again_with_exc_info)
case('start-too-late', start_too_late, raises='WSGIAppError')
case('start-again-after-empty-chunk', start_again_after_empty_chunk)
case('start-and-change-headers', change_headers)
case('write', writing(b'to', b'ld'))
case('write-and-return', writing(b'to', returned=[b'l', b'd']))
case('write-nothing', writing(b'', b''))
case('write-empty-first', writing(b'', b'told'))
case('write-with-length', writing(b'to', b'ld', headers=[('Content-Length', '4')]))
case('write-more-than-length', writing(b'to', b'ld', headers=[('Content-Length', '3')]))
case('write-less-than-length', writing(b'to', headers=[('Content-Length', '3')]))
case('write-text', writing(b'told'.decode('ascii')), raises='PEP3333TypeError')

follow('waitress+cheroot', '*', 'PEP 3333: start_response may be called this late',
       'start-after-empty-chunk', 'start-again-after-empty-chunk')
follow('waitress', 'fields', 'PEP 3333: the headers are replaced',
       'start-again-with-exc-info')
follow(Own(['Content-Type', 'X-Second']), 'names', 'PEP 3333: the headers are replaced',
       'start-again-with-exc-info')
follow(Own([['content-type', 'text/plain'], ['x-first', '1'], ['x-second', '2']]),
       'fields', 'the list counts as it is when the headers are sent',
       'start-and-change-headers')
follow(Own(['Content-Type', 'X-First', 'X-Second']), 'names',
       'the list counts as it is when the headers are sent', 'start-and-change-headers')

# wsgi.file_wrapper.

DATA = b'0123456789' * 2000
for name, make in [('file', on_disk), ('memory', in_memory)]:
    case('wrapper-' + name, wrapped(make(DATA)))
    case('wrapper-%s-empty' % name, wrapped(make(b'')))
    case('wrapper-%s-from-the-middle' % name, wrapped(make(DATA, 5)))
    case('wrapper-%s-by-7' % name, wrapped(make(b'0123456789'), block=7))
    case('wrapper-%s-length' % name, wrapped(make(DATA), [('Content-Length', '20000')]))
    case('wrapper-%s-length-too-small' % name,
         wrapped(make(DATA), [('Content-Length', '5')]))
    case('wrapper-%s-length-too-large' % name,
         wrapped(make(b'0123'), [('Content-Length', '5')]))
    case('wrapper-%s-head' % name, wrapped(make(DATA)), method='HEAD')
case('wrapper-only-reads', wrapped(lambda note: OnlyReads(DATA)))
case('wrapper-closes', wrapped(lambda note: NotesClose(DATA, note)))
case('wrapper-closes-head', wrapped(lambda note: NotesClose(DATA, note)), method='HEAD')
case('wrapper-by-hand', file_wrapper_by_hand)

follow('gunicorn', 'body', 'RFC 9110, 9.3.2: no content after HEAD',
       'wrapper-file-head', 'wrapper-memory-head', 'wrapper-closes-head')
follow('waitress', 'body', 'gunicorn ends the body twice', 'wrapper-file-empty')
follow('gunicorn', '*', 'the application\'s Content-Length stands',
       'wrapper-file-length-too-large', 'wrapper-memory-length-too-large')

# Errors of the application.

case('raise-at-once', raise_at_once, raises='WSGIAppError')
case('raise-after-start', raise_after_start, raises='WSGIAppError')
case('raise-at-first-chunk', answer(chunks=[Oops(), b'a'], kind=Closing),
     raises='WSGIAppError')
case('raise-after-empty-chunk', answer(chunks=[b'', Oops()], kind=Closing),
     raises='WSGIAppError')
case('raise-after-first-chunk', answer(chunks=[b'a', Oops()], kind=Closing),
     raises='WSGIAppError')
case('raise-with-length', answer(headers=[TEXT, ('Content-Length', '2')],
                                 chunks=[b'a', Oops()], kind=Closing),
     raises='WSGIAppError')
case('raise-after-write', raise_after_write, raises='WSGIAppError')
case('raise-after-write-with-length', raise_after_write_with_length,
     raises='WSGIAppError')
case('raise-in-close', raise_in_close, raises='WSGIAppError')

follow(Own(True), 'failed', 'an error of the application is to surface in the test',
       'raise-in-close')
follow(Own('cut short'), 'end', 'it surfaces in place of the rest', 'raise-in-close')
follow(Own('to'), 'body', 'it surfaces in place of the rest', 'raise-in-close')
