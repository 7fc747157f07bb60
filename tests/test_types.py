"""The stubs have the public names, no more and no fewer.

Whether their types are right is for the type checkers: see the files in ``typing``.
"""

import ast
import importlib
import os
import sys

import pytest

import wsgi_intercept

PACKAGE = os.path.dirname(os.path.abspath(wsgi_intercept.__file__))
MODULES = sorted(name[:-len('.py')] for name in os.listdir(PACKAGE)
                 if name.endswith('.py')
                 and (name == '__init__.py' or not name.startswith('_')))

every_public_module = pytest.mark.parametrize('name', MODULES)


def stub_path(name):
    return os.path.join(PACKAGE, name + '.pyi')


def defined_names(tree):
    """The names that the stub defines, rather than imports."""
    names = set()
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            names.add(node.name)
        elif isinstance(node, ast.AnnAssign):
            names.add(node.target.id)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets)
    return names


def value_of_all(tree):
    for node in tree.body:
        if isinstance(node, ast.Assign) and node.targets[0].id == '__all__':
            return ast.literal_eval(node.value)


def test_the_package_says_that_it_has_types():
    assert os.path.isfile(os.path.join(PACKAGE, 'py.typed'))


def test_each_public_module_has_a_stub_and_no_other():
    stubs = [name[:-len('.pyi')] for name in os.listdir(PACKAGE)
             if name.endswith('.pyi')]
    assert sorted(stubs) == MODULES


@pytest.mark.skipif(sys.version_info < (3, 6),
                    reason='stubs have annotations of variables, new in Python 3.6')
@every_public_module
def test_the_names_in_a_stub(name):
    with open(stub_path(name), 'rb') as source:
        tree = ast.parse(source.read())
    module = importlib.import_module(
        'wsgi_intercept' if name == '__init__' else 'wsgi_intercept.' + name)
    names = value_of_all(tree)
    assert sorted(names) == sorted(module.__all__)
    public = [each for each in defined_names(tree)
              if each in names or not each.startswith('_')]
    assert sorted(public) == sorted(names)
