"""The examples of README.rst are files that the suite runs."""

import glob
import io
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
README = os.path.join(HERE, os.pardir, 'README.rst')


def read(path):
    with io.open(path, encoding='utf-8') as text:
        return text.read()


def code_blocks(text):
    """The Python examples of a reStructuredText, without their indentation."""
    blocks = re.findall(
        r'^\.\. code-block:: python\n\n((?:(?: {4}.*)?\n)+)', text, re.M)
    return [re.sub(r'^ {4}', '', block, flags=re.M).strip() for block in blocks]


def test_each_example_is_a_file_that_runs():
    files = [read(path).strip()
             for path in glob.glob(os.path.join(HERE, 'examples', 'test_*.py'))]
    blocks = code_blocks(read(README))
    assert blocks
    for block in blocks:
        assert block in files
