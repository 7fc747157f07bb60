"""A user's test module, for the type checkers: each public name with its types.

It runs as well: ``python -m pytest --noconftest example.py``.
"""

import contextlib
import http.client
import io
import unittest
import urllib.request
from types import TracebackType
from typing import (
    TYPE_CHECKING, Any, BinaryIO, Dict, Iterable, Iterator, List, Optional, Tuple, Type)

import httplib2
import pytest
import requests
import urllib3
from typing_extensions import assert_type

import wsgi_intercept
from wsgi_intercept import (
    Call, Calls, NetworkBlockedError, WSGI_HTTPConnection, WSGI_HTTPSConnection,
    WSGIAppError, add_wsgi_intercept, block_network, http_client_intercept,
    httplib2_intercept, make_environ, remove_wsgi_intercept, requests_intercept,
    urllib3_intercept, urllib_intercept, wsgi_fake_socket)
from wsgi_intercept.interceptor import (
    AllClientsInterceptor, HttpClientInterceptor, Httplib2Interceptor, Interceptor,
    RequestsInterceptor, Urllib3Interceptor, UrllibInterceptor)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

GET = b'GET /path HTTP/1.1\r\nHost: app.example\r\n\r\n'


# Applications: with the types of PEP 3333, with a user's own, a class, none at all.

def app(
    environ: 'WSGIEnvironment', start_response: 'StartResponse',
) -> Iterable[bytes]:
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'Hello from ' + environ['PATH_INFO'].encode('latin-1')]


def own_types(environ: Dict[str, Any], start_response: Any) -> List[bytes]:
    start_response('200 OK', [])
    yielded = [b'own']
    return yielded


def failing(environ: Dict[str, Any], start_response: Any) -> Iterator[bytes]:
    raise ValueError('no')


class Application:

    def __call__(
        self, environ: 'WSGIEnvironment', start_response: 'StartResponse',
    ) -> Iterator[bytes]:
        write = start_response('200 OK', [])
        write(b'of the ')
        yield b'class'


def create_app() -> 'WSGIApplication':
    return app


def not_here() -> None:
    return None


def sometimes(here: bool = False) -> 'Optional[WSGIApplication]':
    return app if here else None


# The functions of the package.

@pytest.fixture
def registered() -> Iterator[str]:
    add_wsgi_intercept('app.example', 80, create_app)
    yield 'http://app.example'
    remove_wsgi_intercept()


def test_registration() -> None:
    add_wsgi_intercept('app.example', 80, create_app)
    add_wsgi_intercept('app.example', '80', create_app, '/prefix')
    add_wsgi_intercept(
        host='app.example', port=80, app_create_fn=Application, script_name='')
    add_wsgi_intercept('app.example', 81, lambda: app, script_name=None)
    add_wsgi_intercept('app.example', 82, lambda: own_types)
    add_wsgi_intercept('app.example', 83, not_here)
    add_wsgi_intercept('app.example', 84, sometimes)
    assert ('app.example', 80) in wsgi_intercept._wsgi_intercept
    assert len(wsgi_intercept._wsgi_intercept) == 5
    factory, script_name = wsgi_intercept._wsgi_intercept['app.example', 80]
    assert factory is Application and script_name == ''
    assert_type(remove_wsgi_intercept('app.example', '80'), int)
    assert_type(remove_wsgi_intercept(host='app.example', port=81), int)
    assert_type(remove_wsgi_intercept(), int)


def test_settings() -> None:
    assert_type(wsgi_intercept.__version__, str)
    assert_type(wsgi_intercept.debuglevel, int)
    assert_type(wsgi_intercept.STRICT_RESPONSE_HEADERS, bool)
    wsgi_intercept.debuglevel = 0
    wsgi_intercept.STRICT_RESPONSE_HEADERS = False


class EveryHost:
    """A mapping of a user's own: two operations, and no more."""

    def __contains__(self, pair: object) -> bool:
        return True

    def __getitem__(self, pair: Tuple[str, int]) -> 'Tuple[Any, str]':
        return create_app, ''


def users_environ(
    request: BinaryIO, name: str, number: int, prefix: str,
) -> Dict[str, Any]:
    environ = make_environ(request, name, number, prefix)
    environ['REMOTE_USER'] = 'ann'
    return environ


def test_names_that_users_rebind(registered: str) -> None:
    make_before = wsgi_intercept.make_environ
    mapping_before = wsgi_intercept._wsgi_intercept
    try:
        wsgi_intercept.make_environ = users_environ
        wsgi_intercept._wsgi_intercept = EveryHost()
        wsgi_intercept._wsgi_intercept = {('app.example', 80): (create_app, '')}
    finally:
        wsgi_intercept.make_environ = make_before
        wsgi_intercept._wsgi_intercept = mapping_before
    environ = make_environ(io.BytesIO(GET), 'app.example', 80, '')
    assert_type(environ, Dict[str, Any])
    assert environ['PATH_INFO'] == '/path'


