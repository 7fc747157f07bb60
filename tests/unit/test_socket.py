"""The client writes a request to the fake socket, and reads the response."""

import array
import errno
import gc
import io
import os
import select
import socket
import weakref

import pytest
from six.moves import http_client

import wsgi_intercept
from wsgi_intercept import (
    WSGI_HTTPConnection, WSGIAppError, _descriptor, make_environ, wsgi_fake_socket)

from ..apps import App, tell
from .helpers import Closing, answer_to
from .test_request import malformed

GET = b'GET /path HTTP/1.1\r\nHost: app.example\r\n\r\n'
POST = b'POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Type: text/plain\r\n\r\nabc'
CONTINUE = b'HTTP/1.1 100 Continue\r\n\r\n'
HELLO = (b'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n'
         b'hello')


def fake_socket(app=None, **options):
    app = app or App(valid=False)       # a checked one returns no list
    return wsgi_fake_socket(app.make(), 'app.example', 80, '', **options)


# Writing.

@pytest.mark.parametrize('data', [
    GET, GET.decode('ascii'), bytearray(GET), memoryview(GET)],
    ids=['bytes', 'text', 'bytearray', 'memoryview'])
def test_sendall(data):
    fake = fake_socket()
    assert fake.sendall(data) is None
    assert fake.makefile().read() == HELLO


def test_text_is_written_as_latin_1():
    app = App()
    fake = fake_socket(app)
    fake.sendall(u'POST / HTTP/1.1\r\nX-A: \xe9\r\nContent-Length: 1\r\n\r\n\xe9')
    fake.makefile()
    assert app.environ['HTTP_X_A'] == '\xe9'
    assert app.body == b'\xe9'


@pytest.mark.parametrize('data', [GET, GET.decode('ascii'), bytearray(GET)])
def test_send_takes_all(data):
    fake = fake_socket()
    assert fake.send(data) == len(GET)
    assert fake.makefile().read() == HELLO


def test_send_tells_the_length_in_bytes():
    numbers = array.array('I', [0x0d0a0d0a, 0x0d0a0d0a])
    assert fake_socket().send(numbers) == 2 * numbers.itemsize


def test_flags_are_taken():
    fake = fake_socket()
    fake.sendall(GET[:5], 0)
    assert fake.send(GET[5:], 0) == len(GET) - 5
    assert fake.recv(12, 0) == b'HTTP/1.1 200'


def test_what_is_sent_is_copied():
    data = bytearray(GET)
    fake = fake_socket()
    fake.sendall(data)
    data[:] = b'x' * len(data)
    assert fake.makefile().read() == HELLO


@pytest.mark.parametrize('size', [1, 7, 1000])
def test_a_request_in_pieces(size):
    app = App()
    fake = fake_socket(app)
    for place in range(0, len(POST), size):
        fake.sendall(POST[place:place + size])
    assert not app.environs
    fake.makefile()
    assert app.body == b'abc'


@pytest.mark.parametrize('size', [1 << 16, (1 << 20) + 1, 5 << 20])
def test_a_long_request(size):
    app = App()
    fake = fake_socket(app)
    fake.sendall(b'POST / HTTP/1.1\r\nContent-Type: a/b\r\nContent-Length: '
                 + str(size).encode('ascii') + b'\r\n\r\n')
    sent = 0
    while sent < size:
        sent += fake.send(b'x' * min(100000, size - sent))
    fake.makefile()
    assert app.body == b'x' * size


def test_the_application_is_called_when_the_response_is_wanted():
    app = App()
    fake = fake_socket(app)
    fake.sendall(GET)
    assert not app.environs
    fake.makefile()
    assert len(app.environs) == 1
    fake.makefile()
    fake.recv(10)
    assert len(app.environs) == 1


def test_nothing_is_answered_with_nothing():
    app = App()
    assert fake_socket(app).makefile().read() == b''
    assert fake_socket(app).recv(10) == b''
    assert not app.environs


def test_one_request_for_each_fake_socket():
    fake = fake_socket()
    fake.sendall(GET)
    fake.makefile().read()
    with pytest.raises(socket.error) as caught:
        fake.sendall(GET)
    assert caught.value.errno == errno.EPIPE
    assert 'hung up' in str(caught.value)
    assert fake.recv(10) == b''


