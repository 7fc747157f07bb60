import pytest
import requests
from six.moves import http_client
from six.moves.urllib.request import urlopen

from wsgi_intercept.interceptor import RequestsInterceptor, UrllibInterceptor


def broken(environ, start_response):
    raise KeyError('price')


def test_an_exception_is_a_500(capsys):
    with RequestsInterceptor(lambda: broken, raise_app_errors=False) as url:
        response = requests.get(url)
    assert response.status_code == 500
    assert "KeyError: 'price'" in capsys.readouterr()[1]


def interrupted(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    yield b'the beginning'
    raise KeyError('the rest')


def test_a_response_that_has_begun_is_cut_off(capsys):
    with UrllibInterceptor(lambda: interrupted, raise_app_errors=False) as url:
        response = urlopen(url)
        with pytest.raises(http_client.IncompleteRead):
            response.read()
        response.close()
    assert "KeyError: 'the rest'" in capsys.readouterr()[1]
