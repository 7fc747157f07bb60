import pytest
import requests

from wsgi_intercept import WSGIAppError
from wsgi_intercept.interceptor import RequestsInterceptor


def broken(environ, start_response):
    raise KeyError('price')


def test_an_exception_comes_out_of_the_call():
    with RequestsInterceptor(lambda: broken) as url:
        with pytest.raises(WSGIAppError) as caught:
            requests.get(url)
    error = caught.value
    assert isinstance(error.__cause__, KeyError)
    assert error.exception_type is KeyError
    assert 'test_application_errors.py' in str(error)
    assert not isinstance(error, requests.RequestException)


def interrupted(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    yield b'the beginning'
    raise KeyError('the rest')


def test_an_exception_comes_out_of_the_read():
    with RequestsInterceptor(lambda: interrupted) as url:
        response = requests.get(url, stream=True)
        assert response.status_code == 200
        with pytest.raises(WSGIAppError):
            response.content


def no_status(environ, start_response):
    return [b'Hello']


def test_an_application_that_breaks_pep_3333():
    with RequestsInterceptor(lambda: no_status) as url:
        with pytest.raises(WSGIAppError) as caught:
            requests.get(url)
    assert 'start_response' in str(caught.value)
