"""Nearly every request goes a short way, with the same result as the whole one has."""

import os
import re
import sys

import pytest

from wsgi_intercept import Calls, _gateway, _request, wsgi_fake_socket
from wsgi_intercept._options import make_options

PACKAGE = os.path.dirname(make_options.__code__.co_filename)

TEXT = [('Content-Type', 'text/plain')]

REQUESTS = {
    'GET': [b'GET /a%20b?c=d HTTP/1.1\r\nHost: app.example\r\nX-A: 1\r\n\r\n'],
    'HTTP/1.0': [b'GET / HTTP/1.0\r\n\r\n'],
    'HEAD': [b'HEAD / HTTP/1.1\r\n\r\n'],
    'other method': [b'get / HTTP/1.1\r\n\r\n'],
    'absolute-form': [b'GET http://app.example/a HTTP/1.1\r\n\r\n'],
    'POST': [b'POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n', b'abc'],
    'in one piece': [b'POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc'],
    'in pieces': [b'POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n', b'a', b'', b'bc'],
    'too little': [b'POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n', b'a'],
    'too much': [b'POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n', b'abcd'],
    'without length': [b'POST / HTTP/1.1\r\n\r\n', b'abc'],
    'in chunks': [b'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n',
                  b'3\r\nabc\r\n0\r\n\r\n'],
    'no request': [b'GET /\r\n\r\n'],
    'incomplete': [b'GET / HTTP/1.1\r\n'],
    'two heads': [b'GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n'],
    'a large head': [b'GET / HTTP/1.1\r\nX-A: ' + b'a' * 5000 + b'\r\n\r\n'],
    'nothing': [b''],
}


def returning(iterable, status='200 OK', headers=TEXT):
    def app(environ, start_response):
        app.body = environ['wsgi.input'].read()
        start_response(status, list(headers))
        return iterable() if callable(iterable) else iterable
    return app


def generator():
    yield b''
    yield b'a'
    yield b'b'


def writing(environ, start_response):
    start_response('200 OK', TEXT[:])(b'written')
    return [b'returned']


def writing_nothing(environ, start_response):
    start_response('200 OK', TEXT[:])(b'')
    return [b'returned']


def changing_headers(environ, start_response):
    headers = TEXT[:]
    start_response('200 OK', headers)
    headers.append(('X-Late', '1'))
    return [b'a']


def breaking_headers(environ, start_response):
    headers = TEXT[:]
    start_response('200 OK', headers)
    headers.append(('X-Late', 'a\nb'))
    return [b'a']


def starting_twice(environ, start_response):
    start_response('200 OK', TEXT[:])
    start_response('200 OK', TEXT[:])
    return [b'a']


def starting_again(environ, start_response):
    start_response('200 OK', TEXT[:])
    try:
        raise ValueError
    except ValueError:
        start_response('500 Oops', TEXT[:], sys.exc_info())
    return [b'a']


def not_starting(environ, start_response):
    return [b'a']


def raising_at_once(environ, start_response):
    raise ValueError('at once')


def raising_then(environ, start_response):
    start_response('200 OK', TEXT[:])
    raise ValueError('then')


def interrupted(environ, start_response):
    start_response('200 OK', TEXT[:])
    raise KeyboardInterrupt


class Equal(list):
    """A list that takes itself for any other."""

    __hash__ = None

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False


def changing_headers_that_are_equal(environ, start_response):
    headers = Equal(TEXT)
    start_response('200 OK', headers)
    headers.append(('X-Late', '1'))
    return [b'a']


class OtherList(list):
    """A list that closes."""

    def close(self):
        self[:] = []


class OtherBytes(bytes):
    """Bytes of a user's own."""


APPS = [
    returning([b'abc']), returning([b'']), returning([]), returning([b'a', b'b']),
    returning((b'abc',)), returning(generator), returning(b'abc'), returning(None),
    returning([u'abc']), returning([bytearray(b'abc')]), returning([None]),
    returning([OtherBytes(b'abc')]), returning(lambda: OtherList([b'abc'])),
    returning([b'a' * (1 << 17)]),
    returning([b'abc'], headers=[('Content-Length', '3')]),
    returning([b'abc'], headers=[('Content-Length', '2')]),
    returning([b'abc'], headers=[('Content-Length', '4')]),
    returning([b'abc'], headers=[('Content-Length', '0')]),
    returning([b'abc'], headers=[('Content-Length', 'x')]),
    returning([b'abc'], headers=[]), returning([b'abc'], headers=[('A', 1)]),
    returning([b'abc'], headers=[('A', 'b'), ('A', 'c')]),
    returning([b'abc'], '204 No Content'), returning([b'abc'], '304 Not Modified'),
    returning([b'abc'], '200'), returning([b'abc'], '404 x'), returning([b'abc'], 'x'),
    writing, writing_nothing, changing_headers, breaking_headers,
    changing_headers_that_are_equal, starting_twice, starting_again, not_starting,
    raising_at_once, raising_then, interrupted, 'no application', None, 0]


