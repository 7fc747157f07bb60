"""What is not registered goes to the network as if nothing were intercepted.

Each client does the same thing twice, alone and while it is intercepted for other
hosts and ports: what it returns, raises, warns of and calls, and what the server
sees, must not differ.
"""

import contextlib
import gc
import inspect
import os
import re
import socket
import sys
import warnings

import httplib2
import pytest
import requests
import six
import urllib3
from six.moves import http_client
from six.moves.urllib.parse import urlsplit
from six.moves.urllib.request import HTTPSHandler, ProxyHandler, build_opener

import wsgi_intercept

from ..apps import named_factory
from ..drivers import (
    DRIVERS, HttpClientDriver, Httplib2Driver, RequestsDriver, Urllib3Driver,
    UrllibDriver)
from .relations import PLAIN_REQUESTS
from .servers import Proxy

ssl = pytest.importorskip('ssl')

PACKAGE = os.path.dirname(os.path.abspath(wsgi_intercept.__file__))
# The file of the module in which classes are asked about.
ASKED = six.get_function_code(inspect.getmro).co_filename
# Python 2 knows no certificates of IP addresses.
HOST = 'localhost' if six.PY2 else '127.0.0.1'
SHORT = 0.2         # seconds, of timeouts that are waited for


class Certificates(object):
    """Certificates of an authority of the tests, as files and as SSL contexts."""

    def __init__(self, trustme, directory):
        self._directory = directory
        self._ca = trustme.CA()
        self._server = self._ca.issue_cert(six.u(HOST))
        self._other = self._ca.issue_cert(u'other.example')
        client = self._ca.issue_cert(u'client.example')
        #: The path of the authority's certificate.
        self.ca = self._write('ca.pem', self._ca.cert_pem)
        #: The path of a key and certificate for a client.
        self.client = self._write('client.pem', client.private_key_and_cert_chain_pem)
        #: The path of another authority's certificate.
        self.other_ca = self._write('other.pem', trustme.CA().cert_pem)

    def _write(self, name, pem):
        path = str(self._directory.join(name))
        pem.write_to_path(path)
        return path

    def server_context(self, other_host=False, ask_client=False):
        """What a server needs, which may be for another host, or ask for a client's."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        (self._other if other_host else self._server).configure_cert(context)
        if ask_client:
            # TLS 1.3 would tell the client only after its request.
            if hasattr(context, 'maximum_version'):
                context.maximum_version = ssl.TLSVersion.TLSv1_2
            else:
                context.options |= getattr(ssl, 'OP_NO_TLSv1_3', 0)
            context.verify_mode = ssl.CERT_REQUIRED
            self._ca.configure_trust(context)
        return context


@pytest.fixture(scope='module')
def certificates(tmpdir_factory):
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')     # of Pythons that are too old
        trustme = pytest.importorskip(
            'trustme', reason='certificates are made with trustme')
        return Certificates(trustme, tmpdir_factory.mktemp('certificates'))


def client_context(ca, verify, cert):
    context = ssl.create_default_context(cafile=ca)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if cert:
        context.load_cert_chain(cert)
    return context


def http_client_session(ca=None, verify=True, cert=None):
    return HttpClientDriver(client_context(ca, verify, cert))


def urllib_session(ca=None, verify=True, cert=None):
    return UrllibDriver(client_context(ca, verify, cert))


def httplib2_session(ca=None, verify=True, cert=None):
    driver = Httplib2Driver(ca_certs=ca, verify=verify)
    if cert:
        driver._http.add_certificate(cert, cert, '')
    return driver


def requests_session(ca=None, verify=True, cert=None):
    driver = RequestsDriver(verify=(ca or True) if verify else False)
    driver.session.cert = cert
    return driver


def urllib3_session(ca=None, verify=True, cert=None):
    return Urllib3Driver(cert_reqs='CERT_REQUIRED' if verify else 'CERT_NONE',
                         ca_certs=ca if verify else None, cert_file=cert, key_file=cert)


SESSIONS = {'http_client': http_client_session, 'urllib': urllib_session,
            'httplib2': httplib2_session, 'requests': requests_session,
            'urllib3': urllib3_session}


@pytest.fixture
def make_session(driver_class):
    """A function that makes a session of each client, with options for TLS."""
    sessions = []

    def make(**options):
        sessions.append(SESSIONS[driver_class.name](**options))
        return sessions[-1]
    yield make
    for driver in sessions:
        driver.close()


@contextlib.contextmanager
def intercepted(driver_class, *servers):
    """Other hosts, and other ports of the same hosts, are intercepted."""
    pairs = [('app.example', 80), ('app.example', 443)] + [
        (host, port) for server in servers for host in ('other.example', HOST)
        for port in (80, server.port) if (host, port) != (server.host, server.port)]
    inside = [driver_class.interceptor(named_factory('app'), host, port)
              for host, port in pairs]
    for each in inside:
        each.__enter__()
    driver = driver_class()
    try:
        assert driver.request('GET', 'http://app.example').body == b'app'
        yield
        assert driver.request('GET', 'http://app.example').body == b'app'
    finally:
        driver.close()
        for each in inside:
            each.__exit__(None, None, None)


class Outcome(object):
    """What came of a call: what it returned or raised, and what it warned of."""

    def __init__(self, function):
        self.value = self.error = None
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter('always')
            try:
                self.value = function()
            except Exception as error:
                self.error = error
        self.warnings = [(each.category, str(each.message)) for each in caught]

    def told(self):
        """All of it, without what differs from object to object."""
        error = re.sub('0x[0-9a-f]+', '0x', str(self.error))
        return self.value, type(self.error), error, self.warnings


def compare(driver_class, servers, function):
    """The outcome of ``function()``, which is the same alone and intercepted."""
    alone = Outcome(function)
    with intercepted(driver_class, *servers):
        inside = Outcome(function)
    assert inside.told() == alone.told()
    return inside


def body_of(session, url):
    return lambda: session.request('GET', url).body


# http

@pytest.mark.parametrize('method, body', [
    ('GET', None), ('HEAD', None), ('POST', b'x' * 10), ('PUT', b'')])
def test_http(driver_class, make_session, server, method, body):
    session = make_session()

    def ask():
        answer = session.request(method, server.url + '/path', body)
        return [answer.status, answer.reason, answer.version, answer.body] + sorted(
            item for item in answer.headers if item[0].lower() != 'date')
    outcome = compare(driver_class, [server], ask)
    assert outcome.value[0] == 200
    assert server.requests == [(method, '/path')] * 2
    assert not outcome.warnings


def test_keep_alive(driver_class, make_session, server):
    """The server sees as many connections as without interception."""
    counts = []

    def ask():
        before = server.connections
        session = make_session()
        for _each in range(5):
            assert session.request('GET', server.url).body == b'real'
        counts.append(server.connections - before)
    outcome = compare(driver_class, [server], ask)
    assert outcome.error is None
    # urllib.request says "Connection: close".
    assert counts == ([5, 5] if driver_class is UrllibDriver else [1, 1])


def test_a_connection_is_kept_through_interceptions(driver_class, make_session, server):
    session = make_session()
    for _each in range(3):
        assert session.request('GET', server.url).body == b'real'
        with intercepted(driver_class, server):
            assert session.request('GET', server.url).body == b'real'
    assert server.connections == (6 if driver_class is UrllibDriver else 1)


def test_nobody_listens(driver_class, make_session, server, closed_port):
    session = make_session()
    outcome = compare(driver_class, [server],
                      body_of(session, 'http://127.0.0.1:%d' % closed_port))
    assert isinstance(outcome.error, driver_class.network_errors)


def test_the_server_hangs_up(driver_class, make_session, serve):
    """An idle connection that the server has closed is what the client makes of it."""
    server = serve()

    def ask():
        session = make_session()
        bodies = [session.request('GET', server.url).body]
        for connection in server._sockets:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except EnvironmentError:
                pass
        for thread in server._threads[1:]:
            thread.join(5)
        try:
            bodies.append(session.request('GET', server.url).body)
        except (EnvironmentError, http_client.HTTPException):
            bodies.append('broken')     # in one of several ways
        return bodies
    assert compare(driver_class, [server], ask).value[0] == b'real'


def short_http_client(url):
    parts = urlsplit(url)
    connection = http_client.HTTPConnection(parts.hostname, parts.port, timeout=SHORT)
    with contextlib.closing(connection):
        connection.request('GET', parts.path)
        return connection.getresponse().read()


def short_urllib(url):
    opener = build_opener(ProxyHandler({}))
    with contextlib.closing(opener.open(url, timeout=SHORT)) as response:
        return response.read()


def short_httplib2(url):
    http = httplib2.Http(timeout=SHORT, proxy_info=None)
    try:
        return http.request(url)[1]
    finally:
        for connection in http.connections.values():
            connection.close()


def short_requests(url):
    with contextlib.closing(requests.Session()) as session:
        session.trust_env = False
        return session.get(url, timeout=SHORT).content


def short_urllib3(url):
    with urllib3.PoolManager() as manager:
        return manager.request('GET', url, timeout=SHORT, retries=False).data


@pytest.mark.parametrize('driver_class, function', list(zip(DRIVERS, [
    short_http_client, short_urllib, short_httplib2, short_requests, short_urllib3])),
    ids=[driver.name for driver in DRIVERS], indirect=['driver_class'])
def test_timeouts(driver_class, function, server):
    outcome = compare(driver_class, [server], lambda: function(server.url + '/slow'))
    assert 'imed out' in str(outcome.error)
    assert isinstance(outcome.error, driver_class.network_errors + (
        EnvironmentError, requests.Timeout))
    assert function(server.url + '/fast') == b'real'


#: The methods that ours stand before, and go on to.
CONTINUED = ('__init__', '_get_conn', 'connect', 'do_open', 'putrequest')


def calls_of(function):
    """The functions that are called in turn: the client's and Python's.

    Without ours, and without what those ask of a connection and its class.
    """
    calls = []

    def is_ours(frame):
        return frame is not None and frame.f_code.co_filename.startswith(
            PACKAGE + os.sep)

    def profile(frame, event, arg):
        path, name = frame.f_code.co_filename, frame.f_code.co_name
        if event != 'call' or is_ours(frame) or path == ASKED:
            return
        if not is_ours(frame.f_back) or name in CONTINUED:
            calls.append((path, name))
    before = sys.getprofile()
    gc.disable()        # it would call when it likes
    sys.setprofile(profile)
    try:
        function()
    finally:
        sys.setprofile(before)
        gc.enable()
    return calls


@pytest.mark.parametrize('requests_before', [0, 1], ids=['first', 'second'])
def test_the_client_calls_what_it_calls(driver_class, make_session, server,
                                        requests_before):
    """With a connection to be made, and with one that is idle."""
    def session():
        driver = make_session()
        for _each in range(requests_before):
            driver.request('GET', server.url)
        return driver
    session().request('GET', server.url)        # what is done once is done
    for _each in range(3):
        alone = calls_of(body_of(session(), server.url))
        with intercepted(driver_class, server):
            inside = calls_of(body_of(session(), server.url))
        if inside == alone:     # else a finalizer may have run, on PyPy
            break
    assert inside == alone
    assert len(alone) > 10


def test_the_connection_is_of_the_clients_own_class(server):
    """Its name in the module, too."""
    for https in (False, True):
        name = 'HTTPSConnection' if https else 'HTTPConnection'
        for module in (http_client, urllib3.connection):
            cls = getattr(module, name)
            with intercepted(HttpClientDriver, server):
                with intercepted(Urllib3Driver, server):
                    assert getattr(module, name) is cls
                    assert cls('127.0.0.1').__class__ is cls


def test_socket_options(server):
    """What the client asks of the socket, the socket gets."""
    wanted = (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    with intercepted(Urllib3Driver, server):
        pool = urllib3.HTTPConnectionPool(
            '127.0.0.1', server.port, socket_options=[wanted], timeout=7)
        assert pool.request('GET', '/').data == b'real'
        connection = pool._get_conn()
        assert connection.sock.getsockopt(*wanted[:2])
        assert isinstance(connection.sock, socket.socket)
        assert connection.sock.gettimeout() == 7
        connection.close()
    with intercepted(HttpClientDriver, server):
        connection = http_client.HTTPConnection(
            '127.0.0.1', server.port, timeout=7, source_address=('127.0.0.1', 0))
        connection.request('GET', '/')
        assert isinstance(connection.sock, socket.socket)
        assert connection.sock.gettimeout() == 7
        assert connection.getresponse().read() == b'real'
        connection.close()


# https

def test_https(driver_class, make_session, serve, certificates):
    server = serve('secure', certificates.server_context(), HOST)
    outcome = compare(driver_class, [server], lambda: make_session(
        ca=certificates.ca).request('GET', server.url).body)
    assert outcome.value == b'secure'
    assert not outcome.warnings


def test_https_keep_alive(driver_class, make_session, serve, certificates):
    server = serve('secure', certificates.server_context(), HOST)
    session = make_session(ca=certificates.ca)
    for _each in range(2):
        assert session.request('GET', server.url).body == b'secure'
        with intercepted(driver_class, server):
            assert session.request('GET', server.url).body == b'secure'
    assert server.connections == (4 if driver_class is UrllibDriver else 1)


def test_https_of_a_session_that_lives_on(driver_class, make_session, serve,
                                          certificates):
    """The very host that becomes registered: the network, the application, and back."""
    server = serve('secure', certificates.server_context(), HOST)
    session = make_session(ca=certificates.ca)
    for _each in range(2):
        assert session.request('GET', server.url).body == b'secure'
        with driver_class.interceptor(named_factory('app'), url=server.url):
            assert session.request('GET', server.url).body == b'app'
            assert session.request('GET', server.url).body == b'app'
    assert session.request('GET', server.url).body == b'secure'
    assert len(server.requests) == 3


@pytest.mark.parametrize('wrong', ['authority', 'host'])
def test_a_wrong_certificate(driver_class, make_session, serve, certificates, wrong):
    """The client refuses it, as it does alone, and sends nothing."""
    context = certificates.server_context(other_host=wrong == 'host')
    server = serve('secure', context, HOST)
    ca = certificates.other_ca if wrong == 'authority' else certificates.ca
    outcome = compare(driver_class, [server], lambda: make_session(
        ca=ca).request('GET', server.url).body)
    assert isinstance(outcome.error, driver_class.network_errors + (
        ssl.SSLError, ssl.CertificateError, requests.exceptions.SSLError,
        httplib2.HttpLib2Error))
    assert not server.requests


def test_a_wrong_certificate_after_an_intercepted_request(
        driver_class, make_session, serve, certificates):
    """That the application counts as verified is no verification of the host."""
    server = serve('secure', certificates.server_context(), HOST)
    session = make_session(ca=certificates.other_ca)
    with driver_class.interceptor(named_factory('app'), url=server.url):
        assert session.request('GET', server.url).body == b'app'
    outcome = Outcome(body_of(session, server.url))
    assert outcome.error is not None
    alone = Outcome(body_of(make_session(ca=certificates.other_ca), server.url))
    assert outcome.told() == alone.told()
    assert not server.requests


def test_verification_off(driver_class, make_session, serve, certificates):
    """It answers, and warns as the client does."""
    server = serve('secure', certificates.server_context(other_host=True), HOST)
    outcome = compare(driver_class, [server], lambda: make_session(
        verify=False).request('GET', server.url).body)
    assert outcome.value == b'secure'
    categories = set(category.__name__ for category, _message in outcome.warnings)
    # requests does so from 2.4 on.
    warns = driver_class in (RequestsDriver, Urllib3Driver)
    assert categories <= set(['InsecureRequestWarning'] if warns else [])
    assert categories or driver_class is not Urllib3Driver


def test_verification_off_after_an_intercepted_request(
        driver_class, make_session, serve, certificates):
    """The client's own warning comes back with the network."""
    server = serve('secure', certificates.server_context(), HOST)
    session = make_session(verify=False)
    with driver_class.interceptor(named_factory('app'), url=server.url):
        assert not Outcome(body_of(session, server.url)).warnings
    outcome = Outcome(body_of(session, server.url))
    assert outcome.value == b'secure'
    alone = Outcome(body_of(make_session(verify=False), server.url))
    assert outcome.told() == alone.told()


