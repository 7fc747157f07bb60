"""What is measured, section by section: each asks a run, and returns tables."""

from . import instructions
from .environments import BY_NAME
from .runs import question
from .tables import table

CLIENTS = ['http.client', 'urllib.request', 'httplib2', 'urllib3', 'requests.Session']
STREAMING = ['http.client', 'urllib.request', 'urllib3', 'requests.Session']
INTERCEPTIONS = ['checkout', 'wsgi-intercept']
#: The same with less to do, and with more.
VARIANTS = ['unrecorded', 'elsewhere', 'forgetful']
SERVERS = ['waitress', 'werkzeug', 'pytest-httpserver']
MIB = 1 << 20

#: What this checkout is to reach.
GOALS = [1.15, 1.10, 1.12, 1.04, 1.02]


def ratio(value, base):
    return value / base if value is not None and base is not None else None


def by_client(run, results, clients, targets, base=None):
    """Rows of a table: a row for each target, a column for each client.

    :param results: ``{(target, client): value}``
    :param base: the target whose values the others are divided by
    """
    for target in run.measured(*targets):
        values = [results.get((target.name, client)) for client in clients]
        if base is not None:
            values = [ratio(value, results.get((base, client)))
                      for value, client in zip(values, clients)]
        if any(value is not None for value in values):
            yield target.title, values


def small(run, case, title):
    """Small requests: time over FLOOR, and the other tools' times."""
    questions = [
        question((target.name, client), target.name, 'small', target=target.name,
                 client=client, case=case, seconds=run.seconds)
        for client in CLIENTS for target in run.targets_for(client)]
    questions += [
        question((target.name, ''), target.name, 'small', target=target.name,
                 client='', case=case, seconds=run.seconds)
        for target in run.targets if target.clients == []]
    results = run.best(questions)
    rows = list(by_client(run, results, CLIENTS, BY_NAME, 'floor'))
    micro = dict((key, value * 1e6) for key, value in results.items())
    yield table('%s, time / FLOOR' % title, CLIENTS, rows + [('goal', GOALS)])
    yield table('%s, microseconds' % title, CLIENTS,
                by_client(run, micro, CLIENTS, BY_NAME), '%.1f')
    own = [(BY_NAME[name].title, [value, value / micro['floor', 'http.client']])
           for (name, client), value in micro.items() if client == ''
           and ('floor', 'http.client') in micro]
    if own:
        yield table('%s, other tools' % title,
                    ['microseconds', '/ FLOOR of http.client'], own)


def get(run):
    return small(run, 'get', 'Small GET')


def post(run):
    return small(run, 'post', 'POST of 1 KiB')


def counts(run):
    """Deterministic costs of small requests."""
    for case, title in [('get', 'Small GET'), ('post', 'POST of 1 KiB')]:
        results = run.ask_all(
            question((target.name, client), target.name, 'count', target=target.name,
                     client=client, case=case)
            for client in CLIENTS
            for target in run.measured(*(INTERCEPTIONS + VARIANTS)))
        yield table('%s, Python calls and bytecodes over FLOOR+APP' % title, CLIENTS,
                    by_client(run, results, CLIENTS, INTERCEPTIONS + VARIANTS),
                    '%d, %d',
                    'The goal is 6 calls and 350 bytecodes for http.client.')


def machine_instructions(run):
    """Instructions of small requests with http.client."""
    if not instructions.available():
        return
    for case, title in [('get', 'Small GET'), ('post', 'POST of 1 KiB')]:
        rows = []
        for target in run.measured('floor', 'floor+app',
                                   *(INTERCEPTIONS + VARIANTS)):
            number = instructions.count(run.python_for(target.name), target.name,
                                        'http.client', case)
            rows.append((target.title, [number / 1000]))
            rows[-1][1].append(ratio(number / 1000, rows[0][1][0]))
        yield table('%s with http.client, machine instructions' % title,
                    ['thousands', '/ ' + rows[0][0]], rows, '%.3f')


def profile(run):
    """Where this checkout spends one small GET."""
    for case in ('get', 'post'):
        rows = run.ask(question(('profile', case), 'checkout', 'profile',
                                target='checkout', client='http.client', case=case))
        rows = [('%s %s' % (filename.rpartition('/')[2], name), [calls, bytecodes])
                for filename, name, calls, bytecodes in rows or ()]
        yield table('Where the bytecodes of a %s are' % case.upper(),
                    ['calls', 'bytecodes'], rows, '%d')


DOWNLOADS = [('download', 'with Content-Length', CLIENTS),
             ('download chunked', 'in chunks', CLIENTS),
             ('content', 'at once (.content)', ['requests.Session'])]
UPLOADS = [('file, length', CLIENTS), ('file, no length', ['http.client']),
           ('generator, length', ['http.client']), ('generator, no length', CLIENTS)]


