"""The client modules found by name, and the patches of all of them."""

import ast
import importlib
import os
import subprocess
import sys

import pytest

import wsgi_intercept
from wsgi_intercept import _clients, interceptor
from wsgi_intercept._clients import CLIENT_MODULES, all_patches, import_client_module

from ..isolation.relations import SHARED_URLLIB3

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(wsgi_intercept.__file__)))


@pytest.mark.parametrize('name', CLIENT_MODULES)
def test_a_client_module_is_imported_by_its_name(name):
    module = import_client_module(name)
    assert module is importlib.import_module('wsgi_intercept.' + name)
    assert callable(module.install)
    assert callable(module.uninstall)


def test_what_is_imported_is_not_imported_again(monkeypatch):
    module = import_client_module('http_client_intercept')
    monkeypatch.setattr(importlib, 'import_module', lambda name: pytest.fail(name))
    assert import_client_module('http_client_intercept') is module


def test_a_module_of_the_user_s():
    assert import_client_module('tests.apps') is sys.modules['tests.apps']
    with pytest.raises(ImportError):
        import_client_module('no_such_intercept')


def test_there_is_an_interceptor_for_each():
    names = set(getattr(interceptor, name).MODULE_NAME for name in interceptor.__all__)
    assert names == set(CLIENT_MODULES) | set([None])


def test_the_patches_of_all_clients_each_once():
    patches = all_patches()
    assert len(patches) == len(set(patches)) == (4 if SHARED_URLLIB3 else 5)
    for name in CLIENT_MODULES:
        assert import_client_module(name).patch in patches


@pytest.mark.parametrize('client', ['httplib2', 'requests', 'urllib3'])
def test_a_client_that_is_not_installed_is_left_out(missing, client):
    missing(client)
    left = [name for name in CLIENT_MODULES if name != client + '_intercept']
    with pytest.raises(ImportError):
        import_client_module(client + '_intercept')
    assert set(all_patches()) == set(
        import_client_module(name).patch for name in left)


def test_an_error_of_a_client_module_is_not_swallowed(monkeypatch):
    def fail(name):
        raise ZeroDivisionError
    monkeypatch.setattr(_clients, 'import_client_module', fail)
    with pytest.raises(ZeroDivisionError):
        all_patches()


IMPORTING = '''
import sys
import wsgi_intercept
from wsgi_intercept.interceptor import AllClientsInterceptor
%s
before = [name for name in ('httplib2', 'requests', 'urllib3') if name in sys.modules]
with manager:
    inside = [name for name in ('httplib2', 'requests', 'urllib3')
              if name in sys.modules]
print((before, inside))
'''


@pytest.mark.parametrize('manager', [
    'manager = AllClientsInterceptor(lambda: None)',
    'manager = wsgi_intercept.block_network()'], ids=['interceptor', 'block'])
def test_clients_are_imported_where_they_are_needed(manager):
    environment = dict(
        (name, value) for name, value in os.environ.items()
        if not name.lower().endswith('proxy'))
    environment['PYTHONPATH'] = ROOT
    output = subprocess.check_output(
        [sys.executable, '-c', IMPORTING % manager], env=environment, cwd=ROOT)
    before, inside = ast.literal_eval(output.decode('ascii'))
    assert before == []
    assert inside == ['httplib2', 'requests', 'urllib3']


STAND_INS = """
import httplib2
import urllib3.connection
import wsgi_intercept.interceptor
from six.moves import http_client
from wsgi_intercept.interceptor import AllClientsInterceptor

names = [(http_client, 'HTTPConnection'), (httplib2, 'HTTPConnectionWithTimeout'),
         (urllib3.connection, 'HTTPConnection')]
real = [getattr(module, name) for module, name in names]
connects = [vars(cls).get('connect') for cls in real]


class StandIn(object):
    # It has a connection, and is none.
    debuglevel = 0


stand_ins = [StandIn] + [type('StandIn', (cls, object), {}) for cls in real[1:]]
for (module, name), stand_in in zip(names, stand_ins):
    setattr(module, name, stand_in)
with AllClientsInterceptor(lambda: None):
    for cls, connect in zip(real, connects):
        assert vars(cls)['connect'] is not connect, cls
for cls, connect in zip(real, connects):
    assert vars(cls).get('connect') is connect, cls
assert not any('connect' in vars(cls) for cls in stand_ins)
print('done')
"""


def test_modules_that_are_imported_while_stand_ins_have_the_names_of_classes():
    environment = dict(
        (name, value) for name, value in os.environ.items()
        if not name.lower().endswith('proxy'))
    environment['PYTHONPATH'] = ROOT
    output = subprocess.check_output([sys.executable, '-c', STAND_INS], env=environment,
                                     cwd=ROOT)
    assert output.split() == [b'done']