def test_an_error_of_the_application() -> None:
    with HttpClientInterceptor(lambda: failing, 'app.example'):
        connection = http.client.HTTPConnection('app.example')
        with pytest.raises(WSGIAppError) as caught:
            connection.request('GET', '/')
            connection.getresponse()
    error = caught.value
    assert_type(error.error, BaseException)
    assert_type(error.traceback, Optional[TracebackType])
    assert issubclass(error.exception_type, ValueError)
    assert error.exception_value.args == ('no',)
    assert isinstance(error.__cause__, ValueError)
    assert str(WSGIAppError(error.error, (ValueError, ValueError('no'), None)))


# Sockets and connections.

def test_a_fake_socket() -> None:
    with wsgi_fake_socket(app, 'app.example', 80, '', https=True) as sock:
        assert_type(sock, wsgi_fake_socket)
        sock.settimeout(1.5)
        assert_type(sock.gettimeout(), Optional[float])
        assert_type(sock.send('GET / HTTP/1.1\r\n'), int)
        sock.sendall(bytearray(b'Host: app.example\r\n'))
        sock.sendall(memoryview(b'\r\n'))
        assert_type(sock.makefile('rb', 0).readline(), bytes)
        assert_type(sock.recv(10), bytes)
        assert_type(sock.recv_into(bytearray(10)), int)
        assert_type(sock.fileno(), int)
        assert_type(sock.getsockopt(1, 2), int)
        assert_type(sock.getsockopt(1, 2, 4), bytes)
        assert_type(sock.getpeername(), Tuple[str, int])
        assert_type(sock.getpeercert(), Dict[str, Any])
        assert_type(sock.getpeercert(True), bytes)
        assert_type(sock.version(), str)


class OwnConnection(WSGI_HTTPConnection):

    def get_app(
        self, host: str, port: int,
    ) -> 'Tuple[Optional[WSGIApplication], Optional[str]]':
        if host == 'app.example':
            return app, '/prefix'
        return super().get_app(host, port)


class OwnSecureConnection(OwnConnection, WSGI_HTTPSConnection):

    def get_app(self, host: str, port: int) -> 'Tuple[WSGIApplication, str]':
        return app, ''


def fetch(connection: http.client.HTTPConnection) -> bytes:
    connection.request('GET', '/')
    body = connection.getresponse().read()
    connection.close()
    return body


def test_connections(registered: str) -> None:
    for connection in (
            WSGI_HTTPConnection('app.example', 80, timeout=5),
            OwnConnection('app.example'),
            OwnSecureConnection('app.example', 443),
            http_client_intercept.HTTP_WSGIInterceptor('app.example'),
            http_client_intercept.HTTPS_WSGIInterceptor('app.example', 80),
            httplib2_intercept.HTTP_WSGIInterceptorWithTimeout('app.example'),
            httplib2_intercept.HTTPS_WSGIInterceptorWithTimeout('app.example', 80)):
        assert fetch(connection) == b'Hello from /'


class OwnHttplib2Connection(httplib2_intercept.HTTPInterceptorMixin,
                            httplib2.HTTPConnectionWithTimeout):
    """Mixed into the client's own class."""


class OwnHttplib2SecureConnection(httplib2_intercept.HTTPSInterceptorMixin,
                                  httplib2.HTTPSConnectionWithTimeout):
    """Mixed into the client's own class."""


# The client modules.

def test_install_and_uninstall(registered: str) -> None:
    http_client_intercept.install()
    http_client_intercept.uninstall()
    httplib2_intercept.install()
    httplib2_intercept.uninstall()
    requests_intercept.install()
    requests_intercept.uninstall()
    urllib3_intercept.install()
    urllib3_intercept.uninstall()
    urllib_intercept.install()
    urllib_intercept.uninstall()
    opener = urllib_intercept.install_opener()
    assert_type(opener, urllib.request.OpenerDirector)
    assert opener.open(registered).read() == b'Hello from /'
    urllib_intercept.uninstall_opener()
    own = urllib.request.build_opener(
        urllib_intercept.WSGI_HTTPHandler, urllib_intercept.WSGI_HTTPSHandler())
    assert own.open(registered).read() == b'Hello from /'


# Interceptors.

def test_the_arguments_of_interceptors() -> None:
    interceptor = RequestsInterceptor(create_app, 'app.example', 8080, '/prefix')
    RequestsInterceptor(Application, host='app.example', port='80', prefix=None)
    assert_type(interceptor.host, str)
    assert_type(interceptor.port, int)
    assert_type(interceptor.script_name, str)
    assert_type(interceptor.url, str)
    assert_type(interceptor.MODULE_NAME, Optional[str])
    assert interceptor.app is create_app
    interceptor.install_intercept()
    interceptor.uninstall_module()
    interceptor.uninstall_intercept()


def test_with() -> None:
    with RequestsInterceptor(lambda: app, url='https://app.example') as url:
        assert_type(url, str)
        assert requests.get(url + '/world').text == 'Hello from /world'
    with Urllib3Interceptor(Application) as url:
        assert urllib3.PoolManager().request('GET', url).data == b'of the class'


@pytest.mark.parametrize('cls', [
    AllClientsInterceptor, HttpClientInterceptor, Httplib2Interceptor,
    RequestsInterceptor, Urllib3Interceptor, UrllibInterceptor])
