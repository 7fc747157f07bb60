"""Every route through a client, for what was made before installation and after.

The names below are bound, and the classes defined, before anything is intercepted.
"""

import contextlib
import inspect
import os
import shutil
import socket
import subprocess
import sys
from email.utils import formatdate

import httplib2
import pytest
import requests
import requests.adapters
import six
import urllib3
import urllib3.connection
from six.moves import http_client, xmlrpc_client
from six.moves.urllib import request as urllib_names
from six.moves.urllib.request import (
    HTTPCookieProcessor, HTTPHandler, OpenerDirector, ProxyHandler, Request,
    build_opener, install_opener, urlopen)

import wsgi_intercept
from wsgi_intercept import (
    add_wsgi_intercept, http_client_intercept, remove_wsgi_intercept,
    requests_intercept, urllib3_intercept, urllib_intercept)
from wsgi_intercept.interceptor import (
    HttpClientInterceptor, Httplib2Interceptor, RequestsInterceptor,
    Urllib3Interceptor, UrllibInterceptor)

from ..apps import App, named, named_factory
from ..drivers import DRIVERS
from .relations import SHARED_URLLIB3, interceptors_of

ssl = pytest.importorskip('ssl')

HTTPConnection = http_client.HTTPConnection
HTTPSConnection = http_client.HTTPSConnection

URL = 'http://app.example'
HTTPS_URL = 'https://app.example'
urllib_request = sys.modules[HTTPHandler.__module__]


def read(response):
    """The body of a response, which is closed."""
    with contextlib.closing(response):
        return response.read()


def ask(connection, **options):
    connection.request('GET', '/', **options)
    response = connection.getresponse()
    # urllib3 2 has read it by now.
    return response.data if hasattr(response, 'data') else response.read()


# http.client

class Inheriting(HTTPConnection):
    """Keeps the standard connect()."""


class Counting(HTTPConnection):
    """Has a say in everything but in how it connects."""

    def __init__(self, *args, **kwargs):
        HTTPConnection.__init__(self, *args, **kwargs)
        self.calls = []

    def putrequest(self, *args, **kwargs):
        self.calls.append('putrequest')
        return HTTPConnection.putrequest(self, *args, **kwargs)

    def send(self, data):
        self.calls.append('send')
        return HTTPConnection.send(self, data)

    def getresponse(self, *args, **kwargs):
        self.calls.append('getresponse')
        return HTTPConnection.getresponse(self, *args, **kwargs)


class InheritingHTTPS(HTTPSConnection):
    """Keeps the standard connect()."""


class WithTransport(HTTPConnection):
    """Goes its own way to the host."""

    def connect(self):
        raise LookupError('a transport of its own')


class Grandchild(Inheriting):
    """Keeps the standard connect() of the class above the one above."""


@pytest.mark.parametrize('make', [
    HTTPConnection, HTTPSConnection, Inheriting, InheritingHTTPS, Counting, Grandchild,
    lambda host: http_client.HTTPConnection(host),
    lambda host: HTTPConnection(host, 80),
    lambda host: HTTPConnection(host + ':80'),
    lambda host: HTTPConnection(host.upper()),
    lambda host: HTTPConnection(host=host, port=80, timeout=1),
    lambda host: HTTPSConnection(host=host, port=443, timeout=1),
    lambda host: HTTPSConnection(host, context=ssl.create_default_context()),
], ids=lambda make: make.__name__)
@pytest.mark.parametrize('when', ['before', 'after'])
def test_http_client(make, when):
    early = make('app.example') if when == 'before' else None
    with HttpClientInterceptor(named_factory('http'), url=URL):
        with HttpClientInterceptor(named_factory('https'), url=HTTPS_URL):
            connection = early or make('app.example')
            scheme = 'https' if connection.default_port == 443 else 'http'
            for _each in range(3):
                assert ask(connection) == scheme.encode('ascii')
    connection.close()


def test_http_client_of_a_subclass_with_methods_of_its_own():
    connection = Counting('app.example')
    with HttpClientInterceptor(named_factory('app'), url=URL):
        assert ask(connection, body=b'x', headers={'X-Y': 'z'}) == b'app'
    connection.close()
    assert connection.calls[0] == 'putrequest'
    assert 'send' in connection.calls
    assert connection.calls[-1] == 'getresponse'


