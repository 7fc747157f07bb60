"""Properties of the parsers and of the framing, for generated and for any bytes."""

import gc
import io
import itertools
import platform
import sys
from wsgiref.validate import check_environ, validator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from six.moves import http_client

from wsgi_intercept import wsgi_fake_socket
from wsgi_intercept._environ import build_environ, make_environ
from wsgi_intercept._errors import BadRequest
from wsgi_intercept._request import RequestReader

from .unit.helpers import parsed_at_once, parts

# Without a database: with one, Hypothesis 4 (Python 2.7) optimises its examples for
# minutes.
modest = settings(deadline=None, max_examples=100, database=None,
                  suppress_health_check=[HealthCheck.too_slow,
                                         HealthCheck.filter_too_much])


# Making requests.

TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
TARGET = [chr(code) for code in range(0x21, 0x7f)]
CONTROL = [b'\0', b'\r', b'\n', b'\x7f', b'\x1b']
VALUE = bytearray([0x09] + list(range(0x20, 0x7f)) + list(range(0x80, 0x100)))

tokens = st.text(alphabet=TOKEN, min_size=1, max_size=10).map(
    lambda text: text.encode('ascii'))
methods = tokens.map(lambda token: token.upper())
#: What a client may put behind ``/`` in a request target.
paths = st.lists(st.one_of(
    st.sampled_from([b'/', b'%2F', b'?', b'&', b'=', b';', b'%', b'%zz', b'#', b'..',
                     b'a', b'foo', b'\xe4', b'%C3%A4', b'http://h']),
    st.text(alphabet=TARGET, max_size=5).map(lambda text: text.encode('ascii'))),
    max_size=6).map(b''.join)
values = st.lists(st.sampled_from(list(VALUE)), max_size=12).map(
    lambda codes: bytes(bytearray(codes)))
names = tokens.filter(lambda name: name.lower() not in (
    b'content-length', b'transfer-encoding', b'host'))
fields = st.lists(st.tuples(names, values), max_size=5)
bodies = st.lists(st.binary(max_size=30), max_size=5)
cuts = st.lists(st.integers(min_value=0, max_value=300), max_size=6)
scripts = st.sampled_from(['', '/', '/foo', '/foo/', 'foo', u'/f\xe4', '/a/b'])


def head_of(method, target, fields):
    lines = [method + b' ' + target + b' HTTP/1.1']
    lines.extend(name + b':' + value for name, value in fields)
    return b'\r\n'.join(lines + [b'', b''])


def in_chunks(pieces, extension=b'', trailers=()):
    """The chunked encoding of `pieces` (RFC 9112, section 7.1)."""
    data = b''
    for piece in pieces:
        if piece:
            size = ('%x' % len(piece)).encode('ascii')
            data += size + extension + b'\r\n' + piece + b'\r\n'
    return data + b'0\r\n' + b''.join(
        name + b':' + value + b'\r\n' for name, value in trailers) + b'\r\n'


def cut(data, places):
    """`data` in pieces."""
    places = [0] + sorted(place % (len(data) + 1) for place in places) + [len(data)]
    return [data[start:end] for start, end in zip(places, places[1:])]


@st.composite
def requests(draw, methods=methods):
    """A request: its bytes, and what it is made of."""
    method, target, lines = draw(methods), b'/' + draw(paths), draw(fields)
    pieces = draw(bodies)
    framing = draw(st.sampled_from(['none', 'length', 'chunked']))
    data, extra = b'', []
    if framing == 'length':
        data = b''.join(pieces)
        extra = [(b'Content-Length', str(len(data)).encode('ascii'))]
    elif framing == 'chunked':
        data = in_chunks(pieces, draw(st.sampled_from([b'', b';a', b' ;a="b"'])),
                         draw(fields))
        extra = [(b'Transfer-Encoding', b'chunked')]
    place = draw(st.integers(min_value=0, max_value=len(lines)))
    lines = lines[:place] + extra + lines[place:]
    payload = b'' if framing == 'none' else b''.join(pieces)
    return head_of(method, target, lines) + data, method, target, lines, payload


def is_plausible(data):
    """Like a request, with a few bytes changed."""
    return st.tuples(
        st.just(data), st.integers(min_value=0, max_value=len(data)),
        st.integers(min_value=0, max_value=4),
        st.one_of(st.binary(max_size=4), st.sampled_from(CONTROL))).map(
            lambda parts: (parts[0][:parts[1]] + parts[3]
                           + parts[0][parts[1] + parts[2]:]))


CHUNKED = b'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n'
chunked_bytes = st.lists(st.one_of(
    st.binary(max_size=8),
    st.sampled_from([b'0', b'3', b'a', b'ff', b'\r\n', b'\r', b'\n', b';x', b'abc',
                     b'-1', b'3\r\nabc\r\n', b'0\r\n', b'\r\n\r\n',
                     b'Name: value\r\n'])),
    max_size=8).map(b''.join)