@pytest.mark.parametrize('url', ['https://app.example', 'https://app.example:8443'])
def test_no_warning_of_intercepted_https(driver_class, make_session, url):
    with driver_class.interceptor(named_factory('app'), url=url):
        for verify in (False, True):
            session = make_session(verify=verify)
            for _each in range(2):
                outcome = Outcome(body_of(session, url))
                assert (outcome.value, outcome.warnings) == (b'app', [])


def test_client_certificates(driver_class, make_session, serve, certificates):
    server = serve('secure', certificates.server_context(ask_client=True), HOST)
    outcome = compare(driver_class, [server], lambda: make_session(
        ca=certificates.ca, cert=certificates.client).request('GET', server.url).body)
    assert outcome.value == b'secure'
    assert len(server.certificates) == 2
    for certificate in server.certificates:
        assert ('DNS', 'client.example') in certificate['subjectAltName']


def test_a_client_certificate_is_missing(driver_class, make_session, serve,
                                         certificates):
    server = serve('secure', certificates.server_context(ask_client=True), HOST)
    outcome = compare(driver_class, [server], lambda: type(Outcome(
        body_of(make_session(ca=certificates.ca), server.url)).error))
    assert outcome.value is not type(None)
    assert not server.requests


# Proxies that are given in the client's API

