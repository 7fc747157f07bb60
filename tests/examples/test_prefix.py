import requests

from wsgi_intercept.interceptor import RequestsInterceptor


def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    where = '%(SCRIPT_NAME)s + %(PATH_INFO)s' % environ
    return [where.encode('ascii')]


def test_under_a_prefix():
    with RequestsInterceptor(lambda: app, url='http://example.com/shop') as url:
        assert url == 'http://example.com/shop'
        assert requests.get(url + '/cart').text == '/shop + /cart'


def test_whole_segments_count():
    with RequestsInterceptor(lambda: app, url='http://example.com/shop'):
        response = requests.get('http://example.com/shopping')
    assert response.text == ' + /shopping'
