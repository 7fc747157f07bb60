import unittest

from six.moves.urllib.request import urlopen

import wsgi_intercept
from wsgi_intercept import urllib_intercept


def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'Hello']


class HelloTest(unittest.TestCase):

    def setUp(self):
        urllib_intercept.install()
        wsgi_intercept.add_wsgi_intercept('example.com', 443, lambda: app)

    def tearDown(self):
        wsgi_intercept.remove_wsgi_intercept('example.com', 443)
        urllib_intercept.uninstall()

    def test_hello(self):
        response = urlopen('https://example.com/')
        self.assertEqual(response.read(), b'Hello')
