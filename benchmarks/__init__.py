"""What one intercepted request costs: ``python -m benchmarks`` from the repository.

The program (`__main__`) starts one worker for each target that is measured, in an
environment of the target's own, and asks them in turn:

=================  ==============================================================
program's side     `__main__`, `sections`, `runs`, `environments`, `workers`,
                   `instructions`, `tables`, `chart`
worker's side      `worker`, `measures`, `costs`, `targets`, `floor`, `clients`,
                   `applications`; these run on Python 2.7 as well
=================  ==============================================================
"""
