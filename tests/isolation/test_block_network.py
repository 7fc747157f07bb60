"""block_network(): clients reach what is registered or allowed, and nothing else."""

import contextlib
import itertools
import socket
import threading

import httplib2
import pytest
import requests
import urllib3
from six.moves import http_client, xmlrpc_client
from six.moves.urllib.error import URLError
from six.moves.urllib.request import ProxyHandler, build_opener, urlopen

import wsgi_intercept
from wsgi_intercept import (
    NetworkBlockedError, add_wsgi_intercept, block_network, remove_wsgi_intercept)
from wsgi_intercept.interceptor import AllClientsInterceptor

from ..apps import App, named_factory
from ..conftest import differences, state
from ..drivers import (
    HttpClientDriver, Httplib2Driver, RequestsDriver, Urllib3Driver, UrllibDriver)
from .servers import TIMEOUT, Proxy
from .test_threads import in_threads

URL = 'http://app.example'
URLS = ['http://blocked.example/path', 'https://blocked.example/path',
        'http://blocked.example:8080', 'https://blocked.example:8443',
        'http://127.0.0.1:9', 'http://[::1]:9']

#: What urllib3 makes of a host that cannot be reached; until 1.11 of any OSError.
URLLIB3_ERROR = getattr(urllib3.exceptions, 'NewConnectionError',
                        getattr(urllib3.exceptions, 'ProtocolError', None))
ERRORS = {HttpClientDriver: NetworkBlockedError, UrllibDriver: URLError,
          Httplib2Driver: httplib2.ServerNotFoundError,
          RequestsDriver: requests.ConnectionError, Urllib3Driver: URLLIB3_ERROR}


@pytest.fixture
def lookups(monkeypatch):
    """The names that are looked up."""
    names = []

    def counted(look_up):
        def function(host, *args, **kwargs):
            names.append(host)
            return look_up(host, *args, **kwargs)
        return function
    for name in ('getaddrinfo', 'gethostbyname'):
        monkeypatch.setattr(socket, name, counted(getattr(socket, name)))
    return names


def causes(error):
    """An error, and all that it carries or was raised from."""
    seen = []
    left = [error]
    while left:
        each = left.pop()
        if isinstance(each, BaseException) and each not in seen:
            seen.append(each)
            left.extend(each.args)
            left.extend(getattr(each, name, None)
                        for name in ('reason', '__cause__', '__context__'))
    return seen


def refused(driver, url, expected=None, **options):
    """The text of the error that a client gives for a host that is blocked."""
    with pytest.raises(expected or ERRORS[type(driver)]) as caught:
        driver.request(options.pop('method', 'GET'), url, **options)
    blocked = [error for error in causes(caught.value)
               if isinstance(error, NetworkBlockedError)]
    assert blocked, caught.value
    text = str(blocked[0])
    assert text in str(caught.value)
    return text


# What is refused

@pytest.mark.parametrize('url', URLS)
def test_hosts_are_blocked(driver, lookups, url):
    authority = url.split('/')[2]
    port = '' if authority[-1].isdigit() else ':443' if 's:' in url else ':80'
    with block_network():
        for method, body in [('GET', None), ('POST', b'x' * 100)]:
            assert refused(driver, url, method=method, body=body).startswith(
                authority + port + ' is blocked by wsgi_intercept.block_network(); '
                'nothing is registered; to let it pass, write block_network(allow=[')
    assert not lookups


def test_the_types_of_the_errors():
    http = Httplib2Driver()
    with block_network():
        with pytest.raises(NetworkBlockedError) as caught:
            http.request('GET', URLS[0])
        assert isinstance(caught.value, httplib2.ServerNotFoundError)
        with pytest.raises(URLError) as caught:
            urlopen(URLS[0])
        assert type(caught.value.reason) is NetworkBlockedError
        manager = urllib3.PoolManager()
        with pytest.raises(urllib3.exceptions.MaxRetryError) as caught:
            manager.request('GET', URLS[0])
        assert isinstance(caught.value.reason, URLLIB3_ERROR)
        with pytest.raises(requests.ConnectionError) as caught:
            requests.get(URLS[0])
        assert not isinstance(caught.value, requests.Timeout)
    http.close()


@pytest.mark.skipif(not hasattr(urllib3.exceptions, 'NewConnectionError'),
                    reason='until 1.11 urllib3 lets the OSError be one')
def test_the_cause_under_urllib3():
    with block_network():
        with pytest.raises(urllib3.exceptions.NewConnectionError) as caught:
            Urllib3Driver().request('GET', URLS[0])
    assert type(caught.value.__cause__) is NetworkBlockedError
    assert str(caught.value).endswith(str(caught.value.__cause__))


