"""The import rule: modules import downwards only."""

import ast
import os
import subprocess
import sys

import pytest
import six

import wsgi_intercept

PACKAGE = os.path.dirname(os.path.abspath(wsgi_intercept.__file__))
ROOT = os.path.dirname(PACKAGE)

#: The layers, from the lowest: a module imports from lower ones only.
LAYERS = [
    ['_version', '_compat', '_settings', '_errors', '_grammar', '_patch',
     '_body_file'],
    ['_registry', '_body', '_clients', '_decorator', '_descriptor'],
    ['_request', '_calls', '_network'],
    ['_environ', '_gateway', '_options'],
    ['_response'],
    ['_socket'],
    ['_connection'],
    ['_urllib3'],
    ['http_client_intercept', 'httplib2_intercept', 'requests_intercept',
     'urllib3_intercept', 'urllib_intercept'],
    ['interceptor'],
    ['__init__'],
    ['__main__'],
]
LEVELS = dict((name, level) for level, names in enumerate(LAYERS) for name in names)
CLIENT_MODULES = LAYERS[8]


def parse(name):
    with open(os.path.join(PACKAGE, name + '.py'), 'rb') as source:
        return ast.parse(source.read())


def module_names():
    return sorted(name[:-len('.py')] for name in os.listdir(PACKAGE)
                  if name.endswith('.py'))


every_module = pytest.mark.parametrize('name', module_names())


