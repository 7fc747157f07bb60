"""Intercept urllib.request."""

import functools
import sys

import pytest
from six.moves import http_client
from six.moves.urllib.error import URLError
from six.moves.urllib.request import HTTPHandler, ProxyHandler, build_opener, urlopen

from wsgi_intercept import (
    WSGI_HTTPConnection, WSGI_HTTPSConnection, add_wsgi_intercept,
    remove_wsgi_intercept, urllib_intercept)
from wsgi_intercept._connection import Interception
from wsgi_intercept.interceptor import UrllibInterceptor

from ..apps import App
from ..conftest import differences, state

urllib_request = sys.modules[HTTPHandler.__module__]
PROXIES = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY']


@pytest.fixture(autouse=True)
def uninstalled(monkeypatch):
    """No proxy before, and nothing installed after the test."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
    yield
    urllib_intercept.uninstall()
    urllib_intercept.uninstall_opener()


@pytest.fixture
def app():
    """An application that is registered."""
    app = App()
    add_wsgi_intercept('app.example', 8080, app.make)
    yield app
    remove_wsgi_intercept('app.example', 8080)


def read(response):
    try:
        return response.read()
    finally:
        response.close()


URLS = ['http://app.example:8080/', 'https://app.example:8080/']
urls = pytest.mark.parametrize('url', URLS, ids=['http', 'https'])


@urls
def test_urlopen_and_openers(app, url):
    before = build_opener()
    urllib_intercept.install()
    assert read(urlopen(url)) == b'hello'
    assert read(before.open(url)) == b'hello'
    assert read(build_opener().open(url)) == b'hello'


@pytest.mark.parametrize('existing', [True, False])
def test_the_user_s_opener_is_restored(monkeypatch, existing):
    users = build_opener() if existing else None
    monkeypatch.setattr(urllib_request, '_opener', users)
    for install, uninstall in [
            (urllib_intercept.install, urllib_intercept.uninstall),
            (urllib_intercept.install_opener, urllib_intercept.uninstall_opener)]:
        before = state()
        install()
        install()
        uninstall()
        assert urllib_request._opener is users
        assert not differences(before, state())


def test_an_opener_that_urlopen_made_does_not_stay(app, monkeypatch):
    monkeypatch.setattr(urllib_request, '_opener', None)
    urllib_intercept.install()
    assert read(urlopen(URLS[0])) == b'hello'
    urllib_intercept.uninstall()
    assert urllib_request._opener is None


def test_what_is_done_to_the_opener_is_not_found_by_the_next(app, monkeypatch):
    """One is kept, as it takes long to make: but not with what users add."""
    monkeypatch.setattr(urllib_request, '_opener', None)
    openers = []
    for change in [lambda opener: None,
                   lambda opener: opener.addheaders.append(('X-Test', 'first')),
                   lambda opener: opener.add_handler(ProxyHandler({'ftp': 'a'})),
                   lambda opener: None]:
        urllib_intercept.install()
        try:
            openers.append(urllib_request._opener)
            assert read(urlopen(URLS[0])) == b'hello'
            assert 'HTTP_X_TEST' not in app.environ
            change(urllib_request._opener)
        finally:
            urllib_intercept.uninstall()
    assert openers[0] is openers[1]
    assert len(set(openers)) == 3


@urls
def test_install_opener_returns_the_opener(app, url):
    opener = urllib_intercept.install_opener()
    assert read(opener.open(url)) == b'hello'
    assert read(urlopen(url)) == b'hello'
    assert urllib_request._opener is opener
    assert urllib_intercept.install_opener() is opener


@pytest.mark.parametrize('name', PROXIES)
def test_install_opener_refuses_a_proxy(monkeypatch, name):
    monkeypatch.setenv(name, 'http://proxy.example:3128')
    before = state()
    with pytest.raises(RuntimeError) as caught:
        urllib_intercept.install_opener()
    assert str(caught.value) == (
        'http_proxy or https_proxy set in environment, please unset')
    assert not differences(before, state())


@urls
def test_the_handlers_work_in_an_opener_of_the_user_s(app, url):
    """With nothing installed."""
    opener = build_opener(urllib_intercept.WSGI_HTTPHandler,
                          urllib_intercept.WSGI_HTTPSHandler)
    assert read(opener.open(url)) == b'hello'
    assert app.environ['wsgi.url_scheme'] == url.split(':')[0]


@pytest.mark.parametrize('cls, base', [
    (urllib_intercept.WSGI_HTTPHandler, urllib_request.HTTPHandler),
    (urllib_intercept.WSGI_HTTPSHandler, urllib_request.HTTPSHandler)])
def test_the_handlers_are_the_library_s(cls, base):
    assert issubclass(cls, base)
    handlers = build_opener(cls).handlers
    assert [handler.__class__ for handler in handlers
            if isinstance(handler, base)] == [cls]


@pytest.mark.parametrize('standard, ours', [
    (http_client.HTTPConnection, WSGI_HTTPConnection),
    (http_client.HTTPSConnection, WSGI_HTTPSConnection)])
def test_the_class_that_intercepts(standard, ours):
    assert urllib_intercept.intercepting_class(standard) is ours
    assert urllib_intercept.intercepting_class(ours) is ours


def test_the_class_that_intercepts_for_a_user_s_class():
    class Users(http_client.HTTPConnection):
        pass
    cls = urllib_intercept.intercepting_class(Users)
    assert issubclass(cls, Users)
    assert issubclass(cls, Interception)


class Handler(HTTPHandler, urllib_request.HTTPSHandler):
    """A user's, for client certificates for example."""

    made = None

    def http_open(self, request):
        return self.do_open(self.make_plain, request)

    def https_open(self, request):
        return self.do_open(self.make, request)

    def make(self, host, **options):
        self.made = http_client.HTTPSConnection(host, **options)
        return self.made

    make_plain = staticmethod(functools.partial(http_client.HTTPConnection))


@pytest.mark.parametrize('url', ['http://app.example/', 'https://app.example/'])
def test_a_function_that_makes_connections(url):
    opener = build_opener(ProxyHandler({}), Handler())
    with UrllibInterceptor(App().make, url=url):
        response = opener.open(url, timeout=5)
        assert response.read() == b'hello'
        response.close()
    with pytest.raises(URLError):
        opener.open('http://127.0.0.1:1', timeout=5)


def test_a_function_that_makes_a_transport_of_its_own():
    class Users(http_client.HTTPConnection):
        def connect(self):
            raise ZeroDivisionError
    made = Users('app.example')
    assert urllib_intercept.intercepting_class(lambda: made)() is made
    assert made.__class__ is Users


class Double(object):
    """Stands in for a connection, as a mock does."""

    @property
    def __class__(self):
        return http_client.HTTPConnection


@pytest.mark.parametrize('made', [object(), Double()])
def test_a_function_that_makes_something_else(made):
    assert urllib_intercept.intercepting_class(lambda: made)() is made
