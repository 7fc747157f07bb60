import json

import pytest
import requests

from wsgi_intercept import WSGIAppError
from wsgi_intercept.interceptor import RequestsInterceptor


# What is tested: it asks a service of another team.

def temperature(city):
    """The temperature of a city in degrees Celsius; None where it is not known."""
    response = requests.get('http://weather.example/cities/' + city)
    if response.status_code == 404:
        return None
    response.raise_for_status()
    return response.json()['celsius']


# What stands in for the service.

def weather(environ, start_response):
    if environ['PATH_INFO'] == '/cities/oslo':
        status, answer = '200 OK', {'celsius': 7}
    else:
        status, answer = '404 Not Found', {'error': 'no such city'}
    start_response(status, [('Content-Type', 'application/json')])
    return [json.dumps(answer).encode('ascii')]


def test_known_city():
    with RequestsInterceptor(lambda: weather, url='http://weather.example'):
        assert temperature('oslo') == 7


@pytest.fixture
def weather_service():
    with RequestsInterceptor(lambda: weather, url='http://weather.example') as url:
        yield url


def test_unknown_city(weather_service):
    assert temperature('atlantis') is None


def overloaded(environ, start_response):
    start_response('503 Service Unavailable', [('Content-Length', '0')])
    return []


def test_service_is_overloaded(weather_service):
    with RequestsInterceptor(lambda: overloaded, url='http://weather.example'):
        with pytest.raises(requests.HTTPError):
            temperature('oslo')
    assert temperature('oslo') == 7


def mistaken(environ, start_response):
    start_response('200 OK', [('Content-Type', 'application/json')])
    return [json.dumps({'celsius': 1 // 0}).encode('ascii')]


def test_application_fails():
    with RequestsInterceptor(lambda: mistaken, url='http://weather.example'):
        with pytest.raises(WSGIAppError) as caught:
            temperature('oslo')
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