def imports(tree):
    """The imports of a module: ``(level, module, name)``, as ``from`` has them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield 0, alias.name, None
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node.level, node.module or '', alias.name


def own_imports(name):
    """The modules of the package that module `name` imports.

    A name that is none of its modules is of the package itself.
    """
    found = set()
    for level, module, imported in imports(parse(name)):
        if level:
            found.add(module.split('.')[0] or
                      (imported if imported in LEVELS else '__init__'))
        elif module.split('.')[0] == 'wsgi_intercept':
            parts = module.split('.')[1:] or [imported]
            found.add(parts[0] if parts[0] in LEVELS else '__init__')
    return found


def test_every_module_has_its_layer():
    assert module_names() == sorted(LEVELS)


@every_module
def test_modules_import_downwards_only(name):
    upwards = [imported for imported in own_imports(name)
               if LEVELS[imported] >= LEVELS[name]]
    assert not upwards


@every_module
def test_imports_within_the_package_are_relative(name):
    assert not [module for level, module, _name in imports(parse(name))
                if not level and module.split('.')[0] == 'wsgi_intercept']
    assert not [module for level, module, _name in imports(parse(name)) if level > 1]


def uses_of_sys_modules(tree):
    """The keys with which a module looks into ``sys.modules``."""
    for node in ast.walk(tree):
        if (isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute)
                and node.value.attr == 'modules'):
            yield ast.dump(node.slice)


@every_module
def test_no_module_but_settings_reaches_for_the_package_object(name):
    own = [key for key in uses_of_sys_modules(parse(name))
           if "'__name__'" in key and '__module__' not in key
           or "'__package__'" in key or "'wsgi_intercept'" in key]
    assert bool(own) is (name == '_settings')
    assert '__init__' not in own_imports(name)


def test_the_package_imports_no_client_module():
    assert not own_imports('__init__') & set(CLIENT_MODULES + ['interceptor'])
    assert '_urllib3' not in own_imports('__init__')


@every_module
def test_no_module_but_compat_tests_for_a_python_version(name):
    if name == '_compat':
        return
    found = []
    for node in ast.walk(parse(name)):
        if isinstance(node, ast.Attribute) and node.attr in (
                'PY2', 'PY3', 'PY34', 'version_info', 'hexversion'):
            found.append(node.attr)
        if isinstance(node, ast.Compare):
            names = set(getattr(part, 'id', None)
                        for part in [node.left] + node.comparators)
            if set(['str', 'bytes']) <= names:
                found.append('str is bytes')
    assert not found


@every_module
def test_six_is_the_only_dependency(name):
    """Beside the standard library, and each client in its own module."""
    clients = {'httplib2_intercept': 'httplib2', 'requests_intercept': 'requests',
               'urllib3_intercept': 'urllib3', '__main__': None}
    for level, module, _name in imports(parse(name)):
        top = module.split('.')[0]
        if not level and top in ('requests', 'urllib3', 'httplib2'):
            assert clients.get(name, top + ' is not for this module') in (top, None)


def output_of(program):
    """What a program prints in a fresh interpreter."""
    output = subprocess.check_output([sys.executable, '-c', program],
                                     env=dict(os.environ, PYTHONPATH=ROOT), cwd=ROOT)
    return ast.literal_eval(output.decode('ascii'))


@pytest.mark.skipif(six.PY2, reason='modules have no specs there')
@pytest.mark.parametrize('name', sorted(set(LEVELS) - set(['__init__'])))
def test_modules_of_the_standard_library_keep_their_specs(name):
    """six's importer gives a module its own, where one imports *from* six.moves.name.

    From Python 3.15 on each traceback through such a module warns of that.
    """
    # urllib3 1.26 does it; so what is there before is what counts.
    before, after = output_of("""if True:
        import importlib, httplib2, requests, urllib3
        modules = [importlib.import_module(name) for name in (
            'http.client', 'urllib.request', 'urllib.parse', '_thread')]
        before = [module.__spec__.name for module in modules]
        import wsgi_intercept.%s
        print((before, [module.__spec__.name for module in modules]))""" % name)
    assert before == after


def imported_clients(statement):
    """The client libraries that `statement` imports in a fresh interpreter."""
    urllib_request = 'urllib2' if six.PY2 else 'urllib.request'
    names = ['requests', 'urllib3', 'httplib2', urllib_request]
    return output_of('import sys\n%s\nprint([name for name in %r if name in '
                     'sys.modules])' % (statement, names))


def test_importing_the_package_imports_no_client():
    assert imported_clients('import wsgi_intercept') == []


def test_importing_the_interceptors_imports_no_client():
    assert imported_clients('import wsgi_intercept.interceptor') == []


@pytest.mark.skipif(six.PY2, reason='threading alone has an RLock there')
def test_the_import_takes_no_module_along_that_few_programs_need():
    taken = output_of(
        'import sys\nfrom six.moves import http_client\n'
        'before = set(sys.modules)\nimport wsgi_intercept.interceptor\n'
        'print(sorted(set(sys.modules) - before))')
    assert not set(taken) & set([
        'inspect', 'tempfile', 'threading', 'traceback', 'uuid',
        'wsgi_intercept._body_file', 'wsgi_intercept._decorator'])


@pytest.mark.skipif(sys.version_info < (3, 7), reason='before PEP 562')
def test_the_package_imports_what_registers_alone():
    """The rest comes with a client's module, or when it is asked for."""
    assert sorted(output_of(
        'import sys\nimport wsgi_intercept\n'
        'print([name for name in sys.modules if name.startswith("wsgi_intercept.")])'
        )) == ['wsgi_intercept.' + name for name in (
            '_compat', '_errors', '_options', '_patch', '_registry',
            '_settings', '_version')]


def test_registering_imports_nothing():
    """A child that is forked in the middle of an import waits for its end for ever."""
    assert output_of(
        'import sys\nimport wsgi_intercept\ncalls = wsgi_intercept.Calls(3)\n'
        'before = set(sys.modules)\n'
        'wsgi_intercept.add_wsgi_intercept("app.example", 80, lambda: None,\n'
        '    environ={"REMOTE_USER": "ada"}, calls=calls)\n'
        'wsgi_intercept.remove_wsgi_intercept("app.example", 80)\n'
        'print(sorted(set(sys.modules) - before))') == []


@pytest.mark.parametrize('module, client', [
    ('http_client_intercept', 'from six.moves import http_client'),
    ('urllib_intercept', 'from six.moves.urllib.request import urlopen'),
    ('httplib2_intercept', 'import httplib2'),
    ('requests_intercept', 'import requests'),
    ('urllib3_intercept', 'import urllib3')])
def test_importing_a_client_module_imports_that_client_only(module, client):
    alone = imported_clients(client)
    assert imported_clients('import wsgi_intercept.' + module) == alone