def test_a_transport_of_its_own_is_left_alone():
    connection = WithTransport('app.example')
    with HttpClientInterceptor(named_factory('app'), url=URL):
        with pytest.raises(LookupError):
            ask(connection)
    connection.close()


class CallsConnect(HTTPConnection):
    """Does something more to the connection."""

    def connect(self):
        HTTPConnection.connect(self)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.prepared = True


class CallsConnectHTTPS(HTTPSConnection):
    """The same with TLS."""

    def connect(self):
        HTTPSConnection.connect(self)
        self.prepared = True


class WrapsTLS(HTTPSConnection):
    """Puts TLS on a plain connection itself."""

    def connect(self):
        HTTPConnection.connect(self)
        raise LookupError('a socket that is wrapped')


@pytest.mark.parametrize('cls', [CallsConnect, CallsConnectHTTPS])
@pytest.mark.parametrize('when', ['before', 'after'])
def test_a_connect_that_calls_the_standard_one(cls, when):
    early = cls('app.example') if when == 'before' else None
    with HttpClientInterceptor(named_factory('app'), url=URL):
        with HttpClientInterceptor(named_factory('app'), url=HTTPS_URL):
            connection = early or cls('app.example')
            for _each in range(3):
                assert ask(connection) == b'app'
    assert connection.prepared
    connection.close()


def test_a_connect_that_calls_the_standard_one_has_one_application_for_a_request(
        closed_port):
    for made, cls in [([], CallsConnect), ([], CallsConnectHTTPS)]:
        def make():
            made.append(1)
        with HttpClientInterceptor(make, host='127.0.0.1', port=closed_port):
            with pytest.raises(socket.error):
                ask(cls('127.0.0.1', closed_port))
        assert len(made) == 1


def test_a_kept_connection_whose_connect_calls_the_standard_one(server):
    with HttpClientInterceptor(named_factory('other'), url=URL):
        connection = CallsConnect('127.0.0.1', server.port)
        assert ask(connection) == b'real'
        with HttpClientInterceptor(named_factory('app'), url=server.url):
            assert ask(connection) == b'app'
        assert ask(connection) == b'real'
    assert ask(connection) == b'real'
    connection.close()


class Recording(object):
    """Stands around a socket."""

    def __init__(self, sock):
        self._sock = sock

    def __getattr__(self, name):
        return getattr(self._sock, name)


@pytest.mark.parametrize('scheme', ['http', 'https'])
def test_a_connect_that_puts_something_around_the_socket(scheme):
    base = getattr(urllib3.connection,
                   'HTTPSConnection' if scheme == 'https' else 'HTTPConnection')

    class Connection(base):
        def connect(self):
            base.connect(self)
            self.sock = Recording(self.sock)
    made = []

    def make():
        made.append(1)
        return App(named('app')).make()
    pool = getattr(urllib3, '%sConnectionPool' % scheme.upper())('app.example')
    pool.ConnectionCls = Connection
    with Urllib3Interceptor(make, url=scheme + '://app.example'):
        for count in (1, 2, 3):
            assert pool.request('GET', '/').data == b'app'
            assert len(made) == count
    pool.close()


def test_a_connect_that_calls_the_standard_one_where_that_for_https_is_mocked(
        server, monkeypatch):
    monkeypatch.setattr(http_client, 'HTTPSConnection', object())
    with HttpClientInterceptor(named_factory('app'), url=URL):
        connection = CallsConnect('127.0.0.1', server.port)
        assert ask(connection) == b'real'
        connection.close()


def test_who_wraps_tls_around_the_standard_connect_gets_a_real_socket(server):
    connection = WrapsTLS('127.0.0.1', server.port)
    with HttpClientInterceptor(named_factory('app'), url=server.url):
        with pytest.raises(LookupError):
            ask(connection)
        assert isinstance(connection.sock, socket.socket)
    connection.close()


def test_a_class_of_urllib3_whose_connect_calls_the_client_s():
    class Connection(urllib3.connection.HTTPConnection):
        def connect(self):
            urllib3.connection.HTTPConnection.connect(self)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    pool = urllib3.HTTPConnectionPool('app.example')
    pool.ConnectionCls = Connection
    with Urllib3Interceptor(named_factory('app'), url=URL):
        assert pool.request('GET', '/').data == b'app'
    pool.close()


