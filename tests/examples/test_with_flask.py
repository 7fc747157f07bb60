import pytest

pytest.importorskip('flask', reason='installed on Python 3.8 and later')

# The example:
import requests
from flask import Flask, request

from wsgi_intercept.interceptor import RequestsInterceptor

app = Flask(__name__)


@app.route('/orders/<int:number>', methods=['PUT'])
def order(number):
    return {'number': number, 'items': request.get_json()['items']}, 201


@pytest.fixture
def shop():
    with RequestsInterceptor(lambda: app, url='http://shop.example') as url:
        yield url


def test_order(shop):
    response = requests.put(shop + '/orders/7', json={'items': ['tea']})
    assert response.status_code == 201
    assert response.json() == {'number': 7, 'items': ['tea']}
