"""`Response` -> the bytes that the client reads."""

import gc
import io
import select

import pytest

from wsgi_intercept import WSGIAppError
from wsgi_intercept._errors import BadRequest
from wsgi_intercept._response import (
    JOIN_LIMIT, ResponseStream, head_data, refuse, respond)

from .helpers import Closing, parsed, run

GET = b'GET / HTTP/1.1\r\n\r\n'
HEAD = b'HEAD / HTTP/1.1\r\n\r\n'
OLD = b'GET / HTTP/1.0\r\n\r\n'


def responding(body, status='200 OK', headers=(), request=GET):
    """The file of the response of an application that returns `body`."""
    def app(environ, start_response):
        start_response(status, list(headers))
        return body
    return respond(run(app, {}), parsed(request).head)


def read(*args, **kwargs):
    """The bytes of such a response."""
    return responding(*args, **kwargs).read()


# What http.client passes on to the file.

@pytest.mark.parametrize('make', [list, iter])
def test_peek(make):
    file = responding(make([b'abc']), headers=[('Content-Length', '3')])
    for line in iter(file.readline, b'\r\n'):
        assert line
    assert file.peek(1)[:1] == b'a'
    assert file.peek()[:3] == b'abc'
    assert file.read() == b'abc'
    assert file.peek(1) == b''


@pytest.mark.parametrize('body', [[b'abc'], [b'abc' * 100000], iter([b'abc'])],
                         ids=['list', 'large list', 'iterator'])
def test_fileno(body):
    file = responding(body)
    assert select.select([file], [], [], 0)[0] == [file]
    assert isinstance(file.fileno(), int)
    file.close()


# Framing: RFC 9112, section 6.3.

@pytest.mark.parametrize('request_', [GET, OLD], ids=['1.1', '1.0'])
@pytest.mark.parametrize('body', [[b'abc'], (b'a', b'', b'bc')])
def test_a_list_gets_its_length(body, request_):
    assert read(body, headers=[('A', 'b')], request=request_) == (
        b'HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 3\r\n\r\nabc')


@pytest.mark.parametrize('body', [[], (), [b'', b'']])
def test_a_list_of_nothing_has_the_length_0(body):
    assert read(body) == b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'


def test_the_length_that_the_application_gives_is_left_as_it_is():
    for body in ([b'abc'], iter([b'a', b'bc'])):
        assert read(body, headers=[('CONTENT-length', '3'), ('A', 'b')]) == (
            b'HTTP/1.1 200 OK\r\nCONTENT-length: 3\r\nA: b\r\n\r\nabc')


@pytest.mark.parametrize('make', [list, tuple, iter])
@pytest.mark.parametrize('length, body', [('0', b''), ('2', b'ab'), ('4', b'abcd')])
def test_there_is_never_more_than_the_length(make, length, body):
    data = read(make([b'a', b'bcd', b'ef']), headers=[('Content-Length', length)])
    assert data.partition(b'\r\n\r\n')[2] == body


@pytest.mark.parametrize('make', [list, tuple, iter])
def test_a_body_that_is_too_short_ends(make):
    data = read(make([b'a', b'b']), headers=[('Content-Length', '5')])
    assert data == b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab'


def test_an_iterable_is_sent_in_chunks():
    assert read(iter([b'', b'a' * 10, b'', b'b'])) == (
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
        b'a\r\naaaaaaaaaa\r\n1\r\nb\r\n0\r\n\r\n')


