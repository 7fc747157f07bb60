"""Applications of five frameworks, as each client sees them."""

import importlib
import json
import re
import warnings
from wsgiref.validate import validator

import httplib2
import pytest
import requests
import urllib3
from six.moves.urllib.parse import urlencode, urljoin
from six.moves.urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener
from urllib3.filepost import encode_multipart_formdata

from wsgi_intercept import WSGIAppError

from ..drivers import DRIVERS
from . import content

FRAMEWORKS = ['flask', 'django', 'bottle', 'falcon', 'pyramid']
# Without and with a prefix, which becomes SCRIPT_NAME.
URLS = ['http://shop.example', 'https://shop.example:8443/shop']
OTHER_URLS = ['https://shop.example', 'http://shop.example:8080',
              'http://shop.example/a/shop', 'http://shop.example:443']
FORM = 'application/x-www-form-urlencoded'


@pytest.fixture(params=FRAMEWORKS)
def framework(request):
    """The module of the application."""
    pytest.importorskip(request.param,
                        reason='the frameworks are installed on Python 3.8 and later')
    with warnings.catch_warnings():
        # A framework may import what its Python deprecates: Pyramid's WebOb needs
        # cgi, on 3.11 and 3.12.
        warnings.simplefilter('ignore', DeprecationWarning)
        # Pyramid needs pkg_resources, of which setuptools warns in its own way.
        warnings.filterwarnings('ignore', 'pkg_resources is deprecated', UserWarning)
        return importlib.import_module(
            '.%s_app' % request.param, __name__.rpartition('.')[0])


@pytest.fixture(params=URLS)
def url(request):
    """Where the application is."""
    return request.param


@pytest.fixture
def intercepted(driver_class, framework, url):
    """The application is intercepted at `url`."""
    with driver_class.interceptor(lambda: framework.application, url=url):
        yield


@pytest.fixture(scope='module')
def download(tmp_path_factory):
    """The bytes of the file to download: more than one block of each framework's."""
    data = b'0123456789abcdef' * (1 << 16)
    path = tmp_path_factory.mktemp('download') / 'file.txt'
    path.write_bytes(data)
    content.download = str(path)
    yield data
    content.download = None


@pytest.fixture
def cookie_driver(driver):
    """A session of each client that keeps cookies."""
    if driver.name == 'requests':
        return driver
    if driver.name == 'urllib':
        driver._opener.add_handler(HTTPCookieProcessor())
        return driver
    return CookieDriver(driver)


class CookieDriver(object):
    """Sends back the cookies, for a client that does not know of them."""

    def __init__(self, driver):
        self._driver = driver
        self._cookies = {}

    def request(self, method, url, body=None, headers=None):
        headers = dict(headers or {})
        if self._cookies:
            headers['Cookie'] = '; '.join('%s=%s' % cookie
                                          for cookie in sorted(self._cookies.items()))
        answer = self._driver.request(method, url, body, headers)
        for name, value in answer.headers:
            if name.lower() == 'set-cookie':
                # httplib2 joins the fields with commas.
                self._cookies.update(re.findall(r'(?:^|, )(\w+)=(\w+)', value))
        return answer


# Follow a redirect by the client's own means, from a GET, or from a POST of the form
# `data`: -> the last URL, and the body of its response.

def follow_urllib(url, data=None):
    opener = build_opener(ProxyHandler({}), HTTPCookieProcessor())
    response = opener.open(url, data, timeout=10)
    try:
        return response.geturl(), response.read()
    finally:
        response.close()


def follow_httplib2(url, data=None):
    http = httplib2.Http(timeout=10, proxy_info=None)
    response, body = http.request(url, 'POST' if data else 'GET', data,
                                  {'Content-Type': FORM} if data else {})
    return response['content-location'], body


def follow_requests(url, data=None):
    with requests.Session() as session:
        response = session.request('POST' if data else 'GET', url, data=data,
                                   headers={'Content-Type': FORM} if data else {},
                                   timeout=10)
        return response.url, response.content


def follow_urllib3(url, data=None):
    pool = urllib3.PoolManager(timeout=10)
    response = pool.request('POST' if data else 'GET', url, body=data,
                            headers={'Content-Type': FORM} if data else {})
    pool.clear()
    return urljoin(url, response.geturl()), response.data


FOLLOWERS = {'urllib': follow_urllib, 'httplib2': follow_httplib2,
             'requests': follow_requests, 'urllib3': follow_urllib3}
COOKIE_CLIENTS = ('urllib', 'requests')

