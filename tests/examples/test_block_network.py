import pytest
import requests
from six.moves import http_client

import wsgi_intercept
from wsgi_intercept.interceptor import RequestsInterceptor


def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'Hello']


@pytest.fixture(autouse=True)
def no_network():
    with wsgi_intercept.block_network():
        yield


def test_a_registered_host():
    with RequestsInterceptor(lambda: app, url='http://example.com') as url:
        assert requests.get(url).text == 'Hello'


def test_another_host():
    with pytest.raises(requests.ConnectionError) as caught:
        requests.get('http://elsewhere.example/')
    assert 'elsewhere.example:80 is blocked' in str(caught.value)


def test_another_client():
    connection = http_client.HTTPConnection('elsewhere.example')
    with pytest.raises(wsgi_intercept.NetworkBlockedError):
        connection.request('GET', '/')
