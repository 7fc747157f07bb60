"""The ways in which other projects use this library, beyond its main door."""

import contextlib
import sys
import traceback
import types

import httplib2
import pytest
import six
import urllib3
import urllib3.connection
from six.moves import http_client
from six.moves.urllib.request import build_opener

import wsgi_intercept
from wsgi_intercept import (
    WSGI_HTTPConnection, WSGI_HTTPSConnection, add_wsgi_intercept,
    http_client_intercept, httplib2_intercept, interceptor, make_environ,
    remove_wsgi_intercept, urllib_intercept)

from ..apps import App, named, named_factory
from ..drivers import (
    HttpClientDriver, Httplib2Driver, RequestsDriver, Urllib3Driver, UrllibDriver)

URL = 'http://app.example'


@pytest.fixture
def registered():
    """An application for app.example, by http and https; nothing is installed."""
    app = App()
    add_wsgi_intercept('app.example', 80, app.make)
    add_wsgi_intercept('app.example', 443, app.make)
    yield app
    remove_wsgi_intercept()


def ask(connection, method='GET', path='/', body=None):
    connection.request(method, path, body)
    response = connection.getresponse()
    return response.data if hasattr(response, 'data') else response.read()


# Connections by themselves

@pytest.mark.parametrize('cls', [
    WSGI_HTTPConnection, WSGI_HTTPSConnection,
    http_client_intercept.HTTP_WSGIInterceptor,
    http_client_intercept.HTTPS_WSGIInterceptor,
    httplib2_intercept.HTTP_WSGIInterceptorWithTimeout,
    httplib2_intercept.HTTPS_WSGIInterceptorWithTimeout,
    httplib2_intercept.HTTPInterceptorMixin, httplib2_intercept.HTTPSInterceptorMixin],
    ids=lambda cls: cls.__name__)
def test_a_bare_connection(registered, cls):
    """Nothing is installed; it is used for many requests."""
    connection = cls('app.example')
    for number in range(5):
        assert ask(connection, 'POST', '/%d' % number, b'body') == b'body'
    connection.close()
    assert ask(connection) == b'hello'
    connection.close()
    assert [environ['PATH_INFO'] for environ in registered.environs] == [
        '/0', '/1', '/2', '/3', '/4', '/']
    scheme = 'https' if 'HTTPS' in cls.__name__ else 'http'
    assert registered.environ['wsgi.url_scheme'] == scheme


def test_a_bare_connection_is_one_of_the_standard_library():
    for cls, base in [(WSGI_HTTPConnection, http_client.HTTPConnection),
                      (WSGI_HTTPSConnection, http_client.HTTPSConnection)]:
        assert issubclass(cls, base)
        assert isinstance(cls('app.example'), base)
        assert cls('app.example').port == base('app.example').port


def test_a_bare_connection_to_the_network(server):
    connection = WSGI_HTTPConnection('127.0.0.1', server.port, timeout=10)
    assert ask(connection) == b'real'
    add_wsgi_intercept('127.0.0.1', server.port, named_factory('app'))
    assert ask(connection) == b'app'
    remove_wsgi_intercept()
    assert ask(connection) == b'real'
    connection.close()


@pytest.mark.parametrize('base', [WSGI_HTTPConnection, WSGI_HTTPSConnection])
def test_get_app_overridden(base):
    """The application depends on the connection, and nothing is registered."""
    app = App()
    asked = []

    class Connection(base):
        def get_app(self, host, port):
            asked.append((host, port))
            return app.make(), '/prefix'
    connection = Connection('app.example', 8080)
    for _each in range(3):
        assert ask(connection, path='/prefix/path') == b'hello'
    connection.close()
    assert asked == [('app.example', 8080)] * 3
    assert app.environ['SCRIPT_NAME'] == '/prefix'
    assert app.environ['PATH_INFO'] == '/path'


def test_get_app_overridden_for_the_network(server):
    class Connection(WSGI_HTTPConnection):
        def get_app(self, host, port):
            return None, None
    connection = Connection('127.0.0.1', server.port, timeout=10)
    add_wsgi_intercept('127.0.0.1', server.port, named_factory('app'))
    try:
        assert ask(connection) == b'real'
        assert ask(connection) == b'real'
    finally:
        remove_wsgi_intercept()
        connection.close()


