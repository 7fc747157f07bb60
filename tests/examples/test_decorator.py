import unittest

import requests

from wsgi_intercept.interceptor import RequestsInterceptor


def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'Hello']


example = RequestsInterceptor(lambda: app, url='http://example.com')
made_up = RequestsInterceptor(lambda: app)


@example
def test_function():
    assert requests.get('http://example.com/').text == 'Hello'


@made_up(url_argument='url')
def test_function_that_gets_the_url(url):
    assert requests.get(url).text == 'Hello'


class HelloTest(unittest.TestCase):

    @example
    def test_method(self):
        self.assertEqual(requests.get('http://example.com/').text, 'Hello')

    @made_up(url_argument='url')
    def test_method_that_gets_the_url(self, url):
        self.assertEqual(requests.get(url).text, 'Hello')