# The environ.

def test_the_arguments_reach_the_environ():
    app = App(tell)
    fake = wsgi_fake_socket(app.make(), 'app.example', 8080, '/foo', True)
    fake.sendall(GET.replace(b'/path', b'/foo/path'))
    fake.makefile()
    assert app.environ['SERVER_NAME'] == 'app.example'
    assert app.environ['SERVER_PORT'] == '8080'
    assert app.environ['SCRIPT_NAME'] == '/foo'
    assert app.environ['PATH_INFO'] == '/path'
    assert app.environ['wsgi.url_scheme'] == 'https'


def test_the_arguments_by_keyword():
    app = App(valid=False)
    fake = wsgi_fake_socket(app=app.make(), host='h', port='80', script_name='',
                            https=False)
    fake.sendall(GET)
    assert fake.makefile().read() == HELLO
    assert app.environ['wsgi.url_scheme'] == 'http'


@pytest.mark.parametrize('https', [False, True])
def test_make_environ_is_looked_up_on_the_package(monkeypatch, https):
    def users(inp, host, port, script_name):
        data = inp.read()
        seen.append((data, host, port, script_name))
        environ = make_environ(io.BytesIO(data), host, port, script_name)
        environ['users.key'] = 'value'
        return environ
    seen = []
    app = App()
    monkeypatch.setattr(wsgi_intercept, 'make_environ', users)
    fake = fake_socket(app, https=https)
    fake.sendall(POST)
    fake.makefile()
    assert seen == [(POST, 'app.example', 80, '')]
    assert app.environ['users.key'] == 'value'
    assert app.environ['wsgi.url_scheme'] == ('https' if https else 'http')
    assert app.body == b'abc'


def test_tracing(monkeypatch, capsys):
    def answer(app, environ, start_response):
        start_response('201 Created', [('Content-Type', 'a/b'), ('X-B', 'shown')])
        return [b'body']
    told = []
    for debuglevel in (0, 1, 2):
        monkeypatch.setattr(wsgi_intercept, 'debuglevel', debuglevel)
        fake = fake_socket(App(answer))
        fake.sendall(GET.replace(b'Host', b'X-A: a\r\nHost'))
        fake.makefile()
        out, err = capsys.readouterr()
        assert out == ''
        told.append(err)
    assert told[0] == ''
    assert 'GET /path' in told[1]
    assert 'PATH_INFO' in told[1]
    assert '201 Created' in told[1]
    assert 'X-B: shown' not in told[1]
    assert 'X-A: a' in told[2]
    assert 'X-B: shown' in told[2]


def test_bodies_are_traced(monkeypatch, capsys):
    def answer(app, environ, start_response):
        app.read(environ)
        start_response('200 OK', [('Content-Type', 'text/plain')])
        return [b'the response body']
    monkeypatch.setattr(wsgi_intercept, 'debuglevel', 2)
    fake = fake_socket(App(answer))
    fake.sendall(POST.replace(b'Length: 3', b'Length: 16')[:-3] + b'the request body')
    fake.makefile().read()
    told = capsys.readouterr()[1]
    assert 'the request body' in told
    assert 'the response body' in told


# Reading.

@pytest.mark.parametrize('args, options', [
    ((), {}), (('rb',), {}), (('r',), {}), (('rb', 0), {}), (('rb', -1), {}),
    ((), {'mode': 'rb', 'buffering': 0}), (('rb',), {'bufsize': 0})])
def test_makefile(args, options):
    fake = fake_socket()
    fake.sendall(GET)
    response = fake.makefile(*args, **options)
    assert response.readline() == b'HTTP/1.1 200 OK\r\n'
    assert response.read(12) == b'Content-Type'
    assert response.read().endswith(b'hello')
    assert response.read() == b''


@pytest.mark.parametrize('mode', ['w', 'wb', 'rwb', 'a'])
def test_makefile_for_writing(mode):
    with pytest.raises(ValueError) as caught:
        fake_socket().makefile(mode)
    assert 'sendall()' in str(caught.value)
    assert repr(mode) in str(caught.value)