def test_get_app_that_falls_back_on_what_is_registered(registered):
    class Connection(WSGI_HTTPConnection):
        def get_app(self, host, port):
            if host == 'mine.example':
                return App(named('mine')).make(), ''
            return WSGI_HTTPConnection.get_app(self, host, port)
    for host, body in [('mine.example', b'mine'), ('app.example', b'hello')]:
        connection = Connection(host)
        assert ask(connection) == body
        connection.close()


# Classes mixed in by hand

class MixedIntoHttpClient(WSGI_HTTPConnection, http_client.HTTPConnection):
    """As it was written for http.client."""

    def __init__(self, *args, **kwargs):
        WSGI_HTTPConnection.__init__(self, *args, **kwargs)


class MixedIntoUrllib3(WSGI_HTTPConnection, urllib3.connection.HTTPConnection):
    """As it was written for urllib3, which has keywords of its own."""

    def __init__(self, *args, **kwargs):
        urllib3.connection.HTTPConnection.__init__(self, *args, **kwargs)


class MixedIntoUrllib3HTTPS(WSGI_HTTPSConnection, urllib3.connection.HTTPSConnection):
    def __init__(self, *args, **kwargs):
        urllib3.connection.HTTPSConnection.__init__(self, *args, **kwargs)


class PlainlyMixed(WSGI_HTTPConnection, urllib3.connection.HTTPConnection):
    """Without a constructor: each class hands on to the next."""


def test_mixed_into_http_client(registered):
    connection = MixedIntoHttpClient('app.example', timeout=1)
    for _each in range(3):
        assert ask(connection) == b'hello'
    connection.close()


@pytest.mark.parametrize('cls', [MixedIntoUrllib3, PlainlyMixed],
                         ids=lambda cls: cls.__name__)
def test_mixed_into_urllib3(registered, server, cls):
    pool = urllib3.HTTPConnectionPool('app.example', timeout=1)
    pool.ConnectionCls = cls
    assert [pool.request('GET', '/').data for _each in range(3)] == [b'hello'] * 3
    real = urllib3.HTTPConnectionPool('127.0.0.1', server.port, timeout=10)
    real.ConnectionCls = cls
    assert [real.request('GET', '/').data for _each in range(3)] == [b'real'] * 3
    assert server.connections == 1
    pool.close()
    real.close()


def test_mixed_into_the_https_of_urllib3(registered):
    pool = urllib3.HTTPSConnectionPool('app.example', timeout=1)
    pool.ConnectionCls = MixedIntoUrllib3HTTPS
    assert [pool.request('GET', '/').data for _each in range(3)] == [b'hello'] * 3
    assert registered.environ['wsgi.url_scheme'] == 'https'
    pool.close()


def test_mixed_in_and_installed(registered):
    """The application is called once, by whoever comes first."""
    pool = urllib3.HTTPConnectionPool('app.example', timeout=1)
    pool.ConnectionCls = MixedIntoUrllib3
    with interceptor.Urllib3Interceptor(named_factory('other'), 'other.example'):
        assert pool.request('GET', '/').data == b'hello'
    assert len(registered.environs) == 1
    pool.close()


@pytest.mark.parametrize('cls', [MixedIntoHttpClient, WSGI_HTTPConnection])
def test_put_in_place_of_the_clients_class(registered, monkeypatch, cls):
    """The patch that users wrote before there were install() and uninstall()."""
    monkeypatch.setattr(http_client, 'HTTPConnection', cls)
    connection = http_client.HTTPConnection('app.example')
    assert ask(connection) == b'hello'
    connection.close()


# urllib.request's handlers

def test_handlers_in_an_opener_of_the_user(registered, server):
    """Nothing is installed; other openers are not intercepted."""
    opener = build_opener(urllib_intercept.WSGI_HTTPHandler,
                          urllib_intercept.WSGI_HTTPSHandler())
    for url, body in [(URL, b'hello'), ('https://app.example', b'hello'),
                      (server.url, b'real')]:
        with contextlib.closing(opener.open(url, timeout=10)) as response:
            assert response.read() == body
    opener.close()


