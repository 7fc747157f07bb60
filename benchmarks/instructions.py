"""Machine instructions of a request, counted by valgrind where it is installed.

Unlike times they are the same on a machine that is busy with other things; unlike
bytecodes they tell what the functions in C cost.
"""

import os
import re
import shutil
import subprocess

from .workers import HERE, environment

FEW, MANY = 50, 450         # requests; the difference is free of what is paid once

_collected = re.compile(r'Collected : (\d+)')


def available():
    return shutil.which('valgrind') is not None


def count(python, target, client, case):
    """How many instructions one small request takes."""
    subprocess.run(_command(python, target, client, case, 1), env=environment(),
                   cwd=HERE, check=True)    # modules are compiled once
    few, many = [_run(python, target, client, case, number) for number in (FEW, MANY)]
    return (many - few) / (MANY - FEW)


def _run(python, target, client, case, number):
    output = subprocess.run(
        ['valgrind', '--tool=callgrind', '--callgrind-out-file=' + os.devnull]
        + _command(python, target, client, case, number),
        env=dict(environment(), PYTHONHASHSEED='0'), cwd=HERE, check=True,
        universal_newlines=True, stderr=subprocess.PIPE).stderr
    return int(_collected.search(output).group(1))


def _command(python, target, client, case, number):
    return [python, os.path.join(HERE, 'worker.py'), target, client, case, str(number)]