def test_recv():
    fake = fake_socket()
    fake.sendall(GET)
    assert fake.recv(8) == b'HTTP/1.1'
    received = b''.join(iter(lambda: fake.recv(10), b''))
    assert b'HTTP/1.1' + received == HELLO
    assert fake.recv(10) == b''


@pytest.mark.parametrize('make_buffer', [bytearray, lambda size: memoryview(
    bytearray(size))], ids=['bytearray', 'memoryview'])
def test_recv_into(make_buffer):
    fake = fake_socket()
    fake.sendall(GET)
    buffer = make_buffer(100)
    assert fake.recv_into(buffer, 8) == 8
    assert bytes(bytearray(buffer)[:9]) == b'HTTP/1.1\0'
    assert fake.recv_into(buffer) == len(HELLO) - 8
    assert fake.recv_into(buffer) == 0


def test_recv_gives_what_is_there():
    """It does not wait for more of a stream, as a socket does not."""
    def answer(app, environ, start_response):
        start_response('200 OK', [('Content-Type', 'text/plain')])
        yield b'one'
        told.append('advanced')
        yield b'two'
    told = []
    fake = fake_socket(App(answer))
    fake.sendall(GET)
    received = b''
    while b'one' not in received:
        received += fake.recv(1 << 16)
    assert not told


def test_a_response_goes_through_http_client():
    fake = fake_socket()
    fake.sendall(GET)
    response = http_client.HTTPResponse(fake)
    response.begin()
    assert (response.status, response.reason, response.version) == (200, 'OK', 11)
    assert response.read() == b'hello'


def test_an_abandoned_response_is_closed():
    body = Closing(b'a', b'b')

    def app(environ, start_response):
        start_response('200 OK', [])
        return body
    fake = wsgi_fake_socket(app, 'app.example', 80, '')
    fake.sendall(GET)
    fake.makefile()
    fake.close()
    del fake
    gc.collect()
    assert body.closed == 1


def test_a_response_is_read_after_the_socket_was_closed():
    """http.client closes the socket of a response that ends the connection."""
    fake = fake_socket()
    fake.sendall(GET)
    response = fake.makefile()
    fake.close()
    assert response.read() == HELLO


@pytest.mark.parametrize('error', [ZeroDivisionError('x'), KeyboardInterrupt()])
@pytest.mark.parametrize('read', [lambda fake: fake.makefile().read(),
                                  lambda fake: fake.makefile().readline(),
                                  lambda fake: fake.recv(10),
                                  lambda fake: fake.recv_into(bytearray(10))])
def test_an_error_of_the_application(error, read):
    def app(environ, start_response):
        raise error
    fake = wsgi_fake_socket(app, 'app.example', 80, '')
    fake.sendall(GET)
    with pytest.raises((WSGIAppError, KeyboardInterrupt)) as caught:
        read(fake)
    assert getattr(caught.value, 'error', caught.value) is error
    assert fake.makefile().read() == b''
    assert fake.recv(10) == b''


# Bad requests.

@malformed
def test_bytes_that_are_no_request(data, named):
    app = App()
    head, _empty, body = answer_to(app.make(), data).partition(b'\r\n\r\n')
    assert head.startswith(b'HTTP/1.1 400 Bad Request\r\n')
    for text in named:
        assert text in body.decode('utf-8')
    assert not app.environs


def test_a_bad_request_as_http_client_reads_it():
    fake = fake_socket()
    fake.sendall(b'GET / HTTP/1.1\r\nNonsense\r\n\r\n')
    response = http_client.HTTPResponse(fake)
    response.begin()
    assert (response.status, response.reason) == (400, 'Bad Request')
    assert b'Nonsense' in response.read()


# Expect: 100-continue.

EXPECT = POST[:-3].replace(b'Content-Type', b'Expect: 100-continue\r\nContent-Type')


def test_the_interim_response_by_makefile():
    app = App(valid=False)
    fake = fake_socket(app)
    fake.sendall(EXPECT)
    interim = fake.makefile('rb')
    assert interim.readline() + interim.readline() == CONTINUE
    assert not app.environs
    fake.sendall(b'abc')
    assert fake.makefile('rb').read().endswith(b'abc')
    assert app.body == b'abc'


