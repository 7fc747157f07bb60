import io

import requests

from wsgi_intercept.interceptor import RequestsInterceptor


def app(environ, start_response):
    size = 0
    for line in environ['wsgi.input']:
        size += len(line)
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [('%d of %s' % (size, environ['CONTENT_LENGTH'])).encode('ascii')]


def test_a_file():
    with RequestsInterceptor(lambda: app) as url:
        response = requests.post(url, data=io.BytesIO(b'a line\n' * 1000))
    assert response.text == '7000 of 7000'


def test_a_generator():
    lines = (b'a line\n' for number in range(1000))     # sent in chunks
    with RequestsInterceptor(lambda: app) as url:
        response = requests.post(url, data=lines)
    assert response.text == '7000 of 7000'


def multipart(environ, start_response):
    body = environ['wsgi.input'].read(int(environ['CONTENT_LENGTH']))
    assert environ['CONTENT_TYPE'].startswith('multipart/form-data; boundary=')
    assert b'filename="notes.txt"' in body
    start_response('204 No Content', [])
    return []


def test_a_form_with_a_file():
    with RequestsInterceptor(lambda: multipart) as url:
        response = requests.post(url, data={'title': 'Notes'},
                                 files={'file': ('notes.txt', b'some text')})
    assert response.status_code == 204