each_follower = pytest.mark.parametrize(
    'driver_class', [cls for cls in DRIVERS if cls.name in FOLLOWERS],
    ids=lambda cls: cls.name)


def post_form(driver, url, fields):
    return driver.request('POST', url, urlencode(fields).encode('ascii'),
                          {'Content-Type': FORM})


def told(body):
    """What the application told, in JSON."""
    return json.loads(body.decode('utf-8'))


def header(answer, name):
    """The one value of a header field."""
    value, = [value for key, value in answer.headers if key.lower() == name]
    return value


# Requests.

def test_the_root(driver, url, intercepted):
    answer = driver.request('GET', url + '/')
    assert (answer.status, answer.body) == (200, b'hello')


def test_the_root_without_a_slash(driver, url, intercepted):
    answer = driver.request('GET', url)
    # Flask wants the slash, where the others do not mind.
    assert answer.body == b'hello' or header(answer, 'location') == url + '/'


def test_a_path_and_query_that_are_not_ascii(driver, url, intercepted):
    answer = driver.request('GET', url + '/item/caf%C3%A9?q=%E2%82%AC%26+1&x=2')
    assert told(answer.body) == {'item': u'caf\xe9', 'query': u'\u20ac& 1'}


def test_json(driver, url, intercepted):
    value = {'name': u'Zo\xeb', 'numbers': [1, 2.5, None, True], 'euro': u'\u20ac'}
    answer = driver.request('POST', url + '/json', json.dumps(value).encode('ascii'),
                            {'Content-Type': 'application/json'})
    assert header(answer, 'content-type').startswith('application/json')
    assert told(answer.body) == {'got': value}


def test_a_form(driver, url, intercepted):
    answer = post_form(driver, url + '/form', [
        ('name', u'Zo\xeb & \u20ac'.encode('utf-8')), ('tag', 'one'), ('tag', 'two')])
    assert told(answer.body) == {'name': u'Zo\xeb & \u20ac', 'tags': ['one', 'two']}


@pytest.mark.parametrize('chunked', [False, True], ids=['length', 'chunked'])
@pytest.mark.parametrize('size', [100, 3 << 20])
def test_an_upload(driver, url, intercepted, size, chunked):
    if chunked and not driver.chunks:
        pytest.skip('this client has no chunked bodies on this Python')
    photo = b'\0\r\n--\xff\n' + b'x' * size
    body, content_type = encode_multipart_formdata([
        ('title', u'Zo\xeb'), ('photo', ('zoe.jpg', photo, 'image/jpeg'))])
    if chunked:
        body = iter([body[:50], body[50:70], body[70:]])
    answer = driver.request('POST', url + '/upload', body,
                            {'Content-Type': content_type})
    assert told(answer.body) == content.upload(u'Zo\xeb', 'zoe.jpg', 'image/jpeg',
                                               photo)


# Redirects and cookies.

def test_a_redirect(driver, url, intercepted):
    answer = driver.request('GET', url + '/redirect')
    assert answer.status == 302
    assert urljoin(url + '/redirect', header(answer, 'location')) == url + '/item/7'


@each_follower
def test_a_redirect_that_the_client_follows(driver_class, url, intercepted):
    last, body = FOLLOWERS[driver_class.name](url + '/redirect')
    assert last == url + '/item/7'
    assert told(body)['item'] == '7'


@each_follower
def test_a_redirect_after_a_post_that_the_client_follows(driver_class, url,
                                                         intercepted):
    last, body = FOLLOWERS[driver_class.name](url + '/login', b'user=zoe')
    assert last == url + '/account'
    assert told(body) == ({'user': 'zoe', 'theme': 'dark'}
                          if driver_class.name in COOKIE_CLIENTS
                          else {'user': None, 'theme': None})


def test_cookies(cookie_driver, url, intercepted):
    assert told(cookie_driver.request('GET', url + '/account').body) == {
        'user': None, 'theme': None}
    for user in ['zoe', 'ann']:
        assert post_form(cookie_driver, url + '/login', {'user': user}).status == 303
        for _again in range(2):
            assert told(cookie_driver.request('GET', url + '/account').body) == {
                'user': user, 'theme': 'dark'}


# URLs.

@pytest.mark.parametrize('url', URLS + OTHER_URLS)
def test_absolute_urls(driver, url, intercepted):
    answer = driver.request('GET', url + '/urls?q=1')
    assert told(answer.body) == {'request': url + '/urls?q=1', 'item': url + '/item/7'}


