"""Rules that reach across rows of the ledger: what each one means, and how breaches are found.

Nothing is corrected here. A breach is a finding: shown on the data-quality page or, as an error, the end of the run.
Severities, sentences and limits are in params/rules.yaml; each family of rules is a module, and each of its public
functions the rule of its name: ``sum_of_parts`` is ``sum-of-parts``.
"""
