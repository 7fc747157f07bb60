"""Context managers that intercept clients for one application."""

import contextlib
import itertools
import sys
import types
import unittest

import pytest

import wsgi_intercept
from wsgi_intercept import _registry, http_client_intercept, interceptor
from wsgi_intercept.interceptor import (
    AllClientsInterceptor, HttpClientInterceptor, Httplib2Interceptor, Interceptor,
    RequestsInterceptor, Urllib3Interceptor, UrllibInterceptor)

from ..apps import App, named_factory
from ..conftest import differences, state
from ..drivers import DRIVERS, HttpClientDriver

CLASSES = [HttpClientInterceptor, UrllibInterceptor, Httplib2Interceptor,
           RequestsInterceptor, Urllib3Interceptor, AllClientsInterceptor]
URL = 'http://app.example'


def factory():
    return App().make()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ('http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def http():
    """A session of http.client."""
    driver = HttpClientDriver()
    yield driver
    driver.close()


# Arguments and attributes.

def test_the_arguments_by_position():
    made = Interceptor(factory, 'app.example', 8080, '/prefix')
    assert made.app is factory
    assert (made.host, made.port) == ('app.example', 8080)
    assert made.script_name == '/prefix'
    assert made.url == 'http://app.example:8080/prefix'


def test_the_arguments_by_keyword():
    made = Interceptor(app=factory, host='app.example', port=8080, prefix='/prefix',
                       url=None)
    assert (made.host, made.port) == ('app.example', 8080)
    assert made.script_name == '/prefix'
    made = Interceptor(app=factory, url=URL)
    assert (made.host, made.port, made.script_name) == ('app.example', 80, '')


def test_the_url_is_the_fifth_argument():
    made = Interceptor(factory, None, 80, None, 'https://app.example/prefix')
    assert (made.host, made.port) == ('app.example', 443)
    assert made.script_name == '/prefix'


@pytest.mark.parametrize('url, host, port, script_name', [
    ('http://app.example', 'app.example', 80, ''),
    ('http://app.example/', 'app.example', 80, ''),
    ('https://app.example', 'app.example', 443, ''),
    ('http://app.example:8080', 'app.example', 8080, ''),
    ('https://app.example:8443/a/b', 'app.example', 8443, '/a/b'),
    ('http://app.example/prefix/', 'app.example', 80, '/prefix'),
    ('http://127.0.0.1:1', '127.0.0.1', 1, ''),
    ('http://[::1]:8080/x', '::1', 8080, '/x'),
    ('HTTP://app.example', 'app.example', 80, ''),
    (u'http://app.example', 'app.example', 80, ''),
    ('http://user:password@app.example:81/', 'app.example', 81, ''),
])
def test_a_url(url, host, port, script_name):
    made = Interceptor(factory, url=url)
    assert (made.host, made.port, made.script_name) == (host, port, script_name)
    assert made.url == url
    with made as yielded:
        assert yielded == url
        assert _registry.find(host, port) == (factory, script_name)


@pytest.mark.parametrize('host, port, prefix, url', [
    ('app.example', 80, None, 'http://app.example'),
    ('app.example', 80, '', 'http://app.example'),
    ('app.example', '80', '/x', 'http://app.example/x'),
    ('app.example', 443, '/x', 'https://app.example/x'),
    ('app.example', 8443, '/x/y', 'http://app.example:8443/x/y'),
    ('app.example', 80, 'x', 'http://app.example/x'),
    ('::1', 80, None, 'http://[::1]'),
    ('[::1]', 8080, None, 'http://[::1]:8080'),
])
def test_a_host(host, port, prefix, url):
    made = Interceptor(factory, host, port, prefix)
    assert made.url == url
    assert made.port == int(port)
    with made as yielded:
        assert yielded == url
        assert _registry.find(host, port)[0] is factory


@pytest.mark.parametrize('options', [
    {}, {'host': None, 'url': None}, {'host': '', 'url': ''}, {'host': ''},
    {'url': ''}])
def test_a_host_name_is_made_up(options):
    made = [Interceptor(factory, **options) for _ in range(2)]
    assert made[0].host != made[1].host
    for one in made:
        assert one.host
        assert one.url == 'http://%s' % one.host
        assert (one.port, one.script_name) == (80, '')


def test_a_host_name_is_made_up_for_a_port_and_prefix():
    made = Interceptor(factory, port=8080, prefix='/x')
    assert made.url == 'http://%s:8080/x' % made.host


@pytest.mark.parametrize('scheme, host, port, prefix, url', [
    ('http', 'app.example', 80, None, 'http://app.example'),
    ('https', 'app.example', 443, '/x', 'https://app.example/x'),
    ('https', 'app.example', 8443, '/x', 'https://app.example:8443/x'),
    ('http', 'app.example', 443, None, 'http://app.example:443'),
    ('https', 'app.example', 80, None, 'https://app.example:80'),
    ('https', '::1', '8443', None, 'https://[::1]:8443'),
    (u'https', 'app.example', 8443, '', 'https://app.example:8443'),
    (None, 'app.example', 8443, None, 'http://app.example:8443'),
])
def test_a_scheme(scheme, host, port, prefix, url):
    made = Interceptor(factory, host, port, prefix, scheme=scheme)
    assert made.url == url
    with made as yielded:
        assert yielded == url
        assert _registry.find(host, port)[0] is factory


def test_a_scheme_of_a_host_that_is_made_up():
    made = Interceptor(factory, port=8443, scheme='https')
    assert made.url == 'https://%s:8443' % made.host


def test_a_scheme_reaches_the_application(http):
    app = App()
    with HttpClientInterceptor(app.make, port=8443, scheme='https') as url:
        assert http.request('GET', url).body == b'hello'
    assert app.environ['wsgi.url_scheme'] == 'https'


# Wrong arguments.

@pytest.mark.parametrize('scheme', ['ftp', 'HTTP', '', 'https://', 443, b'\xff', []])
def test_a_scheme_that_is_none(scheme):
    with pytest.raises(ValueError) as caught:
        Interceptor(factory, 'app.example', scheme=scheme)
    assert str(caught.value) == "scheme must be 'http' or 'https', not %r" % (scheme,)


def test_a_scheme_beside_a_url():
    with pytest.raises(ValueError) as caught:
        Interceptor(factory, url=URL, scheme='https')
    assert str(caught.value) == (
        "url has a scheme of its own: write it there, not scheme='https' beside "
        "url='http://app.example'")

    class Users(Interceptor):
        url = URL
    with pytest.raises(ValueError):
        Users(factory, scheme='http')
    assert Users(factory, 'other.example', scheme='https').url == (
        'https://other.example:80')


RULE = 'app_create_fn must be a function that returns the WSGI application'


def application(environ, start_response):
    """An application, which is no factory."""


@pytest.mark.parametrize('cls', [Interceptor] + CLASSES)
@pytest.mark.parametrize('wrong', [None, application, 'app', 42])
def test_no_factory(cls, wrong):
    with pytest.raises(TypeError) as caught:
        cls(wrong, url=URL)
    assert RULE in str(caught.value)
    assert 'lambda: app' in str(caught.value)
    assert repr(wrong) in str(caught.value)


def test_no_application():
    with pytest.raises(TypeError) as caught:
        Interceptor(None, host='app.example')
    assert 'no application' in str(caught.value)
    with pytest.raises(TypeError):
        Interceptor()


@pytest.mark.parametrize('url', ['app.example', 'app.example:80', '//app.example',
                                 '/path', 'http://', 'http:///path', 'http:app.example',
                                 'http://:80', 'ftp://app.example', '://app.example'])
def test_a_url_without_scheme_or_host(url):
    with pytest.raises(ValueError) as caught:
        Interceptor(factory, url=url)
    assert 'url must have a scheme, http or https, and a host' in str(caught.value)
    assert 'http://example.com' in str(caught.value)
    assert repr(url) in str(caught.value)


@pytest.mark.parametrize('url', ['http://a b/', 'http://a b:8080'])
def test_a_url_with_a_host_that_is_none(url):
    with pytest.raises(ValueError) as caught:
        Interceptor(factory, url=url)
    assert str(caught.value) == (
        'url must have a host name such as "example.com"; not %r' % url)


@pytest.mark.parametrize('url', ['http://app.example:port', 'http://app.example:80x',
                                 'http://app.example:65536', 'http://app.example:-1'])
def test_a_url_with_a_bad_port(url):
    with pytest.raises(ValueError) as caught:
        Interceptor(factory, url=url)
    assert 'port' in str(caught.value)
    assert '65535' in str(caught.value)
    assert repr(url) in str(caught.value)


@pytest.mark.parametrize('url', ['http://[::1', 'http://[app', 'http://::1]/'])
def test_a_url_with_bad_brackets(url):
    with pytest.raises(ValueError) as caught:
        Interceptor(factory, url=url)
    assert 'url must have' in str(caught.value)
    assert repr(url) in str(caught.value)


@pytest.mark.parametrize('url', [42, b'http://app.example', ['http://app.example']])
def test_a_url_that_is_no_string(url):
    if isinstance(url, str):
        pytest.skip('this is the native string')
    with pytest.raises(TypeError) as caught:
        Interceptor(factory, url=url)
    assert 'url must be a string such as "http://example.com"' in str(caught.value)
    assert repr(url) in str(caught.value)


@pytest.mark.parametrize('port', ['http', '', None, [], '80x'])
def test_a_port_that_is_no_number(port):
    with pytest.raises(ValueError) as caught:
        Interceptor(factory, 'app.example', port)
    assert 'port must be a number such as 80' in str(caught.value)
    assert repr(port) in str(caught.value)


@pytest.mark.parametrize('port', [-1, 65536])
def test_a_port_out_of_range(port):
    with pytest.raises(ValueError) as caught:
        Interceptor(factory, 'app.example', port)
    assert 'port must be between 0 and 65535' in str(caught.value)


def test_a_url_in_place_of_a_host():
    with pytest.raises(ValueError) as caught:
        Interceptor(factory, 'http://app.example')
    assert 'host must be a host name' in str(caught.value)
    assert 'url' in str(caught.value)


# Installing.

@pytest.mark.parametrize('cls', CLASSES)
def test_a_context_manager_restores_everything(cls):
    before = state()
    made = cls(factory, url=URL)
    assert not differences(before, state())
    for _ in range(2):
        with made as url:
            assert url == URL
            assert differences(before, state())
        assert not differences(before, state())


@pytest.mark.parametrize('cls', CLASSES)
def test_install_intercept_and_uninstall_intercept(cls):
    before = state()
    made = cls(factory, url=URL)
    made.install_intercept()
    assert ('app.example', 80) in wsgi_intercept._wsgi_intercept
    made.uninstall_intercept()
    assert not differences(before, state())
    made.uninstall_intercept()
    assert not differences(before, state())


@pytest.mark.parametrize('cls', CLASSES)
def test_uninstall_module_lets_go_of_the_client(cls):
    before = state()
    made = cls(factory, url=URL)
    made.install_intercept()
    made.uninstall_module()
    assert ('app.example', 80) in wsgi_intercept._wsgi_intercept
    wsgi_intercept.remove_wsgi_intercept('app.example', 80)
    assert not differences(before, state())
    made.uninstall_intercept()
    made.uninstall_module()
    assert not differences(before, state())


@pytest.mark.parametrize('cls', CLASSES)
def test_an_error_in_the_body_restores_everything(cls):
    before = state()
    with pytest.raises(ZeroDivisionError):
        with cls(factory, url=URL):
            raise ZeroDivisionError
    assert not differences(before, state())


@pytest.mark.parametrize('cls', [UrllibInterceptor, RequestsInterceptor,
                                 Urllib3Interceptor, AllClientsInterceptor])
def test_a_proxy_leaves_nothing_behind(monkeypatch, cls):
    monkeypatch.setenv('https_proxy', 'http://proxy.example')
    before = state()
    with pytest.raises(RuntimeError) as caught:
        with cls(factory, url=URL):
            pytest.fail('entered')
    assert str(caught.value) == (
        'http_proxy or https_proxy set in environment, please unset')
    assert not differences(before, state())


@pytest.mark.parametrize('cls', CLASSES)
def test_an_argument_that_is_made_bad_leaves_nothing_behind(cls):
    before = state()
    for name, bad, error in [
            ('port', 'bad', ValueError), ('port', 80.0, ValueError),
            ('host', 'http://app.example', ValueError), ('app', None, TypeError),
            ('app', EqualToAll(), TypeError), ('script_name', 5, TypeError)]:
        made = cls(factory, url=URL)
        setattr(made, name, bad)
        with pytest.raises(error):
            made.install_intercept()
        assert not differences(before, state())


class EqualToAll(object):
    """No factory, whatever it is compared with."""

    def __eq__(self, other):
        return True

    __hash__ = None


class Lazy(object):
    """Much like a string, and none."""

    def __str__(self):
        return '/prefix'

    def startswith(self, prefix):
        return True


@pytest.mark.parametrize('prefix', [Lazy(), b'/prefix' if str is not bytes else 5])
def test_a_prefix_that_is_no_string(prefix):
    with pytest.raises(TypeError):
        Interceptor(factory, host='app.example', prefix=prefix)


def test_a_client_that_is_not_installed_leaves_nothing_behind(monkeypatch):
    class Missing(Interceptor):
        MODULE_NAME = 'no_such_client_intercept'
    before = state()
    with pytest.raises(ImportError):
        with Missing(factory, url=URL):
            pytest.fail('entered')
    assert not differences(before, state())


# Nesting.

def test_the_innermost_answers(http):
    with HttpClientInterceptor(named_factory('outer'), url=URL):
        with HttpClientInterceptor(named_factory('inner'), url=URL):
            assert http.request('GET', URL).body == b'inner'
        assert http.request('GET', URL).body == b'outer'


@pytest.mark.parametrize('order', list(itertools.permutations(range(3))), ids=str)
def test_exits_in_any_order(http, order):
    made = [HttpClientInterceptor(named_factory('%d' % number), url=URL)
            for number in range(3)]
    for each in made:
        each.__enter__()
    left = [0, 1, 2]
    for number in order:
        expected = str(left[-1]).encode('ascii')
        assert http.request('GET', URL).body == expected
        made[number].__exit__(None, None, None)
        left.remove(number)
    assert not wsgi_intercept._wsgi_intercept


def test_one_interceptor_entered_twice(http):
    made = HttpClientInterceptor(factory, url=URL)
    with made:
        with made:
            assert http.request('GET', URL).body == b'hello'
        assert http.request('GET', URL).body == b'hello'


@pytest.mark.parametrize('order', [1, -1])
def test_interceptors_of_all_clients(order):
    before = state()
    made = [cls.interceptor(factory, url=URL) for cls in DRIVERS]
    for each in made:
        each.__enter__()
    for each in made[::order]:
        each.__exit__(None, None, None)
    assert not differences(before, state())


def test_remove_wsgi_intercept_inside():
    with HttpClientInterceptor(factory, url=URL):
        wsgi_intercept.remove_wsgi_intercept()
    assert not wsgi_intercept._wsgi_intercept


# Subclasses of users.

def test_the_base_class_registers_and_patches_nothing():
    before = state()
    with Interceptor(factory, url=URL):
        assert _registry.find('app.example', 80) == (factory, '')
        wsgi_intercept.remove_wsgi_intercept()
        assert not differences(before, state())


def test_a_subclass_that_sets_the_url_beforehand(http):
    class Users(HttpClientInterceptor):
        def __init__(self, app):
            self.url = 'http://app.example:8080/prefix'
            super(Users, self).__init__(app)
    with Users(factory) as url:
        assert url == 'http://app.example:8080/prefix'
        assert http.request('GET', url).body == b'hello'
    made = Users(factory)
    assert (made.host, made.port) == ('app.example', 8080)
    assert made.script_name == '/prefix'


def test_a_subclass_with_a_url_of_its_class():
    class Users(HttpClientInterceptor):
        url = 'http://app.example:8080'
    assert Users(factory).port == 8080
    assert Users(factory, url='http://other.example').host == 'other.example'


def test_a_subclass_that_overrides_enter_and_exit(http):
    class Users(HttpClientInterceptor):
        left = False

        def __enter__(self):
            return 'entered ' + super(Users, self).__enter__()

        def __exit__(self, exc_type, value, traceback):
            super(Users, self).__exit__(exc_type, value, traceback)
            self.left = True
            return exc_type is ZeroDivisionError
    made = Users(factory, url=URL)
    with made as yielded:
        assert yielded == 'entered ' + URL
        assert http.request('GET', URL).body == b'hello'
        raise ZeroDivisionError
    assert made.left


def test_a_client_module_of_the_user_s(monkeypatch):
    calls = []
    module = types.ModuleType('users_intercept')
    module.install = lambda: calls.append('install')
    module.uninstall = lambda: calls.append('uninstall')
    monkeypatch.setitem(sys.modules, 'users_intercept', module)

    class Users(Interceptor):
        MODULE_NAME = 'users_intercept'
    with Users(factory, url=URL):
        with Users(factory, url=URL):
            assert calls == ['install']
        assert calls == ['install']
    assert calls == ['install', 'uninstall']
    with Users(factory, url=URL):
        pass
    assert calls == ['install', 'uninstall'] * 2


@pytest.mark.parametrize('name', [
    'http_client_intercept', 'wsgi_intercept.http_client_intercept'])
def test_a_module_of_ours_is_held_beside_install(http, name):
    class Users(Interceptor):
        MODULE_NAME = name
    http_client_intercept.install()
    try:
        with Users(factory, url=URL):
            pass
        assert http_client_intercept.patch.active
    finally:
        http_client_intercept.uninstall()
    with Users(factory, url=URL):
        http_client_intercept.uninstall()
        assert http.request('GET', URL).body == b'hello'
    assert not http_client_intercept.patch.active


@pytest.mark.parametrize('name, value', [('host', 'other.example'), ('port', 8080)])
def test_what_is_changed_while_it_is_entered(name, value):
    made = HttpClientInterceptor(factory, url=URL)
    with made:
        setattr(made, name, value)
        with made:
            assert len(wsgi_intercept._wsgi_intercept) == 2
        assert list(wsgi_intercept._wsgi_intercept) == [('app.example', 80)]
    assert not wsgi_intercept._wsgi_intercept


def test_a_client_module_of_the_user_s_that_fails(monkeypatch):
    module = types.ModuleType('users_intercept')

    def fail():
        raise ZeroDivisionError
    module.install = fail
    module.uninstall = lambda: pytest.fail('uninstalled')
    monkeypatch.setitem(sys.modules, 'users_intercept', module)

    class Users(Interceptor):
        MODULE_NAME = 'users_intercept'
    with pytest.raises(ZeroDivisionError):
        with Users(factory, url=URL):
            pytest.fail('entered')
    assert not wsgi_intercept._wsgi_intercept


@pytest.mark.parametrize('driver', DRIVERS)
def test_module_name(driver):
    module = interceptor.import_client_module(driver.interceptor.MODULE_NAME)
    assert module.__name__ == 'wsgi_intercept.' + driver.interceptor.MODULE_NAME
    assert callable(module.install)
    assert callable(module.uninstall)
    assert issubclass(driver.interceptor, Interceptor)


# All clients.

@pytest.mark.parametrize('scheme', ['http', 'https'])
def test_all_clients(driver, scheme):
    with AllClientsInterceptor(factory, port=8080, scheme=scheme) as url:
        for _each in range(2):
            assert driver.request('GET', url).body == b'hello'
    with pytest.raises(driver.network_errors):
        driver.request('GET', url)


def test_all_clients_beside_one(driver_class, driver):
    with driver_class.interceptor(named_factory('one'), url='http://one.example'):
        with AllClientsInterceptor(named_factory('all'), url=URL):
            assert driver.request('GET', URL).body == b'all'
            assert driver.request('GET', 'http://one.example').body == b'one'
        assert driver.request('GET', 'http://one.example').body == b'one'


@pytest.mark.parametrize('order', [1, -1])
def test_all_clients_twice(driver, order):
    before = state()
    made = [AllClientsInterceptor(named_factory(name), url=URL) for name in 'ab']
    for each in made:
        each.__enter__()
    assert driver.request('GET', URL).body == b'b'
    for each in made[::order]:
        each.__exit__(None, None, None)
    assert not differences(before, state())


@pytest.mark.parametrize('client', ['httplib2', 'requests', 'urllib3'])
def test_all_clients_but_one_that_is_not_installed(missing, http, client):
    before = state()
    missing(client)
    with AllClientsInterceptor(factory, url=URL):
        assert http.request('GET', URL).body == b'hello'
    assert not differences(before, state())


# Decorated functions.

intercepted = AllClientsInterceptor(factory, url=URL)


@intercepted
def test_a_test_function(driver):
    assert driver.request('GET', URL).body == b'hello'


@intercepted(url_argument='url')
def test_a_test_function_with_the_url(url, driver):
    assert url == URL
    assert driver.request('GET', url).body == b'hello'


@pytest.mark.parametrize('path', ['/a', '/b'])
@intercepted(url_argument='url')
def test_a_test_function_with_parameters(http, url, path):
    assert http.request('GET', url + path).body == b'hello'


@intercepted()
def test_a_test_function_with_empty_parentheses(http):
    assert http.request('GET', URL).body == b'hello'


class TestMethods(object):
    @intercepted
    def test_without_the_url(self, http):
        assert http.request('GET', URL).body == b'hello'

    @intercepted(url_argument='url')
    def test_with_the_url(self, http, url):
        assert http.request('GET', url).body == b'hello'


class TestUnittest(unittest.TestCase):
    """Methods of unittest, set-ups and clean-ups."""

    def setUp(self):
        self.http = HttpClientDriver()
        self.addCleanup(self.http.close)

    @intercepted
    def test_decorated(self):
        assert self.http.request('GET', URL).body == b'hello'

    @intercepted(url_argument='url')
    def test_decorated_with_the_url(self, url):
        assert self.http.request('GET', url).body == b'hello'

    def test_add_cleanup(self):
        made = HttpClientInterceptor(factory)
        made.install_intercept()
        self.addCleanup(made.uninstall_intercept)
        assert self.http.request('GET', made.url).body == b'hello'

    @unittest.skipUnless(hasattr(unittest.TestCase, 'enterContext'), 'from 3.11 on')
    def test_enter_context(self):
        url = self.enterContext(HttpClientInterceptor(factory))
        assert self.http.request('GET', url).body == b'hello'


@pytest.mark.skipif(not hasattr(contextlib, 'ExitStack'), reason='from 3.3 on')
def test_an_exit_stack(http):
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(HttpClientInterceptor(factory))
        assert http.request('GET', url).body == b'hello'


@pytest.fixture
def app_url():
    with HttpClientInterceptor(factory) as url:
        yield url


def test_a_fixture(http, app_url):
    assert http.request('GET', app_url).body == b'hello'


def test_a_decorated_function_is_intercepted_only_while_it_runs(http):
    made = HttpClientInterceptor(factory, url=URL)
    before = state()

    @made
    def function():
        assert http.request('GET', URL).body == b'hello'
        raise ZeroDivisionError
    assert not differences(before, state())
    for _each in range(2):
        with pytest.raises(ZeroDivisionError):
            function()
        assert not differences(before, state())


def test_a_decorated_function_inside_the_same_interceptor(http):
    made = HttpClientInterceptor(factory, url=URL)
    with made:
        assert made(lambda: http.request('GET', URL).body)() == b'hello'
        assert http.request('GET', URL).body == b'hello'


def test_a_subclass_that_overrides_enter_decorates(http):
    class Users(HttpClientInterceptor):
        def __enter__(self):
            return super(Users, self).__enter__() + '/entered'
    assert Users(factory, url=URL)(url_argument='url')(lambda url: url)() == (
        URL + '/entered')


@pytest.mark.parametrize('wrong, text', [
    (object, 'a class'), ('url', 'an option is passed by its name')])
def test_what_is_not_decorated(wrong, text):
    with pytest.raises(TypeError) as caught:
        intercepted(wrong)
    assert text in str(caught.value)
    with pytest.raises(TypeError):
        intercepted(url_argument=42)(len)
