"""What is recorded of requests and answers."""

import collections
import copy
import gc
import io
import os
import sys
import threading
import weakref

import pytest
import six

import wsgi_intercept
from wsgi_intercept import (
    Call, Calls, WSGI_HTTPConnection, WSGIAppError, wsgi_fake_socket)
from wsgi_intercept._body import MEMORY_LIMIT
from wsgi_intercept._body_file import BodyFile
from wsgi_intercept._options import make_options
from wsgi_intercept.interceptor import HttpClientInterceptor

from ..apps import App
from .helpers import Closing

GET = b'GET /path HTTP/1.1\r\nHost: app.example\r\n\r\n'
HTML = [('Content-Type', 'text/html')]
BIG = 2 << 20


class Quiet(object):
    """A ``wsgi.errors`` that nobody reads."""

    def write(self, text):
        pass

    def flush(self):
        pass


def recorded_by(app, *pieces, **options):
    """The calls, the request being sent in `pieces` and its response read."""
    calls = options.pop('calls', None)
    calls = Calls() if calls is None else calls
    host, port = options.pop('pair', ('app.example', 80))
    https = options.pop('https', False)
    fake = wsgi_fake_socket(app, host, port, options.pop('script_name', ''), https)
    fake.options = make_options(calls=calls, **options)
    for piece in pieces:
        fake.sendall(piece)
    response = fake.makefile()
    try:
        response.read()
    finally:
        response.close()
    return calls


def call_of(app, *pieces, **options):
    call, = recorded_by(app, *pieces, **options)
    return call


def line(target, method='GET'):
    return ('%s %s HTTP/1.1\r\nHost: app.example\r\n\r\n' % (method, target)
            ).encode('latin-1')


def head_of(body):
    return ('POST / HTTP/1.1\r\nHost: app.example\r\nContent-Length: %d\r\n\r\n'
            % len(body)).encode('ascii')


def post(body):
    return head_of(body) + body


def hello(environ, start_response):
    start_response('200 OK', HTML)
    return [b'hello']


def answering(body, headers=HTML, status='200 OK'):
    def app(environ, start_response):
        start_response(status, headers)
        return body
    return app


# The request.

@pytest.mark.parametrize('method', ['GET', 'HEAD', 'POST', 'OPTIONS', 'PROPFIND'])
def test_the_method(method):
    call = call_of(hello, line('/', method))
    assert call.method == method
    assert type(call.method) is str


@pytest.mark.parametrize('host, port, https, expected', [
    ('app.example', 80, False, 'http://app.example'),
    ('app.example', '80', False, 'http://app.example'),
    ('app.example', 443, True, 'https://app.example'),
    ('app.example', 443, False, 'http://app.example:443'),
    ('app.example', 80, True, 'https://app.example:80'),
    ('app.example', 8080, False, 'http://app.example:8080'),
    ('app.example', '8443', True, 'https://app.example:8443'),
    ('127.0.0.1', 0, False, 'http://127.0.0.1:0'),
    ('::1', 80, False, 'http://[::1]'),
    ('[::1]', 8080, False, 'http://[::1]:8080'),
    ('::1', 443, True, 'https://[::1]'),
    (u'app.example', 80, False, 'http://app.example'),
    (u'b\xfccher.example', 80, False, 'http://xn--bcher-kva.example')])
def test_the_origin_of_the_url(host, port, https, expected):
    call = call_of(hello, GET, pair=(host, port), https=https)
    assert call.url == expected + '/path'
    assert type(call.url) is str
    assert repr(call) == '<Call GET %s/path -> 200 OK>' % expected
    assert type(repr(call)) is str


