"""The application, built with Django."""

import json

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import (
    FileResponse, HttpResponse, HttpResponseRedirect, JsonResponse,
    StreamingHttpResponse)
from django.test.utils import override_settings
from django.urls import path, reverse

from . import content


def root(request):
    return HttpResponse('hello')


def item(request, name):
    return JsonResponse({'item': name, 'query': request.GET.get('q')})


def echo_json(request):
    return JsonResponse({'got': json.loads(request.body)})


def form(request):
    return JsonResponse({'name': request.POST['name'],
                         'tags': request.POST.getlist('tag')})


def upload(request):
    photo = request.FILES['photo']
    return JsonResponse(content.upload(request.POST['title'], photo.name,
                                       photo.content_type, photo.read()))


def login(request):
    response = HttpResponseRedirect(reverse('account'))
    response.status_code = 303
    response.set_cookie('user', request.POST['user'], secure=request.is_secure())
    response.set_cookie('theme', 'dark', secure=request.is_secure())
    return response


def account(request):
    return JsonResponse({'user': request.COOKIES.get('user'),
                         'theme': request.COOKIES.get('theme')})


def elsewhere(request):
    return HttpResponseRedirect(reverse('item', args=['7']))


def urls(request):
    return JsonResponse({
        'request': request.build_absolute_uri(),
        'item': request.build_absolute_uri(reverse('item', args=['7']))})


def stream(request):
    return StreamingHttpResponse(content.lines(int(request.GET['count'])),
                                 content_type='text/plain')


def download(request):
    return FileResponse(open(content.download, 'rb'))


def broken(request):
    return HttpResponse(str(1 // 0))


urlpatterns = [
    path('', root),
    path('item/<name>', item, name='item'),
    path('json', echo_json),
    path('form', form),
    path('upload', upload),
    path('login', login),
    path('account', account, name='account'),
    path('redirect', elsewhere),
    path('urls', urls),
    path('stream', stream),
    path('download', download),
    path('broken', broken),
]

settings.configure(ALLOWED_HOSTS=['shop.example'], ROOT_URLCONF=__name__,
                   SECRET_KEY='of no use', USE_TZ=True)
django.setup()

application = get_wsgi_application()


def propagating(environ, start_response):
    # Django has one set of settings for the process.
    with override_settings(DEBUG_PROPAGATE_EXCEPTIONS=True):
        return application(environ, start_response)