def outcome(pieces, app, options, whole):
    """What the client gets, and what the application and `calls` are told."""
    told = []

    def telling(environ, start_response):
        told.append(dict((key, environ[key]) for key in environ if key != 'wsgi.input'))
        told.append(environ['wsgi.input'].read())
        return app(environ, start_response)

    fake = wsgi_fake_socket(telling if callable(app) else app, 'app.example', 80, '')
    fake.options = options
    if options is not None:
        del options.calls[:]
    for piece in pieces:
        fake.sendall(piece)
    response = fake._makefile('rb', ()) if whole else fake.makefile('rb')
    try:
        got = response.read()
    except BaseException as error:
        got = type(error), re.sub('0x[0-9a-fA-F]+', '', str(error))
    response.close()
    assert fake.app is None or not told
    again = fake.makefile('rb').read()
    calls = [] if options is None else [
        (call.method, call.url, call.status, call.headers, call.body.read())
        for call in options.calls]
    return got, again, told, calls


@pytest.mark.parametrize('recorded', [False, True], ids=['plain', 'recorded'])
@pytest.mark.parametrize('request_', sorted(REQUESTS))
def test_both_ways_have_the_same_result(monkeypatch, request_, recorded):
    options = make_options(calls=Calls()) if recorded else None
    pieces = REQUESTS[request_]
    for app in APPS:
        monkeypatch.setattr(_gateway, '_heads', {})
        _request.heads.clear()
        whole = outcome(pieces, app, options, True)
        # At the first nothing is remembered, at the second the request and the head of
        # the response, at the third what stands before the body as well.
        for _number in range(3):
            assert outcome(pieces, app, options, False) == whole


@pytest.mark.parametrize('method', ['GET', 'HEAD', 'POST', 'get', 'OPTIONS'])
@pytest.mark.parametrize('version', ['1.0', '1.1'])
@pytest.mark.parametrize('status', ['200 OK', '200', '204 None', '304 Same', '404 x'])
@pytest.mark.parametrize('length', [None, 0, 2, 3, 9])
def test_the_same_is_answered_in_the_same_way(method, version, status, length):
    headers = [('A', 'b')]
    if length is not None:
        headers.append(('Content-Length', str(length)))
    app = returning([b'abc'], status, headers)
    request = '%s /same HTTP/%s\r\nX-Y: %s\r\n\r\n' % (method, version, length)
    pieces = [request.encode('ascii')]
    whole = outcome(pieces, app, None, True)
    assert [outcome(pieces, app, None, False) for _number in range(3)] == [whole] * 3


@pytest.mark.parametrize('request_', [
    'GET', 'HTTP/1.0', 'other method', 'absolute-form', 'POST', 'in pieces'])
def test_a_plain_request_goes_the_short_way(monkeypatch, request_):
    def whole_way(self, mode, args):
        raise AssertionError('the whole way')

    app = returning([b'abc'])
    monkeypatch.setattr(wsgi_fake_socket, '_makefile', whole_way)
    fake = wsgi_fake_socket(app, 'app.example', 80, '')
    for piece in REQUESTS[request_]:
        fake.sendall(piece)
    assert fake.makefile().read().endswith(b'\r\n\r\nabc')


def test_many_requests_are_not_all_remembered():
    for number in range(1000):
        fake = wsgi_fake_socket(returning([b'abc']), 'app.example', 80, '')
        fake.sendall(('GET /%d HTTP/1.1\r\n\r\n' % number).encode('ascii'))
        assert fake.makefile().read().endswith(b'abc')
        assert len(_request.heads) <= 256


def test_headers_that_are_changed_late_are_sent_whatever_they_are_equal_to():
    fake = wsgi_fake_socket(changing_headers_that_are_equal, 'app.example', 80, '')
    fake.sendall(b'GET / HTTP/1.1\r\n\r\n')
    assert b'\r\nX-Late: 1\r\n' in fake.makefile().read()


@pytest.mark.parametrize('request_', ['GET', 'HEAD', 'in pieces'])
def test_an_interruption_anywhere_asks_the_application_once_at_most(request_):
    place, interrupted = 0, True
    while interrupted:
        place += 1
        app = returning([b'abc'])
        told = []

        def telling(environ, start_response):
            told.append(environ)
            return app(environ, start_response)

        fake = wsgi_fake_socket(telling, 'app.example', 80, '')
        for piece in REQUESTS[request_]:
            fake.sendall(piece)
        interrupted = interrupt(fake, place)
        fake.makefile().read()
        assert len(told) <= 1
    assert place > 10


def interrupt(fake, place):
    """Ask for the response, and interrupt that at a line; whether that was reached."""
    lines = [0]

    def trace(frame, event, argument):
        if os.path.dirname(frame.f_code.co_filename) != PACKAGE:
            return None
        if event == 'line':
            lines[0] += 1
            if lines[0] == place:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        response = fake.makefile()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    try:
        response.read()
    except KeyboardInterrupt:
        pass
    return lines[0] >= place