def proxied_http_client(proxy, url, ca):
    parts = urlsplit(url)
    if parts.scheme == 'https':
        connection = http_client.HTTPSConnection(
            proxy.host, proxy.port, timeout=10, context=client_context(ca, True, None))
        connection.set_tunnel(parts.hostname, parts.port)
    else:
        connection = http_client.HTTPConnection(proxy.host, proxy.port, timeout=10)
    with contextlib.closing(connection):
        connection.request('GET', '/' if parts.scheme == 'https' else url)
        return connection.getresponse().read()


def proxied_urllib(proxy, url, ca):
    opener = build_opener(ProxyHandler({'http': proxy.url, 'https': proxy.url}),
                          HTTPSHandler(context=client_context(ca, True, None)))
    with contextlib.closing(opener.open(url, timeout=10)) as response:
        return response.read()


def proxied_httplib2(proxy, url, ca):
    if httplib2.socks is None:
        pytest.skip('httplib2 has proxies only with PySocks')
    http = httplib2.Http(timeout=10, ca_certs=ca, proxy_info=httplib2.ProxyInfo(
        httplib2.socks.PROXY_TYPE_HTTP, proxy.host, proxy.port))
    try:
        return http.request(url)[1]
    finally:
        for connection in http.connections.values():
            connection.close()


