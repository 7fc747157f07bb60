import io
import re

from setuptools import setup


def read(name):
    with io.open(name, encoding='utf-8') as text:
        return text.read()


setup(
    version=re.search(r"__version__ = '(.+)'", read('wsgi_intercept/_version.py')).group(1),
    long_description=read('README.rst'),
)