def test_xmlrpc():
    proxy = xmlrpc_client.ServerProxy(URLS[0])
    with block_network():
        with pytest.raises(NetworkBlockedError):
            proxy.method()


def test_routes_without_a_session(lookups):
    with block_network():
        with pytest.raises(URLError):
            urlopen(URLS[0])
        with pytest.raises(URLError):
            build_opener().open(URLS[1])
        with pytest.raises(requests.ConnectionError):
            requests.post(URLS[0], data='x')
        with pytest.raises(urllib3.exceptions.HTTPError):
            urllib3.HTTPConnectionPool('blocked.example').request('GET', '/')
        with pytest.raises(EnvironmentError):
            http_client.HTTPSConnection('blocked.example').connect()
    assert not lookups


def test_a_redirect_to_a_blocked_host():
    def answer(app, environ, start_response):
        start_response('302 Found', [('Location', URLS[0])])
        return []
    with AllClientsInterceptor(App(answer, valid=False).make, url=URL):
        with block_network():
            with pytest.raises(requests.ConnectionError) as caught:
                requests.get(URL)
    assert 'blocked.example:80 is blocked' in str(caught.value)


def test_an_application_that_makes_requests(driver):
    inner = type(driver)()

    def answer(app, environ, start_response):
        start_response('200 OK', [('Content-Type', 'text/plain')])
        return [refused(inner, URLS[0]).encode('ascii')]
    with block_network():
        with driver.interceptor(App(answer).make, url=URL):
            assert b'blocked.example:80 is blocked' in driver.request('GET', URL).body
    inner.close()


# What is answered

def test_what_is_registered_is_answered(driver, lookups):
    add_wsgi_intercept('app.example', 80, named_factory('app'))
    with block_network():
        assert driver.request('GET', URL).body == b'app'
        assert driver.request('GET', URL).body == b'app'
        assert 'registered are app.example:80;' in refused(driver, URLS[0])
        remove_wsgi_intercept('app.example', 80)
        refused(driver, URL)
        add_wsgi_intercept('app.example', 80, named_factory('other'))
        assert driver.request('GET', URL).body == b'other'
    remove_wsgi_intercept()
    assert not lookups


@pytest.mark.parametrize('interceptor', [None, AllClientsInterceptor],
                         ids=['one', 'all'])
@pytest.mark.parametrize('order', ['inside', 'outside'])
@pytest.mark.parametrize('exits', [1, -1])
def test_beside_interceptors(driver, server, interceptor, order, exits):
    """Entered and left in any order: each does its own."""
    before = state()
    intercepting = (interceptor or driver.interceptor)(named_factory('app'), url=URL)
    blocking = block_network()
    both = [intercepting, blocking] if order == 'inside' else [blocking, intercepting]
    for each in both:
        each.__enter__()
    assert driver.request('GET', URL).body == b'app'
    refused(driver, server.url)
    first, last = both[::exits]
    first.__exit__(None, None, None)
    if first is blocking:
        assert driver.request('GET', URL).body == b'app'
        assert driver.request('GET', server.url).body == b'real'
    else:
        refused(driver, URL)
        refused(driver, server.url)
    last.__exit__(None, None, None)
    assert not differences(before, state())
    assert driver.request('GET', server.url).body == b'real'


@pytest.mark.parametrize('allow, reached', [
    (['127.0.0.1'], True), (['127.*'], True), (['*'], True),
    ([('127.0.0.1', None)], True), ([('*', None)], True),
    (['localhost'], False), (['127.0.0.2'], False), ([('127.0.0.1', 1)], False)],
    ids=str)
def test_what_is_allowed_is_reached(driver, server, allow, reached):
    allow = [(entry[0], entry[1] or server.port) if isinstance(entry, tuple) else entry
             for entry in allow]
    with block_network(allow=allow):
        if reached:
            for _each in range(2):
                assert driver.request('GET', server.url).body == b'real'
        else:
            refused(driver, server.url)
        if '*' not in str(allow):
            refused(driver, URLS[0])
    assert len(server.requests) == (2 if reached else 0)


def test_it_is_decided_on_the_name(driver, serve, lookups):
    server = serve(host='localhost')
    with block_network(allow=['127.0.0.1']):
        refused(driver, server.url)
        assert not lookups
        with block_network(allow=['LOCALHOST']):
            assert driver.request('GET', server.url).body == b'real'


def test_a_factory_that_returns_none(driver, server):
    with driver.interceptor(lambda: None, url=server.url):
        with block_network():
            for _each in range(2):
                text = refused(driver, server.url)
                assert 'though registered: its factory has returned None' in text
        with block_network(allow=['127.0.0.1']):
            assert driver.request('GET', server.url).body == b'real'
        assert driver.request('GET', server.url).body == b'real'
    assert len(server.requests) == 2