def proxied_requests(proxy, url, ca):
    with contextlib.closing(requests.Session()) as session:
        session.trust_env = False
        return session.get(url, proxies={'http': proxy.url, 'https': proxy.url},
                           verify=ca or True, timeout=10).content


def proxied_urllib3(proxy, url, ca):
    with urllib3.ProxyManager(proxy.url, cert_reqs='CERT_REQUIRED',
                              ca_certs=ca) as manager:
        return manager.request('GET', url, timeout=10, retries=False).data


PROXYING = pytest.mark.parametrize('driver_class, ask', list(zip(DRIVERS, [
    proxied_http_client, proxied_urllib, proxied_httplib2, proxied_requests,
    proxied_urllib3])), ids=[driver.name for driver in DRIVERS],
    indirect=['driver_class'])


@PROXYING
def test_a_proxy(driver_class, ask, serve):
    server, proxy = serve(), serve('proxy', kind=Proxy)
    outcome = compare(driver_class, [server, proxy],
                      lambda: ask(proxy, server.url + '/', None))
    # httplib2 has it make a tunnel, for http as well.
    tunnels = driver_class is Httplib2Driver
    assert outcome.error is None
    assert outcome.value == (b'real' if tunnels else b'proxy')
    assert proxy.requests == [('CONNECT', '%s:%d' % (server.host, server.port))
                              if tunnels else ('GET', server.url + '/')] * 2