# The mapping

class CatchAll(object):
    """Whatever is asked for is there: with two methods, and no more."""

    def __init__(self, host, port, registration):
        self._pair = host, port
        self._registration = registration
        self.asked = []

    def __contains__(self, key):
        self.asked.append(key)
        host, port = key
        return self._pair[0] in (None, host) and self._pair[1] in (None, port)

    def __getitem__(self, key):
        return self._registration


@pytest.mark.parametrize('url', ['http://any.example', 'https://thing.example:8443'])
def test_a_catch_all(driver, installed, monkeypatch, url):
    app = App()
    mapping = CatchAll(None, None, (app.make, '/prefix'))
    monkeypatch.setattr(wsgi_intercept, '_wsgi_intercept', mapping)
    for _each in range(3):
        assert driver.request('GET', url + '/prefix/path').body == b'hello'
    assert app.environ['SCRIPT_NAME'] == '/prefix'
    assert app.environ['SERVER_NAME'] in mapping.asked[0]
    monkeypatch.undo()
    assert not wsgi_intercept._wsgi_intercept


def test_a_catch_all_that_leaves_something_to_the_network(
        driver, installed, monkeypatch, server):
    mapping = CatchAll('any.example', None, (named_factory('app'), ''))
    monkeypatch.setattr(wsgi_intercept, '_wsgi_intercept', mapping)
    for _each in range(2):
        assert driver.request('GET', 'http://any.example').body == b'app'
        assert driver.request('GET', server.url).body == b'real'


def test_a_catch_all_comes_and_goes(driver, installed, monkeypatch, server):
    """It is looked at anew at each request, of sessions that live on as well."""
    mapping = CatchAll(None, None, (named_factory('app'), ''))
    for _each in range(2):
        assert driver.request('GET', server.url).body == b'real'
        with monkeypatch.context() as patching:
            patching.setattr(wsgi_intercept, '_wsgi_intercept', mapping)
            assert driver.request('GET', server.url).body == b'app'
    assert driver.request('GET', server.url).body == b'real'


def test_a_catch_all_and_interceptors(driver, monkeypatch):
    """What does not write to the mapping does not fail, and leaves nothing."""
    mapping = CatchAll(None, None, (named_factory('all'), ''))
    with driver.interceptor(named_factory('app'), url=URL):
        with monkeypatch.context() as patching:
            patching.setattr(wsgi_intercept, '_wsgi_intercept', mapping)
            with driver.interceptor(named_factory('inner'), url=URL):
                assert driver.request('GET', URL).body == b'all'
        assert driver.request('GET', URL).body == b'app'
    assert not wsgi_intercept._wsgi_intercept


def test_a_dictionary_of_the_user(driver, installed, monkeypatch):
    """Registrations are made in it, and none but these."""
    mine = {}
    with monkeypatch.context() as patching:
        patching.setattr(wsgi_intercept, '_wsgi_intercept', mine)
        add_wsgi_intercept('app.example', 80, named_factory('app'))
        assert list(mine) == [('app.example', 80)]
        assert driver.request('GET', URL).body == b'app'
        assert remove_wsgi_intercept() == 0
        assert not mine
    assert not wsgi_intercept._wsgi_intercept


def test_the_mapping_is_read(driver):
    each = driver.interceptor(named_factory('app'), 'app.example', 8080, '/prefix')
    with each as url:
        assert url == 'http://app.example:8080/prefix'
        mapping = wsgi_intercept._wsgi_intercept
        assert list(mapping) == [('app.example', 8080)]
        factory, script_name = mapping['app.example', 8080]
        assert callable(factory())
        assert script_name == '/prefix'


# make_environ