@pytest.mark.parametrize('target, expected', [
    ('/', 'http://app.example/'),
    ('/a?b=c&d', 'http://app.example/a?b=c&d'),
    ('/?', 'http://app.example/?'),
    ('/a%20b%2Fc?d%20e', 'http://app.example/a%20b%2Fc?d%20e'),
    ('/proxy/http://other.example/', 'http://app.example/proxy/http://other.example/'),
    ('/?url=http://other.example/', 'http://app.example/?url=http://other.example/'),
    ('//double', 'http://app.example//double'),
    ('http://other.example:81/a?b', 'http://other.example:81/a?b'),
    ('HTTPS://other.example', 'HTTPS://other.example'),
    ('*', 'http://app.example'),
    ('path', 'http://app.example/path'),
    ('?a=http://other.example/', 'http://app.example/?a=http://other.example/')])
def test_the_target_of_the_url(target, expected):
    call = call_of(hello, line(target, 'OPTIONS'))
    assert call.url == expected
    assert type(call.url) is str


def test_a_target_beyond_ascii():
    call = call_of(hello, line(u'/b\xfccher'))
    assert call.url == 'http://app.example/b\xfccher'
    assert type(repr(call)) is str


def test_the_prefix_is_in_the_url():
    call = call_of(hello, line('/prefix/path'), script_name='/prefix')
    assert call.url == 'http://app.example/prefix/path'
    assert call.environ['SCRIPT_NAME'] == '/prefix'
    call = call_of(hello, line('/other'), script_name='/prefix')
    assert call.url == 'http://app.example/other'


def test_the_environ_is_the_one_that_the_application_got():
    app = App(valid=False)
    call = call_of(app.make(), GET, environ={'REMOTE_USER': 'ada'})
    assert call.environ is app.environ
    assert call.environ['REMOTE_USER'] == 'ada'


def test_an_environ_of_a_users_make_environ(monkeypatch):
    def make_environ(*args):
        environs.append(original(*args))
        return environs[-1]
    environs = []
    original = wsgi_intercept.make_environ
    monkeypatch.setattr(wsgi_intercept, 'make_environ', make_environ)
    call = call_of(hello, post(b'body'))
    assert call.environ is environs[0]
    assert call.body.read() == b'body'
    assert call.method == 'POST'


def test_what_environ_replaces_was_not_sent():
    call = call_of(hello, post(b'body'), environ={
        'REQUEST_METHOD': 'PUT', 'PATH_INFO': '/other', 'wsgi.input': io.BytesIO(b'x')})
    assert (call.method, call.url) == ('POST', 'http://app.example/')
    assert call.body.read() == b'body'


# Its body.

def pieces_of(body, size=1 << 15):
    """A request of `body` in pieces, so that a big one goes to a file."""
    yield head_of(body)
    for start in range(0, len(body), size):
        yield body[start:start + size]


def chunks_of(body, size=1 << 15):
    """A request of `body` in chunks."""
    yield b'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n'
    for start in range(0, len(body), size):
        piece = body[start:start + size]
        yield ('%x\r\n' % len(piece)).encode('ascii') + piece + b'\r\n'
    yield b'0\r\n\r\n'


