import warnings

import pytest

with warnings.catch_warnings():
    # What it needs is deprecated in some Pythons: cgi, pkg_resources.
    warnings.simplefilter('ignore')
    pytest.importorskip('pyramid.config', reason='installed on Python 3.8 and later')

# The example:
import requests
from pyramid.config import Configurator

from wsgi_intercept.interceptor import RequestsInterceptor


def order(request):
    request.response.status_code = 201
    return {'number': int(request.matchdict['number']),
            'items': request.json_body['items']}


def make_app():
    config = Configurator()
    config.add_route('order', '/orders/{number}', request_method='PUT')
    config.add_view(order, route_name='order', renderer='json')
    return config.make_wsgi_app()


@pytest.fixture
def shop():
    app = make_app()
    with RequestsInterceptor(lambda: app, url='http://shop.example') as url:
        yield url


def test_order(shop):
    response = requests.put(shop + '/orders/7', json={'items': ['tea']})
    assert response.status_code == 201
    assert response.json() == {'number': 7, 'items': ['tea']}