def test_the_interim_response_and_the_final_one_from_one_file():
    app = App(valid=False)
    fake = fake_socket(app)
    fake.sendall(EXPECT)
    both = fake.makefile('rb')
    assert both.readline() + both.readline() == CONTINUE
    fake.sendall(b'abc')
    assert both.readline() == b'HTTP/1.1 200 OK\r\n'
    assert both.read().endswith(b'abc')
    assert app.body == b'abc'


def test_the_file_of_both_closes_the_application():
    body = Closing(b'a', b'b', b'c')

    def app(environ, start_response):
        start_response('200 OK', [])
        return body
    fake = wsgi_fake_socket(app, 'app.example', 80, '')
    fake.sendall(EXPECT)
    both = fake.makefile('rb')
    both.read(len(CONTINUE))
    fake.sendall(b'abc')
    assert both.readline() == b'HTTP/1.1 200 OK\r\n'
    assert not body.closed
    both.close()
    assert body.closed == 1


def test_the_file_of_an_interim_response_that_nobody_goes_on_with():
    fake = fake_socket()
    fake.sendall(EXPECT)
    fake.makefile('rb').close()


# shutdown()

@pytest.mark.parametrize('how, ends', [
    (socket.SHUT_RD, True), (socket.SHUT_RDWR, True), (socket.SHUT_WR, False)])
def test_shutdown_ends_a_response_that_is_being_read(how, ends):
    def app(environ, start_response):
        start_response('200 OK', [('Content-Length', '3000000')])
        for _each in range(3):
            yield b'x' * 1000000
    fake = wsgi_fake_socket(app, 'app.example', 80, '')
    fake.sendall(GET)
    response = http_client.HTTPResponse(fake)
    response.begin()
    assert len(response.read(1000)) == 1000
    fake.shutdown(how)
    if ends:
        with pytest.raises(http_client.IncompleteRead):
            response.read()
    else:
        assert len(response.read()) == 3000000 - 1000


def test_shutdown_before_and_after_the_response():
    fake = fake_socket()
    fake.shutdown(socket.SHUT_WR)
    fake.sendall(GET)
    assert fake.makefile().read() == HELLO
    fake.shutdown(socket.SHUT_RDWR)


def test_the_interim_response_by_recv():
    app = App()
    fake = fake_socket(app)
    fake.sendall(EXPECT)
    received = fake.recv(10)
    while len(received) < len(CONTINUE):
        received += fake.recv(10)
    assert received == CONTINUE
    assert not app.environs
    fake.sendall(b'abc')
    assert fake.recv(15) == b'HTTP/1.1 200 OK'
    assert app.body == b'abc'


def test_no_interim_response_where_the_client_does_not_wait():
    fake = fake_socket()
    fake.sendall(EXPECT)
    fake.sendall(b'abc')
    assert fake.makefile('rb').read().startswith(b'HTTP/1.1 200 OK\r\n')


def test_a_body_that_does_not_come_is_no_reason_to_wait():
    app = App()
    fake = fake_socket(app)
    fake.sendall(EXPECT)
    assert fake.makefile().read().startswith(CONTINUE + b'HTTP/1.1 400 Bad Request\r\n')
    assert not app.environs


# What clients ask of any socket.

def test_fileno_is_a_descriptor_that_polls_as_readable():
    fake = fake_socket()
    assert isinstance(fake.fileno(), int)
    assert select.select([fake], [], [], 0)[0] == [fake]
    if hasattr(select, 'poll'):
        poll = select.poll()
        poll.register(fake, select.POLLIN)
        assert [number for number, _events in poll.poll(0)] == [fake.fileno()]


def test_fileno_where_tests_forbid_sockets(monkeypatch):
    class Forbidden(socket.socket):
        def __new__(cls, *args, **kwargs):
            raise ZeroDivisionError
    monkeypatch.setattr(socket, 'socket', Forbidden)
    monkeypatch.setattr(_descriptor, '_hung_up', [])
    fake = fake_socket()
    for number in fake.fileno(), fake.detach():
        assert select.select([number], [], [], 0)[0] == [number]
        os.close(number)


def test_the_descriptor_survives_the_socket():
    fake = fake_socket()
    number = fake.fileno()
    fake.close()
    del fake
    gc.collect()
    os.fstat(number)
    assert select.select([number], [], [], 0)[0] == [number]


