"""The plan of a replay: what it is called, what its pipelines declare, and which step needs which."""

from dataclasses import replace
from datetime import date

import pytest

from kingmaker.domain.replay import Holds
from kingmaker.loop.extract import extraction_facts
from kingmaker.loop.replaying.plan import Kind, Order, Plan, Step, plan_of, steps_of
from kingmaker.pipeline.declaration import Promote
from kingmaker.pipeline.reading import parse_pipeline
from kingmaker.pipeline.writing import pipeline_text

DECLARED = """\
pipeline: a-book-with-a-name-that-is-very-much-longer-than-usual
source:
  file: loans.csv
  missing: ['', 'no', '~', 'null', '1e3']
  text: ['0012']
  tasks:
    - name: 'yes: "quoted" # not a comment'
      sql: |
        CREATE TABLE loans AS
          SELECT *, 'naïve — ☂' AS word FROM source
id: loan
applied_at: applied
outcome:
  label: bad
  bad: 'true'
  good: [0, 1.5, 'off', false]
cleaning:
  columns: {debt: {bins: [0.1, 2, 3e-7]}, savings: {missing: 0}}
policy:
  promote: manual
  grades: {shares: [0.2, 0.2, 0.2, 0.2, 0.2]}
"""
DATES = (date(2004, 1, 31), date(2004, 2, 29), date(2004, 3, 31))
ORDER = Order(
    text=DECLARED,
    file="book.yaml",
    dates=DATES,
    last=date(2004, 4, 30),
    every="month",
    policies=(Promote.NEVER, Promote.PROVEN),
    holds=Holds.REFUSE,
)


@pytest.fixture
def plan() -> Plan:
    return plan_of(ORDER, "fingerprint")


def test_a_declaration_that_was_written_is_read_as_the_same() -> None:
    pipeline = parse_pipeline(DECLARED, "book.yaml")
    assert parse_pipeline(pipeline_text(pipeline), "written.yaml") == pipeline


def test_a_policys_pipeline_differs_in_name_and_rule_alone(plan: Plan) -> None:
    declared = parse_pipeline(plan.declared(plan.policy_pipeline(Promote.PROVEN), Promote.PROVEN), "proven.yaml")
    mine = parse_pipeline(DECLARED, "book.yaml")
    assert declared.pipeline == plan.policy_pipeline(Promote.PROVEN)
    assert declared.policy.promote is Promote.PROVEN
    assert (
        declared.model_copy(
            update={
                "pipeline": mine.pipeline,
                "policy": declared.policy.model_copy(update={"promote": mine.policy.promote}),
            }
        )
        == mine
    )


def test_policies_share_what_is_extracted(plan: Plan) -> None:
    texts = [plan.declared(plan.policy_pipeline(policy), policy) for policy in Promote]
    facts = [extraction_facts(parse_pipeline(text, "policy.yaml")) for text in texts]
    assert all(one == facts[0] for one in facts)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "other"},
        {"amount": "money"},
        {"population": "debt > 1"},
        {"customer": "customer"},
    ],
)
def test_what_decides_the_loans_decides_the_extract(change: dict[str, str]) -> None:
    pipeline = parse_pipeline(DECLARED, "book.yaml")
    assert extraction_facts(pipeline.model_copy(update=change)) != extraction_facts(pipeline)


def test_limits_of_the_data_check_decide_the_extract_and_those_of_models_do_not() -> None:
    pipeline = parse_pipeline(DECLARED, "book.yaml")
    facts = extraction_facts(pipeline)
    for name, decides in {
        "max_column_auc": True,
        "max_volume_change": True,
        "max_psi": False,
        "max_overfit": False,
    }.items():
        gates = pipeline.policy.gates.model_copy(update={name: 0.77})
        changed = pipeline.model_copy(update={"policy": pipeline.policy.model_copy(update={"gates": gates})})
        assert (extraction_facts(changed) != facts) is decides, name


def test_the_same_order_has_the_same_name_and_another_seed_source_or_date_another() -> None:
    name = plan_of(ORDER, "fingerprint").name
    assert plan_of(ORDER, "fingerprint").name == name
    others = {
        plan_of(ORDER, "other").name,
        plan_of(replace(ORDER, seed=8), "fingerprint").name,
        plan_of(replace(ORDER, dates=DATES[:2]), "fingerprint").name,
        plan_of(replace(ORDER, holds=Holds.APPROVE), "fingerprint").name,
    }
    assert len(others - {name}) == 4


def test_a_further_policy_is_still_the_same_replay() -> None:
    further = replace(ORDER, policies=(*ORDER.policies, Promote.ALWAYS))
    assert plan_of(further, "fingerprint").name == plan_of(ORDER, "fingerprint").name


def test_names_of_pipelines_are_names_of_pipelines(plan: Plan) -> None:
    names = [plan.loans_pipeline(), plan.study_pipeline(0), *(plan.policy_pipeline(policy) for policy in Promote)]
    assert len({*names}) == len(names)
    for name in names:
        assert parse_pipeline(plan.declared(name, Promote.NEVER), "x.yaml").pipeline == name


def test_the_replays_seed_takes_the_place_of_the_declared_one() -> None:
    assert replace(ORDER, seed=99).pipeline.training.seed == 99
    assert ORDER.pipeline.training.seed == parse_pipeline(DECLARED, "book.yaml").training.seed


def test_every_step_can_be_done_and_nothing_is_decided_before_its_past(plan: Plan) -> None:
    steps = steps_of(plan)
    done: list[Step] = []
    while len(done) < len(steps):
        ready = next(step for step in steps if step not in done and set(steps[step]) <= {*done})
        done.append(ready)
    for policy in plan.order.policies:
        decided = [step.at for step in done if step.kind is Kind.DECIDE and step.subject == policy.value]
        assert decided == sorted(decided) == list(range(len(DATES)))
    read = [step.at for step in done if step.kind is Kind.READ]
    assert read == list(range(len(DATES)))