@pytest.mark.parametrize('scheme', ['http', 'https'])
def test_make_environ_rebound(driver, monkeypatch, scheme):
    """With what users add to the environ, and with the body in place."""
    calls = []

    def mine(inp, host, port, script_name):
        environ = make_environ(inp, host, port, script_name)
        calls.append((host, port, script_name))
        environ['REMOTE_USER'] = 'somebody'
        return environ
    app = App()
    url = scheme + '://app.example/prefix'
    with driver.interceptor(app.make, url=url):
        monkeypatch.setattr(wsgi_intercept, 'make_environ', mine)
        assert driver.request('POST', url + '/path?query', b'body').body == b'body'
        monkeypatch.undo()
        driver.request('GET', url)
    assert calls == [('app.example', 443 if scheme == 'https' else 80, '/prefix')]
    mine, ours = app.environs
    assert mine['REMOTE_USER'] == 'somebody'
    assert mine['wsgi.url_scheme'] == scheme
    assert (mine['SCRIPT_NAME'], mine['PATH_INFO']) == ('/prefix', '/path')
    assert 'REMOTE_USER' not in ours


# Requests that servers would refuse, or change

def test_a_method_in_lower_case():
    """httplib2 sends it as it is given (nanohttp's suite)."""
    app = App(valid=False)
    with interceptor.Httplib2Interceptor(app.make, url=URL):
        response, body = httplib2.Http().request(URL, method='get')
    assert (response.status, app.environ['REQUEST_METHOD']) == (200, 'get')


def test_a_header_field_with_an_underscore(driver):
    """Placement's suite sends its roles so."""
    app = App()
    with driver.interceptor(app.make, url=URL):
        driver.request('GET', URL, headers={'X_ROLES': 'admin,service'})
    assert app.environ['HTTP_X_ROLES'] == 'admin,service'


def test_the_name_of_the_error_in_a_traceback():
    with interceptor.HttpClientInterceptor(lambda: None.app, url=URL):
        with pytest.raises(wsgi_intercept.WSGIAppError) as caught:
            ask(http_client.HTTPConnection('app.example'))
    text = traceback.format_exception_only(caught.type, caught.value)[-1]
    assert text.startswith('WSGIAppError: ' if six.PY2 else (
        'wsgi_intercept.WSGIAppError: '))


# Interceptors of users

class UrlFirst(interceptor.RequestsInterceptor):
    """Sets its url before the constructor runs, and gives it none."""

    def __init__(self, app):
        self.url = 'http://first.example:8080/prefix'
        super(UrlFirst, self).__init__(app)


class UrlFirstAndPassed(interceptor.RequestsInterceptor):
    def __init__(self, app):
        self.url = 'http://first.example:8080/prefix'
        super(UrlFirstAndPassed, self).__init__(app, url=self.url)


@pytest.mark.parametrize('cls', [UrlFirst, UrlFirstAndPassed])
def test_an_url_that_is_set_first(cls):
    app = App()
    driver = RequestsDriver()
    each = cls(app.make)
    assert each.url == 'http://first.example:8080/prefix'
    assert (each.host, each.port, each.script_name) == (
        'first.example', 8080, '/prefix')
    with each as url:
        assert url == each.url
        assert driver.request('GET', url + '/path').body == b'hello'
    driver.close()
    assert app.environ['SCRIPT_NAME'] == '/prefix'


class Overriding(interceptor.Interceptor):
    """Does more on the way in and out, and yields something else."""

    def __init__(self, *args, **kwargs):
        super(Overriding, self).__init__(*args, **kwargs)
        self.events = []

    def __enter__(self):
        self.events.append('in')
        url = super(Overriding, self).__enter__()
        self.events.append(url)
        return self

    def __exit__(self, exc_type, value, traceback):
        self.events.append('out')
        super(Overriding, self).__exit__(exc_type, value, traceback)
        self.events.append(exc_type)
        return exc_type is ZeroDivisionError


class Reimplementing(interceptor.Interceptor):
    """Calls the methods instead of the superclass."""

    def __enter__(self):
        self.install_intercept()
        return self

    def __exit__(self, exc_type, value, traceback):
        self.uninstall_intercept()
        self.uninstall_module()


def subclass(base, driver_class):
    return type('Mine', (base, driver_class.interceptor), {})


def test_enter_and_exit_overridden(driver):
    with subclass(Overriding, driver)(named_factory('app'), url=URL) as each:
        assert driver.request('GET', URL).body == b'app'
        raise ZeroDivisionError
    assert each.events == ['in', URL, 'out', ZeroDivisionError]
    assert not wsgi_intercept._wsgi_intercept


