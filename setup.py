import io
import re

from setuptools import setup


def read(name):
    with io.open(name, encoding='utf-8') as text:
        return text.read()


def version():
    text = read('wsgi_intercept/_version.py')
    return re.search(r"__version__ = '(.+)'", text).group(1)


setup(
    version=version(),
    long_description=read('README.rst'),
)
