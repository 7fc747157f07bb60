import pytest

pytest.importorskip('django', reason='installed on Python 3.8 and later')
# The settings of the process, in place of those of a project.
pytest.importorskip('tests.frameworks.django_app')

# The example:
import json

import requests
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.test import SimpleTestCase, override_settings
from django.urls import path

from wsgi_intercept.interceptor import RequestsInterceptor


def order(request, number):
    items = json.loads(request.body)['items']
    return JsonResponse({'number': number, 'items': items}, status=201)


urlpatterns = [path('orders/<int:number>', order)]


@override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=['shop.example'])
class OrderTest(SimpleTestCase):

    def setUp(self):
        interceptor = RequestsInterceptor(get_wsgi_application,
                                          url='http://shop.example')
        interceptor.install_intercept()
        self.addCleanup(interceptor.uninstall_intercept)

    def test_order(self):
        response = requests.put('http://shop.example/orders/7',
                                json={'items': ['tea']})
        self.assertEqual(response.status_code, 201)
        self.assertEqual(response.json(), {'number': 7, 'items': ['tea']})