def test_enter_and_exit_written_anew(driver, server):
    with subclass(Reimplementing, driver)(named_factory('outer'), url=server.url):
        with subclass(Reimplementing, driver)(named_factory('app'), url=server.url):
            assert driver.request('GET', server.url).body == b'app'
        assert driver.request('GET', server.url).body == b'outer'
    assert driver.request('GET', server.url).body == b'real'


def test_install_intercept_overridden(driver):
    calls = []

    class Mine(driver.interceptor):
        def install_intercept(self):
            calls.append('install')
            super(Mine, self).install_intercept()

        def uninstall_intercept(self):
            calls.append('uninstall')
            super(Mine, self).uninstall_intercept()
    with Mine(named_factory('app'), url=URL):
        assert driver.request('GET', URL).body == b'app'
    assert calls == ['install', 'uninstall']


def test_the_url_of_an_entered_interceptor(driver):
    """As fixtures use it: the URL is taken from the object, later."""
    each = driver.interceptor(named_factory('app'))
    each.install_intercept()
    try:
        assert driver.request('GET', each.url).body == b'app'
    finally:
        each.uninstall_intercept()


# MODULE_NAME

@pytest.fixture
def user_module(monkeypatch):
    """A module of the user's, of which some test's interceptor is."""
    module = types.ModuleType('mine_intercept')
    module.calls = []
    module.install = lambda: module.calls.append('install')
    module.uninstall = lambda: module.calls.append('uninstall')
    monkeypatch.setitem(sys.modules, 'mine_intercept', module)
    return module


class Mine(interceptor.Interceptor):
    MODULE_NAME = 'mine_intercept'


def test_a_module_of_the_user(user_module):
    """Installed with the first that needs it, uninstalled with the last."""
    with Mine(named_factory('one'), 'one.example') as url:
        assert url == 'http://one.example'
        assert user_module.calls == ['install']
        with Mine(named_factory('two'), 'two.example'):
            pass
        assert user_module.calls == ['install']
        assert list(wsgi_intercept._wsgi_intercept) == [('one.example', 80)]
    assert user_module.calls == ['install', 'uninstall']
    with Mine(named_factory('one'), 'one.example'):
        pass
    assert user_module.calls == ['install', 'uninstall'] * 2


def test_a_module_of_the_user_that_fails(user_module):
    """An error in install() leaves nothing registered."""
    def fail():
        raise ZeroDivisionError
    install, user_module.install = user_module.install, fail
    with pytest.raises(ZeroDivisionError):
        Mine(named_factory('app'), 'app.example').__enter__()
    assert not wsgi_intercept._wsgi_intercept
    user_module.install = install


def test_a_module_of_the_user_that_is_not_there():
    class Missing(interceptor.Interceptor):
        MODULE_NAME = 'no_such_intercept'
    with pytest.raises(ImportError) as caught:
        Missing(named_factory('app'), 'app.example').__enter__()
    assert 'no_such_intercept' in str(caught.value)
    assert not wsgi_intercept._wsgi_intercept


def test_a_module_of_the_user_that_uses_ours(monkeypatch, server):
    """A client of the user's own, which is built on http.client."""
    module = types.ModuleType('mine_intercept')
    module.install = http_client_intercept.install
    module.uninstall = http_client_intercept.uninstall
    monkeypatch.setitem(sys.modules, 'mine_intercept', module)
    driver = HttpClientDriver()
    with Mine(named_factory('app'), url=server.url):
        assert driver.request('GET', server.url).body == b'app'
    assert driver.request('GET', server.url).body == b'real'
    driver.close()


@pytest.mark.parametrize('name, driver_class', [
    ('http_client_intercept', HttpClientDriver), ('urllib_intercept', UrllibDriver),
    ('httplib2_intercept', Httplib2Driver), ('requests_intercept', RequestsDriver),
    ('urllib3_intercept', Urllib3Driver)], indirect=['driver_class'])
def test_our_modules_by_name(name, driver):
    class ByName(interceptor.Interceptor):
        MODULE_NAME = name
    with ByName(named_factory('app'), url=URL):
        assert driver.request('GET', URL).body == b'app'
