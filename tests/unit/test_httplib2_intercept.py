"""Intercept httplib2."""

import httplib2
import pytest

from wsgi_intercept import (
    WSGI_HTTPConnection, WSGI_HTTPSConnection, add_wsgi_intercept, httplib2_intercept,
    remove_wsgi_intercept)

from ..apps import App

MIXINS = [(httplib2_intercept.HTTPInterceptorMixin, WSGI_HTTPConnection),
          (httplib2_intercept.HTTPSInterceptorMixin, WSGI_HTTPSConnection)]
CLASSES = [
    (httplib2_intercept.HTTP_WSGIInterceptorWithTimeout,
     httplib2_intercept.HTTPInterceptorMixin, httplib2.HTTPConnectionWithTimeout),
    (httplib2_intercept.HTTPS_WSGIInterceptorWithTimeout,
     httplib2_intercept.HTTPSInterceptorMixin, httplib2.HTTPSConnectionWithTimeout)]


@pytest.fixture
def app():
    """An application that is registered, with nothing installed."""
    app = App()
    add_wsgi_intercept('app.example', 8080, app.make)
    yield app
    remove_wsgi_intercept('app.example', 8080)


@pytest.mark.parametrize('mixin, base', MIXINS)
def test_the_mixins(mixin, base):
    assert issubclass(mixin, base) or issubclass(base, mixin)
    assert callable(mixin.connect)


@pytest.mark.parametrize('cls, mixin, base', CLASSES)
def test_the_classes(app, cls, mixin, base):
    assert issubclass(cls, mixin)
    assert issubclass(cls, base)
    connection = cls('app.example', 8080, timeout=3)
    assert connection.timeout == 3
    connection.request('GET', '/')
    assert connection.getresponse().read() == b'hello'


@pytest.mark.parametrize('scheme, cls', [('http', CLASSES[0][0]),
                                         ('https', CLASSES[1][0])])
def test_the_classes_as_connection_type(app, scheme, cls):
    response, content = httplib2.Http().request(
        scheme + '://app.example:8080/', connection_type=cls)
    assert (response.status, content) == (200, b'hello')
    assert app.environ['wsgi.url_scheme'] == scheme


def test_the_connection_cache(app):
    http = httplib2.Http()
    httplib2_intercept.install()
    try:
        for _ in range(3):
            assert http.request('http://app.example:8080/')[1] == b'hello'
        assert len(http.connections) == 1
    finally:
        httplib2_intercept.uninstall()
    assert len(app.environs) == 3
