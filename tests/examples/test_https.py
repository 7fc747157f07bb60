import requests

from wsgi_intercept.interceptor import RequestsInterceptor


def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [environ['wsgi.url_scheme'].encode('ascii')]


def test_https():
    with RequestsInterceptor(lambda: app, url='https://example.com') as url:
        assert requests.get(url).text == 'https'


def test_https_on_another_port():
    with RequestsInterceptor(lambda: app, url='https://example.com:8443') as url:
        assert requests.get(url).text == 'https'


def test_a_made_up_host():
    with RequestsInterceptor(lambda: app, port=443) as url:
        assert url.startswith('https://')
        assert requests.get(url).text == 'https'
