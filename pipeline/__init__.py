"""iken: turn collected opinions into reviewed themes and proposals for the next plan.

One way through: source, opinions, words, judgements, people, deliverables. The functions
of :mod:`pipeline.batch` are the API; each command of ``iken`` calls one of them.
"""

__version__ = "0.1.0"
