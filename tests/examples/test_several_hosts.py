import requests

from wsgi_intercept.interceptor import RequestsInterceptor


def bank(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'paid']


def shop(environ, start_response):
    if environ['PATH_INFO'] == '/old':
        start_response('302 Found', [('Location', 'http://bank.example/')])
        return []
    # The application is itself a client of another one.
    paid = requests.post('https://bank.example:8443/pay', data=b'7 EUR')
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'The bank says: ' + paid.content]


def test_an_application_that_asks_another():
    with RequestsInterceptor(lambda: shop, url='http://shop.example'):
        with RequestsInterceptor(lambda: bank, url='https://bank.example:8443'):
            response = requests.get('http://shop.example/')
    assert response.text == 'The bank says: paid'


def test_a_redirect_to_another_host():
    with RequestsInterceptor(lambda: shop, url='http://shop.example'):
        with RequestsInterceptor(lambda: bank, url='http://bank.example'):
            response = requests.get('http://shop.example/old')
    assert response.url == 'http://bank.example/'
    assert response.text == 'paid'
