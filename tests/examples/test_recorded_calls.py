import requests

import wsgi_intercept
from wsgi_intercept import requests_intercept
from wsgi_intercept.interceptor import RequestsInterceptor


def app(environ, start_response):
    start_response('201 Created', [('Location', '/orders/1'), ('Content-Length', '0')])
    return []


def test_a_call():
    interceptor = RequestsInterceptor(lambda: app, url='http://shop.example')
    with interceptor:
        requests.post('http://shop.example/orders?dry=1', data=b'tea',
                      headers={'Content-Type': 'text/plain'})
    call, = interceptor.calls
    assert call.method == 'POST'
    assert call.url == 'http://shop.example/orders?dry=1'
    assert call.environ['CONTENT_TYPE'] == 'text/plain'
    assert call.body.read() == b'tea'
    assert call.status == '201 Created'
    assert ('Location', '/orders/1') in call.headers
    assert repr(call) == '<Call POST http://shop.example/orders?dry=1 -> 201 Created>'


def test_several_calls():
    interceptor = RequestsInterceptor(lambda: app)
    with interceptor as url:
        requests.get(url + '/first')
        interceptor.calls.clear()
        requests.get(url + '/second')
        requests.get(url + '/third')
    assert [call.url for call in interceptor.calls] == [url + '/second', url + '/third']


def test_the_last_call_only():
    interceptor = RequestsInterceptor(lambda: app, max_calls=1)
    with interceptor as url:
        requests.get(url + '/first')
        requests.get(url + '/second')
    assert [call.url for call in interceptor.calls] == [url + '/second']


def test_without_an_interceptor():
    calls = wsgi_intercept.Calls()
    requests_intercept.install()
    wsgi_intercept.add_wsgi_intercept('shop.example', 80, lambda: app, calls=calls)
    try:
        requests.get('http://shop.example/')
    finally:
        wsgi_intercept.remove_wsgi_intercept('shop.example', 80)
        requests_intercept.uninstall()
    assert [call.method for call in calls] == ['GET']
