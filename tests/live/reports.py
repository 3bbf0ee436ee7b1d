"""What tests of live networks share: a small one, and what makes a report agree with the arithmetic."""

from dataclasses import replace

from explorer import analyze, preset
from explorer.live.inspect import LiveReport
from explorer.live.preflight import peak_activation_bytes
from explorer.network.layer import Kind

SMALL = replace(preset("resnet20"), stage_blocks=(1, 1, 1), image_size=16)


def check(report: LiveReport) -> None:
    """The report agrees with the arithmetic, said here without the app's own comparison."""
    arch = analyze(report.config)
    assert report.mismatches == ()
    assert report.agrees
    assert [row.name for row in report.rows] == [layer.name for layer in arch.layers]
    for row, layer in zip(report.rows, arch.layers, strict=True):
        assert (row.input_shape, row.output_shape) == (layer.input_shape, layer.output_shape)
        assert (row.params, row.macs) == (layer.params, layer.macs)
    assert report.params == sum(row.params for row in report.rows) == arch.params
    assert report.macs == sum(row.macs for row in report.rows) == arch.macs
    assert report.mult_adds == sum(row.mult_adds for row in report.rows)
    assert report.buffers == arch.buffers
    assert report.weight_bytes == 4 * arch.params
    counters = sum(layer.kind is Kind.NORM and not layer.groups for layer in arch.layers)  # int64, the rest float32
    stored = 4 * (arch.params + arch.buffers) + 4 * counters
    if "alive" in report.peak_of:
        assert report.peak_bytes == stored + report.batch_size * peak_activation_bytes(arch)