any_bytes = st.one_of(
    st.binary(max_size=100),
    requests().map(lambda request: request[0]).flatmap(is_plausible),
    chunked_bytes.map(lambda data: CHUNKED + data))


def outcome(pieces):
    """What a reader makes of `pieces`: the parts of a request, or a refusal.

    What is read at once must be the same.
    """
    at_once = parsed_at_once(pieces)
    reader = RequestReader()
    for piece in pieces:
        reader.feed(piece)
    try:
        request = reader.finish()
    except BadRequest as error:
        assert error.reason and at_once is None
        return error.status
    made_of = parts(request)
    assert at_once is None or parts(at_once) == made_of
    return made_of


# The parser.

@modest
@given(any_bytes, cuts)
def test_any_bytes_cut_anywhere_have_one_outcome(data, places):
    """A request, a refusal, or "incomplete": nothing else is raised."""
    assert outcome(cut(data, places)) == outcome([data])


@modest
@given(any_bytes)
def test_any_bytes_one_by_one(data):
    assert outcome(cut(data, range(len(data)))) == outcome([data])


@modest
@given(chunked_bytes, cuts)
def test_any_bytes_as_chunks(data, places):
    assert outcome([CHUNKED] + cut(data, places)) == outcome([CHUNKED + data])


@modest
@given(requests(), cuts)
def test_a_request_cut_anywhere_is_what_it_is_made_of(request, places):
    data, method, target, lines, payload = request
    parsed = outcome(cut(data, places))
    assert as_bytes(parsed.method) == method
    assert as_bytes(parsed.target) == target
    assert parsed.version == 'HTTP/1.1'
    assert [(as_bytes(name), as_bytes(value)) for name, value in parsed.fields] == [
        (name, value.strip(b'\t ')) for name, value in lines]
    assert parsed.body == payload
    assert parsed.length in (len(payload), None)


def as_bytes(text):
    """The bytes of a native string."""
    return text if isinstance(text, bytes) else text.encode('latin-1')


