"""Fixtures, and the proof after every test that nothing was left behind."""

import inspect
import socket
import sys

import httplib2
import pytest
import requests.adapters
import urllib3.connection
from six.moves import http_client
from six.moves.urllib.request import HTTPHandler

import wsgi_intercept
from wsgi_intercept import _network

from .drivers import DRIVERS

urllib_request = sys.modules[HTTPHandler.__module__]
requests_connection = sys.modules[
    requests.adapters.PoolManager.__module__.rpartition('.')[0] + '.connection']


def owners():
    """Every class and module that an interception changes."""
    yield urllib_request
    yield urllib_request.AbstractHTTPHandler
    for module in (http_client, httplib2, urllib3.connection, requests_connection):
        yield module
        for value in list(vars(module).values()):
            if inspect.isclass(value):
                yield value


def names(owner):
    """The names in a class or module and what they stand for.

    Without what `abc` keeps in classes of Python 3.6 and PyPy for isinstance().
    """
    return dict((name, value) for name, value in vars(owner).items()
                if not name.startswith('_abc_'))


def state():
    """What is patched in the process, what is registered, and what is blocked."""
    return ([(owner, names(owner)) for owner in owners()],
            wsgi_intercept._wsgi_intercept, dict(wsgi_intercept._wsgi_intercept),
            wsgi_intercept.make_environ, wsgi_intercept.STRICT_RESPONSE_HEADERS,
            wsgi_intercept.debuglevel, list(_network.blocks))


#: What Python itself adds when a warning is given, or an object copied.
PYTHONS_OWN = ('__warningregistry__', '__slotnames__')


def differences(before, after):
    """What is no longer the very same object, by name."""
    found = []
    for (owner, names), (_owner, names2) in zip(before[0], after[0]):
        found.extend('%r: %s' % (owner, name) for name in set(names) | set(names2)
                     if name not in PYTHONS_OWN and (
                         names.get(name) is not names2.get(name)
                         or (name in names) != (name in names2)))
    if before[1:] != after[1:]:
        found.append('%r, not %r' % (after[1:], before[1:]))
    return found


@pytest.fixture(autouse=True)
def nothing_is_left():
    """After every test: nothing registered, nothing patched, no setting changed."""
    before = state()
    yield
    assert not differences(before, state())
    assert not wsgi_intercept._wsgi_intercept


@pytest.fixture(params=DRIVERS, ids=lambda driver: driver.name)
def driver_class(request):
    return request.param


@pytest.fixture
def driver(driver_class):
    """A session of each client."""
    driver = driver_class()
    yield driver
    driver.close()


@pytest.fixture
def closed_port():
    """A port of 127.0.0.1 at which nobody listens."""
    with_socket = socket.socket()
    with_socket.bind(('127.0.0.1', 0))
    port = with_socket.getsockname()[1]
    with_socket.close()
    return port
