"""The documentation: its examples are files that run, and no public name is missing."""

import glob
import importlib
import io
import os
import re

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
DOCS = os.path.join(os.path.dirname(HERE), 'docs')
EXAMPLES = os.path.join(HERE, 'examples')

MODULES = ['wsgi_intercept', 'wsgi_intercept.interceptor',
           'wsgi_intercept.http_client_intercept', 'wsgi_intercept.httplib2_intercept',
           'wsgi_intercept.requests_intercept', 'wsgi_intercept.urllib3_intercept',
           'wsgi_intercept.urllib_intercept']


def read(path):
    with io.open(path, encoding='utf-8') as text:
        return text.read()


def pages():
    found = {}
    for folder, folders, names in os.walk(DOCS):
        folders[:] = [name for name in folders if not name.startswith('_')]
        for name in names:
            if name.endswith('.rst'):
                path = os.path.join(folder, name)
                found[os.path.relpath(path, DOCS).replace(os.sep, '/')] = path
    return found


PAGES = pages()
every_page = pytest.mark.parametrize('page', sorted(PAGES))


def included(path):
    """The files that a page includes."""
    return [os.path.normpath(os.path.join(os.path.dirname(path), name)) for name in
            re.findall(r'^ *\.\. (?:literal)?include:: (\S+)', read(path), re.M)]


def test_each_example_is_in_a_page():
    files = glob.glob(os.path.join(EXAMPLES, 'test_*.py'))
    assert files
    shown = set(name for path in PAGES.values() for name in included(path))
    assert sorted(set(files) - shown) == []


@every_page
def test_each_included_file_is_there(page):
    assert [name for name in included(PAGES[page]) if not os.path.exists(name)] == []


@every_page
def test_no_page_has_code_of_its_own(page):
    directives = re.findall(
        r'^ *\.\. (code-block|code|sourcecode|testcode|testsetup)::',
        read(PAGES[page]), re.M)
    assert directives == []
    # Nor in a literal block, which is for commands.
    assert re.findall(r'^ +(?:import|from|def|class|with) .*', without_prompts(page),
                      re.M) == []


def without_prompts(page):
    """A page without what is typed at a Python prompt."""
    return re.sub(r'^ *(>>>|\.\.\. ).*', '', read(PAGES[page]), flags=re.M)


@pytest.mark.parametrize('module', MODULES)
def test_each_public_name_is_in_the_reference(module):
    documented = re.findall(r'^\.\. (?:auto\w+|data):: ([\w.]+)',
                            read(PAGES['reference.rst']), re.M)
    names = importlib.import_module(module).__all__
    assert module in documented
    assert [name for name in names if '%s.%s' % (module, name) not in documented] == []


def test_the_diagram_is_that_of_its_source():
    source = read(os.path.join(DOCS, 'request.dot'))
    labels = [line for label in re.findall(r'label = "([^"]*)"', source)
              for line in label.split('\\n') if line.strip()]
    drawn = re.findall(r'<text [^>]*>([^<]*)</text>',
                       read(os.path.join(DOCS, 'request.svg')))
    drawn = [text.replace('&#39;', "'").replace('&#160;', '') for text in drawn]
    assert sorted(text.strip() for text in drawn) == sorted(
        line.strip() for line in labels)