@modest
@given(requests(), st.binary(min_size=1, max_size=10))
def test_a_request_is_not_complete_before_its_end(request, more):
    data = request[0]
    whole = outcome([data])
    assert outcome([data, more]) == whole
    for end in set([0, 1, len(data) // 2, len(data) - 1]):
        assert outcome([data[:end]]) == '400 Bad Request'


@modest
@given(bodies, fields, cuts)
def test_chunks_round_trip(pieces, trailers, places):
    data = in_chunks(pieces, trailers=trailers)
    parsed = outcome([CHUNKED] + cut(data, places))
    payload = b''.join(pieces)
    assert parsed.chunked
    assert (parsed.length, parsed.body) == (len(payload), payload)
    assert parsed.fields == [('Transfer-Encoding', 'chunked')]


@modest
@given(requests())
def test_a_request_as_file_is_the_same_request(request):
    reader = RequestReader()
    reader.feed(request[0])
    whole = reader.finish()
    again = outcome([whole.as_file().read()])
    head = whole.head
    assert again[:3] == (head.method, head.target, head.version)
    assert not again.chunked
    assert again.body == whole.body.read() == request[4]


# The environ.

METHODS = st.sampled_from([b'GET', b'HEAD', b'POST', b'OPTIONS', b'PUT', b'DELETE'])


@modest
@given(requests(METHODS), scripts, st.sampled_from(['http', 'https']))
def test_the_validator_accepts_every_environ(request, script_name, scheme):
    reader = RequestReader()
    reader.feed(request[0])
    environ = build_environ(
        reader.finish(), ('app.example', 80, scheme == 'https', script_name))
    check_environ(environ)
    check_environ(make_environ(io.BytesIO(request[0]), 'app.example', 80, script_name))
    assert environ['wsgi.input'].read() == request[4]
    assert not [key for key, value in environ.items()
                if '.' not in key and type(value) is not str]
    if environ['SCRIPT_NAME']:
        assert environ['PATH_INFO'][:1] in ('', '/')


# The socket.

@modest
@given(any_bytes, cuts)
def test_any_bytes_get_an_answer(data, places):
    def app(environ, start_response):
        called.append(environ['wsgi.input'].read())
        start_response('200 OK', [])
        return [b'hello']
    called = []
    fake = wsgi_fake_socket(app, 'app.example', 80, '')
    for piece in cut(data, places):
        fake.sendall(piece)
    answer = fake.makefile().read()
    if answer == b'HTTP/1.1 100 Continue\r\n\r\n':
        answer = fake.makefile().read()
    assert bool(called) is answer.startswith(b'HTTP/1.1 200 OK\r\n')
    if not called:
        assert answer[:13] in (b'HTTP/1.1 400 ', b'HTTP/1.1 501 ', b'')
        assert bool(answer) is bool(data.strip(b'\r\n'))


# The response.

def as_list(chunks):
    return list(chunks)


def as_tuple(chunks):
    return tuple(chunks)


def as_generator(chunks):
    return (chunk for chunk in chunks)


kinds = st.sampled_from([as_list, as_tuple, as_generator, 'write', 'both'])
reads = st.lists(st.integers(min_value=1, max_value=40), max_size=5)


def application_of(chunks, kind, headers):
    def app(environ, start_response):
        write = start_response('200 OK', list(headers))
        if kind == 'write':
            for chunk in chunks:
                write(chunk)
            return []
        if kind == 'both':
            half = len(chunks) // 2
            for chunk in chunks[:half]:
                write(chunk)
            return as_generator(chunks[half:])
        return kind(chunks)
    return app


def respond(app, method='GET', version='HTTP/1.1'):
    """The response of an application, as http.client reads it."""
    fake = wsgi_fake_socket(app, 'app.example', 80, '')
    fake.sendall('%s / %s\r\n\r\n' % (method, version))
    response = http_client.HTTPResponse(fake, method=method)
    response.begin()
    return response


def read_in_pieces(response, sizes):
    pieces = [response.read(size) for size in sizes]
    return b''.join(pieces) + response.read()


@modest
@given(bodies, kinds, st.booleans(), st.sampled_from(['HTTP/1.1', 'HTTP/1.0']), reads)
def test_a_response_round_trips(chunks, kind, counted, version, sizes):
    body = b''.join(chunks)
    headers = [('X-Own', 'value')]
    if counted:
        headers.append(('Content-Length', str(len(body))))
    response = respond(application_of(chunks, kind, headers), version=version)
    assert (response.status, response.version) == (200, 11)
    assert response.getheader('X-Own') == 'value'
    assert read_in_pieces(response, sizes) == body
    length = response.getheader('Content-Length')
    chunked = response.getheader('Transfer-Encoding') == 'chunked'
    assert not (chunked and length)
    assert not (chunked and version == 'HTTP/1.0')
    if counted or kind in (as_list, as_tuple):
        assert length == str(len(body))


@modest
@given(bodies, kinds, st.booleans())
def test_the_response_to_head_has_no_body(chunks, kind, counted):
    headers = [('Content-Length', '7')] if counted else []
    app = application_of(chunks, kind, headers)
    response = respond(app, 'HEAD')
    assert response.read() == b''
    assert response.getheader('Content-Length') == ('7' if counted else None)
    fake = wsgi_fake_socket(app, 'app.example', 80, '')
    fake.sendall('HEAD / HTTP/1.1\r\n\r\n')
    assert fake.makefile().read().endswith(b'\r\n\r\n')


@modest
@given(bodies, kinds, st.integers(min_value=0, max_value=100))
def test_there_is_never_more_than_the_length(chunks, kind, length):
    headers = [('Content-Length', str(length))]
    body = b''.join(chunks)
    fake = wsgi_fake_socket(application_of(chunks, kind, headers), 'h', 80, '')
    fake.sendall('GET / HTTP/1.1\r\n\r\n')
    assert fake.makefile().read().partition(b'\r\n\r\n')[2] == body[:length]
    response = respond(application_of(chunks, kind, headers))
    if length > len(body):
        with pytest.raises(http_client.IncompleteRead) as caught:
            response.read()
        assert caught.value.partial == body
    else:
        assert response.read() == body[:length]


@modest
@given(requests(METHODS), bodies, cuts)
def test_a_valid_application_passes_the_validator(request, chunks, places):
    def app(environ, start_response):
        seen.append(environ['wsgi.input'].read(1000))
        start_response('200 OK', [('Content-Type', 'text/plain')])
        return [] if environ['REQUEST_METHOD'] == 'HEAD' else as_list(chunks)
    seen = []
    fake = wsgi_fake_socket(validator(app), 'app.example', 80, '')
    for piece in cut(request[0], places):
        fake.sendall(piece)
    response = http_client.HTTPResponse(fake, method=request[1].decode('ascii'))
    response.begin()
    assert response.read() == (b'' if request[1] == b'HEAD' else b''.join(chunks))
    assert seen == [request[4]]


# The work grows with the size, and no faster.

def calls_of(function, *args):
    """How many functions are called, Python's and C's."""
    counted = []
    profiler = sys.getprofile()

    def count(frame, event, arg):
        if event in ('call', 'c_call'):
            counted.append(1)
    gc.collect()
    sys.setprofile(count)
    try:
        function(*args)
    finally:
        sys.setprofile(profiler)
    return len(counted)


def send_in_pieces(size):
    fake = wsgi_fake_socket(application_of([], as_list, []), 'app.example', 80, '')
    fake.sendall('POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n' % size)
    for _ in range(size):
        fake.sendall(b'x')
    assert fake.makefile().read().startswith(b'HTTP/1.1 200')


def send_many_chunks(size):
    fake = wsgi_fake_socket(application_of([], as_list, []), 'app.example', 80, '')
    fake.sendall(CHUNKED + b'1\r\nx\r\n' * size + b'0\r\n\r\n')
    assert fake.makefile().read().startswith(b'HTTP/1.1 200')


def send_chunks_in_pieces(size):
    fake = wsgi_fake_socket(application_of([], as_list, []), 'app.example', 80, '')
    for piece in cut(CHUNKED + b'1\r\nx\r\n' * size + b'0\r\n\r\n', range(6 * size)):
        fake.sendall(piece)
    assert fake.makefile().read().startswith(b'HTTP/1.1 200')


def send_many_fields(size):
    fake = wsgi_fake_socket(application_of([], as_list, []), 'app.example', 80, '')
    fake.sendall(b'GET / HTTP/1.1\r\n' + b''.join(
        ('X-%d: value\r\n' % number).encode('ascii') for number in range(size))
        + b'\r\n')
    assert fake.makefile().read().startswith(b'HTTP/1.1 200')


def send_many_equal_fields(size):
    fake = wsgi_fake_socket(application_of([], as_list, []), 'app.example', 80, '')
    fake.sendall(b'GET / HTTP/1.1\r\n' + b'Name: value\r\n' * size + b'\r\n')
    assert fake.makefile().read().startswith(b'HTTP/1.1 200')


def send_many_bad_lines(size):
    fake = wsgi_fake_socket(application_of([], as_list, []), 'app.example', 80, '')
    fake.sendall(b'GET / HTTP/1.1\r\n' + b'Name: value\r\n' * size + b'bad\r\n\r\n')
    assert fake.makefile().read().startswith(b'HTTP/1.1 400')


def answer_in_pieces(size):
    app = application_of([b'x'] * size, as_generator, [])
    assert respond(app).read() == b'x' * size


def answer_read_in_pieces(size):
    app = application_of([b'x' * size], as_generator, [])
    response = respond(app)
    while response.read(1):
        pass


def write_in_pieces(size):
    app = application_of([b'x'] * size, 'write', [])
    assert respond(app).read() == b'x' * size


@pytest.mark.parametrize('work', [
    send_in_pieces, send_many_chunks, send_chunks_in_pieces, send_many_fields,
    send_many_equal_fields, send_many_bad_lines, answer_in_pieces,
    answer_read_in_pieces, write_in_pieces])
def test_twice_the_size_is_twice_the_work(work):
    work(100)       # what is made at first use
    once, twice = calls_of(work, 500), calls_of(work, 1000)
    assert twice < 2.2 * once + 100


# Memory.

LARGE = 32 << 20


def peak_of(function):
    """How many bytes more than before there were at once."""
    tracemalloc = pytest.importorskip('tracemalloc')
    if platform.python_implementation() != 'CPython':
        pytest.skip('memory is counted on CPython')
    function()
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        function()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize('chunked', [False, True])
def test_an_upload_takes_no_memory_to_speak_of(chunked):
    piece = b'x' * (1 << 16)

    def app(environ, start_response):
        wsgi_input = environ['wsgi.input']
        read.append(sum(map(len, iter(lambda: wsgi_input.read(1 << 16), b''))))
        start_response('200 OK', [])
        return []

    def upload():
        fake = wsgi_fake_socket(app, 'app.example', 80, '')
        fake.sendall(CHUNKED if chunked else
                     'POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n' % LARGE)
        for _ in range(LARGE // len(piece)):
            if chunked:
                fake.sendall(b'10000\r\n')
            fake.sendall(piece)
            if chunked:
                fake.sendall(b'\r\n')
        if chunked:
            fake.sendall(b'0\r\n\r\n')
        assert fake.makefile().read().startswith(b'HTTP/1.1 200')
    read = []
    assert peak_of(upload) < 2 << 20
    assert read == [LARGE, LARGE]


@pytest.mark.parametrize('headers', [[], [('Content-Length', str(LARGE))]])
def test_a_download_takes_no_memory_to_speak_of(headers):
    def download():
        chunks = itertools.repeat(b'x' * (1 << 16), LARGE >> 16)

        def app(environ, start_response):
            start_response('200 OK', list(headers))
            return chunks
        response = respond(app)
        sizes.append(sum(map(len, iter(lambda: response.read(1 << 16), b''))))
    sizes = []
    assert peak_of(download) < 1 << 20
    assert sizes == [LARGE, LARGE]
