"""The configuration of Sphinx: ``python -m tox -e docs``."""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, ROOT)

with open(os.path.join(ROOT, 'wsgi_intercept', '_version.py')) as source:
    namespace = {}
    exec(source.read(), namespace)

project = 'wsgi_intercept'
version = release = namespace['__version__']
copyright = 'the authors of wsgi_intercept; MIT'

# No intersphinx: the build needs no network.
extensions = ['sphinx.ext.autodoc', 'sphinx.ext.doctest']
exclude_patterns = ['_build']
# What is no Python is not highlighted as Python.
highlight_language = 'none'

autodoc_member_order = 'bysource'
doctest_test_doctest_blocks = 'default'

nitpicky = True
# Without intersphinx, links into the standard library lead nowhere. Nothing else may.
nitpick_ignore_regex = [
    ('py:mod', r'(fnmatch|http\.client|urllib\.request|xmlrpc\.client)'),
    ('py:class', r'(http\.client|urllib\.request)\.\w+'),
    ('py:func', r'sys\.exc_info'),
    ('py:exc', r'(ImportError|OSError|RuntimeError|TypeError|ValueError)'),
]

html_theme = 'furo'
html_title = 'wsgi_intercept %s' % release
html_show_sourcelink = False