def test_a_factory_is_called_once_a_request(driver, server):
    calls = []
    with driver.interceptor(lambda: calls.append(1), url=server.url):
        with block_network(allow=['127.0.0.1']):
            for number in (1, 2, 3):
                assert driver.request('GET', server.url).body == b'real'
                assert len(calls) == number


# Connections that are there

def test_an_idle_connection_is_not_used(driver, server):
    for number in (1, 2):
        assert driver.request('GET', server.url).body == b'real'
        with block_network():
            for _each in range(2):
                refused(driver, server.url)
        assert len(server.requests) == number
    assert driver.request('GET', server.url).body == b'real'


def test_an_idle_connection_that_is_allowed_is_used(driver, server):
    assert driver.request('GET', server.url).body == b'real'
    connections = server.connections
    with block_network(allow=['127.0.0.1']):
        assert driver.request('GET', server.url).body == b'real'
    assert server.connections == connections + isinstance(driver, UrllibDriver)


@pytest.mark.parametrize('factory', [None, lambda: None], ids=['none', 'returns None'])
def test_a_connection_that_was_dialled_before(server, factory):
    """By ``connect()``, and not used yet."""
    if factory:
        add_wsgi_intercept('127.0.0.1', server.port, factory)
    with AllClientsInterceptor(named_factory('app'), url=URL):
        for cls in (http_client.HTTPConnection, wsgi_intercept.WSGI_HTTPConnection,
                    urllib3.connection.HTTPConnection):
            connection = cls('127.0.0.1', server.port, timeout=TIMEOUT)
            connection.connect()
            before = len(server.requests)
            with block_network():
                for _each in range(2):
                    with pytest.raises((EnvironmentError, URLLIB3_ERROR)) as caught:
                        connection.request('GET', '/')
                    assert 'is blocked by' in str(caught.value)
            assert len(server.requests) == before
            connection.close()
    remove_wsgi_intercept()


def test_a_connection_survives_a_block(server):
    connection = http_client.HTTPConnection('127.0.0.1', server.port)
    for _each in range(3):
        connection.request('GET', '/')
        assert connection.getresponse().read() == b'real'
        with block_network():
            with pytest.raises(NetworkBlockedError):
                connection.request('GET', '/')
    connection.close()
    assert server.connections == 1


def test_a_session_that_was_made_inside(driver_class, server):
    with block_network():
        driver = driver_class()
        refused(driver, server.url)
    assert driver.request('GET', server.url).body == b'real'
    driver.close()


def test_a_response_that_is_being_read(server):
    """The request was made before."""
    driver = HttpClientDriver()
    response = driver.stream(server.url)
    with block_network():
        assert response.read() == b'real'
    driver.close()


# Classes of users

class CallsConnect(http_client.HTTPConnection):
    """Does something after the standard connect()."""

    def connect(self):
        http_client.HTTPConnection.connect(self)
        self.prepared = True


class OwnTransport(http_client.HTTPConnection):
    """Reaches its host without the network, as over a Unix socket."""

    def connect(self):
        self.sock, self.far_end = socket.socketpair()


def test_a_class_that_calls_the_standard_connect(server):
    connection = CallsConnect('127.0.0.1', server.port)
    with block_network():
        with pytest.raises(NetworkBlockedError):
            connection.request('GET', '/')
        connection.close()
        add_wsgi_intercept('127.0.0.1', server.port, named_factory('app'))
        connection.request('GET', '/')
        assert connection.getresponse().read() == b'app'
        assert connection.prepared
        connection.close()
        remove_wsgi_intercept()
    with block_network(['127.0.0.1']):
        connection.request('GET', '/')
        assert connection.prepared
        assert connection.getresponse().read() == b'real'
    connection.close()


def test_a_transport_of_its_own_is_left_alone():
    connection = OwnTransport('blocked.example')
    with block_network():
        connection.request('GET', '/')
        assert connection.far_end.recv(100).startswith(b'GET / HTTP/1.1')
    connection.far_end.close()
    connection.close()


# Proxies

def test_plain_http_through_a_proxy_is_for_the_proxy(serve):
    proxy = serve('proxy', kind=Proxy)
    with contextlib.closing(requests.Session()) as session:
        session.trust_env = False
        session.proxies = {'http': proxy.url}
        with block_network(allow=['blocked.example']):
            with pytest.raises(requests.ConnectionError) as caught:
                session.get(URLS[0])
        assert '127.0.0.1:%d is blocked' % proxy.port in str(caught.value)
        with block_network(allow=['127.0.0.1']):
            assert session.get(URLS[0]).content == b'proxy'
    opener = build_opener(ProxyHandler({'http': proxy.url}))
    with block_network():
        with pytest.raises(URLError) as caught:
            opener.open(URLS[0])
    assert '127.0.0.1:%d is blocked' % proxy.port in str(caught.value)


