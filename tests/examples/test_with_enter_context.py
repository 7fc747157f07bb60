import sys
import unittest

from six.moves.urllib.request import urlopen

from wsgi_intercept.interceptor import UrllibInterceptor


def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'Hello']


@unittest.skipIf(sys.version_info < (3, 11), 'enterContext() is of Python 3.11')
class HelloTest(unittest.TestCase):

    def setUp(self):
        self.url = self.enterContext(UrllibInterceptor(lambda: app))

    def test_hello(self):
        response = urlopen(self.url)
        self.assertEqual(response.read(), b'Hello')
