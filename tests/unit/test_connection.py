"""Connections that reach an application in place of a registered host."""

import contextlib
import re
import socket

import pytest
import six
from six.moves import http_client

import wsgi_intercept
from wsgi_intercept import (
    WSGI_HTTPConnection, WSGI_HTTPSConnection, WSGIAppError, add_wsgi_intercept,
    http_client_intercept, remove_wsgi_intercept, wsgi_fake_socket)
from wsgi_intercept._compat import get_function
from wsgi_intercept._connection import Interception, intercepting
from wsgi_intercept._patch import Patch
from wsgi_intercept.interceptor import HttpClientInterceptor

from ..apps import App, named_factory


@contextlib.contextmanager
def registered(factory, host='app.example', port=80, script_name=''):
    add_wsgi_intercept(host, port, factory, script_name)
    try:
        yield
    finally:
        remove_wsgi_intercept(host, port)


@pytest.fixture
def listener():
    """A socket that listens on loopback, at its host and port."""
    sock = socket.socket()
    sock.bind(('127.0.0.1', 0))
    sock.listen(5)
    yield sock
    sock.close()


def get(connection, target='/', method='GET', **options):
    """The body of the answer to a request."""
    connection.request(method, target, **options)
    return connection.getresponse().read()


CLASSES = [(WSGI_HTTPConnection, http_client.HTTPConnection, 80, 'http'),
           (WSGI_HTTPSConnection, http_client.HTTPSConnection, 443, 'https')]
classes = pytest.mark.parametrize('cls, base, port, scheme', CLASSES,
                                  ids=['http', 'https'])


@classes
def test_a_registered_pair(cls, base, port, scheme):
    assert issubclass(cls, base)
    app = App()
    with registered(app.make, port=port):
        connection = cls('app.example')
        assert get(connection, '/path') == b'hello'
        connection.close()
    assert app.environ['PATH_INFO'] == '/path'
    assert app.environ['SERVER_PORT'] == str(port)
    assert app.environ['wsgi.url_scheme'] == scheme


@classes
def test_any_port_is_reached_by_both_schemes(cls, base, port, scheme):
    app = App()
    with registered(app.make, port=8443):
        assert get(cls('app.example', 8443)) == b'hello'
    assert app.environ['wsgi.url_scheme'] == scheme


@classes
def test_many_requests_of_a_connection(cls, base, port, scheme):
    app = App()
    connection = cls('app.example', port)
    with registered(app.make, port=port):
        for number in range(5):
            assert get(connection, '/%d' % number) == b'hello'
            body = str(number).encode('ascii')
            assert get(connection, method='POST', body=body,
                       headers={'Content-Type': 'text/plain'}) == body
    assert len(app.environs) == 10


@classes
def test_the_registration_of_the_moment_answers(cls, base, port, scheme):
    connection = cls('127.0.0.1', 1)
    with registered(named_factory('one'), '127.0.0.1', 1):
        assert get(connection) == b'one'
        with_another = named_factory('two')
        add_wsgi_intercept('127.0.0.1', 1, with_another)
        assert get(connection) == b'two'
    with pytest.raises(socket.error):
        get(connection)


@classes
def test_without_a_registration_the_network_is_asked(cls, base, port, scheme,
                                                     closed_port):
    with pytest.raises(socket.error):
        get(cls('127.0.0.1', closed_port))


@classes
def test_a_factory_that_returns_none(cls, base, port, scheme, closed_port):
    with registered(lambda: None, '127.0.0.1', closed_port):
        with pytest.raises(socket.error):
            get(cls('127.0.0.1', closed_port))


@classes
def test_arguments_go_through(cls, base, port, scheme, listener):
    connection = cls('app.example', 8080, timeout=7, source_address=('127.0.0.1', 0))
    assert (connection.host, connection.port) == ('app.example', 8080)
    assert connection.timeout == 7
    assert connection.source_address == ('127.0.0.1', 0)


@pytest.mark.skipif(six.PY2, reason='the old httplib')
def test_the_keywords_of_the_base_go_through():
    import ssl
    context = ssl.create_default_context()
    connection = WSGI_HTTPSConnection('app.example', context=context)
    with registered(App().make, port=443):
        assert get(connection) == b'hello'
    assert connection._context is context


# get_app().

class Chosen(WSGI_HTTPConnection):
    """Chooses its application itself."""

    asked = ()

    def get_app(self, host, port):
        self.asked += ((host, port),)
        if host == 'chosen.example':
            return App().make(), '/prefix'
        return None, None


def test_get_app_may_be_overridden(closed_port):
    connection = Chosen('chosen.example', 8080)
    assert get(connection) == b'hello'
    assert ('chosen.example', 8080) in connection.asked
    with pytest.raises(socket.error):
        get(Chosen('127.0.0.1', closed_port))


def test_an_overridden_get_app_does_not_ask_the_registry(closed_port):
    with registered(App().make, '127.0.0.1', closed_port):
        with pytest.raises(socket.error):
            get(Chosen('127.0.0.1', closed_port))