def test_http_client_from_piece_to_piece():
    """``putrequest`` and its kin, as older code writes requests."""
    app = App()
    connection = HTTPConnection('app.example')
    with HttpClientInterceptor(app.make, url=URL):
        connection.putrequest('POST', '/x', skip_accept_encoding=True)
        connection.putheader('Content-Length', '3')
        connection.putheader('Content-Type', 'text/plain')
        connection.endheaders()
        connection.send(b'a')
        connection.send(b'bc')
        assert connection.getresponse().read() == b'abc'
    connection.close()
    assert 'HTTP_ACCEPT_ENCODING' not in app.environ


@pytest.mark.parametrize('host', ['[::1]:8080', '::1'])
def test_http_client_of_ipv6(host):
    connection = HTTPConnection(host, None if ']' in host else 8080)
    with HttpClientInterceptor(named_factory('app'), '::1', 8080):
        assert ask(connection) == b'app'
    connection.close()


def test_http_client_through_a_tunnel():
    """Behind CONNECT it is the tunnel's end that counts; no proxy is asked."""
    connection = HTTPSConnection('proxy.example', 3128)
    connection.set_tunnel('app.example', 443)
    with HttpClientInterceptor(named_factory('app'), url=HTTPS_URL):
        assert ask(connection) == b'app'
    connection.close()


# xmlrpc.client

def calling(app, environ, start_response):
    """Answers calls of XML-RPC with the sum of what they were given."""
    params, method = xmlrpc_client.loads(app.read(environ))
    if method == 'fail':
        content = xmlrpc_client.dumps(xmlrpc_client.Fault(7, 'as asked'))
    else:
        content = xmlrpc_client.dumps((sum(params),), methodresponse=True)
    content = content.encode('ascii')
    start_response('200 OK', [('Content-Type', 'text/xml'),
                              ('Content-Length', str(len(content)))])
    return [content]


@pytest.mark.parametrize('scheme', ['http', 'https'])
@pytest.mark.parametrize('when', ['before', 'after'])
def test_xmlrpc(scheme, when):
    url = scheme + '://app.example/RPC2'
    app = App(calling)
    early = xmlrpc_client.ServerProxy(url)
    with HttpClientInterceptor(app.make, url=scheme + '://app.example'):
        proxy = early if when == 'before' else xmlrpc_client.ServerProxy(url)
        assert proxy.add(1, 2) == 3
        assert proxy.add(4, 5, 6) == 15
        with pytest.raises(xmlrpc_client.Fault) as caught:
            proxy.fail()
    assert caught.value.faultCode == 7
    assert [environ['PATH_INFO'] for environ in app.environs] == ['/RPC2'] * 3
    proxy('close')()
    early('close')()


def test_xmlrpc_with_a_connection_to_the_real_host(server):
    proxy = xmlrpc_client.ServerProxy(server.url + '/RPC2')

    def answer_of_real():
        with pytest.raises(Exception) as caught:    # "real" is no XML
            proxy.add(1, 2)
        return caught.typename
    assert answer_of_real() in ('ExpatError', 'ResponseError', 'ParseError')
    with HttpClientInterceptor(App(calling).make, url=server.url):
        assert proxy.add(1, 2) == 3
    assert answer_of_real() in ('ExpatError', 'ResponseError', 'ParseError')
    assert len(server.requests) == 2
    proxy('close')()


# urllib.request

EARLY_OPENER = build_opener(ProxyHandler({}))


class MyHandler(HTTPHandler):
    """Connects with a class of the user's."""

    def http_open(self, request):
        return self.do_open(Inheriting, request)


class FunctionHandler(HTTPHandler):
    """Connects with what a function makes, as handlers of unix sockets do."""

    def http_open(self, request):
        def make(host, **kwargs):
            return WithTransport(host, **kwargs)
        return self.do_open(make, request)


def test_early_bound_urlopen():
    with UrllibInterceptor(named_factory('app'), url=URL):
        assert read(urlopen(URL)) == b'app'
        assert read(urlopen(Request(URL, b'body'))) == b'app'
        assert read(urllib_request.urlopen(URL, timeout=1)) == b'app'
    assert urllib_request._opener is None


