"""Intercept http.client."""

import pytest
from six.moves import http_client

from wsgi_intercept import (
    WSGI_HTTPConnection, WSGI_HTTPSConnection, add_wsgi_intercept,
    http_client_intercept, remove_wsgi_intercept)

from ..apps import App

# Bound, and subclassed, before anything is installed.
HTTPConnection = http_client.HTTPConnection
HTTPSConnection = http_client.HTTPSConnection


class Subclass(HTTPConnection):
    """A user's class that keeps connect()."""


class Own(HTTPConnection):
    """A user's class with a transport of its own."""

    def connect(self):
        raise ZeroDivisionError


@pytest.fixture
def installed():
    http_client_intercept.install()
    add_wsgi_intercept('app.example', 8080, App().make)
    yield
    remove_wsgi_intercept('app.example', 8080)
    http_client_intercept.uninstall()


def get(connection):
    connection.request('GET', '/')
    return connection.getresponse().read()


@pytest.mark.parametrize('cls', [HTTPConnection, HTTPSConnection, Subclass])
def test_names_and_subclasses_of_before(installed, cls):
    assert get(cls('app.example', 8080)) == b'hello'
    assert get(cls('app.example:8080')) == b'hello'
    assert get(cls(host='APP.example', port=8080, timeout=3)) == b'hello'


def test_a_class_with_its_own_connect_is_left_alone(installed):
    with pytest.raises(ZeroDivisionError):
        get(Own('app.example', 8080))


class StandIn(HTTPConnection):
    """What an instrument that records requests puts in place of the client's class."""

    def connect(self):
        raise ZeroDivisionError


@pytest.mark.parametrize('stand_in', [StandIn, object()])
def test_a_stand_in_has_the_name_when_it_is_installed(monkeypatch, stand_in):
    monkeypatch.setattr(http_client, 'HTTPConnection', stand_in)
    before = dict(vars(StandIn))
    http_client_intercept.install()
    add_wsgi_intercept('app.example', 8080, App().make)
    try:
        assert dict(vars(StandIn)) == before
        assert get(HTTPConnection('app.example', 8080)) == b'hello'
        monkeypatch.undo()
        assert get(http_client.HTTPConnection('app.example', 8080)) == b'hello'
    finally:
        remove_wsgi_intercept('app.example', 8080)
        http_client_intercept.uninstall()


def test_a_class_of_a_client_that_was_reloaded(monkeypatch):
    reloaded = type('HTTPConnection', (HTTPConnection, object), {
        '__module__': HTTPConnection.__module__, 'connect': Own.__dict__['connect']})
    monkeypatch.setattr(http_client, 'HTTPConnection', reloaded)
    http_client_intercept.install()
    add_wsgi_intercept('app.example', 8080, App().make)
    try:
        for cls in (reloaded, HTTPConnection):
            assert get(cls('app.example', 8080)) == b'hello'
    finally:
        remove_wsgi_intercept('app.example', 8080)
        http_client_intercept.uninstall()


def test_the_classes_stay_the_same_objects(installed):
    assert http_client.HTTPConnection is HTTPConnection
    assert http_client.HTTPSConnection is HTTPSConnection


@pytest.mark.parametrize('cls, bases', [
    (http_client_intercept.HTTP_WSGIInterceptor,
     (WSGI_HTTPConnection, HTTPConnection)),
    (http_client_intercept.HTTPS_WSGIInterceptor,
     (WSGI_HTTPSConnection, HTTPSConnection))])
def test_the_interceptor_classes(cls, bases):
    for base in bases:
        assert issubclass(cls, base)
    add_wsgi_intercept('app.example', 8080, App().make)
    try:
        assert get(cls('app.example', 8080)) == b'hello'
    finally:
        remove_wsgi_intercept('app.example', 8080)
