import unittest

import requests

from wsgi_intercept import (
    add_wsgi_intercept, remove_wsgi_intercept, requests_intercept)
from wsgi_intercept.interceptor import RequestsInterceptor


def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'Hello']


def make_app():
    return app


# As for 1.x, and as good as before.

class HelloTest(unittest.TestCase):

    def setUp(self):
        requests_intercept.install()
        add_wsgi_intercept('example.com', 80, make_app, script_name='/shop')

    def tearDown(self):
        remove_wsgi_intercept('example.com', 80)
        requests_intercept.uninstall()

    def test_hello(self):
        response = requests.get('http://example.com/shop')
        self.assertEqual(response.text, 'Hello')


# The same with an interceptor.

class HelloTestWithInterceptor(unittest.TestCase):

    def setUp(self):
        interceptor = RequestsInterceptor(make_app, url='http://example.com/shop')
        interceptor.install_intercept()
        self.addCleanup(interceptor.uninstall_intercept)

    def test_hello(self):
        response = requests.get('http://example.com/shop')
        self.assertEqual(response.text, 'Hello')
