"""The application, built with Pyramid."""

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPFound, HTTPInternalServerError, HTTPSeeOther
from pyramid.response import FileResponse, Response

from . import content


def root(request):
    return Response('hello')


def item(request):
    return {'item': request.matchdict['name'], 'query': request.GET.get('q')}


def echo_json(request):
    return {'got': request.json_body}


def form(request):
    return {'name': request.POST['name'], 'tags': request.POST.getall('tag')}


def upload(request):
    photo = request.POST['photo']
    data = photo.file.read()
    # WebOb parses a copy of the body, and leaves that open.
    request.body_file_raw.close()
    return content.upload(request.POST['title'], photo.filename, photo.type, data)


def login(request):
    response = HTTPSeeOther(request.route_url('account'))
    secure = request.scheme == 'https'
    response.set_cookie('user', request.POST['user'], secure=secure)
    response.set_cookie('theme', 'dark', secure=secure)
    return response


def account(request):
    return {'user': request.cookies.get('user'), 'theme': request.cookies.get('theme')}


def elsewhere(request):
    return HTTPFound(request.route_url('item', name='7'))


def urls(request):
    return {'request': request.url, 'item': request.route_url('item', name='7')}


def stream(request):
    return Response(app_iter=content.lines(int(request.GET['count'])),
                    content_type='text/plain')


def download(request):
    return FileResponse(content.download, request)


def broken(request):
    return Response(str(1 // 0))


def server_error(error, request):
    return HTTPInternalServerError()


def make_application(propagate=False):
    config = Configurator()
    for name, pattern, method, view in [
            ('root', '/', 'GET', root),
            ('item', '/item/{name}', 'GET', item),
            ('json', '/json', 'POST', echo_json),
            ('form', '/form', 'POST', form),
            ('upload', '/upload', 'POST', upload),
            ('login', '/login', 'POST', login),
            ('account', '/account', 'GET', account),
            ('redirect', '/redirect', 'GET', elsewhere),
            ('urls', '/urls', 'GET', urls),
            ('stream', '/stream', 'GET', stream),
            ('download', '/download', 'GET', download),
            ('broken', '/broken', 'GET', broken)]:
        config.add_route(name, pattern, request_method=method)
        config.add_view(view, route_name=name, renderer='json')
    if not propagate:       # Pyramid has no page for exceptions that are not its own
        config.add_exception_view(server_error, context=Exception)
    return config.make_wsgi_app()


application = make_application()
propagating = make_application(propagate=True)
