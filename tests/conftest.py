"""Fixtures, and the proof after every test that nothing was left behind."""

import socket
import sys

import httplib2
import pytest
import requests.adapters
import urllib3.connection
from six.moves import http_client
from six.moves.urllib.request import HTTPHandler

import wsgi_intercept

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
            if isinstance(value, type(http_client.HTTPConnection)):
                yield value


def state():
    """What is patched in the process, and what is registered."""
    return ([(owner, dict(vars(owner))) for owner in owners()],
            wsgi_intercept._wsgi_intercept, dict(wsgi_intercept._wsgi_intercept),
            wsgi_intercept.make_environ, wsgi_intercept.STRICT_RESPONSE_HEADERS,
            wsgi_intercept.debuglevel)


def same(before, after):
    """Whether two states are of the very same objects."""
    return before[1:] == after[1:] and all(
        owner is owner2 and set(names) == set(names2)
        and all(names[name] is names2[name] for name in names)
        for (owner, names), (owner2, names2) in zip(before[0], after[0]))


@pytest.fixture(autouse=True)
def nothing_is_left():
    """After every test: nothing registered, nothing patched, no setting changed."""
    before = state()
    yield
    after = state()
    assert same(before, after)
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