def test_each_client(cls: Type[Interceptor]) -> None:
    with contextlib.ExitStack() as stack:
        assert_type(stack.enter_context(cls(lambda: app)), str)


@pytest.fixture
def url() -> Iterator[str]:
    with Httplib2Interceptor(lambda: app) as url:
        yield url


def test_a_fixture(url: str) -> None:
    client: Any = httplib2.Http()       # its request() has no types
    assert client.request(url)[1] == b'Hello from /'


class OwnInterceptor(UrllibInterceptor):
    """As users write them: a URL of its own, and more to do around it."""

    MODULE_NAME = 'urllib_intercept'

    def __init__(self) -> None:
        self.url = 'http://app.example'
        super().__init__(lambda: app)

    def __enter__(self) -> str:
        return super().__enter__() + '/own'

    def __exit__(
        self, exc_type: Optional[Type[BaseException]], error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        super().__exit__(exc_type, error, traceback)


class OtherInterceptor(OwnInterceptor):

    def __exit__(self, *exc_info: Any) -> None:
        super().__exit__(*exc_info)


def test_own_interceptors() -> None:
    for interceptor in OwnInterceptor(), OtherInterceptor():
        with interceptor as url:
            assert_type(url, str)
            assert urllib.request.urlopen(url).read() == b'Hello from /own'


class HelloTest(unittest.TestCase):

    def setUp(self) -> None:
        interceptor = UrllibInterceptor(lambda: app)
        self.url = interceptor.__enter__()
        self.addCleanup(interceptor.__exit__, None, None, None)

    def test_hello(self) -> None:
        self.assertEqual(urllib.request.urlopen(self.url).read(), b'Hello from /')


# Options, and what was called.

def test_options() -> None:
    AllClientsInterceptor(create_app, 'app.example', 8443, scheme='https')
    interceptor = AllClientsInterceptor(
        create_app, environ={'REMOTE_USER': 'ann', 'app.config': None},
        raise_app_errors=False, max_calls=10)
    with interceptor as url:
        requests.post(url + '/path', b'sent')
    assert_type(interceptor.calls, Calls)
    for call in interceptor.calls:
        assert_type(call, Call)
        assert_type(call.method, str)
        assert_type(call.url, str)
        assert_type(call.environ, Dict[str, Any])
        assert_type(call.body.read(), bytes)
        assert_type(call.status, Optional[str])
        assert_type(call.headers, List[Tuple[str, str]])
    assert interceptor.calls[0].body.read() == b'sent'
    assert [(call.method, call.status) for call in interceptor.calls] == [
        ('POST', '200 OK')]
    interceptor.calls.clear()


def test_calls_without_an_interceptor() -> None:
    calls = Calls(maxlen=3)
    add_wsgi_intercept(
        'app.example', 80, create_app, environ={'REMOTE_USER': 'ann'},
        raise_app_errors=False, calls=calls)
    plain_list: List[Call] = []
    add_wsgi_intercept('app.example', 80, create_app, calls=plain_list)
    remove_wsgi_intercept()


# Decorators.

@RequestsInterceptor(lambda: app, url='http://app.example')
def fetch_text(path: str, prefix: str = '') -> str:
    return requests.get('http://app.example' + prefix + path).text


made_up = RequestsInterceptor(lambda: app)


@made_up(url_argument='url')
def fetch_from(url: str, path: str) -> str:
    return requests.get(url + path).text


def test_decorated_functions() -> None:
    assert_type(fetch_text('/world'), str)
    assert fetch_text('/world', prefix='/hello') == 'Hello from /hello/world'
    assert_type(fetch_from(path='/world'), str)
    assert fetch_from(path='/world') == 'Hello from /world'


class DecoratedTest(unittest.TestCase):

    @UrllibInterceptor(lambda: app, 'app.example')
    @block_network()
    def test_hello(self) -> None:
        with urllib.request.urlopen('http://app.example') as response:
            self.assertEqual(response.read(), b'Hello from /')

    interceptor = UrllibInterceptor(lambda: app)

    @interceptor(url_argument='url')
    def test_the_url_is_passed(self, url: str) -> None:
        with urllib.request.urlopen(url) as response:
            self.assertEqual(response.read(), b'Hello from /')


# The switch that blocks the network.

@block_network(allow=['localhost', '*.example.com', ('db.example', 5432)])
def length(text: str) -> int:
    return len(text)


def test_block_network() -> None:
    assert_type(length('text'), int)
    with block_network():
        with pytest.raises(NetworkBlockedError) as caught:
            http.client.HTTPConnection('unknown.example').request('GET', '/')
    error: OSError = caught.value
    assert 'unknown.example:80' in str(error)
    hosts = ['localhost', '127.0.0.1']
    for allowed in (
            block_network(hosts), block_network(tuple(hosts)), block_network(()),
            block_network(set(hosts)), block_network({'localhost': 'of the database'}),
            block_network([('localhost', 80)]), block_network(host for host in hosts)):
        with allowed:
            pass


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    with block_network(allow=['localhost']):
        yield
