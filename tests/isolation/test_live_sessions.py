"""Registrations take effect at the next request of sessions that live on."""

import pytest
import urllib3
from six.moves import http_client

import wsgi_intercept
from wsgi_intercept import (
    WSGIAppError, add_wsgi_intercept, interceptor, remove_wsgi_intercept)

from ..apps import App, named_factory
from ..drivers import (
    HttpClientDriver, Httplib2Driver, RequestsDriver, Urllib3Driver, UrllibDriver)

URL = 'http://app.example'


def get(driver, url):
    return driver.request('GET', url).body


def test_real_then_intercepted_then_real(driver, server):
    """A session with an idle connection to the very host that becomes registered."""
    assert get(driver, server.url) == b'real'
    with driver.interceptor(named_factory('app'), url=server.url):
        assert get(driver, server.url) == b'app'
        assert get(driver, server.url) == b'app'
    assert get(driver, server.url) == b'real'
    assert len(server.requests) == 2


def test_intercepted_first_then_real(driver, server):
    with driver.interceptor(named_factory('app'), url=server.url):
        assert get(driver, server.url) == b'app'
    assert server.connections == 0
    assert get(driver, server.url) == b'real'
    assert server.connections == 1


def test_in_and_out_many_times(driver, server):
    for number in range(5):
        assert get(driver, server.url) == b'real'
        name = 'app%d' % number
        with driver.interceptor(named_factory(name), url=server.url):
            assert get(driver, server.url) == name.encode('ascii')
    assert len(server.requests) == 5


def test_an_idle_connection_to_another_host_is_kept(driver, serve):
    """Entering, requesting and leaving does not touch connections to other hosts."""
    other, server = serve('other'), serve('real')
    assert get(driver, other.url) == b'other'
    for _each in range(3):
        with driver.interceptor(named_factory('app'), url=server.url):
            assert get(driver, server.url) == b'app'
            assert get(driver, other.url) == b'other'
        assert get(driver, other.url) == b'other'
    assert len(other.requests) == 7
    # urllib.request sends "Connection: close".
    assert other.connections == (7 if driver.name == 'urllib' else 1)
    assert server.connections == 0


def test_a_registration_is_replaced(driver, installed):
    add_wsgi_intercept('app.example', 80, named_factory('one'))
    try:
        assert get(driver, URL) == b'one'
        add_wsgi_intercept('app.example', 80, named_factory('two'))
        assert get(driver, URL) == b'two'
    finally:
        remove_wsgi_intercept()


def test_a_registration_is_removed(driver, installed, server):
    add_wsgi_intercept('127.0.0.1', server.port, named_factory('app'))
    try:
        assert get(driver, server.url) == b'app'
        assert remove_wsgi_intercept('127.0.0.1', server.port) == 0
        assert get(driver, server.url) == b'real'
        add_wsgi_intercept('127.0.0.1', str(server.port), named_factory('again'))
        assert get(driver, server.url) == b'again'
    finally:
        remove_wsgi_intercept()
    assert get(driver, server.url) == b'real'


def test_uninstalled_while_registered(driver, installed, server):
    """The registration stays, but the client is its own again."""
    add_wsgi_intercept('127.0.0.1', server.port, named_factory('app'))
    try:
        assert get(driver, server.url) == b'app'
        installed.uninstall()
        assert get(driver, server.url) == b'real'
        installed.install()
        assert get(driver, server.url) == b'app'
    finally:
        remove_wsgi_intercept()


def test_a_factory_that_changes_its_mind(driver, server):
    """A factory decides for each request whether the real host is asked."""
    app = App()
    answers = [app.make, lambda: None, app.make, lambda: None, lambda: None]
    with driver.interceptor(lambda: answers.pop(0)(), url=server.url):
        bodies = [get(driver, server.url) for _each in range(5)]
    assert bodies == [b'hello', b'real', b'hello', b'real', b'real']
    assert not answers


def test_the_factory_of_none_is_called_once_for_each_request(driver, server):
    calls = []
    with driver.interceptor(lambda: calls.append(1), url=server.url):
        for number in range(1, 4):
            assert get(driver, server.url) == b'real'
            assert len(calls) == number


def test_only_the_latest_application_answers(driver):
    """No application that is gone is called, nor made, again."""
    gone = App()
    with driver.interceptor(gone.make, url=URL):
        get(driver, URL)
    with driver.interceptor(named_factory('new'), url=URL):
        for _each in range(3):
            assert get(driver, URL) == b'new'
    assert len(gone.environs) == 1


def test_after_an_error_of_the_application(driver, server):
    """A session works on after its request has failed."""
    def fail():
        raise ZeroDivisionError
    with driver.interceptor(fail, url=server.url):
        with pytest.raises(WSGIAppError):
            get(driver, server.url)
        with driver.interceptor(named_factory('app'), url=server.url):
            assert get(driver, server.url) == b'app'
    assert get(driver, server.url) == b'real'


@pytest.mark.parametrize('driver_class', [
    HttpClientDriver, UrllibDriver, RequestsDriver, Urllib3Driver],
    indirect=True, ids=lambda driver: driver.name)
def test_a_response_that_is_read_meanwhile(driver, driver_class, server):
    """A response under way comes to its end; the next request goes elsewhere."""
    def answer(app, environ, start_response):
        start_response('200 OK', [('Content-Type', 'text/plain')])
        for piece in (b'abc', b'def', b'ghi'):
            yield piece
    other = driver_class()
    with driver.interceptor(App(answer).make, url=server.url):
        response = driver.stream(server.url)
        assert response.read(3) == b'abc'
        with driver.interceptor(named_factory('inner'), url=server.url):
            assert get(other, server.url) == b'inner'
            assert response.read(3) == b'def'
    assert get(other, server.url) == b'real'
    assert response.read(10) == b'ghi'
    response.close()
    assert get(driver, server.url) == b'real'
    other.close()


