import requests

from wsgi_intercept.interceptor import RequestsInterceptor


def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'Hello from ' + environ['PATH_INFO'].encode('ascii')]


def test_hello():
    with RequestsInterceptor(lambda: app, url='http://example.com') as url:
        response = requests.get(url + '/world')
    assert response.text == 'Hello from /world'
