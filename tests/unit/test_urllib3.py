"""All that is known of urllib3, 1.x and 2.x."""

import inspect
import sys

import pytest
import requests.adapters
import urllib3.connection
from six.moves import http_client

from wsgi_intercept import _urllib3, requests_intercept, urllib3_intercept

REQUESTS_COPY = requests.adapters.PoolManager.__module__.rpartition('.')[0]


def test_a_urllib3_has_one_patch():
    assert _urllib3.patch_for('urllib3') is _urllib3.patch_for('urllib3')
    assert urllib3_intercept.patch is _urllib3.patch_for('urllib3')
    assert requests_intercept.patch is _urllib3.patch_for(REQUESTS_COPY)


@pytest.mark.parametrize('package', sorted(set(['urllib3', REQUESTS_COPY])))
def test_the_connection_classes_are_those_that_connect(package):
    classes = _urllib3.connection_classes(package)
    pool = sys.modules[package + '.connectionpool'].HTTPConnectionPool
    # That of requests 2.0 has none of its own for http.
    least = 1 if pool.ConnectionCls is http_client.HTTPConnection else 2
    assert len(classes) == len(set(classes)) >= least
    for cls in classes:
        assert inspect.isclass(cls)
        assert issubclass(cls, http_client.HTTPConnection)
        assert 'connect' in vars(cls)
        assert cls.__module__ == package + '.connection'


def test_the_classes_of_the_pools_are_among_them():
    """Or inherit ``connect()`` from one of them."""
    classes = tuple(_urllib3.connection_classes('urllib3'))
    for pool in (urllib3.HTTPConnectionPool, urllib3.HTTPSConnectionPool):
        assert issubclass(pool.ConnectionCls, classes)
        connect = pool.ConnectionCls.connect
        assert getattr(connect, '__func__', connect) in [
            vars(cls)['connect'] for cls in classes]
    assert urllib3.connection.HTTPConnection in classes


def test_a_stand_in_has_the_name_while_it_is_patched(monkeypatch):
    original = urllib3.connection.HTTPConnection
    connect = vars(original)['connect']
    for owner, name in [(urllib3.connection, 'HTTPConnection'),
                        (urllib3.connectionpool.HTTPConnectionPool, 'ConnectionCls')]:
        monkeypatch.setattr(owner, name, type('StandIn', (original,), {}))
    patch = _urllib3.patch_for('urllib3')
    patch.hold('token')
    try:
        assert vars(original)['connect'] is not connect
    finally:
        patch.release('token')
    assert vars(original)['connect'] is connect


def test_they_are_patched_while_held(monkeypatch):
    for name in ('http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'):
        monkeypatch.delenv(name, raising=False)
    cls = urllib3.connection.HTTPConnection
    original = vars(cls)['connect']
    patch = _urllib3.patch_for('urllib3')
    patch.hold('token')
    try:
        assert vars(cls)['connect'] is not original
    finally:
        patch.release('token')
    assert vars(cls)['connect'] is original


def test_a_proxy_is_refused(monkeypatch):
    monkeypatch.setenv('http_proxy', 'http://proxy.example:3128')
    patch = _urllib3.patch_for('urllib3')
    with pytest.raises(RuntimeError):
        patch.hold('token')
    assert not patch.active