def test_a_path_outside_of_the_prefix(driver, driver_class, framework):
    with driver_class.interceptor(lambda: framework.application,
                                  url='http://shop.example/shop'):
        for path, status in [('/shop/item/1', 200), ('/shopping/item/1', 404)]:
            assert driver.request('GET', 'http://shop.example' + path).status == status
        answer = driver.request('GET', 'http://shop.example/urls')
    assert told(answer.body)['item'] == 'http://shop.example/item/7'


# Streaming and files.

def test_a_stream(driver, url, intercepted):
    answer = driver.request('GET', url + '/stream?count=1000')
    assert answer.body.splitlines() == [('line %d' % number).encode('ascii')
                                        for number in range(1000)]
    assert not content.running


@pytest.mark.parametrize('driver_class', [cls for cls in DRIVERS if cls.streams],
                         ids=lambda cls: cls.name)
def test_a_stream_that_is_read_in_pieces(driver, url, intercepted):
    response = driver.stream(url + '/stream?count=1000000000')
    for number in range(5):
        assert response.read(7) == ('line %d\n' % number).encode('ascii')
    assert content.running == [1000000000]
    response.close()
    assert not content.running


class Recorder(object):
    """Middleware that keeps what the application was called with and returned."""

    def __init__(self, application):
        self._application = application

    def __call__(self, environ, start_response):
        self.wrapper = environ['wsgi.file_wrapper']
        self.returned = self._application(environ, start_response)
        return self.returned


def test_a_download_by_file_wrapper(driver, driver_class, framework, url, download):
    recorder = Recorder(framework.application)
    with driver_class.interceptor(lambda: recorder, url=url):
        answer = driver.request('GET', url + '/download')
    assert header(answer, 'content-length') == str(len(download))
    assert answer.body == download
    assert isinstance(recorder.returned, recorder.wrapper)
    assert recorder.returned.filelike.closed


@pytest.mark.parametrize('driver_class', [cls for cls in DRIVERS if cls.streams],
                         ids=lambda cls: cls.name)
def test_a_download_that_is_given_up(driver, driver_class, framework, url, download):
    recorder = Recorder(framework.application)
    with driver_class.interceptor(lambda: recorder, url=url):
        response = driver.stream(url + '/download')
        assert response.read(5) == b'01234'
        assert not recorder.returned.filelike.closed
        response.close()
        assert recorder.returned.filelike.closed


# Errors.

@pytest.mark.parametrize('path, status, phrase', [
    ('/missing', 404, b'Not Found'), ('/broken', 500, b'Server Error')])
def test_the_page_of_an_error(driver, url, intercepted, path, status, phrase):
    answer = driver.request('GET', url + path)
    assert answer.status == status
    assert phrase in answer.body
    assert driver.request('GET', url + '/').status == 200


@pytest.mark.parametrize('framework', ['bottle', 'falcon'], indirect=True)
def test_the_framework_writes_to_wsgi_errors(driver, url, intercepted, capsys):
    driver.request('GET', url + '/broken')
    assert 'ZeroDivisionError' in capsys.readouterr().err


def test_an_exception_that_the_framework_lets_through(driver, driver_class, framework,
                                                      url):
    with driver_class.interceptor(lambda: framework.propagating, url=url):
        with pytest.raises(WSGIAppError) as caught:
            driver.request('GET', url + '/broken')
        assert isinstance(caught.value.__cause__, ZeroDivisionError)
        assert driver.request('GET', url + '/').body == b'hello'


# The environ.

def by_length(application):
    """Middleware that has bodies read by their length, as the validators demand.

    Where the input is terminated, Flask calls ``read()`` without a size.
    """
    def call(environ, start_response):
        assert environ.pop('wsgi.input_terminated') is True
        return application(environ, start_response)
    return call


def lint(application):
    """The validator of werkzeug."""
    LintMiddleware = pytest.importorskip('werkzeug.middleware.lint').LintMiddleware
    return LintMiddleware(application)


@pytest.mark.parametrize('validate', [validator, lint])
def test_the_environ_is_valid(driver, driver_class, framework, url, validate):
    application = validate(by_length(framework.application))
    with driver_class.interceptor(lambda: application, url=url):
        assert driver.request('GET', url + '/').body == b'hello'
        answer = post_form(driver, url + '/form', [
            ('name', 'zoe'), ('tag', 'one'), ('tag', 'two')])
        assert told(answer.body) == {'name': 'zoe', 'tags': ['one', 'two']}
        assert driver.request('GET', url + '/missing').status == 404
        answer = driver.request('GET', url + '/stream?count=2')
        assert answer.body == b'line 0\nline 1\n'