def test_the_script_name_of_get_app():
    app = App()

    class Mounted(WSGI_HTTPSConnection):
        def get_app(self, host, port):
            return app.make(), '/prefix'
    get(Mounted('any.example'), '/prefix/x')
    assert (app.environ['SCRIPT_NAME'], app.environ['PATH_INFO']) == ('/prefix', '/x')


def test_get_app_of_the_registry():
    connection = WSGI_HTTPConnection('app.example')
    made = App().make()
    with registered(lambda: made, script_name='/prefix'):
        assert connection.get_app('app.example', 80) == (made, '/prefix')
        assert connection.get_app('app.example', 81) == (None, None)
    assert connection.get_app('app.example', 80) == (None, None)


# Other classes.

class ClientConnection(http_client.HTTPConnection, object):
    """A client's class, with a connect() and an argument of its own."""

    def __init__(self, host, port=None, own=None, **options):
        http_client.HTTPConnection.__init__(self, host, port, **options)
        self.own = own

    def connect(self):
        raise ZeroDivisionError('the connect() of the client')


@pytest.mark.parametrize('mixin', [WSGI_HTTPConnection, Interception])
def test_mixed_into_a_client_s_class(mixin):
    class Mixed(mixin, ClientConnection):
        pass
    connection = Mixed('app.example', own=3)
    assert connection.own == 3
    with registered(App().make):
        assert get(connection) == b'hello'
    with pytest.raises(ZeroDivisionError):
        get(connection)


@classes
def test_behind_a_proxy_the_host_of_the_tunnel_counts(cls, base, port, scheme):
    app = App()
    connection = cls('proxy.example', 3128)
    connection.set_tunnel('app.example', 8443)
    with registered(app.make, port=8443):
        assert get(connection) == b'hello'
    assert app.environ['SERVER_NAME'] == 'app.example'
    assert app.environ['SERVER_PORT'] == '8443'


def test_an_idle_connection_to_the_real_host_is_left(listener):
    host, port = listener.getsockname()
    connection = WSGI_HTTPConnection(host, port)
    connection.connect()
    real = connection.sock
    assert not isinstance(real, wsgi_fake_socket)
    with registered(App().make, host, port):
        assert get(connection) == b'hello'
    with pytest.raises(socket.error):
        real.getpeername()


def test_an_error_of_the_application_leaves_a_connection_that_works():
    def fail(environ, start_response):
        raise ZeroDivisionError
    connection = WSGI_HTTPConnection('app.example')
    with registered(lambda: fail):
        with pytest.raises(WSGIAppError):
            get(connection)
    connection.close()
    with registered(App().make):
        assert get(connection) == b'hello'


@pytest.mark.parametrize('patch', [False, True])
def test_a_request_that_the_client_refuses_leaves_the_first_one(patch):
    """http.client sends one request at a time; it says so before it sends another."""
    app, made = App(), []
    cls = http_client.HTTPConnection if patch else WSGI_HTTPConnection

    def make():
        made.append(1)
        return app.make()
    with registered(make):
        if patch:
            http_client_intercept.install()
        try:
            connection = cls('app.example')
            connection.request('GET', '/first')
            with pytest.raises(http_client.CannotSendRequest):
                connection.request('GET', '/second')
            assert connection.getresponse().read() == b'hello'
        finally:
            http_client_intercept.uninstall()
    assert app.environ['PATH_INFO'] == '/first'
    assert made == [1]


def test_a_connection_that_reaches_nobody_can_be_used_again(closed_port):
    """As after a hang-up, when the next request finds that nobody is there."""
    connection = WSGI_HTTPConnection('127.0.0.1', closed_port)
    with registered(App().make, '127.0.0.1', closed_port):
        assert get(connection) == b'hello'
    with pytest.raises(socket.error):
        connection.request('GET', '/')
    with registered(App().make, '127.0.0.1', closed_port):
        assert get(connection) == b'hello'


def test_a_get_app_that_asks_the_registry_gets_the_options():
    class Asking(WSGI_HTTPConnection):
        def get_app(self, host, port):
            return WSGI_HTTPConnection.get_app(self, host, port)
    app, calls = App(), wsgi_intercept.Calls()
    add_wsgi_intercept('app.example', 80, app.make, environ={'REMOTE_USER': 'me'},
                       calls=calls)
    try:
        get(Asking('app.example'))
    finally:
        remove_wsgi_intercept('app.example', 80)
    assert app.environ['REMOTE_USER'] == 'me'
    assert [call.url for call in calls] == ['http://app.example/']


def test_expect_100_continue():
    app = App()
    connection = WSGI_HTTPConnection('app.example')
    with registered(app.make):
        connection.putrequest('POST', '/')
        for field in [('Content-Length', '3'), ('Content-Type', 'text/plain'),
                      ('Expect', '100-continue')]:
            connection.putheader(*field)
        connection.endheaders()
        connection.send(b'abc')
        assert connection.getresponse().read() == b'abc'
    assert app.environ['HTTP_EXPECT'] == '100-continue'


