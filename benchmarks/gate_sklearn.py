"""Contender: scikit-learn's AUC of two models in resamples of the customers. Arguments: rows, number of the finalist, draws."""

import sys

import numpy as np
from benchmarks.gate_loans import Loans
from benchmarks.stopwatch import Stopwatch
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits


def main(rows: int, finalist: int, draws: int) -> None:
    watch, loans = Stopwatch(), Loans(rows)
    models, random = (loans.pd(0), loans.pd(finalist)), np.random.default_rng(1)
    _, customer = np.unique(loans.customer, return_inverse=True)
    customers, differences = int(customer.max()) + 1, []
    for _ in range(draws):
        times = np.bincount(random.integers(0, customers, size=customers), minlength=customers)
        drawn = np.repeat(np.arange(rows), times[customer])
        with watch.part("auc"):
            champion, challenger = (roc_auc_score(loans.bad[drawn], pd[drawn]) for pd in models)
        differences.append(challenger - champion)
    watch.tell(auc_error=float(np.std(differences, ddof=1)))


if __name__ == "__main__":
    with threadpool_limits(1):
        main(*map(int, sys.argv[1:]))