@PROXYING
def test_a_proxy_for_https(driver_class, ask, serve, certificates):
    if driver_class is RequestsDriver and PLAIN_REQUESTS:
        pytest.skip('requests 2.0 expects the certificate of the proxy')
    server = serve('secure', certificates.server_context(), HOST)
    proxy = serve('proxy', kind=Proxy)
    outcome = compare(driver_class, [server, proxy],
                      lambda: ask(proxy, server.url + '/', certificates.ca))
    assert outcome.error is None
    assert outcome.value == b'secure'
    assert proxy.requests == [('CONNECT', '%s:%d' % (server.host, server.port))] * 2


@PROXYING
def test_a_proxy_that_is_not_there(driver_class, ask, server, closed_port):
    class Absent(object):
        host, port = '127.0.0.1', closed_port
        url = 'http://127.0.0.1:%d' % closed_port
    outcome = compare(driver_class, [server], lambda: ask(Absent, server.url, None))
    assert outcome.error is not None
    assert not server.requests


@PROXYING
def test_a_registered_host_behind_a_tunnel(driver_class, ask, serve):
    """It is the tunnel's end that counts: the application answers, no proxy is asked.
    """
    proxy = serve('proxy', kind=Proxy)
    url = 'https://app.example'
    with driver_class.interceptor(named_factory('app'), url=url):
        assert ask(proxy, url + '/', None) == b'app'
    assert not proxy.connections