def test_a_tunnel_is_for_its_target(serve):
    proxy = serve('proxy', kind=Proxy)
    with contextlib.closing(requests.Session()) as session:
        session.trust_env = False
        session.proxies = {'https': proxy.url}
        with block_network(allow=['127.0.0.1']):
            with pytest.raises(requests.ConnectionError) as caught:
                session.get(URLS[1])
    assert 'blocked.example:443 is blocked' in str(caught.value)
    assert not proxy.connections
    server = serve()
    with block_network(allow=[('localhost', server.port)]):
        connection = http_client.HTTPConnection('127.0.0.1', proxy.port)
        connection.set_tunnel('localhost', server.port)
        connection.request('GET', '/')
        assert connection.getresponse().read() == b'real'
        connection.close()
        connection.set_tunnel('blocked.example', 80)
        with pytest.raises(NetworkBlockedError):
            connection.request('GET', '/')


# Everything else in the process

def test_other_sockets_are_not_touched(server, lookups):
    with block_network():
        sock = socket.create_connection(('localhost', server.port), TIMEOUT)
        sock.sendall(b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
        assert sock.recv(15) == b'HTTP/1.1 200 OK'
        sock.close()
    assert lookups == ['localhost']


@pytest.mark.parametrize('exits', list(itertools.permutations(range(3))), ids=str)
def test_nested_blocks_left_in_any_order(driver, server, exits):
    before = state()
    made = [block_network(), block_network(['127.0.0.1']), block_network(['x'])]
    for each in made:
        each.__enter__()
    left = [0, 1, 2]
    for number in exits:
        if left[-1] == 1:
            assert driver.request('GET', server.url).body == b'real'
        else:
            refused(driver, server.url)
        made[number].__exit__(None, None, None)
        left.remove(number)
    assert not differences(before, state())
    assert driver.request('GET', server.url).body == b'real'


def test_uninstall_does_not_unblock(driver, installed, server):
    with block_network():
        installed.uninstall()
        refused(driver, server.url)
        installed.install()
        refused(driver, server.url)
    assert driver.request('GET', server.url).body == b'real'


@pytest.mark.parametrize('error', [ZeroDivisionError, KeyboardInterrupt, SystemExit])
def test_an_error_inside(driver, server, error):
    before = state()
    with pytest.raises(error):
        with block_network():
            refused(driver, server.url)
            raise error
    assert not differences(before, state())
    assert driver.request('GET', server.url).body == b'real'


def test_a_decorated_function(driver, server):
    @block_network()
    def decorated(url):
        refused(driver, url)
        return url
    assert decorated(server.url) == server.url
    assert driver.request('GET', server.url).body == b'real'


def test_all_threads_are_blocked(driver_class, server):
    def thread():
        with contextlib.closing(driver_class()) as driver:
            refused(driver, server.url)
    with block_network():
        in_threads([thread] * 8)
    assert not server.requests


def test_blocks_come_and_go_in_many_threads(driver_class, server):
    """Within one that stays: whichever decides, it blocks."""
    before = state()

    def thread():
        with contextlib.closing(driver_class()) as driver:
            for _each in range(4):
                with block_network():
                    refused(driver, server.url)
                refused(driver, server.url)
    with block_network():
        in_threads([thread] * 8)
    assert not server.requests
    assert not differences(before, state())


def test_a_block_ends_while_it_is_asked(driver_class, server):
    """A request in another thread is refused or answered, and nothing else."""
    stop = threading.Event()

    def change():
        for _each in range(50):
            with block_network():
                pass
        stop.set()

    def ask():
        with contextlib.closing(driver_class()) as driver:
            while not stop.is_set():
                try:
                    assert driver.request('GET', server.url).body == b'real'
                except ERRORS[driver_class] as error:
                    assert 'is blocked by' in str(error)
    in_threads([change, ask, ask])


def test_connect_of_a_connection_that_an_application_has_answered(closed_port):
    connection = http_client.HTTPConnection('127.0.0.1', closed_port)
    url = 'http://127.0.0.1:%d' % closed_port
    with HttpClientDriver.interceptor(named_factory('app'), url=url):
        connection.request('GET', '/')
        connection.getresponse().read()
    with block_network():
        with pytest.raises(NetworkBlockedError):
            connection.connect()
    connection.close()