@pytest.mark.parametrize('url', [HTTPS_URL, URL])
def test_urlopen_with_context(url):
    context = ssl.create_default_context()
    with UrllibInterceptor(named_factory('app'), url=url):
        assert read(urlopen(url, context=context)) == b'app'
        assert read(urlopen(url, context=context)) == b'app'


@pytest.mark.skipif(six.PY2, reason='urlretrieve of Python 2 is not of urllib2')
def test_urlretrieve(tmpdir):
    path = str(tmpdir.join('got'))
    with UrllibInterceptor(named_factory('app'), url=URL):
        assert urllib_names.urlretrieve(URL, path)[0] == path
    with open(path, 'rb') as got:
        assert got.read() == b'app'


@pytest.mark.parametrize('when', ['before', 'after'])
@pytest.mark.parametrize('handlers', [
    [], [HTTPCookieProcessor], [ProxyHandler({})], [MyHandler], [MyHandler()]],
    ids=['none', 'cookies', 'proxies', 'class', 'instance'])
def test_openers_of_users(handlers, when):
    early = build_opener(*handlers)
    with UrllibInterceptor(named_factory('app'), url=URL):
        opener = early if when == 'before' else build_opener(*handlers)
        assert read(opener.open(URL)) == b'app'
        assert read(EARLY_OPENER.open(URL)) == b'app'
        director = OpenerDirector()
        director.add_handler(MyHandler())
        assert read(director.open(URL)) == b'app'
    opener.close()


def test_a_handler_with_a_transport_of_its_own():
    with UrllibInterceptor(named_factory('app'), url=URL):
        with pytest.raises(LookupError):
            build_opener(FunctionHandler).open(URL)


def test_an_installed_opener():
    """The user's own is used while intercepted, and is still installed afterwards."""
    mine = build_opener(HTTPCookieProcessor())
    mine.addheaders = [('X-Mine', 'yes')]
    install_opener(mine)
    app = App()
    try:
        with UrllibInterceptor(app.make, url=URL):
            assert read(urlopen(URL)) == b'hello'
        assert urllib_request._opener is mine
    finally:
        install_opener(None)
    assert app.environ['HTTP_X_MINE'] == 'yes'


def test_an_opener_that_is_installed_meanwhile():
    mine = build_opener()
    try:
        with UrllibInterceptor(named_factory('app'), url=URL):
            install_opener(mine)
            assert read(urlopen(URL)) == b'app'
        assert urllib_request._opener is mine
    finally:
        install_opener(None)


def test_our_opener():
    opener = urllib_intercept.install_opener()
    add_wsgi_intercept('app.example', 80, named_factory('app'))
    try:
        assert urllib_request._opener is opener
        assert read(opener.open(URL)) == b'app'
        assert read(urlopen(URL)) == b'app'
    finally:
        remove_wsgi_intercept()
        urllib_intercept.uninstall_opener()
    assert urllib_request._opener is None


def test_urllib_has_redirects_and_cookies():
    """What handlers do for requests works on intercepted ones."""
    def first(app, environ, start_response):
        start_response('302 Found', [('Location', 'http://other.example/'),
                                     ('Set-Cookie', 'one=1'),
                                     ('Content-Type', 'text/plain')])
        return []
    other = App()
    opener = build_opener(HTTPCookieProcessor())
    with UrllibInterceptor(App(first).make, url=URL):
        with UrllibInterceptor(other.make, url='http://other.example'):
            assert read(opener.open(URL)) == b'hello'
    assert 'HTTP_COOKIE' not in other.environ


# httplib2

class EarlyConnection(httplib2.HTTPConnectionWithTimeout):
    """Keeps httplib2's connect()."""