SMALL = b'line\none\n\0\xff'
LARGE = b''.join(str(number).encode('ascii') + b'\n' for number in range(BIG // 6))


@pytest.mark.parametrize('body', [b'', SMALL, SMALL * 7000, LARGE],
                         ids=['none', 'small', 'middle', 'large'])
@pytest.mark.parametrize('make', [lambda body: [post(body)], pieces_of, chunks_of],
                         ids=['one', 'pieces', 'chunks'])
@pytest.mark.parametrize('read', [0, 3, -1])
def test_the_body(make, body, read):
    def app(environ, start_response):
        during.append(calls[0].body.read())
        first = environ['wsgi.input'].read(read)
        during.append(calls[0].body.read())
        sent.append(first + environ['wsgi.input'].read())
        during.append(calls[0].body.read())
        start_response('200 OK', HTML)
        return []
    calls, during, sent = Calls(), [], []
    call = call_of(app, *make(body), calls=calls)
    assert sent[0] == body
    assert set(during) == set([body])
    first, second = call.body, call.body
    assert first.read(3) == second.read(3) == body[:3]
    assert second.read() == body[3:]
    assert first.read() == body[3:]
    assert first.read() == b''
    assert call.body.read() == body
    assert list(call.body) == body.splitlines(True)


def test_a_big_body_is_in_a_file():
    call = call_of(hello, *pieces_of(LARGE))
    assert isinstance(call.environ['wsgi.input'], BodyFile)


def test_readers_take_turns():
    call = call_of(hello, *pieces_of(LARGE))
    one, two = call.body, call.body
    read = [b'', b'']
    for number in range(len(LARGE) // 1000 + 1):
        read[0] += one.read(1000)
        read[1] += two.read(1000)
    assert read == [LARGE, LARGE]


@pytest.mark.parametrize('body', [SMALL, LARGE], ids=['small', 'large'])
def test_closing_a_reader_closes_no_other(body):
    call = call_of(hello, *pieces_of(body))
    with call.body as reader:
        assert reader.read(3) == body[:3]
    assert reader.closed
    assert call.body.read() == body
    assert call.environ['wsgi.input'].read() == body


@pytest.mark.parametrize('close', ['close', 'wrapper', 'with'])
@pytest.mark.parametrize('size', [1 << 15, 1 << 30], ids=['in pieces', 'in one piece'])
@pytest.mark.parametrize('body', [SMALL, LARGE], ids=['small', 'large'])
def test_an_application_may_close_its_input(body, size, close):
    def app(environ, start_response):
        file = environ['wsgi.input']
        if close == 'with':
            with file:
                file.read(1)
        elif close == 'close':
            file.close()
        else:
            io.TextIOWrapper(file, 'latin-1').read(1)
        start_response('200 OK', HTML)
        return []
    call = call_of(app, *pieces_of(body, size))
    gc.collect()
    assert call.body.read() == body


@pytest.mark.parametrize('make', [pieces_of, chunks_of])
def test_a_big_body_is_not_copied(make):
    tracemalloc = pytest.importorskip('tracemalloc')
    if not hasattr(tracemalloc, 'start'):
        pytest.skip('this Python does not tell')
    pieces = make(b'x' * (8 << 20))
    calls = Calls()
    tracemalloc.start()
    try:
        fake = wsgi_fake_socket(hello, 'app.example', 80, '')
        fake.options = make_options(calls=calls)
        for piece in pieces:
            fake.sendall(piece)
        fake.makefile().read()
        before = tracemalloc.get_traced_memory()[0]
        size = 0
        with calls[0].body as reader:
            for data in iter(lambda: reader.read(1 << 14), b''):
                size += len(data)
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size == 8 << 20
    # Gathered are MEMORY_LIMIT, which go to the temporary file.
    assert peak < 2 * MEMORY_LIMIT
    assert after - before < 1 << 18


def descriptors():
    """How many descriptors the process has."""
    for _number in range(3):
        gc.collect()
    return len(os.listdir('/proc/self/fd'))


@pytest.mark.skipif(not os.path.isdir('/proc/self/fd'), reason='there is no /proc')
def test_a_call_keeps_no_descriptor_but_that_of_a_big_body():
    calls = Calls()
    recorded_by(hello, GET, calls=calls)
    calls.clear()
    before = descriptors()
    for _number in range(3):
        recorded_by(hello, *pieces_of(SMALL), calls=calls)
    assert descriptors() == before
    recorded_by(hello, *pieces_of(LARGE), calls=calls)
    assert descriptors() == before + 1
    for _number in range(3):
        calls[-1].body.read()
    assert descriptors() == before + 1
    reader = calls[-1].body
    calls.clear()
    assert reader.read() == LARGE       # a reader stands on its own
    del reader
    assert descriptors() == before


# The answer.

def late(environ, start_response):
    yield b''
    start_response('200 OK', HTML)
    yield b'hello'


def generate(environ, start_response):
    start_response('200 OK', HTML)
    yield b'hello'


def write(environ, start_response):
    start_response('200 OK', HTML)(b'hello')
    return []


@pytest.mark.parametrize('app', [
    hello, late, generate, write, answering(()), answering([]), answering(iter([b'a'])),
    answering([b'x' * (1 << 17)])])
@pytest.mark.parametrize('method', ['GET', 'HEAD'])
def test_status_and_headers(app, method):
    call = call_of(app, line('/', method))
    assert call.status == '200 OK'
    assert call.headers == HTML
    assert type(call.status) is str


@pytest.mark.parametrize('status', ['304 Not Modified', '204 No Content', '299'])
def test_any_status(status):
    call = call_of(answering([], [('ETag', '"a"'), ('X-A', '1'), ('X-A', '2')], status),
                   GET)
    assert call.status == status
    assert call.headers == [('ETag', '"a"'), ('X-A', '1'), ('X-A', '2')]
    assert repr(call) == '<Call GET http://app.example/path -> %s>' % status


@pytest.mark.parametrize('body', [[b'a'], (b'a',), iter([b'', b'a'])])
def test_a_header_list_that_is_changed(body):
    def app(environ, start_response):
        headers = list(HTML)
        start_response('200 OK', headers)
        headers.append(('X-Late', '1'))
        return body
    assert call_of(app, GET).headers == HTML + [('X-Late', '1')]


def test_a_header_list_that_is_changed_too_late():
    def app(environ, start_response):
        start_response('200 OK', headers)
        yield b'a'
        headers.append(('X-Late', '1'))
        yield b'b'
    headers = list(HTML)
    call = call_of(app, GET)
    assert call.headers == HTML
    headers.append(('X-Later', '1'))
    assert call.headers == HTML


def test_the_headers_are_a_list_of_their_own():
    call = call_of(hello, GET)
    call.headers.append(('X-A', '1'))
    assert call.headers == HTML


def test_a_response_that_is_replaced():
    def app(environ, start_response):
        start_response('200 OK', HTML)
        try:
            raise KeyError()
        except KeyError:
            start_response('503 Mine', [('X-A', '1')], sys.exc_info())
        return [b'sorry']
    call = call_of(app, GET)
    assert (call.status, call.headers) == ('503 Mine', [('X-A', '1')])


def raise_at_once(environ, start_response):
    raise KeyError()


def raise_after_start(environ, start_response):
    start_response('200 OK', HTML)
    raise KeyError()


def raise_in_generator(environ, start_response):
    start_response('200 OK', HTML)
    yield b''
    raise KeyError()


def raise_after_write(environ, start_response):
    start_response('200 OK', HTML)(b'written')
    raise KeyError()


def interrupt(environ, start_response):
    start_response('200 OK', HTML)
    raise KeyboardInterrupt()


def return_text(environ, start_response):
    start_response('200 OK', HTML)
    return [u'text']


def never_start(environ, start_response):
    return [b'']


FAILING = [raise_at_once, raise_after_start, raise_in_generator, return_text,
           never_start]


@pytest.mark.parametrize('app', FAILING + [raise_after_write, interrupt])
def test_an_application_that_fails(app):
    calls = Calls()
    with pytest.raises((WSGIAppError, TypeError, KeyboardInterrupt)):
        recorded_by(app, GET, calls=calls)
    call, = calls
    assert (call.status, call.headers) == (None, [])
    assert repr(call) == '<Call GET http://app.example/path -> no response>'
    assert call.environ['PATH_INFO'] == '/path'


@pytest.mark.parametrize('app', FAILING)
def test_an_application_whose_error_is_a_500(app):
    call = call_of(app, GET, raise_app_errors=False, environ={'wsgi.errors': Quiet()})
    assert call.status == '500 Internal Server Error'
    assert call.headers == [('Content-Type', 'text/plain')]


def test_an_application_that_fails_later():
    app = answering(Closing(b'a', KeyError()))
    calls = Calls()
    with pytest.raises(WSGIAppError):
        recorded_by(app, GET, calls=calls)
    recorded_by(answering(Closing(b'a', KeyError())), GET, calls=calls,
                raise_app_errors=False, environ={'wsgi.errors': Quiet()})
    recorded_by(raise_after_write, GET, calls=calls, raise_app_errors=False,
                environ={'wsgi.errors': Quiet()})
    assert [(call.status, call.headers) for call in calls] == [('200 OK', HTML)] * 3


def test_a_call_is_there_when_the_application_is_called():
    def app(environ, start_response):
        seen.append((list(calls), calls[0].environ is environ, repr(calls[0])))
        start_response('200 OK', HTML)
        return []
    calls, seen = Calls(), []
    recorded_by(app, GET, calls=calls)
    assert seen == [(calls, True, '<Call GET http://app.example/path -> no response>')]


# What is not a call.

@pytest.mark.parametrize('data', [
    b'nonsense\r\n\r\n', b'GET / HTTP/1.1\r\n', b'GET / HTTP/1.1\r\nA b: c\r\n\r\n',
    b'POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab', b'',
    b'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n'])
def test_what_is_no_request_is_no_call(data):
    app = App()
    assert recorded_by(app.make(), data) == []
    assert not app.environs


@pytest.mark.parametrize('waits', [True, False])
def test_a_request_that_expects_100_continue_is_one_call(waits):
    fake = wsgi_fake_socket(hello, 'app.example', 80, '')
    calls = Calls()
    fake.options = make_options(calls=calls)
    fake.sendall(b'POST / HTTP/1.1\r\nContent-Length: 3\r\n'
                 b'Expect: 100-continue\r\n\r\n')
    if waits:
        assert fake.recv(100) == b'HTTP/1.1 100 Continue\r\n\r\n'
        assert calls == []
    fake.sendall(b'abc')
    assert fake.makefile().read().endswith(b'hello')
    assert len(calls) == 1
    assert calls[0].body.read() == b'abc'


# What a call keeps alive.

class Counted(bytes):
    """A chunk that tells whether it is alive."""

    alive = set()

    def __init__(self, *args):
        bytes.__init__(self)
        self.alive.add(id(self))

    def __del__(self):
        self.alive.discard(id(self))


class Application(object):
    """An application that can be referred to weakly."""

    def __init__(self, answer):
        self.answer = answer

    def __call__(self, environ, start_response):
        return self.answer(self, start_response)


class Iterable(list):
    """A list, or what iterates once."""

    def close(self):
        pass


def as_list(app, start_response):
    start_response('200 OK', HTML)
    return [Counted(b'a'), Counted(b'b')]


def as_big_list(app, start_response):
    start_response('200 OK', HTML)
    return Iterable([Counted(b'a' * (1 << 17)), Counted(b'b')])


def as_tuple(app, start_response):
    start_response('200 OK', HTML)
    return Counted(b'a'), Counted(b'b')


def as_generator(app, start_response):
    start_response('200 OK', HTML)
    yield Counted(b'a')
    assert app
    yield Counted(b'b')


def as_written(app, start_response):
    write = start_response('200 OK', HTML)
    write(Counted(b'a'))
    write(Counted(b'b'))
    return Iterable([Counted(b'c')])


def as_written_before_an_error(app, start_response):
    start_response('200 OK', HTML)(Counted(b'a'))
    raise KeyError(app)


def as_an_error(app, start_response):
    start_response('200 OK', HTML)
    yield Counted(b'')
    raise KeyError(app)


def as_an_interruption(app, start_response):
    start_response('200 OK', HTML)(Counted(b'a'))
    raise KeyboardInterrupt()


@pytest.mark.parametrize('options', [{}, {
    'raise_app_errors': False, 'environ': {'wsgi.errors': Quiet()}}],
    ids=['raising', 'answering'])
@pytest.mark.parametrize('method', ['GET', 'HEAD'])
@pytest.mark.parametrize('answer', [
    as_list, as_big_list, as_tuple, as_generator, as_written, as_an_error,
    as_written_before_an_error, as_an_interruption])
def test_a_call_keeps_neither_body_nor_application(answer, method, options):
    def ask():
        app = Application(answer)
        try:
            recorded_by(app, line('/', method), calls=calls, **options)
        except (WSGIAppError, KeyboardInterrupt):
            pass
        return weakref.ref(app)
    calls = Calls()
    app = ask()
    if six.PY2:
        sys.exc_clear()
    for _number in range(3):
        gc.collect()
    assert len(calls) == 1
    assert app() is None
    assert not Counted.alive


def test_a_call_keeps_nothing_of_a_response_that_is_not_read():
    def ask():
        app = Application(as_generator)
        fake = wsgi_fake_socket(app, 'app.example', 80, '')
        fake.options = make_options(calls=calls)
        fake.sendall(GET)
        fake.makefile().read(3)
        return weakref.ref(app)
    calls = Calls()
    app = ask()
    for _number in range(3):
        gc.collect()
    assert app() is None
    assert not Counted.alive


# Which calls are kept.

def numbered(calls, numbers):
    for number in numbers:
        recorded_by(hello, line('/%d' % number), calls=calls)
    return [int(call.url.rpartition('/')[2]) for call in calls]


@pytest.mark.parametrize('maxlen, expected', [
    (None, [0, 1, 2, 3, 4]), (0, []), (1, [4]), (2, [3, 4]), (5, [0, 1, 2, 3, 4]),
    (6, [0, 1, 2, 3, 4])])
def test_the_last_calls_are_kept(maxlen, expected):
    calls = Calls(maxlen)
    assert numbered(calls, range(5)) == expected
    calls.clear()
    assert calls == []
    assert numbered(calls, [7]) == ([7] if maxlen != 0 else [])
    assert calls.maxlen == maxlen


@pytest.mark.parametrize('maxlen', [True, False, 1.0, '1', [], object()])
def test_a_wrong_type_of_number(maxlen):
    text = 'must be a number of calls, or None for all; not %r' % (maxlen,)
    with pytest.raises(TypeError) as caught:
        Calls(maxlen)
    assert str(caught.value) == 'maxlen ' + text
    with pytest.raises(TypeError) as caught:
        HttpClientInterceptor(App().make, max_calls=maxlen)
    assert str(caught.value) == 'max_calls ' + text


def test_a_negative_number():
    with pytest.raises(ValueError) as caught:
        Calls(-1)
    assert str(caught.value) == 'maxlen must be 0 or more, or None for all; not -1'
    with pytest.raises(ValueError) as caught:
        HttpClientInterceptor(App().make, max_calls=-1)
    assert str(caught.value) == 'max_calls must be 0 or more, or None for all; not -1'


def test_calls_are_a_list():
    calls = Calls()
    assert calls == [] and not calls and repr(calls) == '[]'
    assert isinstance(calls, list)
    recorded_by(hello, GET, calls=calls)
    assert repr(calls) == '[<Call GET http://app.example/path -> 200 OK>]'
    assert isinstance(calls[0], Call)
    assert calls[-1:] == list(calls)
    again = copy.copy(calls)
    again.append(calls[0])
    assert (len(calls), len(again)) == (1, 2)


@pytest.mark.parametrize('make', [list, Calls, collections.deque])
def test_any_list_takes_calls(make):
    calls = make()
    recorded_by(hello, GET, calls=calls)
    recorded_by(hello, GET, calls=calls)
    assert [call.method for call in calls] == ['GET', 'GET']


@pytest.mark.parametrize('maxlen', [None, 3, 0])
def test_threads(maxlen):
    def ask(number):
        for _number in range(20):
            recorded_by(app, line('/%d' % number), calls=calls)

    def app(environ, start_response):
        start_response('200 OK', [('X-Path', environ['PATH_INFO'])])
        return [b'']
    calls = Calls(maxlen)
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == (640 if maxlen is None else maxlen)
    for call in calls:
        path = call.url.rpartition('example')[2]
        assert call.headers == [('X-Path', path)]
        assert call.environ['PATH_INFO'] == path


def test_threads_that_drop_the_oldest():
    """None is dropped but the oldest, whenever the threads change."""
    def record():
        for _number in range(200):
            recorded_by(hello, GET, calls=calls)
            lengths.add(len(calls))
    calls, lengths = Calls(50), set()
    for _number in range(50):
        recorded_by(hello, GET, calls=calls)
    threads = [threading.Thread(target=record) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 50
    assert min(lengths) == 50


# Interceptors.

def ask(path='/', host='app.example'):
    connection = WSGI_HTTPConnection(host)
    try:
        connection.request('GET', path)
        return connection.getresponse().read()
    finally:
        connection.close()


def urls(interceptor):
    return [call.url for call in interceptor.calls]


def test_each_interceptor_records_its_own():
    outer = HttpClientInterceptor(lambda: hello, host='app.example')
    inner = HttpClientInterceptor(lambda: hello, host='app.example')
    with outer:
        ask('/1')
        with inner:
            ask('/2')
        ask('/3')
    assert urls(outer) == ['http://app.example/1', 'http://app.example/3']
    assert urls(inner) == ['http://app.example/2']


def test_an_interceptor_that_is_entered_again_goes_on():
    interceptor = HttpClientInterceptor(lambda: hello, host='app.example')
    calls = interceptor.calls
    for number in range(2):
        with interceptor:
            ask('/%d' % number)
            with interceptor:
                ask('/%d/again' % number)
    assert interceptor.calls is calls
    assert urls(interceptor) == ['http://app.example' + path
                                 for path in ('/0', '/0/again', '/1', '/1/again')]


def test_an_interceptor_that_keeps_none():
    interceptor = HttpClientInterceptor(lambda: hello, host='app.example', max_calls=0)
    with interceptor:
        ask()
    assert interceptor.calls == []


def test_nested_requests_are_in_the_order_in_which_they_began():
    def asking(environ, start_response):
        if environ['PATH_INFO'] == '/outer':
            ask('/inner')
        start_response('200 OK', HTML)
        return [b'']
    interceptor = HttpClientInterceptor(lambda: asking, host='app.example')
    with interceptor:
        ask('/outer')
    assert urls(interceptor) == ['http://app.example/outer', 'http://app.example/inner']


def test_calls_are_recorded_with_make_environ_failing(monkeypatch):
    def make_environ(*args):
        raise KeyError()
    monkeypatch.setattr(wsgi_intercept, 'make_environ', make_environ)
    calls = Calls()
    with pytest.raises(KeyError):
        recorded_by(hello, GET, calls=calls)
    assert calls == []


# Calls of users' own.

def test_calls_keep_their_number_whoever_appends():
    calls = Calls(2)
    for number in range(5):
        calls.append(number)
    assert calls == [3, 4]
    calls.maxlen = 3
    calls.extend([5, 6, 7])
    calls.append(8)
    assert calls == [6, 7, 8]
    calls.maxlen = None
    calls.append(9)
    assert calls == [6, 7, 8, 9]
    with pytest.raises(TypeError):
        calls.maxlen = 'many'
    assert calls.maxlen is None


def test_the_number_of_calls_may_change():
    interceptor = HttpClientInterceptor(App().make, 'app.example', max_calls=10)
    with interceptor:
        for number in range(5):
            ask('/%d' % number)
        assert len(interceptor.calls) == 5
        interceptor.calls.maxlen = 2
        ask('/5')
        assert [call.url[-1] for call in interceptor.calls] == ['4', '5']


class Numbered(list):
    """A list that has a ``maxlen`` of its own."""

    maxlen = 'many'


@pytest.mark.parametrize('calls', [Numbered(), collections.deque(maxlen=50)],
                         ids=['list', 'deque'])
def test_calls_that_are_other_lists(calls):
    for _number in range(5):
        recorded_by(hello, GET, calls=calls)
    assert [call.status for call in calls] == ['200 OK'] * 5
