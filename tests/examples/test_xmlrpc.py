from six.moves import xmlrpc_client

from wsgi_intercept.interceptor import HttpClientInterceptor


def app(environ, start_response):
    request = environ['wsgi.input'].read(int(environ['CONTENT_LENGTH']))
    numbers, method = xmlrpc_client.loads(request)
    assert method == 'add'
    answer = xmlrpc_client.dumps((sum(numbers),), methodresponse=True)
    start_response('200 OK', [('Content-Type', 'text/xml')])
    return [answer.encode('utf-8')]


def test_add():
    with HttpClientInterceptor(lambda: app, url='http://rpc.example') as url:
        proxy = xmlrpc_client.ServerProxy(url + '/RPC2')
        assert proxy.add(2, 3) == 5