@pytest.mark.parametrize('when', ['before', 'after'])
@pytest.mark.parametrize('cached', [False, True], ids=['uncached', 'cached'])
def test_httplib2(when, cached, tmpdir):
    """The cache here is that of responses; that of connections is always on."""
    def make():
        return httplib2.Http(str(tmpdir) if cached else None, timeout=5)
    early = make()

    def answer(app, environ, start_response):
        start_response('200 OK', [('Content-Type', 'text/plain'),
                                  ('Date', formatdate(usegmt=True)),
                                  ('Cache-Control', 'max-age=1000')])
        return [b'app']
    app = App(answer)
    with Httplib2Interceptor(app.make, url=URL):
        http = early if when == 'before' else make()
        assert [http.request(URL)[1] for _each in range(3)] == [b'app'] * 3
    # A fresh response of the cache needs no host at all.
    assert len(app.environs) == (1 if cached else 3)
    assert http.request(URL)[1] == b'app' if cached else True
    for connection in http.connections.values():
        connection.close()


def test_httplib2_with_a_connection_class_of_the_user():
    http = httplib2.Http()
    with Httplib2Interceptor(named_factory('app'), url=URL):
        assert http.request(URL, connection_type=EarlyConnection)[1] == b'app'
        connection = httplib2.HTTPConnectionWithTimeout('app.example')
        assert ask(connection) == b'app'


# urllib3

class EarlyUrllib3Connection(urllib3.connection.HTTPConnection):
    """Keeps urllib3's connect()."""


class EarlyPool(urllib3.HTTPConnectionPool):
    ConnectionCls = EarlyUrllib3Connection


@pytest.mark.parametrize('when', ['before', 'after'])
@pytest.mark.parametrize('url', [URL, HTTPS_URL])
@pytest.mark.parametrize('make', [
    lambda url: urllib3.PoolManager(),
    lambda url: urllib3.PoolManager(num_pools=1, maxsize=2, block=True),
    lambda url: urllib3.PoolManager(cert_reqs='CERT_REQUIRED'),
    lambda url: urllib3.PoolManager(socket_options=[]),
    urllib3.connection_from_url,
    lambda url: (urllib3.HTTPSConnectionPool if 's:' in url
                 else urllib3.HTTPConnectionPool)('app.example'),
    lambda url: (urllib3.HTTPSConnectionPool if 's:' in url
                 else urllib3.HTTPConnectionPool)('app.example', maxsize=1, block=True),
    lambda url: (urllib3.HTTPSConnectionPool if 's:' in url
                 else EarlyPool)('app.example', timeout=1),
], ids=['manager', 'small manager', 'verifying manager', 'options', 'from_url', 'pool',
        'blocking pool', 'class'])
def test_urllib3(make, url, when):
    early = make(url)
    with Urllib3Interceptor(named_factory('app'), url=url):
        pool = early if when == 'before' else make(url)
        for _each in range(3):
            assert pool.request('GET', url).data == b'app'


def test_urllib3_request():
    if not inspect.isfunction(getattr(urllib3, 'request', None)):
        pytest.skip('urllib3.request() is of urllib3 2')
    with Urllib3Interceptor(named_factory('app'), url=URL):
        assert urllib3.request('GET', URL).data == b'app'


@pytest.mark.parametrize('name', ['HTTPConnection', 'HTTPSConnection'])
def test_urllib3_connections(name):
    connection = getattr(urllib3.connection, name)('app.example')
    url = HTTPS_URL if 'HTTPS' in name else URL
    with Urllib3Interceptor(named_factory('app'), url=url):
        assert ask(connection) == b'app'
    connection.close()


# requests

class OptionsAdapter(requests.adapters.HTTPAdapter):
    """Sets options of sockets, as adapters for keep-alive probes do."""

    def init_poolmanager(self, *args, **kwargs):
        kwargs['socket_options'] = [(6, 1, 1)]
        return super(OptionsAdapter, self).init_poolmanager(*args, **kwargs)


class PoolAdapter(requests.adapters.HTTPAdapter):
    """Makes the pool manager in a way of its own."""

    def init_poolmanager(self, connections, maxsize, block=False, **kwargs):
        self.poolmanager = requests.adapters.PoolManager(
            num_pools=connections, maxsize=maxsize, block=True, **kwargs)


class Unintercepted(requests.adapters.BaseAdapter):
    """Sends nothing anywhere."""

    def send(self, request, **kwargs):
        response = requests.Response()
        response.status_code = 299
        return response

    def close(self):
        pass


@pytest.fixture
def session():
    with contextlib.closing(requests.Session()) as session:
        session.trust_env = False
        yield session


