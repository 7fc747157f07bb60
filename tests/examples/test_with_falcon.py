import pytest

pytest.importorskip('falcon', reason='installed on Python 3.8 and later')

# The example:
import falcon
import requests

from wsgi_intercept.interceptor import RequestsInterceptor


class Order(object):

    def on_put(self, req, resp, number):
        resp.status = falcon.HTTP_201
        resp.media = {'number': number, 'items': req.get_media()['items']}


app = falcon.App()
app.add_route('/orders/{number:int}', Order())


@pytest.fixture
def shop():
    with RequestsInterceptor(lambda: app, url='http://shop.example') as url:
        yield url


def test_order(shop):
    response = requests.put(shop + '/orders/7', json={'items': ['tea']})
    assert response.status_code == 201
    assert response.json() == {'number': 7, 'items': ['tea']}
