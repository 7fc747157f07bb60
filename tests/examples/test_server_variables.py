import requests

from wsgi_intercept.interceptor import RequestsInterceptor


def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    who = '%(REMOTE_USER)s at %(REMOTE_ADDR)s' % environ
    return [who.encode('ascii')]


def test_who_it_is():
    variables = {'REMOTE_USER': 'ada', 'REMOTE_ADDR': '203.0.113.7'}
    with RequestsInterceptor(lambda: app, environ=variables) as url:
        assert requests.get(url).text == 'ada at 203.0.113.7'