@pytest.mark.parametrize('url', [URL, HTTPS_URL])
@pytest.mark.parametrize('when', ['before', 'after'])
@pytest.mark.parametrize('adapter', [
    requests.adapters.HTTPAdapter, OptionsAdapter, PoolAdapter])
def test_adapters_of_requests(session, adapter, when, url):
    keywords = inspect.CO_VARKEYWORDS & six.get_function_code(six.get_unbound_function(
        requests.adapters.HTTPAdapter.init_poolmanager)).co_flags
    if adapter is OptionsAdapter and not keywords:
        pytest.skip('init_poolmanager() of this requests hands no keywords on')
    if when == 'before':
        session.mount(url, adapter())
    with RequestsInterceptor(named_factory('app'), url=url):
        if when == 'after':
            session.mount(url, adapter())
        for _each in range(3):
            assert session.get(url, timeout=1).content == b'app'


def test_an_adapter_that_has_nothing_to_do_with_the_network(session):
    session.mount(URL, Unintercepted())
    with RequestsInterceptor(named_factory('app'), url=URL):
        assert session.get(URL).status_code == 299


@pytest.mark.parametrize('method', ['get', 'post', 'put', 'delete', 'head', 'options'])
def test_functions_of_requests(method):
    app = App()
    early = getattr(requests, method)
    with RequestsInterceptor(app.make, url=URL):
        assert early(URL).status_code == 200
        assert requests.request(method, URL).status_code == 200
    assert [environ['REQUEST_METHOD'] for environ in app.environs] == (
        [method.upper()] * 2)


@pytest.mark.parametrize('options', [
    dict(verify=False), dict(verify=True), dict(timeout=1), dict(timeout=None),
    dict(stream=True), dict(headers={'Connection': 'close'}), dict(proxies={})],
    ids=lambda options: '%s' % list(options)[0])
def test_options_of_requests(session, options):
    with RequestsInterceptor(named_factory('app'), url=HTTPS_URL):
        for _each in range(2):
            assert session.get(HTTPS_URL, **options).content == b'app'


def test_redirects_of_requests(session):
    def first(app, environ, start_response):
        start_response('302 Found', [('Location', HTTPS_URL + '/there'),
                                     ('Content-Type', 'text/plain')])
        return []
    last = App()
    with RequestsInterceptor(App(first).make, url=URL):
        with RequestsInterceptor(last.make, url=HTTPS_URL):
            response = session.get(URL)
    assert (response.content, response.url) == (b'hello', HTTPS_URL + '/there')
    assert last.environ['PATH_INFO'] == '/there'


# requests and urllib3 share one urllib3, or they do not.

def outcome(function, *args):
    """What a function returns, or ``'network'`` where it went there in vain."""
    try:
        return function(*args)
    except (requests.ConnectionError, urllib3.exceptions.HTTPError,
            requests.packages.urllib3.exceptions.HTTPError):
        return 'network'


def test_requests_and_its_urllib3(session, closed_port):
    """Their clients are intercepted together exactly if they are built on one copy."""
    url = 'http://127.0.0.1:%d' % closed_port
    pools = [requests.packages.urllib3.PoolManager(), urllib3.PoolManager()]

    def answers():
        return [outcome(lambda: session.get(url).content)] + [
            outcome(lambda: pool.request('GET', url, retries=False).data)
            for pool in pools]
    other = b'app' if SHARED_URLLIB3 else 'network'
    with RequestsInterceptor(named_factory('app'), url=url):
        assert answers() == [b'app', b'app', other]
    with Urllib3Interceptor(named_factory('app'), url=url):
        assert answers() == [other, other, b'app']
    with Urllib3Interceptor(named_factory('app'), url=url):
        with RequestsInterceptor(named_factory('app'), url=url):
            assert answers() == [b'app'] * 3
    assert answers() == ['network'] * 3


def test_requests_is_uninstalled_and_urllib3_is_not(session, closed_port):
    url = 'http://127.0.0.1:%d' % closed_port
    pool = urllib3.PoolManager(retries=False)
    modules = [urllib3_intercept, requests_intercept]
    clients = [lambda: pool.request('GET', url).data, lambda: session.get(url).content]
    for first in (0, 1):
        for module in modules:
            module.install()
        add_wsgi_intercept('127.0.0.1', closed_port, named_factory('app'))
        try:
            modules[first].uninstall()
            assert outcome(clients[not first]) == b'app'
        finally:
            modules[not first].uninstall()
            remove_wsgi_intercept()
        assert outcome(clients[not first]) == 'network'


