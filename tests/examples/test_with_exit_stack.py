from contextlib import ExitStack

import pytest
import requests

from wsgi_intercept.interceptor import RequestsInterceptor


def shop(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'shop']


def bank(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'bank']


SERVICES = {'http://shop.example': lambda: shop, 'https://bank.example': lambda: bank}


@pytest.fixture
def services():
    with ExitStack() as stack:
        for url, make_app in SERVICES.items():
            stack.enter_context(RequestsInterceptor(make_app, url=url))
        yield


def test_services(services):
    assert requests.get('http://shop.example').text == 'shop'
    assert requests.get('https://bank.example').text == 'bank'
