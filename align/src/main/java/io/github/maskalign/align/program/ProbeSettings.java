package io.github.maskalign.align.program;

import io.github.maskalign.align.settings.Group;

/**
 * All settings of {@code probe}.
 *
 * @since 0.1.0
 */
public record ProbeSettings(
    @Group(heading = "Pictures:") LabelledData pictures,
    @Group(heading = "Loading:") LoadingSettings loading,
    @Group(heading = "Network:") ModelSettings network,
    @Group(heading = "Weights:", standard = "pool=cls") WeightSettings start,
    @Group(
            heading = "Learning:",
            standard = {"epochs=90", "batch=512", "blr=0.1", "warmup=10", "weight-decay=0"})
        Schedule schedule,
    @Group(heading = "Run:") RunSettings run,
    @Group(heading = "Machine:") MachineSettings machine)
    implements ClassifierSettings {}
