"""All runs and the queue above them: listed, filtered, asked for, withdrawn, cancelled; thousands of them too."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from tests.journeys.console import Console
from tests.web_ui.site import PASSWORD, Site, standing

from .conftest import Look

MOST_SECONDS = 1.0
"""Of the server's CPU, for one page."""
MANY_RUNS, MANY_TRIALS = 10_000, 5_000


def test_a_viewer_sees_every_run_and_nothing_to_do_about_it(look: Look):
    viewer = look("vera")
    viewer.opens("/runs")
    viewer.sees("No request waits.")
    assert viewer.page.get_by_role("link", name="1", exact=True).get_attribute("href") == "/runs/1"
    assert viewer.page.locator("#content button").all_inner_texts() == ["Show"]
    viewer.finds_no_barrier()


def test_runs_are_chosen_by_pipeline_and_state(look: Look):
    viewer = look("vera", scheme="dark", language="zh-CN")
    viewer.opens("/runs")
    viewer.page.get_by_label("状态").select_option("failed")
    viewer.page.get_by_role("button", name="显示").click()
    viewer.sees("没有符合条件的运行")
    assert "state=failed" in viewer.page.url
    viewer.finds_no_barrier()


def test_an_operator_asks_for_a_run_and_takes_it_back(act: Look, own_site: Site):
    oleg = act("oleg", width=390)
    page = oleg.opens("/runs")
    page.get_by_role("button", name="Ask for a run").click()
    page.get_by_label("As of which day").fill("2018-06-30")
    page.get_by_label("Priority").fill("7")
    oleg.finds_no_barrier()
    page.get_by_role("button", name="Ask", exact=True).click()
    oleg.sees("2018-06-30")
    assert own_site.console.rows("SELECT as_of, priority, requested_by, state FROM queued_request") == [
        ("2018-06-30", 7, "oleg", "waiting")
    ]
    page.get_by_role("button", name="Withdraw request 1").click()
    page.get_by_label("Reason").fill("not tonight")
    page.get_by_role("dialog").get_by_role("button", name="Withdraw request 1").click()
    oleg.sees("No request waits.")
    assert own_site.console.rows("SELECT state, detail FROM queued_request") == [
        ("cancelled", "Withdrawn by oleg: not tonight")
    ]


def test_a_day_to_come_is_refused_in_words(act: Look):
    oleg = act("oleg")
    page = oleg.opens("/runs?pipeline=book")
    page.get_by_role("button", name="Ask for a run").click()
    page.get_by_label("As of which day").fill("2999-01-01")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_role("alert").filter(has_text="2999-01-01").wait_for()


@pytest.fixture(scope="module")
def crowded(lived_in: Console, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A home with 10,000 runs, the last of which has 5,000 trials."""
    console = lived_in.copied_to(tmp_path_factory.mktemp("crowded"))
    with sqlite3.connect(console.home / "ledger.db") as ledger:
        fill(ledger)
    ledger.close()
    with standing(console) as stands:
        yield stands


def fill(ledger: sqlite3.Connection) -> None:
    names = [row[1] for row in ledger.execute("PRAGMA table_info(run)") if row[1] not in {"number", "key"}]
    ledger.execute(
        f"WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY_RUNS}) "
        f"INSERT INTO run (number, key, {', '.join(names)}) "
        f"SELECT i, 'many ' || i, {', '.join(names)} FROM n, run WHERE number = 1"
    )
    key, record = ledger.execute("SELECT key, record FROM trial WHERE learner = 'lightgbm' LIMIT 1").fetchone()
    for number in range(1, MANY_TRIALS + 1):
        told = json.loads(record)
        told["key"], told["utility"] = f"{key}-{number}", -0.2 - number / 1e5
        told["spec"]["number"] = number
        told["spec"]["hyperparameters"] |= {"learning_rate": 0.01 + number / 1e5, "num_leaves": 4 + number % 60}
        ledger.execute(
            "INSERT INTO trial (key, number, learner, ended, utility, record) VALUES (?, ?, 'lightgbm', 'fitted', ?, ?)",
            (told["key"], number, told["utility"], json.dumps(told)),
        )
        ledger.execute("INSERT INTO trial_use (run, trial) VALUES (?, ?)", (MANY_RUNS, told["key"]))


@contextmanager
def logged_in(site: Site) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=site.url, timeout=60) as client:
        assert client.post("/api/v1/login", json={"name": "vera", "password": PASSWORD}).is_success
        yield client


def seconds_used(process: int) -> float:
    """The process's CPU seconds so far, its own and the system's for it."""
    told = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/runs", "10000"),
        ("/runs?pipeline=book&state=finished&before=5000", "4999"),
        (f"/runs/{MANY_RUNS}", f"Run {MANY_RUNS}"),
        (f"/runs/{MANY_RUNS}/trials", "page 1 of 100"),
        (f"/runs/{MANY_RUNS}/trials?order=overfit&falling=false&page=50", "page 50 of 100"),
        (f"/api/v1/runs/{MANY_RUNS}/trials.csv", "learning_rate"),
    ],
)
def test_a_page_takes_less_than_a_second_of_the_server_however_much_there_is(crowded: Site, path: str, said: str):
    with logged_in(crowded) as client:
        client.get(path)
        before = seconds_used(crowded.process)
        answer = client.get(path)
        used = seconds_used(crowded.process) - before
    assert answer.is_success
    assert said in answer.text
    assert used < MOST_SECONDS, f"{path}: {used:.2f} s"
