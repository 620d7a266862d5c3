"""The checks of an installation pass here, and fail where a number is wrong."""

import dataclasses

from workbench import verify


def test_every_check_passes():
    checks = verify.run_checks()
    assert len(checks) >= 70
    assert [check.name for check in checks if not check.passed] == []
    assert len({check.name for check in checks}) == len(checks)
    assert all(check.source for check in checks)


def test_a_wrong_assumption_fails_the_checks(inputs):
    wrong = dataclasses.replace(
        inputs, assumptions=inputs.assumptions.changed({"critical_illness_factor": 0.71})
    )
    failed = {check.name for check in verify._exact_year(wrong) if not check.passed}
    assert {"year.P3.mean", "year.P3.q0.995", "year.total.mean"} <= failed
    assert not any(name.startswith("year.P1.") for name in failed)