def test_an_iterable_of_nothing_is_the_last_chunk():
    assert read(iter([b''])) == (
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n')


def test_to_an_http_1_0_client_the_end_is_the_end_of_the_connection():
    assert read(iter([b'abc', b'de']), request=OLD) == b'HTTP/1.1 200 OK\r\n\r\nabcde'


def test_written_data_cannot_be_counted():
    def app(environ, start_response):
        start_response('200 OK', [])(b'abc')
        return [b'de']
    response = respond(run(app, {}), parsed(OLD).head)
    assert response.read() == b'HTTP/1.1 200 OK\r\n\r\nabcde'


NO_BODY = ['102 Processing', '101 Switching', '199 x', '204 No Content',
           '304 Not Modified']


@pytest.mark.parametrize('make', [list, iter])
@pytest.mark.parametrize('status', NO_BODY)
def test_a_status_without_body(status, make):
    assert read(make([b'abc']), status, [('A', 'b')]) == (
        b'HTTP/1.1 ' + status.encode('ascii') + b'\r\nA: b\r\n\r\n')


@pytest.mark.parametrize('make', [list, iter])
@pytest.mark.parametrize('headers', [[], [('Content-Length', '3')]])
def test_head(headers, make):
    fields = ''.join('%s: %s\r\n' % header for header in headers)
    assert read(make([b'abc']), headers=headers, request=HEAD) == (
        b'HTTP/1.1 200 OK\r\n' + fields.encode('ascii') + b'\r\n')


@pytest.mark.parametrize('status', ['200 OK', '205 Reset', '404 x', '500 304', '240 x',
                                    '340 x'])
def test_a_status_with_a_body(status):
    assert read([b'abc'], status).endswith(b'\r\nContent-Length: 3\r\n\r\nabc')


def test_the_head_is_in_latin_1():
    assert read([], '200 \xe9', [('A', '\xff')]) == (
        b'HTTP/1.1 200 \xe9\r\nA: \xff\r\nContent-Length: 0\r\n\r\n')


def test_the_space_of_the_status_line_is_there_without_a_reason():
    """RFC 9112, section 4."""
    assert read([], '200').startswith(b'HTTP/1.1 200 \r\n')
    assert read([], '200 ').startswith(b'HTTP/1.1 200 \r\n')


def test_head_data():
    def app(environ, start_response):
        start_response('200 OK', [('A', 'b'), ('a', 'c')])
        return []
    assert head_data(run(app, {}).head) == b'HTTP/1.1 200 OK\r\nA: b\r\na: c\r\n'


# Streaming.

class Endless(Closing):
    """An iterable that has no end."""

    def __next__(self):
        self.advanced += 1
        assert self.advanced < 1000
        return b'abcde'

    next = __next__


def read_head(response):
    return list(iter(response.readline, b'\r\n'))


def test_the_iterable_is_advanced_as_the_client_reads():
    body = Closing(b'', b'one\n', b'two\n', b'three\n')
    response = responding(body)
    assert body.advanced == 2
    read_head(response)
    assert body.advanced == 2
    assert response.readline() == b'4\r\n'
    assert response.read(6) == b'one\n\r\n'
    assert body.advanced == 2
    assert response.read(9) == b'4\r\ntwo\n\r\n'
    assert body.advanced == 3
    assert response.read() == b'6\r\nthree\n\r\n0\r\n\r\n'
    assert body.closed == 1


@pytest.mark.parametrize('headers', [[], [('Content-Length', str(1 << 60))]])
@pytest.mark.parametrize('request_', [GET, OLD], ids=['1.1', '1.0'])
def test_the_start_of_an_endless_response_can_be_read(headers, request_):
    body = Endless()
    response = responding(body, headers=headers, request=request_)
    read_head(response)
    assert body.advanced == 1
    assert b'abcde' in response.read(8)
    assert body.advanced <= 3
    response.close()
    assert body.closed == 1


def test_an_iterable_that_has_delivered_its_length_is_finished_at_once():
    body = Closing(b'ab', b'cd')
    response = responding(body, headers=[('Content-Length', '4')])
    assert body.closed == 0
    read_head(response)
    assert response.read(4) == b'abcd'
    assert body.closed == 1
    assert body.advanced == 3
    assert response.read() == b''
    response.close()
    assert body.closed == 1


def test_an_endless_iterable_that_has_delivered_its_length_is_closed_at_once():
    body = Endless()
    response = responding(body, headers=[('Content-Length', '3')])
    assert body.closed == 1
    assert body.advanced <= 2
    assert response.read().endswith(b'\r\n\r\nabc')


@pytest.mark.parametrize('status, request_', [('200 OK', HEAD), ('204 None', GET),
                                              ('304 Same', GET)])
def test_where_there_is_no_body_the_iterable_is_closed_at_once(status, request_):
    body = Endless()
    responding(body, status, request=request_)
    assert body.closed == 1
    assert body.advanced <= 2


def test_a_response_that_nobody_reads_is_closed():
    body = Closing(b'ab', b'cd')
    response = responding(body)
    assert body.closed == 0
    del response
    gc.collect()
    assert body.closed == 1


def test_close_twice():
    body = Closing(b'ab', b'cd')
    response = responding(body)
    response.close()
    response.close()
    assert body.closed == 1
    assert body.advanced == 1


def test_reading_in_any_way_gives_the_same():
    chunks = [b'one\n', b'x' * 20000, b'\n', b'', b'three']
    whole = read(iter(chunks))
    response = responding(iter(chunks))
    assert b''.join(iter(lambda: response.read(7), b'')) == whole
    response = responding(iter(chunks))
    assert b''.join(response) == whole
    response = responding(iter(chunks))
    assert b''.join(iter(lambda: response.read1(7), b'')) == whole
    response = responding(iter(chunks))
    buffer = bytearray(len(whole) + 10)
    assert response.readinto(buffer) == len(whole)
    assert bytes(buffer[:len(whole)]) == whole


# How often and how much the client's file asks for.

PIECE = 1 << 16


@pytest.fixture
def copied(monkeypatch):
    """How many bytes each `ResponseStream.readinto` has put in place."""
    def readinto(self, buffer):
        size = original(self, buffer)
        sizes.append(size)
        return size

    sizes, original = [], ResponseStream.readinto
    monkeypatch.setattr(ResponseStream, 'readinto', readinto)
    return sizes


def read_pieces(response):
    return sum(len(piece) for piece in iter(lambda: response.read(PIECE), b''))


@pytest.mark.parametrize('make', [list, iter])
def test_a_chunk_is_copied_at_once_into_a_piece_that_the_client_reads(make, copied):
    response = responding(make([b'x' * PIECE] * 3),
                          headers=[('Content-Length', str(3 * PIECE))])
    read_head(response)
    del copied[:]
    assert read_pieces(response) == 3 * PIECE
    assert copied == [PIECE] * 3 + [0]


def test_so_is_one_that_has_a_size_line_and_an_end(copied):
    response = responding(iter([b'x' * PIECE] * 3))
    read_head(response)         # and the first size line
    del copied[:]
    for _ in range(3):
        assert response.readline() == b'10000\r\n'
        assert len(response.read(PIECE)) == PIECE
        assert response.read(2) == b'\r\n'
    assert response.readline() == b'0\r\n'
    assert copied == [PIECE, 2] + [7, PIECE, 2] * 2 + [5]


@pytest.mark.parametrize('headers', [[], [('Content-Length', '4')]])
def test_a_small_chunk_comes_with_what_is_around_it(headers, copied):
    response = responding(iter([b'ab\n', b'\n']), headers=headers)
    head = read_head(response)
    assert len(copied) == 1
    assert copied[0] >= sum(map(len, head)) + len(b'\r\nab\n')


@pytest.mark.parametrize('size', [JOIN_LIMIT, JOIN_LIMIT + 1])
@pytest.mark.parametrize('request_', [GET, OLD], ids=['1.1', '1.0'])
def test_around_the_size_of_a_small_chunk(size, request_):
    chunks = [b'a' * size, b'b' * size]
    body = read(iter(chunks), request=request_).partition(b'\r\n\r\n')[2]
    if request_ is GET:
        line = ('%x\r\n' % size).encode('ascii')
        chunks = [line + chunk + b'\r\n' for chunk in chunks] + [b'0\r\n\r\n']
    assert body == b''.join(chunks)


@pytest.mark.parametrize('headers', [[], [('Content-Length', str(4 << 20))]])
def test_a_chunk_is_gone_when_the_next_is_made(headers):
    tracemalloc = pytest.importorskip('tracemalloc')
    if not hasattr(tracemalloc, 'start'):
        pytest.skip('memory is counted on CPython')
    response = responding((b'x' * (1 << 20) for _ in range(4)), headers=headers)
    read_head(response)
    tracemalloc.start()
    try:
        assert read_pieces(response) >= 4 << 20
        assert tracemalloc.get_traced_memory()[1] < 5 << 18
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize('error', [ZeroDivisionError('x'), KeyboardInterrupt()])
def test_an_error_comes_out_of_the_read_and_then_it_ends(error):
    body = Closing(b'ab', error)
    response = responding(body)
    head = b''.join(read_head(response)) + b'\r\n'
    assert head.startswith(b'HTTP/1.1 200 OK\r\n')
    assert response.read(7) == b'2\r\nab\r\n'
    with pytest.raises((WSGIAppError, KeyboardInterrupt)) as caught:
        response.read()
    assert getattr(caught.value, 'error', caught.value) is error
    assert body.closed == 1
    assert response.read() == b''
    response.close()
    assert body.closed == 1


# Refusing.

@pytest.mark.parametrize('error, status', [
    (BadRequest('it was bad: \'x\''), b'400 Bad Request'),
    (BadRequest('it was bad: \'x\'', '501 Not Implemented'), b'501 Not Implemented')])
def test_refuse(error, status):
    response = refuse(error)
    assert isinstance(response, io.IOBase)
    head, _empty, body = response.read().partition(b'\r\n\r\n')
    lines = head.split(b'\r\n')
    assert lines[0] == b'HTTP/1.1 ' + status
    assert ('Content-Length: %d' % len(body)).encode('ascii') in lines
    assert b'Content-Type: text/plain; charset=utf-8' in lines
    assert b"it was bad: 'x'" in body