def test_connections_are_traced(monkeypatch, capsys, closed_port):
    monkeypatch.setattr(wsgi_intercept, 'debuglevel', 1)
    with registered(App().make):
        get(WSGI_HTTPConnection('app.example'))
    with pytest.raises(socket.error):
        get(WSGI_HTTPConnection('127.0.0.1', closed_port))
    told = capsys.readouterr()[1]
    assert 'intercepted: app.example:80' in told
    assert 'not intercepted: 127.0.0.1:%d' % closed_port in told


# The swaps for a client's own classes.

class First(http_client.HTTPConnection, object):
    """A client's connection class."""

    def connect(self):
        self.sock = None
        raise ZeroDivisionError('first')


class Second(First):
    """Its heir, which connects in another way."""

    def connect(self):
        raise ZeroDivisionError('second')


class Keeping(First):
    """A user's class, which keeps connect()."""


class Other(First):
    """A user's class with a transport of its own."""

    def connect(self):
        raise ZeroDivisionError('other')


@pytest.fixture
def patched():
    patch = Patch(lambda: intercepting([First, Second]))
    patch.hold('token')
    yield patch
    patch.release('token')


@pytest.mark.parametrize('cls', [First, Second, Keeping])
def test_what_is_connected_by_the_swapped_methods_is_intercepted(patched, cls):
    connection = cls('app.example')
    with registered(App().make):
        assert get(connection) == b'hello'
        assert get(connection) == b'hello'
    with pytest.raises(ZeroDivisionError):
        get(connection)


def test_what_connects_in_its_own_way_does_so(patched):
    with registered(App().make):
        with pytest.raises(ZeroDivisionError) as caught:
            get(Other('app.example'))
    assert str(caught.value) == 'other'


def test_the_client_s_own_connect_is_called_where_nothing_is_registered(patched):
    for cls, text in [(First, 'first'), (Second, 'second'), (Keeping, 'first')]:
        with pytest.raises(ZeroDivisionError) as caught:
            get(cls('unknown.example'))
        assert str(caught.value) == text


def test_a_connection_made_before_is_intercepted_and_no_longer_after():
    connection = First('app.example')
    patch = Patch(lambda: intercepting([First, Second]))
    with registered(App().make):
        patch.hold('token')
        assert get(connection) == b'hello'
        patch.release('token')
        with pytest.raises(ZeroDivisionError):
            get(connection)


def test_a_method_that_was_kept_does_nothing_after_the_release():
    patch = Patch(lambda: intercepting([First, Second]))
    patch.hold('token')
    connection = First('app.example')
    connect = connection.connect
    patch.release('token')
    with registered(App().make):
        with pytest.raises(ZeroDivisionError):
            connect()


def test_the_swaps_are_undone():
    before = [dict(vars(cls)) for cls in (First, Second)]
    patch = Patch(lambda: intercepting([First, Second]))
    patch.hold('token')
    assert vars(First)['connect'] is not before[0]['connect']
    patch.release('token')
    assert [dict(vars(cls)) for cls in (First, Second)] == before


def test_a_tuple_that_a_user_has_put_into_the_mapping():
    app = App()
    wsgi_intercept._wsgi_intercept['app.example', 80] = (app.make, '/prefix')
    try:
        connection = WSGI_HTTPConnection('app.example')
        connection.connect()
        assert [get(connection, '/prefix/path') for _each in range(2)] == [b'hello'] * 2
        connection.close()
    finally:
        remove_wsgi_intercept('app.example', 80)
    assert app.environ['SCRIPT_NAME'] == '/prefix'


@pytest.mark.parametrize('gone', ['removed', 'declines'])
def test_an_application_that_goes_between_connecting_and_asking(listener, gone):
    """A registration counts from the next request on, on a connection as well."""
    host, port = listener.getsockname()
    with registered(App().make, host, port):
        connection = WSGI_HTTPConnection(host, port, timeout=10)
        connection.connect()
        if gone == 'removed':
            remove_wsgi_intercept(host, port)
        else:
            add_wsgi_intercept(host, port, lambda: None)
        connection.request('GET', '/')
        server = listener.accept()[0]
        server.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nreal')
        assert connection.getresponse().read() == b'real'
        connection.close()
        server.close()


@pytest.mark.parametrize('arguments', [
    'method, url, **kwargs', 'method, url, skip_host=0, skip_accept_encoding=0',
    'method, url, skip_host=0, skip_accept_encoding=0, more=None', '*args, **kwargs'])
def test_a_putrequest_that_others_have_replaced(monkeypatch, arguments):
    """It gets the arguments that it is given, and is asked for each request."""
    asked = []
    original = get_function(http_client.HTTPConnection, 'putrequest')
    names = re.sub(r'=\w+', '', arguments)

    def record(self, method, url, *args, **kwargs):
        asked.append((method, url))
        return original(self, method, url)

    scope = {'record': record}
    six.exec_('def theirs(self, %s):\n    return record(self, %s)' % (arguments, names),
              scope)
    monkeypatch.setattr(http_client.HTTPConnection, 'putrequest', scope['theirs'])
    with HttpClientInterceptor(App().make, url='http://app.example/'):
        connection = http_client.HTTPConnection('app.example')
        for target in ('/one', '/two'):
            assert get(connection, target) == b'hello'
    assert asked == [('GET', '/one'), ('GET', '/two')]
