import pytest

pytest.importorskip('a2wsgi', reason='installed on Python 3.8 and later')

# The example:
import requests
from a2wsgi import ASGIMiddleware

from wsgi_intercept.interceptor import RequestsInterceptor


async def hello(scope, receive, send):
    assert scope['type'] == 'http'
    await send({'type': 'http.response.start', 'status': 200,
                'headers': [(b'content-type', b'text/plain')]})
    await send({'type': 'http.response.body',
                'body': b'Hello from ' + scope['path'].encode('ascii')})


app = ASGIMiddleware(hello)


def test_hello():
    with RequestsInterceptor(lambda: app, url='http://example.com') as url:
        response = requests.get(url + '/world')
    assert response.text == 'Hello from /world'
