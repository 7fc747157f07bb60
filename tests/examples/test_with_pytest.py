import pytest
import urllib3

from wsgi_intercept.interceptor import Urllib3Interceptor


def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'Hello']


@pytest.fixture
def url():
    with Urllib3Interceptor(lambda: app) as url:
        yield url


def test_hello(url):
    response = urllib3.PoolManager().request('GET', url)
    assert response.data == b'Hello'
