"""The ratio first/last of the gradient against depth, for several variants and seeds, with the fitted growth."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from explorer.gradients.measure import FlowOptions, check_seeds, over_seeds
from explorer.gradients.seed_bands import FlowBand
from explorer.gradients.trend_values import DEPTHS, MAX_DEPTHS, DepthCurve, DepthPoint, DepthSweep
from explorer.gradients.values import InputSource, ReadingState, main_path_convs
from explorer.live.devices import DeviceError, find_device
from explorer.live.progress import Progress, between, no_progress
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.depths import blocks_for_depth
from explorer.network.names import name_of
from explorer.text.quantities import counted

__all__ = ["DEPTHS", "DepthSweep", "measure_depth_sweep"]

MAX_VARIANTS = 8


def measure_depth_sweep(
    variants: Sequence[ResNetConfig],
    depths: Sequence[int] = DEPTHS,
    seeds: Sequence[int] = (0, 1, 2),
    *,
    batch_size: int = 8,
    device: str = "cpu",
    source: InputSource | str = InputSource.NOISE,
    progress: Progress | None = None,
) -> DepthSweep:
    """Measure each variant at each depth, blocks shared equally between its stages, for each seed.

    A network that the device refuses gets a note and no ratio; the others are still measured. ``progress`` is called
    before each block and may raise to stop.

    Raises:
        ValueError: no or too many variants, depths or seeds, a depth that does not exist for a variant's blocks and
            stages (the message says which do), or as ``gradient_flow``. DeviceError: there is no such device.
    """
    _check(variants, depths)
    check_seeds(seeds)
    find_device(device)  # a device that is not here is no point's own trouble
    networks = [[_at_depth(variant, depth) for depth in depths] for variant in variants]
    shares = _shares([config for row in networks for config in row], progress or no_progress)
    options: FlowOptions = {"batch_size": batch_size, "device": device, "source": source}
    curves = []
    for variant, row in zip(variants, networks, strict=True):
        points = [_point(config, seeds, next(shares), options) for config in row]
        curves.append(DepthCurve(variant, tuple(points)))
    return DepthSweep(tuple(depths), tuple(seeds), tuple(curves))


def _check(variants: Sequence[ResNetConfig], depths: Sequence[int]) -> None:
    for what, values, most in (("variant", variants, MAX_VARIANTS), ("depth", depths, MAX_DEPTHS)):
        if not 1 <= len(values) <= most:
            raise ValueError(f"There are {counted(len(values), what)}: give 1 to {most}.")
    if len(set(depths)) < len(depths):
        raise ValueError(f"depths {tuple(depths)} hold one twice: give each once.")


def _at_depth(variant: ResNetConfig, depth: int) -> ResNetConfig:
    """The variant with that many weighted layers; raises what ``blocks_for_depth`` and ``analyze`` do."""
    config = replace(variant, stage_blocks=blocks_for_depth(variant, depth))
    analyze(config)
    return config


def _shares(configs: Sequence[ResNetConfig], tell: Progress) -> Iterator[Progress]:
    """A progress for each network, in proportion to its multiply-adds."""
    macs = [analyze(config).macs for config in configs]
    total, before = sum(macs), 0
    for config, own in zip(configs, macs, strict=True):
        yield between(tell, before / total, (before + own) / total, f"{name_of(config)}: ")
        before += own


def _point(config: ResNetConfig, seeds: Sequence[int], tell: Progress, options: FlowOptions) -> DepthPoint:
    try:
        found = over_seeds(config, seeds, progress=tell, **options)
    except DeviceError as error:
        return DepthPoint(config, config.depth, main_path_convs(config), None, (), 0, str(error))
    return _measured(config, found)


def _measured(config: ResNetConfig, found: FlowBand) -> DepthPoint:
    ends = [(flow.gradient_norms[0], flow.gradient_norms[-1]) for flow in found.flows]
    return DepthPoint(
        config=config,
        depth=config.depth,
        convs=main_path_convs(config),
        ratio=found.ratio,
        log10_ratios=tuple(flow.log10_ratio for flow in found.flows),
        below_float32=sum(any(end.state is ReadingState.UNDERFLOW for end in pair) for pair in ends),
        note="",
        both_zero=sum(all(end.state is ReadingState.ZERO for end in pair) for pair in ends),
    )