def test_http_client_connected_by_hand(server):
    """``connect()`` was called before; the request goes where it is to go now."""
    driver = HttpClientDriver()
    connection = driver.connection(server.url)
    connection.connect()
    with interceptor.HttpClientInterceptor(named_factory('app'), url=server.url):
        assert get(driver, server.url) == b'app'
        connection.connect()
    assert get(driver, server.url) == b'real'
    driver.close()


def test_http_client_that_does_not_connect_by_itself(server):
    """With ``auto_open`` off, a connection made by hand serves one request."""
    driver = HttpClientDriver()
    connection = driver.connection(server.url)
    connection.auto_open = 0
    with interceptor.HttpClientInterceptor(named_factory('app'), url=server.url):
        connection.connect()
        assert get(driver, server.url) == b'app'
    connection.close()
    connection.connect()
    assert get(driver, server.url) == b'real'
    driver.close()


def test_the_real_connection_is_closed(server):
    """What was idle is not left open beside the application."""
    driver = HttpClientDriver()
    assert get(driver, server.url) == b'real'
    real = driver.connection(server.url).sock
    with interceptor.HttpClientInterceptor(named_factory('app'), url=server.url):
        assert get(driver, server.url) == b'app'
        with pytest.raises(EnvironmentError):
            real.getpeername()
    driver.close()


def test_httplib2_forgets_no_connection(server):
    """httplib2 keeps one connection object for each host, real or not."""
    driver = Httplib2Driver()
    assert get(driver, server.url) == b'real'
    cached = dict(driver._http.connections)
    with interceptor.Httplib2Interceptor(named_factory('app'), url=server.url):
        assert get(driver, server.url) == b'app'
        assert driver._http.connections == cached
    assert get(driver, server.url) == b'real'
    assert driver._http.connections == cached
    driver.close()


@pytest.mark.parametrize('block', [True, False])
def test_a_urllib3_pool_of_many_idle_connections(server, block):
    pool = urllib3.HTTPConnectionPool('127.0.0.1', server.port, maxsize=3, block=block)
    responses = [pool.request('GET', '/', preload_content=False) for _each in range(3)]
    assert [response.read() for response in responses] == [b'real'] * 3
    for response in responses:
        response.release_conn()
    assert server.connections == 3
    with interceptor.Urllib3Interceptor(named_factory('app'), url=server.url):
        assert [pool.request('GET', '/').data for _each in range(9)] == [b'app'] * 9
    assert [pool.request('GET', '/').data for _each in range(9)] == [b'real'] * 9
    assert len(server.requests) == 12
    pool.close()


def test_a_mixed_urllib3_pool(server):
    """Connections to the application and to the host, idle in one pool."""
    app = App()
    answers = [app.make, lambda: None, app.make]
    pool = urllib3.HTTPConnectionPool('127.0.0.1', server.port, maxsize=3)
    with interceptor.Urllib3Interceptor(lambda: answers.pop(0)(), url=server.url):
        responses = [pool.request('GET', '/', preload_content=False)
                     for _each in range(3)]
        assert [response.read() for response in responses] == [
            b'hello', b'real', b'hello']
        for response in responses:
            response.release_conn()
    assert [pool.request('GET', '/').data for _each in range(6)] == [b'real'] * 6
    assert len(app.environs) == 2
    pool.close()


def test_redirects_between_hosts(server):
    """From the network to an application, and from there to the network."""
    def to_server(app, environ, start_response):
        start_response('302 Found', [('Location', server.url + '/end'),
                                     ('Content-Type', 'text/plain')])
        return []
    driver = RequestsDriver()
    with interceptor.RequestsInterceptor(App(to_server).make, url=URL):
        response = driver.session.get(server.url + '/?to=' + URL + '/there')
    assert response.content == b'real'
    assert [step.url for step in response.history] == [
        server.url + '/?to=' + URL + '/there', URL + '/there']
    assert server.requests == [('GET', '/?to=' + URL + '/there'), ('GET', '/end')]
    driver.close()


def test_another_registration_is_nothing_to_a_connection():
    calls = []

    def factory():
        calls.append(1)
        return App().make()
    connection = http_client.HTTPConnection('app.example')
    with interceptor.HttpClientInterceptor(factory, url=URL):
        connection.connect()
        with interceptor.HttpClientInterceptor(factory, url='http://other.example'):
            connection.request('GET', '/')
            assert connection.getresponse().read() == b'hello'
    assert len(calls) == 1
    connection.close()


def test_a_registration_that_is_replaced_while_its_factory_runs():
    def factory():
        wsgi_intercept.add_wsgi_intercept('app.example', 80, named_factory('new'))
        return App().make()
    connection = http_client.HTTPConnection('app.example')
    with interceptor.HttpClientInterceptor(factory, url=URL):
        connection.connect()
        connection.request('GET', '/')
        assert connection.getresponse().read() == b'new'
        wsgi_intercept.remove_wsgi_intercept()
    connection.close()


def test_https_on_a_default_port_of_its_own():
    class Elsewhere(http_client.HTTPSConnection):
        default_port = 8443
    app = App()
    connection = Elsewhere('app.example')
    with interceptor.HttpClientInterceptor(app.make, url='https://app.example:8443'):
        connection.request('GET', '/')
        connection.getresponse().read()
    assert app.environ['wsgi.url_scheme'] == 'https'
    connection.close()