def transfers(run, title, clients, **arguments):
    """One kind of transfer: throughput and memory against FLOOR+APP."""
    targets = ['floor+app'] + INTERCEPTIONS + SERVERS

    def questions(measure, names):
        return [question((target.name, client), target.name, measure,
                         target=target.name, client=client, **arguments)
                for client in clients for target in run.measured(*names)]

    times = run.best(questions('transfer_time', targets), max(2, run.rounds // 3))
    speeds = dict((key, 1 / value) for key, value in times.items())
    yield table('%s, throughput / FLOOR+APP' % title, clients,
                by_client(run, speeds, clients, targets, 'floor+app'))
    peaks = run.ask_all(questions('transfer_memory', ['floor+app'] + INTERCEPTIONS))
    peaks = dict((key, value / MIB) for key, value in peaks.items()
                 if value is not None)
    extra = dict((key, value - peaks.get(('floor+app', key[1]), 0))
                 for key, value in peaks.items() if key[0] != 'floor+app')
    yield table('%s, MiB of peak memory beyond FLOOR+APP' % title, clients,
                by_client(run, extra, clients, INTERCEPTIONS), '%.2f')


def downloads(run):
    """64 MiB from the application."""
    for case, how, clients in DOWNLOADS:
        for each in transfers(run, 'Download of 64 MiB ' + how, clients,
                              case=case):
            yield each
    produced = run.ask_all(
        question((target.name, client), target.name, 'produced_at_headers',
                 target=target.name, client=client)
        for client in STREAMING for target in run.measured(*INTERCEPTIONS))
    yield table('Pieces of 1024 that are made when the client has the headers',
                STREAMING, by_client(run, produced, STREAMING, INTERCEPTIONS), '%d')


def uploads(run):
    """64 MiB to the application."""
    for kind, clients in UPLOADS:
        for each in transfers(run, 'Upload of 64 MiB (%s)' % kind, clients,
                              case='upload', kind=kind):
            yield each
    size = MIB - 1
    results = run.ask_all(
        question((target.name, client), target.name, 'body_memory', target=target.name,
                 client=client, size=size)
        for client in CLIENTS for target in run.measured('floor+app', *INTERCEPTIONS))
    results = dict((key, value / size) for key, value in results.items()
                   if value is not None)
    yield table('POST of 1 MiB of bytes, peak memory in copies of the body', CLIENTS,
                by_client(run, results, CLIENTS, ['floor+app'] + INTERCEPTIONS))


def fixed(run):
    """What is paid beside the requests."""
    targets = run.measured(*INTERCEPTIONS)
    for make, title in [(False, 'Entering and leaving an interceptor, microseconds'),
                        (True, 'Making, entering and leaving one, microseconds')]:
        entering = run.best([
            question((target.name, client), target.name, 'enter_and_leave',
                     client=client, make=make, seconds=run.seconds)
            for client in CLIENTS for target in targets])
        entering = dict((key, value * 1e6) for key, value in entering.items())
        yield table(title, CLIENTS,
                    by_client(run, entering, CLIENTS, INTERCEPTIONS), '%.1f',
                    'The goal is 10.')
    yield other_fixed(run, targets)


def other_fixed(run, targets):
    run.close()         # 1.13.1 leaves something patched
    questions = []
    for target in targets:
        name = target.name
        questions += [question((name, registrations), name, 'look_up', target=name,
                               registrations=registrations, seconds=run.seconds)
                      for registrations in (1, 10000)]
        questions += [question((name, 'loopback'), name, 'loopback',
                               seconds=run.seconds),
                      question((name, 'import'), name, 'import_time',
                               module='wsgi_intercept'),
                      question((name, 'client'), name, 'import_time',
                               module='wsgi_intercept.http_client_intercept')]
    best = run.best(questions)
    passing = run.ask_all(question(target.name, target.name, 'pass_through',
                                   seconds=run.seconds) for target in targets)
    rows = []
    for target in targets:
        one, many, loopback, importing, client = [
            best.get((target.name, key))
            for key in (1, 10000, 'loopback', 'import', 'client')]
        more = passing[target.name]
        rows.append((target.title, [ratio(many, one), ratio(more, 1e-6),
                                    ratio(more, ratio(loopback, 100)),
                                    ratio(importing, 1e-3), ratio(client, 1e-3)]))
    return table('Fixed costs', [
        'among 10,000 / 1', 'pass-through, µs', '% of a GET', 'import, ms',
        'for http.client'], rows, '%.2f',
        'A GET among 10,000 registrations, as a multiple of one among 1; what a\n'
        'connection that passes through takes more, and as a part of a GET over\n'
        'loopback; the import of the package, and of it and http_client_intercept.\n'
        'The goals are 1.00, 2 %, and 2 ms for the package.')


def threads(run):
    """16 threads through one application."""
    results = {}
    for _ in range(max(2, run.rounds // 3)):
        for client in CLIENTS:
            for target in run.measured('floor+app', *INTERCEPTIONS):
                key = target.name, client
                single, parallel = run.ask(question(
                    key, target.name, 'threads', target=target.name, client=client,
                    seconds=50 * run.seconds)) or (None, None)
                if single is not None:
                    before = results.get(key, (single, parallel))
                    results[key] = min(single, before[0]), min(parallel, before[1])
    results = dict((key, single / parallel)
                   for key, (single, parallel) in results.items())
    yield table('Small GET, throughput of 16 threads / of one', CLIENTS,
                by_client(run, results, CLIENTS, ['floor+app'] + INTERCEPTIONS))


#: In the order in which they are measured and printed.
SECTIONS = [('get', get), ('post', post), ('counts', counts),
            ('instructions', machine_instructions), ('profile', profile),
            ('downloads', downloads), ('uploads', uploads), ('fixed', fixed),
            ('threads', threads)]
