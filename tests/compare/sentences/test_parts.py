"""What each part of two networks adds to the difference."""

import pytest

from explorer.compare.budget import Measure
from explorer.compare.sentences import changes
from tests.compare.sentences.pairs import PAIRS, arch_of


@pytest.mark.slow
@pytest.mark.parametrize("measure", [Measure.PARAMS, Measure.MACS])
def test_changes_add_up_for_every_pair_of_presets(measure: Measure) -> None:
    for first, second in PAIRS:
        found = changes(arch_of(first), arch_of(second), measure)
        assert sum(change.value for change in found) == measure.total(arch_of(second)) - measure.total(arch_of(first))
        assert all(change.value for change in found)


def test_memory_belongs_to_no_part() -> None:
    with pytest.raises(ValueError, match="'memory' belongs to no part with weights: ask for params or macs"):
        changes(arch_of("resnet34"), arch_of("resnet50"), Measure.MEMORY)
