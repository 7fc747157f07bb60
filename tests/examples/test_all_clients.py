import requests
from six.moves.urllib.request import urlopen

from wsgi_intercept.interceptor import AllClientsInterceptor


def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'Hello']


def test_hello():
    with AllClientsInterceptor(lambda: app, url='http://example.com') as url:
        assert requests.get(url).content == b'Hello'
        assert urlopen(url).read() == b'Hello'
