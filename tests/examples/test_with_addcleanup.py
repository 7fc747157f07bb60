import unittest

from six.moves.urllib.request import urlopen

from wsgi_intercept.interceptor import UrllibInterceptor


def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'Hello']


class HelloTest(unittest.TestCase):

    def setUp(self):
        interceptor = UrllibInterceptor(lambda: app)
        interceptor.install_intercept()
        self.addCleanup(interceptor.uninstall_intercept)
        self.url = interceptor.url

    def test_hello(self):
        response = urlopen(self.url)
        self.assertEqual(response.read(), b'Hello')