def test_many_fake_sockets_take_no_descriptors():
    numbers = set(fake_socket().fileno() for _ in range(100))
    assert len(numbers) == 1


def test_detach_gives_a_descriptor_of_the_caller_s_own():
    fake = fake_socket()
    number = fake.detach()
    assert number != fake.fileno()
    os.close(number)
    os.fstat(fake.fileno())


@pytest.mark.parametrize('timeout', [None, 5, 2.5])
def test_the_timeout_of_the_connection(timeout):
    class Chosen(WSGI_HTTPConnection):
        def get_app(self, host, port):
            return App().make(), ''
    connection = Chosen('app.example', timeout=timeout)
    connection.connect()
    assert connection.sock.gettimeout() == timeout
    connection.sock.settimeout(7)
    assert connection.sock.gettimeout() == 7
    connection.sock.settimeout(None)
    assert connection.sock.gettimeout() is None
    connection.close()


def test_the_timeout_of_all_sockets():
    connection = WSGI_HTTPConnection('app.example')
    fake = fake_socket()
    assert fake.gettimeout() is None
    fake.owner = weakref.ref(connection)
    socket.setdefaulttimeout(3)
    try:
        assert fake.gettimeout() == 3
    finally:
        socket.setdefaulttimeout(None)


def test_timeouts():
    fake = fake_socket()
    assert fake.gettimeout() is None
    fake.settimeout(3.5)
    assert fake.gettimeout() == 3.5
    fake.setblocking(True)
    assert fake.gettimeout() is None
    fake.setblocking(False)
    assert fake.gettimeout() == 0.0
    fake.settimeout(None)
    assert fake.gettimeout() is None


def test_options():
    fake = fake_socket()
    fake.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    assert fake.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
    assert fake.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8) == b'\0' * 8


@pytest.mark.parametrize('port', [80, '80'])
def test_names(port):
    fake = wsgi_fake_socket(App().make(), 'app.example', port, '')
    assert fake.getpeername() == ('127.0.0.1', 80)
    host, own_port = fake.getsockname()
    assert host == '127.0.0.1'
    assert isinstance(own_port, int)


def test_the_ends():
    fake = fake_socket()
    fake.sendall(GET)
    fake.shutdown(socket.SHUT_WR)
    assert fake.makefile().read() == HELLO
    fake.shutdown(socket.SHUT_RDWR)
    fake.close()
    fake.close()


def test_the_context_manager_protocol():
    with fake_socket() as fake:
        fake.sendall(GET)
        assert fake.recv(8) == b'HTTP/1.1'
    with pytest.raises(ZeroDivisionError):
        with fake_socket():
            raise ZeroDivisionError


# What clients ask of a TLS socket.

def test_tls():
    fake = fake_socket(https=True)
    assert ('DNS', 'app.example') in fake.getpeercert()['subjectAltName']
    assert isinstance(fake.getpeercert(True), bytes)
    assert isinstance(fake.getpeercert(binary_form=True), bytes)
    name, version, bits = fake.cipher()
    assert isinstance(name, str)
    assert version == fake.version() == 'TLSv1.3'
    assert isinstance(bits, int)
    assert fake.selected_alpn_protocol() in (None, 'http/1.1')


# What is remembered.

def test_what_is_remembered_of_one_method_is_not_for_another():
    app = App(valid=False).make()
    get, head = [answer_to(app, method + b' /other HTTP/1.1\r\n\r\n')
                 for method in (b'GET', b'HEAD') * 2][-2:]
    assert get == HELLO
    assert head == HELLO.replace(b'Content-Length: 5\r\n', b'')[:-len(b'hello')]


class Telling(wsgi_fake_socket):
    """A fake socket of a user's own."""

    def __init__(self, app):
        self.host = 'other.example'
        self.port = 8080
        self.https = True
        self.app = app


def test_host_and_port_can_be_set():
    app = App(valid=False)
    fake = Telling(app.make())
    fake.sendall(GET)
    assert fake.makefile().read() == HELLO
    assert (app.environ['SERVER_NAME'], app.environ['SERVER_PORT']) == (
        'other.example', '8080')
    assert app.environ['wsgi.url_scheme'] == 'https'
    assert (fake.host, fake.port, fake.https) == ('other.example', 8080, True)
