"""``python -m benchmarks``: measure, and print tables."""

import argparse
import collections
import json
import os
import platform
import sys

from . import chart
from .environments import CLIENTS, TARGETS
from .runs import Run, question
from .sections import SECTIONS
from .tables import lines_of, table
from .workers import ROOT


def parse_arguments():
    names = [name for name, _section in SECTIONS]
    parser = argparse.ArgumentParser(prog='python -m benchmarks', description=__doc__)
    parser.add_argument('--only', metavar='SECTION', nargs='+', choices=names,
                        default=names, help='sections to measure: ' + ' '.join(names))
    parser.add_argument('--targets', metavar='TARGET', nargs='+',
                        choices=[target.name for target in TARGETS],
                        default=[target.name for target in TARGETS],
                        help='targets to measure: '
                             + ' '.join(target.name for target in TARGETS))
    parser.add_argument('--rounds', type=int,
                        help='alternating rounds of timings (default: 12; quick: 2)')
    parser.add_argument('--quick', action='store_true',
                        help='few rounds of short timings: is everything in order?')
    parser.add_argument('--cache', default=os.path.join(ROOT, 'build', 'benchmarks'),
                        help='folder of the environments (default: build/benchmarks)')
    parser.add_argument('--json', metavar='FILE', help='write the tables as JSON')
    parser.add_argument('--chart', metavar='FILE.svg',
                        help='write a chart of the small GET')
    return parser.parse_args()


def about(run):
    """What is measured, and on what: the versions must be the same in each column."""
    packages = sorted(set(CLIENTS).union(*[
        [package.partition('==')[0] for package in target.packages]
        for target in run.targets]))
    rows = []
    versions = run.ask_all(
        question(target.name, target.name, 'versions', names=packages)
        for target in run.targets)
    for package in packages:
        found = sorted(set(each[package] for each in versions.values()
                           if each and each[package]))
        rows.append((package, [', '.join(found)]))
        if package in CLIENTS and len(found) > 1:
            print('%s differs between the environments: empty the cache' % package,
                  file=sys.stderr)
    rows.append(('Python', ['%s %s' % (platform.python_implementation(),
                                       platform.python_version())]))
    rows.append(('platform', ['%s, %s cores' % (platform.platform(), os.cpu_count())]))
    yield table('What is measured', ['version'], rows, '%s')


def main():
    options = parse_arguments()
    rounds = options.rounds or (2 if options.quick else 12)
    seconds = 0.0005 if options.quick else 0.004
    run = Run(options.targets, options.cache, rounds, seconds)
    tables = collections.OrderedDict()
    for name, section in [('about', about)] + SECTIONS:
        if name == 'about' or name in options.only:
            print(name, end=' ', file=sys.stderr)
            tables[name] = []
            try:
                for each in section(run):
                    tables[name].append(each)
                    print('\n'.join(lines_of(each)), flush=True)
            finally:
                run.close()
    if options.json:
        with open(options.json, 'w') as file:
            json.dump(dict((name, [each._asdict() for each in some])
                           for name, some in tables.items()), file, indent=1)
    if options.chart:
        if 'get' not in tables:
            sys.exit('the chart is of the section get')
        with open(options.chart, 'w', encoding='utf-8') as file:
            file.write(chart.draw(tables['get'][0]))


if __name__ == '__main__':
    main()