SEPARATE_COPY = """
import sys
import urllib3
import vendoring.urllib3.connection
from wsgi_intercept import _urllib3, add_wsgi_intercept
from tests.apps import named_factory

port = int(sys.argv[1])
url = 'http://127.0.0.1:%d' % port
pools = [module.PoolManager(retries=False) for module in (vendoring.urllib3, urllib3)]

def outcome(pool):
    try:
        return pool.request('GET', url).data.decode('ascii')
    except (urllib3.exceptions.HTTPError, vendoring.urllib3.exceptions.HTTPError):
        return 'network'

patches = [_urllib3.patch_for(name) for name in ('vendoring.urllib3', 'urllib3')]
assert patches[0] is _urllib3.patch_for('vendoring.urllib3')
assert patches[0] is not patches[1]
add_wsgi_intercept('127.0.0.1', port, named_factory('app'))
classes = [module.connection.HTTPConnection for module in (vendoring.urllib3, urllib3)]
before = [dict(vars(cls)) for cls in classes]
for patch in patches:
    patch.hold('a token')
    print(' '.join(map(outcome, pools)))
    patch.release('a token')
print(' '.join(map(outcome, pools)))
assert [dict(vars(cls)) for cls in classes] == before
"""


def test_a_separate_copy_of_urllib3(tmpdir, closed_port):
    """Such as requests had in requests.packages until 2.15: a patch for each copy.

    In a process of its own, for which a second copy of everything is no matter.
    """
    tmpdir.mkdir('vendoring').join('__init__.py').write('')
    shutil.copytree(urllib3.__path__[0], str(tmpdir.join('vendoring', 'urllib3')))
    root = os.path.dirname(os.path.dirname(wsgi_intercept.__file__))
    path = os.pathsep.join([str(tmpdir), os.path.abspath(root)])
    process = subprocess.Popen(
        [sys.executable, '-c', SEPARATE_COPY, str(closed_port)],
        env=dict(os.environ, PYTHONPATH=path), stdout=subprocess.PIPE)
    told = process.communicate()[0].decode('ascii').split('\n')
    assert process.returncode == 0
    assert [line.split() for line in told if line] == [
        ['app', 'network'], ['network', 'app'], ['network', 'network']]


# All clients

def test_http_client_leaves_clients_with_classes_of_their_own(driver, server):
    """Clients built on http.client's classes are intercepted if patched themselves."""
    http_client_intercept.install()
    add_wsgi_intercept('127.0.0.1', server.port, named_factory('app'))
    try:
        body = driver.request('GET', server.url).body
    finally:
        remove_wsgi_intercept()
        http_client_intercept.uninstall()
    related = 'http_client' in interceptors_of(driver.name)
    assert body == (b'app' if related else b'real')


def test_other_clients_are_left_alone(driver, server):
    """While every other client is intercepted, this one is not."""
    inside = [other.interceptor(named_factory('app'), url=server.url)
              for other in DRIVERS if other.name not in interceptors_of(driver.name)]
    try:
        for each in inside:
            each.__enter__()
        assert driver.request('GET', server.url).body == b'real'
    finally:
        for each in inside:
            each.__exit__(None, None, None)
    assert len(inside) >= 3


def test_a_connection_is_made_for_each_host(driver):
    """Hosts and ports are told apart, in any case, on one session."""
    pairs = [('http://a.example', 'a'), ('http://b.example', 'b'),
             ('http://A.example:8080', 'c'), ('https://a.example', 'd'),
             ('http://[::1]:8080', 'e'), ('https://127.0.0.1:8443', 'f')]
    inside = [driver.interceptor(App(named(name)).make, url=url) for url, name in pairs]
    for interceptor in inside:
        interceptor.__enter__()
    try:
        for _each in range(2):
            for url, name in pairs:
                body = driver.request('GET', url).body
                assert body == name.encode('ascii')
    finally:
        for interceptor in inside:
            interceptor.__exit__(None, None, None)
