import requests

from wsgi_intercept.interceptor import RequestsInterceptor


def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [environ['wsgi.url_scheme'].encode('ascii')]


def test_a_made_up_host_with_https_on_another_port():
    with RequestsInterceptor(lambda: app, port=8443, scheme='https') as url:
        assert url.startswith('https://') and url.endswith(':8443')
        assert requests.get(url).text == 'https'
